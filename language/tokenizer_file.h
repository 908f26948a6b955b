// language/tokenizer_file.h - reads tokenizer.json: the large parts (vocabulary, merges) straight into their tables, the rest as
// a small JSON tree.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "language/added_tokens.h"
#include "language/bpe.h"
#include "language/pretokenizer.h"
#include "language/unicode.h"
#include "language/vocabulary.h"

namespace bifrons {

struct TokenizerParts {
  Vocabulary vocabulary;
  NormalForm form = NormalForm::none;
  std::unique_ptr<Bpe> bpe{};
  std::unique_ptr<PreTokenizer> pre_tokenizer{};
  std::unique_ptr<AddedTokens> added{};
};

// Sections that are read for nothing: truncation and padding (callers ask for them, the file does not decide), post_processor
// (nothing is added to the ids). Everything else is understood or refused by name.
std::unique_ptr<TokenizerParts> read_tokenizer_file(std::string_view json, const std::string& name);

// The tokens that the files beside tokenizer.json name. Empty text: there is no such file.
struct NamedTokens {
  std::optional<std::string> bos, eos, pad;
};
NamedTokens read_named_tokens(std::string_view tokenizer_config, std::string_view special_tokens_map,
                              const std::string& config_name, const std::string& map_name);

}  // namespace bifrons
