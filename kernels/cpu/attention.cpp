// kernels/cpu/attention.cpp - attention without mask inside groups of rows: one task per image, head and run of queries.
#include <functional>

#include "kernels/cpu/attention_blocks.h"
#include "kernels/cpu/cpu_ops.h"

namespace bifrons {
namespace {

constexpr int64_t most_queries = 1024;  // per task: bounds its scratch
constexpr int64_t least_queries = 96;   // below, laying out the keys costs too much of the time

struct HeadOfGroup {
  View<float, 2> out;  // rows of the group
  View<const float, 2> qkv;
  int64_t width, channel, head_dim, first;  // of the queries
  AttentionKernels kernels;
  static constexpr bool half = false;

  const float* q(int64_t i) const { return qkv[first + i].data + channel; }
  int64_t visible(int64_t) const { return qkv.dim[0]; }
  const void* key(int64_t j) const { return qkv[j].data + width + channel; }
  const void* value_at(int64_t j, int64_t d) const { return qkv[j].data + 2 * width + channel + d; }
  void finish(int64_t i, const float* values, float sum) const {
    kernels.scale(out[first + i].data + channel, values, 1 / sum, head_dim);
  }
};

}  // namespace

void CpuOps::do_attention(View<float, 2> out, View<const float, 2> qkv, int64_t group, int64_t heads, float scale) const {
  const int64_t head_dim = out.dim[1] / heads, lists = out.dim[0] / group * heads;  // of queries
  if (lists == 0) return;
  int64_t parts = std::min((4 * pool_.size() + lists - 1) / lists, std::max<int64_t>(1, group / least_queries));
  parts = std::max(parts, (group + most_queries - 1) / most_queries);
  const int64_t per_part = (group + parts - 1) / parts;
  const size_t floats = AttentionScratch::floats(per_part, head_dim);
  float* memory = reinterpret_cast<float*>(scratch(floats * sizeof(float) * size_t(pool_.size())));
  const auto task = [&](int worker, int64_t begin, int64_t end) {
    AttentionScratch own(memory + size_t(worker) * floats, per_part, head_dim);
    for (int64_t item = begin; item < end; ++item) {
      const int64_t first = item % parts * per_part, queries = std::min(per_part, group - first);
      if (queries <= 0) continue;
      const int64_t image = item / parts / heads, head = item / parts % heads;
      attend(HeadOfGroup{out.slice(image * group, group), qkv.slice(image * group, group), out.dim[1], head * head_dim, head_dim,
                         first, attention_kernels(isa_)},
             queries, head_dim, scale, isa_, own);
    }
  };
  pool_.each(lists * parts, 1, std::ref(task));
}

BIFRONS_PICK_ISA(AttentionKernels, attention_kernels)

}  // namespace bifrons
