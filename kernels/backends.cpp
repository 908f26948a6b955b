// kernels/backends.cpp - names of backends and formats, and which backends this build and machine have.
#include <array>

#include "kernels/cpu/cpu_ops.h"
#include "kernels/ops.h"
#include "kernels/reference/reference_ops.h"

namespace bifrons {
namespace {

constexpr std::array<std::string_view, 3> backend_names{"reference", "cpu", "cuda"};
constexpr std::array<std::string_view, 4> format_names{"f32", "bf16", "q8", "q4"};
constexpr std::array<std::string_view, 3> isa_names{"avx2", "avx512", "avx512_bf16"};

template <size_t Count>
size_t find_name(const char* what, const std::array<std::string_view, Count>& names, std::string_view name) {
  std::string known;
  for (size_t i = 0; i < Count; ++i) {
    if (names[i] == name) return i;
    known += (i == 0 ? "" : i + 1 == Count ? " or " : ", ") + std::string(names[i]);
  }
  fail(Fault::arguments, "no ", what, " is called '", name, "': use ", known);
}

}  // namespace

Backend backend_from_name(std::string_view name) { return Backend(find_name("backend", backend_names, name)); }
Format format_from_name(std::string_view name) { return Format(find_name("number format", format_names, name)); }
std::string_view name_of(Backend backend) { return backend_names[size_t(backend)]; }
std::string_view name_of(Format format) { return format_names[size_t(format)]; }
std::string_view name_of(Isa isa) { return isa_names[size_t(isa)]; }

double bytes_per_weight(Format format) {
  switch (format) {
    case Format::f32: return 4;
    case Format::bf16: return 2;
    case Format::q8: return 34.0 / 32;
    case Format::q4: return 18.0 / 32;
  }
  return 0;
}

std::unique_ptr<Ops> make_ops(Backend backend, const OpsOptions& options) {
  switch (backend) {
    case Backend::reference: return std::make_unique<ReferenceOps>(options);
    case Backend::cpu: return make_cpu_ops(options);
    case Backend::cuda: break;
  }
  fail(Fault::lacking, "this build has no CUDA kernels: use the cpu or the reference backend");
}

}  // namespace bifrons
