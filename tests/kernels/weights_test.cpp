// tests/kernels/weights_test.cpp - a checkpoint folder as a whole: containers, binding, leftovers, memory; and the goldens.
#include "kernels/weights/weights.h"

#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/core/error.h"
#include "tests/kernels/weight_files.h"
#include "tests/temporary_folder.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string one_tensor(const std::string& name, const std::string& dtype = "F32") {
  const int bytes = dtype == "I64" ? 16 : 8;
  return safetensors(
      "{\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[2],\"data_offsets\":[0," + std::to_string(bytes) + "]}}",
      std::string(size_t(bytes), '\0'));
}

std::string opening(const TemporaryFolder& folder) {
  return thrown([&] { Weights w(folder.path()); });
}

std::vector<float> values(const ConstTensor& tensor) {
  std::vector<float> out(size_t(tensor.count()));
  to_f32(out, tensor);
  return out;
}

TEST(Weights, FindsTheContainerByPrecedence) {
  const TemporaryFolder folder;
  EXPECT_THAT(opening(folder),
              AllOf(HasSubstr("holds no weights"), HasSubstr("model.safetensors"), HasSubstr("pytorch_model.bin")));
  EXPECT_THAT(thrown([&] { Weights w(folder / "absent"); }), HasSubstr("is no folder"));
  folder.write("pytorch_model.bin", torch_file(pickle::dict({}), {}));
  EXPECT_EQ(Weights(folder.path()).container(), "PyTorch .bin");
  folder.write("model.safetensors", one_tensor("a"));
  EXPECT_EQ(Weights(folder.path()).container(), "safetensors");
  EXPECT_EQ(Weights(folder.path()).names(), std::vector<std::string>{"a"});
  folder.write("model.safetensors.index.json", R"({"weight_map":{"b":"1.safetensors","c":"2.safetensors"}})");
  folder.write("1.safetensors", one_tensor("b"));
  folder.write("2.safetensors", one_tensor("c"));
  const Weights sharded(folder.path());
  EXPECT_EQ(sharded.container(), "safetensors, 2 shards");
  EXPECT_EQ(sharded.names(), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(sharded.entries()[1].file.filename(), "2.safetensors");
}

TEST(Weights, RefusesShardsThatDoNotFitTheirIndex) {
  const TemporaryFolder folder;
  folder.write("model.safetensors.index.json", R"({"weight_map":{"a":"1.safetensors","b":"2.safetensors"}})");
  folder.write("1.safetensors", one_tensor("a"));
  EXPECT_THAT(opening(folder), AllOf(HasSubstr("'2.safetensors'"), HasSubstr("not in the folder")));
  folder.write("2.safetensors", one_tensor("other"));
  EXPECT_THAT(opening(folder), AllOf(HasSubstr("'b' is in '2.safetensors'"), HasSubstr("it is not")));
  folder.write("2.safetensors", one_tensor("a"));
  EXPECT_THAT(opening(folder), AllOf(HasSubstr("'a' is also in"), HasSubstr("1.safetensors")));
  folder.write("2.safetensors", "");
  EXPECT_THAT(opening(folder), HasSubstr("2.safetensors: is 0 bytes long"));
  folder.write("model.safetensors.index.json", R"({"weight_map":{"a":"../1.safetensors"}})");
  EXPECT_THAT(opening(folder), HasSubstr("no plain file name"));
  folder.write("model.safetensors.index.json", std::string((32 << 20) + 1, ' '));
  EXPECT_THAT(opening(folder), HasSubstr("more than the 33554432"));
}

TEST(Weights, TakesByNameAndShape) {
  const TemporaryFolder folder;
  folder.write("model.safetensors",
               safetensors(R"({"a.w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"a.ids":{"dtype":"I64","shape":[1],)"
                           R"("data_offsets":[16,24]},"b.w":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]}})",
                           raw_list<float>({1, 2, 3, 4}) + raw(int64_t(7)) + std::string("\x80\x3f\x00\x40", 4)));
  Weights w(folder.path());
  EXPECT_TRUE(w.has("a.w"));
  EXPECT_FALSE(w.has("a."));
  EXPECT_TRUE(w.any_starting("a."));
  EXPECT_FALSE(w.any_starting("c"));
  EXPECT_EQ(w.shape("a.w"), (std::vector<int64_t>{2, 2}));
  Fault fault{};
  EXPECT_THAT(thrown([&] { w.take("c", {2}); }, &fault), AllOf(HasSubstr("no tensor 'c'"), HasSubstr("3")));
  EXPECT_EQ(fault, Fault::unreadable);
  EXPECT_THAT(thrown([&] { w.shape("c"); }), HasSubstr("no tensor 'c'"));
  EXPECT_THAT(thrown([&] { w.take("a.w", {4}); }),
              AllOf(HasSubstr("model.safetensors: 'a.w' is [2, 2]"), HasSubstr("asks for [4]")));
  EXPECT_THAT(thrown([&] { w.take("a.ids", {1}); }), HasSubstr("'a.ids' holds i64"));

  const ConstTensor t = w.take("a.w", {2, 2});
  EXPECT_EQ(values(t), (std::vector<float>{1, 2, 3, 4}));
  t.forget(t);
  EXPECT_EQ(values(w.take("a.w", {2, 2})), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_THAT(thrown([&] { w.expect_none_left(); }), AllOf(HasSubstr("2 tensors"), HasSubstr("'a.ids', 'b.w'")));
  EXPECT_THAT(thrown([&] { w.expect_none_left("b."); }), AllOf(HasSubstr("1 tensor "), HasSubstr("'b.w'")));
  w.leave("b.", "not used");
  w.leave("never", "not there");
  EXPECT_EQ(w.left().size(), 1u);
  w.expect_none_left("b.");
  w.leave("a.ids", "positions");
  w.expect_none_left();
  Weights moved = std::move(w);
  EXPECT_EQ(values(moved.take("b.w", {2})), (std::vector<float>{1, 2}));
}

TEST(Weights, AnIndexThatIsNoFileIsRefused) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "model.safetensors.index.json");
  EXPECT_THAT(opening(folder), HasSubstr("model.safetensors.index.json: is not a regular file"));
}

TEST(Weights, VectorsAreFinite) {
  const TemporaryFolder folder;
  for (const auto& [third, fine] : {std::pair{"\x80\x3f", true}, {"\x80\x7f", false}, {"\x80\xff", false}, {"\xc0\x7f", false}}) {
    folder.write("model.safetensors", safetensors(R"({"norm.weight":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}})",
                                                  std::string("\x80\x3f\x00\x40", 4) + std::string(third, 2)));
    Weights w(folder.path());
    Fault fault = Fault::other;
    const std::string refused = thrown([&] { w.take("norm.weight", {3}); }, &fault);
    EXPECT_EQ(refused == "nothing was thrown", fine) << refused;
    if (fine) continue;
    EXPECT_THAT(refused, HasSubstr("model.safetensors: 'norm.weight' holds a value that is no finite number"));
    EXPECT_EQ(fault, Fault::unreadable);
  }
}

TEST(Weights, StraightensStridedTensors) {
  const TemporaryFolder folder;
  using namespace pickle;  // NOLINT
  std::string numbers;
  for (int i = 0; i < 24; ++i) numbers += raw(float(i));
  const std::string all = storage("FloatStorage", "0", 24);
  folder.write("pytorch_model.bin", torch_file(dict({{"turned", tensor(all, 0, {3, 2}, {1, 3})},
                                                     {"column", tensor(all, 2, {4}, {6})},
                                                     {"cube", tensor(all, 1, {2, 2, 3}, {3, 12, 1})}}),
                                               {{"0", numbers}}));
  Weights w(folder.path());
  const ConstTensor turned = w.take("turned", {3, 2});
  EXPECT_EQ(values(turned), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  turned.forget(turned);
  EXPECT_EQ(values(w.take("turned", {3, 2})), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(values(w.take("column", {4})), (std::vector<float>{2, 8, 14, 20}));
  EXPECT_EQ(values(w.take("cube", {2, 2, 3})), (std::vector<float>{1, 2, 3, 13, 14, 15, 4, 5, 6, 16, 17, 18}));
}

TEST(Weights, OpensFilesInMemory) {
  const std::string index = R"({"weight_map":{"a":"1.safetensors","b":"2.safetensors"}})", a = one_tensor("a"),
                    b = one_tensor("b");
  const std::vector<Weights::MemoryFile> files{
      {"model.safetensors.index.json", as_bytes(index)}, {"1.safetensors", as_bytes(a)}, {"2.safetensors", as_bytes(b)}};
  Weights w("built in", files);
  EXPECT_EQ(w.names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(w.take("b", {2}).forget, nullptr);  // nothing would bring its pages back
  EXPECT_THAT(thrown([&] { w.take("a", {3}); }), HasSubstr("built in/1.safetensors: 'a'"));
  EXPECT_THAT(thrown([&] { Weights none("built in", {files[0]}); }), HasSubstr("'1.safetensors', which is not in the folder"));
}

TEST(RandomWeights, AreTheSameForTheSameSeed) {
  Weights a = Weights::random(1), b = Weights::random(1), c = Weights::random(2);
  const std::vector<float> first = values(a.take("x.weight", {64, 33}));
  EXPECT_EQ(first, values(b.take("x.weight", {64, 33})));
  EXPECT_NE(first, values(c.take("x.weight", {64, 33})));
  EXPECT_NE(first, values(a.take("y.weight", {64, 33})));
  const ConstTensor t = a.take("x.weight", {64, 33});
  t.forget(t);
  EXPECT_EQ(first, values(a.take("x.weight", {64, 33})));
  EXPECT_TRUE(a.has("anything"));
  EXPECT_TRUE(a.any_starting("any"));
  EXPECT_THAT(thrown([&] { a.shape("x"); }), HasSubstr("know no shape"));
  EXPECT_THAT(thrown([&] { a.take("x", {int64_t(1) << 40, int64_t(1) << 40}); }), HasSubstr("cannot be"));
  a.expect_none_left();
  EXPECT_EQ(a.container(), "random numbers, seed 1");
}

TEST(RandomWeights, HaveTheSizeOfTrainedOnes) {
  Weights w = Weights::random(3);
  const auto moments = [&](const char* name, std::initializer_list<int64_t> shape) {
    const std::vector<float> v = values(w.take(name, shape));
    double sum = 0, squares = 0;
    for (float x : v) sum += x, squares += double(x) * x;
    const double mean = sum / double(v.size());
    return std::pair(mean, std::sqrt(squares / double(v.size()) - mean * mean));
  };
  const auto [mean, deviation] = moments("q_proj.weight", {257, 1024});
  EXPECT_NEAR(mean, 0, 3e-4);
  EXPECT_NEAR(deviation, 1.0 / 32, 3e-4);
  EXPECT_NEAR(moments("conv.weight", {64, 64, 3, 3}).second, 1.0 / 24, 1e-3);
  EXPECT_NEAR(moments("norm1.weight", {4099}).first, 1, 1e-2);
  EXPECT_NEAR(moments("norm1.weight", {4099}).second, 0.1, 5e-3);
  EXPECT_NEAR(moments("norm1.bias", {4099}).first, 0, 2e-3);
  EXPECT_NEAR(moments("norm1.bias", {4099}).second, 0.02, 1e-3);
}

// ---- what the published implementations wrote

std::filesystem::path golden(const std::string& name) { return std::filesystem::path(BIFRONS_GOLDENS) / name; }

bool unused_by_published_code(const std::string& name) {
  return name.find("attn_pool") != std::string::npos || name.find("codebook_used") != std::string::npos;
}

TEST(Goldens, EveryContainerHoldsTheSameModel) {
  if (!std::filesystem::exists(golden("janus-t"))) GTEST_SKIP() << "no goldens at " << BIFRONS_GOLDENS;
  std::map<std::string, std::vector<float>> first;
  for (const char* folder : {"janus-t/orig-safetensors", "janus-t/orig-bin", "janus-t/orig-bin-sharded", "janus-t/hf"}) {
    Weights w(golden(folder));
    double sum = 0;
    std::map<std::string, std::vector<float>> all;
    for (const auto& entry : w.entries()) {
      if (unused_by_published_code(entry.name)) continue;
      const ConstTensor tensor = w.take(entry.name, entry.shape);
      const auto& numbers = all[entry.name] = values(tensor);
      for (float v : numbers) sum += v;
      tensor.forget(tensor);
    }
    EXPECT_EQ(sum, 2125.77490234375) << folder;
    if (first.empty()) first = all;
    if (std::string(folder).find("orig") != std::string::npos) {
      EXPECT_TRUE(all == first) << folder;
      EXPECT_EQ(all.size(), 246u);
    }
  }
}

}  // namespace
}  // namespace bifrons
