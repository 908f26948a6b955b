// demos/asking.h - questions to open documents, for people: the answer as it is written, the places it stands on, and the pages
// with those places marked.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "demos/documents.h"
#include "fusion/document_answer.h"

namespace bifrons {

// An answer while it is written: text to stdout, thoughts dimmed and only on a terminal. Where stdout is none, nothing is shown
// before print_answer has the checked text.
class LiveAnswer {
 public:
  explicit LiveAnswer(bool silent);
  ~LiveAnswer();                        // ends what was begun
  bool take(const AnswerPiece& piece);  // false once Ctrl-C was pressed while somebody was listening
  void thought(std::string_view text);
  void text(std::string_view text);
  bool shown() const { return shown_; }
  bool began() const { return began_; }
  void end();

 private:
  void mark(std::string_view text);  // behind the statement that ended just now

  bool shown_, began_ = false, in_thought_ = false, at_line_start_ = true;
  bool cited_ = false;  // a citation was left out just now
  std::string spaces_;  // and line ends after the text so far: marks go before them, and full stops behind a citation do
};

// What the stream did not show: the answer unless it was streamed, its places, what no place supports.
void print_answer(const Common& common, const DocumentAnswer& answer, bool streamed, bool several_documents);

// Writes each cited page with its places marked: the first as `out`, the others as out-2.png, ... Returns the files written.
std::vector<std::string> show_places(const std::vector<const OpenDocument*>& documents, const DocumentAnswer& answer,
                                     const std::string& out);

std::string shown_box(const Box& box, Page::Unit unit);  // "(83,162)-(322,178) pt"

}  // namespace bifrons
