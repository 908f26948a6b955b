// ocr/page/engines.cpp - see engines.h.
#include "ocr/page/engines.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "ocr/document/document.h"
#include "ocr/page/recognise.h"

namespace bifrons {
namespace {

bool contains(const std::vector<std::string>& languages, const std::string& name) {
  return std::find(languages.begin(), languages.end(), name) != languages.end();
}

bool vertical_name(const std::string& language) { return language.size() > 5 && language.ends_with("_vert"); }

}  // namespace

std::vector<std::string> installed_languages() {
  std::vector<std::string> languages;
  std::error_code none;
  if (const std::string folder = language_folder(); !folder.empty())
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
      if (entry.path().extension() == ".traineddata") languages.push_back(entry.path().stem().string());
  std::sort(languages.begin(), languages.end());
  return languages;
}

Engines make_engines(const std::vector<std::string>& wanted) {
  const auto installed = installed_languages();
  std::vector<std::string> across, along;
  for (const auto& language : wanted) (vertical_name(language) ? along : across).push_back(language);
  if (wanted.empty()) across = {"eng"};
  for (const auto* list : {&across, &along})
    for (const auto& language : *list)
      if (!contains(installed, language))
        throw DocumentFailure(
            Fault::lacking, "missing_language",
            "the language data '" + language + "' are not installed: install the package " + language_package(language));
  if (along.empty())
    for (const auto& language : across)
      if (contains(installed, language + "_vert")) along.push_back(language + "_vert");
  const bool choose = wanted.empty() && contains(installed, "chi_sim");
  if (choose && contains(installed, "chi_sim_vert")) along = {"chi_sim_vert"};
  const auto made = [folder = language_folder()](std::vector<std::string> languages) {
    return languages.empty() ? nullptr : std::make_unique<Engine>(folder, std::move(languages));
  };
  return {made(std::move(across)), choose ? made({"chi_sim"}) : nullptr, made(std::move(along))};
}

}  // namespace bifrons
