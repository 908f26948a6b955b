// kernels/cpu/paged_attention.cpp - causal attention through the page table. Many queries of one sequence (prefill) are matrix
// products over chunks of keys; few (decode) read each key and value once, as the memory hands them over.
#include <functional>
#include <vector>

#include "kernels/cpu/attention_blocks.h"
#include "kernels/cpu/cpu_ops.h"
#include "kernels/cpu/norms_kernels.h"

namespace bifrons {
namespace {

constexpr int64_t few_queries = 8;      // up to here laying out keys as panels costs more than it gains
constexpr int64_t most_queries = 1024;  // of one task: bounds its scratch

// One task. Queries of a sequence and kv head are its rows times the heads that share the kv head, rows outermost.
struct Item {
  int64_t sequence;
  int64_t head, heads;   // kv heads from `head`; one when there are many queries
  int64_t query, count;  // queries
  int64_t chunk = -1;    // few queries: this chunk of keys alone, into `state`; otherwise all keys
  int64_t state = 0;     // offset of [heads][count] of {max, sum, out [head_dim]}
};

struct Call {
  View<float, 2> out;
  View<const float, 2> qkv;
  const HostKvStore& cache;
  int64_t layer;
  const Batch& batch;
  float scale;
  Isa isa;
  int64_t head_dim, sharing;  // heads per kv head
  bool half;

  const std::byte* at(const Buffer& buffer, int64_t sequence, int64_t kv_head, int64_t position) const {
    const int64_t page_tokens = cache.shape.page_tokens, page = batch.page_table[sequence][position / page_tokens];
    return buffer.data() + size_t(cache.offset(layer, page, kv_head, position % page_tokens)) * (half ? 2 : 4);
  }
  int64_t row(const Item& item, int64_t i) const { return batch.row_begin[item.sequence] + (item.query + i) / sharing; }
  int64_t visible(const Item& item, int64_t i) const { return batch.positions[row(item, i)] + 1; }
  int64_t channel(const Item& item, int64_t head, int64_t i) const {
    return (head * sharing + (item.query + i) % sharing) * head_dim;
  }
  const float* q(const Item& item, int64_t head, int64_t i) const { return qkv[row(item, i)].data + channel(item, head, i); }
  float* result(const Item& item, int64_t head, int64_t i) const { return out[row(item, i)].data + channel(item, head, i); }
  int64_t queries(int64_t sequence) const { return (batch.row_begin[sequence + 1] - batch.row_begin[sequence]) * sharing; }
  int64_t state_floats() const { return head_dim + 2; }
};

struct CachedHead {
  const Call& call;
  const Item& item;
  bool half = call.half;

  const float* q(int64_t i) const { return call.q(item, item.head, i); }
  int64_t visible(int64_t i) const { return call.visible(item, i); }
  const void* key(int64_t j) const { return call.at(call.cache.keys, item.sequence, item.head, j); }
  const void* value_at(int64_t j, int64_t d) const {
    return call.at(call.cache.values, item.sequence, item.head, j) + d * (half ? 2 : 4);
  }
  void finish(int64_t i, const float* values, float sum) const {
    attention_kernels(call.isa).scale(call.result(item, item.head, i), values, 1 / sum, call.head_dim);
  }
};

// Floats of scratch for one query: scaled, and its scores of a chunk.
int64_t few_floats(int64_t head_dim) { return (head_dim + 15) / 16 * 16 + attention_chunk; }

// One chunk of keys for few queries. Heads are innermost, since the heads of a page lie behind each other in the cache:
// memory is read in long runs (measured: twice the bandwidth of one head after the other).
void attend_chunk(const Call& call, const Item& item, float* scratch, float* states) {
  const AttentionKernels& kernels = attention_kernels(call.isa);
  const int64_t first = item.chunk * attention_chunk, page_tokens = call.cache.shape.page_tokens, head_dim = call.head_dim;
  const int64_t keys = std::min(attention_chunk, call.visible(item, item.count - 1) - first);
  const auto state = [&](int64_t head, int64_t i) { return states + item.state + (head * item.count + i) * call.state_floats(); };
  const auto scores = [&](int64_t head, int64_t i) { return scratch + (head * item.count + i) * few_floats(head_dim); };
  const auto query = [&](int64_t head, int64_t i) { return scores(head, i) + attention_chunk; };
  const auto seen = [&](int64_t i) { return std::min(keys, call.visible(item, i) - first); };  // may be below 0
  const auto each_query = [&](const auto& use) {
    for (int64_t head = 0; head < item.heads; ++head)
      for (int64_t i = 0; i < item.count; ++i) use(head, i);
  };
  const auto each_run = [&](const Buffer& buffer, const auto& use) {  // keys adjacent in memory: those of one page
    for (int64_t k = 0; k < keys;) {
      const int64_t run = std::min(keys - k, page_tokens - (first + k) % page_tokens);
      for (int64_t head = 0; head < item.heads; ++head) {
        const std::byte* rows = call.at(buffer, item.sequence, item.head + head, first + k);
        for (int64_t i = 0; i < item.count; ++i)
          if (seen(i) > k) use(head, i, k, rows, std::min(run, seen(i) - k));
      }
      k += run;
    }
  };
  each_query([&](int64_t head, int64_t i) {
    float* s = state(head, i);
    s[0] = -INFINITY, s[1] = 0;
    std::fill_n(s + 2, head_dim, 0.0f);
    kernels.scale(query(head, i), call.q(item, item.head + head, i), call.scale, head_dim);
  });
  each_run(call.cache.keys, [&](int64_t head, int64_t i, int64_t k, const void* rows, int64_t count) {
    kernels.scores(scores(head, i) + k, query(head, i), rows, call.half, count, head_dim);
  });
  each_query([&](int64_t head, int64_t i) {
    if (seen(i) > 0)
      kernels.softmax(scores(head, i), panel_width, (seen(i) + panel_width - 1) / panel_width, seen(i), state(head, i),
                      state(head, i) + 1);
  });
  each_run(call.cache.values, [&](int64_t head, int64_t i, int64_t k, const void* rows, int64_t count) {
    kernels.weigh(state(head, i) + 2, scores(head, i) + k, rows, call.half, count, head_dim);
  });
}

// The chunks of some heads of one sequence, in their order, of which `item` is the first.
void merge_chunks(const Call& call, const Item& item, int64_t chunks, float* states) {
  const AttentionKernels& kernels = attention_kernels(call.isa);
  const int64_t step = item.heads * item.count * call.state_floats();
  for (int64_t head = 0; head < item.heads; ++head)
    for (int64_t i = 0; i < item.count; ++i) {
      float* state = states + item.state + (head * item.count + i) * call.state_floats();
      float max = state[0], sum = 0;
      for (int64_t c = 1; c < chunks; ++c) max = std::max(max, state[c * step]);
      float* out = call.result(item, item.head + head, i);
      std::fill_n(out, call.head_dim, 0.0f);
      for (int64_t c = 0; c < chunks; ++c) {
        float* part = state + c * step;
        if (part[1] == 0) continue;  // a query that stands before this chunk
        const float factor = std::exp(part[0] - max);
        sum += part[1] * factor;
        kernels.scale(part + 2, part + 2, factor, call.head_dim);
        kernels.scale_and_add(out, 1, part + 2, call.head_dim);
      }
      kernels.scale(out, out, 1 / sum, call.head_dim);
    }
}

// Heads per task: as many as leave every thread a few tasks.
int64_t heads_together(int64_t kv_heads, int64_t tasks_of_all_heads, int64_t threads) {
  const int64_t parts = std::clamp<int64_t>((4 * threads + tasks_of_all_heads - 1) / tasks_of_all_heads, 1, kv_heads);
  return (kv_heads + parts - 1) / parts;
}

}  // namespace

void CpuOps::do_attention_paged(View<float, 2> out, View<const float, 2> qkv, const KvStore& store, int64_t layer,
                                const Batch& batch, float scale) const {
  const auto& cache = static_cast<const HostKvStore&>(store);
  const int64_t head_dim = store.shape.head_dim, kv_heads = store.shape.kv_heads;
  const Call call{
      out, qkv, cache, layer, batch, scale, isa_, head_dim, out.dim[1] / head_dim / kv_heads, cache.format == Format::bf16};

  static thread_local std::vector<Item> items;  // grows to the largest batch seen
  items.clear();
  int64_t few_tasks = 0;
  const auto chunks_of = [&](int64_t sequence) {
    return batch.positions[batch.row_begin[sequence + 1] - 1] / attention_chunk + 1;
  };
  for (int64_t s = 0; s < batch.sequences(); ++s)
    if (call.queries(s) > 0 && call.queries(s) <= few_queries) few_tasks += chunks_of(s);
  const int64_t together = few_tasks > 0 ? heads_together(kv_heads, few_tasks, pool_.size()) : 1;
  int64_t states = 0, many = 0;  // floats, queries
  for (int64_t s = 0; s < batch.sequences(); ++s) {
    const int64_t queries = call.queries(s);
    if (queries > few_queries) {
      for (int64_t query = 0; query < queries; query += most_queries)
        for (int64_t head = 0; head < kv_heads; ++head)
          items.push_back({s, head, 1, query, std::min(most_queries, queries - query)});
      many = std::max(many, std::min(queries, most_queries));
    } else if (queries > 0) {
      for (int64_t head = 0; head < kv_heads; head += together)
        for (int64_t chunk = 0; chunk < chunks_of(s); ++chunk) {
          const int64_t heads = std::min(together, kv_heads - head);
          items.push_back({s, head, heads, 0, queries, chunk, states});
          states += heads * queries * call.state_floats();
        }
    }
  }
  const Item* const list = items.data();
  const int64_t count = int64_t(items.size());
  const size_t floats = std::max(many > 0 ? AttentionScratch::floats(many, head_dim) : 0,
                                 few_tasks > 0 ? size_t(together * few_queries * few_floats(head_dim)) : 0);
  const size_t state_floats = size_t((states + 15) / 16 * 16);
  float* memory = reinterpret_cast<float*>(scratch((state_floats + floats * size_t(pool_.size())) * sizeof(float)));

  const auto compute = [&](int worker, int64_t begin, int64_t end) {
    float* own = memory + state_floats + size_t(worker) * floats;
    for (const Item* item = list + begin; item != list + end; ++item) {
      if (item->chunk >= 0) {
        attend_chunk(call, *item, own, memory);
      } else {
        AttentionScratch blocks(own, many, head_dim);
        attend(CachedHead{call, *item}, item->count, head_dim, scale, isa_, blocks);
      }
    }
  };
  pool_.each(count, 1, std::ref(compute));
  const auto merge = [&](int, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      if (list[i].chunk != 0) continue;
      int64_t chunks = 1;
      while (i + chunks < count && list[i + chunks].chunk == chunks) ++chunks;
      merge_chunks(call, list[i], chunks, memory);
    }
  };
  pool_.each(count, 64, std::ref(merge));  // a decode step's stay with the caller
}

void CpuOps::do_rotate_and_store(View<float, 2> qkv, View<const float, 2> rotary, KvStore& store, int64_t layer,
                                 const Batch& batch) const {
  auto& cache = static_cast<HostKvStore&>(store);
  const NormKernels& kernels = norm_kernels(isa_);
  const int64_t head_dim = store.shape.head_dim, kv_heads = store.shape.kv_heads, half = head_dim / 2;
  const int64_t heads = qkv.dim[1] / head_dim - 2 * kv_heads, page_tokens = store.shape.page_tokens;
  const auto save = [&](const Buffer& buffer, int64_t offset, const float* from) {
    if (cache.format == Format::bf16)
      kernels.to_bf16(reinterpret_cast<uint16_t*>(buffer.data()) + offset, from, head_dim);
    else
      std::copy_n(from, head_dim, reinterpret_cast<float*>(buffer.data()) + offset);
  };
  const auto task = [&](int, int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const int64_t position = batch.positions[r], page = batch.page_table[batch.sequence[r]][position / page_tokens];
      const float *cosines = rotary[position].data, *row = qkv[r].data;
      for (int64_t h = 0; h < heads + kv_heads; ++h) {
        float* a = qkv[r].data + h * head_dim;
        kernels.rotate(a, a + half, cosines, cosines + half, half);
      }
      for (int64_t h = 0; h < kv_heads; ++h) {
        const int64_t offset = cache.offset(layer, page, h, position % page_tokens);
        save(cache.keys, offset, row + (heads + h) * head_dim);
        save(cache.values, offset, row + (heads + kv_heads + h) * head_dim);
      }
    }
  };
  pool_.each(qkv.dim[0], std::max<int64_t>(1, 16384 / qkv.dim[1]), std::ref(task));  // a decode step's rows stay with the caller
}

}  // namespace bifrons
