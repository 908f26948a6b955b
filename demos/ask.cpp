// demos/ask.cpp - `bifrons ask`: questions about documents and pictures, answered with page and box.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <list>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>

#include "demos/asked_once.h"
#include "demos/asking.h"
#include "demos/commands.h"
#include "demos/common.h"
#include "demos/documents.h"
#include "demos/known_words.h"
#include "demos/pictures.h"
#include "demos/progress.h"
#include "demos/text_model_options.h"
#include "fusion/document_answer.h"
#include "fusion/router.h"
#include "fusion/talk.h"
#include "kernels/core/error.h"

namespace bifrons {
namespace {

using Json = nlohmann::ordered_json;  // in the order of documents.md 7.2

// Of reading before the first answer of --eager, whichever comes first.
constexpr double eager_seconds = 2;
constexpr int64_t eager_pages = 16;
// What was not found is looked for again among so many times the pages, and at the end: each time may cost money.
constexpr int64_t eager_growth = 4;

struct Options {
  Common common;
  ReadingOptions reading;
  TextModelOptions text_model;
  AnswerOptions answer;
  std::vector<std::string> words;  // files, and the question if there is one
  std::string question, show, route;
  bool eager = false;
};

bool exists(const std::string& path) {
  std::error_code error;
  return path == "-" || std::filesystem::exists(path, error);
}
// "b.pdf", "scan 3.PNG": more likely a file that is not there than a question.
bool looks_like_a_file(const std::string& word) {
  const std::string ending = std::filesystem::path(word).extension().string();
  return word.find('?') == std::string::npos && ending.size() >= 2 && ending.size() <= 5 &&
         std::all_of(ending.begin() + 1, ending.end(), [](unsigned char c) { return std::isalnum(c); }) &&
         std::any_of(ending.begin() + 1, ending.end(), [](unsigned char c) { return std::isalpha(c); });
}

void print_ordered(const Json& object) { print_line(object.dump(-1, ' ', false, Json::error_handler_t::replace)); }

// One of several files that could not be read.
struct Failed {
  std::string file, code, error;  // as given; code as DocumentFailure's, or empty
  std::exception_ptr thrown;
};
// Of the Error that is being handled; thrown on when the other files would meet it as well.
Failed failed_now(const std::string& file) {
  try {
    throw;
  } catch (const DatabaseTrouble&) {
    throw;
  } catch (const Error& error) {
    const auto* failure = dynamic_cast<const DocumentFailure*>(&error);
    if (error.fault() == Fault::lacking || (error.fault() == Fault::other && !failure)) throw;
    return {file, failure ? failure->code() : "", error.what(), std::current_exception()};
  }
}

struct Asked {
  std::vector<std::string> files;
  std::string question;  // empty: interactive
};
Asked sorted_out(const Options& o) {
  Asked asked{o.words, o.question};
  if (asked.files.empty()) fail(Fault::arguments, "no document was given: name one or more files, then the question");
  if (asked.question.empty() && asked.files.size() > 1 && !exists(asked.files.back()) && !looks_like_a_file(asked.files.back())) {
    asked.question = asked.files.back();
    asked.files.pop_back();
    if (asked.question.find_first_not_of(" \t\n\r") == std::string::npos)
      fail(Fault::arguments, "the question is empty; leave it out to type questions one after the other");
  }
  // One of several that is not there is one that failed, if it is a file that was meant.
  const bool some_there = !asked.question.empty() && std::any_of(asked.files.begin(), asked.files.end(), exists);
  for (const std::string& file : asked.files)
    if (!exists(file) && !(some_there && looks_like_a_file(file)))
      fail(Fault::unreadable, file.size() > 200 ? file.substr(0, 200) + "..." : file,
           ": there is no such file; the question comes last, or after --question");
  const auto stdins = std::count(asked.files.begin(), asked.files.end(), "-");
  if (stdins > 1) fail(Fault::arguments, "-: stdin was named ", stdins, " times; it holds one document");
  if (stdins == 1 && asked.question.empty())
    fail(Fault::arguments, "-: stdin holds the document, so the question must stand on the command line");
  if (stdins == 1 && o.reading.password_stdin)
    fail(Fault::arguments, "--password-stdin: stdin cannot hold both a password and the document; name the document's file");
  return asked;
}

class Ask {
 public:
  Ask(const Options& o, Asked asked) : o_(o), asked_(std::move(asked)) {}

  int run() {
    if (o_.show == "-") fail(Fault::arguments, "--show -: stdout takes the answer; name a file for the picture");
    check_png_name("--show", o_.show);
    check_output(o_.show);
    if (!o_.route.empty()) forced_ = parse_path(o_.route);
    if (forced_ == Path::draw) fail(Fault::arguments, "--route draw: ask draws nothing; use bifrons imagine");
    if (o_.eager && o_.reading.no_library)
      fail(Fault::arguments,
           "--eager answers from pages kept while others are read: it needs the library, so leave out --no-library");
    model_ = open_text_model(o_.text_model, o_.common);
    if (o_.reading.password_stdin) desk_ = std::make_unique<ReadingDesk>(o_.common, o_.reading);  // before the first question
    for (const std::string& file : asked_.files) {
      std::optional<LoadedPicture> picture = load_picture(file, o_.reading.limits);
      pictures_.push_back(std::move(picture));
    }
    if (!asked_.question.empty()) {
      answer(asked_.question);
      return failed_.empty() ? 0 : int(Fault::partial);
    }
    const int code = interactive();
    return code == 0 && !failed_.empty() ? int(Fault::partial) : code;
  }

 private:
  Abilities abilities() {
    Abilities can;
    can.think = model_ != nullptr;
    if (model_) can.text_model = model_->name();
    can.read = documents_built_in();
    const JanusConfig config = read_janus_config(open_model(o_.common));
    can.look = can.draw = true, can.janus = config.name;
    return can;
  }

  Route find_route(const std::string& question) {
    RouteRequest request;
    request.forced = forced_;
    request.wanted = RouteRequest::Wanted::text;
    RouteMessage message{RouteMessage::Role::user, question, {}, {}};
    for (size_t i = 0; i < asked_.files.size(); ++i) {
      if (pictures_[i])
        message.pictures.push_back({asked_.files[i], pictures_[i]->text_density});
      else
        message.documents.push_back({asked_.files[i]});
    }
    request.messages.push_back(std::move(message));
    Route route = bifrons::route(request, abilities());
    if (!route.possible) fail(Fault::lacking, route.reason, ": ", route.remedy);
    if (route.path == Path::draw) fail(Fault::arguments, route.reason, ", but ask draws nothing; use bifrons imagine");
    return route;
  }

  void answer(const std::string& question) {
    const Route route = find_route(question);
    say_verbose(o_.common, "route " + std::string(name_of(route.path)) + ": " + route.reason);
    switch (route.path) {
      case Path::read: return o_.eager ? read_eagerly(question, route) : read(question, route);
      case Path::look: return look(question, route);
      default: return think(question, route);
    }
  }

  // ---- documents

  void open_documents() {
    if (!documents_.empty()) return;
    if (!desk_) desk_ = std::make_unique<ReadingDesk>(o_.common, o_.reading);
    for (const std::string& file : asked_.files) {
      try {
        documents_.emplace_back(*desk_, file);
      } catch (const Error&) {
        failed_.push_back(failed_now(file));
      }
    }
  }
  void read_documents() {
    for (auto document = documents_.begin(); document != documents_.end();) {
      try {
        document->read_with_progress();
        ++document;
      } catch (const Error&) {
        failed_.push_back(failed_now(document->shown_name()));
        document = documents_.erase(document);
      }
    }
  }
  // What could not be read, unless nothing could, is told, and the others are asked.
  void tell_failed() {
    if (failed_.size() == asked_.files.size()) {
      const std::exception_ptr thrown = failed_[told_ < failed_.size() ? told_ : 0].thrown;
      failed_.clear(), told_ = 0;  // another question tries again
      std::rethrow_exception(thrown);
    }
    for (; told_ < failed_.size(); ++told_) std::fprintf(stderr, "bifrons: %s\n", without_controls(failed_[told_].error).c_str());
  }
  std::vector<const OpenDocument*> shown_documents() const {
    std::vector<const OpenDocument*> all;
    for (const OpenDocument& document : documents_) all.push_back(&document);
    return all;
  }

  DocumentAnswer ask(const std::vector<const PageSource*>& sources, const std::string& question, const Route& route,
                     LiveAnswer& stream) {
    AnswerOptions options = o_.answer;
    options.read_seconds = read_seconds_;
    options.mark_live = stream.shown();
    options.stop = [] { return interrupted(); };
    options.on_status = [&](const std::string& status) { say(o_.common, status); };
    DocumentAnswerer answerer(sources, once_ ? &*once_ : model_.get(), options);
    DocumentAnswer answer = answerer.ask(question, route, [&](const AnswerPiece& piece) { return stream.take(piece); });
    stream.end();
    return answer;
  }

  void read(const std::string& question, const Route& route) {
    if (sources_.empty()) {
      const double begin = seconds_now();
      open_documents();
      read_documents();
      tell_failed();
      for (const OpenDocument& document : documents_) sources_.push_back(document.source());
      read_seconds_ = seconds_now() - begin;
      for (const OpenDocument& document : documents_) tell_reading(document);
    }
    std::vector<const PageSource*> sources;
    for (const auto& source : sources_) sources.push_back(source.get());
    LiveAnswer stream(o_.common.json);
    const DocumentAnswer answer = ask(sources, question, route, stream);
    publish(answer, stream.began(), {});
  }

  void tell_reading(const OpenDocument& document) const {
    for (const Warning& warning : document.warnings())
      say(o_.common, "warning: " + document.shown_name() + (warning.page ? ", page " + std::to_string(warning.page) : "") + ": " +
                         warning.message);
  }

  void publish(const DocumentAnswer& answer, bool streamed, const Json& more) {
    std::vector<std::string> files;
    if (!o_.show.empty() && !answer.citations.empty()) files = show_places(shown_documents(), answer, o_.show);
    if (o_.common.json) {
      DocumentAnswer said = answer;
      if (desk_)
        for (const Warning& warning : desk_->warnings()) said.warnings.push_back(warning);
      Json object = Json::parse(answer_json(said));
      if (!o_.show.empty()) object["shown"] = files;
      for (const Failed& one : failed_) {
        Json& entry = object["failed"].emplace_back(Json{{"file", one.file}});
        if (!one.code.empty()) entry["code"] = one.code;
        entry["error"] = one.error;
      }
      if (more.is_object()) object.update(more);
      print_ordered(object);
    } else {
      print_answer(o_.common, answer, streamed, asked_.files.size() > 1);
      for (const std::string& file : files) print_line("  " + file);
    }
    if (!o_.show.empty() && files.empty()) say(o_.common, "nothing is shown in " + o_.show + ": the answer names no place");
  }

  // ---- a first answer while pages are still being read

  // Where the best passages stand: as long as they stay the same, so does an answer that was found.
  using Best = std::vector<std::pair<size_t, std::string>>;
  static Best best(const std::string& question, const std::vector<const PageSource*>& sources) {
    Best places;
    for (size_t i = 0; i < sources.size(); ++i)
      for (const Hit& hit : sources[i]->search(question, 8))
        places.emplace_back(i, std::to_string(hit.chunk.page) + (hit.chunk.lines.empty() ? "" : hit.chunk.lines.front()));
    return places;
  }
  static bool says_the_same(const DocumentAnswer& a, const DocumentAnswer& b) {
    return a.answer == b.answer && a.unsupported == b.unsupported &&
           std::equal(a.citations.begin(), a.citations.end(), b.citations.begin(), b.citations.end(),
                      [](const Citation& one, const Citation& other) {
                        return one.document == other.document && one.page == other.page && one.box == other.box;
                      });
  }

  void read_eagerly(const std::string& question, const Route& route) {
    open_documents();
    tell_failed();
    int64_t total = 0;
    bool all_there = true;
    for (const OpenDocument& document : documents_)
      total += int64_t(document.asked().size()), all_there &= document.missing().empty();
    if (all_there || !desk_->keeps()) return read(question, route);

    struct Once {  // no prompt is sent twice for this question
      Once(std::optional<AskedOnce>& one, TextModel* model) : once(one) {
        if (model) once.emplace(*model);
      }
      ~Once() { once.reset(); }
      std::optional<AskedOnce>& once;
    } const once(once_, model_.get());
    // Two connections: a library that cannot be used is found out about, but stays where it is until they are closed.
    desk_->hold_library(true);
    try {
      answer_while_reading(question, route, total);
      desk_->hold_library(false);
    } catch (const DatabaseTrouble&) {
      desk_->hold_library(false);
      read(question, route);
    } catch (...) {
      desk_->hold_library(false);
      throw;
    }
  }
  void answer_while_reading(const std::string& question, const Route& route, int64_t total) {
    const double begin = seconds_now();
    std::mutex mutex;
    std::condition_variable news;
    bool finished = false, answering = false;
    std::exception_ptr failure;
    std::vector<Failed> failures;  // of single files
    std::atomic<bool> stop{false};
    std::thread reading([&] {
      try {
        for (OpenDocument& document : documents_) {
          Progress progress(o_.common, "reading " + without_controls(document.file().name), "pages",
                            int64_t(document.missing().size()));
          try {
            document.read({.on_page = {},
                           .on_progress =
                               [&](int64_t done, int64_t) {
                                 const std::lock_guard lock(mutex);
                                 if (!answering) progress.at(done);  // the terminal's line belongs to the answer meanwhile
                                 news.notify_one();
                               },
                           .cancelled = [&] { return stop.load() || interrupted(); }});
          } catch (const Error&) {
            failures.push_back(failed_now(document.shown_name()));
          }
        }
      } catch (...) {
        failure = std::current_exception();
      }
      const std::lock_guard lock(mutex);
      finished = true;
      news.notify_one();
    });
    std::optional<DocumentAnswer> told;  // the last answer that was shown
    Best told_best;                      // what it came from
    // Shows the answer unless it is the one that was shown; only the first is shown while it is written.
    const auto tell = [&](const std::vector<const PageSource*>& sources, const std::string& heading, const Json& more) {
      LiveAnswer stream(o_.common.json || told);
      if (is_terminal(2) && !o_.common.quiet) std::fputs("\r\033[K", stderr);
      if (stream.shown()) print_line(heading);
      DocumentAnswer answer = ask(sources, question, route, stream);
      const bool news_to_tell = !told || !says_the_same(*told, answer);
      if (news_to_tell) {
        if (!stream.shown() && !o_.common.json) print_line(heading);
        publish(answer, stream.began(), more);
      }
      told = std::move(answer);
      return news_to_tell;
    };
    try {
      // The reading thread writes through the desk's connection; answers look through one of their own.
      Library library(desk_->library_file());
      std::vector<std::unique_ptr<PageSource>> sources;
      std::vector<const PageSource*> seen;
      for (const OpenDocument& document : documents_)
        sources.push_back(document.source(library)), seen.push_back(sources.back().get());
      const auto pages_read = [&] {
        int64_t pages = 0;
        for (const PageSource* source : seen) pages += int64_t(source->pages().size());
        return pages;
      };
      for (int64_t enough = eager_pages; !told || !told->found;) {
        {
          std::unique_lock lock(mutex);
          news.wait_for(lock, std::chrono::milliseconds(50), [&] { return finished; });
          if (finished) break;
        }
        const int64_t pages = pages_read();
        if (pages == 0 || (pages < enough && (told || seconds_now() - begin < eager_seconds))) continue;
        enough = eager_growth * pages;  // perhaps among so many
        Best now = best(question, seen);
        if (told && now == told_best) continue;
        {
          const std::lock_guard lock(mutex);
          answering = true;
        }
        read_seconds_ = seconds_now() - begin;
        told_best = std::move(now);
        tell(seen, "(from the first " + std::to_string(pages) + " of " + std::to_string(total) + " pages)",
             {{"provisional", true}, {"pages_read", pages}, {"pages", total}});
        const std::lock_guard lock(mutex);
        answering = false;
      }
      reading.join();
    } catch (...) {
      stop = true;
      if (reading.joinable()) reading.join();
      throw;
    }
    if (failure) std::rethrow_exception(failure);
    failed_.insert(failed_.end(), failures.begin(), failures.end());
    tell_failed();
    std::vector<const PageSource*> all;  // also pages that the library did not take
    for (const OpenDocument& document : documents_) {
      tell_reading(document);
      sources_.push_back(document.source());
      all.push_back(sources_.back().get());
    }
    read_seconds_ = seconds_now() - begin;
    const Json more{{"provisional", false}, {"pages_read", total}, {"pages", total}};
    // Quotations cost nothing. A model's answer stands while what it came from does; "not found" is asked about once more.
    const bool stands = told && model_ && told->found && best(question, all) == told_best;
    if (!stands && tell(all, "(from all " + std::to_string(total) + " pages)", more)) return;
    if (o_.common.json)
      publish(*told, false, more);
    else
      print_line("(all " + std::to_string(total) + " pages are read: the answer stands)");
  }

  // ---- pictures and plain text

  void say_plain(const std::string& text, const Route& route, const std::string& model, const std::string& thoughts,
                 bool streamed, double seconds, const std::string& warning = "") {
    if (!o_.common.json) {
      if (!streamed) print_line(without_controls(text));
      if (!route.remedy.empty()) say(o_.common, route.remedy);
      return;
    }
    DocumentAnswer answer;
    answer.answer = answer.raw = text, answer.thoughts = thoughts, answer.found = true;
    answer.route = route, answer.model = model, answer.answer_seconds = seconds;
    if (!warning.empty()) answer.warnings.push_back({"unknown_words", 0, warning});
    print_ordered(Json::parse(answer_json(answer)));
  }

  void look(const std::string& question, const Route& route) {
    if (!session_) session_.emplace(open_session(o_.common, JanusNeeds::talking())), talker_.emplace(*session_->model);
    std::vector<const Image*> shown;
    ChatMessage message{ChatMessage::Role::user, {}};
    for (const auto& picture : pictures_)
      if (picture) shown.push_back(&picture->image), message.items.push_back({ChatItem::Kind::image, ""});
    if (shown.size() < pictures_.size())
      say(o_.common,
          std::to_string(pictures_.size() - shown.size()) + " documents are left out: this question is answered by looking");
    message.items.push_back({ChatItem::Kind::text, question});
    const std::string warning = unknown_words_warning(open_model(o_.common), {&question, 1}, guessed_answer);
    if (!warning.empty()) say(o_.common, warning);
    const double begin = seconds_now();
    LiveAnswer stream(o_.common.json);
    GenerateOptions generate;
    generate.max_tokens = std::min<int64_t>(o_.answer.max_tokens, 512);
    const Answer answer = talker_->answer({&message, 1}, shown, generate, [&](std::string_view text) {
      stream.text(text);
      return !interrupted();
    });
    stream.end();
    say_plain(answer.generated.text, route, session_->model->config().name, "", stream.began(), seconds_now() - begin, warning);
  }

  void think(const std::string& question, const Route& route) {
    const double begin = seconds_now();
    LiveAnswer stream(o_.common.json);
    TextRequest request;
    request.messages.push_back({TextMessage::Role::user, question});
    request.max_tokens = o_.answer.max_tokens;
    request.stop = [] { return interrupted(); };
    request.on_status = [&](const std::string& status) { say(o_.common, status); };
    const TextAnswer answer = model_->answer(request, [&](const TextPiece& piece) {
      piece.kind == TextPiece::Kind::thought ? stream.thought(piece.text) : stream.text(piece.text);
      return !interrupted();
    });
    stream.end();
    say_plain(answer.text, route, answer.model, answer.thoughts, stream.began(), seconds_now() - begin);
  }

  // ---- many questions

  int interactive() {
    const bool at_terminal = is_terminal(0) && is_terminal(1);
    if (at_terminal)
      say(o_.common, "ask about " + std::to_string(asked_.files.size()) + (asked_.files.size() == 1 ? " file" : " files") +
                         "; /quit or the end of input leaves, Ctrl-C stops an answer");
    int failed = 0;
    bool first = true;
    for (std::string line;;) {
      if (at_terminal) std::fputs("\033[1m> \033[0m", stdout), std::fflush(stdout);
      if (!read_line(line)) break;
      const size_t begin = line.find_first_not_of(" \t\r"), end = line.find_last_not_of(" \t\r");
      if (begin == std::string::npos) continue;
      line = line.substr(begin, end + 1 - begin);
      if (line == "/quit" || line == "/exit") break;
      try {
        const Listening listening;
        answer(line);
      } catch (const Cancelled&) {
        print_line("(stopped)");
      } catch (const Error& error) {
        if (first && documents_.empty()) throw;  // the files cannot be read: every question would fail the same way
        std::fprintf(stderr, "bifrons: %s\n", without_controls(error.what()).c_str());
        if (!at_terminal) failed = int(error.fault());
      }
      first = false;
    }
    if (at_terminal) print_line("");
    return failed;
  }

  const Options& o_;
  Asked asked_;
  std::optional<Path> forced_;
  std::unique_ptr<TextModel> model_;
  std::optional<AskedOnce> once_;                       // in its place while --eager asks about one question
  std::vector<std::optional<LoadedPicture>> pictures_;  // of each file, where it is one
  std::unique_ptr<ReadingDesk> desk_;
  std::list<OpenDocument> documents_;
  std::vector<Failed> failed_;
  size_t told_ = 0;  // of them
  std::vector<std::unique_ptr<PageSource>> sources_;
  std::optional<Session> session_;
  std::optional<Talker> talker_;
  double read_seconds_ = 0;
};

}  // namespace

void add_ask_options(Command c) {
  auto o = std::make_shared<Options>();
  c.texts("file", o->words, "FILE...",
          "PDF, JPEG, PNG, TIFF, WebP files, - is stdin; then the QUESTION; without one, questions are read from stdin");
  c.text("--question", o->question, "Q", "the question, where it might be taken for a file");
  c.text("--show", o->show, "OUT.png", "write the cited page with the cited places marked; further pages as OUT-2.png, ...");
  c.flag("--eager", o->eager,
         "answer from the pages that are there while the others are still read, and again at the end if that changes it");
  c.text("--route", o->route, "look|read|think", "who answers, instead of what the question and the files suggest");
  c.integer("--max-tokens", o->answer.max_tokens, 1, 1 << 20, "N", "longest answer; default 1024");
  c.integer("--passages", o->answer.quotations, 1, 50, "N", "passages quoted when there is no text model; default 3");
  add_text_model(c, o->text_model);
  add_reading(c, o->reading);
  add_common(c, o->common, Output::people_or_json);
  c.footer(
      "Pages that were read are kept (see bifrons doc list), so a second question does not read again. Without a text model the\n"
      "answer is a quotation. Pictures with little text (also WebP, and TIFF of one page) are looked at by the\n"
      "Janus model.\n\n"
      "Examples:\n"
      "  bifrons ask lease.pdf \"What is the monthly rent?\"\n"
      "  bifrons ask lease.pdf \"When does the lease end?\" --show page.png\n"
      "  bifrons ask offer-*.pdf \"Which offer is cheaper?\" --text-model https://api.deepseek.com#deepseek-chat\n"
      "  bifrons ask scan.jpg --lang eng+chi_sim --json < questions.txt");
  c.action([o] { return Ask(*o, sorted_out(*o)).run(); });
}

void add_ask(CommandLine& commands) {
  add_ask_options(commands.add("ask", "answer questions about documents, with page and place"));
}

}  // namespace bifrons
