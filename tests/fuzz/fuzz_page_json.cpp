// tests/fuzz/fuzz_page_json.cpp - a page's JSON, as it comes from a worker or a database: anything may be refused, nothing may
// crash, and what is taken can be written, read again to the same, cut into passages, exported and searched.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "kernels/core/error.h"
#include "ocr/document/exports.h"
#include "ocr/document/search.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  Page page;
  try {
    page = parse_page({reinterpret_cast<const char*>(data), size});
  } catch (const Error&) {
    return 0;
  }
  const std::string json = page_json(page);
  if (page_json(parse_page(json)) != json) std::abort();
  Document document;
  document.pages = {page};
  std::string heading;
  for (const Chunk& chunk : make_chunks(page, heading)) {
    search_terms(chunk.text);
    locate(document.pages, chunk, chunk.text.substr(0, 40));
  }
  plain_text(page);
  markdown(page);
  hocr(document);
  alto(document);
  return 0;
}
