// tests/ocr/page/canvas.h - draws text with real fonts (FreeType) on a gray page and keeps what was drawn where: the truth that
// the page tests compare with.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "ocr/document/document.h"

namespace bifrons::test {

struct TrueWord {
  std::string text;
  std::array<double, 8> quad{};  // corners of its ink, clockwise from its top left
};
struct TrueLine {
  std::string text;
};

class Font {
 public:
  // A font file of the packages that demos/setup --tests installs; `face` counts within a collection. Throws where it is absent.
  explicit Font(const std::string& file, int face = 0);
  ~Font();
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;
  double advance(char32_t c, double pixels) const;
  double width(const std::string& text, double pixels) const;
  // Draws one character with the pen at (x, baseline); returns its ink, empty (x1 < x0) for white space.
  Box draw(cv::Mat& page, double x, double baseline, char32_t c, double pixels, double ink) const;

 private:
  struct State;
  State* state_;
};

// A page being drawn: words and lines are noted as they are drawn.
struct Canvas {
  cv::Mat page;  // 8-bit gray
  std::vector<TrueWord> words;
  std::vector<std::string> lines;  // in reading order
  double ink = 0;

  Canvas(int width, int height) : page(height, width, CV_8U, cv::Scalar(255)) {}
  // Draws `text` (words divided by single spaces), returns where the pen ends. `space`: width of a space in pixels, < 0: the
  // font's.
  double put(const Font& font, double x, double baseline, const std::string& text, double pixels, double space = -1);
  double put_right(const Font& font, double right, double baseline, const std::string& text, double pixels);
  // One column of vertical writing centred on x, from `top`; returns the lower end.
  double put_down(const Font& font, double x, double top, const std::string& text, double pixels);
  void line(double x0, double y0, double x1, double y1, int thick);
  void frame(double x0, double y0, double x1, double y1, int thick);
};

// Text to lines no wider than `width` pixels.
std::vector<std::string> wrap(const Font& font, const std::string& text, double pixels, double width);
std::string font_file(const std::string& name);  // "LiberationSerif-Regular.ttf" to its path

}  // namespace bifrons::test
