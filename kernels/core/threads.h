// kernels/core/threads.h - worker threads that live as long as their pool, for data-parallel loops inside one operation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace bifrons {

class ThreadPool {
 public:
  explicit ThreadPool(int threads);  // the calling thread is one of them; 0 means one per usable core; at most 1024
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const;

  // Calls task(worker) once on every worker, worker in [0, size()), and returns when all are done. The pool is for one
  // caller at a time (an engine has one); no allocation, a few microseconds. Tasks must not call run. When tasks throw, the
  // first exception is thrown again here after all are done.
  void run(const std::function<void(int worker)>& task) const;

  // Splits [0, count) into ranges of at least `grain` items, handed out dynamically: task(worker, begin, end).
  void each(int64_t count, int64_t grain, const std::function<void(int worker, int64_t begin, int64_t end)>& task) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

int usable_cores();  // cores this process may run on (affinity mask and cgroup quota)

}  // namespace bifrons
