// kernels/cpu/isa.h - one source, compiled once per instruction set, picked when the backend is made.
//
// How to add a kernel:
//   1. A plain header names a table of function pointers and declares it for every instruction set:
//        struct NormKernels { void (*rms_norm)(float* out, const float* x, ...); };
//        BIFRONS_PER_ISA(NormKernels, norm_kernels)
//   2. A dispatched source includes kernels/cpu/vec.h (16-lane vectors), keeps everything in an anonymous namespace and
//      ends with its table:
//        namespace bifrons::BIFRONS_ISA {
//        namespace { ... }
//        const NormKernels norm_kernels{rms_norm};
//        }
//      It is listed under BIFRONS_DISPATCHED in kernels/cpu/CMakeLists.txt, which defines BIFRONS_ISA (on_avx2, on_avx512,
//      on_avx512_bf16) and BIFRONS_ISA_LEVEL (0, 1, 2) and passes the compiler's flags.
//   3. Plain code asks for norm_kernels(isa).rms_norm.
// Byte products (VNNI) come with avx512_bf16, and on some processors with the two lower sets: the sources that care are then
// compiled for that pair (on_avx2_vnni, on_avx512_vnni; BIFRONS_BYTE_PRODUCTS 1). avx512 without them uses what avx2 uses,
// which measured as fast.
// The rest of the program must run on any x86-64. An inline function or template of another header that a dispatched
// source instantiates may be the copy that the linker keeps for everyone, so dispatched sources include only C headers,
// vec.h and headers without inline functions, and use no std templates; the test cpu.dispatched_objects_are_private
// looks for weak symbols in their object files.
#pragma once

#include <cstdint>

namespace bifrons {

enum class Isa;

// Which of them this machine and its operating system can run: index of the best, -1 for none.
int best_isa_level();
bool has_byte_products(Isa isa);  // on this machine, in that set's registers

}  // namespace bifrons

#define BIFRONS_PER_ISA(Table, name) \
  namespace on_avx2 {                \
  extern const Table name;           \
  }                                  \
  namespace on_avx512 {              \
  extern const Table name;           \
  }                                  \
  namespace on_avx512_bf16 {         \
  extern const Table name;           \
  }                                  \
  const Table& name(Isa isa);

// In one plain source: the definition of the look-up that BIFRONS_PER_ISA declares.
#define BIFRONS_PICK_ISA(Table, name) \
  const Table& name(Isa isa) { return int(isa) == 2 ? on_avx512_bf16::name : int(isa) == 1 ? on_avx512::name : on_avx2::name; }

// The same for tables that differ by byte products.
#define BIFRONS_PER_ISA_AND_VNNI(Table, name) \
  namespace on_avx2_vnni {                    \
  extern const Table name;                    \
  }                                           \
  namespace on_avx512_vnni {                  \
  extern const Table name;                    \
  }                                           \
  BIFRONS_PER_ISA(Table, name)

#define BIFRONS_PICK_ISA_OR_VNNI(Table, name)                         \
  const Table& name(Isa isa) {                                        \
    if (int(isa) == 2) return on_avx512_bf16::name;                   \
    if (!has_byte_products(isa)) return on_avx2::name;                \
    return int(isa) == 1 ? on_avx512_vnni::name : on_avx2_vnni::name; \
  }
