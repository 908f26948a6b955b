// demos/imagine.cpp - `bifrons imagine`: draws pictures from text, alone, many at once, or a list of prompts.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "demos/commands.h"
#include "demos/common.h"
#include "demos/known_words.h"
#include "demos/progress.h"
#include "fusion/draw.h"
#include "fusion/prompt.h"
#include "kernels/core/error.h"
#include "kernels/core/file.h"
#include "vision/resize.h"

namespace bifrons {
namespace {

constexpr int64_t most_pictures = 4096, sheet_side = 8192, sheet_gap = 8;  // pixels

struct Options {
  Common common;
  std::string prompt, out, preview, prompts;
  int64_t count = 1, size = 0;
  uint64_t seed = 0;
  DrawSettings draw;
};
struct Job {
  std::string prompt, file;
  uint64_t seed = 0;
};

std::vector<std::string> read_prompts(const Options& o, bool given) {
  if (o.prompts.empty()) {
    if (!given) fail(Fault::arguments, "no prompt was given: say what to draw, or name a file of prompts with --prompts");
    return {o.prompt};
  }
  if (given) fail(Fault::arguments, "both a prompt and --prompts were given: use one of them");
  std::vector<std::string> prompts = read_lines(o.prompts);
  if (prompts.empty()) fail(Fault::unreadable, o.prompts, ": holds no prompt; write one a line");
  return prompts;
}

// x.png -> x-3.png
std::string numbered(const std::string& file, int64_t number) {
  const std::filesystem::path path(file);
  return (path.parent_path() / (path.stem().string() + "-" + std::to_string(number) + path.extension().string())).string();
}

std::vector<Job> plan(const Options& o, const std::vector<std::string>& prompts) {
  const int64_t pictures = int64_t(prompts.size()) * o.count;
  if (pictures > most_pictures)
    fail(Fault::limit, "that would be ", pictures, " pictures; at most ", most_pictures, " are drawn in one go");
  if (o.out == "-" && (pictures > 1 || o.common.json))
    fail(Fault::arguments, "-o -: stdout takes one picture and nothing else; name a file");
  std::vector<Job> jobs;
  for (const std::string& prompt : prompts)
    for (int64_t i = 0; i < o.count; ++i)
      jobs.push_back({prompt, pictures == 1 ? o.out : numbered(o.out, int64_t(jobs.size()) + 1), o.seed + uint64_t(i)});
  return jobs;
}

void write_png(const std::string& file, const Image& image, const std::vector<std::pair<std::string, std::string>>& text) {
  OutputFile out(file);
  out.write(encode_png(image, text));
  out.commit();
}

std::string shown(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

// All pictures side by side on white.
Image contact_sheet(const std::vector<Image>& pictures) {
  const int64_t columns = int64_t(std::ceil(std::sqrt(double(pictures.size())))),
                rows = (int64_t(pictures.size()) + columns - 1) / columns;
  const int64_t cell = std::max<int64_t>(1, std::min(pictures[0].width, sheet_side / columns - sheet_gap));
  Image sheet(columns * (cell + sheet_gap) + sheet_gap, rows * (cell + sheet_gap) + sheet_gap);
  std::fill(sheet.rgb.begin(), sheet.rgb.end(), uint8_t(255));
  for (size_t i = 0; i < pictures.size(); ++i) {
    const Image small = pictures[i].width == cell ? pictures[i] : resize_lanczos(pictures[i], cell, cell);
    const int64_t left = sheet_gap + int64_t(i) % columns * (cell + sheet_gap),
                  top = sheet_gap + int64_t(i) / columns * (cell + sheet_gap);
    for (int64_t y = 0; y < cell; ++y)
      std::copy_n(small.rgb.begin() + y * cell * 3, cell * 3, sheet.rgb.begin() + ((top + y) * sheet.width + left) * 3);
  }
  return sheet;
}

// The picture so far, written after each row of tokens, but never so often that decoding costs more than a fifth of the time.
class Preview {
 public:
  Preview(const Drawer& drawer, std::string file, int64_t grid) : drawer_(drawer), file_(std::move(file)), grid_(grid) {}
  void at(std::span<const int32_t> ids) {
    const double now = seconds_now();
    if (file_.empty() || int64_t(ids.size()) % grid_ != 0 || now < next_) return;
    write_png(file_, drawer_.preview(ids), {});
    next_ = seconds_now() + 4 * (seconds_now() - now);
  }

 private:
  const Drawer& drawer_;
  std::string file_;
  int64_t grid_;
  double next_ = 0;
};

int run(const Options& o, const Command& command) {
  if (command.given("--size") && o.size != 512 && o.size != 768 && o.size != 1024)
    fail(Fault::arguments, "--size: ", o.size, " is not offered; choose 512, 768 or 1024");
  if (o.preview == "-")
    fail(Fault::arguments, "--preview -: the preview is written again and again, which only a file can take; name one");
  check_png_name("-o", o.out), check_png_name("--preview", o.preview);
  const std::vector<std::string> prompts = read_prompts(o, command.given("prompt"));
  const std::vector<Job> jobs = plan(o, prompts);
  check_output(jobs[0].file), check_output(o.preview);
  if (const std::string warning = unknown_words_warning(open_model(o.common), prompts, nearest_drawing); !warning.empty())
    say(o.common, warning);
  const Session session = open_session(o.common, JanusNeeds::drawing());
  const Janus& model = *session.model;
  DrawSettings settings{model.config().draw.guidance, model.config().draw.temperature, model.config().draw.top_p,
                        model.config().draw.top_k};
  if (command.given("--guidance")) settings.guidance = o.draw.guidance;
  if (command.given("--temperature")) settings.temperature = o.draw.temperature;
  if (command.given("--top-k")) settings.top_k = o.draw.top_k;
  if (command.given("--top-p")) settings.top_p = o.draw.top_p;
  const std::string words = "guidance " + shown(settings.guidance) + ", temperature " + shown(settings.temperature) + ", top-k " +
                            std::to_string(settings.top_k) + ", top-p " + shown(settings.top_p) + ", " +
                            std::string(name_of(model.format()));

  std::vector<DrawRequest> requests;
  size_t longest = 0;
  for (const Job& job : jobs) {
    requests.push_back({draw_ids(model, job.prompt), job.seed});
    longest = std::max(longest, requests.back().prompt.size());
  }
  Drawer drawer(model);
  const size_t group = size_t(drawer.group_size(int64_t(longest), settings.guidance != 1));
  Preview preview(drawer, o.preview, model.config().grid);
  Progress progress(o.common, jobs.size() == 1 ? "drawing" : "drawing " + std::to_string(jobs.size()), "tokens",
                    int64_t(jobs.size()) * model.config().image_tokens);
  std::vector<Image> pictures;
  for (size_t first = 0; first < jobs.size(); first += group) {
    const size_t together = std::min(group, jobs.size() - first);
    const double begin = seconds_now();
    const auto ids = drawer.draw(std::span(requests).subspan(first, together), settings, [&](const DrawStep& step) {
      progress.at(int64_t(first) * step.steps + step.step * int64_t(together));
      if (step.step < step.steps) preview.at(step.ids[0]);
      return true;
    });
    const double drawn = (seconds_now() - begin) / double(together);
    for (size_t i = 0; i < together; ++i) {
      const Job& job = jobs[first + i];
      const double decode = seconds_now();
      Image picture = drawer.picture(ids[i]);
      if (o.size > 0) picture = resize_lanczos(picture, o.size, o.size);
      const std::vector<std::pair<std::string, std::string>> text{{"prompt", job.prompt},
                                                                  {"seed", std::to_string(job.seed)},
                                                                  {"model", model.config().name},
                                                                  {"settings", words},
                                                                  {"version", std::string("bifrons ") + version}};
      write_png(job.file, picture, text);
      if (i == 0 && !o.preview.empty()) write_png(o.preview, picture, text);
      const double seconds = drawn + seconds_now() - decode;
      if (o.common.json) {
        print_json({{"file", job.file}, {"prompt", job.prompt}, {"seed", job.seed}, {"seconds", seconds}});
      } else if (!o.common.quiet && o.out != "-") {
        print_line(job.file);
      }
      if (jobs.size() > 1) pictures.push_back(std::move(picture));
    }
  }
  if (jobs.size() > 1) {
    write_png(o.out, contact_sheet(pictures),
              {{"prompt", jobs[0].prompt},
               {"seed", std::to_string(o.seed)},
               {"model", model.config().name},
               {"settings", words},
               {"version", std::string("bifrons ") + version}});
    if (!o.common.json && !o.common.quiet) print_line(o.out);
  }
  return 0;
}

}  // namespace

void add_imagine(CommandLine& commands) {
  auto o = std::make_shared<Options>();
  Command c = commands.add("imagine", "draw pictures from text");
  c.text("prompt", o->prompt, "PROMPT", "what to draw");
  c.text("-o,--out", o->out, "OUT.png",
         "PNG file to write, - is stdout; with several pictures the contact sheet of x-1.png, x-2.png, ...");
  c.required("--out");
  c.integer("-n,--count", o->count, 1, most_pictures, "N", "pictures of each prompt, drawn together");
  c.seed("--seed", o->seed, "S",
         "which picture; picture i of seed S is the picture of seed S+i-1 alone (0 follows the largest); default 0");
  c.number("--guidance", o->draw.guidance, 0, 1000, "W", "how much the prompt counts; default: the model's own, else 5");
  c.number("--temperature", o->draw.temperature, 0, 100, "T",
           "0 takes the likeliest token each time; default: the model's own, else 1");
  c.integer("--top-k", o->draw.top_k, 0, 1 << 24, "K", "choose among the K likeliest tokens, 0: all");
  c.number("--top-p", o->draw.top_p, 1e-6, 1, "P", "choose among the likeliest tokens that make up P");
  c.integer("--size", o->size, 0, INT32_MAX, "512|768|1024",
            "enlarge the finished picture to this many pixels a side (Lanczos); default: as the model draws it");
  c.text("--preview", o->preview, "FILE", "keep this PNG up to date with the rows drawn so far (of the first picture)");
  c.text("--prompts", o->prompts, "FILE", "a file with one prompt a line, - is stdin");
  add_common(c, o->common, Output::people_or_json);
  c.footer(
      "PNG text chunks record prompt, seed, model and settings. A file that is already there is replaced only when the new one "
      "is whole.\n\n"
      "Examples:\n"
      "  bifrons imagine \"a red star\" -o star.png\n"
      "  bifrons imagine \"a blue circle and a yellow square\" -n 4 --seed 7 -o sheet.png\n"
      "  bifrons imagine --prompts prompts.txt -o out.png --json");
  c.action([o, c] { return run(*o, c); });
}

}  // namespace bifrons
