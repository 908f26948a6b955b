// ocr/reader/reader.h - files to documents. The file is parsed only in confined worker processes (program bifrons-reader): this
// side starts them, hands them an open descriptor, checks every field that comes back, and starts them anew when they die.
// Source: documents.md 3, 5, 8, 9.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ocr/document/document.h"

namespace bifrons {

struct ReadLimits {  // documents.md 8; each is an option
  uint64_t file_bytes = 256u << 20;
  int64_t pages = 2000;
  int64_t image_pixels = 100'000'000;                                     // of one image, from its header
  int64_t recognition_pixels = 40'000'000;                                // of the picture that is recognised
  int64_t recognition_side = 10'000;                                      // the same, its longer side
  double text_seconds = 10, render_seconds = 20, recognise_seconds = 60;  // a page
  uint64_t worker_bytes = 1536u << 20;                                    // address space
  int64_t page_characters = 200'000;
  uint64_t held_bytes = 1024u << 20;  // of pages as JSON in this process, where no library keeps them
};
struct ReadOptions {
  std::vector<std::string>
      languages;  // Tesseract's names; empty: eng, and Chinese where the script says so and its data are there
  enum class Ocr { automatic, always, never } ocr = Ocr::automatic;
  std::vector<std::pair<int64_t, int64_t>> pages;  // inclusive ranges from 1; empty: all
  std::string password;
  int workers = 0;  // 0: one per usable core
  // Running heads are marked over the pages that are read. Whoever keeps pages for other readings marks them himself: then each
  // comes as soon as it is there, and as it is.
  bool mark_heads = true;
  ReadLimits limits;
};
std::vector<std::pair<int64_t, int64_t>> parse_page_ranges(std::string_view text);  // "1-3,7"; throws Fault::arguments
std::string settings_key(const ReadOptions& options);  // equal for options that give the same pages, but for the page ranges

struct ReadCallbacks {
  // Pages in order, as they are finished; a page handed over here is not kept in the Document. At most workers + 2 are held.
  std::function<void(Page&&)> on_page = {};
  std::function<void(int64_t done, int64_t total)> on_progress = {};  // pages
  std::function<bool()> cancelled = {};                               // asked at least every 100 ms; true throws Cancelled
};

struct PagePicture {  // a page as shown, for people to look at
  int64_t width = 0, height = 0;
  double scale = 1;          // pixels per unit of the page's frame
  std::vector<uint8_t> rgb;  // [height, width, 3]
};

class DocumentReader {
 public:
  // `worker`: the program bifrons-reader; empty: BIFRONS_READER, beside this executable, or ../libexec. Throws Fault::lacking
  // ("feature not built in") when there is none.
  explicit DocumentReader(std::filesystem::path worker = {});

  // "-" is stdin. Throws DocumentFailure; Cancelled. A bad page becomes a page with a warning, and Document::status partial.
  Document read(const std::filesystem::path& file, const ReadOptions& options, const ReadCallbacks& callbacks = {}) const;
  // One page (from 1) as a picture whose longer side is at most `most_pixels`.
  PagePicture render(const std::filesystem::path& file, int64_t page, const ReadOptions& options,
                     int64_t most_pixels = 1600) const;
  // What the file is and how many pages it has, without reading them.
  Document look(const std::filesystem::path& file, const ReadOptions& options) const;

 private:
  std::filesystem::path worker_;
};
bool spoils(const Warning& warning);  // the page is not what it should be, and its document partial
bool documents_built_in();            // false: this build has no document reader; its commands say so with Fault::lacking

}  // namespace bifrons
