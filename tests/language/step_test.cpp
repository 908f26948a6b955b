// tests/language/step_test.cpp - what a decode step costs beside its kernels: no allocation, a few microseconds.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <new>

#include <gtest/gtest.h>

#include "kernels/idle_ops.h"
#include "tests/language/tiny_model.h"

// ---- every allocation of this program is counted, but not under a sanitizer, which brings an operator new of its own

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BIFRONS_COUNTS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BIFRONS_COUNTS 0
#endif
#endif
#ifndef BIFRONS_COUNTS
#define BIFRONS_COUNTS 1
#endif

namespace {
[[maybe_unused]] std::atomic<int64_t> allocations{0};
}

#if BIFRONS_COUNTS
namespace {

void* counted(size_t bytes, size_t alignment) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  const size_t some = bytes == 0 ? 1 : bytes;
  return alignment == 0 ? std::malloc(some) : std::aligned_alloc(alignment, (some + alignment - 1) / alignment * alignment);
}
void* counted_or_throw(size_t bytes, size_t alignment) {
  if (void* p = counted(bytes, alignment)) return p;
  throw std::bad_alloc();
}
}  // namespace

// All of them: a sanitizer would otherwise see its own new meet this delete.
void* operator new(size_t bytes) { return counted_or_throw(bytes, 0); }
void* operator new[](size_t bytes) { return counted_or_throw(bytes, 0); }
void* operator new(size_t bytes, std::align_val_t alignment) { return counted_or_throw(bytes, size_t(alignment)); }
void* operator new[](size_t bytes, std::align_val_t alignment) { return counted_or_throw(bytes, size_t(alignment)); }
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes, 0); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes, 0); }
void* operator new(size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return counted(bytes, size_t(alignment));
}
void* operator new[](size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return counted(bytes, size_t(alignment));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete[](void* p, size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, size_t, std::align_val_t) noexcept { std::free(p); }
#endif

namespace bifrons {
namespace {

// Guided pairs as drawing makes them: a prefix each, forked, then steps of two rows per pair with one draw per pair.
struct Pairs {
  const Ops& ops;
  const Weights& weights;
  Transformer model;
  Engine engine;
  std::vector<Engine::Input> inputs;
  std::vector<Sample> samples;
  std::vector<int32_t> ids, drawn, history;

  Pairs(const Ops& o, Weights& w, const TransformerConfig& config, int64_t pairs, int64_t prefix)
      : ops(o),
        weights(w),
        model(o, config, w, "model.", "lm_head.weight", Format::f32),
        engine(o, model, Format::f32, {.cache_tokens = (2 * pairs + 2) * config.max_positions, .batch_rows = 64}),
        ids(size_t(pairs), 1),
        drawn(size_t(pairs), 1),
        history{1, 2, 3} {
    const std::vector<int32_t> prompt(size_t(prefix), 3);
    const Engine::Sequence roots[] = {engine.create(), engine.create()};
    for (const auto root : roots) {
      const Engine::Input input{.sequence = root, .ids = prompt, .want = Engine::Input::Want::nothing};
      engine.forward({&input, 1});
    }
    for (int64_t i = 0; i < 2 * pairs; ++i) {
      inputs.push_back({.sequence = engine.fork(roots[i % 2]), .ids = {&ids[size_t(i / 2)], 1}});
      if (i % 2 == 0)
        samples.push_back({.cond = int32_t(i),
                           .uncond = int32_t(i + 1),
                           .guidance = 5,
                           .temperature = 1,
                           .repetition_penalty = 1.1f,
                           .stream = uint32_t(i / 2),
                           .history_begin = 0,
                           .history_end = 3});
    }
  }
  void step() {
    engine.sample(drawn, engine.text_logits(engine.forward(inputs)), samples, history);
    ids = drawn;
    for (Sample& s : samples) ++s.position;
  }
};

int64_t allocations_of(const std::function<void()>& action) {
  const int64_t before = allocations;
  action();
  return allocations - before;
}

TEST(Step, CountsAllocations) {  // the counter itself can count
  if (!BIFRONS_COUNTS) GTEST_SKIP() << "allocations are not counted under a sanitizer";
  EXPECT_EQ(allocations_of([] { ::operator delete(::operator new(10)); }), 1);  // a plain call is never optimised away
  EXPECT_EQ(allocations_of([] { Buffer(Memory::host, 100); }), 1);
}

TEST(Step, TheEngineAllocatesNothing) {
  if (!BIFRONS_COUNTS) GTEST_SKIP() << "allocations are not counted under a sanitizer";
  const IdleOps ops;
  auto weights = Weights::random(1);
  auto config = tiny_config();
  config.max_positions = 256;
  Pairs pairs(ops, weights, config, 3, 40);
  pairs.step();  // copies shared pages, sizes what grows
  // Far enough to take new pages.
  EXPECT_EQ(allocations_of([&] {
              for (int i = 0; i < 70; ++i) pairs.step();
            }),
            0);
}

TEST(Step, NothingAllocatesOnTheCpuBackend) {
  if (!BIFRONS_COUNTS) GTEST_SKIP() << "allocations are not counted under a sanitizer";
  if (usable_isas().empty()) GTEST_SKIP() << "this machine has no AVX2";
  const auto ops = make_ops(Backend::cpu, {.threads = 2, .isa = {}});
  auto weights = Weights::random(1);
  auto config = tiny_config();
  config.max_positions = 256;
  Pairs pairs(*ops, weights, config, 3, 40);
  pairs.step();
  EXPECT_EQ(allocations_of([&] {
              for (int i = 0; i < 70; ++i) pairs.step();
            }),
            0);
}

// The layers of Janus-Pro-1B without its widths. Printed rather than bounded: a busy machine would make it fail.
TEST(Step, CostBesideTheKernels) {
  const IdleOps ops;
  auto weights = Weights::random(1);
  auto config = tiny_config();
  config.layers = 24, config.max_positions = 1024;
  for (const int64_t count : {1, 16}) {
    Pairs pairs(ops, weights, config, count, 40);
    pairs.step();
    double best = INFINITY;
    for (int i = 0; i < 200; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      pairs.step();
      best = std::min(best, std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    }
    std::cout << "a step of " << count << " guided pair(s), 24 layers, kernels idle: " << best << " us\n";
    RecordProperty("microseconds_" + std::to_string(count), std::to_string(best));
  }
}

}  // namespace
}  // namespace bifrons
