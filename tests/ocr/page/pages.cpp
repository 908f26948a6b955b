// tests/ocr/page/pages.cpp - see pages.h.
#include "pages.h"

#include <algorithm>
#include <memory>

#include "ocr/page/script.h"
#include "spoil.h"
#include "texts.h"

namespace bifrons::test {
namespace {

struct Fonts {  // of one page
  std::unique_ptr<Font> body, bold;
};
Fonts latin(Dice& dice, int set) {
  static const std::vector<std::vector<std::pair<const char*, const char*>>> sets = {
      {{"LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf"},
       {"LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"},
       {"DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"}},
      {{"FreeSerif.ttf", "FreeSerifBold.ttf"}, {"FreeSans.ttf", "FreeSansBold.ttf"}, {"DejaVuSans.ttf", "DejaVuSans-Bold.ttf"}}};
  const auto& family = sets[size_t(set)][size_t(roll(dice, 0, 2))];
  return {std::make_unique<Font>(family.first), std::make_unique<Font>(family.second)};
}

struct Writer {  // goes down a column of the canvas
  Canvas& canvas;
  double left, right, y, points_to_pixels;
  void paragraph(const Font& font, const std::string& text, double points, bool justify, double leading = 1.25) {
    const double pixels = points * points_to_pixels;
    const auto lines = wrap(font, text, pixels, right - left);
    for (size_t i = 0; i < lines.size(); ++i) {
      y += pixels * leading;
      double space = -1;
      const auto gaps = double(std::count(lines[i].begin(), lines[i].end(), ' '));
      if (justify && i + 1 < lines.size() && gaps > 0)
        space = font.advance(' ', pixels) + (right - left - font.width(lines[i], pixels)) / gaps;
      canvas.put(font, left, y, lines[i], pixels, space);
      canvas.lines.push_back(lines[i]);
    }
  }
};

TruePage finish(Canvas& canvas) {
  TruePage page;
  page.picture.width = canvas.page.cols, page.picture.height = canvas.page.rows;
  page.picture.pixels.assign(canvas.page.datastart, canvas.page.dataend);
  page.words = std::move(canvas.words);
  for (const auto& line : canvas.lines) page.text += line + "\n";
  return page;
}

Canvas a4(double dpi) { return Canvas(cvRound(8.27 * dpi), cvRound(11.69 * dpi)); }

Canvas prose(Dice& dice, int set, double dpi, int sentences) {
  Canvas canvas = a4(dpi);
  const Fonts fonts = latin(dice, set);
  Writer writer{canvas, 0.95 * dpi, 7.3 * dpi, 0.9 * dpi, dpi / 72};
  const double points = roll(dice, 9.5, 12.0);
  writer.paragraph(*fonts.bold, english_title(dice), 18, false);
  writer.y += 0.15 * dpi;
  const bool justify = roll(dice, 0, 1) == 1;
  for (int left = sentences; left > 0 && writer.y < 9.6 * dpi;) {
    const int now = std::min(left, roll(dice, 3, 6));
    writer.paragraph(*fonts.body, english_text(dice, now), points, justify);
    writer.y += 0.5 * points * dpi / 72;
    left -= now;
  }
  return canvas;
}

TruePage office_scan(Canvas canvas, Dice& dice) {
  skew(canvas, roll(dice, -1.5, 1.5));
  blur(canvas, roll(dice, 0.5, 0.8));
  fade(canvas, 20, 248);
  noise(canvas, dice, 5);
  return finish(canvas);
}

TruePage make_table(Dice& dice, int set) {
  const double dpi = roll(dice, 0, 1) ? 300 : 200;
  Canvas canvas = a4(dpi);
  const Fonts fonts = latin(dice, set);
  const double pixels = 10.5 * dpi / 72, left = 0.9 * dpi, right = 7.4 * dpi;
  Writer writer{canvas, left, right, 0.8 * dpi, dpi / 72};
  writer.paragraph(*fonts.bold, "Invoice " + std::to_string(roll(dice, 10000, 99999)), 17, false);
  writer.y += 0.1 * dpi;
  writer.paragraph(*fonts.body, english_text(dice, 3), 10.5, false);
  writer.y += 0.25 * dpi;
  const std::vector<double> columns = {left, left + 0.6 * dpi, left + 3.4 * dpi, left + 4.3 * dpi, left + 5.4 * dpi, right};
  const int rows = roll(dice, 7, 14);
  const double step = pixels * 1.9, top = writer.y;
  for (int r = 0; r <= rows; ++r) {
    const double base = top + r * step + step * 0.68, pad = 0.4 * pixels;
    const Font& font = r == 0 ? *fonts.bold : *fonts.body;
    const std::vector<std::string> cells =
        r == 0 ? std::vector<std::string>{"No", "Article", "Pieces", "Price", "Amount"}
               : std::vector<std::string>{std::to_string(r), thing(dice), std::to_string(roll(dice, 2, 60)), amount(dice),
                                          amount(dice)};
    std::string line;
    for (size_t c = 0; c < cells.size(); ++c) {
      if (c < 2)
        canvas.put(font, columns[c] + pad, base, cells[c], pixels);
      else
        canvas.put_right(font, columns[c + 1] - pad, base, cells[c], pixels);
      line += (c ? " " : "") + cells[c];
    }
    canvas.lines.push_back(line);
  }
  const int thick = std::max(1, cvRound(dpi / 150));
  for (int r = 0; r <= rows + 1; ++r) canvas.line(left, top + r * step, right, top + r * step, thick);
  for (double x : columns) canvas.line(x, top, x, top + (rows + 1) * step, thick);
  writer.y = top + (rows + 1) * step + 0.3 * dpi;
  writer.paragraph(*fonts.body, english_text(dice, 5), 10.5, false);
  return office_scan(std::move(canvas), dice);
}

TruePage make_two_columns(Dice& dice, int set) {
  const double dpi = 300;
  Canvas canvas = a4(dpi);
  const Fonts fonts = latin(dice, set);
  Writer head{canvas, 0.8 * dpi, 7.5 * dpi, 0.8 * dpi, dpi / 72};
  head.paragraph(*fonts.bold, english_title(dice) + " and Other Papers of the Society", 20, false);
  const double top = head.y + 0.3 * dpi;
  for (int c = 0; c < 2; ++c) {
    const double left = c ? 4.3 * dpi : 0.8 * dpi;
    Writer writer{canvas, left, left + 3.2 * dpi, top, dpi / 72};
    while (writer.y < (c ? roll(dice, 7.0, 9.0) : 9.6) * dpi) {
      writer.paragraph(*fonts.body, english_text(dice, roll(dice, 2, 4)), 10, true);
      writer.y += 0.08 * dpi;
    }
  }
  skew(canvas, roll(dice, -1.0, 1.0));
  blur(canvas, 0.9);
  noise(canvas, dice, 22);
  black_and_white(canvas, 150);
  return finish(canvas);
}

std::string telephone(Dice& dice) {
  const int number = roll(dice, 100000, 999999);
  return "0" + std::to_string(roll(dice, 100, 999)) + " " + std::to_string(number);
}

TruePage make_form(Dice& dice, int set) {
  const double dpi = 150;
  Canvas canvas = a4(dpi);
  const Fonts fonts = latin(dice, set);
  const double pixels = 10.5 * dpi / 72, left = 0.9 * dpi, right = 7.3 * dpi, middle = 4.2 * dpi;
  Writer writer{canvas, left, right, 0.7 * dpi, dpi / 72};
  writer.paragraph(*fonts.bold, "Application for Membership", 17, false);
  writer.y += 0.2 * dpi;
  const std::vector<std::pair<std::string, std::string>> fields = {{"Name", person(dice)},
                                                                   {"Date of birth", date(dice)},
                                                                   {"Street", std::to_string(roll(dice, 2, 99)) + " Mill Lane"},
                                                                   {"Town", "Northbridge"},
                                                                   {"Telephone", telephone(dice)},
                                                                   {"Occupation", "Engineer"},
                                                                   {"Member since", std::to_string(roll(dice, 1980, 2020))},
                                                                   {"Yearly fee", amount(dice)}};
  const double height = 0.36 * dpi;
  for (size_t i = 0; i < fields.size(); i += 2) {
    const double top = writer.y, base = top + 0.23 * dpi;
    std::string line;
    for (size_t k = 0; k < 2; ++k) {
      const double x = k ? middle : left, end = k ? right : middle - 0.2 * dpi, box = x + 1.15 * dpi;
      canvas.put(*fonts.body, x, base, fields[i + k].first, pixels);
      canvas.frame(box, top, end, top + height, 1);
      canvas.put(*fonts.body, box + 0.08 * dpi, base, fields[i + k].second, pixels);
      line += (k ? " " : "") + fields[i + k].first + " " + fields[i + k].second;
    }
    canvas.lines.push_back(line);
    writer.y += height + 0.16 * dpi;
  }
  writer.y += 0.1 * dpi;
  writer.paragraph(*fonts.bold, "Please tick what applies", 11, false);
  TruePage counts;
  for (const char* choice : {"I have read the rules of the society", "I wish to receive the monthly letter",
                             "I can help at the summer fair", "Payment will be made by bank transfer"}) {
    writer.y += 0.3 * dpi;
    const double side = 0.14 * dpi, top = writer.y - 0.12 * dpi;
    canvas.frame(left, top, left + side, top + side, 1);
    const bool ticked = roll(dice, 0, 1) == 1;
    if (ticked) {
      canvas.line(left + 3, top + 3, left + side - 3, top + side - 3, 2);
      canvas.line(left + side - 3, top + 3, left + 3, top + side - 3, 2);
    }
    ++counts.ticks, counts.ticked += ticked;
    canvas.put(*fonts.body, left + 0.3 * dpi, writer.y, choice, pixels);
    canvas.lines.push_back(std::string(ticked ? "[x] " : "[ ] ") + choice);
  }
  writer.y += 0.2 * dpi;
  writer.paragraph(*fonts.body, english_text(dice, 5), 10.5, false);
  TruePage page = office_scan(std::move(canvas), dice);
  page.ticks = counts.ticks, page.ticked = counts.ticked;
  return page;
}

TruePage make_receipt(Dice& dice, int set, bool stained) {
  const double pixels = roll(dice, 21.0, 25.0);
  const Font font(set ? "DejaVuSansMono.ttf" : "LiberationMono-Regular.ttf"),
      bold(set ? "DejaVuSansMono-Bold.ttf" : "LiberationMono-Bold.ttf");
  const int items = roll(dice, 8, 16);
  const double step = pixels * 1.3, left = 50, right = 590;
  Canvas canvas(640, cvRound((items + 13) * step));
  double y = 2 * step;
  const auto centre = [&](const Font& f, const std::string& text, double size) {
    canvas.put(f, (left + right - f.width(text, size)) / 2, y, text, size);
    canvas.lines.push_back(text), y += step;
  };
  const auto pair = [&](const Font& f, const std::string& a, const std::string& b) {
    canvas.put(f, left, y, a, pixels);
    canvas.put_right(f, right, y, b, pixels);
    canvas.lines.push_back(a + " " + b), y += step;
  };
  centre(bold, "CORNER MARKET", pixels * 1.3);
  centre(font, std::to_string(roll(dice, 2, 99)) + " Station Road", pixels);
  const int minute = roll(dice, 10, 59), hour = roll(dice, 10, 20);
  centre(font, date(dice) + " " + std::to_string(hour) + ":" + std::to_string(minute), pixels);
  y += step / 2;
  for (int i = 0; i < items; ++i) {
    const std::string cost = amount(dice);
    pair(font, thing(dice), cost);
  }
  y += step / 2;
  pair(bold, "TOTAL", amount(dice));
  pair(font, "Cash", amount(dice));
  pair(font, "Change", amount(dice));
  y += step / 2;
  centre(font, "Thank you for your visit", pixels);
  thermal(canvas, dice);
  skew(canvas, roll(dice, -2.0, 2.0));
  blur(canvas, 1.0);
  fade(canvas, 95, 215);
  if (stained) stain(canvas, dice, 1);
  noise(canvas, dice, 9);
  return finish(canvas);
}

TruePage make_photo(Dice& dice, int set, const PhotoTaken& taken) {
  Canvas canvas = prose(dice, set, 240, 14);
  photograph(canvas, dice, taken);
  return finish(canvas);
}

TruePage make_faded(Dice& dice, int set, double ink, double stains) {
  Canvas canvas = prose(dice, set, 200, 14);
  skew(canvas, roll(dice, -1.5, 1.5));
  blur(canvas, 0.7);
  fade(canvas, ink, 212);
  stain(canvas, dice, stains);
  noise(canvas, dice, 5);
  return finish(canvas);
}

constexpr int simplified = 2;  // face of Noto's collections
std::unique_ptr<Font> han(Dice& dice, int set) {
  const bool serif = roll(dice, 0, 1) == 1;
  return std::make_unique<Font>(
      std::string(serif ? "NotoSerifCJK-" : "NotoSansCJK-") + (set && serif ? "Bold.ttc" : "Regular.ttc"), simplified);
}

TruePage make_chinese(Dice& dice, int set) {
  const double dpi = 200;
  Canvas canvas = a4(dpi);
  const auto font = han(dice, set);
  Writer writer{canvas, 0.95 * dpi, 7.3 * dpi, 0.9 * dpi, dpi / 72};
  writer.paragraph(*font, "关于港口工程的年度报告", 18, false, 1.6);
  writer.y += 0.1 * dpi;
  const double points = roll(dice, 10.5, 12.0);
  for (int i = 0; i < 6; ++i) {
    writer.paragraph(*font, chinese_text(dice, roll(dice, 3, 6)), points, false, 1.6);
    writer.y += 0.08 * dpi;
  }
  return office_scan(std::move(canvas), dice);
}

TruePage make_chinese_vertical(Dice& dice, int set) {
  const double dpi = 200;
  Canvas canvas = a4(dpi);
  const auto font = han(dice, set);
  const double pixels = roll(dice, 11.0, 13.0) * dpi / 72, top = 1.0 * dpi, bottom = 10.4 * dpi;
  const auto length = size_t((bottom - top) / pixels);
  double x = 7.2 * dpi;
  std::u32string text = characters(chinese_text(dice, 22));
  while (!text.empty() && x > 1.0 * dpi) {
    size_t take = std::min(length, text.size());
    while (take < text.size() && std::u32string_view(U"，。、：").find(text[take]) != std::u32string_view::npos) ++take;
    std::string line;
    for (char32_t c : text.substr(0, take)) line += utf8(c);
    canvas.put_down(*font, x, top, line, pixels);
    canvas.lines.push_back(line);
    text.erase(0, take);
    x -= 1.75 * pixels;
  }
  return office_scan(std::move(canvas), dice);
}

}  // namespace

std::string name_of(Kind kind) {
  switch (kind) {
    case Kind::prose: return "prose";
    case Kind::table: return "table";
    case Kind::two_columns: return "two_columns";
    case Kind::form: return "form";
    case Kind::stained_receipt: return "stained_receipt";
    case Kind::chinese: return "chinese";
    case Kind::chinese_vertical: return "chinese_vertical";
    case Kind::dark_photo: return "dark_photo";
    case Kind::turned: return "turned";
    case Kind::faint: return "faint";
    case Kind::receipt: return "receipt";
    case Kind::photo: return "photo";
    case Kind::faded: return "faded";
  }
  return "";
}

TruePage make_page(Kind kind, uint32_t seed, int fonts) {
  Dice dice(seed * 100 + uint32_t(kind));
  switch (kind) {
    case Kind::prose: return office_scan(prose(dice, fonts, roll(dice, 0, 1) ? 300 : 200, 16), dice);
    case Kind::table: return make_table(dice, fonts);
    case Kind::two_columns: return make_two_columns(dice, fonts);
    case Kind::form: return make_form(dice, fonts);
    case Kind::stained_receipt: return make_receipt(dice, fonts, true);
    case Kind::chinese: return make_chinese(dice, fonts);
    case Kind::chinese_vertical: return make_chinese_vertical(dice, fonts);
    case Kind::dark_photo: return make_photo(dice, fonts, {.shadow_low = 0.5, .shadow_high = 0.7, .slant = 1});
    case Kind::turned: {
      Canvas canvas = prose(dice, fonts, 200, 14);
      const int turned = 90 * roll(dice, 1, 3);
      turn(canvas, turned);
      TruePage page = office_scan(std::move(canvas), dice);
      page.turned = turned;
      return page;
    }
    case Kind::faint: return make_faded(dice, fonts, 150, 1);
    case Kind::receipt: return make_receipt(dice, fonts, false);
    case Kind::photo: return make_photo(dice, fonts, {.shadow_low = 0.6, .shadow_high = 0.8, .slant = 0.9});
    case Kind::faded: return make_faded(dice, fonts, 120, 0.5);
  }
  return {};
}

TruePage make_turned(int turned, uint32_t seed) {
  Dice dice(seed);
  Canvas canvas = prose(dice, 0, 150, 5);
  turn(canvas, turned);
  TruePage page = finish(canvas);
  page.turned = turned;
  return page;
}

}  // namespace bifrons::test
