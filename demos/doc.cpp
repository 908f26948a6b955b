// demos/doc.cpp - `bifrons doc`: documents by themselves: read, search, locate, and the library of pages that were read.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <optional>

#include <nlohmann/json.hpp>

#include "demos/asking.h"
#include "demos/commands.h"
#include "demos/common.h"
#include "demos/documents.h"
#include "demos/progress.h"
#include "kernels/core/error.h"
#include "kernels/core/file.h"
#include "ocr/document/exports.h"
#include "ocr/document/search.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;

struct Options {
  Common common;
  ReadingOptions reading;
  std::string file, format = "json", out = "-", words;
  bool strict = false, all = false;
  int most = 8;
};

Json box_json(const Box& box) {
  Json list = Json::array();
  for (const double value : {box.x0, box.y0, box.x1, box.y1}) list.push_back(double(std::llround(value * 100)) / 100);
  return list;
}

void tell_warnings(const Options& o, const OpenDocument& document) {
  for (const Warning& warning : document.warnings())
    say(o.common, "warning: " + document.shown_name() + (warning.page ? ", page " + std::to_string(warning.page) : "") + ": " +
                      warning.message);
}

// ---- doc read

enum class Form { json, jsonl, text, md, hocr, alto };
Form parse_format(const std::string& name) {
  constexpr const char* names[] = {"json", "jsonl", "text", "md", "hocr", "alto"};
  for (size_t i = 0; i < std::size(names); ++i)
    if (name == names[i]) return Form(i);
  fail(Fault::arguments, "--format: '", name.substr(0, 40), "' is not offered; choose json, jsonl, text, md, hocr or alto");
}

int read(const Options& o) {
  const Form format = parse_format(o.format);
  OutputFile out(o.out);
  const ReadingDesk desk(o.common, o.reading);
  std::optional<OpenDocument> opened;
  try {
    OpenDocument& document = opened.emplace(desk, o.file);
    const auto to_read = int64_t(document.missing().size());
    {
      Progress progress(o.common, "reading " + without_controls(document.file().name), "pages", to_read);
      if (to_read > 0) progress.at(0);
      bool first = true;
      OpenDocument::Reading reading;
      reading.on_progress = [&](int64_t done, int64_t) { progress.at(done); };
      if (format == Form::jsonl) reading.on_page = [&](const Page& page) { out.write(page_json(page) + "\n"); };
      if (format == Form::text)
        reading.on_page = [&](const Page& page) { out.write((first ? "" : "\f") + plain_text(page)), first = false; };
      // What is wrong with the library comes to light now: the warnings stand before the pages.
      if (format == Form::json) reading.on_page = [](const Page&) {};
      document.read(reading);
    }
    const WriteText write = [&](std::string_view piece) { out.write(piece); };
    const EachPage pages = [&](const std::function<void(const Page&)>& visit) { document.each_page(visit); };
    if (format == Form::json) write_json(document.head(), pages, nullptr, write), write("\n");
    if (format == Form::md) write_markdown(pages, write);  // levels of headings are those of the whole document
    if (format == Form::hocr) write_hocr(document.file(), pages, write);
    if (format == Form::alto) write_alto(document.file(), pages, write);
    out.commit();
    tell_warnings(o, document);
    if (document.status() == Document::Status::partial) {
      say(o.common, document.shown_name() + ": not every page could be read whole");
      if (o.strict) return int(Fault::partial);
    }
  } catch (const DocumentFailure& failure) {
    if (format == Form::json || format == Form::jsonl) {  // programs find the reason where they look for the document
      Document document;
      document.file.name = o.file == "-" ? "stdin" : std::filesystem::path(o.file).filename().string();
      if (opened) document = opened->head();
      const EachPage pages = [&](const std::function<void(const Page&)>& visit) {
        if (opened && format == Form::json) opened->each_page(visit);  // the others' have been written
      };
      write_json(document, pages, &failure, [&](std::string_view piece) { out.write(piece); });
      out.write("\n");
      out.commit();
    }
    throw;
  }
  return 0;
}

// ---- doc search, doc locate

void expect_words(const Options& o, const char* what) {
  if (o.words.find_first_not_of(" \t\n\r") == std::string::npos) fail(Fault::arguments, "the ", what, " is empty");
}

int search(const Options& o) {
  expect_words(o, "question");
  const ReadingDesk desk(o.common, o.reading);
  OpenDocument document(desk, o.file);
  document.read_with_progress();
  const auto source = document.source();
  const std::vector<Hit> hits = source->search(o.words, o.most);
  const Page::Unit unit = document.unit();
  if (o.common.json) {
    Json list = Json::array();
    for (const Hit& hit : hits)
      list.push_back({{"score", double(std::llround(hit.score * 1000)) / 1000},
                      {"page", hit.chunk.page},
                      {"lines", hit.chunk.lines},
                      {"box", box_json(hit.chunk.box)},
                      {"unit", name_of(unit)},
                      {"heading", hit.chunk.heading},
                      {"text", hit.chunk.text}});
    print_json({{"question", o.words}, {"hits", list}});
  } else {
    for (const Hit& hit : hits) {
      char score[32];
      std::snprintf(score, sizeof score, "%.2f", hit.score);
      const std::string lines = hit.chunk.lines.empty() ? ""
                                : hit.chunk.lines.size() == 1
                                    ? ", line " + hit.chunk.lines.front()
                                    : ", lines " + hit.chunk.lines.front() + " to " + hit.chunk.lines.back();
      print_line("page " + std::to_string(hit.chunk.page) + lines + ", " + shown_box(hit.chunk.box, unit) + ", score " + score +
                 (hit.chunk.heading.empty() ? "" : ", under \"" + without_controls(hit.chunk.heading) + "\""));
      std::string text = "  " + without_controls(hit.chunk.text);
      for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 3) text.replace(at, 1, "\n  ");
      print_line(text);
    }
    if (hits.empty()) say(o.common, document.shown_name() + ": no passage has any of these words");
  }
  return 0;
}

int locate_words(const Options& o) {
  expect_words(o, "quotation");
  const ReadingDesk desk(o.common, o.reading);
  OpenDocument document(desk, o.file);
  document.read_with_progress();
  const std::vector<Place> places = document.locate(o.words, o.most);
  const Page::Unit unit = document.unit();
  if (o.common.json) {
    Json list = Json::array();
    for (const Place& place : places) {
      Json one{{"page", place.page},         {"lines", place.lines},
               {"box", box_json(place.box)}, {"unit", name_of(unit)},
               {"quote", place.quote},       {"similarity", double(std::llround(place.similarity * 1000)) / 1000}};
      if (place.confidence >= 0) one["confidence"] = double(std::llround(place.confidence * 10)) / 10;
      list.push_back(std::move(one));
    }
    print_json({{"text", o.words}, {"places", list}});
  } else {
    for (const Place& place : places) {
      char similarity[32];
      std::snprintf(similarity, sizeof similarity, "%.2f", place.similarity);
      print_line("page " + std::to_string(place.page) + ", " + shown_box(place.box, unit) + ", similarity " + similarity +
                 ": \"" + without_controls(place.quote) + "\"");
    }
    if (places.empty()) say(o.common, document.shown_name() + ": nothing on its pages is near these words");
  }
  return 0;
}

// ---- doc list, doc forget

void need_documents() {
  if (!documents_built_in())
    fail(Fault::lacking, "feature not built in: documents; run demos/setup and build again with -DBIFRONS_DOCUMENTS=ON");
}

std::string in_mb(uint64_t bytes) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f MB", double(bytes) / 1e6);
  return text;
}
std::string date(int64_t seconds) {
  const std::time_t time = seconds;
  std::tm local{};
  char text[40] = "?";
  if (localtime_r(&time, &local)) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local);
  return text;
}

int list(const Options& o) {
  need_documents();
  const std::filesystem::path file = library_place(o.reading);
  std::error_code error;
  std::vector<Library::Entry> entries;
  if (std::filesystem::exists(file, error)) entries = Library(file).entries();
  std::erase_if(entries, [](const Library::Entry& entry) { return entry.pages == 0; });  // opened, but nothing was read yet
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.used > b.used; });
  for (const Library::Entry& entry : entries) {
    if (o.common.json)
      print_json({{"name", entry.file.name},
                  {"type", entry.file.type},
                  {"sha256", entry.file.sha256},
                  {"settings", entry.settings},
                  {"pages", entry.pages},
                  {"bytes", entry.bytes},
                  {"used", entry.used}});
    else
      print_line(date(entry.used) + "  " + in_mb(entry.bytes) + "  " + entry.file.sha256.substr(0, 12) + "  " +
                 without_controls(entry.file.name) + ", " + std::to_string(entry.pages) +
                 (entry.pages == 1 ? " page" : " pages"));
  }
  if (entries.empty()) say(o.common, "no document is kept in " + file.string());
  return 0;
}

int forget(const Options& o) {
  need_documents();
  if (o.all == !o.file.empty())
    fail(Fault::arguments, o.all ? "both a file and --all were given: forget one of them"
                                 : "name what to forget: a file, the name or the number that doc list shows, or --all");
  const std::filesystem::path file = library_place(o.reading);
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    say(o.common, "no document is kept in " + file.string());
    return 0;
  }
  Library library(file);
  int64_t forgotten = 0;
  if (o.all) {
    forgotten = library.forget("");
  } else {
    std::vector<std::string> sums;
    // A file that is there is meant by its content; otherwise a name or the beginning of a content's number.
    const std::filesystem::path path(o.file);
    const bool is_file = std::filesystem::is_regular_file(path, error);
    std::string sum;
    if (is_file) try {
        sum = DocumentReader().look(path, {}).file.sha256;
      } catch (const Error&) {  // encrypted or damaged since: it is then known by its name and size
      }
    for (const Library::Entry& entry : library.entries())
      if (!sum.empty() ? entry.file.sha256 == sum
          : is_file    ? entry.file.name == path.filename() && entry.file.bytes == std::filesystem::file_size(path, error)
                       : entry.file.name == o.file || (o.file.size() >= 8 && entry.file.sha256.rfind(o.file, 0) == 0))
        sums.push_back(entry.file.sha256);
    std::sort(sums.begin(), sums.end());
    sums.erase(std::unique(sums.begin(), sums.end()), sums.end());
    for (const std::string& one : sums) forgotten += library.forget(one);
  }
  if (o.common.json)
    print_json({{"forgotten", forgotten}});
  else
    say(o.common, forgotten == 0
                      ? "nothing was kept of " + (o.all ? "anything" : o.file)
                      : std::to_string(forgotten) + (forgotten == 1 ? " reading was" : " readings were") + " forgotten");
  return 0;
}

}  // namespace

void add_doc(CommandLine& commands) {
  Command doc = commands.add("doc", "read, search and locate in documents, without any model");
  doc.footer(
      "Exit codes: 3 unreadable (empty, unsupported, corrupt, no pages), 4 encrypted, 5 over a limit, 6 a missing language or\n"
      "feature, 7 not every page was read whole (read --strict).\n\n"
      "Examples:\n"
      "  bifrons doc read scan.pdf --format md\n"
      "  bifrons doc search contract.pdf \"notice period\"\n"
      "  bifrons doc locate contract.pdf \"six months' notice\"\n"
      "  bifrons doc forget --all");
  {
    auto o = std::make_shared<Options>();
    Command c = doc.nested("read", "a document's text with the place of every word");
    c.text("file", o->file, "FILE", "PDF, JPEG, PNG, TIFF or WebP, - is stdin");
    c.required("file");
    c.text("--format", o->format, "FORMAT", "json (default), jsonl (one page a line, as it is read), text, md, hocr or alto");
    c.text("-o,--out", o->out, "FILE", "where to write, default stdout; the file appears whole or not at all");
    c.flag("--strict", o->strict, "exit code 7 when not every page could be read whole");
    add_reading(c, o->reading);
    add_common(c, o->common, Output::people);
    c.footer(
        "Examples:\n  bifrons doc read scan.pdf > scan.json\n  bifrons doc read book.pdf --pages 1-20 --format md -o book.md\n"
        "  bifrons doc read photo.jpg --lang eng --format text");
    c.action([o] { return read(*o); });
  }
  {
    auto o = std::make_shared<Options>();
    Command c = doc.nested("search", "the passages nearest to a question");
    c.text("file", o->file, "FILE", "the document, - is stdin");
    c.required("file");
    c.text("question", o->words, "QUESTION", "what to look for");
    c.required("question");
    c.integer("-k,--most", o->most, 1, 1000, "K", "how many passages; default 8");
    add_reading(c, o->reading);
    add_common(c, o->common, Output::people_or_json);
    c.footer(
        "Examples:\n  bifrons doc search lease.pdf \"deposit\" -k 3\n  bifrons doc search lease.pdf \"When is the rent due?\" "
        "--json");
    c.action([o] { return search(*o); });
  }
  {
    auto o = std::make_shared<Options>();
    Command c = doc.nested("locate", "where a quotation stands, even if it was read or copied with small mistakes");
    c.text("file", o->file, "FILE", "the document, - is stdin");
    c.required("file");
    c.text("text", o->words, "TEXT", "the quotation");
    c.required("text");
    c.integer("-k,--most", o->most, 1, 1000, "K", "how many places; default 8");
    add_reading(c, o->reading);
    add_common(c, o->common, Output::people_or_json);
    c.footer("Examples:\n  bifrons doc locate lease.pdf \"The monthly rent is 2,350.00 EUR\" --json");
    c.action([o] { return locate_words(*o); });
  }
  add_ask_options(doc.nested("ask", "the same as bifrons ask"));
  {
    auto o = std::make_shared<Options>();
    Command c = doc.nested("list", "the documents whose pages are kept");
    c.text("--library", o->reading.library, "FILE", "default: ~/.cache/bifrons/library.sqlite");
    c.environment("--library", "BIFRONS_LIBRARY");
    add_common(c, o->common, Output::people_or_json);
    c.footer("Examples:\n  bifrons doc list\n  bifrons doc list --json");
    c.action([o] { return list(*o); });
  }
  {
    auto o = std::make_shared<Options>();
    Command c = doc.nested("forget", "drop the kept pages of a document, or of all");
    c.text("file", o->file, "FILE", "the document's file, or a name or number that doc list shows");
    c.flag("--all", o->all, "all documents");
    c.text("--library", o->reading.library, "FILE", "default: ~/.cache/bifrons/library.sqlite");
    c.environment("--library", "BIFRONS_LIBRARY");
    add_common(c, o->common, Output::people_or_json);
    c.footer(
        "The documents themselves are not touched.\n\nExamples:\n  bifrons doc forget lease.pdf\n  bifrons doc forget --all");
    c.action([o] { return forget(*o); });
  }
}

}  // namespace bifrons
