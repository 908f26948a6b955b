// kernels/ops.cpp - the checks in front of every operation, once for all backends: shapes, strides, aliases and, where the
// host can see them, indices. What passes here cannot read or write outside its views.
#include "kernels/ops.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace bifrons {
namespace {

// A shape that becomes text only when a message is written: a decode step passes hundreds of these checks and may neither
// allocate nor format.
struct Shape {
  std::array<int64_t, 4> dim{};
  size_t rank = 0;
  bool operator==(const Shape&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Shape& s) { return out << shape_text({s.dim.data(), s.rank}); }
};
template <size_t Rank>
Shape text(const std::array<int64_t, Rank>& dims) {
  static_assert(Rank <= 4);
  Shape shape{.dim = {}, .rank = Rank};
  std::copy(dims.begin(), dims.end(), shape.dim.begin());
  return shape;
}
template <class T, int Rank>
Shape text(const View<T, Rank>& view) {
  return text(view.dim);
}
Shape text(const Map& map) { return text(std::array{map.images, map.height, map.width, map.channels}); }
Shape text(const Conv& w) { return text(std::array{w.out, w.in, w.height, w.width}); }

template <class... Parts>
void require(bool holds, const char* operation, const Parts&... parts) {
  if (!holds) fail(Fault::other, operation, ": ", parts...);
}

// Memory behind every element, channels adjacent, rows not laid over each other.
template <class T>
void check_view(const char* operation, const char* name, const View<T, 2>& v) {
  require(v.dim[0] >= 0 && v.dim[1] >= 0 && (v.data != nullptr || v.count() == 0), operation, name, " ", text(v),
          " has no memory");
  require((v.dim[1] <= 1 || v.stride[1] == 1) && (v.dim[0] <= 1 || v.stride[0] >= v.dim[1]), operation, name, " ", text(v),
          " has strides ", text(v.stride), ": channels must be adjacent and rows apart");
}
template <class T>
void check_view(const char* operation, const char* name, const View<T, 1>& v) {
  require(v.dim[0] >= 0 && (v.data != nullptr || v.count() == 0), operation, name, " ", text(v), " has no memory");
  require(v.dim[0] <= 1 || v.stride[0] == 1, operation, name, " ", text(v), " is strided: its elements must be adjacent");
}

template <class A, class B>
void check_same_shape(const char* operation, const char* name_a, const View<A, 2>& a, const char* name_b, const View<B, 2>& b) {
  require(a.dim == b.dim, operation, name_a, " is ", text(a), " but ", name_b, " is ", text(b), ": they must agree");
}

// Whether two views of rows share an element. Columns of one buffer side by side (q, k and v) do not.
bool overlap(const View<const float, 2>& a, const View<const float, 2>& b) {
  if (a.count() == 0 || b.count() == 0) return false;
  const auto last = [](const View<const float, 2>& v) { return v.data + (v.dim[0] - 1) * v.stride[0] + v.dim[1]; };
  if (last(a) <= b.data || last(b) <= a.data) return false;
  if (a.stride[0] != b.stride[0] || a.stride[0] <= 0) return true;
  const int64_t apart = ((b.data - a.data) % a.stride[0] + a.stride[0]) % a.stride[0];  // of b's first column from a's
  return apart < a.dim[1] || apart + b.dim[1] > a.stride[0];
}
void check_apart(const char* operation, const char* name_a, const View<const float, 2>& a, const char* name_b,
                 const View<const float, 2>& b) {
  require(!overlap(a, b), operation, name_a, " ", text(a), " overlaps ", name_b, " ", text(b), ": they must be apart");
}
bool same_place(const View<const float, 2>& a, const View<const float, 2>& b) {
  return a.data == b.data && a.stride[0] == b.stride[0];
}
// In place, or nowhere near.
void check_same_or_apart(const char* operation, const View<const float, 2>& out, const View<const float, 2>& x) {
  if (!same_place(out, x)) check_apart(operation, "out", out, "x", x);
}

void check_weight(const char* operation, const ConstTensor& w, size_t rank) {
  const bool positive = std::all_of(w.shape.begin(), w.shape.end(), [](int64_t d) { return d > 0; });
  require(w.shape.size() == rank && positive && w.data != nullptr, operation, "'", w.name, "' is ", shape_text(w.shape),
          ": a tensor of ", rank, " dimensions, each at least 1, is needed");
  require(w.dtype <= DType::f8_e5m2, operation, "'", w.name, "' holds ", name_of(w.dtype), ": a floating dtype is needed");
}

void forget(const ConstTensor& tensor) {
  if (tensor.forget != nullptr) tensor.forget(tensor);
}

void check_index(const char* operation, const char* what, int64_t index, int64_t count) {
  require(index >= 0 && index < count, operation, what, " ", index, " is outside 0 .. ", count - 1);
}

void check_batch(const char* operation, const Batch& batch, const KvStore& store, int64_t layer, int64_t rows) {
  check_index(operation, "layer", layer, store.shape.layers);
  check_view(operation, "row_begin", batch.row_begin), check_view(operation, "positions", batch.positions);
  check_view(operation, "sequence", batch.sequence), check_view(operation, "page_table", batch.page_table);
  require(batch.rows() == rows && batch.sequence.dim[0] == rows, operation, "the batch has ", batch.rows(), " positions and ",
          batch.sequence.dim[0], " sequence numbers for ", rows, " rows");
  require(batch.row_begin.dim[0] == batch.sequences() + 1, operation, "row_begin is ", text(batch.row_begin),
          " for a page table ", text(batch.page_table), ": one more than the sequences is needed");
}

// What the host can see of a batch: nothing may lead outside the store.
void check_batch_values(const char* operation, const Batch& batch, const KvStore& store) {
  require(batch.row_begin[0] == 0 && batch.row_begin[batch.sequences()] == batch.rows(), operation, "row_begin goes from ",
          batch.row_begin[0], " to ", batch.row_begin[batch.sequences()], " for ", batch.rows(), " rows");
  for (int64_t s = 0; s < batch.sequences(); ++s) {
    const int64_t begin = batch.row_begin[s], end = batch.row_begin[s + 1];
    require(begin <= end && end <= batch.rows(), operation, "row_begin[", s, "] is ", begin, " and the next ", end);
    int64_t longest = 0;
    for (int64_t r = begin; r < end; ++r) {
      require(batch.sequence[r] == s, operation, "row ", r, " says sequence ", batch.sequence[r], " but lies in ", s);
      const int64_t limit = std::min(batch.longest, batch.page_table.dim[1] * store.shape.page_tokens);
      check_index(operation, "position", batch.positions[r], limit);
      longest = std::max<int64_t>(longest, batch.positions[r] + 1);
    }
    for (int64_t p = 0; p * store.shape.page_tokens < longest; ++p)
      check_index(operation, "page", batch.page_table[s][p], store.shape.pages);
  }
}

}  // namespace

// ---- memory and packing

Tensor<float, 1> Ops::upload(const ConstTensor& tensor) const {
  std::vector<float> values(size_t(tensor.count()));
  to_f32(values, tensor);
  Tensor<float, 1> there = this->tensor<float, 1>({tensor.count()});
  copy_in(there.view().data, values.data(), values.size() * sizeof(float));
  forget(tensor);
  return there;
}

void Ops::copy_in(void* to, const void* from, size_t bytes) const {
  if (bytes != 0) std::memcpy(to, from, bytes);
}
void Ops::copy_out(void* to, const void* from, size_t bytes) const {
  if (bytes != 0) std::memcpy(to, from, bytes);
}

Linear Ops::pack(std::span<const ConstTensor> weights, std::span<const ConstTensor> biases, Format format) const {
  require(!weights.empty(), "pack", "no weights were given");
  require(biases.empty() || biases.size() == weights.size(), "pack", weights.size(), " weights but ", biases.size(),
          " biases: give none or as many");
  Linear about;
  about.format = format;
  for (size_t i = 0; i < weights.size(); ++i) {
    const ConstTensor& w = weights[i];
    check_weight("pack", w, 2);
    require(w.shape[1] == weights[0].shape[1], "pack", "'", w.name, "' is ", shape_text(w.shape), " but '", weights[0].name,
            "' is ", shape_text(weights[0].shape), ": stacked weights must have the same inputs");
    if (!biases.empty()) {
      check_weight("pack", biases[i], 1);
      require(biases[i].shape[0] == w.shape[0], "pack", "bias '", biases[i].name, "' is ", shape_text(biases[i].shape), " for '",
              w.name, "' ", shape_text(w.shape));
    }
    about.out += w.shape[0];
  }
  about.in = weights[0].shape[1];
  about.packed = do_pack(weights, biases, about);
  std::for_each(weights.begin(), weights.end(), forget), std::for_each(biases.begin(), biases.end(), forget);
  return about;
}

Linear Ops::pack(const ConstTensor& weight, const ConstTensor* bias, Format format) const {
  return pack(std::span(&weight, 1), std::span(bias, bias == nullptr ? 0 : 1), format);
}

GatedLinear Ops::pack_gated(const ConstTensor& gate, const ConstTensor& up, Format format) const {
  check_weight("pack_gated", gate, 2), check_weight("pack_gated", up, 2);
  require(gate.shape == up.shape, "pack_gated", "'", gate.name, "' is ", shape_text(gate.shape), " but '", up.name, "' is ",
          shape_text(up.shape), ": they must agree");
  GatedLinear about;
  about.out = gate.shape[0], about.in = gate.shape[1], about.format = format;
  about.packed = do_pack_gated(gate, up, about);
  forget(gate), forget(up);
  return about;
}

EmbeddingTable Ops::pack_table(const ConstTensor& rows, Format format) const {
  check_weight("pack_table", rows, 2);
  EmbeddingTable about;
  about.rows = rows.shape[0], about.channels = rows.shape[1];
  about.packed = do_pack_table(rows, format == Format::f32 ? Format::f32 : Format::bf16, about);
  forget(rows);
  return about;
}

Conv Ops::pack_conv(const ConstTensor& weight, const ConstTensor& bias, Format format, bool upsampled) const {
  check_weight("pack_conv", weight, 4), check_weight("pack_conv", bias, 1);
  require(bias.shape[0] == weight.shape[0], "pack_conv", "bias '", bias.name, "' is ", shape_text(bias.shape), " for '",
          weight.name, "' ", shape_text(weight.shape));
  require(format == Format::f32 || format == Format::bf16, "pack_conv", "convolutions are f32 or bf16, not ", name_of(format));
  require(!upsampled || (weight.shape[2] == 3 && weight.shape[3] == 3), "pack_conv", "'", weight.name, "' is ",
          shape_text(weight.shape), ": only 3x3 kernels follow an upsampling");
  Conv about;
  about.out = weight.shape[0], about.in = weight.shape[1], about.height = weight.shape[2], about.width = weight.shape[3];
  about.format = format, about.upsampled = upsampled;
  about.packed = do_pack_conv(weight, bias, about);
  forget(weight), forget(bias);
  return about;
}

// ---- rows

void Ops::embed(View<float, 2> out, const EmbeddingTable& table, View<const int32_t, 1> ids) const {
  check_view("embed", "out", out), check_view("embed", "ids", ids);
  require(out.dim[0] == ids.dim[0] && out.dim[1] == table.channels && table.packed != nullptr, "embed", "out is ", text(out),
          " for ids ", text(ids), " of a table [", table.rows, ", ", table.channels, "]");
  if (place() == Memory::host)
    for (int64_t r = 0; r < ids.dim[0]; ++r) check_index("embed", "id", ids[r], table.rows);
  do_embed(out, table, ids);
}

void Ops::gather_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const {
  check_view("gather_rows", "out", out), check_view("gather_rows", "x", x), check_view("gather_rows", "rows", rows);
  require(out.dim[0] == rows.dim[0] && out.dim[1] == x.dim[1], "gather_rows", "out is ", text(out), " for rows ", text(rows),
          " of x ", text(x));
  check_apart("gather_rows", "out", out, "x", x);
  if (place() == Memory::host)
    for (int64_t r = 0; r < rows.dim[0]; ++r) check_index("gather_rows", "row", rows[r], x.dim[0]);
  do_gather_rows(out, x, rows);
}

void Ops::scatter_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const {
  check_view("scatter_rows", "out", out), check_view("scatter_rows", "x", x), check_view("scatter_rows", "rows", rows);
  require(x.dim[0] == rows.dim[0] && out.dim[1] == x.dim[1], "scatter_rows", "x is ", text(x), " for rows ", text(rows),
          " of out ", text(out));
  check_apart("scatter_rows", "out", out, "x", x);
  if (place() == Memory::host) {
    bool rising = true;  // then they are distinct without a list of those seen
    for (int64_t r = 0; r < rows.dim[0]; ++r) {
      check_index("scatter_rows", "row", rows[r], out.dim[0]);
      rising = rising && (r == 0 || rows[r - 1] < rows[r]);
    }
    std::vector<bool> seen(rising ? 0 : size_t(out.dim[0]));
    for (int64_t r = 0; !rising && r < rows.dim[0]; ++r) {
      require(!seen[size_t(rows[r])], "scatter_rows", "row ", rows[r], " is named twice: rows must be distinct");
      seen[size_t(rows[r])] = true;
    }
  }
  do_scatter_rows(out, x, rows);
}

void Ops::add_rows(View<float, 2> x, View<const float, 2> y) const {
  check_view("add_rows", "x", x), check_view("add_rows", "y", y);
  require(x.dim[1] == y.dim[1] && (x.dim[0] == 0 || y.dim[0] > 0), "add_rows", "x is ", text(x), " but y is ", text(y),
          ": channels must agree");
  if (!(same_place(x, y) && x.dim == y.dim)) check_apart("add_rows", "x", x, "y", y);
  do_add_rows(x, y);
}

// ---- norms

void Ops::rms_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, float eps) const {
  check_view("rms_norm", "out", out), check_view("rms_norm", "x", x), check_view("rms_norm", "gain", gain);
  check_same_shape("rms_norm", "out", out, "x", x);
  require(gain.dim[0] == x.dim[1], "rms_norm", "gain is ", text(gain), " but x is ", text(x));
  check_same_or_apart("rms_norm", out, x);
  do_rms_norm(out, x, gain, eps);
}

void Ops::layer_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, View<const float, 1> bias,
                     float eps) const {
  check_view("layer_norm", "out", out), check_view("layer_norm", "x", x);
  check_view("layer_norm", "gain", gain), check_view("layer_norm", "bias", bias);
  check_same_shape("layer_norm", "out", out, "x", x);
  require(gain.dim[0] == x.dim[1] && bias.dim[0] == x.dim[1], "layer_norm", "gain is ", text(gain), " and bias ", text(bias),
          " but x is ", text(x));
  check_same_or_apart("layer_norm", out, x);
  do_layer_norm(out, x, gain, bias, eps);
}

void Ops::l2_normalize(View<float, 2> x, float eps) const {
  check_view("l2_normalize", "x", x);
  do_l2_normalize(x, eps);
}

// ---- linear

namespace {

template <class W>
void check_linear(const char* operation, const View<float, 2>& out, const View<const float, 2>& x, const W& w) {
  check_view(operation, "out", out), check_view(operation, "x", x);
  require(w.packed != nullptr, operation, "the weight was never packed");
  require(x.dim[1] == w.in && out.dim[1] == w.out && x.dim[0] == out.dim[0], operation, "x is ", text(x), " and out ", text(out),
          " but the weight is [", w.out, ", ", w.in, "]");
  check_apart(operation, "out", out, "x", x);
}

}  // namespace

void Ops::linear(View<float, 2> out, View<const float, 2> x, const Linear& w) const {
  check_linear("linear", out, x, w);
  do_linear(out, x, w, Epilogue::store);
}
void Ops::linear_add(View<float, 2> out, View<const float, 2> x, const Linear& w) const {
  check_linear("linear_add", out, x, w);
  do_linear(out, x, w, Epilogue::add);
}
void Ops::linear_gelu(View<float, 2> out, View<const float, 2> x, const Linear& w) const {
  check_linear("linear_gelu", out, x, w);
  do_linear(out, x, w, Epilogue::gelu);
}
void Ops::linear_gated(View<float, 2> out, View<const float, 2> x, const GatedLinear& w) const {
  check_linear("linear_gated", out, x, w);
  do_linear_gated(out, x, w);
}

// ---- attention

void Ops::attention(View<float, 2> out, View<const float, 2> qkv, int64_t group, int64_t heads, float scale) const {
  check_view("attention", "out", out), check_view("attention", "qkv", qkv);
  require(qkv.dim[0] == out.dim[0] && qkv.dim[1] == 3 * out.dim[1], "attention", "qkv is ", text(qkv), " but out is ", text(out),
          ": qkv must be three times as wide");
  require(heads > 0 && out.dim[1] % heads == 0 && group > 0 && out.dim[0] % group == 0, "attention", "out ", text(out),
          " cannot be cut into groups of ", group, " rows and ", heads, " heads");
  check_apart("attention", "out", out, "qkv", qkv);
  do_attention(out, qkv, group, heads, scale);
}

void Ops::rotate_and_store(View<float, 2> qkv, View<const float, 2> rotary, KvStore& store, int64_t layer,
                           const Batch& batch) const {
  check_view("rotate_and_store", "qkv", qkv), check_view("rotate_and_store", "rotary", rotary);
  const KvShape& s = store.shape;
  const int64_t heads = qkv.dim[1] / s.head_dim - 2 * s.kv_heads;
  require(qkv.dim[1] % s.head_dim == 0 && heads > 0 && heads % s.kv_heads == 0, "rotate_and_store", "qkv is ", text(qkv),
          " but the cache has ", s.kv_heads, " heads of ", s.head_dim);
  require(rotary.dim[1] == s.head_dim && s.head_dim % 2 == 0, "rotate_and_store", "rotary is ", text(rotary), " for heads of ",
          s.head_dim, ": it must have as many columns, an even number");
  check_batch("rotate_and_store", batch, store, layer, qkv.dim[0]);
  if (place() == Memory::host) {
    check_batch_values("rotate_and_store", batch, store);
    for (int64_t r = 0; r < batch.rows(); ++r)
      check_index("rotate_and_store", "position in the rotary table:", batch.positions[r], rotary.dim[0]);
  }
  do_rotate_and_store(qkv, rotary, store, layer, batch);
}

void Ops::attention_paged(View<float, 2> out, View<const float, 2> qkv, const KvStore& store, int64_t layer, const Batch& batch,
                          float scale) const {
  check_view("attention_paged", "out", out), check_view("attention_paged", "qkv", qkv);
  const KvShape& s = store.shape;
  require(out.dim[1] > 0 && out.dim[1] % s.head_dim == 0 && out.dim[1] / s.head_dim % s.kv_heads == 0, "attention_paged",
          "out is ", text(out), " but the cache has ", s.kv_heads, " heads of ", s.head_dim);
  require(qkv.dim[0] == out.dim[0] && qkv.dim[1] == out.dim[1] + 2 * s.kv_heads * s.head_dim, "attention_paged", "qkv is ",
          text(qkv), " but out is ", text(out), " and the cache has ", s.kv_heads, " heads of ", s.head_dim);
  check_apart("attention_paged", "out", out, "qkv", qkv);
  check_batch("attention_paged", batch, store, layer, qkv.dim[0]);
  if (place() == Memory::host) check_batch_values("attention_paged", batch, store);
  do_attention_paged(out, qkv, store, layer, batch, scale);
}

void Ops::copy_page(KvStore& store, int32_t from, int32_t to, int64_t tokens) const {
  check_index("copy_page", "page", from, store.shape.pages), check_index("copy_page", "page", to, store.shape.pages);
  check_index("copy_page", "number of positions", tokens, store.shape.page_tokens + 1);
  if (from != to && tokens > 0) do_copy_page(store, from, to, tokens);
}

// ---- sampling

void Ops::sample(View<int32_t, 1> ids, View<const float, 2> logits, View<const Sample, 1> samples,
                 View<const int32_t, 1> history) const {
  check_view("sample", "ids", ids), check_view("sample", "logits", logits);
  check_view("sample", "samples", samples), check_view("sample", "history", history);
  require(ids.dim[0] == samples.dim[0] && (ids.dim[0] == 0 || logits.dim[1] > 0), "sample", "ids is ", text(ids), " for samples ",
          text(samples), " of logits ", text(logits));
  if (place() == Memory::host) {
    for (int64_t i = 0; i < samples.dim[0]; ++i) {
      const Sample& s = samples[i];
      check_index("sample", "row", s.cond, logits.dim[0]);
      if (s.uncond >= 0) check_index("sample", "row", s.uncond, logits.dim[0]);
      require(s.history_begin >= 0 && s.history_begin <= s.history_end && s.history_end <= history.dim[0], "sample", "history ",
              s.history_begin, " .. ", s.history_end, " is not within ", text(history));
      for (int64_t h = s.history_begin; h < s.history_end; ++h)
        check_index("sample", "class in the history:", history[h], logits.dim[1]);
      require(std::isfinite(s.guidance) && std::isfinite(s.temperature) && s.temperature >= 0, "sample", "guidance ", s.guidance,
              " and temperature ", s.temperature, " must be finite, the temperature not below 0");
      require(s.top_p > 0 && s.top_p <= 1 && s.top_k >= 0, "sample", "top_p ", s.top_p, " must be in (0, 1] and top_k ", s.top_k,
              " not below 0");
      require(std::isfinite(s.repetition_penalty) && s.repetition_penalty > 0, "sample", "repetition_penalty ",
              s.repetition_penalty, " must be above 0");
    }
  }
  do_sample(ids, logits, samples, history);
}

void Ops::nearest(View<int32_t, 1> out, View<const float, 2> z, View<const float, 2> codes) const {
  check_view("nearest", "out", out), check_view("nearest", "z", z), check_view("nearest", "codes", codes);
  require(out.dim[0] == z.dim[0] && z.dim[1] == codes.dim[1] && codes.dim[0] > 0, "nearest", "z is ", text(z), " and out ",
          text(out), " but codes are ", text(codes));
  do_nearest(out, z, codes);
}

// ---- feature maps

void Ops::rows_to_map(Map& out, View<const float, 2> rows) const {
  check_view("rows_to_map", "rows", rows);
  require(rows.dim[0] == out.pixels() && rows.dim[1] == out.channels, "rows_to_map", "rows are ", text(rows), " but the map is ",
          text(out));
  do_rows_to_map(out, rows);
}

void Ops::map_to_rows(View<float, 2> out, const Map& map) const {
  check_view("map_to_rows", "out", out);
  require(out.dim[0] == map.pixels() && out.dim[1] == map.channels, "map_to_rows", "out is ", text(out), " but the map is ",
          text(map));
  do_map_to_rows(out, map);
}

void Ops::group_norm(Map& out, const Map& x, View<const float, 1> gain, View<const float, 1> bias, int64_t groups, float eps,
                     bool silu) const {
  check_view("group_norm", "gain", gain), check_view("group_norm", "bias", bias);
  require(text(out) == text(x), "group_norm", "out is ", text(out), " but x is ", text(x), ": they must agree");
  require(gain.dim[0] == x.channels && bias.dim[0] == x.channels && groups > 0 && x.channels % groups == 0, "group_norm",
          "gain is ", text(gain), ", bias ", text(bias), " and groups ", groups, " for a map ", text(x));
  do_group_norm(out, x, gain, bias, groups, eps, silu);
}

void Ops::conv(Map& out, const Map& x, const Conv& w, ConvKind kind, const Map* add) const {
  require(w.packed != nullptr, "conv", "the weight was never packed");
  require(&out != &x, "conv", "out must not be x");
  const bool upsample = kind == ConvKind::upsample;
  require(upsample == w.upsampled, "conv", "a weight ", text(w), " packed ", w.upsampled ? "" : "not ",
          "for upsampling was given to a ", upsample ? "convolution after upsampling" : "plain convolution");
  int64_t height = x.height, width = x.width;
  bool fits = true;
  switch (kind) {
    case ConvKind::same: fits = w.height % 2 == 1 && w.width % 2 == 1; break;
    case ConvKind::patches: height /= w.height, width /= w.width; break;
    case ConvKind::downsample: height /= 2, width /= 2, fits = w.height == 3 && w.width == 3; break;
    case ConvKind::upsample: height *= 2, width *= 2; break;
  }
  require(
      fits && w.in == x.channels && out.channels == w.out && out.images == x.images && out.height == height && out.width == width,
      "conv", "the weight ", text(w), " makes [", x.images, ", ", height, ", ", width, ", ", w.out, "] of x ", text(x),
      ", but out is ", text(out));
  require(add == nullptr || text(*add) == text(out), "conv", "add is ", text(add != nullptr ? *add : out), " but out is ",
          text(out), ": they must agree");
  do_conv(out, x, w, kind, add);
}

}  // namespace bifrons
