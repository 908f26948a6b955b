// demos/documents.cpp - see documents.h.
#include "demos/documents.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "demos/progress.h"
#include "fusion/marked_pages.h"
#include "kernels/core/error.h"
#include "kernels/core/file.h"
#include "language/remote_settings.h"
#include "ocr/document/exports.h"
#include "ocr/document/running_heads.h"

namespace bifrons {

namespace {

constexpr const char* stdin_name = "stdin";
constexpr size_t password_limit = 1024;  // bytes

std::string password_line() {
  std::string line;
  for (int c; (c = std::getc(stdin)) != EOF && c != '\n';) {
    line += char(c);
    if (line.size() > password_limit) fail(Fault::limit, "stdin: the password is longer than ", password_limit, " bytes");
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::string stdin_bytes(uint64_t most) {
  try {
    return read_file("-", most);
  } catch (const Error& error) {
    if (error.fault() == Fault::limit) fail(Fault::limit, error.what(), "; raise it with --max-file or split the file");
    throw;
  }
}

ReadOptions parsed(const ReadingOptions& given) {
  ReadOptions options;
  options.limits = given.limits;
  std::istringstream languages(given.languages);
  bool names = true;  // eng, chi_sim_vert, script/Latin
  for (std::string one; std::getline(languages, one, '+');) {
    const std::string_view name = one.starts_with("script/") ? std::string_view(one).substr(7) : std::string_view(one);
    names &= !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c == '_' || std::isalnum(uint8_t(c)); });
    options.languages.push_back(one);
  }
  if (!names || given.languages.ends_with('+'))
    fail(Fault::arguments, "--lang: '", given.languages, "' names no language; give Tesseract's names, eng+chi_sim");
  if (!given.pages.empty()) options.pages = parse_page_ranges(given.pages);
  if (given.ocr == "auto") {
    options.ocr = ReadOptions::Ocr::automatic;
  } else if (given.ocr == "always") {
    options.ocr = ReadOptions::Ocr::always;
  } else if (given.ocr == "never") {
    options.ocr = ReadOptions::Ocr::never;
  } else {
    fail(Fault::arguments, "--ocr: '", given.ocr.substr(0, 40), "' is not offered; choose auto, always or never");
  }
  return options;
}

// The pages of `numbers` as ranges.
std::vector<std::pair<int64_t, int64_t>> ranges_of(const std::vector<int64_t>& numbers) {
  std::vector<std::pair<int64_t, int64_t>> ranges;
  for (const int64_t number : numbers) {
    if (!ranges.empty() && ranges.back().second + 1 == number)
      ranges.back().second = number;
    else
      ranges.emplace_back(number, number);
  }
  return ranges;
}

// A page whose worker died is tried again the next time: it may have been the machine's fault.
bool worth_keeping(const Page& page) {
  return std::none_of(page.warnings.begin(), page.warnings.end(),
                      [](const Warning& warning) { return warning.code == "worker_failed"; });
}

constexpr const char* damaged_advice = "; it may be cut or damaged: save or scan it again, or repair it";

// Nothing may be known of a page with such a warning.
bool unreadable(const Warning& warning) {
  return warning.code == "page_failed" || warning.code == "too_large" || warning.code == "worker_failed" ||
         warning.code == "timeout";
}

// What a document may cost. Bounds beyond which other parts give up: a worker's stream holds a page of most_page_characters, the
// engine takes sides of most_side.
void add_limits(Command& command, ReadLimits& limits) {
  using enum Command::Counted;
  constexpr int64_t most_size = int64_t{1} << 40, least_memory = int64_t{256} << 20, least_held = 1 << 20,
                    most_pages = 10'000'000;
  constexpr int64_t most_pixels = 1'000'000'000, least_recognised = 10'000, most_recognised = 100'000'000;
  constexpr int64_t most_page_characters = 500'000, least_side = 100, most_side = 32'000;
  constexpr double least_seconds = 0.1, most_seconds = 86'400;
  command.group("Limits");
  command.quantity("--max-file", limits.file_bytes, bytes, 1, most_size, "SIZE", "largest file; default 256MiB");
  command.quantity("--max-pages", limits.pages, things, 1, most_pages, "N", "most pages read of a file; default 2000");
  command.quantity("--max-pixels", limits.image_pixels, things, 1, most_pixels, "N",
                   "largest picture, as its header says; default 100M");
  command.quantity("--max-recognised-pixels", limits.recognition_pixels, things, least_recognised, most_recognised, "N",
                   "larger pages are scaled down to it before they are recognised; default 40M");
  command.quantity("--max-recognised-side", limits.recognition_side, things, least_side, most_side, "N",
                   "the same, for their longer side; default 10k");
  command.quantity("--max-characters", limits.page_characters, things, 1, most_page_characters, "N",
                   "most text of a page; default 200k");
  command.quantity("--max-memory", limits.worker_bytes, bytes, least_memory, most_size, "SIZE",
                   "address space of each program that reads; default 1.5GiB");
  command.quantity("--max-held", limits.held_bytes, bytes, least_held, most_size, "SIZE",
                   "pages of a document held here, as JSON, where no library keeps them; default 1GiB");
  command.number("--max-text-seconds", limits.text_seconds, least_seconds, most_seconds, "S",
                 "to find the text of a page; default 10");
  command.number("--max-render-seconds", limits.render_seconds, least_seconds, most_seconds, "S", "to draw a page; default 20");
  command.number("--max-recognise-seconds", limits.recognise_seconds, least_seconds, most_seconds, "S",
                 "to recognise a page; default 60");
}

}  // namespace

void add_reading(Command& command, ReadingOptions& options) {
  command.group("Reading");
  command.text("--lang", options.languages, "LANGS", "languages to recognise, eng+chi_sim; default: by the script");
  command.text("--pages", options.pages, "LIST", "pages to read, 1-3,7; default: all");
  command.text("--ocr", options.ocr, "auto|always|never", "recognise text where it must be (auto), everywhere, or nowhere");
  command.flag("--password-stdin", options.password_stdin, "the first line of stdin is the document's password");
  command.text("--library", options.library, "FILE", "where pages are kept once read; default: ~/.cache/bifrons/library.sqlite");
  command.environment("--library", "BIFRONS_LIBRARY");
  command.quantity("--library-bytes", options.library_bytes, Command::Counted::bytes, least_library_bytes, most_library_bytes,
                   "SIZE",
                   "when it grows larger, the documents used longest ago leave; default: library_bytes in "
                   "~/.config/bifrons/config.json, else 2GiB");
  command.flag("--no-library", options.no_library, "keep nothing, and use nothing that was kept");
  add_limits(command, options.limits);
}

std::filesystem::path library_place(const ReadingOptions& options) {
  return options.library.empty() ? Library::standard_place() : std::filesystem::path(options.library);
}

ReadingDesk::ReadingDesk(const Common& common, const ReadingOptions& options)
    : common_(common), options_([&] {
        if (!documents_built_in())
          fail(Fault::lacking, "feature not built in: documents; run demos/setup and build again with -DBIFRONS_DOCUMENTS=ON");
        return parsed(options);
      }()) {
  options_.workers = common.threads;
  if (options.password_stdin) options_.password = password_line(), stdin_taken_ = true;
  if (options.no_library) return;
  named_ = !options.library.empty();
  most_library_bytes_ = options.library_bytes ? options.library_bytes : config_library_bytes().value_or(Library::standard_bytes);
  try {
    library_file_ = library_place(options);
    open_library();
  } catch (const DatabaseTrouble& trouble) {
    replace_library(trouble);
  } catch (const Error& error) {  // no place for one
    warn_of_none(error.what());
  }
}

void ReadingDesk::open_library() const {
  library_id_ = Library::file_id(library_file_);
  library_ = std::make_unique<Library>(library_file_, most_library_bytes_);
  library_id_ = Library::file_id(library_file_);  // where it was made just now
}

void ReadingDesk::warn(const std::string& sentence) const {
  {
    const std::lock_guard lock(mutex_);
    warnings_.push_back({"library", 0, sentence});
  }
  say(common_, "warning: " + sentence);
}
void ReadingDesk::warn_of_none(const std::string& why) const {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(told_, true)) return;
  }
  warn(why + "; what is read now is not kept (--library FILE names another place, --no-library goes without)");
}
std::vector<Warning> ReadingDesk::warnings() const {
  const std::lock_guard lock(mutex_);
  return warnings_;
}

void ReadingDesk::stop_keeping(const DatabaseTrouble& trouble) const {
  keeps_ = false;
  warn_of_none(trouble.what());
}

void ReadingDesk::replace_library(const DatabaseTrouble& trouble) const {
  if (held_) throw;
  ++library_number_;
  library_.reset();  // closed before its file is renamed: closing removes the log by its name
  if (named_ || !dynamic_cast<const DamagedDatabase*>(&trouble)) return warn_of_none(trouble.what());
  try {
    const std::string aside = Library::set_aside(library_file_, library_id_).filename();
    open_library();
    if (!aside.empty())
      warn(library_file_.string() + ": the page library is damaged; it was set aside as " + aside +
           ", and documents are read anew into a fresh one");
  } catch (const Error& error) {
    warn_of_none(error.what());
  }
}

struct OpenDocument::Kept {
  std::optional<Library::Key> key;
  int64_t library = -1;  // the desk's number of it
  bool read = false;     // all pages were there once
  bool there = false;    // and are, of this library
  bool whole = false;    // of this library: all pages of the file are asked for, and it has them, finished and with their index
  Document::Status status = Document::Status::ok;
  std::vector<Warning> warnings;
  size_t noted = 0;                      // of asked_: their warnings are among these
  uint64_t held = 0;                     // bytes of `pages`
  std::map<int64_t, std::string> pages;  // in memory, as JSON: so they take a third, and are to the bit what the library gives
};

// What the pages go through on their way to whoever reads them.
struct OpenDocument::Telling {
  const Reading& reading;
  size_t told = 0;  // of asked_, also if the work begins again
  RunningHeads heads = {};
  void tell(std::vector<Page>&& ready) const {
    for (const Page& page : ready) reading.on_page(page);
  }
};

template <class Work>
auto OpenDocument::named(Work work) const {
  const auto renamed = [&](std::string sentence) {
    for (size_t at = 0; (at = sentence.find(path_.string(), at)) != std::string::npos; at += shown_.size())
      sentence.replace(at, path_.string().size(), shown_);
    return sentence;
  };
  try {
    return work();
  } catch (const DatabaseTrouble&) {
    throw;
  } catch (const DocumentFailure& failure) {
    throw DocumentFailure(failure.fault(), failure.code(), renamed(failure.what())).about(failure.file());
  } catch (const Error& error) {
    throw Error(error.fault(), renamed(error.what()));
  }
}

template <class Work>
auto OpenDocument::healed(Work work) const {
  const auto once = [&] {
    if (kept_->library != desk_.library_number()) begin();
    return work();
  };
  for (int troubles = 0;; ++troubles) try {  // a damaged one, its fresh successor that cannot be used either, then none
      return once();
    } catch (const DatabaseTrouble& trouble) {
      if (troubles == 3) throw;
      if (kept_->library == desk_.library_number()) desk_.replace_library(trouble);
    }
}
template <class Work>
auto OpenDocument::with_pages(Work work) const {
  return healed([&] {
    if (kept_->read && !kept_->there) {
      const Reading again{.on_page = {}, .on_progress = {}, .cancelled = [] { return interrupted(); }};
      Telling telling{again, asked_.size()};
      read_missing(telling);
    }
    return work();
  });
}

OpenDocument::OpenDocument(const ReadingDesk& desk, const std::string& file) : desk_(desk), shown_(file), path_(file) {
  if (file == "-") {
    if (desk.stdin_taken())
      fail(Fault::arguments, "stdin cannot hold both a password and the document; name the document's file");
    const std::string bytes = stdin_bytes(desk.options().limits.file_bytes);
    shown_ = stdin_name;
    memory_.emplace(bytes);
    path_ = memory_->path();
  }
  looked_ = named([&] { return desk_.reader().look(path_, desk_.options()); });
  if (memory_) looked_.file.name = stdin_name;
  const auto& ranges = desk_.options().pages;
  for (int64_t number = 1; number <= looked_.page_count; ++number)
    if (ranges.empty() || std::any_of(ranges.begin(), ranges.end(),
                                      [&](const auto& range) { return range.first <= number && number <= range.second; }))
      asked_.push_back(number);
  if (asked_.empty())
    fail(Fault::arguments, shown_, ": none of the pages asked for is there; it has ", looked_.page_count,
         looked_.page_count == 1 ? " page" : " pages");
  kept_ = std::make_unique<Kept>();
  healed([] {});
}

void OpenDocument::begin() const {
  kept_->library = desk_.library_number();
  kept_->key.reset();
  kept_->there = kept_->whole = false;
  kept_->noted = 0;
  const bool cut = std::any_of(looked_.warnings.begin(), looked_.warnings.end(),
                               [](const Warning& warning) { return warning.code == "cut_short"; });
  kept_->status = cut ? Document::Status::partial : Document::Status::ok;
  kept_->warnings = looked_.warnings;
  for (const auto& [first, last] : desk_.options().pages)  // the reader is only asked for pages that are there
    if (last > looked_.page_count && last != INT64_MAX)
      kept_->warnings.push_back(
          {"pages_missing", 0,
           "pages up to " + std::to_string(last) + " were asked for; it has " + std::to_string(looked_.page_count)});
  if (Library* library = desk_.library()) {
    const std::string settings = settings_key(desk_.options());
    if (desk_.keeps()) try {
        kept_->key = library->open(looked_.file, settings, looked_.page_count);
      } catch (const DamagedDatabase&) {
        throw;
      } catch (const DatabaseTrouble& trouble) {
        desk_.stop_keeping(trouble);
      }
    if (!kept_->key) kept_->key = library->find(looked_.file.sha256, settings);
    kept_->whole = whole_in(*library);
    // The name it has now, whatever it was called when it was read; what was noted then holds still.
    if (kept_->whole) {
      const Document head = library->head(*kept_->key);
      if (head.status == Document::Status::partial) kept_->status = Document::Status::partial;
      note(head.warnings);
    }
  }
}
bool OpenDocument::whole_in(const Library& library) const {
  return kept_->key && kept_->pages.empty() && int64_t(asked_.size()) == looked_.page_count && library.finished(*kept_->key) &&
         not_there().empty();
}

OpenDocument::~OpenDocument() = default;
OpenDocument::OpenDocument(OpenDocument&& other) noexcept = default;

Document::Status OpenDocument::status() const { return kept_->status; }
const std::vector<Warning>& OpenDocument::warnings() const { return kept_->warnings; }

void OpenDocument::note(const std::vector<Warning>& warnings) const {
  for (const Warning& warning : warnings) {
    if (spoils(warning)) kept_->status = Document::Status::partial;
    if (std::none_of(kept_->warnings.begin(), kept_->warnings.end(), [&](const Warning& one) {
          return one.code == warning.code && one.page == warning.page && one.message == warning.message;
        }))
      kept_->warnings.push_back(warning);
  }
}

std::vector<int64_t> OpenDocument::missing() const {
  return healed([&] { return not_there(); });
}
std::vector<int64_t> OpenDocument::not_there() const {
  std::set<int64_t> there;
  for (const auto& [number, json] : kept_->pages) there.insert(number);
  if (kept_->key) {
    const std::vector<int64_t> stored = desk_.library()->pages(*kept_->key);
    there.insert(stored.begin(), stored.end());
  }
  std::vector<int64_t> missing;
  for (const int64_t number : asked_)
    if (!there.count(number)) missing.push_back(number);
  return missing;
}

void OpenDocument::read(const Reading& reading) {
  Telling telling{reading};
  healed([&] { read_missing(telling); });
  if (reading.on_page) telling.tell(telling.heads.finish());
  expect_readable();
}

// The next page that is asked for, as it is by itself. What is said of a document are the warnings of just these pages.
void OpenDocument::take(Page&& page, Telling& telling) const {
  note(page.warnings);
  if (kept_->noted++ < telling.told) return;  // before the work began again
  telling.told = kept_->noted;
  if (telling.reading.on_page) telling.tell(telling.heads.add(std::move(page)));
}
void OpenDocument::take_until(int64_t number, Telling& telling) const {
  while (kept_->noted < asked_.size() && asked_[kept_->noted] < number)
    if (std::optional<Page> page = find_page(asked_[kept_->noted]))
      take(std::move(*page), telling);
    else
      ++kept_->noted;
}

void OpenDocument::read_missing(Telling& telling) const {
  const std::vector<int64_t> missing = not_there();
  if (!missing.empty()) read_pages(missing, telling);
  // What the library had may have left it together with the place that the document had there.
  if (!desk_.keeps())
    if (const std::vector<int64_t> lost = not_there(); !lost.empty()) read_pages(lost, telling);
  if (!kept_->whole || telling.reading.on_page) take_until(INT64_MAX, telling);  // of a whole one all is noted
  if (!kept_->whole) finish();
  kept_->read = kept_->there = true;
}

void OpenDocument::read_pages(const std::vector<int64_t>& numbers, Telling& telling) const {
  ReadOptions options = desk_.options();
  options.pages = ranges_of(numbers);
  options.mark_heads = false;  // over all that is asked for, of which this may be a part
  ReadCallbacks callbacks;
  callbacks.on_progress = telling.reading.on_progress, callbacks.cancelled = telling.reading.cancelled;
  const auto kept = [&](const Page& page) {
    if (!kept_->key || !desk_.keeps() || !worth_keeping(page)) return false;
    try {
      desk_.library()->store(*kept_->key, page);
      return true;
    } catch (const DamagedDatabase&) {
      throw;
    } catch (const DatabaseTrouble& trouble) {
      desk_.stop_keeping(trouble);
      return false;
    }
  };
  callbacks.on_page = [&](Page&& page) {
    std::string json = page_json(page);
    if (!kept(page)) hold(page.page, json);
    take_until(page.page, telling);
    // As it will be when it comes from where it is kept: with two decimals.
    if (kept_->noted < asked_.size() && asked_[kept_->noted] == page.page) take(parse_page(json), telling);
  };
  named([&] { return desk_.reader().read(path_, options, callbacks); });
}

void OpenDocument::hold(int64_t number, std::string json) const {
  json.shrink_to_fit();
  const uint64_t most = desk_.options().limits.held_bytes;
  if ((kept_->held += json.size()) > most)
    fail(Fault::limit, shown_, ": its pages up to ", number, " take more than the ", most,
         " bytes that may be held; let a library keep them, read fewer with --pages, or raise the limit with --max-held");
  kept_->pages[number] = std::move(json);
}

void OpenDocument::finish() const {
  if (!kept_->key || !desk_.keeps() || !kept_->pages.empty() || int64_t(asked_.size()) != looked_.page_count ||
      !not_there().empty())
    return;
  Document whole;  // what is known of it, without its pages
  whole.file = looked_.file, whole.page_count = looked_.page_count;
  whole.status = kept_->status, whole.warnings = kept_->warnings;
  try {
    desk_.library()->finish(*kept_->key, whole);
    kept_->whole = whole_in(*desk_.library());
  } catch (const DamagedDatabase&) {
    throw;
  } catch (const DatabaseTrouble& trouble) {
    desk_.stop_keeping(trouble);
  }
}

std::optional<Page> OpenDocument::find_page(int64_t number) const {
  if (kept_->key)
    if (std::optional<Page> page = desk_.library()->page(*kept_->key, number)) return page;
  const auto page = kept_->pages.find(number);
  if (page == kept_->pages.end()) return {};
  return parse_page(page->second);
}

void OpenDocument::expect_readable() const {
  std::optional<Warning> first;
  for (const int64_t number : asked_) {
    const std::optional<Page> page = with_pages([&] { return find_page(number); });
    if (!page || !page->blocks.empty() || !page->hidden_text.empty()) return;
    const auto why = std::find_if(page->warnings.begin(), page->warnings.end(), unreadable);
    if (why == page->warnings.end()) return;  // an empty page
    if (!first) first = *why;
  }
  if (!first) return;
  const bool limit = first->code == "too_large" || first->code == "timeout";
  throw DocumentFailure(
      limit ? Fault::limit : Fault::unreadable, first->code == "page_failed" ? "corrupt" : first->code,
      shown_ + ": " + (looked_.page_count > 1 ? "no page could be read; page " + std::to_string(asked_.front()) + ": " : "") +
          first->message + (first->message.find("; ") == std::string::npos ? damaged_advice : ""));
}

void OpenDocument::read_with_progress() {
  const auto to_read = int64_t(missing().size()), all = int64_t(asked_.size());
  say_verbose(desk_.common(),
              shown_ + ": " + std::to_string(all - to_read) + " of " + std::to_string(all) + " pages were read before");
  if (to_read == 0) return read({.on_page = {}, .on_progress = {}, .cancelled = [] { return interrupted(); }});
  Progress progress(desk_.common(), "reading " + without_controls(looked_.file.name), "pages", to_read);
  progress.at(0);
  read({.on_page = {},
        .on_progress = [&](int64_t done, int64_t) { progress.at(done); },
        .cancelled = [] { return interrupted(); }});
}

class OpenDocument::Pages : public PageSource {
  template <class Work>
  auto of_kept(Work work) const {
    return document_.with_pages([&] {
      if (!kept_ || library_ != document_.kept_->library) kept_ = document_.kept_pages(), library_ = document_.kept_->library;
      return work(*kept_);
    });
  }

 public:
  explicit Pages(const OpenDocument& document) : document_(document) {}
  const DocumentFile& file() const override { return document_.looked_.file; }
  std::vector<int64_t> pages() const override {
    return of_kept([](const PageSource& kept) { return kept.pages(); });
  }
  Page page(int64_t number) const override {
    return of_kept([&](const PageSource& kept) { return kept.page(number); });
  }
  std::vector<Hit> search(std::string_view question, int most) const override {
    return of_kept([&](const PageSource& kept) { return kept.search(question, most); });
  }

 private:
  const OpenDocument& document_;
  mutable std::unique_ptr<PageSource> kept_;
  mutable int64_t library_ = -1;
};

std::unique_ptr<PageSource> OpenDocument::source() const { return std::make_unique<Pages>(*this); }

std::unique_ptr<PageSource> OpenDocument::kept_pages() const {
  KeptPages kept;
  kept.file = looked_.file;
  kept.numbers = [this] {
    const std::vector<int64_t> missing = not_there();
    std::vector<int64_t> numbers;
    std::set_difference(asked_.begin(), asked_.end(), missing.begin(), missing.end(), std::back_inserter(numbers));
    return numbers;
  };
  kept.page = [this](int64_t number) { return find_page(number); };
  if (kept_->whole)
    kept.search = [this](std::string_view question, int most) { return desk_.library()->search(*kept_->key, question, most); };
  return marked_pages(std::move(kept));
}

std::unique_ptr<PageSource> OpenDocument::source(const Library& library) const {
  KeptPages kept;
  kept.file = looked_.file;
  const Library::Key key = *kept_->key;
  kept.numbers = [&library, key, asked = asked_] {
    std::vector<int64_t> numbers;
    std::ranges::set_intersection(library.pages(key), asked, std::back_inserter(numbers));
    return numbers;
  };
  kept.page = [&library, key](int64_t number) { return library.page(key, number); };
  if (whole_in(library))
    kept.search = [&library, key](std::string_view question, int most) { return library.search(key, question, most); };
  return marked_pages(std::move(kept));
}

std::vector<Place> OpenDocument::locate(std::string_view text, int most) const {
  std::optional<std::vector<Place>> places = with_pages([&]() -> std::optional<std::vector<Place>> {
    if (!kept_->whole) return {};
    return desk_.library()->locate(*kept_->key, text, most);
  });
  if (places) return *places;
  places.emplace();
  each_page([&](const Page& page) {
    for (Place& place : bifrons::locate(std::vector<Page>{page}, text, most)) places->push_back(std::move(place));
    std::stable_sort(places->begin(), places->end(), [](const Place& a, const Place& b) { return a.similarity > b.similarity; });
    if (places->size() > size_t(most)) places->resize(size_t(most));
  });
  return *places;
}

Document OpenDocument::head() const {
  return with_pages([&] {
    Document document;
    document.file = looked_.file, document.page_count = looked_.page_count;
    document.status = kept_->status, document.warnings = kept_->warnings;
    for (const Warning& warning : desk_.warnings()) document.warnings.push_back(warning);
    return document;
  });
}

void OpenDocument::each_page(const std::function<void(const Page&)>& visit) const {
  RunningHeads heads;
  for (const int64_t number : asked_)
    if (std::optional<Page> page = with_pages([&] { return find_page(number); }))
      for (const Page& ready : heads.add(std::move(*page))) visit(ready);
  for (const Page& ready : heads.finish()) visit(ready);
}

PagePicture OpenDocument::picture(int64_t page, int64_t most_pixels) const {
  return named([&] { return desk_.reader().render(path_, page, desk_.options(), most_pixels); });
}

}  // namespace bifrons
