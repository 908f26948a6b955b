// demos/chat.cpp - `bifrons chat`: a conversation on the terminal, with pictures in both directions and with documents. Each line
// goes where the router sends it: to the Janus model, to the documents, or to the text model.
#include <algorithm>
#include <cstdio>
#include <deque>
#include <map>

#include <nlohmann/json.hpp>

#include "demos/asking.h"
#include "demos/commands.h"
#include "demos/common.h"
#include "demos/documents.h"
#include "demos/known_words.h"
#include "demos/pictures.h"
#include "demos/progress.h"
#include "demos/text_model_options.h"
#include "fusion/document_answer.h"
#include "fusion/draw.h"
#include "fusion/router.h"
#include "fusion/talk.h"
#include "kernels/core/error.h"
#include "kernels/core/file.h"

namespace bifrons {
namespace {

constexpr const char* help =
    "/image FILE    show a picture; ask about it in the next line\n"
    "/doc FILE      attach a document; ask about it from now on\n"
    "/imagine TEXT  draw a picture and save it as bifrons-1.png, bifrons-2.png, ...; \"draw a red star\" does the same\n"
    "/show FILE     the page of the last answer with its places marked, as a PNG\n"
    "/reset         start a new conversation\n"
    "/save FILE     save the conversation as a JSON list of messages\n"
    "/help          this list\n"
    "/quit          leave, as the end of input does; Ctrl-C stops an answer";

struct Options {
  Common common;
  ReadingOptions reading;
  TextModelOptions text_model;
  std::vector<std::string> files;
  GenerateOptions generate;
  std::string route;
};

class Chat {
 public:
  explicit Chat(const Options& options)
      : o_(options),
        folder_(open_model(o_.common)),
        config_(read_janus_config(folder_)),
        at_terminal_(is_terminal(0) && is_terminal(1)) {
    if (!o_.route.empty()) forced_ = parse_path(o_.route);
    text_model_ = open_text_model(o_.text_model, o_.common);
    if (o_.reading.password_stdin) desk_ = std::make_unique<ReadingDesk>(o_.common, o_.reading);  // before the first line
  }

  int run() {
    const size_t attached = attach_all(o_.files);
    if (at_terminal_) {
      say(o_.common, config_.name + (text_model_ ? " and " + text_model_->name() : "") + "; /help lists what you can do");
      if (attached > 0)
        say(o_.common, std::to_string(attached) + (attached == 1 ? " file is" : " files are") + " attached to your first line");
    }
    for (std::string line; prompt(), read_line(line);) {
      try {
        if (line == "/quit" || line == "/exit") break;
        if (!line.empty() && line[0] == '/') {
          command(line);
        } else if (line.find_first_not_of(" \t\r") != std::string::npos) {
          answer(line);
        }
      } catch (const Cancelled&) {
        print_line("(stopped)");
      } catch (const Error& error) {  // told, and the conversation goes on
        tell(error);
        if (!at_terminal_) failed_ = int(error.fault());
      }
    }
    if (at_terminal_) print_line("");
    return failed_;
  }

 private:
  struct Shown {  // a picture of the conversation
    std::string file;
    LoadedPicture picture;
  };
  struct Turn {
    ChatMessage::Role role = ChatMessage::Role::user;
    std::string text;
    std::vector<size_t> pictures, documents;  // attached to it: which of pictures_ and documents_
    bool janus = false;                       // the Janus model saw it: its conversation is made of these
    std::string drawn;                        // the file of a drawing
  };

  void prompt() const {
    if (at_terminal_) std::fputs("\033[1m> \033[0m", stdout), std::fflush(stdout);
  }

  static void tell(const Error& error) { std::fprintf(stderr, "bifrons: %s\n", without_controls(error.what()).c_str()); }

  // ---- attaching

  // Returns how many could be attached; the others are told about, unless there are no others.
  size_t attach_all(const std::vector<std::string>& files) {
    std::vector<Error> failures;
    for (const std::string& file : files) {
      try {
        attach(file);
      } catch (const Error& error) {
        failures.push_back(error);
      }
    }
    if (failures.empty()) return files.size();
    if (failures.size() == files.size()) throw failures.front();
    for (const Error& failure : failures) tell(failure);
    failed_ = int(Fault::partial);
    return files.size() - failures.size();
  }
  void attach(const std::string& file) {
    if (std::optional<LoadedPicture> picture = load_picture(file, o_.reading.limits))
      attach_picture(file, std::move(*picture));
    else
      attach_document(file);
  }
  void attach_picture(const std::string& file, LoadedPicture picture) {
    pictures_.push_back({file, std::move(picture)});
    pending_.pictures.push_back(pictures_.size() - 1);
  }
  void attach_document(const std::string& file) {
    const size_t which = open_document(file);
    if (std::find(pending_.documents.begin(), pending_.documents.end(), which) == pending_.documents.end())
      pending_.documents.push_back(which);
  }

  // Opens and reads it, unless it is open already.
  size_t open_document(const std::string& file) {
    if (const auto known = opened_.find(file); known != opened_.end()) return known->second;
    if (!desk_) desk_ = std::make_unique<ReadingDesk>(o_.common, o_.reading);
    const Listening listening;  // Ctrl-C stops the reading; pages read so far are kept
    OpenDocument document(*desk_, file);
    document.read_with_progress();
    for (const Warning& warning : document.warnings())
      say(o_.common, "warning: " + document.shown_name() + (warning.page ? ", page " + std::to_string(warning.page) : "") + ": " +
                         warning.message);
    documents_.push_back(std::move(document));
    sources_.push_back(documents_.back().source());
    return opened_[file] = documents_.size() - 1;
  }

  const Session& session() {
    if (!session_)
      session_.emplace(
          open_session(o_.common, {.look = true, .language = true, .text_head = true, .draw = true, .decode = true})),
          talker_.emplace(*session_->model);
    return *session_;
  }

  // ---- answering

  Route find_route(const Turn& turn) const {
    RouteRequest request;
    request.forced = forced_;
    const auto message = [&](const Turn& one) {
      RouteMessage out;
      out.role = one.role == ChatMessage::Role::user ? RouteMessage::Role::user : RouteMessage::Role::assistant;
      out.text = one.text;
      for (const size_t i : one.pictures) out.pictures.push_back({pictures_[i].file, pictures_[i].picture.text_density});
      for (const size_t i : one.documents) out.documents.push_back({documents_[i].shown_name()});
      if (!one.drawn.empty()) out.pictures.push_back({one.drawn, 0});
      return out;
    };
    for (const Turn& one : turns_) request.messages.push_back(message(one));
    request.messages.push_back(message(turn));
    Abilities can;
    can.look = can.draw = true, can.janus = config_.name;
    can.only_pictures = knows_few_words(folder_), can.talk = !can.only_pictures;
    can.read = documents_built_in();
    can.think = text_model_ != nullptr;
    if (text_model_) can.text_model = text_model_->name();
    return bifrons::route(request, can);
  }

  void answer(const std::string& line) {
    Turn turn = pending_;
    turn.text = line;
    const Route route = find_route(turn);
    if (!route.possible) fail(Fault::lacking, route.reason, ": ", route.remedy);
    say_verbose(o_.common, "route " + std::string(name_of(route.path)) + ": " + route.reason);
    if (route.path == Path::draw) return imagine(turn, route.rule == "drawing changed" ? last_prompt_ + ", " + line : line);
    Turn reply;
    reply.role = ChatMessage::Role::assistant;
    if (route.path == Path::read) {
      reply.text = read(turn, route);
    } else if (route.model == RouteModel::text_model) {
      reply.text = think(turn);
    } else {
      if (route.path == Path::look) {
        bring_earlier_pictures(turn);
        if (const std::string warning = unknown_words_warning(folder_, {&line, 1}, guessed_answer); !warning.empty())
          say(o_.common, warning);
      }
      turn.janus = reply.janus = true;
      reply.text = talk(turn);
    }
    remember(std::move(turn), std::move(reply));
  }
  void remember(Turn turn, Turn reply) {
    turns_.push_back(std::move(turn)), turns_.push_back(std::move(reply));
    pending_ = {};
  }

  // A question about a picture that the Janus model has not seen: what it drew itself, or one that was read before.
  void bring_earlier_pictures(Turn& turn) {
    if (!turn.pictures.empty()) return;
    for (auto earlier = turns_.rbegin(); earlier != turns_.rend(); ++earlier) {
      if (!earlier->drawn.empty()) {
        pictures_.push_back({earlier->drawn, {load_image(earlier->drawn), 0}});
        turn.pictures.push_back(pictures_.size() - 1);
        return;
      }
      if (earlier->pictures.empty()) continue;
      if (!earlier->janus) turn.pictures = earlier->pictures;
      return;
    }
  }

  std::string talk(const Turn& turn) {
    const Session& session = this->session();
    std::vector<ChatMessage> messages;
    std::vector<const Image*> shown;
    const auto add = [&](const Turn& one) {
      ChatMessage message{one.role, {}};
      for (const size_t i : one.pictures)
        message.items.push_back({ChatItem::Kind::image, ""}), shown.push_back(&pictures_[i].picture.image);
      message.items.push_back({ChatItem::Kind::text, one.text});
      messages.push_back(std::move(message));
    };
    for (const Turn& one : turns_)
      if (one.janus) add(one);
    add(turn);
    const Listening listening;
    const Answer answer = talker_->answer(messages, shown, o_.generate, [&](std::string_view text) {
      std::fwrite(text.data(), 1, text.size(), stdout), std::fflush(stdout);
      return !interrupted();
    });
    print_line("");
    if (o_.common.verbose)
      say(o_.common, session.model->config().name + ": " + std::to_string(answer.prompt_tokens) + " tokens read, " +
                         std::to_string(answer.reused_tokens) + " of them from the cache, " +
                         std::to_string(answer.generated.ids.size()) + " written");
    // An empty answer would read as "no answer yet" in the template: it is kept as a full stop.
    return answer.generated.text.find_first_not_of(" \n\t\r") == std::string::npos ? "." : answer.generated.text;
  }

  std::string think(const Turn& turn) {
    TextRequest request;
    for (const Turn& one : turns_)
      request.messages.push_back(
          {one.role == ChatMessage::Role::user ? TextMessage::Role::user : TextMessage::Role::assistant, one.text});
    request.messages.push_back({TextMessage::Role::user, turn.text});
    request.stop = [] { return interrupted(); };
    request.on_status = [&](const std::string& status) { say(o_.common, status); };
    const Listening listening;
    LiveAnswer stream(false);
    const TextAnswer answer = text_model_->answer(request, [&](const TextPiece& piece) {
      piece.kind == TextPiece::Kind::thought ? stream.thought(piece.text) : stream.text(piece.text);
      return !interrupted();
    });
    stream.end();
    if (!stream.began()) print_line(without_controls(answer.text));
    if (answer.end == TextAnswer::End::cancelled) print_line("(stopped)");
    return answer.text;
  }

  std::string read(const Turn& turn, const Route& route) {
    // The documents of the conversation; where only pictures are in question, these are read like documents.
    std::vector<size_t> which;
    const bool about_pictures =
        turn.documents.empty() && (!turn.pictures.empty() || route.rule.find("picture") != std::string::npos);
    if (!about_pictures) {
      for (const Turn& one : turns_) which.insert(which.end(), one.documents.begin(), one.documents.end());
      which.insert(which.end(), turn.documents.begin(), turn.documents.end());
    } else {
      const Turn* holder = &turn;
      for (auto earlier = turns_.rbegin(); holder->pictures.empty() && earlier != turns_.rend(); ++earlier) holder = &*earlier;
      for (const size_t i : holder->pictures) which.push_back(open_document(pictures_[i].file));
    }
    std::sort(which.begin(), which.end());
    which.erase(std::unique(which.begin(), which.end()), which.end());
    std::vector<const PageSource*> sources;
    asked_documents_.clear();
    for (const size_t i : which) sources.push_back(sources_[i].get()), asked_documents_.push_back(&documents_[i]);
    const Listening listening;
    LiveAnswer stream(false);
    AnswerOptions options;
    options.mark_live = stream.shown();
    options.stop = [] { return interrupted(); };
    options.on_status = [&](const std::string& status) { say(o_.common, status); };
    DocumentAnswerer answerer(sources, text_model_.get(), options);
    last_answer_ = answerer.ask(turn.text, route, [&](const AnswerPiece& piece) { return stream.take(piece); });
    stream.end();
    print_answer(o_.common, *last_answer_, stream.began(), sources.size() > 1);
    return last_answer_->answer;
  }

  // ---- drawing

  void imagine(Turn turn, const std::string& what) {
    if (const std::string warning = unknown_words_warning(folder_, {&what, 1}, nearest_drawing); !warning.empty())
      say(o_.common, warning);
    const auto seed = uint64_t(drawn_);
    std::string file;
    do file = "bifrons-" + std::to_string(++drawn_) + ".png";
    while (std::filesystem::exists(file));
    check_output(file);
    const Janus& model = *session().model;
    Drawer drawer(model);
    const DrawRequest request{draw_ids(model, what), seed};
    std::vector<std::vector<int32_t>> ids;
    {
      const Listening listening;
      Progress progress(o_.common, "drawing", "tokens", model.config().image_tokens);
      const DrawDefaults& d = model.config().draw;
      ids = drawer.draw({&request, 1}, {d.guidance, d.temperature, d.top_p, d.top_k}, [&](const DrawStep& step) {
        progress.at(step.step);
        return !interrupted();
      });
    }
    const std::vector<std::pair<std::string, std::string>> text{
        {"prompt", what}, {"seed", std::to_string(request.seed)}, {"model", model.config().name}};
    OutputFile out(file);
    out.write(encode_png(drawer.picture(ids[0]), text));
    out.commit();
    print_line(file);
    last_prompt_ = what;
    Turn reply;
    reply.role = ChatMessage::Role::assistant, reply.text = "(drew " + file + ")", reply.drawn = file;
    remember(std::move(turn), std::move(reply));
  }

  // ---- commands

  void save(const std::string& file) const {
    nlohmann::json list = nlohmann::json::array();
    for (const Turn& turn : turns_) {
      nlohmann::json content = nlohmann::json::array();
      for (const size_t i : turn.pictures)
        content.push_back({{"type", "image_url"}, {"image_url", {{"url", pictures_[i].file}}}});
      for (const size_t i : turn.documents)
        content.push_back({{"type", "file"}, {"file", {{"filename", documents_[i].shown_name()}}}});
      if (turn.drawn.empty())
        content.push_back({{"type", "text"}, {"text", turn.text}});
      else
        content.push_back({{"type", "image_url"}, {"image_url", {{"url", turn.drawn}}}});
      list.push_back({{"role", turn.role == ChatMessage::Role::user ? "user" : "assistant"}, {"content", content}});
    }
    OutputFile out(file);
    out.write(list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    out.commit();
    say(o_.common, "saved " + std::to_string(turns_.size()) + " messages to " + file);
  }

  void show(const std::string& file) const {
    if (!last_answer_ || last_answer_->citations.empty())
      fail(Fault::arguments, "/show ", file, ": no answer so far stands on a page; ask about a document first");
    for (const std::string& written : show_places(asked_documents_, *last_answer_, file)) print_line(written);
  }

  void reset() {
    turns_.clear(), pictures_.clear(), pending_ = {};
    last_answer_.reset(), asked_documents_.clear();
    opened_.clear(), sources_.clear(), documents_.clear();
    if (talker_) talker_->forget();
  }

  void command(const std::string& line) {
    const size_t space = std::min(line.find(' '), line.size());
    const std::string name = line.substr(1, space - 1);
    const size_t begin = line.find_first_not_of(" \t", space), end = line.find_last_not_of(" \t\r");
    const std::string rest = begin == std::string::npos ? "" : line.substr(begin, end + 1 - begin);
    const auto needs = [&](const char* what) {
      if (rest.empty()) fail(Fault::arguments, "/", name, " needs ", what, "; /help lists the commands");
    };
    if (name == "image") {
      needs("a picture file"), attach_picture(rest, expect_picture(rest, o_.reading.limits));
      say(o_.common, rest + " is attached to your next line");
    } else if (name == "doc") {
      needs("a document's file"), attach_document(rest);
      const OpenDocument& document = documents_[opened_[rest]];
      say(o_.common, rest + ": " + std::to_string(document.asked().size()) +
                         (document.asked().size() == 1 ? " page is" : " pages are") + " read; ask about it");
    } else if (name == "imagine") {
      needs("a description");
      Turn turn = pending_;
      turn.text = line;
      imagine(std::move(turn), rest);
    } else if (name == "show") {
      needs("a file name"), show(rest);
    } else if (name == "reset") {
      reset();
      say(o_.common, "a new conversation");
    } else if (name == "save") {
      needs("a file name"), save(rest);
    } else if (name == "help") {
      print_line(help);
    } else {
      fail(Fault::arguments, "there is no command /", name.substr(0, 40), "; /help lists them");
    }
  }

  const Options& o_;
  ModelFolder folder_;
  JanusConfig config_;
  bool at_terminal_;
  int failed_ = 0, drawn_ = 0;
  std::optional<Path> forced_;
  std::unique_ptr<TextModel> text_model_;
  std::optional<Session> session_;  // loaded when first needed
  std::optional<Talker> talker_;
  std::unique_ptr<ReadingDesk> desk_;
  std::deque<OpenDocument> documents_;
  std::vector<std::unique_ptr<PageSource>> sources_;  // of each document
  std::map<std::string, size_t> opened_;              // by the file as typed
  std::deque<Shown> pictures_;                        // of the whole conversation
  std::vector<Turn> turns_;
  Turn pending_;             // what waits for the next line
  std::string last_prompt_;  // of a drawing
  std::optional<DocumentAnswer> last_answer_;
  std::vector<const OpenDocument*> asked_documents_;  // by it
};

}  // namespace

void add_chat(CommandLine& commands) {
  auto o = std::make_shared<Options>();
  Command c = commands.add("chat", "talk about pictures and documents, and have pictures drawn, on the terminal");
  c.texts("file", o->files, "FILE...", "pictures and documents to begin with");
  c.integer("--max-tokens", o->generate.max_tokens, 1, 1 << 20, "N", "longest answer about a picture; default 512");
  c.number("--temperature", o->generate.temperature, 0, 100, "T", "0, the default, takes the likeliest word each time");
  c.integer("--top-k", o->generate.top_k, 0, 1 << 24, "K", "choose among the K likeliest words, 0: all");
  c.number("--top-p", o->generate.top_p, 1e-6, 1, "P", "choose among the likeliest words that make up P");
  c.seed("--seed", o->generate.seed, "S", "of the choices when the temperature is above 0");
  c.text("--route", o->route, "look|draw|read|think", "who answers every line, instead of what it suggests");
  add_text_model(c, o->text_model);
  add_reading(c, o->reading);
  add_common(c, o->common, Output::people);
  c.footer(
      std::string("In the chat:\n") + help +
      "\n\nExamples:\n  bifrons chat holiday.jpg\n  bifrons chat lease.pdf\n  printf 'What is this?\\n' | bifrons chat star.png");
  c.action([o] { return Chat(*o).run(); });
}

}  // namespace bifrons
