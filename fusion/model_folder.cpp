// fusion/model_folder.cpp - see model_folder.h.
#include "fusion/model_folder.h"

#include <algorithm>

#include "kernels/core/error.h"
#include "kernels/core/file.h"

namespace bifrons {

namespace {
const ModelFolder::File* find(const std::vector<ModelFolder::File>& files, const std::string& name) {
  const auto at = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.first == name; });
  return at == files.end() ? nullptr : &*at;
}
}  // namespace

ModelFolder::ModelFolder(const std::filesystem::path& folder) : name_(folder.string()), folder_(folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error))
    fail(Fault::unreadable, name_, ": there is no such folder; --model takes a checkpoint folder");
  if (!std::filesystem::is_directory(folder, error))
    fail(Fault::unreadable, name_, ": is no folder; --model takes the folder that holds config.json and the weight files");
}

ModelFolder::ModelFolder(std::string name, std::vector<File> files) : name_(std::move(name)), files_(std::move(files)) {}

bool ModelFolder::has(const std::string& file) const {
  std::error_code error;
  return embedded() ? find(files_, file) != nullptr : std::filesystem::is_regular_file(folder_ / file, error);
}

std::string ModelFolder::label(const std::string& file) const {
  return embedded() ? name_ + "/" + file : (folder_ / file).string();
}

std::string ModelFolder::read(const std::string& file, size_t limit) const {
  if (!embedded()) return read_file(folder_ / file, limit);
  const File* found = find(files_, file);
  if (!found) fail(Fault::unreadable, label(file), ": there is no such file in the model");
  if (found->second.size() > limit)
    fail(Fault::limit, label(file), ": is ", found->second.size(), " bytes, more than the ", limit, " that are read");
  return {reinterpret_cast<const char*>(found->second.data()), found->second.size()};
}

Weights ModelFolder::open_weights() const {
  if (!embedded()) return Weights(folder_);
  std::vector<Weights::MemoryFile> files;
  for (const auto& [name, bytes] : files_) files.push_back({name, bytes});
  return Weights(name_, std::move(files));
}

}  // namespace bifrons
