// language/engine.cpp - cuts inputs into passes over the weights, describes each pass to the kernels in one upload, and
// keeps the promise of engine.h that a throw changes no sequence.
#include "language/engine.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "language/kv_pages.h"

namespace bifrons {
namespace {

// A tensor that is replaced by a larger one when asked for more; what it held is lost then.
template <class T, int Rank>
void grow(const Ops& ops, Tensor<T, Rank>& tensor, std::array<int64_t, Rank> dims) {
  if (tensor.dim(0) < dims[0]) tensor = ops.tensor<T, Rank>(dims);
}

KvPages::Limits limits_of(const TransformerConfig& model, const EngineOptions& options) {
  const auto within = [](int64_t value, int64_t least, int64_t most, const char* what) {
    if (value < least || value > most) fail(Fault::arguments, "engine: ", what, " is ", value, ", must be ", least, " to ", most);
  };
  within(options.page_tokens, 1, 1 << 20, "page_tokens");
  within(options.batch_rows, 1, 1 << 20, "batch_rows");
  within(options.max_sequences, 1, 1 << 16, "max_sequences");
  within(options.cache_tokens, 0, std::numeric_limits<int32_t>::max(), "cache_tokens");
  const int64_t tokens = options.cache_tokens > 0 ? options.cache_tokens : model.max_positions;
  return {.pages = (tokens + options.page_tokens - 1) / options.page_tokens,
          .page_tokens = options.page_tokens,
          .sequences = options.max_sequences,
          .positions = model.max_positions};
}

void check_sample(const Sample& s, int64_t rows, int64_t history) {
  const auto must = [](bool good, const char* what, auto value, const char* be) {
    if (!good) fail(Fault::arguments, "sampling: ", what, " is ", value, ", must be ", be);
  };
  if (s.cond < 0 || s.cond >= rows || s.uncond < -1 || s.uncond >= rows)
    fail(Fault::arguments, "sampling: rows ", s.cond, " and ", s.uncond, " were asked for, the logits have ", rows);
  if (s.history_begin < 0 || s.history_end < s.history_begin || s.history_end > history)
    fail(Fault::arguments, "sampling: history ", s.history_begin, " to ", s.history_end, " was asked for, it has ", history,
         " ids");
  must(std::isfinite(s.guidance), "guidance", s.guidance, "a number");
  must(s.temperature >= 0 && std::isfinite(s.temperature), "temperature", s.temperature, "a number from 0 up");
  must(s.top_p > 0 && s.top_p <= 1, "top_p", s.top_p, "above 0 and at most 1");
  must(s.top_k >= 0, "top_k", s.top_k, "0 (all) or more");
  must(s.repetition_penalty > 0 && std::isfinite(s.repetition_penalty), "repetition_penalty", s.repetition_penalty,
       "a number above 0");
}

}  // namespace

struct Engine::State {
  // Rows [begin, begin + rows) of one input, as one pass sees them.
  struct Piece {
    int64_t input = 0, begin = 0, rows = 0;
  };
  // What a pass tells the kernels, side by side in one upload. Each list starts on a cache line.
  struct Layout {
    int64_t ids = 0, positions = 0, sequence = 0, wanted = 0, row_begin = 0, page_table = 0, end = 0;
  };

  const Ops& ops;
  const Transformer& model;
  EngineOptions options;
  KvPages pages;
  std::unique_ptr<KvStore> store;
  int64_t batch_rows;       // of one pass
  int64_t batch_sequences;  // of one pass
  Transformer::Scratch scratch;
  Tensor<float, 2> x;              // [batch rows, width] the residual stream of one pass
  Tensor<int32_t, 1> counting;     // 0, 1, 2, ...: which rows of embeddings a gather takes
  Tensor<float, 2> hidden;         // [wanted rows, width] results; grows
  Tensor<float, 2> logits;         // [rows, vocabulary]; grows
  std::vector<int32_t> described;  // a pass's description, host side; sized once
  Tensor<int32_t, 1> description;  //   and where the kernels read it
  std::vector<Piece> pieces;
  std::vector<KvPages::Growth> growths;
  std::vector<Sequence> mentioned;
  Tensor<Sample, 1> samples;
  Tensor<int32_t, 1> history, drawn;

  State(const Ops& o, const Transformer& m, Format cache_format, const EngineOptions& opt);

  Layout layout(int64_t rows, int64_t sequences, int64_t table_width) const;
  int64_t rows_of(const Input& input) const { return input.ids.empty() ? input.embeddings.dim[0] : int64_t(input.ids.size()); }
  int64_t check(std::span<const Input> inputs);
  int64_t run(std::span<const Input> inputs, int64_t results, const HiddenProbe* probe);
  void fill(View<float, 2> rows, std::span<const Input> inputs, View<const int32_t, 1> ids);
};

Engine::State::State(const Ops& o, const Transformer& m, Format cache_format, const EngineOptions& opt)
    : ops(o),
      model(m),
      options(opt),
      pages(limits_of(m.config(), opt)),
      batch_rows(std::min(opt.batch_rows, pages.limits().pages * pages.limits().page_tokens)),
      batch_sequences(std::min(batch_rows, opt.max_sequences)),
      scratch(o, m.config(), batch_rows),
      x(o.tensor<float, 2>({batch_rows, m.config().width})),
      counting(o.tensor<int32_t, 1>({batch_rows})),
      hidden(o.tensor<float, 2>({opt.max_sequences, m.config().width})) {
  if (cache_format != Format::f32 && cache_format != Format::bf16)
    fail(Fault::arguments, "KV cache: the format ", name_of(cache_format), " is for weights, the cache is f32 or bf16");
  const TransformerConfig& c = m.config();
  const KvPages::Limits& limits = pages.limits();
  store = o.make_kv_store({.layers = c.layers,
                           .pages = limits.pages,
                           .page_tokens = limits.page_tokens,
                           .kv_heads = c.kv_heads,
                           .head_dim = c.head_dim},
                          cache_format);
  const int64_t widest = std::min(limits.pages, (limits.positions + limits.page_tokens - 1) / limits.page_tokens);
  described.resize(size_t(layout(batch_rows, batch_sequences, widest).end));
  description = o.tensor<int32_t, 1>({int64_t(described.size())});
  std::vector<int32_t> numbers(static_cast<size_t>(batch_rows));
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = int32_t(i);
  o.copy_in(counting.view().data, numbers.data(), numbers.size() * sizeof(int32_t));
  pieces.reserve(size_t(batch_sequences));
  growths.reserve(size_t(opt.max_sequences));
  mentioned.reserve(size_t(opt.max_sequences));
}

Engine::State::Layout Engine::State::layout(int64_t rows, int64_t sequences, int64_t table_width) const {
  const auto after = [](int64_t begin, int64_t count) { return (begin + count + 15) / 16 * 16; };
  Layout at;
  at.positions = after(at.ids, rows);
  at.sequence = after(at.positions, rows);
  at.wanted = after(at.sequence, rows);
  at.row_begin = after(at.wanted, rows);
  at.page_table = after(at.row_begin, sequences + 1);
  at.end = after(at.page_table, sequences * table_width);
  return at;
}

// Everything that can be wrong with inputs, before any work. Returns how many hidden rows are asked for.
int64_t Engine::State::check(std::span<const Input> inputs) {
  if (inputs.empty()) fail(Fault::arguments, "engine: no inputs were given");
  growths.clear(), mentioned.clear();
  int64_t wanted = 0;
  if (int64_t(inputs.size()) > options.max_sequences)  // the lists below were sized for distinct sequences
    fail(Fault::arguments, "engine: ", inputs.size(), " inputs, but at most ", options.max_sequences, " sequences can be alive");
  for (const Input& input : inputs) {
    const int64_t rows = rows_of(input), length = pages.length(input.sequence);
    if (rows < 1) fail(Fault::arguments, "engine: the input for sequence ", input.sequence, " has neither ids nor embeddings");
    if (input.ids.empty()) {
      if (input.embeddings.dim[1] != model.config().width)
        fail(Fault::arguments, "engine: embeddings for sequence ", input.sequence, " are ", shape_text(input.embeddings.dim),
             ", the model's width is ", model.config().width);
    } else if (input.embeddings.data != nullptr) {
      fail(Fault::arguments, "engine: the input for sequence ", input.sequence, " has both ids and embeddings");
    }
    for (size_t i = 0; i < input.ids.size(); ++i)
      if (input.ids[i] < 0 || input.ids[i] >= model.config().vocabulary)
        fail(Fault::arguments, "engine: token id ", input.ids[i], " (row ", i, " of sequence ", input.sequence, ", position ",
             length + int64_t(i), ") is outside the vocabulary of ", model.config().vocabulary);
    growths.push_back({input.sequence, rows});
    mentioned.push_back(input.sequence);
    if (input.want == Input::Want::all_rows) wanted += rows;
    if (input.want == Input::Want::last_row) wanted += 1;
  }
  std::sort(mentioned.begin(), mentioned.end());
  if (const auto twice = std::adjacent_find(mentioned.begin(), mentioned.end()); twice != mentioned.end())
    fail(Fault::arguments, "engine: sequence ", *twice, " occurs twice in one forward: join its rows into one input");
  pages.check(growths);
  return wanted;
}

// Token embeddings, or rows made elsewhere, of the pieces of one pass. Neighbouring inputs with ids are one lookup.
void Engine::State::fill(View<float, 2> rows, std::span<const Input> inputs, View<const int32_t, 1> ids) {
  int64_t row = 0, pending = 0;  // ids before `row` not looked up yet
  const auto look_up = [&] {
    if (pending > 0) model.embed(ops, rows.slice(row - pending, pending), ids.slice(row - pending, pending));
    pending = 0;
  };
  for (const Piece& piece : pieces) {
    const Input& input = inputs[size_t(piece.input)];
    if (input.ids.empty()) {
      look_up();
      ops.gather_rows(rows.slice(row, piece.rows), input.embeddings.slice(piece.begin, piece.rows),
                      counting.view().slice(0, piece.rows));
    } else {
      pending += piece.rows;
    }
    row += piece.rows;
  }
  look_up();
}

// One pass over the weights for `pieces`. The rows asked for go to hidden, from row `results` on; returns how many.
int64_t Engine::State::run(std::span<const Input> inputs, int64_t results, const HiddenProbe* probe) {
  int64_t rows = 0, longest = 0;
  for (const Piece& piece : pieces) {
    rows += piece.rows;
    longest = std::max(longest, pages.length(inputs[size_t(piece.input)].sequence) + piece.begin + piece.rows);
  }
  const int64_t page_tokens = pages.limits().page_tokens, sequences = int64_t(pieces.size()),
                table_width = (longest + page_tokens - 1) / page_tokens;
  const Layout at = layout(rows, sequences, table_width);
  int64_t row = 0, wanted = 0;
  for (int64_t s = 0; s < sequences; ++s) {
    const Piece& piece = pieces[size_t(s)];
    const Input& input = inputs[size_t(piece.input)];
    const int64_t first = pages.length(input.sequence) + piece.begin;  // position
    int32_t* const host = described.data();
    if (!input.ids.empty()) std::copy_n(input.ids.data() + piece.begin, piece.rows, host + at.ids + row);
    for (int64_t i = 0; i < piece.rows; ++i) {
      host[at.positions + row + i] = int32_t(first + i);
      host[at.sequence + row + i] = int32_t(s);
      const bool last = piece.begin + i + 1 == rows_of(input);
      if (input.want == Input::Want::all_rows || (input.want == Input::Want::last_row && last))
        host[at.wanted + wanted++] = int32_t(row + i);
    }
    host[at.row_begin + s] = int32_t(row);
    const auto list = pages.pages(input.sequence);
    const int64_t listed = std::min(table_width, int64_t(list.size()));
    int32_t* const table = std::copy_n(list.data(), listed, host + at.page_table + s * table_width);
    std::fill_n(table, table_width - listed, 0);
    row += piece.rows;
  }
  described[size_t(at.row_begin + sequences)] = int32_t(rows);
  int32_t* const there = description.view().data;
  ops.copy_in(there, described.data(), size_t(at.end) * sizeof(int32_t));

  using Ids = View<const int32_t, 1>;
  const Batch batch{.row_begin = Ids(there + at.row_begin, {sequences + 1}),
                    .positions = Ids(there + at.positions, {rows}),
                    .sequence = Ids(there + at.sequence, {rows}),
                    .page_table = View<const int32_t, 2>(there + at.page_table, {sequences, table_width}),
                    .longest = longest};
  const auto stream = x.view().slice(0, rows);
  fill(stream, inputs, Ids(there + at.ids, {rows}));
  model.forward(ops, stream, *store, batch, scratch, probe);
  if (probe) {  // it wants every row after the final norm, too
    model.final_norm(ops, stream);
    (*probe)(model.config().layers + 1, stream);
  }
  if (wanted > 0) {
    const auto asked = hidden.view().slice(results, wanted);
    ops.gather_rows(asked, stream, Ids(there + at.wanted, {wanted}));
    if (!probe) model.final_norm(ops, asked);
  }
  return wanted;
}

Engine::Engine(const Ops& ops, const Transformer& model, Format cache_format, const EngineOptions& options)
    : state_(std::make_unique<State>(ops, model, cache_format, options)) {}
Engine::~Engine() = default;

Engine::Sequence Engine::create() { return state_->pages.create(); }
Engine::Sequence Engine::fork(Sequence from) { return state_->pages.fork(from); }
void Engine::truncate(Sequence sequence, int64_t length) { state_->pages.truncate(sequence, length); }
void Engine::release(Sequence sequence) { state_->pages.release(sequence); }
int64_t Engine::length(Sequence sequence) const { return state_->pages.length(sequence); }
int64_t Engine::room(Sequence sequence) const { return state_->pages.room(sequence); }
int64_t Engine::free_tokens() const { return state_->pages.free_pages() * state_->pages.limits().page_tokens; }
int64_t Engine::pages_used() const { return state_->pages.pages_used(); }
const Ops& Engine::ops() const { return state_->ops; }
const Transformer& Engine::model() const { return state_->model; }
size_t Engine::cache_bytes() const { return state_->store->bytes; }

View<const float, 2> Engine::forward(std::span<const Input> inputs, const HiddenProbe* probe) {
  State& s = *state_;
  const int64_t wanted = s.check(inputs), width = s.model.config().width;
  grow(s.ops, s.hidden, {wanted, width});
  try {
    for (const KvPages::Growth& g : s.growths)
      s.pages.reserve(g.sequence, g.rows,
                      [&s](int32_t from, int32_t to, int64_t tokens) { s.ops.copy_page(*s.store, from, to, tokens); });
    int64_t results = 0, free = s.batch_rows;
    s.pieces.clear();
    const auto pass = [&] {
      results += s.run(inputs, results, probe);
      s.pieces.clear(), free = s.batch_rows;
    };
    for (size_t i = 0; i < inputs.size(); ++i)
      for (int64_t begin = 0, rows = s.rows_of(inputs[i]); begin < rows;) {
        const int64_t taken = std::min(rows - begin, free);
        s.pieces.push_back({int64_t(i), begin, taken});
        begin += taken, free -= taken;
        if (free == 0) pass();
      }
    if (!s.pieces.empty()) pass();
  } catch (...) {
    for (const KvPages::Growth& g : s.growths) s.pages.truncate(g.sequence, s.pages.length(g.sequence));
    throw;
  }
  for (const KvPages::Growth& g : s.growths) s.pages.commit(g.sequence, g.rows);
  return s.hidden.view().slice(0, wanted);
}

View<const float, 2> Engine::text_logits(View<const float, 2> hidden) {
  State& s = *state_;
  if (hidden.dim[0] < 1 || hidden.dim[1] != s.model.config().width)
    fail(Fault::arguments, "engine: text logits of ", shape_text(hidden.dim),
         " hidden rows were asked for, the model's width is ", s.model.config().width);
  grow(s.ops, s.logits, {hidden.dim[0], s.model.config().vocabulary});
  const auto logits = s.logits.view().slice(0, hidden.dim[0]);
  s.model.text_logits(s.ops, logits, hidden);
  return logits;
}

void Engine::sample(std::span<int32_t> ids, View<const float, 2> logits, std::span<const Sample> samples,
                    std::span<const int32_t> history) {
  State& s = *state_;
  if (ids.size() != samples.size())
    fail(Fault::arguments, "sampling: room for ", ids.size(), " ids, but ", samples.size(), " samples");
  for (const Sample& one : samples) check_sample(one, logits.dim[0], int64_t(history.size()));
  for (int32_t id : history)
    if (id < 0 || id >= logits.dim[1])
      fail(Fault::arguments, "sampling: id ", id, " in the history is outside the ", logits.dim[1], " classes");
  if (samples.empty()) return;
  const int64_t count = int64_t(samples.size()), remembered = int64_t(history.size());
  grow(s.ops, s.samples, {count}), grow(s.ops, s.drawn, {count});
  // A history grows by one id per step: room for twice as many, so that steps do not allocate.
  if (s.history.dim(0) < remembered) grow(s.ops, s.history, {std::max<int64_t>(1024, 2 * remembered)});
  s.ops.copy_in(s.samples.view().data, samples.data(), samples.size_bytes());
  if (remembered > 0) s.ops.copy_in(s.history.view().data, history.data(), history.size_bytes());
  const auto drawn = s.drawn.view().slice(0, count);
  s.ops.sample(drawn, logits, s.samples.view().slice(0, count), s.history.view().slice(0, remembered));
  s.ops.copy_out(ids.data(), drawn.data, ids.size_bytes());
}

std::vector<int32_t> Engine::sample(View<const float, 2> logits, std::span<const Sample> samples,
                                    std::span<const int32_t> history) {
  std::vector<int32_t> ids(samples.size());
  sample(ids, logits, samples, history);
  return ids;
}

}  // namespace bifrons
