// kernels/cpu/map.h - feature maps of the cpu backend. A stream is packed f32 [images, height, width, channels]. An operand is
// what a convolution reads in place: a border of zeros all around every image stands for the padding, and on avx512_bf16
// the operand of a bf16 convolution holds bf16. (The lower instruction sets convolve in f32, whose rounded weights are kept
// in f32 too: they have no faster bf16 product.)
#pragma once

#include "kernels/ops.h"

namespace bifrons {

class CpuMap : public Map {
 public:
  MapUse use = MapUse::stream;
  bool is_bf16 = false;      // elements are bf16, else f32
  int64_t border = 0;        // pixels of zeros on each side of an image: 0 for streams
  int64_t slack = 0;         // pixels that may be read behind the last one: whole tiles, of which the rest is not used
  int64_t pixel_stride = 0;  // in elements: channels, in bf16 rounded up to even; the odd one stays zero
  int64_t row_stride = 0;    // in elements
  int64_t image_stride = 0;  // in elements
  int64_t first_pixel = 0;   // in elements: pixel (0, 0) of image 0
  Buffer buffer;             // of an operand zeros at the start, and writers touch only the channels of the pixels inside

  int64_t offset(int64_t image, int64_t y, int64_t x) const {  // in elements
    return first_pixel + image * image_stride + y * row_stride + x * pixel_stride;
  }
  float* f32() const { return reinterpret_cast<float*>(buffer.data()); }
  uint16_t* half() const { return reinterpret_cast<uint16_t*>(buffer.data()); }  // bits of bf16
  size_t element_bytes() const { return is_bf16 ? 2 : 4; }
};

// The strides of a map whose images, channels, height, width, use, is_bf16, border and slack are set. Bytes of its buffer.
size_t lay_out(CpuMap& map);

}  // namespace bifrons
