// fusion/draw.cpp - see draw.h. Spec: janus.md 7.
#include "fusion/draw.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <unistd.h>

#include "fusion/prompt.h"
#include "kernels/core/error.h"
#include "vision/preprocess.h"

namespace bifrons {

namespace {
constexpr int64_t page_tokens = 32;
constexpr int64_t most_together = 64;  // pictures of one group: beyond, a pass is bound by arithmetic and gains nothing

int64_t pages_for(int64_t tokens) { return (tokens + page_tokens - 1) / page_tokens; }
// Pages that one picture adds to its prompt's, for one half: its own tokens, and the shared last page it copies.
int64_t own_pages(int64_t steps) { return pages_for(steps) + 1; }

// Decoded pixels as a picture. A damaged decoder gives what is no number, and that would come out black and pass for a drawing.
Image finite_image(const std::vector<float>& pixels, int64_t height, int64_t width, const std::string& model) {
  if (!std::all_of(pixels.begin(), pixels.end(), [](float value) { return std::isfinite(value); }))
    fail(Fault::other, model,
         ": its drawing holds pixels that are not a number: the weights are damaged or overflow this format; ", "try f32");
  return to_image(View<const float, 3>(pixels.data(), {3, height, width}));
}
}  // namespace

// One group's sequences and memory: everything a step needs exists before the first.
struct Drawer::Group {
  const Janus& model;
  const Ops& ops;
  int64_t pictures, halves;                         // a guided picture has two sequences
  std::map<std::vector<int32_t>, int32_t> prompts;  // distinct ones -> which
  std::map<int64_t, int32_t> lengths;               // of unconditional rows -> which
  std::unique_ptr<Engine> engine;
  Tensor<float, 2> codes, rows, logits;
  Tensor<int32_t, 1> ids_there;
  Projector::Scratch aligner_scratch, head_scratch;
  std::vector<Sample> samples;
  std::vector<Engine::Input> inputs;
  std::vector<int32_t> drawn;

  Group(const Janus& m, std::span<const DrawRequest> requests, const DrawSettings& settings)
      : model(m), ops(m.ops()), pictures(int64_t(requests.size())), halves(settings.guidance == 1 ? 1 : 2) {
    const JanusConfig& config = model.config();
    for (const DrawRequest& request : requests) {
      prompts.emplace(request.prompt, int32_t(prompts.size()));
      lengths.emplace(int64_t(request.prompt.size()), int32_t(lengths.size()));
    }
    int64_t pages = pictures * halves * own_pages(config.image_tokens);
    for (const auto& [prompt, which] : prompts) pages += pages_for(int64_t(prompt.size()));
    if (halves == 2)
      for (const auto& [length, which] : lengths) pages += pages_for(length);
    EngineOptions options;
    options.page_tokens = page_tokens, options.cache_tokens = pages * page_tokens;
    options.max_sequences = pictures * halves + int64_t(prompts.size() + lengths.size());
    options.batch_rows = std::max<int64_t>(pictures * halves, 256);
    engine = std::make_unique<Engine>(ops, model.language(), model.cache_format(), options);

    const int64_t distinct = int64_t(prompts.size() + lengths.size()), most_rows = std::max(pictures * halves, distinct);
    codes = ops.tensor<float, 2>({pictures, config.code_channels});
    rows = ops.tensor<float, 2>({pictures, config.text.width});
    logits = ops.tensor<float, 2>({most_rows, config.codes});
    ids_there = ops.tensor<int32_t, 1>({pictures});
    aligner_scratch = Projector::Scratch(ops, model.draw_aligner(), pictures);
    head_scratch = Projector::Scratch(ops, model.draw_head(), most_rows);
    samples.resize(size_t(pictures));
    inputs.resize(size_t(pictures * halves));
    drawn.resize(size_t(pictures));
  }

  View<const float, 2> image_logits(View<const float, 2> hidden) {
    const View<float, 2> out = logits.view().slice(0, hidden.dim[0]);
    model.draw_head().forward(ops, out, hidden, head_scratch);
    return out;
  }
};

Drawer::Drawer(const Janus& model, size_t cache_bytes) : model_(model), cache_bytes_(cache_bytes) {
  if (cache_bytes_ == 0) cache_bytes_ = size_t(sysconf(_SC_PHYS_PAGES)) / 8 * size_t(sysconf(_SC_PAGESIZE));
  if (model.config().grid == 0)
    fail(Fault::unreadable, model.config().name, ": draws ", model.config().image_tokens,
         " image tokens, which make no square picture");
}

int64_t Drawer::group_size(int64_t prompt_tokens, bool guided) const {
  const int64_t halves = guided ? 2 : 1, page_bytes = page_tokens * model_.cache_bytes_per_token();
  const int64_t prompt_pages = halves * pages_for(prompt_tokens),
                each = halves * own_pages(model_.config().image_tokens) + prompt_pages;
  return std::clamp<int64_t>(int64_t(cache_bytes_) / page_bytes / each, 1, most_together);
}

std::vector<std::vector<int32_t>> Drawer::draw(std::span<const DrawRequest> requests, const DrawSettings& settings,
                                               const std::function<bool(const DrawStep&)>& on_step) {
  const JanusConfig& config = model_.config();
  int64_t longest = 0;
  for (const DrawRequest& request : requests) {
    const int64_t length = int64_t(request.prompt.size());
    if (length < 2) fail(Fault::arguments, "a drawing's prompt needs at least a begin-of-sequence and a begin-of-image token");
    if (length + config.image_tokens - 1 > config.text.max_positions)
      fail(Fault::limit, "the prompt has ", length, " tokens, but with ", config.image_tokens,
           " image tokens to come this model takes at most ", config.text.max_positions - config.image_tokens + 1,
           ": shorten it");
    longest = std::max(longest, length);
  }
  std::vector<std::vector<int32_t>> ids(requests.size());
  const int64_t group = group_size(longest, settings.guidance != 1), count = int64_t(requests.size());
  for (int64_t first = 0; first < count; first += group)
    draw_group(requests.subspan(size_t(first), size_t(std::min(group, count - first))), first, settings, ids, on_step);
  return ids;
}

void Drawer::draw_group(std::span<const DrawRequest> requests, int64_t first, const DrawSettings& settings,
                        std::vector<std::vector<int32_t>>& ids, const std::function<bool(const DrawStep&)>& on_step) {
  const JanusConfig& config = model_.config();
  Group g(model_, requests, settings);
  Engine& engine = *g.engine;
  const bool guided = g.halves == 2;

  // ---- every distinct prompt and every unconditional row, once, in one pass
  const size_t distinct = g.prompts.size();
  std::vector<std::vector<int32_t>> prefixes(distinct);
  for (const auto& [prompt, which] : g.prompts) prefixes[size_t(which)] = prompt;
  if (guided) {
    const int32_t pad = model_.require(model_.tokens().pad, config.strings.pad, "guidance");
    prefixes.resize(distinct + g.lengths.size());
    for (const auto& [prompt, which] : g.prompts) {
      auto& row = prefixes[distinct + size_t(g.lengths.at(int64_t(prompt.size())))];
      if (row.empty()) row = unconditional_ids(prompt, pad);
    }
  }
  std::vector<Engine::Sequence> sequences;
  std::vector<Engine::Input> prefill;
  for (const auto& prefix : prefixes) {
    sequences.push_back(engine.create());
    prefill.push_back({.sequence = sequences.back(), .ids = prefix});
  }
  View<const float, 2> hidden = engine.forward(prefill);

  for (int64_t i = 0; i < g.pictures; ++i) {
    const DrawRequest& request = requests[size_t(i)];
    const int32_t cond = g.prompts.at(request.prompt), uncond = int32_t(distinct) + g.lengths.at(int64_t(request.prompt.size()));
    g.samples[size_t(i)] = {.cond = cond,
                            .uncond = guided ? uncond : -1,
                            .guidance = settings.guidance,
                            .temperature = settings.temperature,
                            .top_p = settings.top_p,
                            .top_k = settings.top_k,
                            .seed = request.seed};
    g.inputs[size_t(i)] = {.sequence = engine.fork(sequences[size_t(cond)]), .embeddings = g.rows.view().slice(i, 1)};
    if (guided)
      g.inputs[size_t(g.pictures + i)] = {.sequence = engine.fork(sequences[size_t(uncond)]),
                                          .embeddings = g.rows.view().slice(i, 1)};
    ids[size_t(first + i)].reserve(size_t(config.image_tokens));
  }
  for (const Engine::Sequence sequence : sequences) engine.release(sequence);  // their pages live on in the forks

  // ---- the picture's tokens: every pair is two rows of the same pass
  for (int64_t step = 0;; ++step) {
    for (Sample& sample : g.samples) sample.position = uint32_t(step);
    engine.sample(g.drawn, g.image_logits(hidden), g.samples);
    for (int64_t i = 0; i < g.pictures; ++i) ids[size_t(first + i)].push_back(g.drawn[size_t(i)]);
    if (on_step && !on_step({step + 1, config.image_tokens, first, g.pictures, ids})) throw Cancelled();
    if (step + 1 == config.image_tokens) break;  // the last id is not fed
    g.ops.copy_in(g.ids_there.view().data, g.drawn.data(), g.drawn.size() * sizeof(int32_t));
    model_.embed_drawn(g.rows, g.ids_there, g.codes, g.aligner_scratch);
    hidden = engine.forward(g.inputs);
    if (step == 0)
      for (int64_t i = 0; i < g.pictures; ++i)
        g.samples[size_t(i)].cond = int32_t(i), g.samples[size_t(i)].uncond = guided ? int32_t(g.pictures + i) : -1;
  }
}

Image Drawer::picture(std::span<const int32_t> ids, const std::function<void(double fraction)>& progress) const {
  const int64_t grid = model_.config().grid, side = grid * model_.vq().downscale();
  if (int64_t(ids.size()) != grid * grid) fail(Fault::arguments, "a picture has ", grid * grid, " ids, not ", ids.size());
  std::vector<float> pixels(size_t(3 * side * side));
  model_.vq().decode(model_.ops(), View<float, 3>(pixels.data(), {3, side, side}), ids, grid, grid, progress);
  return finite_image(pixels, side, side, model_.config().name);
}

Image Drawer::preview(std::span<const int32_t> ids_so_far) const {
  const int64_t grid = model_.config().grid, scale = model_.vq().downscale(), rows = int64_t(ids_so_far.size()) / grid,
                side = grid * scale;
  Image image(side, side);
  std::fill(image.rgb.begin(), image.rgb.end(), uint8_t(127));
  if (rows == 0) return image;
  std::vector<float> pixels(size_t(3 * rows * scale * side));
  model_.vq().decode(model_.ops(), View<float, 3>(pixels.data(), {3, rows * scale, side}), ids_so_far.first(size_t(rows * grid)),
                     rows, grid);
  const Image part = finite_image(pixels, rows * scale, side, model_.config().name);
  std::copy(part.rgb.begin(), part.rgb.end(), image.rgb.begin());
  return image;
}

}  // namespace bifrons
