// kernels/reference/sampling.cpp - drawing ids from logits by full sorts, and the nearest row of a codebook.
#include "kernels/reference/sampling.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "kernels/reference/reference_ops.h"

namespace bifrons {
namespace {

// The logits of one sample after guidance and repetition penalty.
std::vector<float> adjusted(const Sample& s, View<const float, 2> logits, View<const int32_t, 1> history) {
  std::vector<float> l(static_cast<size_t>(logits.dim[1]));
  for (int64_t c = 0; c < logits.dim[1]; ++c)
    l[size_t(c)] = s.uncond < 0 ? logits[s.cond][c] : guided(logits[s.cond][c], logits[s.uncond][c], s.guidance);
  std::vector<bool> seen(l.size());
  for (int64_t i = s.history_begin; i < s.history_end; ++i) seen[size_t(history[i])] = true;
  for (size_t c = 0; c < l.size(); ++c)
    if (seen[c]) l[c] = penalised(l[c], s.repetition_penalty);
  return l;
}

// The classes that may be drawn, best first.
std::vector<Ranked> kept_classes(const Sample& s, const std::vector<float>& l) {
  std::vector<Ranked> kept(l.size());
  for (size_t c = 0; c < l.size(); ++c) kept[c] = {l[c], int32_t(c)};
  std::sort(kept.begin(), kept.end());
  if (s.top_k > 0 && size_t(s.top_k) < kept.size()) kept.resize(size_t(s.top_k));
  if (s.top_p < 1) {
    const double largest = kept.front().l;
    std::vector<Ranked> by_class = kept;  // summed in this order, which needs no sorted list
    std::sort(by_class.begin(), by_class.end(), [](const Ranked& a, const Ranked& b) { return a.index < b.index; });
    double sum = 0, reached = 0;
    for (const Ranked& r : by_class) sum += std::exp(r.l - largest);
    size_t count = 0;
    while (count < kept.size() && (count == 0 || reached < s.top_p * sum)) reached += std::exp(kept[count++].l - largest);
    kept.resize(count);
  }
  return kept;
}

int32_t draw(const Sample& s, std::vector<float> l) {
  if (s.temperature == 0) return int32_t(std::max_element(l.begin(), l.end()) - l.begin());
  for (float& v : l) v /= s.temperature;
  std::vector<Ranked> kept = kept_classes(s, l);
  std::sort(kept.begin(), kept.end(), [](const Ranked& a, const Ranked& b) { return a.index < b.index; });
  int32_t best = kept.front().index;
  double best_score = kept.front().l + gumbel(s, best);
  for (const Ranked& r : kept) {
    const double score = r.l + gumbel(s, r.index);
    if (score > best_score) best = r.index, best_score = score;
  }
  return best;
}

}  // namespace

void fail_nan_logits(int64_t sample, int64_t index) {
  fail(Fault::other, "sample: the logits of sample ", sample, " are not a number at class ", index,
       ": the weights are damaged or overflow this format; try f32");
}

void ReferenceOps::do_sample(View<int32_t, 1> ids, View<const float, 2> logits, View<const Sample, 1> samples,
                             View<const int32_t, 1> history) const {
  for (int64_t i = 0; i < samples.dim[0]; ++i) {
    std::vector<float> l = adjusted(samples[i], logits, history);
    const auto nan = std::find_if(l.begin(), l.end(), [](float v) { return std::isnan(v); });
    if (nan != l.end()) fail_nan_logits(i, nan - l.begin());
    ids[i] = draw(samples[i], std::move(l));
  }
}

void ReferenceOps::do_nearest(View<int32_t, 1> out, View<const float, 2> z, View<const float, 2> codes) const {
  pool_.each(z.dim[0], 4, [&](int, int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      double least = INFINITY;
      out[p] = 0;
      for (int64_t j = 0; j < codes.dim[0]; ++j) {
        double distance = 0;
        for (int64_t c = 0; c < z.dim[1]; ++c) {
          const double d = double(z[p][c]) - codes[j][c];
          distance += d * d;
        }
        if (distance < least) least = distance, out[p] = int32_t(j);
      }
    }
  });
}

}  // namespace bifrons
