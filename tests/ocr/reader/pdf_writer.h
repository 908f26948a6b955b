// tests/ocr/reader/pdf_writer.h - writes small PDF files by hand, well-formed unless a test spoils them. Coordinates are PDF's
// own: points, origin bottom-left.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace bifrons {

class PdfWriter {
 public:
  struct PageSpec {
    std::string content = {};
    std::string boxes = "/MediaBox [0 0 595 842]";
    std::string extra = {};      // more keys of the page's dictionary
    std::string resources = {};  // besides the fonts F1 (Helvetica), F2 (Times), F3 (Courier)
    std::string fonts = {};      // more of them: "/F4 9 0 R"
  };

  PdfWriter() : catalog_(reserve()), tree_(reserve()) {}  // first, so that a file that is cut short keeps them

  int add(const std::string& object) {  // returns its number
    objects_.push_back(object);
    return int(objects_.size());
  }
  int add_stream(const std::string& bytes, const std::string& keys = "") {
    return add("<< /Length " + std::to_string(bytes.size()) + " " + keys + " >>\nstream\n" + bytes + "\nendstream");
  }
  int reserve() { return add(""); }
  void set(int number, const std::string& object) { objects_[size_t(number - 1)] = object; }
  void add_page(const PageSpec& page) { pages_.push_back(page); }
  void add_page(const std::string& content) { pages_.push_back({.content = content}); }
  std::string catalog_extra, trailer_extra;

  // 8-bit image of so many components, uncompressed.
  int add_image(int width, int height, const std::string& pixels, const char* space = "/DeviceGray",
                const std::string& more = "") {
    return add_stream(pixels, "/Type /XObject /Subtype /Image /Width " + std::to_string(width) + " /Height " +
                                  std::to_string(height) + " /ColorSpace " + space + " /BitsPerComponent 8 " + more);
  }

  std::string bytes() {
    std::vector<int> numbers;
    const int font1 = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
    const int font2 = add("<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>");
    const int font3 = add("<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>");
    std::string kids;
    for (const PageSpec& page : pages_) {
      const int content = add_stream(page.content);
      const int number = add("<< /Type /Page /Parent " + ref(tree_) + " " + page.boxes + " /Contents " + ref(content) +
                             " /Resources << /Font << /F1 " + ref(font1) + " /F2 " + ref(font2) + " /F3 " + ref(font3) + " " +
                             page.fonts + " >> " + page.resources + " >> " + page.extra + " >>");
      kids += ref(number) + " ";
    }
    set(tree_, "<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pages_.size()) + " >>");
    set(catalog_, "<< /Type /Catalog /Pages " + ref(tree_) + " " + catalog_extra + " >>");
    return assemble(catalog_);
  }
  // The objects as they are, with this one as the catalog.
  std::string assemble(int catalog) const {
    std::string out = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
    std::vector<size_t> places;
    for (size_t i = 0; i < objects_.size(); ++i) {
      places.push_back(out.size());
      out += std::to_string(i + 1) + " 0 obj\n" + objects_[i] + "\nendobj\n";
    }
    const size_t xref = out.size();
    out += "xref\n0 " + std::to_string(objects_.size() + 1) + "\n0000000000 65535 f \n";
    for (const size_t place : places) {
      char line[32];
      std::snprintf(line, sizeof line, "%010zu 00000 n \n", place);
      out += line;
    }
    return out + "trailer\n<< /Size " + std::to_string(objects_.size() + 1) + " /Root " + ref(catalog) + " " + trailer_extra +
           " >>\nstartxref\n" + std::to_string(xref) + "\n%%EOF\n";
  }

  static std::string ref(int number) { return std::to_string(number) + " 0 R"; }
  static std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", value);
    return text;
  }
  // One line of text with its left end of the baseline at x, y.
  static std::string text(double x, double y, const std::string& words, double size = 12, const char* font = "F1",
                          const std::string& before = "") {
    return "q " + before + " BT /" + font + " " + number(size) + " Tf " + number(x) + " " + number(y) + " Td (" + words +
           ") Tj ET Q\n";
  }

 private:
  std::vector<std::string> objects_;
  int catalog_, tree_;
  std::vector<PageSpec> pages_;
};

}  // namespace bifrons
