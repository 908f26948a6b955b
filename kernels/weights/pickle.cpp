// kernels/weights/pickle.cpp - the stack machine. Values are sixteen bytes; texts stay in the file, tuples lie in one array, so
// memory is bounded by the counts below however the instructions are arranged. Nothing recurses into values.
#include "kernels/weights/pickle.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string_view>
#include <unordered_set>

#include "kernels/core/error.h"
#include "kernels/core/tensor.h"
#include "kernels/weights/stored_tensor.h"

namespace bifrons {
namespace {

constexpr size_t most_values = size_t(4) << 20;   // on the stack, in the memo, in all tuples; a tensor needs about 20
constexpr size_t most_objects = size_t(1) << 20;  // dictionaries, storages, tensors
constexpr size_t longest_text = size_t(1) << 16;

enum class Kind : uint8_t { none, boolean, integer, real, text, tuple, list, dict, global, storage, tensor };
constexpr std::array<const char*, 11> kind_words{"None",   "a truth value", "an integer", "a number",  "a text",  "a tuple",
                                                 "a list", "a dictionary",  "a name",     "a storage", "a tensor"};

struct Value {
  Kind kind = Kind::none;
  uint32_t length = 0;  // of a text in bytes, of a tuple in values
  int64_t at = 0;       // integer: itself; text: offset in the pickle; else index into the machine's arrays
};

enum Global : int64_t { ordered_dict, rebuild_tensor, rebuild_parameter, first_storage };

struct KnownGlobal {
  std::string_view module, name;
};
constexpr std::array<KnownGlobal, 13> known_globals{{{"collections", "OrderedDict"},
                                                     {"torch._utils", "_rebuild_tensor_v2"},
                                                     {"torch._utils", "_rebuild_parameter"},
                                                     {"torch", "DoubleStorage"},
                                                     {"torch", "FloatStorage"},
                                                     {"torch", "HalfStorage"},
                                                     {"torch", "BFloat16Storage"},
                                                     {"torch", "LongStorage"},
                                                     {"torch", "IntStorage"},
                                                     {"torch", "ShortStorage"},
                                                     {"torch", "CharStorage"},
                                                     {"torch", "ByteStorage"},
                                                     {"torch", "BoolStorage"}}};
constexpr std::array<DType, 10> storage_dtypes{DType::f64, DType::f32, DType::f16, DType::bf16, DType::i64,
                                               DType::i32, DType::i16, DType::i8,  DType::u8,   DType::boolean};

class Machine {
 public:
  Machine(std::span<const std::byte> pickle, const std::string& where)
      : text_(reinterpret_cast<const char*>(pickle.data()), pickle.size()), where_(where) {}

  std::vector<PickledTensor> run() {
    while (step()) {
    }
    return collect();
  }

 private:
  // ---- failing

  template <class... Parts>
  [[noreturn]] void damaged(const Parts&... parts) const {
    fail(Fault::unreadable, where_, ": its data.pkl ", parts..., " at byte ", started_, "; the file is damaged, fetch it again");
  }

  // ---- reading

  std::string_view bytes(size_t count) {
    if (count > text_.size() - next_) damaged("ends in the middle of an instruction");
    const std::string_view taken = text_.substr(next_, count);
    next_ += count;
    return taken;
  }
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, bytes(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string_view line() {
    const size_t end = text_.find('\n', next_);
    if (end == std::string_view::npos || end - next_ > 200) damaged("has a name without an end");
    const std::string_view taken = bytes(end - next_);
    ++next_;
    return taken;
  }
  std::string_view text_of(const Value& v) const { return text_.substr(size_t(v.at), v.length); }
  std::span<const Value> items(const Value& tuple) const { return std::span(items_).subspan(size_t(tuple.at), tuple.length); }

  // ---- the stack; a mark is a height below which nothing may be popped until the mark is gone

  void push(Value v) {
    if (stack_.size() >= most_values) damaged("builds more than ", most_values, " values");
    stack_.push_back(v);
  }
  void push_integer(int64_t v) { push({Kind::integer, 0, v}); }
  void push_text(size_t length) {
    if (length > longest_text) damaged("holds a text of ", length, " bytes");
    push({Kind::text, uint32_t(length), int64_t(next_)});
    bytes(length);
  }
  size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
  const Value& top() const {
    if (stack_.size() <= floor()) damaged("takes a value where there is none");
    return stack_.back();
  }
  Value pop() {
    const Value v = top();
    stack_.pop_back();
    return v;
  }
  Value pop(Kind kind, const char* what) {
    const Value v = pop();
    if (v.kind != kind) damaged("has ", kind_words[size_t(v.kind)], " as ", what);
    return v;
  }
  std::span<const Value> above_mark() const {
    if (marks_.empty()) damaged("closes a group that was not opened");
    return std::span(stack_).subspan(marks_.back());
  }
  void drop_mark() { stack_.resize(marks_.back()), marks_.pop_back(); }

  void push_tuple(size_t length) {  // of the last values of the stack
    if (stack_.size() - floor() < length) damaged("makes a tuple of values that are not there");
    if (items_.size() + length > most_values) damaged("builds more than ", most_values, " values");
    const int64_t first = int64_t(items_.size());
    items_.insert(items_.end(), stack_.end() - ptrdiff_t(length), stack_.end());
    stack_.resize(stack_.size() - length);
    push({Kind::tuple, uint32_t(length), first});
  }
  void push_dict() {
    if (dicts_.size() >= most_objects) damaged("builds more than ", most_objects, " dictionaries");
    dicts_.emplace_back();
    push({Kind::dict, 0, int64_t(dicts_.size()) - 1});
  }
  void set_items(const Value& dict, std::span<const Value> pairs) {
    if (dict.kind != Kind::dict) damaged("sets an item of ", kind_words[size_t(dict.kind)]);
    if (pairs.size() % 2 != 0) damaged("sets a key without a value");
    if ((entries_ += pairs.size()) > most_values) damaged("builds more than ", most_values, " values");
    auto& entries = dicts_[size_t(dict.at)];
    entries.insert(entries.end(), pairs.begin(), pairs.end());
  }

  // ---- the memo

  void remember(size_t index) {
    if (index >= most_values) damaged("numbers a value ", index);
    if (index >= memo_.size()) memo_.resize(std::max(index + 1, std::min(2 * memo_.size(), most_values)));
    memo_[index] = {top(), true};
    remembered_ = std::max(remembered_, index + 1);
  }
  void recall(size_t index) {
    if (index >= memo_.size() || !memo_[index].set) damaged("asks for value number ", index, " that was never kept");
    push(memo_[index].value);
  }

  // ---- names, calls and storages

  void push_global(std::string_view module, std::string_view name) {
    for (size_t i = 0; i < known_globals.size(); ++i)
      if (known_globals[i].module == module && known_globals[i].name == name) return push({Kind::global, 0, int64_t(i)});
    fail(Fault::unreadable, where_, ": asks Python for '", printable(module), ".", printable(name),
         "', which a file of weights has no use for: do not load it anywhere, or save its tensors alone with torch.save");
  }

  void reduce() {
    const Value args = pop(Kind::tuple, "arguments of a call"), callee = pop(Kind::global, "what is called");
    const std::span<const Value> given = items(args);
    if (callee.at == ordered_dict) {
      if (!given.empty()) damaged("fills an OrderedDict by its arguments");
      push_dict();
    } else if (callee.at == rebuild_tensor) {
      push_tensor(given);
    } else if (callee.at == rebuild_parameter) {
      if (given.empty() || given[0].kind != Kind::tensor) damaged("makes a parameter of no tensor");
      push(given[0]);
    } else {
      damaged("calls torch.", known_globals[size_t(callee.at)].name);
    }
  }

  struct Storage {
    DType dtype;
    std::string_view key;
    int64_t elements;
  };

  void push_storage() {  // ("storage", torch.FloatStorage, key, location, elements)
    const Value id = pop(Kind::tuple, "a storage");
    const std::span<const Value> part = items(id);
    const bool well_made = part.size() == 5 && part[0].kind == Kind::text && text_of(part[0]) == "storage" &&
                           part[1].kind == Kind::global && part[1].at >= first_storage && part[2].kind == Kind::text &&
                           part[3].kind == Kind::text && part[4].kind == Kind::integer && part[4].at >= 0;
    if (!well_made) damaged("describes a storage in a way torch.save does not");
    const Storage storage{storage_dtypes[size_t(part[1].at - first_storage)], text_of(part[2]), part[4].at};
    const auto [known, is_new] = storage_of_key_.emplace(storage.key, storages_.size());
    if (is_new) {
      storages_.push_back(storage);
    } else if (const Storage& first = storages_[known->second];
               first.dtype != storage.dtype || first.elements != storage.elements) {
      damaged("calls storage '", printable(storage.key), "' both ", first.elements, " of ", name_of(first.dtype), " and ",
              storage.elements, " of ", name_of(storage.dtype));
    }
    if (storages_.size() > most_objects) damaged("names more than ", most_objects, " storages");
    push({Kind::storage, 0, int64_t(known->second)});
  }

  std::vector<int64_t> integers(const Value& tuple, const char* what) const {
    if (tuple.kind != Kind::tuple || tuple.length > most_dimensions)
      damaged("has no tuple of up to ", most_dimensions, " as ", what);
    std::vector<int64_t> out;
    for (const Value& v : items(tuple)) {
      if (v.kind != Kind::integer || v.at < 0) damaged("has no count among the ", what);
      out.push_back(v.at);
    }
    return out;
  }

  void push_tensor(std::span<const Value> given) {  // storage, offset, shape, strides, requires_grad, hooks[, metadata]
    if (given.size() < 6 || given.size() > 7 || given[0].kind != Kind::storage || given[1].kind != Kind::integer ||
        given[1].at < 0)
      damaged("describes a tensor in a way torch.save does not");
    const Storage& storage = storages_[size_t(given[0].at)];
    PickledTensor t;
    t.storage = storage.key, t.dtype = storage.dtype, t.storage_elements = storage.elements;
    t.offset = given[1].at;
    t.shape = integers(given[2], "sizes of a tensor");
    t.strides = integers(given[3], "strides of a tensor");
    if (t.shape.size() != t.strides.size())
      damaged("has a tensor of ", t.shape.size(), " sizes and ", t.strides.size(), " strides");
    const auto count = count_elements(t.shape, size_of(t.dtype));
    if (!count) damaged("has a tensor of the impossible shape ", shape_text(t.shape));
    int64_t last = t.offset;  // index of its last element
    bool overflow = false;
    for (size_t d = 0; d < t.shape.size() && *count > 0; ++d) {
      int64_t span = 0;
      overflow |= __builtin_mul_overflow(t.shape[d] - 1, t.strides[d], &span) || __builtin_add_overflow(last, span, &last);
    }
    if (overflow || (*count > 0 ? last >= storage.elements : last > storage.elements))
      damaged("has a tensor ", shape_text(t.shape), " with strides ", shape_text(t.strides), " from ", t.offset,
              " that leaves its storage of ", storage.elements, " elements");
    if (*count > storage.elements)
      damaged("has a tensor ", shape_text(t.shape), " that repeats the ", storage.elements, " elements of its storage");
    if (tensors_.size() >= most_objects) damaged("builds more than ", most_objects, " tensors");
    tensors_.push_back(std::move(t));
    push({Kind::tensor, 0, int64_t(tensors_.size()) - 1});
  }

  // ---- the instructions

  bool step() {
    started_ = next_;
    const auto code = uint8_t(bytes(1)[0]);
    switch (code) {
      case 0x80: {  // PROTO
        const unsigned version = number<uint8_t>();
        if (version < 2 || version > 5) damaged("is of pickle protocol ", version);
        break;
      }
      case 0x95: number<uint64_t>(); break;  // FRAME: a hint for buffered readers
      case '.': return false;                // STOP
      case '(':                              // MARK
        if (marks_.size() >= most_objects) damaged("nests more than ", most_objects, " groups");
        marks_.push_back(stack_.size());
        break;
      case '0':  // POP, of a mark when nothing lies above it
        if (!marks_.empty() && stack_.size() == marks_.back()) {
          marks_.pop_back();
        } else {
          pop();
        }
        break;
      case '1': above_mark(), drop_mark(); break;                     // POP_MARK
      case 'q': remember(number<uint8_t>()); break;                   // BINPUT
      case 'r': remember(number<uint32_t>()); break;                  // LONG_BINPUT
      case 0x94: remember(remembered_); break;                        // MEMOIZE
      case 'h': recall(number<uint8_t>()); break;                     // BINGET
      case 'j': recall(number<uint32_t>()); break;                    // LONG_BINGET
      case 'X': push_text(number<uint32_t>()); break;                 // BINUNICODE
      case 0x8c: push_text(number<uint8_t>()); break;                 // SHORT_BINUNICODE
      case 'J': push_integer(number<int32_t>()); break;               // BININT
      case 'K': push_integer(number<uint8_t>()); break;               // BININT1
      case 'M': push_integer(number<uint16_t>()); break;              // BININT2
      case 0x8a: push_integer(long1()); break;                        // LONG1
      case 'N': push({}); break;                                      // NONE
      case 0x88: push({Kind::boolean, 0, 1}); break;                  // NEWTRUE
      case 0x89: push({Kind::boolean, 0, 0}); break;                  // NEWFALSE
      case 'G': number<uint64_t>(), push({Kind::real, 0, 0}); break;  // BINFLOAT: only ever among what is discarded
      case 'c': {                                                     // GLOBAL
        const std::string_view module = line();
        push_global(module, line());
        break;
      }
      case 0x93: {  // STACK_GLOBAL
        const Value name = pop(Kind::text, "a name"), module = pop(Kind::text, "a module");
        push_global(text_of(module), text_of(name));
        break;
      }
      case ')': push({Kind::tuple, 0, 0}); break;  // EMPTY_TUPLE
      case 't': {                                  // TUPLE
        const size_t length = above_mark().size();
        push_tuple(length), marks_.pop_back();
        break;
      }
      case 0x85: push_tuple(1); break;                            // TUPLE1
      case 0x86: push_tuple(2); break;                            // TUPLE2
      case 0x87: push_tuple(3); break;                            // TUPLE3
      case '}': push_dict(); break;                               // EMPTY_DICT
      case ']': push({Kind::list, 0, 0}); break;                  // EMPTY_LIST: lists are only ever among what is discarded
      case 'a': pop(), expect_list(); break;                      // APPEND
      case 'e': above_mark(), drop_mark(), expect_list(); break;  // APPENDS
      case 's': {                                                 // SETITEM
        const Value value = pop(), key = pop();
        const std::array<Value, 2> pair{key, value};
        set_items(top(), pair);
        break;
      }
      case 'u': {  // SETITEMS
        const size_t mark = above_mark().empty() ? stack_.size() : marks_.back();
        const std::vector<Value> pairs(stack_.begin() + ptrdiff_t(mark), stack_.end());
        drop_mark();
        set_items(top(), pairs);
        break;
      }
      case 'R': reduce(); break;        // REDUCE
      case 'Q': push_storage(); break;  // BINPERSID
      case 'b':                         // BUILD: the state of a dictionary is its versions, which we have no use for
        pop();
        if (top().kind != Kind::dict) damaged("sets the state of ", kind_words[size_t(top().kind)]);
        break;
      default: damaged("has the instruction ", int(code), ", which torch.save does not write for tensors,");
    }
    return true;
  }

  void expect_list() const {
    if (top().kind != Kind::list) damaged("appends to ", kind_words[size_t(top().kind)]);
  }

  int64_t long1() {  // little-endian, two's complement
    const size_t length = number<uint8_t>();
    if (length > 8) damaged("holds an integer of ", length, " bytes");
    const std::string_view raw = bytes(length);
    uint64_t value = length > 0 && (uint8_t(raw[length - 1]) & 0x80) ? ~uint64_t(0) : 0;
    for (size_t i = length; i-- > 0;) value = value << 8 | uint8_t(raw[i]);
    return int64_t(value);
  }

  std::vector<PickledTensor> collect() {
    if (stack_.size() != 1 || !marks_.empty()) damaged("stops with ", stack_.size(), " values instead of one");
    if (stack_[0].kind != Kind::dict)
      fail(Fault::unreadable, where_, ": holds ", kind_words[size_t(stack_[0].kind)],
           " instead of a dictionary of tensors: save the ", "model's state_dict()");
    std::vector<PickledTensor> found;
    std::unordered_set<std::string_view> names;
    const std::vector<Value>& entries = dicts_[size_t(stack_[0].at)];
    for (size_t i = 0; i < entries.size(); i += 2) {
      if (entries[i].kind != Kind::text) damaged("has ", kind_words[size_t(entries[i].kind)], " as a tensor's name");
      const std::string_view name = text_of(entries[i]);
      if (!well_formed_utf8(name)) damaged("has a tensor's name that is no UTF-8, '", printable(name), "'");
      if (entries[i + 1].kind != Kind::tensor)
        fail(Fault::unreadable, where_, ": '", printable(name), "' is ", kind_words[size_t(entries[i + 1].kind)],
             ", not a tensor: save the model's state_dict() alone");
      if (!names.insert(name).second) damaged("names '", printable(name), "' twice");
      found.push_back(tensors_[size_t(entries[i + 1].at)]);
      found.back().name = name;
    }
    return found;
  }

  struct Remembered {
    Value value;
    bool set = false;
  };

  std::string_view text_;
  const std::string& where_;
  size_t next_ = 0, started_ = 0;
  std::vector<Value> stack_, items_;
  std::vector<size_t> marks_;
  std::vector<Remembered> memo_;
  size_t remembered_ = 0, entries_ = 0;
  std::vector<std::vector<Value>> dicts_;  // key, value, key, value, ...
  std::vector<Storage> storages_;
  std::map<std::string_view, size_t> storage_of_key_;
  std::vector<PickledTensor> tensors_;
};

}  // namespace

std::vector<PickledTensor> read_pickled_tensors(std::span<const std::byte> pickle, const std::string& where) {
  if (pickle.size() > longest_pickle)
    fail(Fault::unreadable, where, ": its data.pkl has ", pickle.size(), " bytes, more than the ", longest_pickle, " allowed");
  return Machine(pickle, where).run();
}

}  // namespace bifrons
