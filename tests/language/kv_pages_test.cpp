// tests/language/kv_pages_test.cpp - page bookkeeping against a model of itself: what every sequence wrote must be read back
// through its page list, whatever was shared, copied, cut or released, and no page may be lost.
#include "language/kv_pages.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "kernels/core/error.h"
#include "kernels/core/random.h"

namespace bifrons {
namespace {

// The pages' content: one number per position.
struct Caches {
  int64_t page_tokens;
  std::vector<int64_t> cells;
  explicit Caches(const KvPages::Limits& limits)
      : page_tokens(limits.page_tokens), cells(size_t(limits.pages * limits.page_tokens), -1) {}
  int64_t& at(const KvPages& pages, KvPages::Sequence s, int64_t position) {
    return cells[size_t(pages.pages(s)[size_t(position / page_tokens)] * page_tokens + position % page_tokens)];
  }
  KvPages::CopyPage copy() {
    return [this](int32_t from, int32_t to, int64_t tokens) {
      for (int64_t i = 0; i < tokens; ++i) cells[size_t(to * page_tokens + i)] = cells[size_t(from * page_tokens + i)];
    };
  }
};

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

class KvPagesWalk : public testing::TestWithParam<int64_t> {};

TEST_P(KvPagesWalk, NothingIsLostOrMixedUp) {
  const KvPages::Limits limits{.pages = 60 / GetParam() + 3, .page_tokens = GetParam(), .sequences = 7, .positions = 40};
  KvPages pages(limits);
  Caches memory(limits);
  std::map<KvPages::Sequence, std::vector<int64_t>> want;  // what each living sequence wrote
  int64_t stamp = 0, refused = 0, copied = 0;
  uint32_t step = 0;
  auto draw = [&, n = 0u](int64_t below) mutable {
    return std::min(below - 1, int64_t(uniform(3, uint32_t(limits.page_tokens), 0, n++) * float(below)));
  };
  const auto any = [&] { return std::next(want.begin(), draw(int64_t(want.size())))->first; };
  for (; step < 4000; ++step) {
    SCOPED_TRACE(testing::Message() << "step " << step);
    const int64_t action = want.empty() ? 0 : draw(10);
    if (action == 0 && int64_t(want.size()) < limits.sequences) {
      want[pages.create()] = {};
    } else if (action == 1 && int64_t(want.size()) < limits.sequences) {
      const auto from = any();
      want[pages.fork(from)] = want.at(from);
    } else if (action == 2) {
      const auto s = any();
      pages.release(s), want.erase(s);
    } else if (action == 3) {
      const auto s = any();
      const int64_t length = draw(int64_t(want[s].size()) + 1);
      pages.truncate(s, length), want[s].resize(size_t(length));
    } else if (!want.empty()) {  // several sequences grow at once
      std::vector<KvPages::Growth> growths;
      for (auto& [s, content] : want)
        if (draw(2) == 0) growths.push_back({s, 1 + draw(action < 9 ? 3 : 2 * limits.page_tokens)});
      bool fits = true;
      try {
        pages.check(growths);
      } catch (const Error&) {
        fits = false, ++refused;
      }
      const auto count_copies = [&](int32_t from, int32_t to, int64_t tokens) { ++copied, memory.copy()(from, to, tokens); };
      // check must be exact: reserving one after the other succeeds when it said so, and fails somewhere when it did not.
      bool reserved_all = true;
      for (const auto& g : growths) {
        try {
          pages.reserve(g.sequence, g.rows, count_copies);
        } catch (const Error&) {
          reserved_all = false;
          break;
        }
      }
      ASSERT_EQ(fits, reserved_all);
      const bool give_up = !fits || draw(5) == 0;
      for (const auto& g : growths) {
        if (give_up) {
          pages.truncate(g.sequence, pages.length(g.sequence));
          continue;
        }
        for (int64_t i = 0; i < g.rows; ++i) {
          memory.at(pages, g.sequence, pages.length(g.sequence) + i) = stamp;
          want[g.sequence].push_back(stamp++);
        }
        pages.commit(g.sequence, g.rows);
      }
    }
    std::set<int32_t> used;
    for (const auto& [s, content] : want) {
      ASSERT_EQ(pages.length(s), int64_t(content.size()));
      ASSERT_EQ(pages.pages(s).size(), (content.size() + size_t(limits.page_tokens) - 1) / size_t(limits.page_tokens));
      for (size_t p = 0; p < content.size(); ++p) ASSERT_EQ(memory.at(pages, s, int64_t(p)), content[p]) << "position " << p;
      used.insert(pages.pages(s).begin(), pages.pages(s).end());
      // room is what check would let this one append alone.
      const int64_t room = pages.room(s);
      const KvPages::Growth one[] = {{s, room}}, more[] = {{s, room + 1}};
      if (room > 0) {
        ASSERT_NO_THROW(pages.check(one)) << room;
      }
      ASSERT_THROW(pages.check(more), Error) << room;
    }
    ASSERT_EQ(pages.pages_used(), int64_t(used.size()));
    ASSERT_EQ(pages.alive(), int64_t(want.size()));
  }
  EXPECT_GT(refused, 20);  // the walk must have met a full cache
  if (limits.page_tokens > 1) {
    EXPECT_GT(copied, 20);  // and shared pages
  }
  while (!want.empty()) pages.release(want.begin()->first), want.erase(want.begin());
  EXPECT_EQ(pages.free_pages(), limits.pages);
}

INSTANTIATE_TEST_SUITE_P(PageSizes, KvPagesWalk, testing::Values(1, 2, 3, 7, 32));

TEST(KvPages, ForksShareUntilTheyWrite) {
  KvPages pages({.pages = 8, .page_tokens = 4, .sequences = 4, .positions = 32});
  int copies = 0;
  const auto count = [&](int32_t, int32_t, int64_t tokens) {
    ++copies;
    EXPECT_EQ(tokens, 2);
  };
  const auto a = pages.create();
  pages.reserve(a, 6, count), pages.commit(a, 6);
  const auto b = pages.fork(a), c = pages.fork(a);
  EXPECT_EQ(pages.pages_used(), 2);
  for (const auto s : {a, b, c}) pages.reserve(s, 1, count), pages.commit(s, 1);
  EXPECT_EQ(copies, 2);  // the last writer keeps the original
  EXPECT_EQ(pages.pages_used(), 4);
  pages.release(a), pages.release(b);
  EXPECT_EQ(pages.pages_used(), 2);
}

TEST(KvPages, ACopyThatFailsChangesNothing) {
  KvPages pages({.pages = 4, .page_tokens = 4, .sequences = 2, .positions = 16});
  const auto a = pages.create();
  pages.reserve(a, 2, {}), pages.commit(a, 2);
  const auto b = pages.fork(a);
  EXPECT_THROW(pages.reserve(b, 1, [](int32_t, int32_t, int64_t) { throw std::runtime_error("broken"); }), std::runtime_error);
  EXPECT_EQ(pages.pages(a)[0], pages.pages(b)[0]);
  EXPECT_EQ(pages.pages_used(), 1);
  EXPECT_EQ(pages.room(b), 2 + 2 * 4);  // one of three free pages goes to the copy
}

TEST(KvPages, SaysWhatWouldFit) {
  KvPages pages({.pages = 3, .page_tokens = 4, .sequences = 2, .positions = 10});
  const auto a = pages.create(), b = pages.create();
  EXPECT_EQ(message_of([&] { pages.create(); }, Fault::limit),
            "KV cache: 2 sequences are alive, which is max_sequences: release one first, or make an engine for more");
  pages.reserve(a, 7, {}), pages.commit(a, 7);
  EXPECT_EQ(message_of([&] { pages.reserve(a, 4, {}); }, Fault::limit),
            "KV cache: 4 rows after the 7 of sequence 0 would exceed the 10 positions of the model: at most 3 more fit");
  EXPECT_EQ(
      message_of([&] { pages.reserve(b, 5, {}); }, Fault::limit),
      "KV cache: 5 more rows need 2 pages of 4 positions, 1 of 3 are free: release or truncate sequences, or make an engine "
      "with a larger cache");
  EXPECT_EQ(message_of([&] { pages.truncate(a, 8); }, Fault::arguments),
            "KV cache: cannot truncate sequence 0 to 8 positions, it has 7");
  EXPECT_EQ(message_of([&] { pages.truncate(a, -1); }, Fault::arguments),
            "KV cache: cannot truncate sequence 0 to -1 positions, it has 7");
}

TEST(KvPages, ReleasedHandlesStayDead) {
  KvPages pages({.pages = 3, .page_tokens = 4, .sequences = 1, .positions = 10});
  const auto old = pages.create();
  pages.release(old);
  const auto fresh = pages.create();
  EXPECT_NE(old, fresh);
  EXPECT_EQ(message_of([&] { (void)pages.length(old); }, Fault::arguments),
            "KV cache: no sequence 0: it was never created, or it has been released");
  for (const KvPages::Sequence wrong : {old, 1, -1, 65536 * 2, std::numeric_limits<int32_t>::min()})
    EXPECT_THROW(pages.fork(wrong), Error) << wrong;
  EXPECT_EQ(pages.length(fresh), 0);
  pages.release(fresh);
  KvPages::Sequence s = pages.create();
  for (int i = 0; i < 70000; ++i) {  // generations wrap around without ever giving a negative handle
    ASSERT_GE(s, 0);
    pages.release(s), s = pages.create();
  }
}

TEST(KvPages, RefusesAbsurdLimits) {
  EXPECT_EQ(message_of([] { KvPages({.pages = 0, .page_tokens = 4, .sequences = 1, .positions = 1}); }, Fault::arguments),
            "KV cache: the number of pages is 0, must be 1 to 2147483647");
  EXPECT_THROW(KvPages({.pages = 1, .page_tokens = 0, .sequences = 1, .positions = 1}), Error);
  EXPECT_THROW(KvPages({.pages = 1, .page_tokens = 1, .sequences = 65537, .positions = 1}), Error);
  EXPECT_THROW(KvPages({.pages = 1, .page_tokens = 1, .sequences = 1, .positions = int64_t(1) << 40}), Error);
}

}  // namespace
}  // namespace bifrons
