// fusion/guard.h - text of a document made harmless for a prompt: whatever looks like a mark of the template or of a model's
// roles is broken up with a look-alike that no normal form turns back. Source: documents.md 7.4; text-models.md 6.2, 6.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrons {

struct Guarded {
  std::string text;     // valid UTF-8
  int64_t marks = 0;    // broken up
  int64_t removed = 0;  // characters that cannot be seen: zero-width, bidirectional overrides, tags, controls
};
Guarded guard_text(std::string_view text);
// A file's name on one line, at most 200 bytes, without folders.
Guarded guard_name(std::string_view name);

}  // namespace bifrons
