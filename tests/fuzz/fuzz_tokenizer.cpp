// tests/fuzz/fuzz_tokenizer.cpp - tokenizer.json: any bytes give a tokenizer that encodes and decodes any text, or an Error. The
// input is the file, a NUL byte, and a text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kernels/core/error.h"
#include "language/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(input.find('\0'), size);
  const std::string_view text = end < size ? input.substr(end + 1, 4096) : std::string_view("The cat's 12 ü, 日本 <s>\xFF\n  x");
  try {
    const Tokenizer tokenizer = Tokenizer::parse(input.substr(0, end), "fuzz");
    for (const Added added : {Added::all, Added::ordinary}) {
      const auto ids = tokenizer.encode(text, added);
      if (ids != tokenizer.encode(text, added)) std::abort();  // the second time from the cache
      for (const bool skip_special : {false, true}) {
        StreamDecoder decoder(tokenizer, skip_special);
        std::string streamed;
        for (const int32_t id : ids) {
          if (id < 0 || id >= tokenizer.size()) std::abort();
          streamed += decoder.push(id);
        }
        if (streamed + decoder.finish() != tokenizer.decode(ids, skip_special)) std::abort();
      }
    }
  } catch (const Error&) {
  }
  return 0;
}
