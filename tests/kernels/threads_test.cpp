// tests/kernels/threads_test.cpp - every worker and every item exactly once, failures that reach the caller, no allocation, and
// the core count of made-up control groups. Run under the thread sanitizer by the tsan preset.
#include "kernels/core/threads.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <new>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/core/cores.h"
#include "tests/temporary_folder.h"
#include "tests/thrown.h"

namespace {
std::atomic<int64_t> allocations{0};
}

// A sanitizer brings its own operator new, and counting is the other builds' part.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BIFRONS_COUNTS 0
#elif defined(__has_feature)
#define BIFRONS_COUNTS (!__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer))
#else
#define BIFRONS_COUNTS 1
#endif

#if BIFRONS_COUNTS  // not inlined: GCC 12 takes malloc and delete for a mismatch otherwise
__attribute__((noinline)) void* operator new(size_t bytes) {
  ++allocations;
  if (void* p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
  throw std::bad_alloc();
}
__attribute__((noinline)) void operator delete(void* p) noexcept { std::free(p); }
__attribute__((noinline)) void operator delete(void* p, size_t) noexcept { std::free(p); }
#endif

namespace bifrons {
namespace {

using testing::HasSubstr;

class Pool : public testing::TestWithParam<int> {};

TEST_P(Pool, RunsEachWorkerOnce) {
  const ThreadPool pool(GetParam());
  ASSERT_EQ(pool.size(), GetParam());
  std::vector<int> calls(size_t(pool.size()), 0);  // plain ints: a second writer would be a race
  std::vector<std::thread::id> threads(size_t(pool.size()));
  for (int round = 0; round < 200; ++round)
    pool.run([&](int worker) { ++calls[size_t(worker)], threads[size_t(worker)] = std::this_thread::get_id(); });
  for (int c : calls) EXPECT_EQ(c, 200);
  EXPECT_EQ(std::set(threads.begin(), threads.end()).size(), size_t(pool.size()));
  EXPECT_EQ(threads[0], std::this_thread::get_id());
}

TEST_P(Pool, HandsOutEveryItemOnce) {
  const ThreadPool pool(GetParam());
  for (int64_t count : {0, 1, 2, 7, 64, 1000})
    for (int64_t grain : {0, 1, 3, 64, 5000}) {
      std::vector<int> touched(size_t(count), 0);
      std::atomic<int64_t> short_ranges{0};
      pool.each(count, grain, [&](int worker, int64_t begin, int64_t end) {
        ASSERT_GE(worker, 0);
        ASSERT_LT(worker, pool.size());
        ASSERT_LT(begin, end);
        if (end - begin < grain) ++short_ranges;
        for (int64_t i = begin; i < end; ++i) ++touched[size_t(i)];
      });
      EXPECT_EQ(std::count(touched.begin(), touched.end(), 1), count) << count << " by " << grain;
      EXPECT_LE(short_ranges, 1);  // only the last
    }
}

TEST_P(Pool, SeesWhatTheCallerWroteAndTheCallerWhatWorkersWrote) {
  const ThreadPool pool(GetParam());
  std::vector<int64_t> data(1000, 0);
  for (int round = 1; round <= 100; ++round) {
    data[0] = round;
    pool.each(999, 1, [&](int, int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) data[size_t(i) + 1] += data[0];
    });
  }
  for (size_t i = 1; i < data.size(); ++i) ASSERT_EQ(data[i], 5050);
}

TEST_P(Pool, PassesOnTheFirstFailureAndLivesOn) {
  const ThreadPool pool(GetParam());
  for (int round = 0; round < 20; ++round) {
    EXPECT_EQ(thrown([&] {
                pool.run([&](int worker) {
                  if (worker == pool.size() - 1) fail(Fault::limit, "worker fell");
                });
              }),
              "worker fell");
    std::atomic<int> calls{0};
    pool.run([&](int) { ++calls; });
    EXPECT_EQ(calls, pool.size());
  }
}

TEST_P(Pool, RefusesToBeNested) {
  const ThreadPool pool(GetParam());
  EXPECT_THAT(thrown([&] { pool.run([&](int) { pool.run([](int) {}); }); }), HasSubstr("two tasks at once"));
}

TEST_P(Pool, AllocatesNothing) {
  if (!BIFRONS_COUNTS) GTEST_SKIP() << "allocations are not counted under a sanitizer";
  const ThreadPool pool(GetParam());
  std::atomic<int64_t> sum{0};
  const std::function<void(int)> task = [&](int worker) { sum += worker; };
  const std::function<void(int, int64_t, int64_t)> ranges = [&](int, int64_t begin, int64_t end) { sum += end - begin; };
  pool.run(task);
  const int64_t before = allocations;
  for (int i = 0; i < 50; ++i) pool.run(task), pool.each(1000, 1, ranges);
  EXPECT_EQ(allocations, before);
}

TEST_P(Pool, SleepsAndWakes) {  // longer pauses than the workers spin for
  const ThreadPool pool(GetParam());
  std::atomic<int> calls{0};
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    pool.run([&](int worker) {
      if (worker == pool.size() - 1) std::this_thread::sleep_for(std::chrono::milliseconds(2));
      ++calls;
    });
  }
  EXPECT_EQ(calls, 5 * pool.size());
}

INSTANTIATE_TEST_SUITE_P(Sizes, Pool, testing::Values(1, 2, 3, 8));

TEST(ThreadPool, StartsAndStopsQuickly) {
  for (int i = 0; i < 50; ++i) ThreadPool(1 + i % 4);
  EXPECT_GE(ThreadPool(0).size(), 1);
  EXPECT_EQ(ThreadPool(0).size(), usable_cores());
}

TEST(ThreadPool, RefusesAbsurdSizes) {
  EXPECT_THAT(thrown([] { ThreadPool pool(-1); }), HasSubstr("-1 threads"));
  EXPECT_THAT(thrown([] { ThreadPool pool(1 << 30); }), HasSubstr("1073741824 threads"));
}

TEST(Cores, FollowControlGroups) {
  const TemporaryFolder root;
  EXPECT_TRUE(std::isinf(cgroup_cores(root.path(), "")));
  EXPECT_TRUE(std::isinf(cgroup_cores(root.path(), "0::/\n")));
  EXPECT_TRUE(std::isinf(cgroup_cores(root.path(), "nonsense\n::\n1:2\n0::/../../etc\n")));
  root.write("cpu.max", "max 100000\n");
  EXPECT_TRUE(std::isinf(cgroup_cores(root.path(), "0::/\n")));
  std::filesystem::create_directories(root / "a/b");
  root.write("a/cpu.max", "250000 100000\n");
  root.write("a/b/cpu.max", "400000 100000\n");
  EXPECT_EQ(cgroup_cores(root.path(), "0::/a/b\n"), 2.5);  // the group above binds
  root.write("a/b/cpu.max", "50000 100000\n");
  EXPECT_EQ(cgroup_cores(root.path(), "0::/a/b\n"), 0.5);
  EXPECT_EQ(cgroup_cores(root.path(), "0::/a/not-there\n"), 2.5);
  std::filesystem::create_directories(root / "cpu/x");
  root.write("cpu/x/cpu.cfs_quota_us", "300000\n");
  root.write("cpu/x/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_cores(root.path(), "4:memory:/x\n3:cpu,cpuacct:/x\n"), 3);
  EXPECT_TRUE(std::isinf(cgroup_cores(root.path(), "3:cpuset:/x\n")));
  root.write("cpu/x/cpu.cfs_quota_us", "-1\n");
  EXPECT_TRUE(std::isinf(cgroup_cores(root.path(), "3:cpu,cpuacct:/x\n")));
  EXPECT_GE(usable_cores(), 1);
}

}  // namespace
}  // namespace bifrons
