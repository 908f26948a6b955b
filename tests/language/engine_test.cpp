// tests/language/engine_test.cpp - the engine against plain attention without cache: ragged batches, forks, cuts, chunks and
// page sizes must never show in a number.
#include "language/engine.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/close.h"
#include "tests/language/tiny_model.h"

namespace bifrons {
namespace {

using Input = Engine::Input;
using Want = Input::Want;
using testing::HasSubstr;

constexpr double abs_error = 2e-5;  // f32 activations of size about 1 through two layers

template <class T>
std::vector<T> joined(std::vector<T> a, const std::vector<std::type_identity_t<T>>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
std::vector<float> slice(const std::vector<float>& rows, int64_t width, int64_t begin, int64_t end) {
  return {rows.begin() + begin * width, rows.begin() + end * width};
}
std::vector<float> feed(const TinyModel& m, Engine& engine, Engine::Sequence s, const std::vector<int32_t>& ids,
                        Want want = Want::last_row) {
  const Input input{.sequence = s, .ids = ids, .want = want};
  return m.host(engine.forward({&input, 1}));
}
std::string message_of(const std::function<void()>& action, Fault fault) {
  try {
    action();
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), fault) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

// ---- against the twin, over shapes of heads, pages and passes

struct Shape {
  int64_t heads, kv_heads, head_dim, page_tokens, batch_rows;
};
void PrintTo(const Shape& s, std::ostream* out) {
  *out << s.heads << "/" << s.kv_heads << " heads of " << s.head_dim << ", pages of " << s.page_tokens << ", passes of "
       << s.batch_rows;
}
class EngineShapes : public testing::TestWithParam<Shape> {
 protected:
  TinyModel m{tiny_config(GetParam().heads, GetParam().kv_heads, GetParam().head_dim)};
  Engine engine{*m.ops,
                m.model,
                Format::f32,
                {.cache_tokens = 400, .page_tokens = GetParam().page_tokens, .batch_rows = GetParam().batch_rows}};
};

TEST_P(EngineShapes, WholePromptGivesTheTwinsRows) {
  const auto ids = random_ids(37, 1);
  EXPECT_EQ(too_far(feed(m, engine, engine.create(), ids, Want::all_rows), m.twin.hidden(rows_of(ids)), abs_error, 0), "");
}

TEST_P(EngineShapes, PrefillDecodeAndEmbeddingsInOneForward) {
  const int64_t width = m.config.width;
  const auto a = random_ids(11, 2), b = random_ids(5, 3), more = random_ids(4, 4);
  const auto made = random_floats(3 * width, 5);
  auto in_ops = m.ops->tensor<float, 2>({6, width});  // every second row: strided
  for (int64_t r = 0; r < 3; ++r)
    m.ops->copy_in(in_ops.view()[2 * r].data, made.data() + r * width, size_t(width) * sizeof(float));
  const View<const float, 2> strided(in_ops.view().data, {3, width}, {2 * width, 1});

  const auto s = engine.create(), t = engine.create(), u = engine.create(), v = engine.create();
  feed(m, engine, s, a, Want::nothing);
  feed(m, engine, t, b, Want::nothing);
  const int32_t next = 9;
  const Input inputs[] = {{.sequence = u, .ids = more, .want = Want::nothing},
                          {.sequence = s, .ids = {&next, 1}},
                          {.sequence = t, .embeddings = strided, .want = Want::all_rows},
                          {.sequence = v, .ids = more}};
  const auto got = m.host(engine.forward(inputs));

  auto rows_t = rows_of(b);
  for (int64_t r = 0; r < 3; ++r) rows_t.push_back({0, slice(made, width, r, r + 1)});
  std::vector<float> want = m.twin.last_hidden(rows_of(joined(a, {next})));
  for (const auto& part : {slice(m.twin.hidden(rows_t), width, 5, 8), m.twin.last_hidden(rows_of(more))})
    want.insert(want.end(), part.begin(), part.end());
  EXPECT_EQ(too_far(got, want, abs_error, 0), "");
  EXPECT_EQ(engine.length(s), 12);
  EXPECT_EQ(engine.length(t), 8);

  // What was not wanted was stored all the same.
  EXPECT_EQ(too_far(feed(m, engine, u, {7}), m.twin.last_hidden(rows_of(joined(more, {7}))), abs_error, 0), "");
}

TEST_P(EngineShapes, ForksShareAPrefixAndDiverge) {
  const auto prefix = random_ids(10, 6), left = random_ids(6, 7), right = random_ids(6, 8);
  const auto a = engine.create();
  feed(m, engine, a, prefix, Want::nothing);
  const auto b = engine.fork(a), c = engine.fork(a);
  const int64_t used = engine.pages_used();
  EXPECT_EQ(used, (10 + GetParam().page_tokens - 1) / GetParam().page_tokens);
  std::vector<int32_t> in_a = prefix, in_b = prefix;
  for (size_t i = 0; i < left.size(); ++i) {  // a and b write into the same page in one forward; c keeps watching
    const Input inputs[] = {{.sequence = a, .ids = {&left[i], 1}}, {.sequence = b, .ids = {&right[i], 1}}};
    in_a.push_back(left[i]), in_b.push_back(right[i]);
    auto want = m.twin.last_hidden(rows_of(in_a));
    const auto of_b = m.twin.last_hidden(rows_of(in_b));
    want.insert(want.end(), of_b.begin(), of_b.end());
    EXPECT_EQ(too_far(m.host(engine.forward(inputs)), want, abs_error, 0), "") << "step " << i;
  }
  EXPECT_EQ(too_far(feed(m, engine, c, {3}), m.twin.last_hidden(rows_of(joined(prefix, {3}))), abs_error, 0), "");
  for (const auto s : {a, b, c}) engine.release(s);
  EXPECT_EQ(engine.pages_used(), 0);
}

TEST_P(EngineShapes, ForgettingPositionsLeavesNoTrace) {
  const auto ids = random_ids(20, 9);
  const auto s = engine.create();
  feed(m, engine, s, ids, Want::nothing);
  const auto other = engine.fork(s);
  for (const int64_t length : {17, 16, 9, 3, 0}) {
    engine.truncate(s, length);
    EXPECT_EQ(engine.length(s), length);
    const std::vector<int32_t> kept(ids.begin(), ids.begin() + length), fresh = random_ids(5, uint32_t(100 + length));
    EXPECT_EQ(too_far(feed(m, engine, s, fresh), m.twin.last_hidden(rows_of(joined(kept, fresh))), abs_error, 0), "") << length;
    engine.truncate(s, length);
  }
  EXPECT_EQ(too_far(feed(m, engine, other, {3}), m.twin.last_hidden(rows_of(joined(ids, {3}))), abs_error, 0), "");
}

// A window of guessed tokens is one input with all rows wanted; what is refused is truncated away.
TEST_P(EngineShapes, AVerifiedWindowIsStepByStep) {
  const auto prompt = random_ids(13, 10), window = random_ids(5, 11);
  const auto steps = engine.create(), guessed = engine.create();
  feed(m, engine, steps, prompt, Want::nothing);
  feed(m, engine, guessed, prompt, Want::nothing);
  std::vector<float> one_by_one;
  for (int32_t id : window) {
    const auto row = feed(m, engine, steps, {id});
    one_by_one.insert(one_by_one.end(), row.begin(), row.end());
  }
  EXPECT_EQ(feed(m, engine, guessed, window, Want::all_rows), one_by_one);  // to the last bit
  engine.truncate(steps, 15), engine.truncate(guessed, 15);                 // two were right
  EXPECT_EQ(feed(m, engine, guessed, {1, 2}), feed(m, engine, steps, {1, 2}));
}

INSTANTIATE_TEST_SUITE_P(Shapes, EngineShapes,
                         testing::Values(Shape{2, 2, 8, 32, 1024}, Shape{4, 2, 6, 3, 1024}, Shape{6, 1, 24, 1, 7},
                                         Shape{1, 1, 2, 5, 1}, Shape{4, 4, 24, 3, 3}, Shape{3, 3, 10, 32, 16}));

// ---- passes

TEST(Engine, ResultsDoNotDependOnWhereInputsAreCut) {
  TinyModel m(tiny_config(4, 2, 6));
  const auto a = random_ids(23, 1), b = random_ids(1, 2), c = random_ids(14, 3);
  std::vector<std::vector<float>> results;
  for (const int64_t batch_rows : {64, 38, 13, 5, 1}) {
    Engine engine(*m.ops, m.model, Format::f32, {.page_tokens = 4, .batch_rows = batch_rows});
    const Input inputs[] = {{.sequence = engine.create(), .ids = a, .want = Want::all_rows},
                            {.sequence = engine.create(), .ids = b},
                            {.sequence = engine.create(), .ids = c, .want = Want::all_rows}};
    results.push_back(m.host(engine.forward(inputs)));
    EXPECT_EQ(results.back(), results.front()) << batch_rows;  // to the last bit
  }
  EXPECT_EQ(results.front().size(), size_t((23 + 1 + 14) * m.config.width));
}

// Every backend: the twin's numbers, to the last bit the same for any number of threads and for windows and single steps, and
// close to that when a prompt is cut: the cpu adds up a row's attention by another method when few rows come at once.
TEST(Engine, NeitherBackendNorThreadsNorCutsShow) {
  for (const Backend backend : {Backend::reference, Backend::cpu}) {
    if (backend == Backend::cpu && usable_isas().empty()) continue;
    SCOPED_TRACE(std::string(name_of(backend)));
    auto config = tiny_config(4, 2, 24);
    config.width = 64, config.hidden = 96;
    std::vector<std::vector<float>> results;
    for (const int threads : {1, 3})
      for (const int64_t batch_rows : {64, 9}) {
        TinyModel m(config, backend, threads);
        Engine engine(*m.ops, m.model, Format::f32, {.cache_tokens = 400, .page_tokens = 4, .batch_rows = batch_rows});
        const auto a = random_ids(33, 1), b = random_ids(21, 2);
        const auto s = engine.create(), t = engine.create();
        const Input inputs[] = {{.sequence = s, .ids = a, .want = Want::all_rows}, {.sequence = t, .ids = b}};
        auto got = m.host(engine.forward(inputs));
        const auto u = engine.fork(t);
        const auto stepped = feed(m, engine, u, {5}), windowed = feed(m, engine, t, {5, 6, 7}, Want::all_rows);
        EXPECT_EQ(slice(windowed, config.width, 0, 1), stepped);
        got.insert(got.end(), windowed.begin(), windowed.end());
        results.push_back(got);
        const auto& same_cuts = results[batch_rows == 64 ? 0 : 1];
        EXPECT_EQ(results.back(), same_cuts) << threads << " threads, passes of " << batch_rows;
        EXPECT_EQ(too_far(results.back(), results.front(), backend == Backend::cpu ? abs_error : 0, 0), "") << batch_rows;
        if (results.size() > 1) continue;
        auto want = m.twin.hidden(rows_of(a));
        const auto of_t = m.twin.hidden(rows_of(joined(b, {5, 6, 7})));
        want.insert(want.end(), of_t.begin() + 20 * config.width, of_t.end());
        EXPECT_EQ(too_far(got, want, 2 * abs_error, 0), "");
      }
  }
}

TEST(Engine, ProbesSeeEveryRowOfEveryStage) {
  TinyModel m;
  const auto ids = random_ids(9, 4);
  const auto want = m.twin.stages(rows_of(ids));
  for (const int64_t batch_rows : {64, 4}) {
    Engine engine(*m.ops, m.model, Format::f32, {.page_tokens = 4, .batch_rows = batch_rows});
    std::vector<std::vector<float>> got(want.size());
    const HiddenProbe probe = [&](int64_t stage, View<const float, 2> rows) {
      const auto seen = m.host(rows);
      got.at(size_t(stage)).insert(got[size_t(stage)].end(), seen.begin(), seen.end());
    };
    const Input input{.sequence = engine.create(), .ids = ids};
    const auto last = m.host(engine.forward({&input, 1}, &probe));
    for (size_t stage = 0; stage < want.size(); ++stage) EXPECT_EQ(too_far(got[stage], want[stage], abs_error, 0), "") << stage;
    EXPECT_EQ(too_far(last, m.twin.last_hidden(rows_of(ids)), abs_error, 0), "");
  }
}

TEST(Engine, FarPositionsKeepTheirAngles) {
  auto config = tiny_config(1, 1, 4);
  config.layers = 1, config.max_positions = 1200, config.rotary_base = 3;  // its slowest angle passes 690 radians
  TinyModel m(config);
  Engine engine(*m.ops, m.model, Format::f32, {.batch_rows = 128});
  const auto ids = random_ids(1200, 5);
  EXPECT_EQ(too_far(feed(m, engine, engine.create(), ids), m.twin.last_hidden(rows_of(ids)), abs_error, 0), "");
}

TEST(Engine, ACacheInBf16IsCloseNotEqual) {
  TinyModel m;
  Engine exact(*m.ops, m.model, Format::f32), rounded(*m.ops, m.model, Format::bf16);
  const auto ids = random_ids(30, 6);
  const auto want = feed(m, exact, exact.create(), ids, Want::all_rows),
             got = feed(m, rounded, rounded.create(), ids, Want::all_rows);
  EXPECT_NE(got, want);
  EXPECT_LT(relative_error(got, want), 0.01);  // keys and values keep 8 bits
  EXPECT_EQ(exact.cache_bytes(), size_t(2 * m.config.layers * m.config.kv_heads * m.config.head_dim * 96 * 4));
  EXPECT_EQ(rounded.cache_bytes() * 2, exact.cache_bytes());
}

// ---- mistakes and limits

TEST(Engine, RefusesInputsThatMakeNoSense) {
  TinyModel m;
  Engine engine(*m.ops, m.model, Format::f32, {.cache_tokens = 64, .page_tokens = 8});
  const auto s = engine.create(), gone = engine.create();
  engine.release(gone);
  const auto made = m.ops->tensor<float, 2>({2, m.config.width}), narrow = m.ops->tensor<float, 2>({2, 7});
  const std::vector<int32_t> ids{1, 2}, negative{3, -1}, large{3, 4, 50};
  const auto refused = [&](const Input& input, Fault fault = Fault::arguments) {
    return message_of([&] { engine.forward({&input, 1}); }, fault);
  };
  EXPECT_EQ(message_of([&] { engine.forward({}); }, Fault::arguments), "engine: no inputs were given");
  EXPECT_EQ(refused({.sequence = s}), "engine: the input for sequence 0 has neither ids nor embeddings");
  EXPECT_EQ(refused({.sequence = s, .ids = ids, .embeddings = made}),
            "engine: the input for sequence 0 has both ids and embeddings");
  EXPECT_EQ(refused({.sequence = s, .embeddings = narrow}),
            "engine: embeddings for sequence 0 are [2, 7], the model's width is 20");
  EXPECT_EQ(refused({.sequence = s, .ids = negative}),
            "engine: token id -1 (row 1 of sequence 0, position 1) is outside the vocabulary of 50");
  EXPECT_THAT(refused({.sequence = s, .ids = large}), HasSubstr("token id 50 (row 2"));
  EXPECT_THAT(refused({.sequence = gone, .ids = ids}), HasSubstr("no sequence 1"));
  const Input twice[] = {{.sequence = s, .ids = ids}, {.sequence = s, .ids = ids}};
  EXPECT_EQ(message_of([&] { engine.forward(twice); }, Fault::arguments),
            "engine: sequence 0 occurs twice in one forward: join its rows into one input");
  const auto long_ids = random_ids(97, 1), over_cache = random_ids(65, 1);
  EXPECT_EQ(refused({.sequence = s, .ids = long_ids}, Fault::limit),
            "KV cache: 97 rows after the 0 of sequence 0 would exceed the 96 positions of the model: at most 96 more fit");
  EXPECT_EQ(refused({.sequence = s, .ids = over_cache}, Fault::limit),
            "KV cache: 65 more rows need 9 pages of 8 positions, 8 of 8 are free: release or truncate sequences, or make an "
            "engine with a larger cache");
  EXPECT_EQ(engine.length(s), 0);
  EXPECT_EQ(engine.pages_used(), 0);
  EXPECT_EQ(engine.room(s), 64);
  EXPECT_EQ(engine.free_tokens(), 64);
}

TEST(Engine, RefusesOptionsThatMakeNoSense) {
  TinyModel m;
  const auto refused = [&](const EngineOptions& options, Format format = Format::f32) {
    return message_of([&] { Engine(*m.ops, m.model, format, options); }, Fault::arguments);
  };
  EXPECT_EQ(refused({.page_tokens = 0}), "engine: page_tokens is 0, must be 1 to 1048576");
  EXPECT_THAT(refused({.batch_rows = -1}), HasSubstr("batch_rows is -1"));
  EXPECT_THAT(refused({.max_sequences = 1 << 20}), HasSubstr("max_sequences is 1048576"));
  EXPECT_THAT(refused({.cache_tokens = -5}), HasSubstr("cache_tokens is -5"));
  EXPECT_EQ(refused({}, Format::q8), "KV cache: the format q8 is for weights, the cache is f32 or bf16");
}

TEST(Engine, AThrowInTheMiddleChangesNoSequence) {
  TinyModel m;
  const auto prefix = random_ids(10, 1), left = random_ids(7, 2), right = random_ids(7, 3);
  for (const int64_t fail_after : {1, 2, 3, 4, 5}) {  // stages seen: the second pass begins with the fifth
    Engine engine(*m.ops, m.model, Format::f32, {.page_tokens = 4, .batch_rows = 8});
    const auto a = engine.create();
    feed(m, engine, a, prefix, Want::nothing);
    const auto b = engine.fork(a), c = engine.fork(a);
    engine.truncate(c, 9);  // shares the page in which the others go on, but not all of it
    int64_t seen = 0;
    const HiddenProbe probe = [&](int64_t, View<const float, 2>) {
      if (++seen == fail_after) throw std::runtime_error("stop");
    };
    const Input inputs[] = {{.sequence = a, .ids = left}, {.sequence = c, .ids = right}, {.sequence = b, .ids = right}};
    EXPECT_THROW(engine.forward(inputs, &probe), std::runtime_error);
    EXPECT_EQ(engine.length(a), 10);
    EXPECT_EQ(engine.length(b), 10);
    EXPECT_EQ(engine.length(c), 9);
    EXPECT_LE(engine.pages_used(), 3 + 2);            // copies made for writing may stay, nothing else
    const auto got = m.host(engine.forward(inputs));  // and nothing that was written shows
    auto want = m.twin.last_hidden(rows_of(joined(prefix, left)));
    for (const auto& ids : {joined(std::vector<int32_t>(prefix.begin(), prefix.begin() + 9), right), joined(prefix, right)}) {
      const auto row = m.twin.last_hidden(rows_of(ids));
      want.insert(want.end(), row.begin(), row.end());
    }
    EXPECT_EQ(too_far(got, want, abs_error, 0), "") << fail_after;
  }
}

// A small world of sequences at random, every result checked: whatever pages are recycled, shared or copied.
TEST(Engine, RandomWalk) {
  auto config = tiny_config(2, 1, 4);
  config.layers = 1, config.max_positions = 40;
  TinyModel m(config);
  Engine engine(*m.ops, m.model, Format::f32, {.cache_tokens = 90, .page_tokens = 3, .batch_rows = 6, .max_sequences = 5});
  std::map<Engine::Sequence, std::vector<int32_t>> want;
  uint32_t drawn = 0;
  int refused = 0;
  const auto draw = [&](int64_t below) { return std::min(below - 1, int64_t(uniform(5, 0, 0, drawn++) * float(below))); };
  const auto any = [&] { return std::next(want.begin(), draw(int64_t(want.size())))->first; };
  for (int step = 0; step < 400; ++step) {
    SCOPED_TRACE(step);
    const int64_t action = want.empty() ? 0 : draw(8);
    if (action <= 1 && want.size() < 5) {
      const auto from = want.empty() || action == 0 ? -1 : any();
      const auto ids = from < 0 ? std::vector<int32_t>() : want[from];
      want[from < 0 ? engine.create() : engine.fork(from)] = ids;
    } else if (action == 2) {
      const auto s = any();
      engine.release(s), want.erase(s);
    } else if (action == 3) {
      const auto s = any();
      want[s].resize(size_t(draw(int64_t(want[s].size()) + 1)));
      engine.truncate(s, int64_t(want[s].size()));
    } else if (!want.empty()) {
      std::map<Engine::Sequence, std::vector<int32_t>> fed;
      for (const auto& [s, ids] : want)
        if (draw(2) == 0) fed[s] = random_ids(1 + draw(4), uint32_t(step));
      std::vector<Input> inputs;
      std::vector<float> expected;
      for (const auto& [s, ids] : fed) {
        inputs.push_back({.sequence = s, .ids = ids});
        const auto row = m.twin.last_hidden(rows_of(joined(want[s], ids)));
        expected.insert(expected.end(), row.begin(), row.end());
      }
      if (inputs.empty()) continue;
      try {
        const auto got = m.host(engine.forward(inputs));
        ASSERT_EQ(too_far(got, expected, abs_error, 0), "");
        for (const auto& [s, ids] : fed) want[s] = joined(want[s], ids);
      } catch (const Error& e) {
        ASSERT_EQ(e.fault(), Fault::limit) << e.what();
        ++refused;
      }
    }
    for (const auto& [s, ids] : want) ASSERT_EQ(engine.length(s), int64_t(ids.size()));
  }
  EXPECT_GT(refused, 5);
  for (const auto& [s, ids] : want) engine.release(s);
  EXPECT_EQ(engine.pages_used(), 0);
  EXPECT_EQ(engine.free_tokens(), 90);
}

// ---- heads and samples

TEST(Engine, LogitsAndSamples) {
  TinyModel m;
  Engine engine(*m.ops, m.model, Format::f32);
  const auto a = random_ids(6, 1), b = random_ids(9, 2);
  const Input inputs[] = {{.sequence = engine.create(), .ids = a}, {.sequence = engine.create(), .ids = b}};
  const auto hidden = engine.forward(inputs);
  const auto logits = engine.text_logits(hidden);
  const auto of_a = m.twin.logits(m.twin.last_hidden(rows_of(a))), of_b = m.twin.logits(m.twin.last_hidden(rows_of(b)));
  EXPECT_EQ(too_far(m.host(logits), joined(of_a, of_b), 1e-4, 0), "");

  const auto best = [](const std::vector<float>& row) { return int32_t(std::max_element(row.begin(), row.end()) - row.begin()); };
  const Sample greedy[] = {{.cond = 1}, {.cond = 0}};
  EXPECT_EQ(engine.sample(logits, greedy), (std::vector<int32_t>{best(of_b), best(of_a)}));
  // The penalty looks at its own range of the history only.
  const std::vector<int32_t> history{best(of_a), best(of_b)};
  const Sample penalised[] = {{.cond = 0, .repetition_penalty = 1e6f, .history_begin = 0, .history_end = 1},
                              {.cond = 0, .repetition_penalty = 1e6f, .history_begin = 1, .history_end = 1}};
  const auto drawn = engine.sample(logits, penalised, history);
  EXPECT_NE(drawn[0], best(of_a));
  EXPECT_EQ(drawn[1], best(of_a));

  const auto refused = [&](const Sample& sample) {
    return message_of([&] { engine.sample(logits, {&sample, 1}, history); }, Fault::arguments);
  };
  EXPECT_EQ(refused({.cond = 2}), "sampling: rows 2 and -1 were asked for, the logits have 2");
  EXPECT_EQ(refused({.history_end = 3}), "sampling: history 0 to 3 was asked for, it has 2 ids");
  EXPECT_EQ(refused({.temperature = -1}), "sampling: temperature is -1, must be a number from 0 up");
  EXPECT_EQ(refused({.top_p = 0}), "sampling: top_p is 0, must be above 0 and at most 1");
  EXPECT_EQ(refused({.repetition_penalty = NAN}), "sampling: repetition_penalty is nan, must be a number above 0");
  EXPECT_THAT(refused({.guidance = INFINITY}), HasSubstr("guidance is inf"));
  EXPECT_THAT(refused({.top_k = -1}), HasSubstr("top_k is -1"));
  const std::vector<int32_t> foreign{50};
  EXPECT_THAT(message_of([&] { engine.sample(logits, greedy, foreign); }, Fault::arguments), HasSubstr("id 50 in the history"));
  EXPECT_THAT(message_of(
                  [&] {
                    engine.text_logits(m.ops->tensor<float, 2>({1, 3}));
                  },
                  Fault::arguments),
              HasSubstr("[1, 3] hidden rows"));
}

}  // namespace
}  // namespace bifrons
