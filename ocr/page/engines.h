// ocr/page/engines.h - the engines that a process may need, by the language data that are asked for and there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ocr/page/engine.h"

namespace bifrons {

struct Engines {
  std::unique_ptr<Engine> across;  // rows; null where only vertical writing was asked for
  std::unique_ptr<Engine> han;     // ideographs in rows, beside `across`: where no language was asked for
  std::unique_ptr<Engine> down;    // vertical writing
};
// `languages`: empty for English, and Chinese where its data are there. Nothing is loaded yet. Throws DocumentFailure
// missing_language (Fault::lacking) that names the Debian package.
Engines make_engines(const std::vector<std::string>& languages);

}  // namespace bifrons
