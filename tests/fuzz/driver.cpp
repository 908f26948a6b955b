// tests/fuzz/driver.cpp - runs a fuzz entry over a folder of files, for builds without libFuzzer: each file whole, and cut short
// at sixteen places. Prints how many it ran; crashes, sanitizer reports and escaped exceptions are the failures.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void run(const std::string& content, size_t size) {
  const std::unique_ptr<uint8_t[]> exact(new uint8_t[size]);  // of just this size, so that a sanitizer sees every step beyond it
  for (size_t i = 0; i < size; ++i) exact[i] = uint8_t(content[i]);
  LLVMFuzzerTestOneInput(exact.get(), size);
}

}  // namespace

int main(int count, char** arguments) {
  run("", 0);
  std::set<std::filesystem::path> files;
  for (int i = 1; i < count; ++i) {
    if (!std::filesystem::is_directory(arguments[i])) {
      std::fprintf(stderr, "%s: is no folder; every fuzz entry has a corpus\n", arguments[i]);
      return 1;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(arguments[i]))
      if (entry.is_regular_file()) files.insert(entry.path());
  }
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    for (size_t part = 1; part <= 16; ++part) run(content, content.size() * part / 16);
  }
  std::printf("%zu files\n", files.size());
  return files.empty() ? 1 : 0;
}
