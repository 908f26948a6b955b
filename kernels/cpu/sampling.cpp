// kernels/cpu/sampling.cpp - the ids of reference/sampling.cpp without sorting all classes or taking all logarithms. Whatever
// decides is computed by the same functions in the same precision; shortcuts only skip what cannot matter.
#include "kernels/reference/sampling.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>

#include "kernels/cpu/cpu_ops.h"

namespace bifrons {
namespace {

constexpr int64_t no_class = -1;

// l after guidance and repetition penalty; returns the first class that is not a number, or no_class.
int64_t adjust(float* l, const Sample& s, View<const float, 2> logits, View<const int32_t, 1> history) {
  const int64_t classes = logits.dim[1];
  const float* cond = logits[s.cond].data;
  const float* uncond = s.uncond < 0 ? nullptr : logits[s.uncond].data;
  if (uncond == nullptr)
    std::copy_n(cond, classes, l);
  else
    for (int64_t c = 0; c < classes; ++c) l[c] = guided(cond[c], uncond[c], s.guidance);
  if (s.repetition_penalty != 1)
    for (int64_t i = s.history_begin; i < s.history_end; ++i) {  // from the logits, so that a class named twice is meant once
      const int64_t c = history[i];
      l[c] = penalised(uncond == nullptr ? cond[c] : guided(cond[c], uncond[c], s.guidance), s.repetition_penalty);
    }
  int any_nan = 0;  // looked for without branches first: there hardly ever is one
  for (int64_t c = 0; c < classes; ++c) any_nan |= int(l[c] != l[c]);
  return any_nan == 0 ? no_class : std::find_if(l, l + classes, [](float v) { return std::isnan(v); }) - l;
}

// The best of some classes so far; on ties the lower class wins, in whatever order they come.
struct Best {
  int32_t index;
  double score;
  void offer(int32_t other, double other_score) {
    if (other_score > score || (other_score == score && other < index)) index = other, score = other_score;
  }
};

// All classes. Since -log(u) >= 1 - u, the Gumbel number of u is at most -log(1 - u): a class can only win when
// 1 - u <= exp(l - best), one cheap exponential instead of two exact logarithms. The margin covers its rounding.
int32_t draw_from_all(const Sample& s, const float* l, int64_t classes) {
  const double most = gumbel(uniform_of_bits(~0u));
  const int32_t likely = int32_t(std::max_element(l, l + classes) - l);
  Best best{likely, l[likely] + gumbel(s, likely)};
  const std::array<uint32_t, 2> key{uint32_t(s.seed), uint32_t(s.seed >> 32)};
  for (int64_t four = 0; four < classes; four += 4) {
    const int64_t end = std::min<int64_t>(4, classes - four);
    bool any = false;
    for (int64_t i = 0; i < end; ++i) any = any || !(l[four + i] + most < best.score);
    if (!any) continue;
    const auto bits = philox({uint32_t(four / 4), s.position, s.stream, 0}, key);  // as uniform() in core/random.h
    for (int64_t i = 0; i < end; ++i) {
      const float u = uniform_of_bits(bits[size_t(i)]);
      if ((1 - u) * 0.999f > std::exp(float(l[four + i] - best.score))) continue;
      best.offer(int32_t(four + i), l[four + i] + gumbel(u));
    }
  }
  return best.index;
}

// Moves the best `count` to the front, unordered; those before `sorted` are already the best in order.
void select(Ranked* kept, int64_t sorted, int64_t count, int64_t all) {
  if (count < all) std::nth_element(kept + sorted, kept + count - 1, kept + all);
}

int32_t draw_from_some(const Sample& s, const float* l, int64_t classes, Ranked* kept) {
  const bool limited = s.top_k > 0 && s.top_k < classes;
  int64_t count = limited ? s.top_k : classes;
  const int64_t at_first = count > classes / 16 ? classes : count;
  for (int64_t c = 0; c < at_first; ++c) kept[c] = {l[c], int32_t(c)};
  if (at_first < classes) {  // few: a heap with the worst on top, which hardly any of the others displaces
    std::make_heap(kept, kept + count);
    for (int64_t c = count; c < classes; ++c) {
      if (!(l[c] > kept[0].l)) continue;  // equal to the worst but of a higher class: worse
      std::pop_heap(kept, kept + count);
      kept[count - 1] = {l[c], int32_t(c)};
      std::push_heap(kept, kept + count);
    }
  }
  if (limited) {
    select(kept, 0, count, at_first);
    std::sort(kept, kept + count, [](const Ranked& a, const Ranked& b) { return a.index < b.index; });
  }
  if (s.top_p < 1) {
    const double largest = std::min_element(kept, kept + count)->l;  // the first in rank
    double sum = 0, reached = 0;
    for (int64_t i = 0; i < count; ++i) sum += std::exp(kept[i].l - largest);  // by class, as the reference
    int64_t taken = 0, sorted = 0;
    for (int64_t next = 64; taken < count && (taken == 0 || reached < s.top_p * sum); ++taken) {
      if (taken == sorted) {  // rank some more: usually few are needed
        const int64_t end = std::min(next, count);
        select(kept, sorted, end, count);
        std::sort(kept + sorted, kept + end);
        sorted = end, next *= 4;
      }
      reached += std::exp(kept[taken].l - largest);
    }
    count = taken;
  }
  Best best{kept[0].index, kept[0].l + gumbel(s, kept[0].index)};
  for (int64_t i = 1; i < count; ++i) best.offer(kept[i].index, kept[i].l + gumbel(s, kept[i].index));
  return best.index;
}

}  // namespace

void CpuOps::do_sample(View<int32_t, 1> ids, View<const float, 2> logits, View<const Sample, 1> samples,
                       View<const int32_t, 1> history) const {
  const int64_t classes = logits.dim[1], rounded = (classes + 15) / 16 * 16;
  const size_t per_worker = size_t(rounded) * (sizeof(float) + sizeof(Ranked));
  unsigned char* memory = scratch(per_worker * size_t(pool_.size()));
  std::atomic<int64_t> broken_sample = samples.dim[0], broken_class = 0;  // of the lowest sample
  const auto task = [&](int worker, int64_t begin, int64_t end) {
    float* l = reinterpret_cast<float*>(memory + size_t(worker) * per_worker);
    Ranked* ranked = reinterpret_cast<Ranked*>(l + rounded);
    for (int64_t i = begin; i < end; ++i) {
      const Sample& s = samples[i];
      const int64_t nan = adjust(l, s, logits, history);
      if (nan != no_class) {
        broken_sample = i, broken_class = nan;
        return;
      }
      if (s.temperature == 0) {
        ids[i] = int32_t(std::max_element(l, l + classes) - l);
        continue;
      }
      for (int64_t c = 0; c < classes; ++c) l[c] /= s.temperature;
      const bool all = (s.top_k == 0 || s.top_k >= classes) && s.top_p == 1;
      ids[i] = all ? draw_from_all(s, l, classes) : draw_from_some(s, l, classes, ranked);
    }
  };
  pool_.each(samples.dim[0], 1, std::ref(task));
  if (broken_sample < samples.dim[0]) fail_nan_logits(broken_sample, broken_class);
}

}  // namespace bifrons
