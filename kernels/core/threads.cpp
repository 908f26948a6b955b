// kernels/core/threads.cpp - the worker threads. A worker that waits spins for a few tens of microseconds, about the time
// between two operations of a model, and then sleeps in the kernel; so does the caller that waits for the last worker.
#include "kernels/core/threads.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>
#include <signal.h>

#include "kernels/core/error.h"

namespace bifrons {
namespace {

constexpr int most_threads = 1024;                         // beyond any machine this runs on; catches absurd flags
constexpr auto spin_time = std::chrono::microseconds(50);  // operations of a decode step follow each other within 20
constexpr int64_t ranges_per_worker = 4;                   // of each(): evens out workers that are slow or interrupted

inline void pause_core() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Returns when `word` no longer holds `old`: spins first (if allowed), then sleeps.
template <class T>
T wait_while(const std::atomic<T>& word, T old, bool may_spin) {
  T now = word.load(std::memory_order_acquire);
  if (now != old) return now;
  if (may_spin) {
    const auto deadline = std::chrono::steady_clock::now() + spin_time;
    do {
      for (int i = 0; i < 32; ++i) {
        pause_core();
        if ((now = word.load(std::memory_order_acquire)) != old) return now;
      }
    } while (std::chrono::steady_clock::now() < deadline);
  }
  while ((now = word.load(std::memory_order_acquire)) == old) word.wait(old, std::memory_order_acquire);
  return now;
}

}  // namespace

struct ThreadPool::State {
  // Each on a cache line of its own: workers poll the first while others count down the second.
  alignas(64) std::atomic<uint32_t> round{0};  // raised once per run; workers wait for it to change
  alignas(64) std::atomic<int> unfinished{0};  // workers still in the current round
  alignas(64) std::atomic<bool> busy{false};
  std::atomic<bool> failed{false};
  std::exception_ptr failure;                      // of the first task that threw; written by whoever set `failed`
  const std::function<void(int)>* task = nullptr;  // null ends the workers
  bool may_spin = true;
  std::vector<std::thread> workers;

  void call(int worker) noexcept {
    try {
      (*task)(worker);
    } catch (...) {
      if (!failed.exchange(true, std::memory_order_relaxed)) failure = std::current_exception();
    }
  }

  void live(int worker) noexcept {
    for (uint32_t seen = 0;;) {
      seen = wait_while(round, seen, may_spin);
      if (task == nullptr) return;
      call(worker);
      if (unfinished.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished.notify_one();
    }
  }

  void begin_round(const std::function<void(int)>* next) noexcept {
    task = next;
    unfinished.store(int(workers.size()), std::memory_order_relaxed);
    round.fetch_add(1, std::memory_order_release);
    round.notify_all();
  }

  void stop() noexcept {
    begin_round(nullptr);
    for (std::thread& worker : workers) worker.join();
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  if (threads < 0 || threads > most_threads)
    fail(Fault::arguments, threads, " threads were asked for: give 1 to ", most_threads, ", or 0 for one per usable core");
  const int cores = usable_cores();
  if (threads == 0) threads = std::min(cores, most_threads);
  state_->may_spin = threads <= cores;  // a spinning thread would hold the core that the awaited one needs
  state_->workers.reserve(size_t(threads - 1));
  sigset_t all, before;  // signals belong to the program's own threads
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    for (int worker = 1; worker < threads; ++worker)
      state_->workers.emplace_back([state = state_.get(), worker] { state->live(worker); });
  } catch (const std::system_error& error) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    const size_t started = state_->workers.size();
    state_->stop();
    fail(Fault::limit, "only ", started + 1, " of ", threads, " threads could be started (", error.code().message(),
         "): ask for fewer with --threads");
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ThreadPool::~ThreadPool() {
  if (state_) state_->stop();
}

int ThreadPool::size() const { return int(state_->workers.size()) + 1; }

void ThreadPool::run(const std::function<void(int worker)>& task) const {
  State& s = *state_;
  if (s.busy.exchange(true, std::memory_order_acquire))
    fail(Fault::other, "a thread pool was asked to run two tasks at once: tasks must not call run, and a pool has one caller");
  if (s.workers.empty()) {
    s.task = &task;
    s.call(0);
  } else {
    s.begin_round(&task);
    s.call(0);
    for (int left = s.unfinished.load(std::memory_order_acquire); left != 0;) left = wait_while(s.unfinished, left, s.may_spin);
  }
  std::exception_ptr failure;
  if (s.failed.load(std::memory_order_relaxed)) {
    failure = std::exchange(s.failure, nullptr);
    s.failed.store(false, std::memory_order_relaxed);
  }
  s.busy.store(false, std::memory_order_release);
  if (failure) std::rethrow_exception(failure);
}

void ThreadPool::each(int64_t count, int64_t grain, const std::function<void(int, int64_t, int64_t)>& task) const {
  if (count <= 0) return;
  const int64_t workers = size();
  const int64_t range = std::max({int64_t(1), grain, count / (workers * ranges_per_worker)});
  if (workers == 1 || count <= range) return task(0, 0, count);
  struct Shared {
    std::atomic<int64_t> next{0};
    int64_t count, range;
    const std::function<void(int, int64_t, int64_t)>& task;
  } shared{0, count, range, task};
  run([&shared](int worker) {  // one reference: small enough for std::function to hold without allocating
    for (;;) {
      const int64_t begin = shared.next.fetch_add(shared.range, std::memory_order_relaxed);
      if (begin >= shared.count) return;
      shared.task(worker, begin, std::min(shared.count, begin + shared.range));
    }
  });
}

}  // namespace bifrons
