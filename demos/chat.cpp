// demos/chat.cpp - `bifrons chat`: a conversation on the terminal, with pictures in both directions.
#include <cstdio>
#include <cstring>
#include <deque>

#include <nlohmann/json.hpp>

#include "demos/commands.h"
#include "demos/common.h"
#include "demos/progress.h"
#include "fusion/draw.h"
#include "fusion/talk.h"
#include "kernels/core/error.h"
#include "kernels/core/file.h"

namespace bifrons {
namespace {

constexpr size_t line_limit = 1u << 20;  // bytes of one typed line

constexpr const char* help =
    "/image FILE    show the model a picture; ask about it in the next line\n"
    "/imagine TEXT  draw a picture and save it as bifrons-1.png, bifrons-2.png, ...\n"
    "/reset         start a new conversation\n"
    "/save FILE     save the conversation as a JSON list of messages\n"
    "/doc FILE      (this build reads no documents yet)\n"
    "/help          this list\n"
    "/quit          leave, as the end of input does; Ctrl-C stops an answer";

struct Options {
  Common common;
  std::vector<std::string> images;
  GenerateOptions generate;
};

// One line of stdin without its end; false at the end of input.
bool read_line(std::string& line) {
  line.clear();
  for (int c; (c = std::getc(stdin)) != EOF;) {
    if (c == '\n') return true;
    line += char(c);
    if (line.size() > line_limit) fail(Fault::limit, "stdin: a line is longer than ", line_limit, " bytes");
  }
  return !line.empty();
}

class Chat {
 public:
  explicit Chat(const Options& options)
      : o_(options),
        session_(open_session(o_.common, {.look = true, .language = true, .text_head = true, .draw = true, .decode = true})),
        talker_(*session_.model),
        at_terminal_(is_terminal(0) && is_terminal(1)) {}

  int run() {
    for (const std::string& image : o_.images) attach(image);
    if (at_terminal_) {
      say(o_.common, session_.model->config().name + "; /help lists what you can do");
      if (!o_.images.empty())
        say(o_.common, std::to_string(o_.images.size()) + (o_.images.size() == 1 ? " picture is" : " pictures are") +
                           " attached to your first line");
    }
    for (std::string line; prompt(), read_line(line);) {
      try {
        if (line == "/quit" || line == "/exit") break;
        if (!line.empty() && line[0] == '/') {
          command(line);
        } else if (line.find_first_not_of(" \t\r") != std::string::npos) {
          answer(line);
        }
      } catch (const Error& error) {  // told, and the conversation goes on
        std::fprintf(stderr, "bifrons: %s\n", without_controls(error.what()).c_str());
        if (!at_terminal_) failed_ = int(error.fault());
      }
    }
    if (at_terminal_) print_line("");
    return failed_;
  }

 private:
  void prompt() const {
    if (at_terminal_) std::fputs("\033[1m> \033[0m", stdout), std::fflush(stdout);
  }

  void attach(const std::string& file) {
    images_.push_back(load_image(file));
    pending_.push_back({ChatItem::Kind::image, file});  // the text of a picture item is only for /save
  }

  void answer(const std::string& line) {
    const size_t before = messages_.size();
    ChatMessage message{ChatMessage::Role::user, pending_};
    message.items.push_back({ChatItem::Kind::text, line});
    messages_.push_back(std::move(message));
    std::vector<const Image*> shown;
    for (const Image& image : images_) shown.push_back(&image);
    try {
      const Listening listening;
      const Answer answer = talker_.answer(messages_, shown, o_.generate, [&](std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stdout), std::fflush(stdout);
        return !interrupted();
      });
      print_line("");
      messages_.push_back({ChatMessage::Role::assistant, {{ChatItem::Kind::text, answer.generated.text}}});
      // An empty answer would read as "no answer yet" in the template: it is kept as a full stop.
      if (answer.generated.text.find_first_not_of(" \n\t\r") == std::string::npos) messages_.back().items[0].text = ".";
      pending_.clear();
      if (o_.common.verbose)
        say(o_.common, std::to_string(answer.prompt_tokens) + " tokens read, " + std::to_string(answer.reused_tokens) +
                           " of them from the cache, " + std::to_string(answer.generated.ids.size()) + " written");
    } catch (...) {
      messages_.resize(before);
      throw;
    }
  }

  void imagine(const std::string& what) {
    const Janus& model = *session_.model;
    Drawer drawer(model);
    const DrawRequest request{draw_ids(model, what), uint64_t(drawn_)};
    std::string file;
    do file = "bifrons-" + std::to_string(++drawn_) + ".png";
    while (std::filesystem::exists(file));
    std::vector<std::vector<int32_t>> ids;
    try {
      const Listening listening;
      Progress progress(o_.common, "drawing", "tokens", model.config().image_tokens);
      const DrawDefaults& d = model.config().draw;
      ids = drawer.draw({&request, 1}, {d.guidance, d.temperature, d.top_p, d.top_k}, [&](const DrawStep& step) {
        progress.at(step.step);
        return !interrupted();
      });
    } catch (const Cancelled&) {
      print_line("(stopped)");
      return;
    }
    const std::vector<std::pair<std::string, std::string>> text{
        {"prompt", what}, {"seed", std::to_string(request.seed)}, {"model", model.config().name}};
    OutputFile out(file);
    out.write(encode_png(drawer.picture(ids[0]), text));
    out.commit();
    print_line(file);
  }

  void save(const std::string& file) const {
    nlohmann::json list = nlohmann::json::array();
    for (const ChatMessage& message : messages_) {
      nlohmann::json content = nlohmann::json::array();
      for (const ChatItem& item : message.items)
        content.push_back(item.kind == ChatItem::Kind::text
                              ? nlohmann::json{{"type", "text"}, {"text", item.text}}
                              : nlohmann::json{{"type", "image_url"}, {"image_url", {{"url", item.text}}}});
      list.push_back({{"role", message.role == ChatMessage::Role::user ? "user" : "assistant"}, {"content", content}});
    }
    OutputFile out(file);
    out.write(list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    out.commit();
    say(o_.common, "saved " + std::to_string(messages_.size()) + " messages to " + file);
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
      needs("a picture file"), attach(rest);
      say(o_.common, rest + " is attached to your next line");
    } else if (name == "imagine") {
      needs("a description"), imagine(rest);
    } else if (name == "reset") {
      messages_.clear(), images_.clear(), pending_.clear(), talker_.forget();
      say(o_.common, "a new conversation");
    } else if (name == "save") {
      needs("a file name"), save(rest);
    } else if (name == "doc") {
      fail(Fault::lacking, "this build reads no documents yet; /image takes a picture of a page");
    } else if (name == "help") {
      print_line(help);
    } else {
      fail(Fault::arguments, "there is no command /", name.substr(0, 40), "; /help lists them");
    }
  }

  const Options& o_;
  Session session_;
  Talker talker_;
  bool at_terminal_;
  int failed_ = 0, drawn_ = 0;
  std::vector<ChatMessage> messages_;
  std::vector<ChatItem> pending_;  // pictures that wait for the next line
  std::deque<Image> images_;       // of the whole conversation, in order
};

}  // namespace

void add_chat(CommandLine& commands) {
  auto o = std::make_shared<Options>();
  Command c = commands.add("chat", "talk about pictures, and have them drawn, on the terminal");
  c.texts("image", o->images, "IMAGE...", "pictures to begin with");
  c.integer("--max-tokens", o->generate.max_tokens, 1, 1 << 20, "N", "longest answer; default 512");
  c.number("--temperature", o->generate.temperature, 0, 100, "T", "0, the default, takes the likeliest word each time");
  c.integer("--top-k", o->generate.top_k, 0, 1 << 24, "K", "choose among the K likeliest words, 0: all");
  c.number("--top-p", o->generate.top_p, 1e-6, 1, "P", "choose among the likeliest words that make up P");
  c.integer("--seed", o->generate.seed, 0, INT64_MAX, "S", "of the choices when the temperature is above 0");
  add_common(c, o->common, Output::people);
  c.footer(std::string("In the chat:\n") + help +
           "\n\nExamples:\n  bifrons chat holiday.jpg\n  printf 'What is this?\\n' | bifrons chat star.png");
  c.action([o] { return Chat(*o).run(); });
}

}  // namespace bifrons
