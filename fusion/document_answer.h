// fusion/document_answer.h - a question about documents to an answer whose every claim has a page and a box: the file template
// with numbered passages to a text model, its answer checked statement by statement against the lines; without a text model, the
// best passages as quotations and a short answer where one is certain. Document text is data: no mark in it reaches the model
// whole, no hidden text reaches it at all, and nothing read starts an action. Source: documents.md 6, 7; text-models.md 6.4.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusion/router.h"
#include "language/text_model.h"
#include "ocr/document/document.h"
#include "ocr/document/library.h"

namespace bifrons {

// Where pages come from: a document in memory, or one in the page library whose pages are read as they are needed.
class PageSource {
 public:
  virtual ~PageSource() = default;
  virtual const DocumentFile& file() const = 0;
  virtual std::vector<int64_t> pages() const = 0;  // numbers, ascending
  virtual Page page(int64_t number) const = 0;     // throws Error when it is not there
  virtual std::vector<Hit> search(std::string_view question, int most) const = 0;
};
std::unique_ptr<PageSource> source_of(const Document& document);                  // the document must outlive it
std::unique_ptr<PageSource> source_of(const Library& library, Library::Key key);  // all its pages; the library must outlive it

struct AnswerOptions {
  int64_t passage_tokens = 1500;  // at most so many when a document is not sent whole; never more than a quarter of the context
  bool whole = true;              // send the whole document where it fits the context less 1,000 tokens
  int64_t max_tokens = 1024;      // of the answer
  double temperature = 0;         // 0: extraction; 0.6 is the models' own
  double top_p = 0.95;
  std::optional<uint64_t> seed;
  int retries = 3;           // with ever fewer passages, when the model says that the prompt is too long
  int quotations = 3;        // passages quoted when there is no text model
  double hard_to_read = 60;  // confidence below which a cited word is said to be hard to read
  bool mark_live = false;    // a piece `unsupported` behind each statement without a place, while the model writes
  // Handed to the model: asked while it connects, waits and writes, true stops it; what it says of waiting.
  std::function<bool()> stop = {};
  std::function<void(const std::string&)> on_status = {};
  double read_seconds = 0;  // what the caller spent on reading, for the result
};

struct Citation {
  int64_t passage = 0;   // number in the prompt, from 1; 0: the place is in none of the passages that were sent
  int64_t document = 0;  // index into the sources
  std::string file;      // its name
  int64_t page = 0;
  std::vector<std::string> lines;  // ids
  Box box;                         // of the matched words, in the page's frame and unit
  Page::Unit unit = Page::Unit::pt;
  std::string quote;  // as it stands on the page
  double similarity = 0;
  std::optional<double> confidence;  // lowest of the matched words; none for a text layer
  std::string statement;             // of the answer, that this place supports
};

struct DocumentAnswer {
  enum class Kind { answer, quotation };
  Kind kind = Kind::answer;
  std::string answer;  // as shown: statements without a place carry a mark, citation marks are [n] = n-th of `citations`
  std::string raw;     // as the model wrote it
  std::string thoughts;
  bool found = false;
  std::vector<Citation> citations;
  std::vector<std::string> unsupported;  // statements without a place
  std::vector<Warning> warnings;         // of the reading that matter here, and of the answering
  Route route;
  std::string model;  // name; empty without one
  int64_t prompt_tokens = 0, cached_tokens = 0, passages_sent = 0;
  bool whole_document = false;
  TextAnswer::End end = TextAnswer::End::stop;
  double read_seconds = 0, prefill_seconds = 0, answer_seconds = 0;
};
std::string answer_json(const DocumentAnswer& answer);  // documents.md 7.2 plus kind, route, warnings; one line

struct AnswerPiece {  // while the model writes
  enum class Kind { text, thought, citation, unsupported } kind = Kind::text;
  std::string_view text;  // whole characters; of a citation: its mark as written; of unsupported: the mark to show
  int64_t passage = 0;    // of a citation: the number the model named, not yet checked
};

class DocumentAnswerer {
 public:
  // `model` may be null: quotations. All must outlive the answerer.
  DocumentAnswerer(std::vector<const PageSource*> sources, TextModel* model, AnswerOptions options = {});
  ~DocumentAnswerer();

  // `route` is copied into the answer. on_piece returning false ends the model's answer; what there is is checked and returned.
  // Throws Error; ContextTooLong when not even one passage fits.
  DocumentAnswer ask(std::string_view question, const Route& route = {},
                     const std::function<bool(const AnswerPiece&)>& on_piece = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bifrons
