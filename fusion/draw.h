// fusion/draw.h - text to pictures: guided pairs of sequences, many pictures at once, every pass over the weights shared by all
// of them. A prompt is read once however many pictures it asks for, the unconditional half once per prompt length. Picture i of
// seed S is the picture of seed S + i - 1 alone: the numbers depend on seed and position only (design.md, decision 4).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "fusion/janus.h"
#include "language/engine.h"
#include "vision/image.h"

namespace bifrons {

struct DrawSettings {
  float guidance = 5;     // 1: no unconditional half; 0: the prompt has no say
  float temperature = 1;  // 0: arg-max
  float top_p = 1;
  int32_t top_k = 0;  // 0: all
};
struct DrawRequest {
  std::vector<int32_t> prompt;  // ids up to and including begin-of-image
  uint64_t seed = 0;
};
struct DrawStep {
  int64_t step = 0, steps = 0;                // of this group: after `step` of `steps` image tokens
  int64_t first = 0, pictures = 0;            // the requests being drawn now: [first, first + pictures)
  std::span<const std::vector<int32_t>> ids;  // so far, one list a request of the whole call
};

class Drawer {
 public:
  // cache_bytes: keys and values of all pictures drawn together; pictures that do not fit are drawn in groups. 0: an eighth of
  // this machine's memory.
  explicit Drawer(const Janus& model, size_t cache_bytes = 0);

  // image_tokens ids per request, in raster order. on_step runs after every step; returning false throws Cancelled at once.
  std::vector<std::vector<int32_t>> draw(std::span<const DrawRequest> requests, const DrawSettings& settings,
                                         const std::function<bool(const DrawStep&)>& on_step = {});
  // The picture of a whole grid of ids; or, of ids so far, the rows that are complete on a grey ground.
  Image picture(std::span<const int32_t> ids, const std::function<void(double fraction)>& progress = {}) const;
  Image preview(std::span<const int32_t> ids_so_far) const;

  int64_t group_size(int64_t prompt_tokens, bool guided) const;  // pictures that fit the cache together

 private:
  struct Group;
  void draw_group(std::span<const DrawRequest> requests, int64_t first, const DrawSettings& settings,
                  std::vector<std::vector<int32_t>>& ids, const std::function<bool(const DrawStep&)>& on_step);

  const Janus& model_;
  size_t cache_bytes_;
};

}  // namespace bifrons
