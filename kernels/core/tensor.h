// kernels/core/tensor.h - typed windows on memory (View), their owner (Tensor), and weights whose dtype only the file
// knows (ConstTensor). A View copies and frees nothing: the Buffer, Tensor or mapped file behind it must outlive it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/core/buffer.h"
#include "kernels/core/dtype.h"
#include "kernels/core/error.h"

namespace bifrons {

template <class T, int Rank>
struct View {
  T* data = nullptr;
  std::array<int64_t, Rank> dim{};     // outermost first: {images, patches, channels}
  std::array<int64_t, Rank> stride{};  // in elements; the last one is 1

  View() = default;
  View(T* first, std::array<int64_t, Rank> dims) : data(first), dim(dims) {  // packed
    int64_t step = 1;
    for (int i = Rank - 1; i >= 0; --i) stride[size_t(i)] = step, step *= dim[size_t(i)];
  }
  View(T* first, std::array<int64_t, Rank> dims, std::array<int64_t, Rank> strides) : data(first), dim(dims), stride(strides) {}
  template <class U>  // View<float, 2> -> View<const float, 2>
  requires(std::is_same_v<const U, T> && !std::is_same_v<U, T>) View(const View<U, Rank>& other)
      : data(other.data), dim(other.dim), stride(other.stride) {}

  decltype(auto) operator[](int64_t i) const {  // one dimension fewer; a T& at rank 1
    if constexpr (Rank == 1) {
      return (data[i * stride[0]]);
    } else {
      View<T, Rank - 1> inner;
      inner.data = data + i * stride[0];
      for (size_t d = 1; d < Rank; ++d) inner.dim[d - 1] = dim[d], inner.stride[d - 1] = stride[d];
      return inner;
    }
  }
  View slice(int64_t begin, int64_t count) const {  // along the outermost dimension
    View part = *this;
    part.data += begin * stride[0], part.dim[0] = count;
    return part;
  }
  int64_t count() const {
    int64_t n = 1;
    for (int64_t d : dim) n *= d;
    return n;
  }
  bool packed() const {
    int64_t step = 1;
    for (int i = Rank - 1; i >= 0; --i) {
      if (dim[size_t(i)] != 1 && stride[size_t(i)] != step) return false;
      step *= dim[size_t(i)];
    }
    return true;
  }
  std::span<T> flat() const { return {data, size_t(count())}; }  // only for packed views
};

// A View together with the Buffer it looks at.
template <class T, int Rank>
class Tensor {
 public:
  Tensor() = default;
  Tensor(Memory place, std::array<int64_t, Rank> dims) : view_(nullptr, dims) {
    buffer_ = Buffer(place, size_t(view_.count()) * sizeof(T));
    view_.data = reinterpret_cast<T*>(buffer_.data());
  }
  const View<T, Rank>& view() const { return view_; }
  operator View<T, Rank>() const { return view_; }
  operator View<const T, Rank>() const { return view_; }
  int64_t dim(int i) const { return view_.dim[size_t(i)]; }
  size_t bytes() const { return buffer_.size(); }

 private:
  Buffer buffer_;
  View<T, Rank> view_;
};

std::string shape_text(std::span<const int64_t> shape);  // "[3072, 768]"

// One tensor of a weight file, as it lies there: any dtype, packed row-major, aligned only by luck.
struct ConstTensor {
  const std::byte* data = nullptr;
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  std::string name;                              // for messages
  void (*forget)(const ConstTensor&) = nullptr;  // gives its mapped pages back to the system once it is packed; may be null

  int64_t count() const;
  size_t bytes() const { return size_t(count()) * size_of(dtype); }
  // The one door from bytes to numbers for kernels that need the stored type itself; throws on another dtype or rank.
  template <class T, int Rank>
  View<const T, Rank> view() const {
    if (dtype != dtype_of_type<T>::value || shape.size() != size_t(Rank))
      fail(Fault::other, "'", name, "' is ", name_of(dtype), " ", shape_text(shape), ", asked for as ",
           name_of(dtype_of_type<T>::value), " of rank ", Rank);
    std::array<int64_t, Rank> dims;
    for (size_t i = 0; i < size_t(Rank); ++i) dims[i] = shape[i];
    return View<const T, Rank>(reinterpret_cast<const T*>(data), dims);
  }
};

// Elements [begin, begin + out.size()) of any floating tensor as f32; throws for integer tensors.
void to_f32(std::span<float> out, const ConstTensor& tensor, int64_t begin = 0);

}  // namespace bifrons
