// fusion/trace.cpp - see trace.h.
#include "fusion/trace.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "fusion/input_rows.h"
#include "kernels/core/error.h"
#include "language/engine.h"
#include "vision/preprocess.h"

namespace bifrons {

namespace {

constexpr int64_t most_decoded_side = 64;  // tokens: 1024 pixels at VQ-16, and about two gigabytes

class Tracer {
 public:
  Tracer(const Janus& model, const TraceRequest& request) : model_(model), ops_(model.ops()), request_(request) {}

  std::map<std::string, TracedTensor> run() {
    if (request_.has_prompt()) {
      prompt();
    } else if (!request_.images.empty()) {
      look();
    }
    if (request_.vq_decode) decode();
    if (request_.vq_encode) encode();
    check_all_there();
    return std::move(out_);
  }

 private:
  bool wants(const std::string& name) {
    offered_.insert(name);
    return request_.tensors.empty() ||
           std::find(request_.tensors.begin(), request_.tensors.end(), name) != request_.tensors.end();
  }
  // f32 rows from Ops memory, appended along the first dimension when the tensor is already there.
  void keep(const std::string& name, View<const float, 2> rows) {
    TracedTensor& tensor = out_[name];
    if (tensor.shape.empty()) tensor.shape = {0, rows.dim[1]};
    const size_t before = tensor.numbers.size(), width = size_t(rows.dim[1]);
    tensor.numbers.resize(before + size_t(rows.dim[0]) * width);
    for (int64_t r = 0; r < rows.dim[0]; ++r)
      ops_.copy_out(tensor.numbers.data() + before + size_t(r) * width, rows[r].data, width * sizeof(float));
    tensor.shape[0] += rows.dim[0];
  }
  void keep_ids(const std::string& name, std::span<const int32_t> ids) {
    if (!wants(name)) return;
    out_[name] = {{int64_t(ids.size())}, {}, {ids.begin(), ids.end()}, true};
  }

  std::vector<int32_t> prompt_ids() const {
    const int64_t images = int64_t(request_.images.size());
    if (request_.ids) return *request_.ids;
    if (request_.text) return model_.tokenizer().encode(*request_.text);
    const auto ids = request_.prompt ? published_ids(model_, *request_.prompt) : chat_ids(model_, *request_.chat, {});
    return expand_images(model_, ids, images);
  }

  void look() {
    std::vector<const Image*> images;
    for (const Image& image : request_.images) images.push_back(&image);
    Looked looked = look_at(model_, images);
    const SiglipConfig& vision = model_.config().vision;
    const int64_t count = int64_t(images.size()), size = vision.image_size;
    const auto keep_by_image = [&](const char* name, View<const float, 2> rows) {
      if (wants(name)) keep(name, rows), out_[name].shape = {count, vision.patches(), rows.dim[1]};
    };
    keep_by_image("vision", looked.vision), keep_by_image("aligned", looked.aligned);
    if (wants("pixels")) out_["pixels"] = {{count, 3, size, size}, std::move(looked.pixels), {}, false};
    aligned_ = std::move(looked.aligned);
  }

  void prompt();
  void copy_row(View<float, 2> to, View<const float, 2> from);
  void greedy(Engine& engine, Engine::Sequence sequence, View<const float, 2> last);
  void draw(Engine& engine, Engine::Sequence cond, std::span<const int32_t> ids, View<const float, 2> last);
  void decode();
  void encode();
  void check_all_there();

  const Janus& model_;
  const Ops& ops_;
  const TraceRequest& request_;
  std::map<std::string, TracedTensor> out_;
  std::set<std::string> offered_;
  Tensor<float, 2> aligned_;
};

void Tracer::prompt() {
  const std::vector<int32_t> ids = prompt_ids();
  if (ids.empty()) fail(Fault::arguments, "the prompt is empty: there are no rows to trace");
  const TransformerConfig& text = model_.config().text;
  const int64_t rows = int64_t(ids.size());
  const int64_t steps = request_.image_ids ? int64_t(request_.image_ids->size()) : request_.image_greedy;
  if (rows + std::max({request_.greedy - 1, steps - 1, int64_t(0)}) > text.max_positions)
    fail(Fault::limit, "the prompt of ", rows, " ids and what follows it need more than the model's ", text.max_positions,
         " positions");
  if (!request_.images.empty()) look();
  keep_ids("ids", ids);
  const Tensor<float, 2> embedded = input_rows(model_, ids, aligned_);

  constexpr int64_t page = 32;
  EngineOptions options;
  options.page_tokens = page, options.max_sequences = 4;
  options.cache_tokens = 3 * rows + request_.greedy + 2 * steps + 8 * page;
  Engine engine(ops_, model_.language(), model_.cache_format(), options);

  const auto stage_name = [&](int64_t stage) { return "hidden." + (stage > text.layers ? "final" : std::to_string(stage)); };
  bool any_hidden = false;
  for (int64_t stage = 0; stage <= text.layers + 1; ++stage) any_hidden |= wants(stage_name(stage));
  const HiddenProbe probe = [&](int64_t stage, View<const float, 2> hidden) {
    if (wants(stage_name(stage))) keep(stage_name(stage), hidden);
  };
  const bool all = wants("logits");
  const Engine::Sequence sequence = engine.create();
  const Engine::Input input{
      .sequence = sequence, .embeddings = embedded, .want = all ? Engine::Input::Want::all_rows : Engine::Input::Want::last_row};
  const View<const float, 2> hidden = engine.forward({&input, 1}, any_hidden ? &probe : nullptr);
  auto last = ops_.tensor<float, 2>({1, text.width});
  copy_row(last, hidden.slice(hidden.dim[0] - 1, 1));
  if (all)
    for (int64_t begin = 0; begin < rows; begin += 64)
      keep("logits", engine.text_logits(hidden.slice(begin, std::min<int64_t>(64, rows - begin))));

  if (request_.greedy > 0) {
    const Engine::Sequence branch = engine.fork(sequence);
    greedy(engine, branch, last);
    engine.release(branch);
  }
  if (request_.draws()) draw(engine, sequence, ids, last);
}

void Tracer::copy_row(View<float, 2> to, View<const float, 2> from) {
  std::vector<float> row(size_t(from.dim[1]));
  ops_.copy_out(row.data(), from.data, row.size() * sizeof(float));
  ops_.copy_in(to.data, row.data(), row.size() * sizeof(float));
}

void Tracer::greedy(Engine& engine, Engine::Sequence sequence, View<const float, 2> last) {
  std::vector<int32_t> ids;
  const Sample arg_max{};
  while (true) {
    ids.push_back(engine.sample(engine.text_logits(last), {&arg_max, 1})[0]);
    if (int64_t(ids.size()) == request_.greedy) break;
    const Engine::Input next{.sequence = sequence, .ids = {&ids.back(), 1}};
    last = engine.forward({&next, 1});
  }
  keep_ids("greedy", ids);
}

void Tracer::draw(Engine& engine, Engine::Sequence cond, std::span<const int32_t> ids, View<const float, 2> last) {
  const JanusConfig& config = model_.config();
  const float guidance = request_.guidance.value_or(5.0f);
  const bool pair = guidance != 1;
  const int64_t halves = pair ? 2 : 1, steps = request_.image_ids ? int64_t(request_.image_ids->size()) : request_.image_greedy;

  if (request_.image_ids)
    for (const int32_t id : *request_.image_ids)
      if (id < 0 || id >= config.codes)
        fail(Fault::arguments, "--image-ids holds ", id, ", outside the ", config.codes, " ids of the codebook");

  auto hidden = ops_.tensor<float, 2>({halves, config.text.width});
  copy_row(hidden.view().slice(0, 1), last);
  Engine::Sequence uncond = -1;
  if (pair) {
    const auto row = unconditional_ids(ids, model_.require(model_.tokens().pad, config.strings.pad, "guidance"));
    uncond = engine.create();
    const Engine::Input input{.sequence = uncond, .ids = row};
    copy_row(hidden.view().slice(1, 1), engine.forward({&input, 1}));
  }
  const Projector::Scratch head_scratch(ops_, model_.draw_head(), halves), aligner_scratch(ops_, model_.draw_aligner(), 1);
  const auto logits = ops_.tensor<float, 2>({halves, config.codes}), guided = ops_.tensor<float, 2>({1, config.codes});
  const auto embedded = ops_.tensor<float, 2>({1, config.text.width}), codes = ops_.tensor<float, 2>({1, config.code_channels});
  const auto id_there = ops_.tensor<int32_t, 1>({1});
  std::vector<int32_t> drawn;
  View<const float, 2> now = hidden;
  for (int64_t step = 0; step < steps; ++step) {
    model_.draw_head().forward(ops_, logits, now, head_scratch);
    std::vector<float> both(size_t(halves * config.codes));
    ops_.copy_out(both.data(), logits.view().data, both.size() * sizeof(float));
    const size_t n = size_t(config.codes);
    std::vector<float> mixed(both.begin(), both.begin() + int64_t(n));
    if (pair)
      for (size_t i = 0; i < n; ++i) mixed[i] = both[n + i] + guidance * (both[i] - both[n + i]);
    ops_.copy_in(guided.view().data, mixed.data(), n * sizeof(float));
    if (wants("image_logits.cond")) keep("image_logits.cond", logits.view().slice(0, 1));
    if (pair && wants("image_logits.uncond")) keep("image_logits.uncond", logits.view().slice(1, 1));
    if (wants("image_logits.guided")) keep("image_logits.guided", guided);

    int32_t id = 0;
    if (request_.image_ids) {
      id = (*request_.image_ids)[size_t(step)];
    } else {
      const Sample arg_max{.cond = 0, .uncond = pair ? 1 : -1, .guidance = guidance};
      id = engine.sample(logits, {&arg_max, 1})[0];
      drawn.push_back(id);
    }
    if (step + 1 == steps) break;  // the last id is not fed
    ops_.copy_in(id_there.view().data, &id, sizeof id);
    model_.embed_drawn(embedded, id_there, codes, aligner_scratch);
    const std::array<Engine::Input, 2> inputs{
        {{.sequence = cond, .embeddings = embedded}, {.sequence = uncond, .embeddings = embedded}}};
    now = engine.forward({inputs.data(), size_t(halves)});
  }
  if (!request_.image_ids) keep_ids("image_greedy", drawn);
}

void Tracer::decode() {
  const VqTokenizer& vq = model_.vq();
  const auto& ids = *request_.vq_decode;
  const int64_t side = int64_t(std::llround(std::sqrt(double(ids.size()))));
  if (ids.empty() || side * side != int64_t(ids.size()))
    fail(Fault::arguments, "--vq-decode holds ", ids.size(), " ids, which make no square; this model draws ",
         model_.config().grid, "x", model_.config().grid);
  if (const int64_t most = std::max(model_.config().grid, most_decoded_side); side > most)
    fail(Fault::limit, "--vq-decode holds ", ids.size(), " ids, a square of ", side, "x", side, "; at most ", most, "x", most,
         " are decoded");
  const int64_t pixels = side * vq.downscale();
  std::vector<float> out(size_t(3 * pixels * pixels));
  vq.decode(ops_, View<float, 3>(out.data(), {3, pixels, pixels}), ids, side, side);
  if (wants("vq.pixels")) out_["vq.pixels"] = {{3, pixels, pixels}, std::move(out), {}, false};
}

void Tracer::encode() {
  const int64_t size = model_.config().vision.image_size;
  std::vector<float> pixels(size_t(3 * size * size));
  preprocess_for_vq(View<float, 3>(pixels.data(), {3, size, size}), *request_.vq_encode, size);
  VqTokenizer::Encoded encoded =
      model_.vq().encode(ops_, View<const float, 3>(pixels.data(), {3, size, size}), request_.vq_rule.value_or(VqRule::original));
  if (wants("vq.latent"))
    out_["vq.latent"] = {{encoded.channels, encoded.height, encoded.width}, std::move(encoded.latent), {}, false};
  keep_ids("vq.ids", encoded.ids);
}

void Tracer::check_all_there() {
  for (const std::string& name : request_.tensors) {
    if (out_.count(name)) continue;
    std::string offered;
    for (const std::string& o : offered_) offered += (offered.empty() ? "" : ", ") + o;
    fail(Fault::arguments, "--tensors asks for '", name.substr(0, 60), "', which this trace does not make; it makes ", offered);
  }
}

}  // namespace

JanusNeeds trace_needs(const TraceRequest& r) {
  const auto refuse = [](auto... parts) { fail(Fault::arguments, parts...); };
  if (int(r.ids.has_value()) + int(r.text.has_value()) + int(r.prompt.has_value()) + int(r.chat.has_value()) > 1)
    refuse("--ids, --ids-file, --text, --prompt and --chat are each a whole prompt: give one of them");
  if (r.image_ids && r.image_greedy > 0) refuse("--image-ids forces the ids that --image-greedy would choose: give one of them");
  if (r.image_ids && r.image_ids->empty()) refuse("--image-ids holds no ids: there is no step to trace");
  if (!r.has_prompt()) {
    if (r.greedy > 0) refuse("--greedy continues a prompt, and none was given: add --ids, --text, --prompt or --chat");
    if (r.draws()) refuse("drawing starts from a prompt, and none was given: add --ids or --prompt");
    if (r.images.empty() && !r.vq_decode && !r.vq_encode)
      refuse("there is nothing to trace: give a prompt (--ids, --text, --prompt, --chat), --image, --vq-decode or --vq-encode");
  }
  if (r.text && !r.images.empty())
    refuse("--text adds no placeholder for a picture: use --prompt or --chat, or --ids with placeholders");
  if (r.guidance && !r.draws()) refuse("--guidance weighs a drawing: add --image-ids or --image-greedy");
  if (r.vq_rule && !r.vq_encode) refuse("--vq-rule says how a picture is encoded: add --vq-encode");
  return {.look = !r.images.empty(),
          .language = r.has_prompt(),
          .text_head = r.has_prompt(),
          .draw = r.draws(),
          .decode = r.vq_decode.has_value(),
          .encode = r.vq_encode.has_value()};
}

std::map<std::string, TracedTensor> trace(const Janus& model, const TraceRequest& request) {
  trace_needs(request);
  return Tracer(model, request).run();
}

}  // namespace bifrons
