// fusion/input_rows.cpp - see input_rows.h.
#include "fusion/input_rows.h"

#include "kernels/core/error.h"
#include "vision/preprocess.h"

namespace bifrons {

Looked look_at(const Janus& model, std::span<const Image* const> images) {
  const SiglipConfig& vision = model.config().vision;
  const int64_t count = int64_t(images.size()), size = vision.image_size, rows = count * vision.patches();
  if (vision.patches() != model.config().image_tokens)
    fail(Fault::unreadable, model.config().name, ": a picture gives ", vision.patches(), " rows but takes ",
         model.config().image_tokens, " tokens in a prompt; check 'num_image_tokens'");
  Looked looked;
  looked.pixels.resize(size_t(count * 3 * size * size));
  for (int64_t i = 0; i < count; ++i)
    preprocess(View<float, 3>(looked.pixels.data() + i * 3 * size * size, {3, size, size}), *images[size_t(i)],
               model.config().preprocess);
  looked.vision = model.ops().tensor<float, 2>({rows, vision.width});
  looked.aligned = model.ops().tensor<float, 2>({rows, model.config().text.width});
  model.look(looked.vision, looked.aligned, View<const float, 4>(looked.pixels.data(), {count, 3, size, size}));
  return looked;
}

Tensor<float, 2> input_rows(const Janus& model, std::span<const int32_t> ids, View<const float, 2> pictures) {
  const Ops& ops = model.ops();
  const int64_t vocabulary = model.config().text.vocabulary;
  std::vector<int32_t> looked_up(ids.begin(), ids.end()), places;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (pictures.dim[0] > 0 && ids[i] == model.tokens().placeholder) {
      looked_up[i] = 0;  // its own row may not even exist; it is overwritten below
      places.push_back(int32_t(i));
    } else if (ids[i] < 0 || ids[i] >= vocabulary) {
      fail(Fault::arguments, "token id ", ids[i], " (row ", i, ") is outside the vocabulary of ", vocabulary);
    }
  }
  if (int64_t(places.size()) != pictures.dim[0])
    fail(Fault::arguments, "the prompt holds ", places.size(), " placeholder ids but the pictures fill ", pictures.dim[0]);
  const auto upload = [&](std::span<const int32_t> numbers) {
    auto there = ops.tensor<int32_t, 1>({int64_t(numbers.size())});
    ops.copy_in(there.view().data, numbers.data(), numbers.size_bytes());
    return there;
  };
  auto rows = ops.tensor<float, 2>({int64_t(ids.size()), model.config().text.width});
  model.language().embed(ops, rows, upload(looked_up));
  if (!places.empty()) ops.scatter_rows(rows, pictures, upload(places));
  ops.wait();  // the uploads above go now
  return rows;
}

}  // namespace bifrons
