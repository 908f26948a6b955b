// tests/fuzz/fuzz_library.cpp - the input is the file of a page library: it may be refused, or found damaged at any later call,
// but nothing may crash or hang.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include "kernels/core/error.h"
#include "ocr/document/library.h"

namespace {

void remove_files(const std::filesystem::path& file) {
  for (const char* end : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    std::filesystem::remove(file.string() + end, ignored);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("bifrons-fuzz-library-" + std::to_string(::getpid()));
  remove_files(file);
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data), std::streamsize(size));
  try {
    Library library(file, 100'000);
    const auto attempt = [&](const auto& call) {  // one call's refusal does not spare the others the damage
      try {
        call();
      } catch (const Error&) {
      }
    };
    std::vector<Library::Key> keys{1, 2};
    attempt([&] {
      for (const auto& entry : library.entries()) keys.push_back(entry.key);
    });
    if (keys.size() > 6) keys.resize(6);
    for (const auto key : keys) {
      attempt([&] { library.document(key); });
      attempt([&] { library.search(key, "total amount warranty \u4fdd\u4fee\u671f", 3); });
      attempt([&] { library.locate(key, "the total amount"); });
      attempt([&] { library.finished(key); });
    }
    Page page;
    page.page = 3;
    page.width = page.height = 100;
    attempt([&] { library.store(library.open({"new.pdf", "pdf", 1, std::string(64, 'a')}, "eng", 3), page); });
    attempt([&] { library.forget(std::string(64, '0')); });
    attempt([&] { library.forget(""); });
  } catch (const Error&) {
  }
  remove_files(file);
  return 0;
}
