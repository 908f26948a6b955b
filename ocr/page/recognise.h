// ocr/page/recognise.h - a picture of a page to words: orient, rectify, clean, deskew and scale (OpenCV), recognise (Tesseract),
// map every box back into the picture's own frame. One engine per process, one thread. Source: documents.md 3.3, 3.4.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ocr/page/page_words.h"

namespace bifrons {

struct PrepareSteps {  // each can be switched off, and is skipped when it has nothing to do
  bool rectify = true, background = true, orient = true, deskew = true, scale = true, invert = true;
  bool despeckle = true, smooth = true, rules = true;  // specks out, grain blurred, ruled lines painted over
};
struct RecogniseOptions {
  std::vector<std::string> languages;  // Tesseract's names; empty: eng, and Chinese by script where its data are there
  PrepareSteps prepare;
  int64_t most_pixels = 40'000'000;
  int most_side = 10'000;
};

class Recogniser {
 public:
  // Throws DocumentFailure missing_language (Fault::lacking) that names the Debian package. Nothing is loaded yet. Not to be made
  // a static object: Tesseract's own statics, made at the first reading, end before it.
  explicit Recogniser(const RecogniseOptions& options);
  ~Recogniser();
  std::vector<std::string> files() const;  // what readings may open by name: a confined process keeps them open

  // Words in the frame of `picture`, its own pixels. `seconds`: give up after so long with a warning "timeout" and what there is.
  // `Views::upright` for a picture beside text that runs across: two turns are tried instead of four, ideographs only where it
  // looks like them, no vertical writing. A picture without text is then done with quickly.
  enum class Views { all, upright };
  PageWords read(const Picture& picture, double seconds, Views views = Views::all);
  // A few lines of the picture inside `area`, quickly: to compare a text layer with what is to be seen.
  std::string read_line(const Picture& picture, const Box& area, double seconds);
  // Pieces of ink that look like letters, and how many of them lie in or beside none of `words`: does a text layer hold all that
  // the picture shows? Quick: nothing is recognised.
  struct Letters {
    int64_t all = 0, outside = 0;
  };
  Letters letters_outside(const Picture& picture, const std::vector<Box>& words) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};
std::vector<std::string> installed_languages();

}  // namespace bifrons
