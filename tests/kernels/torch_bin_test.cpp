// tests/kernels/torch_bin_test.cpp - PyTorch checkpoints: what torch.save writes is read, every lie of archive or pickle is
// refused, and nothing is ever run.
#include "kernels/weights/torch_bin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/weights/pickle.h"
#include "tests/kernels/weight_files.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using namespace pickle;  // NOLINT: the tests read better

std::string refusal(const std::string& file, Fault expected = Fault::unreadable) {
  Fault fault{};
  const std::string why = thrown([&] { parse_torch_bin(as_bytes(file), "model.bin"); }, &fault);
  EXPECT_EQ(fault, expected) << why;
  EXPECT_THAT(why, HasSubstr("model.bin: "));
  EXPECT_EQ(why.find('\n'), std::string::npos);
  return why;
}

std::string refused_pickle(const std::string& pickled) { return refusal(torch_file(pickled, {{"0", std::string(64, '\0')}})); }

const std::string six_floats = raw_list<float>({1, 2, 3, 4, 5, 6});
const std::string six = storage("FloatStorage", "0", 6);

TEST(TorchBin, ReadsTensorsThatShareAStorage) {
  const std::string file = torch_file(dict({{"whole", tensor(six, 0, {2, 3}, {3, 1})},
                                            {"row", tensor(six, 3, {3}, {1})},
                                            {"turned", tensor(six, 0, {3, 2}, {1, 3})},
                                            {"scalar", tensor(six, 5, {}, {})},
                                            {"none", tensor(six, 6, {0, 4}, {4, 1})},
                                            {"thin", tensor(six, 0, {1, 6}, {999, 1})}}),
                                      {{"0", six_floats}});
  const auto tensors = parse_torch_bin(as_bytes(file), "f");
  ASSERT_EQ(tensors.size(), 6u);
  EXPECT_EQ(tensors[0].name, "whole");
  EXPECT_EQ(tensors[0].dtype, DType::f32);
  EXPECT_TRUE(tensors[0].packed());
  EXPECT_EQ(std::memcmp(tensors[0].bytes.data(), six_floats.data(), 24), 0);
  EXPECT_EQ(tensors[1].bytes.data(), tensors[0].bytes.data() + 12);
  EXPECT_EQ(tensors[2].strides, (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(tensors[2].bytes.size(), 24u);
  EXPECT_EQ(tensors[3].bytes.size(), 4u);
  EXPECT_EQ(tensors[4].bytes.size(), 0u);
  EXPECT_TRUE(tensors[5].packed());
}

TEST(TorchBin, ReadsOrderedDictsWithStateMemoAndParameters) {
  const std::string parameter =
      global("torch._utils", "_rebuild_parameter") + mark + tensor(six, 0, {6}, {1}) + "\x88" + ordered_dict() + tuple + reduce;
  const std::string versions = empty_dict + text("_metadata") + ordered_dict() + text("") + empty_dict + text("version") + "K\1" +
                               set_item + set_item + set_item;
  const std::string pickled = proto + ordered_dict() + "q\7" + mark + text("a") + parameter + "r" + raw(uint32_t(300)) +
                              text("b") + "j" + raw(uint32_t(300)) + set_items + "h\7" + "0" + versions + build + stop;
  const auto tensors = parse_torch_bin(as_bytes(torch_file(pickled, {{"0", six_floats}})), "f");
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors[1].name, "b");
  EXPECT_EQ(tensors[0].bytes.data(), tensors[1].bytes.data());
}

TEST(TorchBin, ReadsEveryStorageType) {
  const std::pair<const char*, DType> types[] = {{"DoubleStorage", DType::f64}, {"FloatStorage", DType::f32},
                                                 {"HalfStorage", DType::f16},   {"BFloat16Storage", DType::bf16},
                                                 {"LongStorage", DType::i64},   {"IntStorage", DType::i32},
                                                 {"ShortStorage", DType::i16},  {"CharStorage", DType::i8},
                                                 {"ByteStorage", DType::u8},    {"BoolStorage", DType::boolean}};
  for (const auto& [name, dtype] : types) {
    const std::string entry(3 * size_of(dtype), '\1');
    const auto file = torch_file(dict({{"x", tensor(storage(name, "0", 3), 1, {2}, {1})}}), {{"0", entry}});
    EXPECT_EQ(parse_torch_bin(as_bytes(file), "f")[0].bytes.size(), 2 * size_of(dtype)) << name;
    const auto shorter = torch_file(dict({{"x", tensor(storage(name, "0", 3), 1, {2}, {1})}}), {{"0", entry.substr(1)}});
    EXPECT_THAT(refusal(shorter), HasSubstr("is said to have 3 of")) << name;
  }
}

TEST(TorchBin, RunsNothing) {
  for (const auto& [module, name] : std::vector<std::pair<std::string, std::string>>{{"os", "system"},
                                                                                     {"posix", "system"},
                                                                                     {"builtins", "eval"},
                                                                                     {"torch", "load"},
                                                                                     {"torch._utils", "_rebuild_tensor"},
                                                                                     {"collections", "OrderedDict.__init__"},
                                                                                     {"torch", "QInt8Storage"},
                                                                                     {"", ""}}) {
    EXPECT_THAT(refused_pickle(proto + global(module, name) + mark + text("rm -rf /") + tuple + reduce + stop),
                HasSubstr("asks Python for '" + module + "." + name + "'"));
    EXPECT_THAT(refused_pickle(proto + text(module) + text(name) + "\x93" + stop), HasSubstr(module + "." + name));
  }
  EXPECT_THAT(refused_pickle(proto + "cos\x1b[2J\nsystem\n" + stop), HasSubstr("'os?[2J.system'"));
  EXPECT_THAT(refused_pickle(proto + global("torch", "FloatStorage") + empty_tuple + reduce + stop),
              HasSubstr("calls torch.FloatStorage"));
  EXPECT_THAT(refused_pickle(proto + text("os") + empty_tuple + reduce + stop), HasSubstr("a text as what is called"));
  for (const char* instruction :
       {"i", "o", "\x81", "\x92", "P", "\x82", "F1\n", "I1\n", "S'a'\n", "V\n", "g0\n", "p0\n", "\x8d", "C\1x", "d", "l"})
    EXPECT_THAT(refused_pickle(proto + mark + empty_tuple + empty_tuple + instruction + stop), HasSubstr("has the instruction"))
        << instruction;
}

TEST(TorchBin, RefusesEveryTruncation) {
  const std::string pickled = dict({{"x", tensor(six, 0, {2, 3}, {3, 1})}});
  for (size_t length = 0; length < pickled.size(); ++length) refused_pickle(pickled.substr(0, length));
  const std::string file = torch_file(pickled, {{"0", six_floats}});
  for (size_t length = 0; length < file.size(); ++length) refusal(file.substr(0, length));
}

TEST(TorchBin, RefusesTensorsThatLeaveTheirStorage) {
  const auto with = [&](int64_t offset, std::initializer_list<int64_t> sizes, std::initializer_list<int64_t> strides) {
    return refusal(torch_file(dict({{"x", tensor(six, offset, sizes, strides)}}), {{"0", six_floats}}));
  };
  EXPECT_THAT(with(1, {6}, {1}), AllOf(HasSubstr("[6] with strides [1] from 1"), HasSubstr("storage of 6")));
  EXPECT_THAT(with(0, {2, 2}, {5, 1}), HasSubstr("leaves its storage"));
  EXPECT_THAT(with(7, {0}, {1}), HasSubstr("leaves its storage"));
  EXPECT_THAT(with(INT64_MAX, {2}, {1}), HasSubstr("leaves its storage"));
  EXPECT_THAT(with(0, {3, 2}, {INT64_MAX, INT64_MAX}), HasSubstr("leaves its storage"));
  EXPECT_THAT(with(0, {INT64_MAX}, {1}), HasSubstr("impossible shape"));
  EXPECT_THAT(with(0, {1ll << 31, 1ll << 31}, {0, 0}), HasSubstr("impossible shape"));
  EXPECT_THAT(with(0, {1000000}, {0}), HasSubstr("repeats the 6 elements"));
  EXPECT_THAT(with(-1, {2}, {1}), HasSubstr("a way torch.save does not"));
  EXPECT_THAT(with(0, {-2}, {1}), HasSubstr("no count among"));
  EXPECT_THAT(with(5, {2}, {-1}), HasSubstr("no count among"));
  EXPECT_THAT(with(0, {2, 3}, {1}), HasSubstr("2 sizes and 1 strides"));
  EXPECT_THAT(with(0, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}), HasSubstr("no tuple of up to 8"));
}

TEST(TorchBin, RefusesLyingStorages) {
  const auto with = [&](const std::string& stored) {
    return refusal(torch_file(dict({{"x", tensor(stored, 0, {2}, {1})}}), {{"0", six_floats}}));
  };
  EXPECT_THAT(with(storage("FloatStorage", "0", 7)), AllOf(HasSubstr("said to have 7 of f32"), HasSubstr("24 bytes")));
  EXPECT_THAT(with(storage("FloatStorage", "0", INT64_MAX)), HasSubstr("said to have 9223372036854775807"));
  EXPECT_THAT(with(storage("FloatStorage", "1", 6)), HasSubstr("lacks its entry 'm/data/1'"));
  EXPECT_THAT(with(storage("FloatStorage", "../data.pkl", 6)), HasSubstr("lacks its entry"));
  EXPECT_THAT(with(storage("FloatStorage", "0", -6)), HasSubstr("a way torch.save does not"));
  EXPECT_THAT(
      with(mark + text("module") + global("torch", "FloatStorage") + text("0") + text("cpu") + "K\6" + tuple + persistent_id),
      HasSubstr("a way torch.save does not"));
  EXPECT_THAT(with(text("0") + persistent_id), HasSubstr("a text as a storage"));
  EXPECT_THAT(
      refusal(torch_file(dict({{"x", tensor(six, 0, {2}, {1})}, {"y", tensor(storage("IntStorage", "0", 6), 0, {2}, {1})}}),
                         {{"0", six_floats}})),
      HasSubstr("both 6 of f32 and 6 of i32"));
}

TEST(TorchBin, RefusesBombs) {
  std::string nested = proto;
  for (int i = 0; i < 2000000; ++i) nested += mark;
  EXPECT_THAT(refused_pickle(nested + stop), HasSubstr("nests more than"));
  std::string dicts = proto;
  for (int i = 0; i < 2000000; ++i) dicts += "}0";
  EXPECT_THAT(refused_pickle(dicts + stop), HasSubstr("dictionaries"));
  EXPECT_THAT(refused_pickle(proto + "Nr" + raw(uint32_t(0xffffffff)) + stop), HasSubstr("numbers a value 4294967295"));
  EXPECT_THAT(refused_pickle(proto + "j" + raw(uint32_t(5)) + stop), HasSubstr("never kept"));
  EXPECT_THAT(refused_pickle(proto + "h\5" + stop), HasSubstr("never kept"));
  EXPECT_THAT(refused_pickle(proto + "X" + raw(uint32_t(0xffffffff)) + stop), HasSubstr("a text of 4294967295"));
  std::string tuples = proto + "N" + "q" + std::string(1, '\0');
  for (int i = 0; i < 1500000; ++i) tuples += std::string("h\0h\0\x87", 5);
  EXPECT_THAT(refused_pickle(tuples + stop), HasSubstr("builds more than"));
  std::string doubling = proto + ")";  // 60 levels of (t, t): small in memory, 2^60 leaves to whoever would follow them
  for (int i = 0; i < 60; ++i) doubling += "2" + std::string("\x86");
  EXPECT_THAT(refused_pickle(doubling + stop), HasSubstr("has the instruction"));  // DUP is not spoken here
  doubling = proto + ")";
  for (int i = 0; i < 60; ++i) doubling += "q" + raw(uint8_t(i)) + "h" + raw(uint8_t(i)) + "\x86";
  EXPECT_THAT(refused_pickle(doubling + stop), HasSubstr("holds a tuple instead of a dictionary"));
  std::string self = proto + empty_dict + "q" + std::string(1, '\0') + text("me") + "h" + std::string(1, '\0') + set_item + stop;
  EXPECT_THAT(refused_pickle(self), HasSubstr("'me' is a dictionary, not a tensor"));
}

TEST(TorchBin, RefusesBrokenPickles) {
  const std::string x = tensor(six, 0, {2}, {1});
  const std::pair<std::string, std::string> cases[] = {
      {stop, "stops with 0 values"},
      {empty_dict + empty_dict + stop, "stops with 2 values"},
      {empty_dict + mark + stop, "stops with 1 values"},
      {"N" + stop, "holds None instead of a dictionary"},
      {x + stop, "holds a tensor instead of a dictionary"},
      {empty_dict + text("a") + "N" + set_item + stop, "'a' is None, not a tensor"},
      {empty_dict + "K\1" + x + set_item + stop, "an integer as a tensor's name"},
      {empty_dict + text("a\xff") + x + set_item + stop, "no UTF-8, 'a?'"},
      {empty_dict + mark + text("a") + x + text("a") + x + set_items + stop, "names 'a' twice"},
      {empty_dict + mark + text("a") + set_items + stop, "a key without a value"},
      {text("a") + text("b") + x + set_item + stop, "sets an item of a text"},
      {empty_dict + set_items + stop, "closes a group that was not opened"},
      {tuple + stop, "closes a group that was not opened"},
      {"1" + stop, "closes a group that was not opened"},
      {"0" + stop, "takes a value where there is none"},
      {"N" + mark + "q\1", "takes a value where there is none"},
      {"N" + mark + "\x85" + stop, "values that are not there"},
      {"N" + empty_dict + build + stop, "sets the state of None"},
      {empty_dict + "Na" + stop, "appends to a dictionary"},
      {"\x80\x09" + stop, "pickle protocol 9"},
      {"\x8a\x09" + std::string(9, '\1') + stop, "an integer of 9 bytes"},
      {"c" + std::string(300, 'a') + "\nb\n" + stop, "a name without an end"},
      {global("collections", "OrderedDict") + "N\x85" + reduce + stop, "fills an OrderedDict"},
      {global("torch._utils", "_rebuild_parameter") + empty_tuple + reduce + stop, "a parameter of no tensor"},
      {global("torch._utils", "_rebuild_tensor_v2") + empty_tuple + reduce + stop, "a way torch.save does not"},
  };
  for (const auto& [body, why] : cases) EXPECT_THAT(refused_pickle(proto + body), HasSubstr(why)) << body;
}

TEST(TorchBin, RefusesOtherContainers) {
  const std::string pickled = dict({{"x", tensor(six, 0, {6}, {1})}});
  const ZipEntry main{.name = "m/data.pkl", .content = pickled}, data{.name = "m/data/0", .content = six_floats};
  EXPECT_THAT(refusal(""), HasSubstr("0 bytes, not a zip archive"));
  EXPECT_THAT(refusal("PK"), HasSubstr("not a zip archive"));
  EXPECT_THAT(refusal("\x80\x02\x8a\x0a"), HasSubstr("before 1.6"));
  EXPECT_THAT(refusal(safetensors("{}", "")), HasSubstr("not a zip archive"));
  EXPECT_THAT(refusal(zip({main, data, {.name = "m/constants.pkl", .content = ""}})), HasSubstr("TorchScript"));
  EXPECT_THAT(refusal(zip({main, data, {.name = "m/code/__torch__.py", .content = ""}})), HasSubstr("TorchScript"));
  EXPECT_THAT(refusal(zip({main, data, {.name = "m/byteorder", .content = "big"}})), HasSubstr("'big' byte order"));
  EXPECT_THAT(refusal(zip({data})), HasSubstr("without a data.pkl"));
  EXPECT_THAT(refusal(zip({main, data, {.name = "n/data.pkl", .content = pickled}})), HasSubstr("two models"));
  EXPECT_THAT(refusal(zip({main, data, data})), HasSubstr("'m/data/0' is in it twice"));
  EXPECT_EQ(parse_torch_bin(as_bytes(zip({main, data, {.name = "m/else", .content = "x", .method = 8}})), "f").size(), 1u);
}

TEST(TorchBin, RefusesLyingArchives) {
  const std::string pickled = dict({{"x", tensor(six, 0, {6}, {1})}});
  const ZipEntry main{.name = "m/data.pkl", .content = pickled};
  const auto with = [&](ZipEntry data, Fault fault = Fault::unreadable) {
    data.name = "m/data/0", data.content = six_floats;
    if (data.local_name.empty()) data.local_name = data.name;
    return refusal(zip({main, data}), fault);
  };
  EXPECT_THAT(with({.method = 8}), HasSubstr("is compressed (zip method 8)"));
  EXPECT_THAT(with({.flags = 1}, Fault::encrypted), HasSubstr("is encrypted"));
  EXPECT_THAT(with({.claimed_bytes = 1 << 20}), HasSubstr("is said to have 1048576 bytes"));
  EXPECT_THAT(with({.claimed_bytes = uint64_t(1) << 60, .wide = true}), HasSubstr("is said to have 1152921504606846976 bytes"));
  EXPECT_THAT(with({.claimed_bytes = 23}), HasSubstr("its entry has 23 bytes"));
  EXPECT_THAT(with({.local_name = "m/data/7"}), HasSubstr("calls itself 'm/data/7'"));
  const ZipEntry honest{.name = "m/data/0", .content = six_floats, .wide = true};
  EXPECT_EQ(parse_torch_bin(as_bytes(zip({main, honest})), "f").size(), 1u);

  std::string file = zip({main, honest});
  const size_t end = file.size() - 22, end64 = file.size() - 22 - 20 - 56;
  const auto patched = [&](size_t at, const std::string& bytes) {
    std::string bad = file;
    bad.replace(at, bytes.size(), bytes);
    return refusal(bad);
  };
  EXPECT_THAT(patched(end + 10, raw(uint16_t(9))), HasSubstr("one part of a zip archive"));
  EXPECT_THAT(patched(end + 8, raw_list<uint16_t>({9, 9})), HasSubstr("directories disagree"));
  EXPECT_THAT(patched(end + 12, raw(uint32_t(9))), HasSubstr("directories disagree"));
  EXPECT_THAT(patched(end - 12, raw(~uint64_t(0))), HasSubstr("zip64 end record"));
  EXPECT_THAT(patched(end64, "XX"), HasSubstr("no zip64 end record"));
  EXPECT_THAT(patched(end64 + 24, raw_list<uint64_t>({1ull << 40, 1ull << 40})), HasSubstr("disagree"));
  std::string many = file;  // both directories agree on an absurd count
  many.replace(end + 8, 4, raw_list<uint16_t>({0xffff, 0xffff}))
      .replace(end64 + 24, 16, raw_list<uint64_t>({1ull << 60, 1ull << 60}));
  EXPECT_THAT(refusal(many), HasSubstr("cannot hold 1152921504606846976 entries"));
  std::string far = file;
  far.replace(end + 16, 4, raw(0xffffffffu)).replace(end64 + 48, 8, raw(~uint64_t(0)));
  EXPECT_THAT(refusal(far), HasSubstr("zip directory is said to be"));
}

}  // namespace
}  // namespace bifrons
