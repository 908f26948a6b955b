// ocr/reader/wire.cpp - see wire.h. Each struct's fields are listed once, for both directions.
#include "ocr/reader/wire.h"

#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <type_traits>

#include "kernels/weights/stored_tensor.h"

namespace bifrons::wire {
namespace {

constexpr std::string_view mark = "BFR1";
static_assert(std::endian::native == std::endian::little, "numbers are copied as they are");

template <class T>
concept Number = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

// The largest enumerator of each; what is beyond is refused.
constexpr int last(Page::Unit) { return int(Page::Unit::px); }
constexpr int last(Page::Source) { return int(Page::Source::none); }
constexpr int last(Block::Type) { return int(Block::Type::footer); }
constexpr int last(HiddenText::Reason) { return int(HiddenText::Reason::covered); }
constexpr int last(ReadOptions::Ocr) { return int(ReadOptions::Ocr::never); }
constexpr int last(Stage::Work) { return int(Stage::Work::recognise); }
constexpr int last(Fault) { return int(Fault::partial); }

class Writer {
 public:
  std::string bytes;

  template <Number T>
  void operator()(const T& value) {
    const auto wide = [&] {
      if constexpr (std::is_floating_point_v<T>)
        return double(value);
      else
        return int64_t(value);
    }();
    bytes.append(reinterpret_cast<const char*>(&wide), sizeof wide);
  }
  void operator()(const bool& value) { bytes.push_back(value ? 1 : 0); }
  template <class T>
  requires std::is_enum_v<T>
  void operator()(const T& value) { bytes.push_back(char(value)); }
  void operator()(const std::string& text) {
    (*this)(int64_t(text.size()));
    bytes += text;
  }
  template <class T>
  void operator()(const std::optional<T>& value) {
    (*this)(value.has_value());
    if (value) (*this)(*value);
  }
  template <size_t n>
  void operator()(const std::array<double, n>& values) {
    for (const double value : values) (*this)(value);
  }
  void operator()(const std::vector<uint8_t>& values) {
    (*this)(int64_t(values.size()));
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size());
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    (*this)(int64_t(values.size()));
    for (const T& value : values) (*this)(value);
  }
  template <class T>
  requires std::is_class_v<T>
  void operator()(const T& value) {
    fields(*this, const_cast<T&>(value));  // one list of fields serves both ways; writing changes nothing
  }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  template <Number T>
  void operator()(T& value) {
    std::conditional_t<std::is_floating_point_v<T>, double, int64_t> wide;
    std::memcpy(&wide, take(sizeof wide).data(), sizeof wide);
    if constexpr (std::is_floating_point_v<T>) {
      if (!std::isfinite(wide)) bad("a number that is not finite");
    } else if constexpr (sizeof(T) < sizeof wide) {
      if (wide < std::numeric_limits<T>::min() || wide > std::numeric_limits<T>::max()) bad("a number out of range");
    }
    value = T(wide);
  }
  void operator()(bool& value) {
    const char byte = take(1)[0];
    if (byte != 0 && byte != 1) bad("a flag that is neither 0 nor 1");
    value = byte == 1;
  }
  template <class T>
  requires std::is_enum_v<T>
  void operator()(T& value) {
    const int number = static_cast<unsigned char>(take(1)[0]);
    if (number > last(T{})) bad("an unknown enumerator");
    value = T(number);
  }
  void operator()(std::string& text) {
    text = std::string(take(count(1)));
    if (!well_formed_utf8(text)) bad("text that is not UTF-8");
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    bool there = false;
    (*this)(there);
    value.reset();
    if (there) (*this)(value.emplace());
  }
  template <size_t n>
  void operator()(std::array<double, n>& values) {
    for (double& value : values) (*this)(value);
  }
  void operator()(std::vector<uint8_t>& values) {
    const std::string_view bytes = take(count(1));
    values.assign(bytes.begin(), bytes.end());
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    const size_t n = count(smallest<T>());
    values.clear();
    values.reserve(n);
    for (size_t i = 0; i < n; ++i) (*this)(values.emplace_back());
  }
  template <class T>
  requires std::is_class_v<T>
  void operator()(T& value) { fields(*this, value); }
  void end() const {
    if (!left_.empty()) bad(std::to_string(left_.size()) + " bytes too many");
  }

 private:
  template <class T>
  static size_t smallest() {  // bytes of an element whose texts and lists are empty: bounds what a count may ask for
    static const size_t bytes = [] {
      Writer empty;
      empty(T{});
      return empty.bytes.size();
    }();
    return bytes;
  }
  size_t count(size_t element_bytes) {
    int64_t n = 0;
    (*this)(n);
    if (n < 0 || uint64_t(n) > left_.size() / element_bytes) bad("a count larger than the message");
    return size_t(n);
  }
  std::string_view take(size_t n) {
    if (n > left_.size()) bad("a message cut short");
    const std::string_view part = left_.substr(0, n);
    left_.remove_prefix(n);
    return part;
  }
  [[noreturn]] static void bad(const std::string& what) { fail(Fault::other, "the document worker sent ", what); }

  std::string_view left_;
};

template <class A>
void fields(A& a, Box& v) {
  a(v.x0), a(v.y0), a(v.x1), a(v.y1);
}
template <class A>
void fields(A& a, Word& v) {
  a(v.text), a(v.box), a(v.confidence);
}
template <class A>
void fields(A& a, Line& v) {
  a(v.id), a(v.box), a(v.quad), a(v.text), a(v.confidence), a(v.words);
}
template <class A>
void fields(A& a, Block& v) {
  a(v.id), a(v.type), a(v.box), a(v.lines);
}
template <class A>
void fields(A& a, TableCell& v) {
  a(v.text), a(v.box);
}
template <class A>
void fields(A& a, Table& v) {
  a(v.box), a(v.rows);
}
template <class A>
void fields(A& a, HiddenText& v) {
  a(v.text), a(v.box), a(v.reason);
}
template <class A>
void fields(A& a, Warning& v) {
  a(v.code), a(v.page), a(v.message);
}
template <class A>
void fields(A& a, Page& v) {
  a(v.page), a(v.width), a(v.height), a(v.unit), a(v.source), a(v.dpi), a(v.turned), a(v.skew), a(v.languages), a(v.confidence);
  a(v.seconds), a(v.blocks), a(v.tables), a(v.hidden_text), a(v.warnings);
}
template <class A>
void fields(A& a, PagePicture& v) {
  a(v.width), a(v.height), a(v.scale), a(v.rgb);
}
template <class A>
void fields(A& a, ReadLimits& v) {
  a(v.file_bytes), a(v.pages), a(v.image_pixels), a(v.recognition_pixels), a(v.recognition_side), a(v.text_seconds),
      a(v.render_seconds);
  a(v.recognise_seconds), a(v.worker_bytes), a(v.page_characters);
}
template <class A>
void fields(A& a, Open& v) {
  a(v.type), a(v.password), a(v.languages), a(v.ocr), a(v.look_only), a(v.limits);
}
template <class A>
void fields(A& a, Opened& v) {
  a(v.pages), a(v.landlock), a(v.warnings);
}
template <class A>
void fields(A& a, Failed& v) {
  a(v.fault), a(v.code), a(v.message);
}
template <class A>
void fields(A& a, ReadPage& v) {
  a(v.page);
}
template <class A>
void fields(A& a, Stage& v) {
  a(v.work), a(v.page), a(v.width), a(v.height), a(v.unit);
}
template <class A>
void fields(A& a, Render& v) {
  a(v.page), a(v.most_pixels);
}

template <class Message>
constexpr Kind kind_of = Kind{};
template <>
constexpr Kind kind_of<Open> = Kind::open;
template <>
constexpr Kind kind_of<Opened> = Kind::opened;
template <>
constexpr Kind kind_of<Failed> = Kind::failed;
template <>
constexpr Kind kind_of<ReadPage> = Kind::read_page;
template <>
constexpr Kind kind_of<Stage> = Kind::stage;
template <>
constexpr Kind kind_of<Page> = Kind::page;
template <>
constexpr Kind kind_of<Render> = Kind::render;
template <>
constexpr Kind kind_of<PagePicture> = Kind::picture;

}  // namespace

bool take_frame(std::string& received, Frame& frame, size_t most_bytes) {
  const size_t seen = std::min(received.size(), mark.size());
  if (received.compare(0, seen, mark.substr(0, seen)) != 0)
    fail(Fault::other, "the document worker sent something that is no frame");
  if (received.size() < head_bytes) return false;
  uint32_t kind = 0, length = 0;
  std::memcpy(&kind, received.data() + 4, 4);
  std::memcpy(&length, received.data() + 8, 4);
  if (kind < uint32_t(Kind::open) || kind > uint32_t(Kind::picture))
    fail(Fault::other, "the document worker sent a frame of unknown kind ", kind);
  if (length > most_bytes)
    fail(Fault::other, "the document worker sent a frame of ", length, " bytes, over the limit of ", most_bytes);
  if (received.size() < head_bytes + length) return false;
  frame.kind = Kind(kind);
  frame.body = received.substr(head_bytes, length);
  received.erase(0, head_bytes + length);
  return true;
}

template <class Message>
std::string frame(const Message& message) {
  Writer body;
  body(message);
  const auto kind = uint32_t(kind_of<Message>), length = uint32_t(body.bytes.size());
  if (body.bytes.size() > most_picture_bytes)
    fail(Fault::limit, "a message of ", body.bytes.size(), " bytes is too large to send");
  std::string whole(mark);
  whole.append(reinterpret_cast<const char*>(&kind), 4);
  whole.append(reinterpret_cast<const char*>(&length), 4);
  return whole += body.bytes;
}

template <class Message>
Message read(const Frame& frame) {
  if (frame.kind != kind_of<Message>)
    fail(Fault::other, "the document worker sent kind ", uint32_t(frame.kind), " where ", uint32_t(kind_of<Message>), " was due");
  Reader reader(frame.body);
  Message message;
  reader(message);
  reader.end();
  return message;
}

#define BIFRONS_MESSAGE(type)              \
  template std::string frame(const type&); \
  template type read<type>(const Frame& frame);
BIFRONS_MESSAGE(Open)
BIFRONS_MESSAGE(Opened)
BIFRONS_MESSAGE(Failed)
BIFRONS_MESSAGE(ReadPage)
BIFRONS_MESSAGE(Stage)
BIFRONS_MESSAGE(Page)
BIFRONS_MESSAGE(Render)
BIFRONS_MESSAGE(PagePicture)
#undef BIFRONS_MESSAGE

}  // namespace bifrons::wire
