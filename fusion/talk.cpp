// fusion/talk.cpp - see talk.h.
#include "fusion/talk.h"

#include <algorithm>

#include "fusion/input_rows.h"
#include "kernels/core/error.h"

namespace bifrons {

namespace {

// FNV-1a over size and pixels: a fingerprint, good enough to tell the pictures of one conversation apart.
uint64_t fingerprint(const Image& image) {
  uint64_t hash = 0xcbf29ce484222325u;
  const auto mix = [&](uint64_t value) { hash = (hash ^ value) * 0x100000001b3u; };
  mix(uint64_t(image.width)), mix(uint64_t(image.height));
  for (const uint8_t byte : image.rgb) mix(byte);
  return hash | (uint64_t(1) << 63);  // never equal to a token id
}

}  // namespace

Talker::Talker(const Janus& model) : model_(model) {}
Talker::~Talker() = default;

void Talker::forget() {
  engine_.reset();
  kept_.clear();
  capacity_ = 0;
}

void Talker::make_room(int64_t tokens) {
  if (engine_ && tokens <= capacity_) return;
  // A new cache forgets what was read, so the first leaves room for a longer question and later ones double.
  const int64_t grown = engine_ ? std::max(tokens, 2 * capacity_) : (tokens / 512 + 1) * 512;
  forget();
  capacity_ = std::min(grown, model_.config().text.max_positions);
  EngineOptions options;
  options.cache_tokens = capacity_;
  options.max_sequences = 2;
  engine_ = std::make_unique<Engine>(model_.ops(), model_.language(), model_.cache_format(), options);
  sequence_ = engine_->create();
}

Answer Talker::answer(std::span<const ChatMessage> messages, std::span<const Image* const> images, const GenerateOptions& options,
                      const std::function<bool(std::string_view)>& on_text) {
  const int64_t most = model_.config().text.max_positions;
  const auto ids = expand_images(model_, chat_ids(model_, messages, {.default_system = model_.config().default_system_prompt}),
                                 int64_t(images.size()));
  const int64_t rows = int64_t(ids.size());
  if (rows >= most)
    fail(Fault::limit, "the prompt has ", rows, " tokens, but this model reads at most ", most - 1,
         ": shorten it, or start a new conversation");

  std::vector<uint64_t> keys(ids.begin(), ids.end());
  std::vector<size_t> first_row(images.size(), 0);  // of each picture
  std::vector<uint64_t> prints;
  for (const Image* image : images) prints.push_back(fingerprint(*image));
  for (size_t i = 0, image = 0, row = 0; i < ids.size() && !images.empty(); ++i) {
    if (ids[i] != model_.tokens().placeholder) continue;
    if (row == 0) first_row[image] = i;
    keys[i] = prints[image] + row;
    if (++row == size_t(model_.config().image_tokens)) row = 0, ++image;
  }

  make_room(std::min(most, rows + options.max_tokens));
  size_t same = 0;
  while (same + 1 < keys.size() && same < kept_.size() && keys[same] == kept_[same]) ++same;
  // A picture whose rows are only partly kept is read again as a whole, so that it is encoded once for all of its rows.
  size_t seen = 0;  // pictures wholly in the kept part
  while (seen < images.size() && first_row[seen] + size_t(model_.config().image_tokens) <= same) ++seen;
  if (seen < images.size()) same = std::min(same, first_row[seen]);
  engine_->truncate(sequence_, int64_t(same));
  kept_.resize(same);

  Looked looked;
  if (seen < images.size()) looked = look_at(model_, images.subspan(seen));
  // With every picture kept, the ids that are left hold no placeholder.
  const Tensor<float, 2> embedded = input_rows(model_, std::span(ids).subspan(same), looked.aligned);
  const Engine::Input input{.sequence = sequence_, .embeddings = embedded};
  const View<const float, 2> last = engine_->forward({&input, 1});
  kept_.assign(keys.begin(), keys.end());

  GenerateOptions settings = options;
  if (model_.tokens().eos) settings.stop.push_back(*model_.tokens().eos);
  settings.max_tokens = std::min(settings.max_tokens, most - rows);
  Answer answer{{}, rows, int64_t(same)};
  // The template ends in a colon, so answers begin with a space that belongs to nobody.
  bool begun = false;
  answer.generated = generate(*engine_, model_.tokenizer(), sequence_, last, ids, settings, [&](std::string_view text) {
    if (!begun) text.remove_prefix(std::min(text.find_first_not_of(" \n\t\r"), text.size()));
    begun |= !text.empty();
    return !on_text || on_text(text);
  });
  std::string& whole = answer.generated.text;
  whole.erase(0, std::min(whole.find_first_not_of(" \n\t\r"), whole.size()));
  const int64_t fed = engine_->length(sequence_) - rows;
  for (int64_t i = 0; i < fed; ++i) kept_.push_back(uint64_t(answer.generated.ids[size_t(i)]));
  return answer;
}

}  // namespace bifrons
