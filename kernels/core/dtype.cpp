// kernels/core/dtype.cpp - sizes and names of number formats, and the half-precision conversions.
#include "kernels/core/dtype.h"

#include <array>
#include <cmath>

namespace bifrons {
namespace {

struct Facts {
  std::string_view name;
  size_t bytes;
};
constexpr std::array<Facts, 12> facts{{{"f64", 8},
                                       {"f32", 4},
                                       {"f16", 2},
                                       {"bf16", 2},
                                       {"f8_e4m3", 1},
                                       {"f8_e5m2", 1},
                                       {"i64", 8},
                                       {"i32", 4},
                                       {"i16", 2},
                                       {"i8", 1},
                                       {"u8", 1},
                                       {"bool", 1}}};

}  // namespace

size_t size_of(DType dtype) { return facts[size_t(dtype)].bytes; }
std::string_view name_of(DType dtype) { return facts[size_t(dtype)].name; }

f16::f16(float value) {
  const uint32_t word = std::bit_cast<uint32_t>(value);
  const uint16_t sign = uint16_t((word >> 16) & 0x8000u);
  const uint32_t magnitude = word & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    bits = uint16_t(sign | 0x7e00u);  // NaN
  } else if (magnitude >= 0x477ff000u) {
    bits = uint16_t(sign | 0x7c00u);  // rounds to 65536 or more
  } else if (magnitude >= 0x38800000u) {
    const uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1);
    bits = uint16_t(sign | ((rounded - 0x38000000u) >> 13));
  } else {  // subnormal half: units of 2^-24
    bits = uint16_t(sign | uint16_t(std::nearbyint(std::bit_cast<float>(magnitude) * 0x1p24f)));
  }
}

f16::operator float() const {
  const uint32_t sign = uint32_t(bits & 0x8000u) << 16, exponent = (bits >> 10) & 31u, fraction = bits & 0x3ffu;
  if (exponent == 0) return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(float(fraction) * 0x1p-24f));
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | (fraction << 13));
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
}

}  // namespace bifrons
