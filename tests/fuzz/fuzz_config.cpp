// tests/fuzz/fuzz_config.cpp - config.json and its companions: anything may be refused, nothing may crash. The input is the texts
// of up to six files, separated by lines "---".
#include <cstddef>
#include <cstdint>
#include <string>

#include "fusion/janus_config.h"
#include "fusion/prompt.h"
#include "kernels/core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  std::string rest(reinterpret_cast<const char*>(data), size), parts[6];
  for (std::string& part : parts) {
    const size_t end = rest.find("\n---\n");
    part = rest.substr(0, end);
    rest = end == std::string::npos ? "" : rest.substr(end + 5);
  }
  try {
    parse_janus_config({parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]}, "fuzz");
  } catch (const Error&) {
  }
  try {
    parse_messages(parts[0], "fuzz");
  } catch (const Error&) {
  }
  return 0;
}
