// ocr/document/json_export.cpp - documents and pages as JSON, keys in the order of documents.md 4. Written directly: a library's
// writer prints a rounded 595.28 now and then with seventeen digits, and a page has thousands of numbers.
#include <charconv>
#include <cmath>

#include "ocr/document/exports.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

void put(std::string& out, int64_t number) { out += std::to_string(number); }
void put(std::string& out, double number) {
  if (!std::isfinite(number)) fail(Fault::other, "a number of the document is not finite and cannot be written as JSON");
  char digits[400];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed, 2).ptr;
  std::string_view text(digits, size_t(end - digits));
  text.remove_suffix(text.size() - 1 - text.find_last_not_of('0'));
  if (text.back() == '.') text.remove_suffix(1);
  out += text == "-0" ? "0" : text;
}
void put(std::string& out, std::string_view text) {
  out += '"';
  each_code_point(text, [&](char32_t c, size_t, size_t) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += char(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || c == 0x7F) {
      constexpr char hexadecimal[] = "0123456789abcdef";
      out += "\\u00";
      out += hexadecimal[c >> 4];
      out += hexadecimal[c & 15];
    } else {
      append_code_point(out, c);
    }
  });
  out += '"';
}
template <class Numbers>
void put_numbers(std::string& out, const Numbers& numbers) {
  out += '[';
  bool first = true;
  for (const double number : numbers) {
    if (!first) out += ',';
    first = false;
    put(out, number);
  }
  out += ']';
}
void put(std::string& out, const Box& box) { put_numbers(out, std::array{box.x0, box.y0, box.x1, box.y1}); }

template <class Items, class Write>
void put_list(std::string& out, const Items& items, Write write) {
  out += '[';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    write(item);
  }
  out += ']';
}
void put(std::string& out, const std::vector<Warning>& warnings);
void put(std::string& out, const DocumentFile& file);
template <class Value>
void put_key(std::string& out, std::string_view key, const Value& value) {  // with the comma before it, unless it is the first
  if (out.back() != '{') out += ',';
  out += '"';
  out += key;
  out += "\":";
  put(out, value);
}
void put_key(std::string& out, std::string_view key) {
  if (out.back() != '{') out += ',';
  out += '"';
  out += key;
  out += "\":";
}

void put(std::string& out, const Word& word) {
  out += '{';
  put_key(out, "text", std::string_view(word.text));
  put_key(out, "box", word.box);
  if (word.confidence) put_key(out, "confidence", *word.confidence);
  out += '}';
}
void put(std::string& out, const Line& line) {
  out += '{';
  put_key(out, "id", std::string_view(line.id));
  put_key(out, "box", line.box);
  if (line.quad) {
    put_key(out, "quad");
    put_numbers(out, *line.quad);
  }
  put_key(out, "text", std::string_view(line.text));
  if (line.confidence) put_key(out, "confidence", *line.confidence);
  put_key(out, "words");
  put_list(out, line.words, [&](const Word& word) { put(out, word); });
  out += '}';
}
void put(std::string& out, const Block& block) {
  out += '{';
  put_key(out, "id", std::string_view(block.id));
  put_key(out, "type", name_of(block.type));
  if (block.repeats > 0) put_key(out, "repeats", block.repeats);
  put_key(out, "box", block.box);
  put_key(out, "lines");
  put_list(out, block.lines, [&](const Line& line) { put(out, line); });
  out += '}';
}
void put(std::string& out, const Table& table) {
  out += '{';
  put_key(out, "box", table.box);
  put_key(out, "rows");
  put_list(out, table.rows, [&](const std::vector<TableCell>& row) {
    put_list(out, row, [&](const TableCell& cell) {
      out += '{';
      put_key(out, "text", std::string_view(cell.text));
      put_key(out, "box", cell.box);
      out += '}';
    });
  });
  out += '}';
}
void put(std::string& out, const Warning& warning) {
  out += '{';
  put_key(out, "code", std::string_view(warning.code));
  if (warning.page > 0) put_key(out, "page", warning.page);
  put_key(out, "message", std::string_view(warning.message));
  out += '}';
}
void put(std::string& out, const std::vector<Warning>& warnings) {
  put_list(out, warnings, [&](const Warning& warning) { put(out, warning); });
}
void put_page(std::string& out, const Page& page, bool with_warnings) {
  out += '{';
  put_key(out, "page", page.page);
  put_key(out, "width", page.width);
  put_key(out, "height", page.height);
  put_key(out, "unit", name_of(page.unit));
  put_key(out, "source", name_of(page.source));
  put_key(out, "dpi", int64_t(page.dpi));
  put_key(out, "turned", int64_t(page.turned));
  put_key(out, "skew", page.skew);
  put_key(out, "languages");
  put_list(out, page.languages, [&](const std::string& language) { put(out, std::string_view(language)); });
  if (page.confidence) put_key(out, "confidence", *page.confidence);
  put_key(out, "seconds", page.seconds);
  put_key(out, "blocks");
  put_list(out, page.blocks, [&](const Block& block) { put(out, block); });
  put_key(out, "tables");
  put_list(out, page.tables, [&](const Table& table) { put(out, table); });
  put_key(out, "hidden_text");
  put_list(out, page.hidden_text, [&](const HiddenText& hidden) {
    out += '{';
    put_key(out, "text", std::string_view(hidden.text));
    put_key(out, "box", hidden.box);
    put_key(out, "reason", name_of(hidden.reason));
    out += '}';
  });
  if (with_warnings && !page.warnings.empty()) put_key(out, "warnings", page.warnings);
  out += '}';
}
void put(std::string& out, const DocumentFile& file) {
  out += '{';
  put_key(out, "name", std::string_view(file.name));
  put_key(out, "type", std::string_view(file.type));
  put_key(out, "bytes", int64_t(file.bytes));
  put_key(out, "sha256", std::string_view(file.sha256));
  out += '}';
}

}  // namespace

EachPage pages_of(const Document& document) {
  return [&document](const std::function<void(const Page&)>& visit) {
    for (const Page& page : document.pages) visit(page);
  };
}

std::string page_json(const Page& page) {
  std::string out;
  put_page(out, page, true);
  return out;
}
std::string warnings_json(const std::vector<Warning>& warnings) {
  std::string out;
  put(out, warnings);
  return out;
}
void write_json(const Document& document, const EachPage& pages, const DocumentFailure* failure, const WriteText& write) {
  std::string out = "{";
  put_key(out, "version", int64_t(1));
  DocumentFile file = document.file;
  if (failure && file.sha256.empty() && !failure->file().name.empty()) {  // the reader knows more than it could hand over
    if (file.name.empty()) file.name = failure->file().name;
    file.type = failure->file().type, file.bytes = failure->file().bytes, file.sha256 = failure->file().sha256;
  }
  put_key(out, "file", file);
  put_key(out, "status", std::string_view(failure ? "error" : document.status == Document::Status::ok ? "ok" : "partial"));
  if (failure) {
    put_key(out, "error");
    out += '{';
    put_key(out, "code", std::string_view(failure->code()));
    put_key(out, "message", std::string_view(failure->what()));
    out += '}';
  }
  put_key(out, "warnings", document.warnings);
  put_key(out, "pages");
  out += '[';
  bool first = true;
  pages([&](const Page& page) {
    if (!first) out += ',';
    first = false;
    put_page(out, page, false);
    write(out);
    out.clear();
  });
  write(out + "]}");
}
static std::string whole_json(const Document& document, const DocumentFailure* failure) {
  std::string out;
  write_json(document, pages_of(document), failure, [&](std::string_view piece) { out += piece; });
  return out;
}
std::string document_json(const Document& document) { return whole_json(document, nullptr); }
std::string document_json(const Document& document, const DocumentFailure& failure) { return whole_json(document, &failure); }
std::string document_json(const DocumentFile& file, const DocumentFailure& failure) {
  Document document;
  document.file = file;
  return whole_json(document, &failure);
}

}  // namespace bifrons
