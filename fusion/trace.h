// fusion/trace.h - raw ids in, tensors out, nothing added: the door through which a model is compared with other
// implementations. Spec: trace.md. What the command `bifrons trace` writes and what the goldens' test compares.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fusion/janus.h"
#include "fusion/prompt.h"
#include "vision/image.h"

namespace bifrons {

struct TraceRequest {
  // The prompt: at most one of these.
  std::optional<std::vector<int32_t>> ids;
  std::optional<std::string> text, prompt;
  std::optional<std::vector<ChatMessage>> chat;
  std::vector<Image> images;

  int64_t greedy = 0;                             // text tokens to continue by arg-max
  std::optional<std::vector<int32_t>> image_ids;  // teacher-forced drawing
  int64_t image_greedy = 0;                       // image tokens to draw by arg-max
  std::optional<float> guidance;                  // default 5
  std::optional<std::vector<int32_t>> vq_decode;  // ids in raster order
  std::optional<Image> vq_encode;
  std::optional<VqRule> vq_rule;     // default: original
  std::vector<std::string> tensors;  // only these; empty: all

  bool has_prompt() const { return ids || text || prompt || chat; }
  bool draws() const { return image_ids || image_greedy > 0; }
};

struct TracedTensor {
  std::vector<int64_t> shape;
  std::vector<float> numbers;  // f32, or
  std::vector<int64_t> ids;    // i64
  bool is_ids = false;
};

// What must be loaded for a request; throws Fault::arguments, saying why, when its parts make no sense together.
JanusNeeds trace_needs(const TraceRequest& request);
std::map<std::string, TracedTensor> trace(const Janus& model, const TraceRequest& request);

}  // namespace bifrons
