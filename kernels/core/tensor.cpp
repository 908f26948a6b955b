// kernels/core/tensor.cpp - shapes in words, and reading stored numbers as f32.
#include "kernels/core/tensor.h"

#include <cmath>
#include <cstring>

namespace bifrons {
namespace {

float from_e4m3(uint8_t code) {  // 1-4-3, bias 7, no infinities, 0x7f and 0xff are NaN
  const int exponent = (code >> 3) & 15, fraction = code & 7;
  if ((code & 0x7f) == 0x7f) return std::nanf("");
  const float value = exponent == 0 ? std::ldexp(float(fraction), -9) : std::ldexp(float(8 + fraction), exponent - 10);
  return code & 0x80 ? -value : value;
}

float from_e5m2(uint8_t code) {  // the upper byte of a half
  f16 half;
  half.bits = uint16_t(code << 8);
  return float(half);
}

template <class Stored, class Convert>
void convert(std::span<float> out, const std::byte* from, Convert to_float) {
  for (size_t i = 0; i < out.size(); ++i) {
    Stored value;
    std::memcpy(&value, from + i * sizeof(Stored), sizeof(Stored));  // files promise no alignment
    out[i] = to_float(value);
  }
}

}  // namespace

std::string shape_text(std::span<const int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

int64_t ConstTensor::count() const {
  int64_t n = 1;
  for (int64_t d : shape) n *= d;
  return n;
}

void to_f32(std::span<float> out, const ConstTensor& tensor, int64_t begin) {
  if (begin < 0 || begin + int64_t(out.size()) > tensor.count())
    fail(Fault::other, "'", tensor.name, "' has ", tensor.count(), " elements, asked for ", out.size(), " from ", begin);
  const std::byte* from = tensor.data + size_t(begin) * size_of(tensor.dtype);
  switch (tensor.dtype) {
    case DType::f64: return convert<double>(out, from, [](double v) { return float(v); });
    case DType::f32: return convert<float>(out, from, [](float v) { return v; });
    case DType::f16: return convert<f16>(out, from, [](f16 v) { return float(v); });
    case DType::bf16: return convert<bf16>(out, from, [](bf16 v) { return float(v); });
    case DType::f8_e4m3: return convert<uint8_t>(out, from, from_e4m3);
    case DType::f8_e5m2: return convert<uint8_t>(out, from, from_e5m2);
    default:
      fail(Fault::unreadable, "'", tensor.name, "' holds ", name_of(tensor.dtype), ", where numbers with a fraction are needed");
  }
}

}  // namespace bifrons
