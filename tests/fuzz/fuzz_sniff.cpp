// tests/fuzz/fuzz_sniff.cpp - the first bytes of a file: a type that is read here, or perhaps a name for what it is; never both.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "ocr/reader/sniff.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  const FileKind kind = sniff(std::as_bytes(std::span(data, size)));
  if (!kind.type.empty() && !kind.known.empty()) std::abort();
  return 0;
}
