// ocr/document/xml_export.cpp - a document as hOCR and as ALTO 4. Sources: hOCR 1.2 (kba.github.io/hocr-spec), ALTO 4.4
// (loc.gov/standards/alto), documents.md 4.
#include <charconv>
#include <cmath>
#include <optional>

#include "ocr/document/exports.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  each_code_point(text, [&](char32_t c, size_t, size_t) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\t' || c == '\n' || c == '\r')
      out += "&#" + std::to_string(int(c)) + ';';
    else
      append_code_point(out, c < 0x20 || c == 0xFFFE || c == 0xFFFF ? char32_t(0xFFFD) : c);  // XML 1.0 has no such characters
  });
  return out;
}
std::string number(double value, int decimals) {
  char digits[400];
  std::string text(digits, std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, decimals).ptr);
  if (text.find('.') != std::string::npos) text.resize(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}
std::string identifier(std::string_view text, std::string_view otherwise) {  // of XML: our own ids are ones already
  std::string out;
  for (const char c : text)
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_') out += c;
  return out.empty() || (out[0] >= '0' && out[0] <= '9') ? std::string(otherwise) : out;
}

std::string bbox(const Box& box, double scale) {
  const auto whole = [&](double value) { return ' ' + number(std::round(value * scale), 0); };
  return "bbox" + whole(box.x0) + whole(box.y0) + whole(box.x1) + whole(box.y1);
}

void put_hocr_line(std::string& out, const Line& line, const Page& page, double scale, int& word_number) {
  const std::string id = std::to_string(page.page);
  out += "     <span class='ocr_line' id='" + identifier(line.id, "line_" + id) + "' title=\"" + bbox(line.box, scale);
  if (page.turned != 0) out += "; textangle " + std::to_string((360 - page.turned) % 360);  // hOCR turns counter-clockwise
  out += "\">\n";
  for (const Word& word : line.words) {
    out += "      <span class='ocrx_word' id='word_" + id + '_' + std::to_string(++word_number) + "' title='" +
           bbox(word.box, scale);
    if (word.confidence) out += "; x_wconf " + number(std::round(*word.confidence), 0);
    out += "'>" + escaped(word.text) + "</span>\n";
  }
  out += "     </span>\n";
}

void put_hocr_page(std::string& out, const DocumentFile& file, const Page& page) {
  const double scale = hocr_scale(page);
  const std::string id = std::to_string(page.page);
  std::string image = file.name;
  for (char& c : image)
    if (c == '"' || c == '\'' || c == '\\') c = '_';  // the title's own quotes
  out += "  <div class='ocr_page' id='page_" + id + "' title='image &quot;" + escaped(image) + "&quot;; " +
         bbox({0, 0, page.width, page.height}, scale) + "; ppageno " + std::to_string(page.page - 1);
  if (page.unit == Page::Unit::pt || page.dpi > 0) {
    const std::string dpi = std::to_string(page.dpi > 0 ? page.dpi : 300);
    out += "; scan_res " + dpi + ' ' + dpi;
  }
  out += "'>\n";
  int words = 0, blocks = 0;
  for (const Block& block : page.blocks) {
    const std::string block_id = identifier(block.id, "block_" + id + '_' + std::to_string(++blocks));
    out += "   <div class='ocr_carea' id='" + block_id + "' title=\"" + bbox(block.box, scale) +
           "\">\n    <p class='ocr_par' id='par_" + block_id + "' title=\"" + bbox(block.box, scale) + "\">\n";
    for (const Line& line : block.lines) put_hocr_line(out, line, page, scale, words);
    out += "    </p>\n   </div>\n";
  }
  out += "  </div>\n";
}

class AltoWriter {
 public:
  AltoWriter(const DocumentFile& file, const EachPage& pages, const WriteText& write)
      : file_(file), pages_(pages), write_(write) {}
  void write();

 private:
  void page(const Page& page);
  void line(const Line& line, const std::string& id);
  std::string place(const Box& box) const {
    return " HPOS=\"" + length(box.x0) + "\" VPOS=\"" + length(box.y0) + "\" WIDTH=\"" + length(box.x1 - box.x0) +
           "\" HEIGHT=\"" + length(box.y1 - box.y0) + '"';
  }
  std::string length(double value) const { return number(value * scale_, 4); }

  const DocumentFile& file_;
  const EachPage& pages_;
  const WriteText& write_;
  double scale_ = 1;
  std::string out_;  // of the page in the making
};

void AltoWriter::line(const Line& line, const std::string& id) {
  out_ += "          <TextLine ID=\"" + identifier(line.id, id) + '"' + place(line.box) + ">\n";
  if (line.quad) {
    out_ += "            <Shape><Polygon POINTS=\"";
    for (size_t i = 0; i < 8; ++i) out_ += (i == 0 ? "" : i % 2 ? "," : " ") + length((*line.quad)[i]);
    out_ += "\"/></Shape>\n";
  }
  size_t at = 0, count = 0;  // where we are in the line's text, which says where there are spaces
  for (const Word& word : line.words) {
    const size_t found = line.text.find(word.text, at);
    if (count > 0 && (found == std::string::npos || found > at)) out_ += "            <SP/>\n";
    if (found != std::string::npos) at = found + word.text.size();
    out_ += "            <String ID=\"" + identifier(line.id, id) + "_s" + std::to_string(++count) + "\" CONTENT=\"" +
            escaped(word.text) + '"' + place(word.box);
    if (word.confidence) out_ += " WC=\"" + number(*word.confidence / 100, 4) + '"';
    out_ += "/>\n";
  }
  out_ += "          </TextLine>\n";
}

void AltoWriter::page(const Page& page) {
  const std::string id = "page_" + std::to_string(page.page);
  scale_ = page.unit == Page::Unit::pt ? 1200.0 / 72 : 1;
  out_ += "    <Page ID=\"" + id + "\" PHYSICAL_IMG_NR=\"" + std::to_string(page.page) + "\" WIDTH=\"" + length(page.width) +
          "\" HEIGHT=\"" + length(page.height) + '"';
  if (page.confidence) out_ += " PC=\"" + number(*page.confidence / 100, 4) + '"';
  out_ += ">\n      <PrintSpace" + place({0, 0, page.width, page.height}) + ">\n";
  int blocks = 0, lines = 0;
  for (const Block& block : page.blocks) {
    if (block.lines.empty()) continue;  // ALTO wants a line in each block
    out_ += "        <TextBlock ID=\"" + identifier(block.id, id + "_block_" + std::to_string(++blocks)) + '"' +
            place(block.box) + " TAGREFS=\"type_" + std::string(name_of(block.type)) + "\">\n";
    for (const Line& one : block.lines) line(one, id + "_line_" + std::to_string(++lines));
    out_ += "        </TextBlock>\n";
  }
  out_ += "      </PrintSpace>\n    </Page>\n";
}

void AltoWriter::write() {
  std::optional<Page::Unit> unit;
  pages_([&](const Page& one) {
    if (unit && *unit != one.unit)
      fail(Fault::lacking, file_.name,
           ": has pages in points and pages in pixels, but an ALTO file has one unit; export them apart");
    unit = one.unit;
  });
  const bool points = unit == Page::Unit::pt;
  out_ =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<alto xmlns=\"http://www.loc.gov/standards/alto/ns-v4#\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      "xsi:schemaLocation=\"http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-4.xsd\">\n"
      "  <Description>\n    <MeasurementUnit>";
  out_ += points ? "inch1200" : "pixel";
  out_ += "</MeasurementUnit>\n    <sourceImageInformation><fileName>" + escaped(file_.name) +
          "</fileName></sourceImageInformation>\n  </Description>\n  <Tags>\n";
  using enum Block::Type;
  for (const Block::Type type : {text, heading, table, list, header, footer}) {
    const std::string name(name_of(type));
    out_ += "    <LayoutTag ID=\"type_" + name + "\" LABEL=\"" + name + "\"/>\n";
  }
  out_ += "  </Tags>\n  <Layout>\n";
  pages_([&](const Page& one) {
    page(one);
    write_(out_);
    out_.clear();
  });
  write_(out_ + "  </Layout>\n</alto>\n");
}

}  // namespace

double hocr_scale(const Page& page) { return page.unit == Page::Unit::px ? 1 : (page.dpi > 0 ? page.dpi : 300) / 72.0; }

void write_hocr(const DocumentFile& file, const EachPage& pages, const WriteText& write) {
  write(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" "
      "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
      "<html xmlns=\"http://www.w3.org/1999/xhtml\">\n <head>\n  <title>" +
      escaped(file.name) +
      "</title>\n  <meta http-equiv=\"Content-Type\" content=\"text/html;charset=utf-8\"/>\n"
      "  <meta name='ocr-system' content='bifrons'/>\n"
      "  <meta name='ocr-capabilities' content='ocr_page ocr_carea ocr_par ocr_line ocrx_word'/>\n </head>\n <body>\n");
  pages([&](const Page& page) {
    std::string out;
    put_hocr_page(out, file, page);
    write(out);
  });
  write(" </body>\n</html>\n");
}
void write_alto(const DocumentFile& file, const EachPage& pages, const WriteText& write) {
  AltoWriter(file, pages, write).write();
}

std::string hocr(const Document& document) {
  std::string out;
  write_hocr(document.file, pages_of(document), [&](std::string_view piece) { out += piece; });
  return out;
}
std::string alto(const Document& document) {
  std::string out;
  write_alto(document.file, pages_of(document), [&](std::string_view piece) { out += piece; });
  return out;
}

}  // namespace bifrons
