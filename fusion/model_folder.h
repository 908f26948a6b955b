// fusion/model_folder.h - the files of one model by name, whether they lie in a folder or in the program itself (the embedded
// default model). Everything that reads a model asks here, so both come in through the same parsers.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/weights/weights.h"

namespace bifrons {

class ModelFolder {
 public:
  using File = std::pair<std::string, std::span<const std::byte>>;  // name, content; must outlive the ModelFolder and its weights

  explicit ModelFolder(const std::filesystem::path& folder);  // throws Fault::unreadable when it is no folder
  ModelFolder(std::string name, std::vector<File> files);     // in memory

  const std::string& name() const { return name_; }  // for people: the folder as given, or the embedded model's name
  bool embedded() const { return folder_.empty(); }
  bool has(const std::string& file) const;
  std::string read(const std::string& file, size_t limit) const;  // throws Fault::unreadable or Fault::limit
  std::string label(const std::string& file) const;               // how messages call it: "models/x/config.json"
  Weights open_weights() const;

 private:
  std::string name_;
  std::filesystem::path folder_;  // empty: in memory
  std::vector<File> files_;
};

}  // namespace bifrons
