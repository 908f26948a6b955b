// tests/kernels/paged_attention_test.cpp - rotation, the paged cache and causal attention through its page table.
#include "tests/kernels/random_data.h"

namespace bifrons {
namespace {

class PagedAttentionTest : public testing::TestWithParam<Target> {
 protected:
  const Ops& ops() const { return ops_of(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, PagedAttentionTest, testing::ValuesIn(all_targets()), target_name);

// The host's side of a Batch: sequences with `before` positions stored and `rows` to come, pages dealt out back to front.
struct Sequences {
  struct Counts {
    int64_t before, rows;
  };
  Sequences(const Ops& ops, const std::vector<Counts>& counts, int64_t page_tokens, int64_t pages) {
    std::vector<int32_t> begin{0}, positions, sequence;
    int64_t longest = 0, taken = 0;
    for (const Counts& c : counts) longest = std::max(longest, c.before + c.rows);
    const int64_t per_sequence = (longest + page_tokens - 1) / page_tokens;
    std::vector<int32_t> table(size_t(per_sequence) * counts.size(), -1);  // never to be read where no position is
    for (size_t s = 0; s < counts.size(); ++s) {
      for (int64_t r = 0; r < counts[s].rows; ++r)
        positions.push_back(int32_t(counts[s].before + r)), sequence.push_back(int32_t(s));
      begin.push_back(int32_t(positions.size()));
      for (int64_t p = 0; p * page_tokens < counts[s].before + counts[s].rows; ++p)
        table[s * size_t(per_sequence) + size_t(p)] = int32_t(pages - 1 - taken++);
    }
    EXPECT_LE(taken, pages);
    begin_ = list_of(ops, begin), positions_ = list_of(ops, positions), sequence_ = list_of(ops, sequence),
    table_ = list_of(ops, table);
    batch = {begin_, positions_, sequence_, View<const int32_t, 2>(table_.view().data, {int64_t(counts.size()), per_sequence}),
             longest};
  }
  Batch batch;

 private:
  Tensor<int32_t, 1> begin_, positions_, sequence_, table_;
};

std::vector<float> rotary_table(int64_t positions, int64_t head_dim) {
  std::vector<float> table;
  for (int64_t p = 0; p < positions; ++p)
    for (int64_t i = 0; i < head_dim; ++i) {
      const double angle = double(p) * std::pow(10000.0, -2.0 * double(i % (head_dim / 2)) / double(head_dim));
      table.push_back(float(i < head_dim / 2 ? std::cos(angle) : std::sin(angle)));
    }
  return table;
}

TEST_P(PagedAttentionTest, ByHand) {
  // One head of 2; positions 0 and 1 turned by 0 and 90 degrees, so q of row 1 (0, 2) becomes (-2, 0).
  const auto store = ops().make_kv_store({1, 3, 1, 1, 2}, Format::f32);
  const Rows rotary(ops(), 2, 2, {1, 0, 0, 1});
  const Sequences s(ops(), {{0, 2}}, 1, 3);
  const Rows qkv(ops(), 2, 6, {1, 0, 1, 0, 10, 20, 0, 2, 0, 3, 30, 40}), out(ops(), 2, 2);
  ops().rotate_and_store(qkv, rotary, *store, 0, s.batch);
  const auto turned = qkv.values();
  EXPECT_EQ((std::vector<float>(turned.begin() + 6, turned.begin() + 8)), (std::vector<float>{-2, 0}));
  ops().attention_paged(out, qkv, *store, 0, s.batch, 0.5493061f / 4);  // scores of row 1: -2 and 6 times ln 3 / 8
  // weights 1/(1 + 3) and 3/(1 + 3)
  EXPECT_EQ(too_far(out.values(), std::vector<float>{10, 20, 25, 35}, 0, 1e-5), "");
}

struct Case {
  std::vector<Sequences::Counts> steps[3];  // up to three forwards, one after the other
  int64_t heads, kv_heads, head_dim, page_tokens;
};

// Runs the forwards of a case on one backend and returns all outputs, after checking that gaps stayed intact.
std::vector<float> run_case(const Ops& on, const Case& c, Format format) {
  const int64_t pages = 64, layers = 2, channels = (c.heads + 2 * c.kv_heads) * c.head_dim;
  const auto store = on.make_kv_store({layers, pages, c.page_tokens, c.kv_heads, c.head_dim}, format);
  const Rows rotary(on, 700, c.head_dim, rotary_table(700, c.head_dim));
  std::vector<float> all;
  uint32_t seed = 1;
  for (const auto& counts : c.steps) {
    if (counts.empty()) continue;
    const Sequences s(on, counts, c.page_tokens, pages);
    for (int64_t layer = 0; layer < layers; ++layer) {
      const Rows qkv(on, s.batch.rows(), channels, random_floats(s.batch.rows() * channels, ++seed), 3);
      const Rows out(on, s.batch.rows(), c.heads * c.head_dim, 1);
      on.rotate_and_store(qkv, rotary, *store, layer, s.batch);
      on.attention_paged(out, qkv, *store, layer, s.batch, 1 / std::sqrt(float(c.head_dim)));
      EXPECT_TRUE(out.gaps_intact() && qkv.gaps_intact());
      for (const auto& values : {qkv.values(), out.values()}) all.insert(all.end(), values.begin(), values.end());
    }
  }
  return all;
}

TEST_P(PagedAttentionTest, MatchesReference) {
  // Sequences keep their pages between forwards only when the dealing is the same, so each case grows the last one.
  const Case cases[] = {
      {{{{0, 1}}}, 1, 1, 2, 1},
      {{{{0, 5}}, {{5, 1}}, {{6, 1}}}, 2, 1, 24, 16},
      {{{{0, 7}}, {{7, 9}}}, 4, 2, 32, 8},
      {{{{0, 33}}, {{33, 1}}}, 3, 3, 40, 64},
      {{{{0, 65}}, {{65, 2}}}, 4, 1, 64, 128},
      {{{{0, 17}, {0, 20}}}, 2, 2, 80, 32},
      {{{{0, 17}, {0, 1}, {0, 31}}}, 8, 2, 128, 5},
      {{{{0, 200}}, {{200, 3}}}, 2, 2, 128, 256},
      {{{{0, 64}}, {{64, 64}}}, 2, 1, 96, 512},
  };
  for (const Case& c : cases)
    for (const Format format : {Format::f32, Format::bf16}) {
      SCOPED_TRACE(testing::Message() << c.heads << " heads, " << c.kv_heads << " kv heads of " << c.head_dim << ", pages of "
                                      << c.page_tokens << ", " << name_of(format));
      EXPECT_EQ(differs(run_case(ops(), c, format), run_case(reference(), c, format), format == Format::f32 ? 1e-5 : 2e-3), "");
    }
}

// Many steps over the same pages, as drawing does: page tables fixed from the start, two sequences of different lengths.
TEST_P(PagedAttentionTest, DecodesPairs) {
  const int64_t heads = 4, kv_heads = 4, head_dim = 64, page_tokens = 8, channels = 12 * head_dim;
  const auto run = [&](const Ops& on, Format format) {
    const auto store = on.make_kv_store({1, 20, page_tokens, kv_heads, head_dim}, format);
    const Rows rotary(on, 80, head_dim, rotary_table(80, head_dim));
    std::vector<int32_t> table(20);
    for (int32_t i = 0; i < 20; ++i) table[size_t(i)] = (i * 7) % 20;
    const auto pages = list_of(on, table);
    std::vector<float> all;
    const auto forward = [&](std::vector<Sequences::Counts> counts, uint32_t seed) {
      const Sequences s(on, counts, page_tokens, 1000);
      Batch batch = s.batch;
      batch.page_table = View<const int32_t, 2>(pages.view().data, {2, 10});
      const Rows qkv(on, batch.rows(), channels, random_floats(batch.rows() * channels, seed)),
          out(on, batch.rows(), heads * head_dim);
      on.rotate_and_store(qkv, rotary, *store, 0, batch);
      on.attention_paged(out, qkv, *store, 0, batch, 0.125f);
      const auto values = out.values();
      all.insert(all.end(), values.begin(), values.end());
    };
    forward({{0, 30}, {0, 21}}, 1);
    for (int64_t step = 0; step < 20; ++step) forward({{30 + step, 1}, {21 + step, 1}}, uint32_t(2 + step));
    forward({{50, 7}, {41, 0}}, 50);  // one sequence alone, the other without rows
    return all;
  };
  EXPECT_EQ(differs(run(ops(), Format::f32), run(reference(), Format::f32), 1e-5), "");
  EXPECT_EQ(differs(run(ops(), Format::bf16), run(reference(), Format::bf16), 2e-3), "");
}

TEST_P(PagedAttentionTest, LongPrefillAtModelShape) {
  const Case c{{{{0, 320}}, {{320, 1}}}, 2, 2, 128, 32};
  EXPECT_EQ(differs(run_case(ops(), c, Format::bf16), run_case(reference(), c, Format::bf16), 2e-3), "");
}

// A sequence alone and beside another, with one thread and with three: not a bit may differ.
TEST_P(PagedAttentionTest, DoesNotDependOnBatchOrThreads) {
  const int64_t heads = 3, head_dim = 32, channels = 9 * head_dim, before = 300;
  const auto prompt = random_floats(2 * before * channels, 1), step = random_floats(2 * channels, 2);
  const auto run = [&](const Ops& on, const std::vector<int64_t>& which) {
    const auto store = on.make_kv_store({1, 20, 32, heads, head_dim}, Format::bf16);
    const Rows rotary(on, before + 1, head_dim, rotary_table(before + 1, head_dim));
    std::vector<int32_t> pages;
    for (const int64_t w : which)
      for (int32_t p = 0; p < 10; ++p) pages.push_back(int32_t(w) * 10 + p);
    const auto table = list_of(on, pages);
    std::vector<float> last;
    for (const bool first : {true, false}) {
      const std::vector<float>& from = first ? prompt : step;
      const int64_t rows = first ? before : 1, size = rows * channels;
      std::vector<float> values;
      for (const int64_t w : which) values.insert(values.end(), from.begin() + w * size, from.begin() + (w + 1) * size);
      const Sequences s(on, std::vector<Sequences::Counts>(which.size(), {first ? 0 : before, rows}), 32, 1000);
      Batch batch = s.batch;
      batch.page_table = View<const int32_t, 2>(table.view().data, {int64_t(which.size()), 10});
      const Rows qkv(on, batch.rows(), channels, values), out(on, batch.rows(), heads * head_dim);
      on.rotate_and_store(qkv, rotary, *store, 0, batch);
      on.attention_paged(out, qkv, *store, 0, batch, 0.2f);
      const auto all = out.values();
      last.insert(last.end(), all.begin(), all.begin() + rows * heads * head_dim);  // of the first sequence named
    }
    return last;
  };
  const auto alone = run(ops(), {1});
  EXPECT_EQ(run(ops(), {1, 0}), alone);
  EXPECT_EQ(run(ops_of(GetParam(), 1), {1}), alone);
  EXPECT_EQ(run(ops_of(GetParam(), 3), {1, 0}), alone);
}

TEST_P(PagedAttentionTest, CopyPage) {
  for (const Format format : {Format::f32, Format::bf16}) {
    const int64_t head_dim = 8, channels = 4 * head_dim;
    const auto store = ops().make_kv_store({2, 4, 4, 1, head_dim}, format);
    const Rows rotary(ops(), 8, head_dim, rotary_table(8, head_dim));
    const auto values = random_floats(7 * channels, 1);
    const auto forward = [&](std::vector<int32_t> table, Sequences::Counts counts) {
      const Sequences s(ops(), {counts}, 4, 4);
      const auto pages = list_of(ops(), table);
      Batch batch = s.batch;
      batch.page_table = View<const int32_t, 2>(pages.view().data, {1, int64_t(table.size())});
      std::vector<float> last;
      for (int64_t layer = 0; layer < 2; ++layer) {
        const std::vector<float> part(values.begin() + counts.before * channels,
                                      values.begin() + (counts.before + counts.rows) * channels);
        const Rows qkv(ops(), counts.rows, channels, part), out(ops(), counts.rows, 2 * head_dim);
        ops().rotate_and_store(qkv, rotary, *store, layer, batch);
        ops().attention_paged(out, qkv, *store, layer, batch, 1);
        last = out.values();
      }
      return last;
    };
    forward({0, 1}, {0, 6});
    ops().copy_page(*store, 1, 3, 2);
    const auto original = forward({0, 1}, {6, 1}), copy = forward({0, 3}, {6, 1});
    EXPECT_EQ(original, copy) << name_of(format);
  }
}

TEST_P(PagedAttentionTest, Misuse) {
  const int64_t head_dim = 4;
  const auto store = ops().make_kv_store({1, 2, 4, 1, head_dim}, Format::f32);
  const Rows rotary(ops(), 6, head_dim, rotary_table(6, head_dim)), qkv(ops(), 2, 12, random_floats(24, 1)), out(ops(), 2, 4),
      wide(ops(), 2, 8), odd(ops(), 2, 13);
  const Sequences s(ops(), {{0, 2}}, 4, 2);
  const auto rotate = [&](const Batch& b, int64_t layer = 0) { ops().rotate_and_store(qkv, rotary, *store, layer, b); };
  EXPECT_EQ(error_of([&] { rotate(s.batch); }), "");
  EXPECT_NE(error_of([&] { rotate(s.batch, 1); }), "");
  EXPECT_NE(error_of([&] { ops().rotate_and_store(odd, rotary, *store, 0, s.batch); }), "");
  EXPECT_NE(error_of([&] { ops().rotate_and_store(wide, rotary, *store, 0, s.batch); }), "");
  EXPECT_NE(error_of([&] { ops().rotate_and_store(qkv, wide, *store, 0, s.batch); }), "");
  EXPECT_NE(error_of([&] { ops().attention_paged(wide, qkv, *store, 0, s.batch, 1); }), "");
  EXPECT_NE(error_of([&] {
              ops().attention_paged(View<float, 2>(qkv.view().data, {2, 4}, {12, 1}), qkv, *store, 0, s.batch, 1);
            }),
            "");

  const auto with = [&](std::vector<int32_t> positions, std::vector<int32_t> sequence, std::vector<int32_t> begin,
                        std::vector<int32_t> table, int64_t longest) {
    const auto p = list_of(ops(), positions), q = list_of(ops(), sequence), b = list_of(ops(), begin), t = list_of(ops(), table);
    const Batch batch{b, p, q, View<const int32_t, 2>(t.view().data, {1, int64_t(table.size())}), longest};
    const std::string first = error_of([&] { rotate(batch); });
    EXPECT_EQ(error_of([&] { ops().attention_paged(out, qkv, *store, 0, batch, 1); }), "");  // reads no rotary table
    return first;
  };
  EXPECT_EQ(with({4, 5}, {0, 0}, {0, 2}, {0, 1}, 6), "");
  EXPECT_EQ(with({6, 7}, {0, 0}, {0, 2}, {0, 1}, 8), "rotate_and_store: position in the rotary table: 6 is outside 0 .. 5");
  EXPECT_NE(error_of([&] { rotate(Batch{}); }), "");
  for (const std::vector<int32_t>& table : {std::vector<int32_t>{2}, {-1}}) {
    const auto p = list_of<int32_t>(ops(), {0, 1}), q = list_of<int32_t>(ops(), {0, 0}), b = list_of<int32_t>(ops(), {0, 2}),
               t = list_of(ops(), table);
    const Batch batch{b, p, q, View<const int32_t, 2>(t.view().data, {1, 1}), 2};
    EXPECT_NE(error_of([&] { rotate(batch); }).find("page"), std::string::npos);
    EXPECT_NE(error_of([&] { ops().attention_paged(out, qkv, *store, 0, batch, 1); }).find("page"), std::string::npos);
  }
  EXPECT_NE(error_of([&] { ops().copy_page(*store, 0, 2, 1); }), "");
  EXPECT_NE(error_of([&] { ops().copy_page(*store, -1, 0, 1); }), "");
  EXPECT_NE(error_of([&] { ops().copy_page(*store, 0, 1, 5); }), "");
  EXPECT_NE(error_of([&] { ops().make_kv_store({1, 2, 4, 1, 0}, Format::f32); }), "");
  EXPECT_NE(error_of([&] { ops().make_kv_store({1, 2, 4, 1, 8}, Format::q8); }), "");
}

}  // namespace
}  // namespace bifrons
