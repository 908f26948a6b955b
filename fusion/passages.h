// fusion/passages.h - what of the documents goes before the model: all of it where it fits, else the best passages in page order,
// neighbours merged; and the file template around it, byte for byte. Source: documents.md 6, 7.1; text-models.md 6.4.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusion/answer_phrases.h"
#include "fusion/evidence.h"
#include "ocr/document/document.h"

namespace bifrons {

class PageSource;

// Pages read once and kept with their prepared lines for as long as one question lasts.
class PageShelf {
 public:
  explicit PageShelf(std::span<const PageSource* const> sources) : sources_(sources) {}
  const Page& page(int64_t document, int64_t number);
  const std::vector<EvidenceLine>& lines(int64_t document, int64_t number);
  const PageSource& source(int64_t document) const { return *sources_[size_t(document)]; }
  int64_t documents() const { return int64_t(sources_.size()); }

 private:
  struct Kept {
    Page page;
    std::vector<EvidenceLine> lines;
    bool prepared = false;
  };
  Kept& kept(int64_t document, int64_t number);
  std::span<const PageSource* const> sources_;
  std::map<std::pair<int64_t, int64_t>, Kept> pages_;
};

struct Passage {
  int64_t document = 0, page = 0;
  std::vector<std::string> lines;  // ids
  std::string text;                // guarded
};
struct Prompt {
  std::string text;  // the whole user message
  std::vector<Passage> passages;
  bool whole = false;
  int64_t tokens = 0;              // as counted
  int64_t marks = 0, removed = 0;  // broken up; invisible characters left out
  int64_t hidden_words = 0;        // on the pages of the passages, not sent
  std::vector<int64_t> hidden_pages;
};

struct PromptLimits {
  int64_t context = 0;  // tokens of prompt and answer together
  int64_t reserve = 1000;
  int64_t passages = 1500;  // tokens of selected passages
  bool whole = true;        // try it
};
class TextModel;
// Throws ContextTooLong when question and rules alone do not fit.
Prompt make_prompt(PageShelf& shelf, std::string_view question, const TextModel& model, const PromptLimits& limits);

// "[file name]: ..." to "[file content end]", a row of numbered passages inside.
std::string file_block(std::string_view name, std::string_view content);
std::string passage_block(int64_t number, int64_t page, std::string_view text);

}  // namespace bifrons
