// tests/fusion/janus_test.cpp - the whole model "T" against the numbers of janus.md 12.4, in both dialects, on every backend; and
// drawing: the same seed gives the same picture alone, among others, in groups and on any number of threads.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusion/draw.h"
#include "fusion/talk.h"
#include "fusion/trace.h"
#include "kernels/weights/safetensors.h"
#include "tests/close.h"
#include "tests/fusion/model_t.h"
#include "tests/temporary_folder.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;

// One checkpoint a dialect, written once.
const std::filesystem::path& folder_of(Dialect dialect) {
  static const TemporaryFolder* const folders[2] = {new TemporaryFolder, new TemporaryFolder};
  static const bool written =
      (model_t::write(folders[0]->path(), Dialect::original), model_t::write(folders[1]->path(), Dialect::huggingface), true);
  (void)written;
  return folders[dialect == Dialect::original ? 0 : 1]->path();
}

struct Made {
  std::unique_ptr<Ops> ops;
  std::unique_ptr<Janus> model;
};
Made make(Backend backend, Dialect dialect, const JanusNeeds& needs = JanusNeeds::everything(), int threads = 0,
          Format format = Format::f32) {
  OpsOptions options;
  options.threads = threads;
  Made made;
  made.ops = make_ops(backend, options);
  made.model = std::make_unique<Janus>(*made.ops, ModelFolder(folder_of(dialect)), needs, format);
  return made;
}

class ModelT : public testing::TestWithParam<std::tuple<Backend, Dialect>> {
 protected:
  void SetUp() override {
    if (std::get<0>(GetParam()) == Backend::cpu && usable_isas().empty()) GTEST_SKIP() << "this machine has no AVX2";
    made_ = make(std::get<0>(GetParam()), std::get<1>(GetParam()));
  }
  std::map<std::string, TracedTensor> run(const TraceRequest& request) { return trace(*made_.model, request); }
  static std::span<const float> some(const TracedTensor& tensor, size_t begin, size_t count) {
    return std::span(tensor.numbers).subspan(begin, count);
  }
  static void expect(std::span<const float> got, std::initializer_list<float> want, double abs = 5e-5) {
    EXPECT_EQ(too_far(got, std::span(want.begin(), want.size()), abs, 0), "");
  }
  static void expect_ids(const TracedTensor& got, const std::string& want) {
    std::istringstream in(want);
    const std::vector<int64_t> ids((std::istream_iterator<int64_t>(in)), {});
    EXPECT_THAT(got.ids, ElementsAreArray(ids));
  }
  Made made_;
};

// The picture of janus.md 2.2's pattern, 20 x 13.
Image pattern(int64_t width = 20, int64_t height = 13) {
  Image image(width, height);
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x)
      for (int64_t c = 0; c < 3; ++c)
        image.rgb[size_t((y * width + x) * 3 + c)] = uint8_t((7 * x + 13 * y + 29 * c + x * y / (3 + c)) % 256);
  return image;
}

TEST_P(ModelT, Understands) {
  TraceRequest request;
  std::vector<int32_t> ids{model_t::bos, 3, 1, 4, 1, model_t::begin_image};
  ids.insert(ids.end(), 64, model_t::placeholder);
  for (int32_t id : {model_t::end_image, 5, 9, 2, 6}) ids.push_back(id);
  request.ids = ids;
  request.images.push_back(pattern());
  request.greedy = 12;
  const auto t = run(request);
  EXPECT_EQ(t.at("vision").shape, (std::vector<int64_t>{1, 64, 64}));
  expect(some(t.at("vision"), 0, 4), {0.6429450f, 0.6835571f, -1.5611456f, 1.8058477f});
  expect(some(t.at("vision"), 63 * 64 + 60, 4), {-0.2223783f, 0.9000563f, -0.9691605f, -0.4242822f});
  expect(some(t.at("aligned"), 0, 4), {0.0780325f, 0.5774912f, 0.2297141f, -0.0139764f});
  expect(some(t.at("hidden.final"), 74 * 64, 4), {1.8072105f, 0.7350102f, -0.6029682f, 0.7466500f});
  expect(some(t.at("logits"), 74 * 160, 4), {0.6089137f, -0.3799517f, 0.0198493f, -0.1923490f});
  expect_ids(t.at("greedy"), "59 139 143 105 42 45 55 135 105 42 45 55");
  EXPECT_EQ(t.at("hidden.0").shape, (std::vector<int64_t>{75, 64}));
  EXPECT_EQ(t.count("hidden.2"), 1u);
  EXPECT_EQ(t.count("hidden.3"), 0u);
}

TEST_P(ModelT, Draws) {
  TraceRequest request;
  request.ids = {model_t::bos, 3, 1, 4, 1, 5, model_t::begin_image};
  request.image_greedy = 16;
  const auto t = run(request);
  expect(some(t.at("image_logits.cond"), 0, 4), {0.0418644f, 0.0465924f, 0.1729589f, 0.0378184f});
  expect(some(t.at("image_logits.uncond"), 0, 4), {0.0074870f, 0.0730103f, 0.2383502f, 0.1175864f});
  expect(some(t.at("image_logits.guided"), 0, 4), {0.1793737f, -0.0590791f, -0.0886064f, -0.2812535f});
  expect_ids(t.at("image_greedy"), "16 30 48 48 48 11 18 1 48 48 40 36 18 18 18 18");
}

TEST_P(ModelT, DecodesAndEncodesPictures) {
  TraceRequest request;
  request.vq_decode.emplace();
  for (int32_t i = 0; i < 64; ++i) request.vq_decode->push_back((7 * i + 3 * (i / 8)) % 64);
  request.vq_encode = pattern();  // 20 x 13: enlarged and cropped
  auto t = run(request);
  const auto& y = t.at("vq.pixels");
  for (size_t c = 0; c < 3; ++c) {
    const float want[3][3] = {
        {0.0457391f, -0.2352603f, -0.0387411f}, {-0.7744808f, 0.1517081f, -0.5499207f}, {0.0006077f, -0.0414259f, -0.0519529f}};
    expect(some(y, c * 1024, 1), {want[0][c]}), expect(some(y, c * 1024 + 16 * 32 + 17, 1), {want[1][c]}),
        expect(some(y, c * 1024 + 1023, 1), {want[2][c]});
  }
  EXPECT_EQ(t.at("vq.ids").ids.size(), 64u);
  EXPECT_EQ(t.at("vq.latent").shape, (std::vector<int64_t>{8, 8, 8}));
}

TEST_P(ModelT, AWholePromptIsTheSameInAnyChunks) {  // the drawing's first hidden rows, read with and without the text before them
  TraceRequest request;
  request.prompt = "<|User|>: a red star\n\n<|Assistant|>:<begin_of_image>";
  request.image_greedy = 4;
  const auto by_string = run(request);
  TraceRequest by_ids;
  by_ids.ids = draw_ids(*made_.model, " a red star\n");
  by_ids.image_greedy = 4;
  EXPECT_EQ(by_string.at("ids").ids, run(by_ids).at("ids").ids);
}

INSTANTIATE_TEST_SUITE_P(All, ModelT,
                         testing::Combine(testing::Values(Backend::reference, Backend::cpu),
                                          testing::Values(Dialect::original, Dialect::huggingface)),
                         [](const auto& one) {
                           return std::string(name_of(std::get<0>(one.param))) +
                                  (std::get<1>(one.param) == Dialect::original ? "_original" : "_port");
                         });

// ---- drawing

std::vector<std::vector<int32_t>> draw(const Made& made, int count, uint64_t seed, size_t cache_bytes = 0,
                                       DrawSettings settings = {}) {
  std::vector<DrawRequest> requests;
  for (int i = 0; i < count; ++i) requests.push_back({draw_ids(*made.model, "a red star"), seed + uint64_t(i)});
  return Drawer(*made.model, cache_bytes).draw(requests, settings);
}

TEST(Drawing, TheSameSeedIsTheSamePictureInAnyCompany) {
  const Backend backend = usable_isas().empty() ? Backend::reference : Backend::cpu;
  for (const Format format : {Format::f32, Format::bf16, Format::q8, Format::q4}) {
    SCOPED_TRACE(std::string(name_of(format)));
    const Made one = make(backend, Dialect::original, JanusNeeds::drawing(), 1, format),
               two = make(backend, Dialect::original, JanusNeeds::drawing(), 2, format);
    const auto sixteen = draw(one, 16, 7);
    ASSERT_EQ(sixteen.size(), 16u);
    EXPECT_NE(sixteen[0], sixteen[1]);
    for (const int i : {0, 1, 9, 15}) EXPECT_EQ(draw(one, 1, 7 + uint64_t(i))[0], sixteen[size_t(i)]) << "picture " << i;
    EXPECT_EQ(draw(two, 16, 7), sixteen);
    EXPECT_EQ(draw(two, 3, 7, /*cache_bytes=*/1), (std::vector(sixteen.begin(), sixteen.begin() + 3))) << "one at a time";
  }
}

TEST(Drawing, TheTextHeadStaysInTheFile) {
  for (const Dialect dialect : {Dialect::original, Dialect::huggingface}) {
    const Made drawing = make(Backend::reference, dialect, JanusNeeds::drawing()), whole = make(Backend::reference, dialect);
    EXPECT_EQ(drawing.model->language().weight_bytes() + 4 * 160 * 64, whole.model->language().weight_bytes());
    EXPECT_EQ(draw(drawing, 1, 3), draw(whole, 1, 3));
    GenerateOptions options;
    options.max_tokens = 2;
    const std::vector<ChatMessage> question{{ChatMessage::Role::user, {{ChatItem::Kind::text, "What?"}}}};
    EXPECT_THAT(thrown([&] { Talker(*drawing.model).answer(question, {}, options); }), HasSubstr("without its text head"));
  }
}

TEST(Drawing, SeveralPromptsInOneBatch) {
  const Made made = make(Backend::reference, Dialect::huggingface, JanusNeeds::drawing());
  const std::vector<DrawRequest> requests{{draw_ids(*made.model, "a star"), 1},
                                          {draw_ids(*made.model, "a much longer prompt"), 2},
                                          {draw_ids(*made.model, "a star"), 3}};
  const auto together = Drawer(*made.model).draw(requests, {.temperature = 0.7f, .top_p = 0.9f, .top_k = 20});
  for (size_t i = 0; i < requests.size(); ++i)
    EXPECT_EQ(Drawer(*made.model).draw(std::span(requests).subspan(i, 1), {.temperature = 0.7f, .top_p = 0.9f, .top_k = 20})[0],
              together[i])
        << i;
}

TEST(Drawing, GuidanceOneNeedsNoPairAndAgreesWithTheFormula) {
  const Made made = make(Backend::reference, Dialect::original, JanusNeeds::drawing());
  const auto alone = draw(made, 1, 3, 0, {.guidance = 1}), nearly = draw(made, 1, 3, 0, {.guidance = 1.0000001f});
  EXPECT_EQ(alone, nearly);
  EXPECT_NE(alone, draw(made, 1, 3, 0, {.guidance = 5}));
}

TEST(Drawing, StopsWithinOneStep) {
  const Made made = make(Backend::reference, Dialect::original, JanusNeeds::drawing());
  const DrawRequest request{draw_ids(*made.model, "a star"), 0};
  int64_t last = 0;
  EXPECT_THROW(Drawer(*made.model).draw({&request, 1}, {}, [&](const DrawStep& step) { return (last = step.step) < 5; }),
               Cancelled);
  EXPECT_EQ(last, 5);
}

TEST(Drawing, PicturesAndPreviews) {
  const Made made = make(Backend::reference, Dialect::original, JanusNeeds::drawing());
  const Drawer drawer(*made.model);
  const auto ids = draw(made, 1, 5)[0];
  EXPECT_EQ(drawer.picture(ids).width, 32);
  const Image none = drawer.preview(std::span(ids).first(7)), some = drawer.preview(std::span(ids).first(17));
  EXPECT_EQ(none.rgb, std::vector<uint8_t>(32 * 32 * 3, 127)) << "no row is complete";
  EXPECT_NE(some.rgb[0], 127);
  EXPECT_EQ(some.rgb[size_t(8 * 32 * 3)], 127) << "two rows of tokens are eight rows of pixels";
  EXPECT_THAT(thrown([&] { drawer.picture(std::span(ids).first(9)); }), HasSubstr("64 ids"));
}

TEST(Drawing, PixelsThatAreNoNumbersAreNoPicture) {
  const TemporaryFolder folder;
  model_t::write(folder.path(), Dialect::original);
  {
    std::fstream file(folder.path() / "model.safetensors", std::ios::in | std::ios::out | std::ios::binary);
    uint64_t header_bytes = 0;
    file.read(reinterpret_cast<char*>(&header_bytes), 8);
    std::string header(header_bytes, ' ');
    file.read(header.data(), std::streamsize(header_bytes));
    const auto at = nlohmann::json::parse(header)["gen_vision_model.decoder.conv_out.weight"]["data_offsets"][0].get<uint64_t>();
    file.seekp(std::streamoff(8 + header_bytes + at));
    file.write("\xc0\x7f", 2);  // a NaN
  }
  const auto ops = make_ops(Backend::reference, {});
  const Janus model(*ops, ModelFolder(folder.path()), JanusNeeds::drawing(), Format::f32);
  const Drawer drawer(model);
  const std::vector<int32_t> ids(64, 1);
  EXPECT_THAT(thrown([&] { drawer.picture(ids); }), HasSubstr("the weights are damaged"));
  EXPECT_THAT(thrown([&] { drawer.preview(std::span(ids).first(17)); }), HasSubstr("the weights are damaged"));
}

TEST(Drawing, APromptTooLongIsRefusedWithBothNumbers) {
  const Made made = make(Backend::reference, Dialect::original, JanusNeeds::drawing());
  Fault fault{};
  const DrawRequest request{std::vector<int32_t>(16384, 5), 0};
  EXPECT_THAT(thrown([&] { Drawer(*made.model).draw({&request, 1}, {}); }, &fault), HasSubstr("16384 tokens"));
  EXPECT_EQ(fault, Fault::limit);
}

// ---- talking

TEST(Talking, WhatIsSharedIsReadOnce) {
  const Made made = make(Backend::reference, Dialect::original, JanusNeeds::talking());
  const Image image = pattern(), other = pattern(40, 30);
  const Image* const shown = &image;
  const Image* const shown_other = &other;
  const auto question = [](const char* text) {
    return std::vector<ChatMessage>{{ChatMessage::Role::user, {{ChatItem::Kind::image, ""}, {ChatItem::Kind::text, text}}}};
  };
  GenerateOptions options;
  options.max_tokens = 8;
  Talker talker(*made.model);
  const Answer first = talker.answer(question("What is it?"), {&shown, 1}, options);
  EXPECT_EQ(first.reused_tokens, 0);
  const Answer second = talker.answer(question("Which colour?"), {&shown, 1}, options);
  EXPECT_GT(second.reused_tokens, 64) << "the picture's rows";
  EXPECT_EQ(Talker(*made.model).answer(question("Which colour?"), {&shown, 1}, options).generated.ids, second.generated.ids);
  const Answer third = talker.answer(question("Which colour?"), {&shown_other, 1}, options);
  EXPECT_LT(third.reused_tokens, second.reused_tokens) << "another picture";
  EXPECT_GT(third.reused_tokens, 8) << "the system prompt";
  EXPECT_EQ(Talker(*made.model).answer(question("Which colour?"), {&shown_other, 1}, options).generated.ids, third.generated.ids);
  EXPECT_THAT(thrown([&] { talker.answer(question("What?"), {}, options); }), HasSubstr("room for 1 picture but 0 were given"));
}

TEST(Talking, TheFirstJanusHasPlainRolesAndNoPlaceholder) {  // janus.md 6.2: User and Assistant, and the next free id
  const TemporaryFolder folder;
  model_t::write(folder.path(), Dialect::original, /*with_tokenizer=*/false);
  auto tokenizer = nlohmann::json::parse(model_t::tokenizer_json());
  auto& added = tokenizer["added_tokens"];
  added.erase(added.begin() + 5, added.end());  // BOS, EOS, pad, begin- and end-of-image stay
  folder.write("tokenizer.json", tokenizer.dump());
  const auto ops = make_ops(Backend::reference);
  const Janus model(*ops, ModelFolder(folder.path()), JanusNeeds::talking(), Format::f32);
  EXPECT_EQ(model.tokens().placeholder, 155);
  EXPECT_FALSE(model.tokens().user.has_value());
  const std::vector<ChatMessage> question{
      {ChatMessage::Role::user, {{ChatItem::Kind::image, ""}, {ChatItem::Kind::text, "What?"}}}};
  const auto ids = chat_ids(model, question, {.default_system = false});
  EXPECT_EQ(model.tokenizer().decode(ids), "<｜begin▁of▁sentence｜>User: \nWhat?\n\nAssistant:");
  EXPECT_EQ(published_ids(model, "User: <image_placeholder>\nWhat?\n\nAssistant:"), ids);
  const Image image = pattern();
  const Image* const shown = &image;
  GenerateOptions options;
  options.max_tokens = 3;
  EXPECT_EQ(Talker(model).answer(question, {&shown, 1}, options).generated.ids.size(), 3u);
}

TEST(Talking, TextsAreStrippedAsPythonDoes) {
  const Made made = make(Backend::reference, Dialect::original, JanusNeeds{});
  const auto text = [&](std::vector<ChatItem> items) {
    const std::vector<ChatMessage> messages{{ChatMessage::Role::user, std::move(items)}};
    return made.model->tokenizer().decode(chat_ids(*made.model, messages, {.default_system = false, .generation_prompt = false}));
  };
  const ChatItem image{ChatItem::Kind::image, ""};
  const std::string begin = "<｜begin▁of▁sentence｜><|User|>";
  EXPECT_EQ(text({{ChatItem::Kind::text, "\u3000\u00a0 hi \t\u2028\n"}}), begin + ": hi");
  EXPECT_EQ(text({{ChatItem::Kind::text, " \n"}}), begin + ":");
  EXPECT_EQ(text({image, {ChatItem::Kind::text, " hi "}}), begin + ": <image_placeholder>\n hi");
  EXPECT_EQ(text({{ChatItem::Kind::text, " hi "}, image}), begin + ": hi \n<image_placeholder>");
  EXPECT_EQ(text({image, image}), begin + ": <image_placeholder>\n<image_placeholder>");
}

// ---- trace refuses what makes no sense

TEST(Trace, SenselessRequestsSayWhy) {
  const auto why = [](const TraceRequest& request) { return thrown([&] { trace_needs(request); }); };
  TraceRequest r;
  EXPECT_THAT(why(r), HasSubstr("nothing to trace"));
  r.ids = {1}, r.text = "x";
  EXPECT_THAT(why(r), HasSubstr("give one of them"));
  r = {}, r.greedy = 3;
  EXPECT_THAT(why(r), HasSubstr("--greedy continues a prompt"));
  r = {}, r.image_greedy = 3;
  EXPECT_THAT(why(r), HasSubstr("starts from a prompt"));
  r = {}, r.ids = {1}, r.image_greedy = 3, r.image_ids = {1};
  EXPECT_THAT(why(r), HasSubstr("give one of them"));
  r = {}, r.ids = {1}, r.guidance = 2.0f;
  EXPECT_THAT(why(r), HasSubstr("--guidance"));
  r = {}, r.ids = {1}, r.vq_rule = VqRule::original;
  EXPECT_THAT(why(r), HasSubstr("--vq-rule"));
  r = {}, r.text = "x", r.images.emplace_back(1, 1);
  EXPECT_THAT(why(r), HasSubstr("no placeholder"));
}

TEST(Trace, BadIdsAndTensorNames) {
  const Made made = make(Backend::reference, Dialect::original);
  const auto why = [&](const TraceRequest& request) { return thrown([&] { trace(*made.model, request); }); };
  TraceRequest r;
  r.ids = {1, 160};
  EXPECT_THAT(why(r), HasSubstr("160"));
  r.ids = {1}, r.image_ids = {3, 64};
  EXPECT_THAT(why(r), HasSubstr("outside the 64 ids"));
  r.image_ids.reset(), r.tensors = {"hidden.9"};
  EXPECT_THAT(why(r), HasSubstr("'hidden.9'"));
  r = {}, r.vq_decode = {1, 2, 3};
  EXPECT_THAT(why(r), HasSubstr("no square"));
  r.vq_decode = std::vector<int32_t>(65 * 65, 1);
  EXPECT_THAT(why(r), HasSubstr("at most 64x64 are decoded"));
  r = {}, r.ids = {1, model_t::placeholder}, r.images.push_back(pattern());
  EXPECT_THAT(why(r), HasSubstr("1 placeholder ids but the pictures fill 64"));
}

}  // namespace
}  // namespace bifrons
