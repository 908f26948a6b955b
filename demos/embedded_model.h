// demos/embedded_model.h - the model that is part of the binary, so that it works wherever it is run.
#pragma once

#include "fusion/model_folder.h"

namespace bifrons {

bool has_embedded_model();
ModelFolder embedded_model();  // throws Fault::lacking when this build has none

}  // namespace bifrons
