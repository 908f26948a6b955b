// tests/fuzz/fuzz_worker_stream.cpp - what a document worker sends: any bytes give messages that keep the reader's promises, or
// an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ocr/reader/check_page.h"
#include "ocr/reader/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bifrons;
  std::string stream(reinterpret_cast<const char*>(data), size);
  try {
    for (wire::Frame frame; wire::take_frame(stream, frame, 1 << 20);) {
      switch (frame.kind) {
        case wire::Kind::page: {
          Page page = wire::read<Page>(frame);
          check_page(page, page.page, {});
          for (const Block& block : page.blocks)
            if (!(block.box.x0 >= 0 && block.box.x1 <= page.width && block.box.y0 >= 0 && block.box.y1 <= page.height))
              std::abort();
          break;
        }
        case wire::Kind::opened: {
          auto opened = wire::read<wire::Opened>(frame);
          check_warnings(opened.warnings, 0);
          for (const Warning& warning : opened.warnings)
            if (warning.message.find('\n') != std::string::npos) std::abort();
          break;
        }
        case wire::Kind::failed: wire::read<wire::Failed>(frame); break;
        case wire::Kind::stage: wire::read<wire::Stage>(frame); break;
        case wire::Kind::picture: wire::read<PagePicture>(frame); break;
        case wire::Kind::open: wire::read<wire::Open>(frame); break;
        case wire::Kind::read_page: wire::read<wire::ReadPage>(frame); break;
        case wire::Kind::render: wire::read<wire::Render>(frame); break;
      }
    }
  } catch (const Error&) {
  }
  return 0;
}
