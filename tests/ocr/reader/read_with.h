// tests/ocr/reader/read_with.h - reading bytes as a document, and looking at what came out.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ocr/reader/reader.h"
#include "tests/temporary_folder.h"

namespace bifrons {

inline DocumentReader test_reader() { return DocumentReader(BIFRONS_READER_PROGRAM); }

inline Document read_bytes(const std::string& bytes, const ReadOptions& options = {}, const ReadCallbacks& callbacks = {}) {
  const TemporaryFolder folder;
  return test_reader().read(folder.write("document", bytes), options, callbacks);
}

inline PagePicture render_bytes(const std::string& bytes, int64_t page = 1, int64_t most_pixels = 1600) {
  const TemporaryFolder folder;
  return test_reader().render(folder.write("document", bytes), page, {}, most_pixels);
}

inline std::string text_of(const Page& page) {  // words by spaces, lines by newlines
  std::string text;
  for (const Block& block : page.blocks)
    for (const Line& line : block.lines) {
      if (!text.empty()) text += '\n';
      text += line.text;
    }
  return text;
}

inline std::vector<Word> words_of(const Page& page) {
  std::vector<Word> words;
  for (const Block& block : page.blocks)
    for (const Line& line : block.lines) words.insert(words.end(), line.words.begin(), line.words.end());
  return words;
}

inline bool has_warning(const std::vector<Warning>& warnings, const std::string& code) {
  for (const Warning& warning : warnings)
    if (warning.code == code) return true;
  return false;
}

// What reading threw: its code and exit code; "" when it was read.
struct Refusal {
  std::string code, message;
  int exit_code = 0;
};
inline Refusal refusal(const std::string& bytes, const ReadOptions& options = {}) {
  try {
    read_bytes(bytes, options);
  } catch (const DocumentFailure& failure) {
    return {failure.code(), failure.what(), int(failure.fault())};
  } catch (const Error& error) {
    return {"no code", error.what(), int(error.fault())};
  }
  return {};
}

// Mean darkness (0 white, 255 black) of a box of the page on its picture, clipped; -1 if the box has no pixels.
inline double darkness(const PagePicture& picture, const Box& box) {
  double sum = 0;
  int64_t n = 0;
  for (int64_t y = std::max<int64_t>(0, int64_t(box.y0 * picture.scale));
       y < std::min(picture.height, int64_t(box.y1 * picture.scale + 1)); ++y)
    for (int64_t x = std::max<int64_t>(0, int64_t(box.x0 * picture.scale));
         x < std::min(picture.width, int64_t(box.x1 * picture.scale + 1)); ++x) {
      const uint8_t* rgb = &picture.rgb[size_t((y * picture.width + x) * 3)];
      sum += 255 - (rgb[0] + rgb[1] + rgb[2]) / 3.;
      ++n;
    }
  return n > 0 ? sum / double(n) : -1;
}

}  // namespace bifrons
