// tests/kernels/sampling_test.cpp - ids drawn from logits, and nearest rows of a codebook. Ids must be equal on all backends.
#include <algorithm>
#include <set>

#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

class SamplingTest : public testing::TestWithParam<Target> {
 protected:
  const Ops& ops() const { return ops_of(GetParam()); }

  static std::vector<int32_t> run(const Ops& on, const std::vector<float>& logits, int64_t classes,
                                  const std::vector<Sample>& samples, const std::vector<int32_t>& history = {}) {
    const Rows rows(on, int64_t(logits.size()) / classes, classes, logits, 3);
    const Tensor<int32_t, 1> ids = on.tensor<int32_t, 1>({int64_t(samples.size())});
    on.sample(ids, rows, list_of(on, samples), list_of(on, history));
    std::vector<int32_t> out(samples.size());
    on.copy_out(out.data(), ids.view().data, out.size() * sizeof(int32_t));
    return out;
  }
  std::vector<int32_t> draw(const std::vector<float>& logits, int64_t classes, const std::vector<Sample>& samples,
                            const std::vector<int32_t>& history = {}) const {
    return run(ops(), logits, classes, samples, history);
  }
  // Every class that occurs among `count` draws from one row.
  std::set<int32_t> support(const std::vector<float>& logits, Sample s, uint32_t count = 400) const {
    std::vector<Sample> samples;
    for (s.position = 0; s.position < count; ++s.position) samples.push_back(s);
    const auto ids = draw(logits, int64_t(logits.size()), samples);
    return {ids.begin(), ids.end()};
  }
};
INSTANTIATE_TEST_SUITE_P(All, SamplingTest, testing::ValuesIn(all_targets()), target_name);

TEST(RandomTest, PhiloxKnownAnswers) {  // from the Random123 distribution's test vectors for philox4x32-10
  using Four = std::array<uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Four{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}), (Four{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Four{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
  EXPECT_GT(uniform_of_bits(0), 0.0f);
  EXPECT_LT(uniform_of_bits(~0u), 1.0f);
  EXPECT_NE(uniform(1, 2, 3, 4), uniform(1ull << 32 | 1, 2, 3, 4));  // the seed's upper half counts
}

TEST_P(SamplingTest, Greedy) {
  EXPECT_EQ(draw({1, 3, 2, 3, 5, 5, 0, 5, -1, -2, -1, -3}, 4, {{.cond = 0}, {.cond = 1}, {.cond = 2}}),
            (std::vector<int32_t>{1, 0, 0}));
  EXPECT_EQ(draw({-INFINITY, -INFINITY}, 2, {{.cond = 0}}), (std::vector<int32_t>{0}));
  EXPECT_EQ(draw({7}, 1, {{.cond = 0, .temperature = 1}}), (std::vector<int32_t>{0}));
}

TEST_P(SamplingTest, Guidance) {  // 1 + 5 (2 - 1) = 6 against 4 + 5 (4 - 4) = 4 and 0 + 5 (1 - 0) = 5
  const std::vector<float> logits{2, 4, 1, 1, 4, 0};
  EXPECT_EQ(draw(logits, 3, {{.cond = 0, .uncond = 1, .guidance = 5}, {.cond = 0, .uncond = 1, .guidance = 1}, {.cond = 0}}),
            (std::vector<int32_t>{0, 1, 1}));
}

TEST_P(SamplingTest, RepetitionPenalty) {
  const std::vector<float> logits{4, 3.5f, -1, -1.5f}, negative{-1, -1.5f};
  const std::vector<int32_t> history{0, 0, 0, 2};
  Sample s{.repetition_penalty = 1.2f, .history_begin = 0, .history_end = 4};
  EXPECT_EQ(draw(logits, 4, {s}, history), (std::vector<int32_t>{1}));  // once, however often it occurred: 4 / 1.2 < 3.5
  s.repetition_penalty = 1.1f;
  EXPECT_EQ(draw(logits, 4, {s}, history), (std::vector<int32_t>{0}));  // 4 / 1.1 > 3.5, but 4 / 1.1^3 is not
  s.history_end = 0;
  s.repetition_penalty = 9;
  EXPECT_EQ(draw(logits, 4, {s}, history), (std::vector<int32_t>{0}));  // an empty range
  EXPECT_EQ(draw(negative, 2, {{.repetition_penalty = 2, .history_begin = 0, .history_end = 1}}, history),
            (std::vector<int32_t>{1}));
}

TEST_P(SamplingTest, TopK) {
  const std::vector<float> logits{1, 2, 2, 2, 0};
  EXPECT_EQ(support(logits, {.temperature = 1, .top_k = 1}), (std::set<int32_t>{1}));
  EXPECT_EQ(support(logits, {.temperature = 1, .top_k = 2}), (std::set<int32_t>{1, 2}));  // ties: the lower class
  EXPECT_EQ(support(logits, {.temperature = 1, .top_k = 4}), (std::set<int32_t>{0, 1, 2, 3}));
  for (const int32_t k : {0, 5, 1000})
    EXPECT_EQ(support(logits, {.temperature = 1, .top_k = k}), (std::set<int32_t>{0, 1, 2, 3, 4}));
}

TEST_P(SamplingTest, TopP) {
  std::vector<float> logits;
  for (const float p : {0.1f, 0.4f, 0.2f, 0.3f}) logits.push_back(std::log(p));
  EXPECT_EQ(support(logits, {.temperature = 1, .top_p = 1e-6f}), (std::set<int32_t>{1}));  // at least one
  EXPECT_EQ(support(logits, {.temperature = 1, .top_p = 0.39f}), (std::set<int32_t>{1}));
  EXPECT_EQ(support(logits, {.temperature = 1, .top_p = 0.41f}), (std::set<int32_t>{1, 3}));
  EXPECT_EQ(support(logits, {.temperature = 1, .top_p = 0.71f}), (std::set<int32_t>{1, 2, 3}));
  EXPECT_EQ(support(logits, {.temperature = 1, .top_p = 0.95f}), (std::set<int32_t>{0, 1, 2, 3}));
  // top_p looks at what top_k left: 0.4 and 0.3 become 4/7 and 3/7
  EXPECT_EQ(support(logits, {.temperature = 1, .top_p = 0.5f, .top_k = 2}), (std::set<int32_t>{1}));
  EXPECT_EQ(support({0, 0, 0, 0}, {.temperature = 1, .top_p = 0.5f}), (std::set<int32_t>{0, 1}));  // ties: the lower class
}

TEST_P(SamplingTest, Distribution) {  // chi-square with 7 degrees of freedom; 24.3 is exceeded by chance once in a thousand
  const std::vector<double> share{0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.04, 0.01};
  std::vector<float> logits;
  for (const double p : share) logits.push_back(float(0.7 * std::log(p)));  // temperature 0.7 undoes it
  const int count = 20000;
  std::vector<Sample> samples;
  for (int i = 0; i < count; ++i)
    samples.push_back({.temperature = 0.7f, .stream = uint32_t(i % 7), .position = uint32_t(i), .seed = 42});
  std::vector<int> seen(share.size());
  for (const int32_t id : draw(logits, int64_t(logits.size()), samples)) ++seen[size_t(id)];
  double chi_square = 0;
  for (size_t c = 0; c < share.size(); ++c) chi_square += std::pow(seen[c] - count * share[c], 2) / (count * share[c]);
  EXPECT_LT(chi_square, 24.3);
}

TEST_P(SamplingTest, ASampleDoesNotDependOnItsBatch) {
  const int64_t classes = 1000;
  const auto logits = random_floats(4 * classes, 1, 3);
  std::vector<Sample> samples;
  for (int32_t i = 0; i < 16; ++i)
    samples.push_back({.cond = i % 4,
                       .uncond = i % 3 - 1,
                       .guidance = 2,
                       .temperature = 1,
                       .top_p = i % 2 ? 1 : 0.9f,
                       .top_k = i % 5 ? 0 : 50,
                       .stream = uint32_t(i / 4),
                       .position = uint32_t(i),
                       .seed = 7});
  const auto together = draw(logits, classes, samples);
  for (size_t i = 0; i < samples.size(); ++i) EXPECT_EQ(draw(logits, classes, {samples[i]})[0], together[i]) << i;
  EXPECT_GT(std::set<int32_t>(together.begin(), together.end()).size(), 8u);
  std::reverse(samples.begin(), samples.end());
  auto reversed = draw(logits, classes, samples);
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(reversed, together);
}

TEST_P(SamplingTest, SeedStreamAndPositionAllCount) {
  const auto logits = random_floats(500, 1, 0.1f);
  std::vector<Sample> samples;
  for (const uint64_t seed : {uint64_t(1), uint64_t(2), uint64_t(1) << 40})
    for (const uint32_t stream : {0, 1})
      for (const uint32_t position : {0, 1})
        samples.push_back({.temperature = 1, .stream = stream, .position = position, .seed = seed});
  const auto ids = draw(logits, 500, samples);
  EXPECT_GE(std::set<int32_t>(ids.begin(), ids.end()).size(), samples.size() - 1);
}

TEST_P(SamplingTest, SameIdsAsReference) {
  for (const int64_t classes : {1, 2, 7, 16, 17, 1023, 16384, 102400}) {
    const auto logits = random_floats(4 * classes, uint32_t(classes), 4);
    std::vector<int32_t> history;
    for (int32_t i = 0; i < 100; ++i) history.push_back(int32_t(int64_t(i) * 37 % classes));
    std::vector<Sample> samples;
    uint32_t position = 0;
    for (const float temperature : {0.0f, 0.3f, 1.0f, 5.0f})
      for (const float top_p : {1.0f, 0.999f, 0.5f})
        for (const int32_t top_k : {0, 1, 50, 5000})
          samples.push_back({.cond = int32_t(position % 4),
                             .uncond = int32_t(position % 3) - 1,
                             .guidance = 1.5f,
                             .temperature = temperature,
                             .top_p = top_p,
                             .repetition_penalty = position % 2 ? 1.3f : 1.0f,
                             .top_k = top_k,
                             .stream = 3,
                             .position = position++,
                             .seed = 0x1234567890ull,
                             .history_begin = 0,
                             .history_end = 100});
    if (classes > 20000) samples.erase(samples.begin(), samples.begin() + 30);  // the reference sorts them all
    EXPECT_EQ(draw(logits, classes, samples, history), run(reference(), logits, classes, samples, history)) << classes;
  }
}

TEST_P(SamplingTest, TiesAndInfinities) {
  const int64_t classes = 3000;
  std::vector<float> logits(size_t(classes), 1.0f), one = logits;  // every class equal: top_k and top_p cut by class
  one[1234] = INFINITY;
  std::vector<float> masked(size_t(classes), -INFINITY);
  masked[77] = -3, masked[1500] = -3;
  for (const auto& l : {logits, one, masked}) {
    std::vector<Sample> samples;
    for (uint32_t i = 0; i < 12; ++i)
      samples.push_back(
          {.temperature = i % 4 ? 1.0f : 0.0f, .top_p = i % 2 ? 0.25f : 1, .top_k = i % 3 ? 0 : 100, .position = i});
    EXPECT_EQ(draw(l, classes, samples), run(reference(), l, classes, samples));
  }
  EXPECT_EQ(support(masked, {.temperature = 1}), (std::set<int32_t>{77, 1500}));
  std::vector<float> several(size_t(classes), -1.0f), nothing(size_t(classes), -INFINITY);
  for (const size_t c : {2000, 300, 301}) several[c] = INFINITY;  // equal scores: the first class
  for (const int32_t top_k : {0, 2, 2000}) {
    EXPECT_EQ(support(several, {.temperature = 1, .top_k = top_k}, 5), (std::set<int32_t>{300}));
    EXPECT_EQ(support(nothing, {.temperature = 1, .top_k = top_k}, 5), (std::set<int32_t>{0}));
  }
}

TEST_P(SamplingTest, Misuse) {
  const std::vector<float> logits{1, 2, 3, 4, 5, 6};
  const auto says = [&](Sample s, const std::vector<int32_t>& history = {}) {
    return error_of([&] { draw(logits, 3, {s}, history); });
  };
  EXPECT_EQ(says({}), "");
  EXPECT_EQ(says({.cond = 2}), "sample: row 2 is outside 0 .. 1");
  EXPECT_NE(says({.cond = -1}), "");
  EXPECT_NE(says({.uncond = 2}), "");
  EXPECT_NE(says({.temperature = -1}), "");
  EXPECT_NE(says({.temperature = NAN}), "");
  EXPECT_NE(says({.guidance = INFINITY}), "");
  EXPECT_NE(says({.top_p = 0}), "");
  EXPECT_NE(says({.top_p = 1.5f}), "");
  EXPECT_NE(says({.repetition_penalty = 0}), "");
  EXPECT_NE(says({.top_k = -1}), "");
  EXPECT_NE(says({.history_begin = 0, .history_end = 1}), "");
  EXPECT_NE(says({.history_begin = 0, .history_end = 1}, {3}), "");
  EXPECT_NE(says({.history_begin = 1, .history_end = 0}, {1, 2}), "");
  for (const float temperature : {0.0f, 1.0f})
    for (const size_t at : {size_t(0), size_t(37), size_t(99)}) {
      auto broken = random_floats(200, 1);
      broken[at] = NAN;
      EXPECT_NE(error_of([&] { draw(broken, 100, {{.temperature = temperature}}); }).find("class " + std::to_string(at)),
                std::string::npos);
      EXPECT_NE(error_of([&] { draw(broken, 100, {{.cond = 1, .uncond = 0, .guidance = 2, .temperature = temperature}}); }), "");
      EXPECT_EQ(error_of([&] { draw(broken, 100, {{.cond = 1, .temperature = temperature}}); }), "");  // another row
    }
}

TEST_P(SamplingTest, Nearest) {
  const Rows codes(ops(), 4, 2, {0, 0, 1, 1, 1, 1, 5, 5}), z(ops(), 3, 2, {0.9f, 1.1f, 0.5f, 0.5f, 100, 100});
  const Tensor<int32_t, 1> ids = ops().tensor<int32_t, 1>({3});
  ops().nearest(ids, z, codes);  // first on ties: of two equal codes, and half-way between two
  std::vector<int32_t> got(3);
  ops().copy_out(got.data(), ids.view().data, 3 * sizeof(int32_t));
  EXPECT_EQ(got, (std::vector<int32_t>{1, 0, 3}));
  EXPECT_NE(error_of([&] { ops().nearest(ids, z, Rows(ops(), 4, 3)); }), "");
  EXPECT_NE(error_of([&] { ops().nearest(ids, codes, codes); }), "");

  const auto many = random_floats(16384 * 8, 1), asked = random_floats(40 * 8, 2);
  const auto run_on = [&](const Ops& on) {
    const Rows c(on, 16384, 8, many), x(on, 40, 8, asked, 3);
    const Tensor<int32_t, 1> out = on.tensor<int32_t, 1>({40});
    on.nearest(out, x, c);
    std::vector<int32_t> host(40);
    on.copy_out(host.data(), out.view().data, 40 * sizeof(int32_t));
    return host;
  };
  EXPECT_EQ(run_on(ops()), run_on(reference()));
}

}  // namespace
}  // namespace bifrons
