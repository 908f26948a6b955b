// demos/asking.cpp - see asking.h.
#include "demos/asking.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <set>

#include "demos/highlight.h"
#include "kernels/core/error.h"
#include "kernels/core/file.h"
#include "ocr/document/exports.h"

namespace bifrons {

namespace {

constexpr const char *dim = "\033[2m", *plain = "\033[0m";
constexpr size_t most_quoted = 160;  // bytes of a place's words on the terminal

std::string clipped(std::string_view text, size_t most) {
  std::string out(text);
  for (char& c : out)
    if (c == '\n' || c == '\t' || c == '\r') c = ' ';
  if (out.size() <= most) return out;
  size_t end = most - 3;
  while (end > 0 && (uint8_t(out[end]) & 0xC0) == 0x80) --end;
  return out.substr(0, end) + "...";
}

void put(std::string_view text) {
  const std::string clean = without_controls(text);
  std::fwrite(clean.data(), 1, clean.size(), stdout), std::fflush(stdout);
}

}  // namespace

LiveAnswer::LiveAnswer(bool silent) : shown_(!silent && is_terminal(1)) {}
LiveAnswer::~LiveAnswer() { end(); }

void LiveAnswer::thought(std::string_view text) {
  if (!shown_ || text.empty()) return;
  if (!in_thought_) std::fputs(dim, stdout), in_thought_ = true;
  put(text);
  at_line_start_ = text.back() == '\n';
}
void LiveAnswer::text(std::string_view text) {
  if (!shown_ || text.empty()) return;
  if (in_thought_) std::fputs(plain, stdout), std::fputs(at_line_start_ ? "\n" : "\n\n", stdout), in_thought_ = false;
  const size_t words = text.find_first_not_of(" \n");
  spaces_ += text.substr(0, words);
  if (words == std::string_view::npos) return;
  if (!cited_ || std::string_view(".,;:!?").find(text[words]) == std::string_view::npos) put(spaces_);
  text.remove_prefix(words);
  const size_t end = text.find_last_not_of(" \n") + 1;
  spaces_ = text.substr(end), cited_ = false;
  put(text.substr(0, end));
  began_ = true, at_line_start_ = false;
}
void LiveAnswer::mark(std::string_view text) {
  if (shown_) put(" " + std::string(text));
}
bool LiveAnswer::take(const AnswerPiece& piece) {
  if (piece.kind == AnswerPiece::Kind::thought) thought(piece.text);
  if (piece.kind == AnswerPiece::Kind::text) text(piece.text);
  if (piece.kind == AnswerPiece::Kind::unsupported) mark(piece.text);
  cited_ |= piece.kind == AnswerPiece::Kind::citation;
  return !interrupted();  // a citation names a passage, which says nothing to a reader: the places follow at the end
}
void LiveAnswer::end() {
  if (in_thought_) std::fputs(plain, stdout), in_thought_ = false;
  if (!at_line_start_) std::fputs("\n", stdout), at_line_start_ = true;
  std::fflush(stdout);
}

std::string shown_box(const Box& box, Page::Unit unit) {
  char text[120];
  std::snprintf(text, sizeof text, "(%.0f,%.0f)-(%.0f,%.0f) %s", box.x0, box.y0, box.x1, box.y1,
                std::string(name_of(unit)).c_str());
  return text;
}

void print_answer(const Common& common, const DocumentAnswer& answer, bool streamed, bool several_documents) {
  const bool colours = is_terminal(1);
  if (!streamed) print_line(without_controls(answer.answer));
  if (answer.end == TextAnswer::End::length) say(common, "the answer was cut at the most tokens it may have; see --max-tokens");
  if (answer.end == TextAnswer::End::cancelled) print_line("(stopped)");
  for (size_t i = 0; i < answer.citations.size(); ++i) {
    const Citation& place = answer.citations[i];
    std::string line = "  [" + std::to_string(i + 1) + "] " + (several_documents ? place.file + ", " : "") + "page " +
                       std::to_string(place.page) + ", " + shown_box(place.box, place.unit);
    if (answer.answer.find(place.quote) == std::string::npos) line += ": \"" + clipped(place.quote, most_quoted) + "\"";
    print_line((colours ? dim : "") + without_controls(line) + (colours ? plain : ""));
  }
  for (const std::string& statement : answer.unsupported)
    print_line("  [?] no place in what was read says so: \"" + without_controls(clipped(statement, most_quoted)) + "\"");
  for (const Warning& warning : answer.warnings)
    say(common, "warning: " + (warning.page ? "page " + std::to_string(warning.page) + ": " : "") + warning.message);
  static std::set<std::string> told;  // once, not with every answer
  if (!answer.route.remedy.empty() && told.insert(answer.route.remedy).second) say(common, answer.route.remedy);
  if (common.verbose && answer.prompt_tokens > 0) {
    char line[160];
    std::snprintf(line, sizeof line,
                  "%lld tokens sent, %lld of them known to the model; read %.1f s, waited %.1f s, wrote %.1f s",
                  static_cast<long long>(answer.prompt_tokens), static_cast<long long>(answer.cached_tokens), answer.read_seconds,
                  answer.prefill_seconds, answer.answer_seconds);
    say_verbose(common, line);
  }
}

std::vector<std::string> show_places(const std::vector<const OpenDocument*>& documents, const DocumentAnswer& answer,
                                     const std::string& out) {
  struct Shown {
    int64_t document, page;
    std::vector<Mark> marks;
  };
  std::vector<Shown> pages;
  for (size_t i = 0; i < answer.citations.size(); ++i) {
    const Citation& place = answer.citations[i];
    if (place.document < 0 || place.document >= int64_t(documents.size())) continue;
    auto at = std::find_if(pages.begin(), pages.end(),
                           [&](const Shown& one) { return one.document == place.document && one.page == place.page; });
    if (at == pages.end()) at = pages.insert(at, {place.document, place.page, {}});
    if (std::none_of(at->marks.begin(), at->marks.end(), [&](const Mark& mark) { return mark.box == place.box; }))
      at->marks.push_back({place.box, int(i + 1)});
  }
  std::vector<std::string> files;
  for (const Shown& shown : pages) {
    const OpenDocument& document = *documents[size_t(shown.document)];
    const std::filesystem::path path(out);
    const std::string file =
        files.empty()
            ? out
            : (path.parent_path() / (path.stem().string() + "-" + std::to_string(files.size() + 1) + path.extension().string()))
                  .string();
    const Image picture = highlight(document.picture(shown.page), shown.marks);
    const std::vector<std::pair<std::string, std::string>> text{{"document", document.file().name},
                                                                {"page", std::to_string(shown.page)}};
    OutputFile png(file);
    png.write(encode_png(picture, text));
    png.commit();
    files.push_back(file);
  }
  return files;
}

}  // namespace bifrons
