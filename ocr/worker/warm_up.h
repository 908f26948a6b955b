// ocr/worker/warm_up.h - what libraries would open by name while pages are read, opened before the door is shut.
#pragma once

namespace bifrons {

void warm_up();  // fonts (fontconfig's choice among the system's), Poppler's tables

}  // namespace bifrons
