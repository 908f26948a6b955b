// language/tokenizer_file.cpp - tokenizer.json as the tokenizers library writes it. A streaming parse: a vocabulary of 100,000
// tokens never becomes a tree.
#include "language/tokenizer_file.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "kernels/core/error.h"

namespace bifrons {

namespace {

using nlohmann::json;

constexpr size_t most_tree_values = 8'000'000;  // added tokens are the only part that grows
constexpr size_t deepest = 64;

// Receives the parser's events. Inside model.vocab and model.merges they go to the tables; post_processor, truncation and padding
// are passed over; all else is built into `tree`.
class Reader : public nlohmann::json_sax<json> {
 public:
  Reader(size_t file_bytes, const std::string& name) : vocabulary(file_bytes), name_(name) {}

  json tree;
  Vocabulary vocabulary;
  std::string merges;               // both parts of every merge, one after the other
  std::vector<uint32_t> merge_end;  // of each part
  bool has_vocabulary = false, has_merges = false;

  bool null() override { return value(nullptr); }
  bool boolean(bool v) override { return value(v); }
  bool number_integer(number_integer_t v) override { return in_ == In::vocabulary ? wrong_id() : value(v); }
  bool number_unsigned(number_unsigned_t v) override {
    if (in_ != In::vocabulary || depth_ != section_depth_) return value(v);
    vocabulary.add(key_, v > INT32_MAX ? INT32_MAX : static_cast<int64_t>(v), name_);
    return true;
  }
  bool number_float(number_float_t v, const string_t&) override { return in_ == In::vocabulary ? wrong_id() : value(v); }
  bool binary(binary_t&) override { return value(nullptr); }
  bool string(string_t& v) override {
    if (in_ != In::merges) return value(std::move(v));
    if (merges.size() + v.size() > UINT32_MAX) fail(Fault::limit, name_, ": the merges have more than 4 GiB of text");
    if (depth_ == section_depth_ + 1) {  // ["a", "b"]
      if (++parts_of_pair_ > 2) wrong_merge();
      merges += v;
      merge_end.push_back(static_cast<uint32_t>(merges.size()));
      return true;
    }
    if (merge_end.empty() && v.starts_with("#version")) return true;  // the first line of merges.txt, kept by some writers
    const size_t space = v.find(' ');
    if (space == string_t::npos || v.find(' ', space + 1) != string_t::npos) wrong_merge();
    merges.append(v, 0, space);
    merge_end.push_back(static_cast<uint32_t>(merges.size()));
    merges.append(v, space + 1);
    merge_end.push_back(static_cast<uint32_t>(merges.size()));
    return true;
  }
  bool key(string_t& v) override {
    if (in_ == In::vocabulary && depth_ != section_depth_) wrong_id();
    key_.swap(v);
    return true;
  }
  bool start_object(size_t) override {
    ++depth_;
    if (in_ == In::vocabulary) return wrong_id();
    if (in_ == In::merges) wrong_merge();
    if (in_ == In::passed_over) return deep_enough();
    if (at("model") && key_ == "vocab") {
      if (has_vocabulary) fail(Fault::unreadable, name_, ": model.vocab occurs twice");
      has_vocabulary = true;
      enter(In::vocabulary);
    } else if (passes_over()) {
      enter(In::passed_over);
    } else {
      open(json::object());
    }
    return deep_enough();
  }
  bool end_object() override { return end(); }
  bool start_array(size_t) override {
    ++depth_;
    if (in_ == In::vocabulary) return wrong_id();
    if (in_ == In::merges) {
      if (depth_ != section_depth_ + 1) wrong_merge();
      parts_of_pair_ = 0;
      return true;
    }
    if (in_ == In::passed_over) return deep_enough();
    if (at("model") && key_ == "merges") {
      if (has_merges) fail(Fault::unreadable, name_, ": model.merges occurs twice");
      has_merges = true;
      enter(In::merges);
    } else if (passes_over()) {
      enter(In::passed_over);
    } else {
      open(json::array());
    }
    return deep_enough();
  }
  bool end_array() override {
    if (in_ == In::merges && depth_ == section_depth_ + 1 && parts_of_pair_ != 2) wrong_merge();
    parts_of_pair_ = 0;
    return end();
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    fail(Fault::unreadable, name_, ": is not valid JSON at byte ", position, "; the file is damaged, fetch it again");
  }

 private:
  enum class In { tree, vocabulary, merges, passed_over };

  [[noreturn]] bool wrong_id() {
    fail(Fault::unreadable, name_, ": model.vocab: the id of '", key_.substr(0, 64), "' is no whole number from 0 on");
  }
  [[noreturn]] void wrong_merge() {
    fail(Fault::unreadable, name_, ": model.merges: entry ", (merge_end.size() - std::min(parts_of_pair_, 2)) / 2,
         " is neither \"left right\" nor [\"left\", \"right\"]");
  }
  bool deep_enough() const {
    if (depth_ > deepest) fail(Fault::limit, name_, ": nested deeper than ", deepest);
    return true;
  }
  bool at(std::string_view member) const {  // inside the member of the whole file's object
    return open_.size() == 2 && open_[0]->is_object() && top_key_ == member;
  }
  bool passes_over() const {
    return open_.size() == 1 && open_[0]->is_object() && (key_ == "post_processor" || key_ == "truncation" || key_ == "padding");
  }
  void enter(In section) { in_ = section, section_depth_ = depth_; }
  bool end() {
    if (in_ == In::tree)
      open_.pop_back();
    else if (depth_ == section_depth_)
      in_ = In::tree;
    --depth_;
    return true;
  }
  json* put(json v) {
    if (++tree_values_ > most_tree_values)
      fail(Fault::limit, name_, ": more than ", most_tree_values, " values outside vocabulary and merges");
    if (open_.empty()) {
      tree = std::move(v);
      return &tree;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(v));
      return &open_.back()->back();
    }
    if (open_.size() == 1) top_key_ = key_;
    json& place = (*open_.back())[key_];
    place = std::move(v);
    return &place;
  }
  void open(json v) { open_.push_back(put(std::move(v))); }
  template <class T>
  bool value(T&& v) {
    switch (in_) {
      case In::vocabulary: wrong_id();
      case In::merges: wrong_merge();
      case In::passed_over: return true;
      case In::tree: break;
    }
    put(json(std::forward<T>(v)));
    return true;
  }

  const std::string& name_;
  std::vector<json*> open_;  // from the root to the innermost open object or array of the tree
  std::string key_, top_key_;
  In in_ = In::tree;
  size_t depth_ = 0, section_depth_ = 0, tree_values_ = 0;
  int parts_of_pair_ = 0;
};

const json& member(const json& object, const char* key) {  // null when absent
  static const json nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

bool flag(const json& object, const char* key, const std::string& where) {
  const json& value = member(object, key);
  if (value.is_null()) return false;
  if (!value.is_boolean()) fail(Fault::unreadable, where, ": '", key, "' is no boolean");
  return value.get<bool>();
}

std::string type_of(const json& value, const std::string& where) {
  const json& type = value.is_object() ? member(value, "type") : value;
  if (!type.is_string()) fail(Fault::unreadable, where, " has no 'type'");
  return type.get<std::string>();
}

void read_normalizer(const json& value, NormalForm& form, const std::string& name) {
  if (value.is_null()) return;
  const std::string type = type_of(value, name + ": normalizer");
  if (type == "Sequence") {
    const json& parts = member(value, "normalizers");
    if (!parts.is_array()) fail(Fault::unreadable, name, ": normalizer Sequence: 'normalizers' is no list");
    for (const json& part : parts) read_normalizer(part, form, name);
    return;
  }
  const NormalForm asked = type == "NFC"    ? NormalForm::nfc
                           : type == "NFD"  ? NormalForm::nfd
                           : type == "NFKC" ? NormalForm::nfkc
                           : type == "NFKD" ? NormalForm::nfkd
                                            : NormalForm::none;
  if (asked == NormalForm::none)
    fail(Fault::lacking, name, ": unknown normalizer '", type, "' (known: Sequence, NFC, NFD, NFKC, NFKD)");
  if (form != NormalForm::none && form != asked) fail(Fault::lacking, name, ": two different normal forms in one normalizer");
  form = asked;
}

// True when the decoder joins bytes: ByteLevel, alone or in a Sequence with Fuse (which only joins strings).
bool check_decoder(const json& value, const std::string& name) {
  if (value.is_null()) return false;
  const std::string type = type_of(value, name + ": decoder");
  if (type == "ByteLevel") return true;
  if (type == "Fuse") return false;
  if (type != "Sequence") fail(Fault::lacking, name, ": unknown decoder '", type, "' (known: ByteLevel, Sequence, Fuse)");
  const json& parts = member(value, "decoders");
  if (!parts.is_array()) fail(Fault::unreadable, name, ": decoder Sequence: 'decoders' is no list");
  bool byte_level = false;
  for (const json& part : parts) byte_level |= check_decoder(part, name);
  return byte_level;
}

BpeSettings read_model(const json& model, const std::string& name) {
  if (!model.is_object()) fail(Fault::unreadable, name, ": no 'model'; is this a tokenizer.json of the tokenizers library?");
  const std::string where = name + ": model";
  const json& type = member(model, "type");  // absent in old files, where merges tell
  if (!type.is_null() && type != "BPE") fail(Fault::lacking, name, ": unknown model '", type_of(model, where), "' (known: BPE)");
  const json& dropout = member(model, "dropout");
  if (!dropout.is_null() && !(dropout.is_number() && dropout.get<double>() == 0))
    fail(Fault::lacking, where, ": dropout is not null; random merges are not supported");
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    const json& affix = member(model, key);
    if (!affix.is_null() && affix != "") fail(Fault::lacking, where, ": ", key, " is not empty, which is not supported");
  }
  if (flag(model, "byte_fallback", where)) fail(Fault::lacking, where, ": byte_fallback is true, which is not supported");
  BpeSettings settings{.ignore_merges = flag(model, "ignore_merges", where), .fuse_unknown = flag(model, "fuse_unk", where)};
  const json& unknown = member(model, "unk_token");
  if (unknown.is_string())
    settings.unknown = unknown.get<std::string>();
  else if (!unknown.is_null())
    fail(Fault::unreadable, where, ": 'unk_token' is neither a string nor null");
  return settings;
}

std::vector<AddedToken> read_added(const json& list, const std::string& name) {
  std::vector<AddedToken> tokens;
  if (list.is_null()) return tokens;
  if (!list.is_array()) fail(Fault::unreadable, name, ": 'added_tokens' is no list");
  tokens.reserve(list.size());
  for (const json& entry : list) {
    const std::string where = name + ": added_tokens[" + std::to_string(tokens.size()) + "]";
    if (!entry.is_object() || !member(entry, "id").is_number_unsigned() || !member(entry, "content").is_string())
      fail(Fault::unreadable, where, " is no object with an 'id' from 0 on and a 'content'");
    const auto number = member(entry, "id").get<uint64_t>();
    if (number > Vocabulary::largest_id)
      fail(Fault::unreadable, where, " has the id ", number, ", at most ", Vocabulary::largest_id);
    AddedToken token{.id = static_cast<int32_t>(number), .content = member(entry, "content").get<std::string>()};
    token.special = flag(entry, "special", where);
    token.normalized = flag(entry, "normalized", where);
    token.single_word = flag(entry, "single_word", where);
    token.lstrip = flag(entry, "lstrip", where);
    token.rstrip = flag(entry, "rstrip", where);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace

std::unique_ptr<TokenizerParts> read_tokenizer_file(std::string_view text, const std::string& name) {
  Reader reader(text.size(), name);
  json::sax_parse(text.begin(), text.end(), &reader);
  if (!reader.tree.is_object())
    fail(Fault::unreadable, name, ": no JSON object; is this a tokenizer.json of the tokenizers library?");
  const json& tree = reader.tree;
  const BpeSettings settings = read_model(member(tree, "model"), name);
  if (!reader.has_vocabulary || !reader.has_merges)
    fail(Fault::unreadable, name, ": model has no 'vocab' object or no 'merges' list");
  if (reader.vocabulary.count() == 0) fail(Fault::unreadable, name, ": model.vocab is empty");

  std::unique_ptr<TokenizerParts> parts(new TokenizerParts{.vocabulary = std::move(reader.vocabulary)});
  parts->bpe = std::make_unique<Bpe>(parts->vocabulary, settings, name);
  parts->bpe->reserve(reader.merge_end.size() / 2);
  const std::string_view merges = reader.merges;
  for (size_t i = 0, begin = 0; i + 1 < reader.merge_end.size(); i += 2) {
    const size_t middle = reader.merge_end[i], end = reader.merge_end[i + 1];
    parts->bpe->add_merge(merges.substr(begin, middle - begin), merges.substr(middle, end - middle), name);
    begin = end;
  }
  read_normalizer(member(tree, "normalizer"), parts->form, name);
  parts->pre_tokenizer = std::make_unique<PreTokenizer>(member(tree, "pre_tokenizer"), name);
  if (!check_decoder(member(tree, "decoder"), name))
    fail(Fault::lacking, name, ": the decoder is not ByteLevel; only byte-level tokenizers are supported");
  std::vector<AddedToken> added = read_added(member(tree, "added_tokens"), name);
  for (const AddedToken& token : added) parts->vocabulary.add_text(token.content, token.id, name);
  parts->added = std::make_unique<AddedTokens>(std::move(added), parts->form, name);
  return parts;
}

NamedTokens read_named_tokens(std::string_view tokenizer_config, std::string_view special_tokens_map,
                              const std::string& config_name, const std::string& map_name) {
  const auto parse = [](std::string_view text, const std::string& name) {
    if (text.empty()) return json::object();
    json value = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
    if (!value.is_object()) fail(Fault::unreadable, name, ": no JSON object");
    return value;
  };
  const json config = parse(tokenizer_config, config_name), map = parse(special_tokens_map, map_name);
  const auto token = [&](const char* key) -> std::optional<std::string> {
    for (const auto& [file, name] : {std::pair(&config, &config_name), std::pair(&map, &map_name)}) {
      const json& value = member(*file, key);
      const json& content = value.is_object() ? member(value, "content") : value;
      if (content.is_string()) return content.get<std::string>();
      if (!value.is_null()) fail(Fault::unreadable, *name, ": '", key, "' is neither a string nor an object with 'content'");
    }
    return std::nullopt;
  };
  return {token("bos_token"), token("eos_token"), token("pad_token")};
}

}  // namespace bifrons
