// tests/vision/models_test.cpp - SigLIP and the VQ tokenizer: the spec's numbers for model "T", the published implementations'
// tensors in every container and dialect, bad checkpoints, and numbers that are not.
#include <cstring>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/core/file.h"
#include "kernels/weights/safetensors.h"
#include "tests/close.h"
#include "tests/vision/tiny_model.h"
#include "vision/preprocess.h"
#include "vision/vq_tokenizer.h"

namespace bifrons {
namespace {

const std::filesystem::path goldens = BIFRONS_GOLDENS;

std::vector<Backend> backends() {
  std::vector<Backend> all{Backend::reference};
  if (!usable_isas().empty()) all.push_back(Backend::cpu);
  return all;
}

std::unique_ptr<Ops> ops_on(Backend backend) {
  OpsOptions options;
  options.threads = 2;
  return make_ops(backend, options);
}

Image pattern(int64_t width, int64_t height) {  // the picture of janus.md 2.2
  Image image(width, height);
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x)
      for (int64_t c = 0; c < 3; ++c)
        image.rgb[size_t((y * width + x) * 3 + c)] = uint8_t((7 * x + 13 * y + 29 * c + x * y / (3 + c)) % 256);
  return image;
}

std::vector<float> look(const Ops& ops, const Siglip& siglip, const std::vector<Image>& images) {
  const SiglipConfig& c = siglip.config();
  const Tensor<float, 4> pixels(Memory::host, {int64_t(images.size()), 3, c.image_size, c.image_size});
  for (size_t i = 0; i < images.size(); ++i) preprocess(pixels.view()[int64_t(i)], images[i], {.image_size = c.image_size});
  const auto out = ops.tensor<float, 2>({int64_t(images.size()) * c.patches(), c.width});
  siglip.forward(ops, out, pixels);
  std::vector<float> values(size_t(out.view().count()));
  ops.copy_out(values.data(), out.view().data, values.size() * sizeof(float));
  return values;
}

std::vector<float> draw(const Ops& ops, const VqTokenizer& vq, const std::vector<int32_t>& ids, int64_t grid_h, int64_t grid_w) {
  const Tensor<float, 3> pixels(Memory::host, {3, grid_h * vq.downscale(), grid_w * vq.downscale()});
  vq.decode(ops, pixels, ids, grid_h, grid_w);
  const auto flat = pixels.view().flat();
  return {flat.begin(), flat.end()};
}

VqTokenizer::Encoded tokens_of(const Ops& ops, const VqTokenizer& vq, const Image& image, int64_t size, VqRule rule) {
  const Tensor<float, 3> pixels(Memory::host, {3, size, size});
  preprocess_for_vq(pixels, image, size);
  return vq.encode(ops, View<const float, 3>(pixels.view()), rule);
}

std::pair<double, double> mean_and_deviation(const std::vector<float>& values) {
  double sum = 0, squares = 0;
  for (float v : values) sum += v;
  const double mean = sum / double(values.size());
  for (float v : values) squares += (v - mean) * (v - mean);
  return {mean, std::sqrt(squares / double(values.size()))};
}

std::string sentence(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

class OnBackend : public testing::TestWithParam<Backend> {
 protected:
  std::unique_ptr<Ops> ops_ = ops_on(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Backends, OnBackend, testing::ValuesIn(backends()),
                         [](const auto& one) { return std::string(name_of(one.param)); });

// ---- model "T" of the spec, without any files -----------------------------------------------------------------------

TEST_P(OnBackend, SiglipOfTheSpec) {  // janus.md 12.4
  const tiny::Folder folder(tiny::siglip_tensors());
  Weights file(folder.path());
  const Siglip siglip(*ops_, tiny::siglip, file, Dialect::original, Format::f32);
  const auto out = look(*ops_, siglip, {pattern(20, 13)});
  const auto [mean, deviation] = mean_and_deviation(out);
  EXPECT_NEAR(mean, 0.0374312553, 1e-6);
  EXPECT_NEAR(deviation, 1.0078503705, 1e-6);
  const std::vector<float> begin{0.6429450f, 0.6835571f, -1.5611456f, 1.8058477f},
      end{-0.2223783f, 0.9000563f, -0.9691605f, -0.4242822f};
  EXPECT_EQ(too_far(std::span(out).first(4), begin, 1e-5, 0), "");
  EXPECT_EQ(too_far(std::span(out).last(4), end, 1e-5, 0), "");
}

TEST_P(OnBackend, PicturesOfABatchDoNotMeet) {
  const tiny::Folder folder(tiny::siglip_tensors());
  Weights file(folder.path());
  const Siglip siglip(*ops_, tiny::siglip, file, Dialect::original, Format::f32);
  const std::vector<Image> images{pattern(20, 13), pattern(9, 40), pattern(32, 32)};
  const auto together = look(*ops_, siglip, images);
  for (size_t i = 0; i < images.size(); ++i) {
    const auto alone = look(*ops_, siglip, {images[i]});
    EXPECT_EQ(too_far(std::span(together).subspan(i * alone.size(), alone.size()), alone, 1e-6, 1e-6), "") << i;
  }
}

TEST_P(OnBackend, VqOfTheSpec) {  // janus.md 12.4
  const tiny::Folder folder(tiny::vq_tensors());
  Weights file(folder.path());
  const VqTokenizer vq(*ops_, file, Dialect::original, VqTokenizer::Side::both, Format::f32);
  EXPECT_EQ(vq.codes(), 64);
  EXPECT_EQ(vq.downscale(), 4);

  std::vector<int32_t> ids;
  for (int32_t i = 0; i < 64; ++i) ids.push_back((7 * i + 3 * (i / 8)) % 64);
  const auto pixels = draw(*ops_, vq, ids, 8, 8);
  const auto [mean, deviation] = mean_and_deviation(pixels);
  EXPECT_NEAR(mean, -0.1033841136, 1e-6);
  EXPECT_NEAR(deviation, 0.3590000430, 1e-6);
  const auto at = [&](size_t y, size_t x) {
    return std::vector<float>{pixels[y * 32 + x], pixels[1024 + y * 32 + x], pixels[2048 + y * 32 + x]};
  };
  EXPECT_EQ(too_far(at(0, 0), std::vector<float>{0.0457391f, -0.2352603f, -0.0387411f}, 1e-5, 0), "");
  EXPECT_EQ(too_far(at(16, 17), std::vector<float>{-0.7744808f, 0.1517081f, -0.5499207f}, 1e-5, 0), "");
  EXPECT_EQ(too_far(at(31, 31), std::vector<float>{0.0006077f, -0.0414259f, -0.0519529f}, 1e-5, 0), "");

  // The picture here is padded to a square, as the spec's table was made.
  const Tensor<float, 3> square(Memory::host, {3, 32, 32});
  preprocess(square, pattern(20, 13), {.image_size = 32});
  const auto encoded = vq.encode(*ops_, View<const float, 3>(square.view()));
  const auto [latent_mean, latent_deviation] = mean_and_deviation(encoded.latent);
  EXPECT_NEAR(latent_mean, 0.0423582443, 1e-6);
  EXPECT_NEAR(latent_deviation, 0.4431750765, 1e-6);
  EXPECT_THAT(encoded.ids,
              testing::ElementsAre(9, 27, 27, 46, 26, 23, 20, 49, 49, 14, 34, 23, 22, 47, 24, 49, 36, 46, 18, 41, 36, 47, 49, 58,
                                   49, 18, 57, 18, 24, 24, 20, 49, 20, 18, 62, 10, 49, 49, 20, 60, 47, 49, 41, 31, 16, 17, 57, 0,
                                   24, 41, 54, 41, 53, 38, 47, 41, 42, 27, 49, 38, 13, 11, 37, 11));
  EXPECT_THAT(vq.encode(*ops_, View<const float, 3>(square.view()), VqRule::huggingface).ids,
              testing::ElementsAre(9, 27, 3, 9, 3, 9, 9, 31, 31, 9, 9, 9, 29, 47, 31, 31, 36, 9, 9, 29, 31, 47, 31, 29, 29, 9, 57,
                                   18, 24, 31, 20, 9, 47, 18, 62, 53, 49, 49, 20, 29, 47, 49, 41, 49, 16, 17, 57, 0, 24, 41, 54,
                                   41, 53, 38, 47, 28, 3, 38, 49, 38, 38, 29, 29, 29));
}

TEST_P(OnBackend, VqTakesAnyGridAndTellsProgress) {
  const tiny::Folder folder(tiny::vq_tensors());
  Weights file(folder.path());
  const VqTokenizer vq(*ops_, file, Dialect::original, VqTokenizer::Side::decoder, Format::f32);
  const std::vector<int32_t> ids{5, 9, 63, 0, 1, 2};
  const Tensor<float, 3> pixels(Memory::host, {3, 8, 12});
  std::vector<double> told;
  vq.decode(*ops_, pixels, ids, 2, 3, [&](double fraction) { told.push_back(fraction); });
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
  EXPECT_GT(told.front(), 0);
  EXPECT_NEAR(told.back(), 1, 1e-9);
  EXPECT_THROW(vq.decode(*ops_, pixels, ids, 2, 3, [](double) { throw Cancelled(); }), Cancelled);

  const std::vector<int32_t> outside{5, 9, 64, 0, 1, 2}, negative{5, 9, -1, 0, 1, 2};
  EXPECT_THAT(sentence([&] { vq.decode(*ops_, pixels, outside, 2, 3); }),
              testing::HasSubstr("image id 64 at position 2 is outside the codebook of 64"));
  EXPECT_THROW(vq.decode(*ops_, pixels, negative, 2, 3), Error);
  EXPECT_THROW(vq.decode(*ops_, pixels, ids, 3, 3), Error);
  EXPECT_THROW(vq.decode(*ops_, pixels, ids, 3, 2), Error);  // the grid fits the ids, but not the pixels
  EXPECT_THAT(sentence([&] { vq.encode(*ops_, View<const float, 3>(pixels.view())); }),
              testing::HasSubstr("without its encoder"));
}

TEST_P(OnBackend, NotANumberInTheWeightsIsNoCrash) {
  for (float poison : {NAN, INFINITY}) {
    // In matrices: norms and biases are looked at when they are loaded (weights_test).
    const auto numbers = [&](const tiny::Spec& spec, uint64_t i) {
      return i % 97 == 5 && spec.shape.size() > 1 ? poison : tiny::value(spec, i);
    };
    const tiny::Folder eyes(tiny::siglip_tensors(), numbers), hands(tiny::vq_tensors(), numbers);
    Weights eye_file(eyes.path()), hand_file(hands.path());
    const Siglip siglip(*ops_, tiny::siglip, eye_file, Dialect::original, Format::f32);
    look(*ops_, siglip, {pattern(20, 13)});
    const VqTokenizer vq(*ops_, hand_file, Dialect::original, VqTokenizer::Side::both, Format::f32);
    to_image(View<const float, 3>(draw(*ops_, vq, std::vector<int32_t>(64, 3), 8, 8).data(), {3, 32, 32}));
    for (int32_t id : tokens_of(*ops_, vq, pattern(20, 13), 32, VqRule::original).ids) EXPECT_TRUE(id >= 0 && id < 64) << id;
  }
}

// ---- checkpoints that are not of one piece ---------------------------------------------------------------------------

TEST(VisionWeights, EveryTensorIsTakenOrLeftByName) {
  const auto ops = make_ops(Backend::reference);
  auto with_extras = tiny::siglip_tensors();
  with_extras.push_back({"vision_model.vision_tower.attn_pool.latent", {1, 1, 64}});
  {
    const tiny::Folder folder(with_extras);
    Weights file(folder.path());
    EXPECT_NO_THROW(Siglip(*ops, tiny::siglip, file, Dialect::original, Format::f32));
  }
  with_extras.push_back({"vision_model.vision_tower.blocks.0.ls1.gamma", {64}});
  const tiny::Folder folder(with_extras);
  Weights file(folder.path());
  EXPECT_THAT(sentence([&] { Siglip(*ops, tiny::siglip, file, Dialect::original, Format::f32); }),
              testing::HasSubstr("blocks.0.ls1.gamma"));
}

TEST(VisionWeights, WrongShapesAreNamed) {
  const auto ops = make_ops(Backend::reference);
  const tiny::Folder folder(tiny::siglip_tensors());
  const auto error_with = [&](SiglipConfig config) {
    Weights file(folder.path());
    return sentence([&] { Siglip(*ops, config, file, Dialect::original, Format::f32); });
  };
  SiglipConfig config = tiny::siglip;
  config.hidden = 96;
  EXPECT_THAT(error_with(config), testing::AllOf(testing::HasSubstr("mlp.fc1.weight"), testing::HasSubstr("[128, 64]"),
                                                 testing::HasSubstr("[96, 64]")));
  config = tiny::siglip, config.heads = 3;
  EXPECT_THAT(error_with(config), testing::HasSubstr("heads 3"));
  config = tiny::siglip, config.layers = 3;
  EXPECT_THAT(error_with(config), testing::HasSubstr("blocks.2.norm1.weight"));
  config = tiny::siglip, config.patch_size = 0;
  EXPECT_THAT(error_with(config), testing::HasSubstr("makes no sense"));
}

TEST(VisionWeights, VqShapesThatMakeNoSense) {
  const auto ops = make_ops(Backend::reference);
  const auto error_with = [&](std::vector<tiny::Spec> specs) {
    const tiny::Folder folder(specs, [](const tiny::Spec&, uint64_t) { return 0.0f; });
    Weights file(folder.path());
    return sentence([&] { VqTokenizer(*ops, file, Dialect::original, VqTokenizer::Side::both, Format::f32); });
  };
  const auto changed = [](const std::string& name, std::vector<int64_t> shape) {
    auto specs = tiny::vq_tensors();
    for (auto& spec : specs)
      if (spec.name == name) spec.shape = shape;
    return specs;
  };
  const auto without = [](const std::string& part) {
    auto specs = tiny::vq_tensors();
    std::erase_if(specs, [&](const tiny::Spec& spec) { return spec.name.find(part) != std::string::npos; });
    return specs;
  };
  EXPECT_EQ(error_with(tiny::vq_tensors()), "no error");
  EXPECT_THAT(error_with(changed("gen_vision_model.decoder.conv_in.weight", {48, 32, 3, 3})),
              testing::HasSubstr("decoder.conv_in"));
  EXPECT_THAT(error_with(changed("gen_vision_model.quantize.embedding.weight", {64})), testing::HasSubstr("2 dimensions"));
  EXPECT_THAT(error_with(changed("gen_vision_model.decoder.conv_blocks.2.res.0.conv1.weight", {33, 64, 3, 3})),
              testing::HasSubstr("conv_blocks.2.res.0"));
  EXPECT_THAT(error_with(without("quantize")), testing::HasSubstr("quantize.embedding.weight"));
  EXPECT_THAT(error_with(without("decoder.conv_blocks")), testing::HasSubstr("decoder.conv_blocks.0"));
  EXPECT_THAT(error_with(without("nin_shortcut")), testing::HasSubstr("nin_shortcut"));
  EXPECT_THAT(error_with(without("conv_blocks.0.attn.1")), testing::HasSubstr("attn.1"));
  EXPECT_THAT(error_with(without("decoder.conv_blocks.1.upsample")),
              testing::HasSubstr("2 times but the decoder doubles it 1 times"));
  EXPECT_THAT(error_with(without("encoder.conv_blocks.1.res")), testing::HasSubstr("times"));
  auto extra = tiny::vq_tensors();
  extra.push_back({"gen_vision_model.decoder.conv_blocks.1.res.0.nin_shortcut.weight", {64, 64, 1, 1}});
  EXPECT_THAT(error_with(extra), testing::HasSubstr("conv_blocks.1.res.0.nin_shortcut"));
}

TEST(VisionWeights, RandomModelsNeedNoFiles) {
  const auto ops = make_ops(Backend::reference);
  VqShape shape{.codes = 16,
                .code_channels = 4,
                .latent_channels = 32,
                .encoder = {{32, 64, 1, true, true}, {64, 64, 1, false, false}},
                .decoder = {{64, 64, 2, false, true}, {64, 32, 2, true, false}}};
  for (const Dialect dialect : {Dialect::original, Dialect::huggingface}) {
    Weights file = Weights::random(7);
    const Siglip siglip(*ops, tiny::siglip, file, dialect, Format::bf16);
    EXPECT_GT(siglip.weight_bytes(), 0u);
    const VqTokenizer vq(*ops, file, dialect, VqTokenizer::Side::both, Format::bf16, shape);
    EXPECT_EQ(vq.downscale(), 2);
    EXPECT_EQ(tokens_of(*ops, vq, pattern(12, 8), 8, VqRule::original).ids.size(), 16u);
    EXPECT_EQ(draw(*ops, vq, {1, 2, 3, 4}, 2, 2).size(), 48u);
  }
}

// ---- against the published implementations ---------------------------------------------------------------------------

struct GoldenCase {
  std::string golden, model, name;
};
void PrintTo(const GoldenCase& one, std::ostream* out) { *out << one.golden << " " << one.model << " " << one.name; }

nlohmann::json read_json(const std::filesystem::path& path) { return nlohmann::json::parse(read_file(path, 64 << 20)); }

std::vector<GoldenCase> golden_cases() {
  std::vector<GoldenCase> all;
  for (const char* golden : {"janus-t", "janus-u"}) {
    if (!std::filesystem::exists(goldens / golden)) continue;
    for (const auto& item : read_json(goldens / golden / "cases.json"))
      for (const auto& model : item["models"]) {
        const std::string name = item["name"];
        if (name.starts_with("look") || name.starts_with("pixels-") || name.starts_with("encode-"))
          all.push_back({golden, model, name});
      }
  }
  return all;
}

class Golden : public testing::TestWithParam<std::tuple<Backend, GoldenCase>> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Golden);

TEST(GoldenFolders, ArePresent) {
  if (golden_cases().empty())
    GTEST_SKIP() << "no goldens at " << goldens << ": the published implementations' tensors are not compared";
}

TEST_P(Golden, MatchesThePublishedImplementations) {
  const auto& [backend, which] = GetParam();
  const std::filesystem::path folder = goldens / which.golden;
  const auto cases = read_json(folder / "cases.json");
  const auto item =
      *std::find_if(cases.begin(), cases.end(), [&name = which.name](const auto& one) { return one["name"] == name; });
  const MappedFile expected_file(folder / item["expected"].get<std::string>());
  const auto expected = parse_safetensors(expected_file.bytes(), "expected");
  const auto ops = ops_on(backend);
  Weights file(folder / which.model);
  const Dialect dialect = which.model.starts_with("hf") ? Dialect::huggingface : Dialect::original;

  // Compares what the case expects under this name, if anything.
  size_t compared = 0;
  const auto compare = [&](const std::string& name, std::span<const float> got) {
    for (const StoredTensor& want : expected) {
      if (want.name != name) continue;
      const auto& tolerance = item["tensors"][name];
      const std::span values(reinterpret_cast<const float*>(want.bytes.data()), want.bytes.size() / sizeof(float));
      EXPECT_EQ(too_far(got, values, tolerance["abs"], tolerance["rel"]), "") << name;
      ++compared;
    }
  };

  const bool tiny_t = which.golden == "janus-t";
  std::vector<std::filesystem::path> images;
  std::string decode, encode;
  VqRule rule = VqRule::original;
  for (size_t i = 0; i + 1 < item["args"].size(); ++i) {
    const std::string option = item["args"][i], argument = item["args"][i + 1];
    if (option == "--image") images.push_back(folder / argument);
    if (option == "--vq-decode") decode = argument;
    if (option == "--vq-encode") encode = argument;
    if (option == "--vq-rule" && argument == "hf") rule = VqRule::huggingface;
  }
  const int64_t size = tiny_t ? 32 : 48;

  if (!images.empty()) {
    const SiglipConfig config =
        tiny_t ? tiny::siglip
               : SiglipConfig{.image_size = 48, .patch_size = 8, .width = 128, .layers = 2, .heads = 2, .hidden = 512};
    const Siglip siglip(*ops, config, file, dialect, Format::f32);
    std::vector<Image> pictures;
    std::vector<float> pixels;
    for (const auto& path : images) {
      pictures.push_back(load_image(path));
      const Tensor<float, 3> one(Memory::host, {3, size, size});
      preprocess(one, pictures.back(), {.image_size = size});
      pixels.insert(pixels.end(), one.view().flat().begin(), one.view().flat().end());
    }
    compare("pixels", pixels);
    compare("vision", look(*ops, siglip, pictures));
    EXPECT_EQ(compared, 2u);
    return;
  }
  const VqTokenizer vq(*ops, file, dialect, encode.empty() ? VqTokenizer::Side::decoder : VqTokenizer::Side::both, Format::f32);
  if (!decode.empty()) {
    const auto ids = read_json(folder / decode).get<std::vector<int32_t>>();
    const int64_t side = size / vq.downscale();
    compare("vq.pixels", draw(*ops, vq, ids, side, side));
    EXPECT_EQ(compared, 1u);
    return;
  }
  const auto encoded = tokens_of(*ops, vq, load_image(folder / encode), size, rule);
  compare("vq.latent", encoded.latent);
  for (const StoredTensor& want : expected) {
    if (want.name != "vq.ids") continue;
    ASSERT_EQ(want.dtype, DType::i64);
    ASSERT_EQ(want.bytes.size(), encoded.ids.size() * sizeof(int64_t));
    for (size_t i = 0; i < encoded.ids.size(); ++i) {
      int64_t id = 0;
      std::memcpy(&id, want.bytes.data() + i * sizeof id, sizeof id);
      EXPECT_EQ(encoded.ids[i], id) << "position " << i;
    }
    ++compared;
  }
  EXPECT_EQ(compared, 2u);
}

std::string case_name(const testing::TestParamInfo<Golden::ParamType>& one) {
  const auto& [backend, which] = one.param;
  std::string name = std::string(name_of(backend)) + "_" + which.golden + "_" + which.model + "_" + which.name;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}
// All cases on every backend; the slow reference sees each of them in one container of each dialect only.
std::vector<Golden::ParamType> golden_runs() {
  std::vector<Golden::ParamType> all;
  for (Backend backend : backends())
    for (const GoldenCase& one : golden_cases())
      if (backend != Backend::reference || one.model == "orig-safetensors" || one.model == "hf") all.push_back({backend, one});
  return all;
}
INSTANTIATE_TEST_SUITE_P(Published, Golden, testing::ValuesIn(golden_runs()), case_name);

}  // namespace
}  // namespace bifrons
