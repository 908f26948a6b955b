// ocr/document/parse_page.cpp - a page from JSON, each value checked: it may come from a worker that a document has taken over,
// or from a database that somebody wrote to.
#include <cmath>

#include <nlohmann/json.hpp>

#include "ocr/document/exports.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;

constexpr size_t most_json_bytes = 64u << 20;  // a page of 200,000 characters, each a word of its own, has about 20 MB
constexpr size_t most_items = 500'000;         // blocks, lines, words, cells of one page together
constexpr double most_length = 1e7;            // of a page's side or a coordinate, in its unit
constexpr double most_page = 1 << 20;          // page number: the library packs it into 20 bits

[[noreturn]] void refuse(const std::string& what) { fail(Fault::unreadable, "a page's JSON is refused: ", what); }

const Json& member(const Json& object, const char* key, const char* where) {
  if (!object.is_object()) refuse(std::string(where) + " is no object");
  const auto found = object.find(key);
  if (found == object.end()) refuse(std::string(where) + " has no \"" + key + "\"");
  return *found;
}
double number(const Json& value, double least, double most, const char* where) {
  if (!value.is_number()) refuse(std::string(where) + " is no number");
  const double result = std::round(value.get<double>() * 100) / 100;  // as it is written: what is taken once is taken again
  if (!(result >= least && result <= most))                           // NaN included
    fail(Fault::unreadable, "a page's JSON is refused: ", where, " is ", result, ", outside ", least, " to ", most);
  return result;
}
int64_t integer(const Json& value, double least, double most, const char* where) {
  const double result = number(value, least, most, where);
  if (result != std::floor(result)) refuse(std::string(where) + " is " + value.dump() + ", not a whole number");
  return int64_t(result);
}
std::string text(const Json& value, size_t most_bytes, const char* where) {
  if (!value.is_string()) refuse(std::string(where) + " is no text");  // the parser has checked that it is UTF-8
  const auto& result = value.get_ref<const std::string&>();
  if (result.size() > most_bytes)
    refuse(std::string(where) + " has " + std::to_string(result.size()) + " bytes, more than " + std::to_string(most_bytes));
  return result;
}
const Json& list(const Json& value, size_t most, const char* where) {
  if (!value.is_array()) refuse(std::string(where) + " is no list");
  if (value.size() > most)
    refuse(std::string(where) + " has " + std::to_string(value.size()) + " items, more than " + std::to_string(most));
  return value;
}
template <class Kind, size_t count>
Kind kind(const Json& value, const std::array<Kind, count>& kinds, const char* where) {
  const std::string name = text(value, 64, where);
  for (const Kind one : kinds)
    if (name_of(one) == name) return one;
  refuse(std::string(where) + " is \"" + name + "\", which is unknown");
}
std::optional<double> confidence(const Json& object, const char* where) {
  const auto found = object.find("confidence");
  if (found == object.end()) return std::nullopt;
  return number(*found, 0, 100, where);
}

class PageParser {
 public:
  explicit PageParser(const Json& root) : root_(root) {}
  Page parse();

 private:
  const Json& items(const Json& value, const char* where) {
    list(value, most_items, where);
    items_ += value.size();
    if (items_ > most_items) refuse("it has more than " + std::to_string(most_items) + " items in all");
    return value;
  }
  Box box(const Json& value, const char* where) const { return checked_box(value, where, margin_); }
  Box checked_box(const Json& value, const char* where, double margin) const {
    if (!value.is_array() || value.size() != 4) refuse(std::string(where) + " is no list of four numbers");
    Box result{number(value[0], -margin, page_.width + margin, where), number(value[1], -margin, page_.height + margin, where),
               number(value[2], -margin, page_.width + margin, where), number(value[3], -margin, page_.height + margin, where)};
    if (result.x0 > result.x1 || result.y0 > result.y1) refuse(std::string(where) + " is inside out: " + value.dump());
    return result;
  }
  Line line(const Json& value);
  Block block(const Json& value);

  const Json& root_;
  Page page_;
  double margin_ = 0;
  size_t items_ = 0;
};

Line PageParser::line(const Json& value) {
  Line result;
  result.id = text(member(value, "id", "a line"), 64, "a line's id");
  result.box = box(member(value, "box", "a line"), "a line's box");
  result.text = text(member(value, "text", "a line"), 1u << 20, "a line's text");
  result.confidence = confidence(value, "a line's confidence");
  if (const auto quad = value.find("quad"); quad != value.end()) {
    if (!quad->is_array() || quad->size() != 8) refuse("a line's quad is no list of eight numbers");
    result.quad.emplace();
    for (size_t i = 0; i < 8; ++i)
      (*result.quad)[i] = number((*quad)[i], -margin_, (i % 2 ? page_.height : page_.width) + margin_, "a line's quad");
  }
  const Json& words = items(member(value, "words", "a line"), "a line's words");
  result.words.reserve(words.size());
  for (const Json& word : words)
    result.words.push_back({text(member(word, "text", "a word"), 1u << 16, "a word's text"),
                            box(member(word, "box", "a word"), "a word's box"), confidence(word, "a word's confidence")});
  return result;
}

Block PageParser::block(const Json& value) {
  using Type = Block::Type;
  Block result;
  result.id = text(member(value, "id", "a block"), 64, "a block's id");
  result.type =
      kind(member(value, "type", "a block"),
           std::array{Type::text, Type::heading, Type::table, Type::list, Type::header, Type::footer}, "a block's type");
  if (const auto repeats = value.find("repeats"); repeats != value.end())
    result.repeats = integer(*repeats, 1, most_page - 1, "the page that a block repeats");
  result.box = box(member(value, "box", "a block"), "a block's box");
  for (const Json& one : items(member(value, "lines", "a block"), "a block's lines")) result.lines.push_back(line(one));
  return result;
}

std::vector<Warning> warnings_of(const Json& value) {
  std::vector<Warning> result;
  for (const Json& warning : list(value, 100'000, "warnings")) {
    Warning one;
    one.code = text(member(warning, "code", "a warning"), 256, "a warning's code");
    if (const auto page = warning.find("page"); page != warning.end())
      one.page = integer(*page, 0, most_page, "a warning's page");
    one.message = text(member(warning, "message", "a warning"), 1u << 16, "a warning's message");
    result.push_back(std::move(one));
  }
  return result;
}

Page PageParser::parse() {
  const char* const where = "a page";
  page_.page = integer(member(root_, "page", where), 1, most_page - 1, "its number");
  page_.width = number(member(root_, "width", where), 0, most_length, "its width");
  page_.height = number(member(root_, "height", where), 0, most_length, "its height");
  margin_ = std::max(page_.width, page_.height) / 10 + 1;
  page_.unit = kind(member(root_, "unit", where), std::array{Page::Unit::pt, Page::Unit::px}, "its unit");
  using enum Page::Source;
  page_.source = kind(member(root_, "source", where), std::array{Page::Source::text, ocr, mixed, none}, "its source");
  page_.dpi = int(integer(member(root_, "dpi", where), 0, 100'000, "its dpi"));
  page_.turned = int(integer(member(root_, "turned", where), 0, 270, "its turn"));
  if (page_.turned % 90 != 0) refuse("its turn is " + std::to_string(page_.turned) + ", no quarter turn");
  page_.skew = number(member(root_, "skew", where), -180, 180, "its skew");
  for (const Json& language : list(member(root_, "languages", where), 100, "its languages"))
    page_.languages.push_back(bifrons::text(language, 64, "a language"));
  page_.confidence = confidence(root_, "its confidence");
  page_.seconds = number(member(root_, "seconds", where), 0, 1e9, "its seconds");
  for (const Json& one : items(member(root_, "blocks", where), "its blocks")) page_.blocks.push_back(block(one));
  for (const Json& one : items(member(root_, "tables", where), "its tables")) {
    Table table;
    table.box = box(member(one, "box", "a table"), "a table's box");
    for (const Json& row : items(member(one, "rows", "a table"), "a table's rows")) {
      auto& cells = table.rows.emplace_back();
      for (const Json& cell : items(row, "a table's row"))
        cells.push_back({bifrons::text(member(cell, "text", "a cell"), 1u << 20, "a cell's text"),
                         box(member(cell, "box", "a cell"), "a cell's box")});
    }
    page_.tables.push_back(std::move(table));
  }
  using Reason = HiddenText::Reason;
  for (const Json& one : items(member(root_, "hidden_text", where), "its hidden text")) {
    HiddenText hidden;
    hidden.text = bifrons::text(member(one, "text", "hidden text"), 1u << 20, "hidden text");
    hidden.box = checked_box(member(one, "box", "hidden text"), "hidden text's box", most_length);
    hidden.reason = kind(member(one, "reason", "hidden text"),
                         std::array{Reason::no_ink, Reason::tiny, Reason::off_page, Reason::covered}, "hidden text's reason");
    page_.hidden_text.push_back(std::move(hidden));
  }
  if (const auto found = root_.find("warnings"); found != root_.end()) page_.warnings = warnings_of(*found);
  return std::move(page_);
}

Json parsed(std::string_view json) {
  if (json.size() > most_json_bytes)
    refuse("it has " + std::to_string(json.size()) + " bytes, more than " + std::to_string(most_json_bytes));
  try {
    return Json::parse(json);
  } catch (const Json::exception& error) {
    refuse(std::string("it is no JSON (") + error.what() + ")");
  }
}

}  // namespace

Page parse_page(std::string_view json) {
  const Json root = parsed(json);
  if (!root.is_object()) refuse("it is no object");
  return PageParser(root).parse();
}
std::vector<Warning> parse_warnings(std::string_view json) { return warnings_of(parsed(json)); }

}  // namespace bifrons
