// demos/bench.cpp - `bifrons bench`: measures the machine, then each phase of a model, in one run, and prints the share of the
// floor that each reaches. Floor: the larger of bytes over read bandwidth and operations over the format's arithmetic rate.
#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "demos/commands.h"
#include "demos/common.h"
#include "fusion/cost.h"
#include "fusion/draw.h"
#include "fusion/prompt.h"
#include "kernels/core/error.h"
#include "kernels/machine.h"
#include "language/engine.h"

namespace bifrons {
namespace {

using Json = nlohmann::json;

constexpr const char* all_phases[] = {"pair_step", "decode", "prefill", "siglip", "vq_decode", "vq_encode", "load"};
constexpr int64_t prefill_rows = 631;  // one picture and the default understanding prompt: janus.md 12.5
constexpr int64_t context_rows = 320;  // positions in the cache before a step: about the middle of a drawing

struct Options {
  Common common;
  std::string shape, only;
};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    parts.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// A phase's time, and what the machine could do just before and after it.
struct Measured {
  double ms;
  Machine machine;
};

// Median milliseconds of a call: at least three, then until a second has passed or thirty are done.
template <class Call>
Measured measure(const MachineMeter& meter, const Call& call) {
  call();  // first touches of memory are not what a phase costs
  Machine machine = meter.measure();
  std::vector<double> times;
  const double begin = seconds_now();
  do {
    const double before = seconds_now();
    call();
    times.push_back((seconds_now() - before) * 1e3);
  } while (times.size() < 3 || (times.size() < 30 && seconds_now() - begin < 1));
  machine.raise_to(meter.measure());
  std::nth_element(times.begin(), times.begin() + int64_t(times.size() / 2), times.end());
  return {times[times.size() / 2], machine};
}

class Bench {
 public:
  Bench(const Options& options, const MachineMeter& meter, std::string shape)
      : o_(options), meter_(meter), shape_(std::move(shape)) {
    only_ = split(o_.only);
  }

  bool wants(const std::string& name) const {
    return only_.empty() || std::find(only_.begin(), only_.end(), name) != only_.end();
  }

  void run(const Janus& model, const VqShape& vq) {
    model_ = &model;
    if (wants("pair_step") || wants("decode") || wants("prefill")) language();
    if (wants("siglip")) siglip();
    if (wants("vq_decode")) vq_decode(vq);
    if (wants("vq_encode")) vq_encode(vq);
  }
  void load(Format format, double seconds, double bytes) {
    add("load", format, 0, {seconds * 1e3, meter_.measure()}, {bytes, 0});
  }
  const Json& results() const { return results_; }

 private:
  void add(const char* name, Format format, int64_t rows, const Measured& measured, const Cost& cost) {
    const auto& [ms, machine] = measured;
    const double rate = format == Format::f32    ? machine.f32_gflop_s
                        : format == Format::bf16 ? machine.bf16_gflop_s
                                                 : machine.int8_gop_s;
    const double floor_ms = std::max(cost.bytes / (machine.read_gb_s * 1e6), cost.flop / (rate * 1e6)), share = floor_ms / ms;
    results_.push_back({{"name", name},
                        {"shape", shape_},
                        {"dtype", name_of(format)},
                        {"rows", rows},
                        {"ms", ms},
                        {"bytes", cost.bytes},
                        {"flop", cost.flop},
                        {"floor_ms", floor_ms},
                        {"read_gb_s", machine.read_gb_s},
                        {"gop_s", rate},
                        {"share", share}});
    if (o_.common.json) return;
    char line[160];
    std::snprintf(line, sizeof line,
                  "%-10s %-5s %5lld rows %10.2f ms %10.1f MB %10.2f GFLOP %10.2f ms floor %5.0f %%  (%.1f GB/s)", name,
                  std::string(name_of(format)).c_str(), static_cast<long long>(rows), ms, cost.bytes / 1e6, cost.flop / 1e9,
                  floor_ms, share * 100, machine.read_gb_s);
    print_line(line);
  }

  void language() {
    const JanusConfig& config = model_->config();
    const Ops& ops = model_->ops();
    const int64_t rows = std::min(prefill_rows, config.text.max_positions - 64),
                  context = std::min(context_rows, config.text.max_positions - 64);
    EngineOptions options;
    options.cache_tokens = rows + 2 * (context + 96), options.max_sequences = 4;
    Engine engine(ops, model_->language(), model_->cache_format(), options);
    std::vector<int32_t> ids;
    for (int64_t i = 0; i < rows; ++i) ids.push_back(int32_t((i * 7919 + 13) % config.text.vocabulary));

    if (wants("prefill")) {
      const Engine::Sequence sequence = engine.create();
      const Engine::Input input{.sequence = sequence, .ids = ids};
      const Measured measured = measure(meter_, [&] { engine.truncate(sequence, 0), engine.forward({&input, 1}); });
      add("prefill", model_->format(), rows, measured, language_cost(*model_, rows, (rows + 1) / 2));
      engine.release(sequence);
    }
    const Engine::Input context_input{.sequence = engine.create(), .ids = std::span(ids).first(size_t(context))};
    engine.forward({&context_input, 1});
    if (wants("decode")) {
      const Sample arg_max{};
      int32_t id = 1;
      const Measured measured = measure(meter_, [&] {
        engine.truncate(context_input.sequence, context);
        const Engine::Input next{.sequence = context_input.sequence, .ids = {&id, 1}};
        engine.sample({&id, 1}, engine.text_logits(engine.forward({&next, 1})), {&arg_max, 1});
      });
      add("decode", model_->format(), 1, measured, language_cost(*model_, 1, context) + text_head_cost(*model_, 1));
    }
    if (wants("pair_step")) {
      const Engine::Sequence other = engine.fork(context_input.sequence);
      const auto codes = ops.tensor<float, 2>({1, config.code_channels}), row = ops.tensor<float, 2>({1, config.text.width}),
                 logits = ops.tensor<float, 2>({2, config.codes});
      const auto id_there = ops.tensor<int32_t, 1>({1});
      const Projector::Scratch aligner(ops, model_->draw_aligner(), 1), head(ops, model_->draw_head(), 2);
      const std::array<Engine::Input, 2> inputs{
          {{.sequence = context_input.sequence, .embeddings = row}, {.sequence = other, .embeddings = row}}};
      const Sample sample{.cond = 0, .uncond = 1, .guidance = 5, .temperature = 1, .seed = 1};
      int32_t id = 1;
      const Measured measured = measure(meter_, [&] {
        engine.truncate(context_input.sequence, context), engine.truncate(other, context);
        ops.copy_in(id_there.view().data, &id, sizeof id);
        model_->embed_drawn(row, id_there, codes, aligner);
        model_->draw_head().forward(ops, logits, engine.forward(inputs), head);
        engine.sample({&id, 1}, logits, {&sample, 1});
      });
      add("pair_step", model_->format(), 2, measured, language_cost(*model_, 2, context) + draw_head_cost(*model_, 2));
    }
  }

  void siglip() {
    const SiglipConfig& vision = model_->config().vision;
    const std::vector<float> pixels(size_t(3 * vision.image_size * vision.image_size), 0.25f);
    const auto encoded = model_->ops().tensor<float, 2>({vision.patches(), vision.width}),
               aligned = model_->ops().tensor<float, 2>({vision.patches(), model_->config().text.width});
    const View<const float, 4> picture(pixels.data(), {1, 3, vision.image_size, vision.image_size});
    add("siglip", model_->format(), vision.patches(), measure(meter_, [&] { model_->look(encoded, aligned, picture); }),
        look_cost(*model_));
  }

  // The convolutions are kept in f32 or bf16 whatever the dtype.
  Format vq_format() const { return model_->format() == Format::f32 ? Format::f32 : Format::bf16; }
  void vq_decode(const VqShape& vq) {
    const int64_t grid = model_->config().grid, side = grid * model_->vq().downscale();
    const std::vector<int32_t> ids(size_t(grid * grid), 1);
    std::vector<float> pixels(size_t(3 * side * side));
    const Measured measured = measure(meter_, [&] {
      model_->vq().decode(model_->ops(), View<float, 3>(pixels.data(), {3, side, side}), ids, grid, grid);
    });
    add("vq_decode", vq_format(), grid * grid, measured, vq_decode_cost(vq, grid, vq_format()));
  }
  void vq_encode(const VqShape& vq) {
    const int64_t side = model_->config().vision.image_size;
    const std::vector<float> pixels(size_t(3 * side * side), 0.25f);
    const Measured measured = measure(meter_, [&] {
      model_->vq().encode(model_->ops(), View<const float, 3>(pixels.data(), {3, side, side}));
    });
    add("vq_encode", Format::f32, model_->config().image_tokens, measured, vq_encode_cost(vq, side, Format::f32));  // f32 always
  }

  const Options& o_;
  const MachineMeter& meter_;
  std::string shape_;
  std::vector<std::string> only_;
  const Janus* model_ = nullptr;
  Json results_ = Json::array();
};

void check_phases(const std::string& only) {
  for (const std::string& name : split(only))
    if (std::find(std::begin(all_phases), std::end(all_phases), name) == std::end(all_phases))
      fail(Fault::arguments, "--only: there is no phase '", name.substr(0, 40),
           "'; there are pair_step, decode, prefill, siglip, vq_decode, vq_encode and load");
}

int run(const Options& o, const Command& command) {
  check_phases(o.only);
  if (!o.shape.empty() && command.given("--model"))
    fail(Fault::arguments, "--model and --shape were both given: measure one of them");
  std::vector<Format> formats;
  for (const std::string& name : split(o.common.dtype.empty() ? "bf16,q8,q4" : o.common.dtype))
    formats.push_back(format_from_name(name));
  std::optional<JanusConfig> shape;
  std::optional<ModelFolder> folder;
  if (!o.shape.empty())
    shape = janus_shape(o.shape);
  else
    folder = open_model(o.common);

  const auto ops = open_ops(o.common);
  say(o.common, "measuring the machine");
  const MachineMeter meter(o.common.threads);
  const Machine machine = meter.measure();
  if (!o.common.json) {
    char line[200];
    std::snprintf(line, sizeof line, "%s, %d threads, %s: reads %.1f GB/s, %.0f f32 GFLOP/s, %.0f bf16 GFLOP/s, %.0f int8 GOP/s",
                  machine.cpu.c_str(), machine.threads, machine.isa.c_str(), machine.read_gb_s, machine.f32_gflop_s,
                  machine.bf16_gflop_s, machine.int8_gop_s);
    print_line(line);
  }
  Bench bench(o, meter, shape ? shape->name : folder->name());
  JanusNeeds needs;
  needs.language = bench.wants("pair_step") || bench.wants("decode") || bench.wants("prefill") || bench.wants("load");
  needs.text_head = bench.wants("decode") || bench.wants("load");
  needs.draw = bench.wants("pair_step") || bench.wants("load"), needs.look = bench.wants("siglip") || bench.wants("load");
  needs.decode = bench.wants("vq_decode") || bench.wants("load"), needs.encode = bench.wants("vq_encode");
  for (const Format format : formats) {
    const double begin = seconds_now();
    std::unique_ptr<Janus> model;
    VqShape vq = vq16_shape();
    double stored = 0;  // bytes of the file
    if (shape) {
      Weights random = Weights::random(1);
      model = std::make_unique<Janus>(*ops, *shape, random, needs, format, vq);
    } else {
      model = std::make_unique<Janus>(*ops, *folder, needs, format);
    }
    const double seconds = seconds_now() - begin;
    if (folder) {
      const Weights file = folder->open_weights();
      if (needs.decode || needs.encode) vq = vq_shape_of(file, model->config().dialect, true);
      for (const Weights::Entry& entry : file.entries()) {
        double size = double(size_of(entry.dtype));
        for (const int64_t d : entry.shape) size *= double(d);
        stored += size;
      }
      if (bench.wants("load")) bench.load(format, seconds, stored);
    }
    bench.run(*model, vq);
  }
  if (o.common.json)
    print_json({{"machine",
                 {{"cpu", machine.cpu},
                  {"threads", machine.threads},
                  {"isa", machine.isa},
                  {"read_gb_s", machine.read_gb_s},
                  {"f32_gflop_s", machine.f32_gflop_s},
                  {"bf16_gflop_s", machine.bf16_gflop_s},
                  {"int8_gop_s", machine.int8_gop_s}}},
                {"results", bench.results()}});
  return 0;
}

}  // namespace

void add_bench(CommandLine& commands) {
  auto o = std::make_shared<Options>();
  Command c = commands.add("bench", "measure this machine and a model on it");
  c.text("--shape", o->shape, "NAME", "random weights of a published shape: janus-1.3b, janus-pro-1b or janus-pro-7b");
  c.text("--only", o->only, "LIST", "phases to measure: pair_step,decode,prefill,siglip,vq_decode,vq_encode,load");
  add_common(c, o->common, Output::people_or_json);
  c.footer(
      "--dtype takes a list here: bf16,q8,q4. A share is the floor over the time: the floor is what this machine needs at its\n"
      "best, measured just before and after the phase (last column: GB/s read), to read the bytes from memory once or to do\n"
      "the arithmetic, whichever takes longer; a model that fits the caches can reach more than 100 %.\n\n"
      "Examples:\n  bifrons bench --shape janus-pro-1b --dtype bf16,q8,q4 --only pair_step\n  bifrons bench --model "
      "~/models/Janus-Pro-1B --json");
  c.action([o, c] { return run(*o, c); });
}

}  // namespace bifrons
