// tests/kernels/safetensors_test.cpp - what a header may and may not claim, the shard index, and the writer read back.
#include "kernels/weights/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/core/file.h"
#include "kernels/weights/safetensors_writer.h"
#include "kernels/weights/shard_index.h"
#include "tests/kernels/weight_files.h"
#include "tests/temporary_folder.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal(const std::string& file) {
  Fault fault{};
  const std::string text = thrown([&] { parse_safetensors(as_bytes(file), "model.safetensors"); }, &fault);
  EXPECT_EQ(fault, Fault::unreadable) << text;
  EXPECT_THAT(text, HasSubstr("model.safetensors: "));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  return text;
}

const std::string good_header =
    R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]},)"
    R"("a":{"data_offsets":[0,4],"shape":[2],"dtype":"BF16"},"none":{"dtype":"I64","shape":[0,5],"data_offsets":[28,28]},)"
    R"("one":{"dtype":"U8","shape":[],"data_offsets":[28,29]}}   )";
const std::string good =
    safetensors(good_header, std::string("\x80\x3f\x00\x40", 4) + raw_list<float>({1, 2, 3, 4, 5, 6}) + "\x07");

TEST(Safetensors, ReadsWhatIsThere) {
  const auto tensors = parse_safetensors(as_bytes(good), "f");
  ASSERT_EQ(tensors.size(), 4u);
  EXPECT_EQ(tensors[0].name, "a");
  EXPECT_EQ(tensors[0].dtype, DType::bf16);
  EXPECT_EQ(tensors[0].bytes.size(), 4u);
  EXPECT_EQ(tensors[1].name, "b");
  EXPECT_EQ(tensors[1].shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(std::memcmp(tensors[1].bytes.data(), raw_list<float>({1, 2, 3, 4, 5, 6}).data(), 24), 0);
  EXPECT_EQ(tensors[2].bytes.size(), 0u);
  EXPECT_TRUE(tensors[3].shape.empty());
  EXPECT_TRUE(parse_safetensors(as_bytes(safetensors("{}", "")), "f").empty());
}

TEST(Safetensors, RefusesEveryTruncationAndEveryExcess) {
  for (size_t length = 0; length < good.size(); ++length) refusal(good.substr(0, length));
  EXPECT_THAT(refusal(""), HasSubstr("is 0 bytes long"));
  EXPECT_THAT(refusal(good + "x"), HasSubstr("its tensors cover 29"));
}

TEST(Safetensors, RefusesLyingHeaderLengths) {
  for (uint64_t length : {uint64_t(1) << 63, ~uint64_t(0), uint64_t(100 << 20) + 1, uint64_t(good.size())})
    EXPECT_THAT(refusal(raw(length) + good.substr(8)), HasSubstr(std::to_string(length)));
  EXPECT_THAT(refusal(raw(uint64_t(0)) + good.substr(8)), HasSubstr("not valid JSON"));
}

TEST(Safetensors, RefusesLyingTensors) {
  const auto with = [&](std::string tensor) { return refusal(safetensors("{\"x\":" + tensor + "}", std::string(16, '\0'))); };
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[5],"data_offsets":[0,16]})"),
              AllOf(HasSubstr("'x' claims 16 bytes"), HasSubstr("takes 20")));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[4],"data_offsets":[0,15]})"), HasSubstr("claims 15 bytes"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[5],"data_offsets":[0,20]})"), HasSubstr("bytes 0 to 20 of 16"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[4],"data_offsets":[16,0]})"), HasSubstr("bytes 16 to 0"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[2],"data_offsets":[8,16]})"), HasSubstr("begins at byte 8"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[4],"data_offsets":[0,18446744073709551615]})"), HasSubstr("18446744073709551615"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})"), HasSubstr("impossible shape"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[4611686018427387904,4611686018427387904,0],"data_offsets":[0,0]})"),
              HasSubstr("impossible"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,16]})"), HasSubstr("9223372036854775808"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[-4],"data_offsets":[0,16]})"), HasSubstr("holds -4"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[4.0],"data_offsets":[0,16]})"), HasSubstr("a dimension is expected"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,4],"data_offsets":[0,16]})"), HasSubstr("more than 8 dimensions"));
  EXPECT_THAT(with(R"({"dtype":"Q4","shape":[4],"data_offsets":[0,16]})"), AllOf(HasSubstr("stored as 'Q4'"), HasSubstr("BF16")));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[4]})"), HasSubstr("lacks its data_offsets"));
  EXPECT_THAT(with(R"({"shape":[4],"data_offsets":[0,16]})"), HasSubstr("lacks its dtype"));
  EXPECT_THAT(with(R"({"dtype":"F32","data_offsets":[0,16]})"), HasSubstr("lacks its shape"));
  EXPECT_THAT(with(R"({"dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16]})"), HasSubstr("a second time"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[4],"data_offsets":[0,8,16]})"), HasSubstr("holds 16"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[4],"data_offsets":[0]})"), HasSubstr("fewer than two"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":4,"data_offsets":[0,16]})"), HasSubstr("a list of dimensions"));
  EXPECT_THAT(with(R"({"dtype":null,"shape":[4],"data_offsets":[0,16]})"), HasSubstr("holds null"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[[4]],"data_offsets":[0,16]})"), HasSubstr("holds a list"));
  EXPECT_THAT(with(R"({"dtype":"F32","shape":[4],"data_offsets":[0,16],"more":1})"), HasSubstr("'more'"));
  EXPECT_THAT(with("7"), HasSubstr("holds 7"));
}

TEST(Safetensors, RefusesOverlapsGapsAndDuplicates) {
  const auto two = [&](std::string a, std::string b) {
    return refusal(safetensors("{" + a + "," + b + "}", std::string(16, '\0')));
  };
  EXPECT_THAT(
      two(R"("a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]})", R"("b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]})"),
      AllOf(HasSubstr("'b' begins at byte 8"), HasSubstr("ends at 12")));
  EXPECT_THAT(
      two(R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})", R"("b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]})"),
      HasSubstr("ends at 4"));
  EXPECT_THAT(
      two(R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})", R"("a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]})"),
      HasSubstr("'a' occurs twice"));
  EXPECT_THAT(two(R"("__metadata__":{})", R"("__metadata__":{})"), HasSubstr("__metadata__ a second time"));
  EXPECT_THAT(two(R"("__metadata__":{"k":1})", R"("a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]})"), HasSubstr("a text"));
}

TEST(Safetensors, RefusesWhatIsNoHeader) {
  for (const char* header : {"", "[]", "1", "null", "{\"a\":", "{} {}", "{\"a\" 1}", "\xff\xfe{}", "{\"\xff\":1}"})
    refusal(safetensors(header, ""));
  refusal(safetensors(std::string(1 << 20, '['), ""));
  std::string nested;
  for (int i = 0; i < 100000; ++i) nested += "{\"a\":";
  refusal(safetensors(nested, ""));
  EXPECT_THAT(refusal(safetensors("{\"evil\\u001b[31m\\n\":7}", "")), HasSubstr("holds 7"));
  EXPECT_THAT(refusal(safetensors("{\"a\\u001b\\n\":{\"dtype\":\"F32\"}}", "")), HasSubstr("'a\?\?' lacks"));
}

TEST(ShardIndex, ReadsTheMapAndSkipsTheRest) {
  const auto map = parse_shard_index(
      R"({"metadata":{"total_size":4,"deep":[[{"weight_map":1}]]},"weight_map":{"a":"x.safetensors","b":"y.safetensors"},"more":null})",
      "i");
  EXPECT_THAT(map, testing::ElementsAre(testing::Pair("a", "x.safetensors"), testing::Pair("b", "y.safetensors")));
}

TEST(ShardIndex, RefusesPathsAndNonsense) {
  const auto refused = [](const std::string& text) { return thrown([&] { parse_shard_index(text, "index.json"); }); };
  for (const char* shard : {"../x", "/etc/passwd", "a/b", "..", ".", "", "a\\\\b", "a\\u0000b"})
    EXPECT_THAT(refused(std::string(R"({"weight_map":{"w":")") + shard + "\"}}"), HasSubstr("'w'")) << shard;
  EXPECT_THAT(refused(R"({"weight_map":{"a":"x","a":"y"}})"), HasSubstr("'a' occurs twice"));
  EXPECT_THAT(refused(R"({"weight_map":{"a":"x"},"weight_map":{}})"), HasSubstr("a second time"));
  EXPECT_THAT(refused(R"({"weight_map":{"a":1}})"), HasSubstr("a file name is expected"));
  EXPECT_THAT(refused(R"({"weight_map":{"a":{"b":"x"}}})"), HasSubstr("a file name is expected"));
  EXPECT_THAT(refused(R"({"weight_map":["x"]})"), HasSubstr("an object of tensor names"));
  EXPECT_THAT(refused(R"({"weight_map":{}})"), HasSubstr("is empty"));
  EXPECT_THAT(refused(R"({"map":{}})"), HasSubstr("no weight_map"));
  for (const char* text : {"", "[]", "3", "{", "[{\"weight_map\":{\"a\":\"x\"}}]"})
    EXPECT_THAT(refused(text), HasSubstr("index.json: ")) << text;
  std::string many = R"({"weight_map":{"a":"x")";
  for (int i = 0; i < 5000; ++i) many += ",\"t" + std::to_string(i) + "\":\"s" + std::to_string(i) + "\"";
  EXPECT_THAT(refused(many + "}}"), HasSubstr("names 5001 files"));
}

TEST(SafetensorsWriter, IsReadBack) {
  const TemporaryFolder folder;
  const std::vector<float> numbers{1, 2, 3, 4, 5, 6};
  const std::vector<int64_t> ids{7, -8};
  const std::vector<uint8_t> bytes{1, 2, 3};
  const std::vector<SafetensorsEntry> entries{{"bytes", {3}, std::span<const uint8_t>(bytes)},
                                              {"numbers", View<const float, 2>(numbers.data(), {2, 3})},
                                              {"ids", {2}, std::span<const int64_t>(ids)},
                                              {"none", {0, 9}, std::span<const float>()}};
  OutputFile file(folder / "out.safetensors");
  write_safetensors(file, entries, {{"command", "trace --text \"a\"\n"}, {"dtype", "f32"}});
  file.commit();
  const MappedFile mapped(folder / "out.safetensors");
  const auto tensors = parse_safetensors(mapped.bytes(), "out");
  ASSERT_EQ(tensors.size(), 4u);
  EXPECT_EQ(tensors[0].name, "ids");
  EXPECT_EQ(std::memcmp(tensors[0].bytes.data(), ids.data(), 16), 0);
  EXPECT_EQ((tensors[0].bytes.data() - mapped.bytes().data()) % 8, 0);
  for (const StoredTensor& t : tensors) {
    if (t.name == "numbers") {
      EXPECT_EQ(t.shape, (std::vector<int64_t>{2, 3}));
      EXPECT_EQ(std::memcmp(t.bytes.data(), static_cast<const void*>(numbers.data()), 24), 0);
    }
    if (t.name == "bytes") {
      EXPECT_EQ(t.dtype, DType::u8);
    }
  }
}

TEST(SafetensorsWriter, RefusesLies) {
  const std::vector<float> numbers(6);
  const auto refused = [&](std::vector<SafetensorsEntry> entries) {
    OutputFile file("/dev/null");
    return thrown([&] { write_safetensors(file, entries, {}); });
  };
  const std::span<const float> six(numbers);
  EXPECT_THAT(refused({{"a", {7}, six}}), HasSubstr("'a' is to be written as f32 [7] but has 24 bytes"));
  EXPECT_THAT(refused({{"a", {6}, six}, {"a", {6}, six}}), HasSubstr("each occurs once"));
  EXPECT_THAT(refused({{"__metadata__", {6}, six}}), HasSubstr("__metadata__"));
  EXPECT_THAT(refused({{"\xff", {6}, six}}), HasSubstr("UTF-8"));
  const View<const float, 2> strided(numbers.data(), {2, 2}, {3, 1});
  EXPECT_THAT(refused({{"a", strided}}), HasSubstr("has 0 bytes"));
}

}  // namespace
}  // namespace bifrons
