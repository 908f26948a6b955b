// demos/caption.cpp - `bifrons caption`: describes pictures, or answers one question about each.
#include <cstdio>

#include <nlohmann/json.hpp>

#include "demos/commands.h"
#include "demos/common.h"
#include "demos/known_words.h"
#include "demos/pictures.h"
#include "demos/progress.h"
#include "fusion/talk.h"
#include "kernels/core/error.h"

namespace bifrons {
namespace {

struct Options {
  Common common;
  std::vector<std::string> images;
  std::string prompt = "Describe the picture.", list;
  GenerateOptions generate;
};

std::vector<std::string> all_images(const Options& o) {
  std::vector<std::string> images = o.images;
  if (!o.list.empty()) {
    const std::vector<std::string> listed = read_lines(o.list);
    images.insert(images.end(), listed.begin(), listed.end());
  }
  if (images.empty()) fail(Fault::arguments, "no picture was given: name one or more files, or a list of them with --list");
  return images;
}

int run(const Options& o) {
  const std::vector<std::string> images = all_images(o);
  const Session session = open_session(o.common, JanusNeeds::talking());
  if (const std::string warning = unknown_words_warning(open_model(o.common), {&o.prompt, 1}, guessed_answer); !warning.empty())
    say(o.common, warning);
  Talker talker(*session.model);
  const std::vector<ChatMessage> question{
      {ChatMessage::Role::user, {{ChatItem::Kind::image, ""}, {ChatItem::Kind::text, o.prompt}}}};
  const bool stream = !o.common.json && images.size() == 1;
  size_t failed = 0;
  Fault fault = Fault::other;
  Progress progress(o.common, "looking", "pictures", stream ? 0 : int64_t(images.size()));
  for (size_t i = 0; i < images.size(); ++i) {
    try {
      const double begin = seconds_now();
      const Image image = load_any_image(images[i], /*apply_exif=*/false);  // as the published model is fed
      const Image* const shown = &image;
      const Answer answer = talker.answer(question, {&shown, 1}, o.generate, [&](std::string_view text) {
        if (stream) std::fwrite(text.data(), 1, text.size(), stdout), std::fflush(stdout);
        return true;
      });
      const double seconds = seconds_now() - begin;
      if (o.common.json) {
        print_json({{"image", images[i]},
                    {"text", answer.generated.text},
                    {"tokens", answer.generated.ids.size()},
                    {"seconds", seconds}});
      } else {
        print_line(stream ? "" : images[i] + ": " + answer.generated.text);
      }
    } catch (const Error& error) {
      if (error.fault() == Fault::arguments) throw;  // the question's fault: the next picture would fail the same way
      ++failed, fault = error.fault();
      if (o.common.json) print_json({{"image", images[i]}, {"error", error.what()}});
      std::fprintf(stderr, "bifrons: %s\n", without_controls(error.what()).c_str());
    }
    if (!stream) progress.at(int64_t(i + 1));
  }
  return failed == 0 ? 0 : images.size() == 1 ? int(fault) : int(Fault::partial);
}

}  // namespace

void add_caption(CommandLine& commands) {
  auto o = std::make_shared<Options>();
  Command c = commands.add("caption", "describe pictures, or answer a question about each");
  c.texts("image", o->images, "IMAGE...", "picture files (JPEG, PNG, BMP, GIF, TGA, WebP, TIFF), - is stdin");
  c.text("--prompt", o->prompt, "P", "what to ask about each picture; default: Describe the picture.");
  c.text("--list", o->list, "FILE", "a file with one picture a line, - is stdin");
  c.integer("--max-tokens", o->generate.max_tokens, 1, 1 << 20, "N", "longest answer; default 512");
  c.number("--temperature", o->generate.temperature, 0, 100, "T", "0, the default, takes the likeliest word each time");
  c.integer("--top-k", o->generate.top_k, 0, 1 << 24, "K", "choose among the K likeliest words, 0: all");
  c.number("--top-p", o->generate.top_p, 1e-6, 1, "P", "choose among the likeliest words that make up P");
  c.seed("--seed", o->generate.seed, "S", "of the choices when the temperature is above 0");
  add_common(c, o->common, Output::people_or_json);
  c.footer(
      "Several pictures are answered one after the other; one that cannot be read is reported and the others go on (exit code "
      "7).\n\n"
      "Examples:\n"
      "  bifrons caption holiday.jpg\n"
      "  bifrons caption *.png --prompt \"What colour is the car?\" --json\n"
      "  find . -name '*.jpg' | bifrons caption --list - --json");
  c.action([o] { return run(*o); });
}

}  // namespace bifrons
