// fusion/document_answer.cpp - see document_answer.h.
#include "fusion/document_answer.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "fusion/answer_phrases.h"
#include "fusion/answer_stream.h"
#include "fusion/citations.h"
#include "fusion/live_marks.h"
#include "fusion/passages.h"
#include "fusion/quotations.h"
#include "ocr/document/chunks.h"

namespace bifrons {

namespace {

class MemorySource : public PageSource {
 public:
  explicit MemorySource(const Document& document) : document_(document) {}
  const DocumentFile& file() const override { return document_.file; }
  std::vector<int64_t> pages() const override {
    std::vector<int64_t> numbers;
    for (const Page& page : document_.pages) numbers.push_back(page.page);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }
  Page page(int64_t number) const override {
    for (const Page& page : document_.pages)
      if (page.page == number) return page;
    fail(Fault::arguments, document_.file.name, ": page ", number, " is not among the ", document_.pages.size(),
         " pages that were read");
  }
  std::vector<Hit> search(std::string_view question, int most) const override {
    if (!index_) {  // made at the first question; the document does not change
      index_ = std::make_unique<SearchIndex>();
      std::string heading;
      for (const Page& page : document_.pages)
        for (const Chunk& chunk : make_chunks(page, heading)) index_->add(chunk);
    }
    return index_->search(question, most);
  }

 private:
  const Document& document_;
  mutable std::unique_ptr<SearchIndex> index_;
};

void warn(DocumentAnswer& answer, std::string code, std::string message, int64_t page = 0) {
  answer.warnings.push_back({std::move(code), page, std::move(message)});
}

std::string listed(const std::vector<int64_t>& pages) {
  std::string list;
  for (size_t i = 0; i < pages.size() && i < 8; ++i) list += (i ? ", " : "") + std::to_string(pages[i]);
  return pages.size() > 8 ? list + ", ..." : list;
}

}  // namespace

std::unique_ptr<PageSource> source_of(const Document& document) { return std::make_unique<MemorySource>(document); }

struct DocumentAnswerer::State {
  std::vector<const PageSource*> sources;
  TextModel* model = nullptr;
  AnswerOptions options;

  // Asks with ever less until the model takes it. Throws ContextTooLong when one passage is too much.
  TextAnswer ask_model(PageShelf& shelf, std::string_view question, Prompt& prompt, DocumentAnswer& out,
                       const std::function<bool(const AnswerPiece&)>& on_piece) {
    PromptLimits limits{
        .context = model->context_tokens(), .reserve = 1000, .passages = options.passage_tokens, .whole = options.whole};
    for (int attempt = 0;; ++attempt) {
      prompt = make_prompt(shelf, question, *model, limits);
      const std::function<bool(std::string_view, bool)> unsupported = [&](std::string_view statement, bool last) {
        return is_unsupported(statement, last, question, prompt.passages, shelf);
      };
      LiveMarks marks(on_piece, unsupported, phrases(tongue_of(question)).unsupported);
      const std::function<bool(const AnswerPiece&)> marked = [&](const AnswerPiece& piece) { return marks.take(piece); };
      const bool live = options.mark_live && on_piece;
      AnswerStream stream(live ? marked : on_piece);
      TextRequest request;
      request.messages = {{TextMessage::Role::user, prompt.text}};
      request.max_tokens = std::max<int64_t>(1, std::min(options.max_tokens, limits.context - prompt.tokens));
      request.temperature = options.temperature;
      request.top_p = options.top_p;
      request.seed = options.seed;
      request.stop = options.stop;
      request.on_status = options.on_status;
      try {
        TextAnswer answer = model->answer(request, [&](const TextPiece& piece) { return stream.feed(piece); });
        if (answer.end != TextAnswer::End::cancelled && stream.finish() && live) marks.finish();
        if (attempt > 0)
          warn(out, "fewer_passages",
               "the model took no longer prompt: " + std::to_string(prompt.passages.size()) + " passages were sent after " +
                   std::to_string(attempt) + " longer tries");
        return answer;
      } catch (const ContextTooLong& too_long) {
        if (attempt >= options.retries || stream.started() || (!prompt.whole && prompt.passages.size() <= 1)) throw;
        if (too_long.most_tokens() > 0) limits.context = std::min(limits.context, too_long.most_tokens());
        // Selected passages after the whole document; then half of them each time.
        limits.passages =
            prompt.whole ? std::min(limits.passages, limits.context / 4) : std::min(limits.passages, limits.context / 4) / 2;
        limits.whole = false;
      }
    }
  }
};

DocumentAnswerer::DocumentAnswerer(std::vector<const PageSource*> sources, TextModel* model, AnswerOptions options)
    : state_(std::make_unique<State>()) {
  if (sources.empty()) fail(Fault::arguments, "a question about 0 documents; name at least one");
  state_->sources = std::move(sources);
  state_->model = model;
  state_->options = std::move(options);
}
DocumentAnswerer::~DocumentAnswerer() = default;

DocumentAnswer DocumentAnswerer::ask(std::string_view question, const Route& route,
                                     const std::function<bool(const AnswerPiece&)>& on_piece) {
  if (question.find_first_not_of(" \t\r\n\u3000") == std::string_view::npos)
    fail(Fault::arguments, "the question is empty; ask something about the document");
  PageShelf shelf(state_->sources);
  const AnswerOptions& options = state_->options;
  if (!state_->model) {
    const auto begin = std::chrono::steady_clock::now();
    DocumentAnswer out = quote_documents(question, shelf, options);
    out.route = route;
    out.read_seconds = options.read_seconds;
    out.answer_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (on_piece) on_piece({AnswerPiece::Kind::text, out.answer, 0});
    return out;
  }
  DocumentAnswer out;
  out.route = route;
  out.read_seconds = options.read_seconds;
  Prompt prompt;
  TextAnswer answer = state_->ask_model(shelf, question, prompt, out, on_piece);
  out.thoughts = answer.thoughts;
  part_thoughts(answer.text, out.thoughts);
  out.raw = answer.text;
  out.model = answer.model.empty() ? state_->model->name() : answer.model;
  out.end = answer.end;
  out.passages_sent = int64_t(prompt.passages.size());
  out.whole_document = prompt.whole;
  out.prompt_tokens = answer.usage ? answer.usage->prompt_tokens : prompt.tokens;
  out.cached_tokens = answer.usage ? answer.usage->cached_tokens : 0;
  out.prefill_seconds = answer.first_token_seconds;
  out.answer_seconds = std::max(0.0, answer.seconds - answer.first_token_seconds);

  CheckedAnswer checked = check_answer(answer.text, question, prompt.passages, shelf, options.hard_to_read);
  out.found = !checked.citations.empty();
  out.citations = std::move(checked.citations);
  out.unsupported = std::move(checked.unsupported);
  out.answer = std::move(checked.shown);
  // Only refusals, or no word at all: one sentence, in the user's language.
  if (checked.statements == 0 && (checked.refusals > 0 || out.citations.empty())) {
    if (checked.refusals == 0) warn(out, "empty_answer", "the model answered nothing");
    out.answer = phrases(tongue_of(question)).not_found;
  }
  if (prompt.marks > 0)
    warn(out, "marks_broken",
         std::to_string(prompt.marks) +
             " places in the document look like marks of the prompt or of a model's roles; they were broken up");
  if (prompt.removed > 0)
    warn(out, "invisible_removed", std::to_string(prompt.removed) + " characters that cannot be seen were left out");
  if (prompt.hidden_words > 0)
    warn(out, "hidden_text",
         std::to_string(prompt.hidden_words) + " hidden words on page " + listed(prompt.hidden_pages) +
             " were not given to the model");
  if (answer.end == TextAnswer::End::length)
    warn(out, "answer_cut", "the answer ended at " + std::to_string(options.max_tokens) + " tokens; allow more");
  if (answer.end == TextAnswer::End::cancelled) warn(out, "answer_stopped", "the answer was stopped before its end");
  out.warnings.insert(out.warnings.end(), checked.warnings.begin(), checked.warnings.end());
  return out;
}

}  // namespace bifrons
