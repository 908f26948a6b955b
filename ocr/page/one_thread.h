// ocr/page/one_thread.h - keeps Tesseract and OpenCV to one thread per process: pages are what runs side by side. Source:
// documents.md 3.4.
#pragma once

namespace bifrons {

void use_one_thread();  // before the first use of either; once is enough

}  // namespace bifrons
