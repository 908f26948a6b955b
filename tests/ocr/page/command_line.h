// tests/ocr/page/command_line.h - what the program `tesseract` reads on a page: the peer that the bench stands beside, and the
// measure of how hard the pages are.
#pragma once

#include <string>

#include "pages.h"

namespace bifrons::test {

struct Peer {
  std::string text;
  double seconds = 0;  // of CPU, user and system
};
// `tesseract` with one thread, the language of the kind named and otherwise its defaults. Throws Fault::lacking where it does not
// run.
Peer read_by_command_line(const Picture& picture, Kind kind);

}  // namespace bifrons::test
