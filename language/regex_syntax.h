// language/regex_syntax.h - the regular expressions of tokenizer.json are Oniguruma's (Ruby syntax); PCRE2 runs them. This
// rewrites one into the other where they read differently, and refuses by name what it does not know.
#pragma once

#include <string>
#include <string_view>

namespace bifrons {

// The result wants PCRE2_UTF, PCRE2_UCP, PCRE2_MULTILINE and newline = LF. It has no captures, and a callout after every
// quantifier that can repeat without end, by which the caller counts steps. `name` is for errors: "FOLDER/tokenizer.json".
std::string pcre2_from_oniguruma(std::string_view pattern, const std::string& name);

}  // namespace bifrons
