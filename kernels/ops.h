// kernels/ops.h - every operation the models use: the only door to arithmetic. Model code is written once against this
// page and runs on every backend. ops.cpp checks shapes and throws Error; the backends override the private halves.
//
// Shapes are words, outermost first. All activations at this door are f32 rows, View<float, 2> [rows, channels], whose
// rows may be strided but whose channels are adjacent. Weights are handed over once (pack) and come back opaque, in a
// layout of the backend's own choosing. Everything a View given to an Ops points at must have been allocated by that
// Ops (tensor(), upload()), so that kernel and memory are in one place. Positions, page tables and sampling settings are
// data in Ops memory: nothing in a step needs the host to look at a device value except the sampled ids.
//
// Precision by weight format. f32: products and sums in f32. bf16: both operands rounded to bf16, sums in f32. q8: weights
// in blocks of 32 along the input, w = scale (f16) * int8; q4: w = scale (f16) * (nibble - 8), same blocks; a last
// block shorter than 32 is padded with zeros. Activations may be rounded to bf16 or to int8 blocks of 32 by q8 and q4.
// reference: the same stored weights, f32 activations, every sum in f64.
//
// An Ops is used by one thread at a time (its own pool works inside). Operations on reference and cpu are done when they
// return; cuda may be asynchronous: wait() before the host reads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/core/tensor.h"
#include "kernels/core/threads.h"

namespace bifrons {

enum class Backend { reference, cpu, cuda };
enum class Format { f32, bf16, q8, q4 };  // how packed weights are stored

Backend backend_from_name(std::string_view name);  // throws Fault::arguments, listing the names
Format format_from_name(std::string_view name);
std::string_view name_of(Backend backend);
std::string_view name_of(Format format);
double bytes_per_weight(Format format);  // 4, 2, 34/32, 18/32

// Instruction sets of the cpu backend, each a superset of the one before. The best is picked at start.
enum class Isa { avx2, avx512, avx512_bf16 };  // avx512_bf16: AVX-512 with BF16 and VNNI
std::string_view name_of(Isa isa);
std::vector<Isa> usable_isas();  // on this machine, worst first; empty: cpu backend is not usable

// ---- opaque weights -------------------------------------------------------------------------------------------------

struct Packed {  // a backend's own layout
  virtual ~Packed() = default;
};
// y = W x (+ bias), W [out, in]
struct Linear {
  int64_t out = 0, in = 0;
  Format format = Format::f32;
  size_t bytes = 0;  // in memory, for the bandwidth floor
  std::unique_ptr<const Packed> packed;
};
// Two matrices of one shape whose results meet in silu(gate x) * (up x)
struct GatedLinear {
  int64_t out = 0, in = 0;
  Format format = Format::f32;
  size_t bytes = 0;
  std::unique_ptr<const Packed> packed;
};
// Rows to be looked up by id
struct EmbeddingTable {
  int64_t rows = 0, channels = 0;
  size_t bytes = 0;
  std::unique_ptr<const Packed> packed;
};
// A convolution [out, in, height, width] with bias
struct Conv {
  int64_t out = 0, in = 0, height = 0, width = 0;
  Format format = Format::f32;  // f32 or bf16
  bool upsampled = false;       // packed for the rewrite "nearest x2, then 3x3" = four 2x2 convolutions
  size_t bytes = 0;
  std::unique_ptr<const Packed> packed;
};

// ---- feature maps ---------------------------------------------------------------------------------------------------

// Pixels of a convolutional network, [images, height, width, channels] in spirit; layout and precision are the backend's.
class Map {
 public:
  virtual ~Map() = default;
  int64_t images = 0, channels = 0, height = 0, width = 0;
  int64_t pixels() const { return images * height * width; }
};
enum class MapUse {
  stream,   // residual streams and results: f32
  operand,  // what the next convolution reads: may be rounded to that convolution's format
};

// ---- sequences ------------------------------------------------------------------------------------------------------

// Keys and values of all layers in pages of `page_tokens` positions. Who owns which page is the engine's business.
struct KvShape {
  int64_t layers = 0, pages = 0, page_tokens = 0, kv_heads = 0, head_dim = 0;
};
class KvStore {
 public:
  virtual ~KvStore() = default;
  KvShape shape;
  Format format = Format::f32;  // f32 or bf16
  size_t bytes = 0;
};

// A ragged batch: rows [row_begin[s], row_begin[s + 1]) belong to sequence s of this batch and stand at adjacent positions.
// All views are in Ops memory. Position p of sequence s lives in page page_table[s][p / page_tokens].
struct Batch {
  View<const int32_t, 1> row_begin;   // [sequences + 1]
  View<const int32_t, 1> positions;   // [rows]
  View<const int32_t, 1> sequence;    // [rows]  which sequence a row belongs to
  View<const int32_t, 2> page_table;  // [sequences, pages per sequence]
  int64_t longest = 0;                // largest position + 1: a bound known to the host
  int64_t rows() const { return positions.dim[0]; }
  int64_t sequences() const { return page_table.dim[0]; }
};

// One id to be drawn. Gumbel-max on uniform(seed, stream, position, class) of core/random.h:
//   l      = uncond < 0 ? L[cond] : L[uncond] + guidance * (L[cond] - L[uncond])
//   l      = l > 0 ? l / repetition_penalty : l * repetition_penalty   for every class in the history
//   temperature == 0: the first arg-max. Otherwise l / temperature; then only the top_k largest classes are kept (0: all;
//   ties: lower class first), then of these the fewest whose softmax reaches top_p (1: all; at least one); the id is
//   the first arg-max over kept classes of l - log(-log(uniform)).
struct Sample {
  int32_t cond = 0, uncond = -1;  // rows of the logits
  float guidance = 1, temperature = 0, top_p = 1, repetition_penalty = 1;
  int32_t top_k = 0;
  uint32_t stream = 0, position = 0;
  uint64_t seed = 0;
  int32_t history_begin = 0, history_end = 0;  // range of the history array
};

// ---- operations -----------------------------------------------------------------------------------------------------

enum class Epilogue { store, add, gelu };  // what linear does with its result

struct OpsOptions {
  int threads = 0;         // 0: one per usable core
  std::optional<Isa> isa;  // cpu backend: force a lower one (tests)
};

class Ops {
 public:
  virtual ~Ops() = default;

  virtual Backend backend() const = 0;
  virtual std::string description() const = 0;  // "cpu: avx512_bf16, 2 threads"
  virtual const ThreadPool& threads() const = 0;
  virtual void wait() const {}  // until everything asked for is done

  // Memory in this backend's place.
  virtual Memory place() const { return Memory::host; }
  template <class T, int Rank>
  Tensor<T, Rank> tensor(std::array<int64_t, Rank> dims) const {
    return Tensor<T, Rank>(place(), dims);
  }
  // A vector (gain, bias, rotary table) as f32; data of any floating dtype.
  Tensor<float, 1> upload(const ConstTensor& tensor) const;
  virtual void copy_in(void* to, const void* from, size_t bytes) const;   // host -> Ops memory
  virtual void copy_out(void* to, const void* from, size_t bytes) const;  // Ops memory -> host; waits

  // ---- packing; weights [out, in] of any floating dtype, mapped or not. Several are stacked along `out` (q, k and v).
  // Each tensor's forget hook is called when its bytes are no longer needed.
  Linear pack(std::span<const ConstTensor> weights, std::span<const ConstTensor> biases,
              Format format) const;  // biases: none or as many
  Linear pack(const ConstTensor& weight, const ConstTensor* bias, Format format) const;
  GatedLinear pack_gated(const ConstTensor& gate, const ConstTensor& up, Format format) const;
  EmbeddingTable pack_table(const ConstTensor& rows, Format format) const;  // f32 or bf16; q8 and q4 keep bf16
  // [out, in, kh, kw]; upsampled: the weight of a 3x3 convolution that follows a nearest x2 upsampling
  Conv pack_conv(const ConstTensor& weight, const ConstTensor& bias, Format format, bool upsampled = false) const;

  // ---- rows
  // out[r, :] = table[ids[r], :]. Cost: bandwidth. Throws (reference, cpu) when an id is outside the table.
  void embed(View<float, 2> out, const EmbeddingTable& table, View<const int32_t, 1> ids) const;
  // out[r, :] = x[rows[r], :]            gather
  void gather_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const;
  // out[rows[r], :] = x[r, :]            scatter; rows must be distinct
  void scatter_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const;
  // x[r, :] += y[r % y.rows, :]          residual, or positions repeated for each image
  void add_rows(View<float, 2> x, View<const float, 2> y) const;

  // out[r, c] = gain[c] * x[r, c] / sqrt(mean_c(x[r, c]^2) + eps). out may be x. Sums in f32 or better, computed from
  // the values themselves. Source: LlamaRMSNorm.
  void rms_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, float eps) const;
  // out[r, c] = gain[c] * (x[r, c] - mean) / sqrt(variance + eps) + bias[c]; two passes, biased variance. out may be x.
  void layer_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, View<const float, 1> bias,
                  float eps) const;
  // x[r, :] /= max(|x[r, :]|_2, eps)     torch.nn.functional.normalize
  void l2_normalize(View<float, 2> x, float eps) const;

  // out = x W^T + bias. out must not overlap x.
  void linear(View<float, 2> out, View<const float, 2> x, const Linear& w) const;
  // out += x W^T + bias
  void linear_add(View<float, 2> out, View<const float, 2> x, const Linear& w) const;
  // out = gelu(x W^T + bias), gelu(v) = v/2 * (1 + erf(v / sqrt(2))): the exact form, never tanh
  void linear_gelu(View<float, 2> out, View<const float, 2> x, const Linear& w) const;
  // out = silu(x G^T) * (x U^T), silu(v) = v / (1 + exp(-v))
  void linear_gated(View<float, 2> out, View<const float, 2> x, const GatedLinear& w) const;

  // ---- attention
  // Self-attention without mask inside groups of `group` adjacent rows (the patches of one image):
  //   out[r, h] = sum_j softmax_j(scale * q[r, h] . k[j, h]) v[j, h],  j over the rows of r's group
  //   qkv [rows, 3 * width]  all q, then all k, then all v; within each head-major.  out [rows, width].  width % heads == 0
  void attention(View<float, 2> out, View<const float, 2> qkv, int64_t group, int64_t heads, float scale) const;

  // Rotates q and k by their rows' positions and stores k and v in the cache; q is left rotated in qkv.
  //   qkv [rows, (heads + 2 * kv_heads) * head_dim]: q heads, k heads, v heads.  rotary [positions, head_dim]: cos of the
  //   head_dim/2 angles, then their sines.  Rotate-half form: (a, b) = (v[0:d/2], v[d/2:d]) -> (a cos - b sin, b cos + a sin).
  //   Throws when a position is beyond the rotary table or a page beyond the store.
  void rotate_and_store(View<float, 2> qkv, View<const float, 2> rotary, KvStore& store, int64_t layer, const Batch& batch) const;
  // Causal attention of every row over positions 0 .. its own of its sequence, read through the page table.
  //   out [rows, heads * head_dim];  q = the first heads * head_dim channels of qkv;  head h reads kv head h / (heads / kv_heads)
  void attention_paged(View<float, 2> out, View<const float, 2> qkv, const KvStore& store, int64_t layer, const Batch& batch,
                       float scale) const;
  virtual std::unique_ptr<KvStore> make_kv_store(const KvShape& shape, Format format) const = 0;
  // The first `tokens` positions of page `from` into page `to`, all layers: copy on write.
  void copy_page(KvStore& store, int32_t from, int32_t to, int64_t tokens) const;

  // ---- sampling
  // ids[i] for samples[i] (see Sample). logits [rows, classes]; NaN logits throw (reference, cpu).
  void sample(View<int32_t, 1> ids, View<const float, 2> logits, View<const Sample, 1> samples,
              View<const int32_t, 1> history) const;
  // out[p] = argmin_j |z[p] - codes[j]|^2, first on ties; z [rows, channels], codes [classes, channels]. Sums in f64.
  void nearest(View<int32_t, 1> out, View<const float, 2> z, View<const float, 2> codes) const;

  // ---- feature maps
  virtual std::unique_ptr<Map> make_map(int64_t images, int64_t channels, int64_t height, int64_t width, MapUse use,
                                        Format format) const = 0;
  // rows [images * height * width, channels], raster order
  void rows_to_map(Map& out, View<const float, 2> rows) const;
  void map_to_rows(View<float, 2> out, const Map& map) const;
  // out = group_norm(x) * gain + bias, then v * sigmoid(v) if silu. Statistics over (channels / groups) x pixels of one image, in
  // f64 or by a method as exact; biased variance.
  void group_norm(Map& out, const Map& x, View<const float, 1> gain, View<const float, 1> bias, int64_t groups, float eps,
                  bool silu) const;
  enum class ConvKind {
    same,        // stride 1, zeros around: out is as large as x (kernel 1x1 or 3x3)
    patches,     // stride = kernel, no padding (the encoder's patch embedding)
    downsample,  // zeros right 1 and bottom 1, 3x3 stride 2
    upsample,    // nearest x2, then 3x3 same; w packed with upsampled = true
  };
  // out = conv(x) + bias (+ add, a stream map of out's shape; may be out itself)
  void conv(Map& out, const Map& x, const Conv& w, ConvKind kind, const Map* add = nullptr) const;

 private:
  virtual std::unique_ptr<const Packed> do_pack(std::span<const ConstTensor> weights, std::span<const ConstTensor> biases,
                                                Linear& about) const = 0;
  virtual std::unique_ptr<const Packed> do_pack_gated(const ConstTensor& gate, const ConstTensor& up,
                                                      GatedLinear& about) const = 0;
  virtual std::unique_ptr<const Packed> do_pack_table(const ConstTensor& rows, Format format, EmbeddingTable& about) const = 0;
  virtual std::unique_ptr<const Packed> do_pack_conv(const ConstTensor& weight, const ConstTensor& bias, Conv& about) const = 0;
  virtual void do_embed(View<float, 2> out, const EmbeddingTable& table, View<const int32_t, 1> ids) const = 0;
  virtual void do_gather_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const = 0;
  virtual void do_scatter_rows(View<float, 2> out, View<const float, 2> x, View<const int32_t, 1> rows) const = 0;
  virtual void do_add_rows(View<float, 2> x, View<const float, 2> y) const = 0;
  virtual void do_rms_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, float eps) const = 0;
  virtual void do_layer_norm(View<float, 2> out, View<const float, 2> x, View<const float, 1> gain, View<const float, 1> bias,
                             float eps) const = 0;
  virtual void do_l2_normalize(View<float, 2> x, float eps) const = 0;
  virtual void do_linear(View<float, 2> out, View<const float, 2> x, const Linear& w, Epilogue epilogue) const = 0;
  virtual void do_linear_gated(View<float, 2> out, View<const float, 2> x, const GatedLinear& w) const = 0;
  virtual void do_attention(View<float, 2> out, View<const float, 2> qkv, int64_t group, int64_t heads, float scale) const = 0;
  virtual void do_rotate_and_store(View<float, 2> qkv, View<const float, 2> rotary, KvStore& store, int64_t layer,
                                   const Batch& batch) const = 0;
  virtual void do_attention_paged(View<float, 2> out, View<const float, 2> qkv, const KvStore& store, int64_t layer,
                                  const Batch& batch, float scale) const = 0;
  virtual void do_copy_page(KvStore& store, int32_t from, int32_t to, int64_t tokens) const = 0;
  virtual void do_sample(View<int32_t, 1> ids, View<const float, 2> logits, View<const Sample, 1> samples,
                         View<const int32_t, 1> history) const = 0;
  virtual void do_nearest(View<int32_t, 1> out, View<const float, 2> z, View<const float, 2> codes) const = 0;
  virtual void do_rows_to_map(Map& out, View<const float, 2> rows) const = 0;
  virtual void do_map_to_rows(View<float, 2> out, const Map& map) const = 0;
  virtual void do_group_norm(Map& out, const Map& x, View<const float, 1> gain, View<const float, 1> bias, int64_t groups,
                             float eps, bool silu) const = 0;
  virtual void do_conv(Map& out, const Map& x, const Conv& w, ConvKind kind, const Map* add) const = 0;
};

// Throws Error (Fault::lacking) when this build or machine has no such backend, naming what it lacks.
std::unique_ptr<Ops> make_ops(Backend backend, const OpsOptions& options = {});

}  // namespace bifrons
