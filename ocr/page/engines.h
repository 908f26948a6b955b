// ocr/page/engines.h - the engines that a process may need: which language data are there, and who reads what with them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ocr/page/engine.h"

namespace bifrons {

std::vector<std::string> installed_languages();

struct Engines {
  std::unique_ptr<Engine> across;  // rows; null where only vertical writing was asked for
  std::unique_ptr<Engine> han;     // ideographs in rows, beside `across`: where no language was asked for
  std::unique_ptr<Engine> down;    // vertical writing
};
// `languages`: empty for English, and Chinese where its data are there. Nothing is loaded yet. Throws DocumentFailure
// missing_language (Fault::lacking) that names the Debian package.
Engines make_engines(const std::vector<std::string>& languages);

}  // namespace bifrons
