// tests/ocr/page/canvas.cpp - see canvas.h.
#include "canvas.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <opencv2/imgproc.hpp>

#include "ocr/page/script.h"

namespace bifrons::test {

struct Font::State {
  FT_Library library = nullptr;
  FT_Face face = nullptr;
};

std::string font_file(const std::string& name) {
  for (const char* root : {"/usr/share/fonts", "/usr/local/share/fonts"}) {
    std::error_code none;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root, none))
      if (entry.path().filename() == name) return entry.path();
  }
  fail(Fault::lacking, "the font ", name, " is not installed: run demos/setup --tests");
}

Font::Font(const std::string& file, int face) : state_(new State) {
  const std::string path = font_file(file);
  if (FT_Init_FreeType(&state_->library) != 0 || FT_New_Face(state_->library, path.c_str(), face, &state_->face) != 0)
    fail(Fault::unreadable, path, ": FreeType cannot open face ", face);
}
Font::~Font() {
  FT_Done_Face(state_->face);
  FT_Done_FreeType(state_->library);
  delete state_;
}

double Font::advance(char32_t c, double pixels) const {
  FT_Set_Char_Size(state_->face, 0, FT_F26Dot6(std::lround(pixels * 64)), 72, 72);
  if (FT_Load_Char(state_->face, c, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0) return 0;
  return double(state_->face->glyph->linearHoriAdvance) / 65536;
}

double Font::width(const std::string& text, double pixels) const {
  double sum = 0;
  for (char32_t c : characters(text)) sum += advance(c, pixels);
  return sum;
}

Box Font::draw(cv::Mat& page, double x, double baseline, char32_t c, double pixels, double ink) const {
  FT_Face face = state_->face;
  FT_Set_Char_Size(face, 0, FT_F26Dot6(std::lround(pixels * 64)), 72, 72);
  if (FT_Get_Char_Index(face, c) == 0) fail(Fault::other, "the font ", face->family_name, " has no character ", uint32_t(c));
  if (FT_Load_Char(face, c, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0) fail(Fault::other, "FreeType cannot load a glyph");
  const double whole_x = std::floor(x), whole_y = std::floor(baseline);
  FT_Outline_Translate(&face->glyph->outline, FT_Pos((x - whole_x) * 64), -FT_Pos((baseline - whole_y) * 64));
  FT_Render_Glyph(face->glyph, FT_RENDER_MODE_NORMAL);
  const FT_Bitmap& map = face->glyph->bitmap;
  const int left = int(whole_x) + face->glyph->bitmap_left, top = int(whole_y) - face->glyph->bitmap_top;
  for (int r = 0; r < int(map.rows); ++r)
    for (int k = 0; k < int(map.width); ++k) {
      const int px = left + k, py = top + r;
      if (px < 0 || py < 0 || px >= page.cols || py >= page.rows) continue;
      auto& pixel = page.at<uint8_t>(py, px);
      const double cover = map.buffer[r * map.pitch + k] / 255.0;
      pixel = cv::saturate_cast<uint8_t>(pixel * (1 - cover) + ink * cover);
    }
  if (map.rows == 0 || map.width == 0) return {1, 1, 0, 0};
  return {double(left), double(top), double(left) + map.width, double(top) + map.rows};
}

double Canvas::put(const Font& font, double x, double baseline, const std::string& text, double pixels, double space) {
  TrueWord word;
  Box box{1, 1, 0, 0};
  const auto finish = [&] {
    if (box.x1 > box.x0) {
      word.quad = {box.x0, box.y0, box.x1, box.y0, box.x1, box.y1, box.x0, box.y1};
      words.push_back(word);
    }
    word = {}, box = {1, 1, 0, 0};
  };
  for (char32_t c : characters(text)) {
    if (c == ' ') {
      finish();
      x += space >= 0 ? space : font.advance(' ', pixels);
      continue;
    }
    const Box drawn = font.draw(page, x, baseline, c, pixels, ink);
    if (drawn.x1 > drawn.x0) box = box.x1 > box.x0 ? hull(box, drawn) : drawn;
    word.text += utf8(c);
    x += font.advance(c, pixels);
  }
  finish();
  return x;
}

double Canvas::put_right(const Font& font, double right, double baseline, const std::string& text, double pixels) {
  return put(font, right - font.width(text, pixels), baseline, text, pixels);
}

double Canvas::put_down(const Font& font, double x, double top, const std::string& text, double pixels) {
  for (char32_t c : characters(text)) {
    switch (c) {  // the forms that stand in vertical lines
      case U'，': c = 0xFE10; break;
      case U'、': c = 0xFE11; break;
      case U'。': c = 0xFE12; break;
      case U'：': c = 0xFE13; break;
      case U'；': c = 0xFE14; break;
      default: break;
    }
    font.draw(page, x - font.advance(c, pixels) / 2, top + 0.88 * pixels, c, pixels, ink);
    top += pixels;
  }
  return top;
}

void Canvas::line(double x0, double y0, double x1, double y1, int thick) {
  cv::line(page, {cvRound(x0), cvRound(y0)}, {cvRound(x1), cvRound(y1)}, cv::Scalar(ink), thick);
}
void Canvas::frame(double x0, double y0, double x1, double y1, int thick) {
  cv::rectangle(page, {cvRound(x0), cvRound(y0)}, {cvRound(x1), cvRound(y1)}, cv::Scalar(ink), thick);
}

std::vector<std::string> wrap(const Font& font, const std::string& text, double pixels, double width) {
  std::vector<std::string> lines;
  std::string line;
  double used = 0;
  const auto add = [&](const std::string& piece, bool spaced) {
    const double wide = font.width(piece, pixels), gap = spaced && !line.empty() ? font.advance(' ', pixels) : 0;
    if (!line.empty() && used + gap + wide > width) lines.push_back(line), line.clear(), used = 0;
    if (!line.empty() && spaced) line += ' ', used += gap;
    line += piece, used += wide;
  };
  std::string word;
  const auto flush = [&] {
    if (!word.empty()) add(word, true);
    word.clear();
  };
  for (char32_t c : characters(text)) {
    if (c == ' ')
      flush();
    else if (is_wide(c)) {
      flush();
      const bool closing = std::u32string_view(U"，。、：；！？").find(c) != std::u32string_view::npos;
      if (closing && !line.empty())
        line += utf8(c), used += font.advance(c, pixels);  // never at the start of a line
      else
        add(utf8(c), false);
    } else
      word += utf8(c);
  }
  flush();
  if (!line.empty()) lines.push_back(line);
  return lines;
}

}  // namespace bifrons::test
