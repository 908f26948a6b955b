// fusion/quotations.cpp - see quotations.h.
#include "fusion/quotations.h"

#include <algorithm>

#include "fusion/answer_phrases.h"
#include "fusion/citations.h"
#include "fusion/extractor.h"
#include "fusion/extractor_fields.h"
#include "fusion/extractor_pairs.h"
#include "fusion/extractor_question.h"
#include "fusion/quotations_plain.h"
#include "fusion/sentences.h"
#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {

namespace {

std::vector<size_t> words_of(const Sentence::Part& part) {
  std::vector<size_t> words;
  for (size_t i = part.begin; i < part.end; ++i)
    if (!is_blank(part.line->letters.text[i]) && (words.empty() || words.back() != part.line->owner[i]))
      words.push_back(part.line->owner[i]);
  return words;
}

// "2.1 The supplier ..." and "2.2 The supplier ..." say the same.
std::string_view without_number(std::string_view quote) {
  const size_t text = quote.find_first_not_of("0123456789.)( ");
  return text == std::string_view::npos ? quote : quote.substr(text);
}

// "What is this about?", "Summarise the letter": of the whole, and of nothing in it.
bool asks_about_the_whole(std::string_view question) {
  static constexpr std::u32string_view phrases[] = {U"main points",   U"key points",     U"important points",
                                                    U"main facts",    U"hauptpunkte",    U"wichtigsten punkte",
                                                    U"wichtigste",    U"要点",           U"重点",
                                                    U"summarise",     U"summarize",      U"summary",
                                                    U"overview",      U"about",          U"what kind of",
                                                    U"what type of",  U"what is this",   U"worum geht",
                                                    U"worum handelt", U"wovon handelt",  U"was ist das",
                                                    U"was für ein",   U"zusammenfassen", U"zusammenfassung",
                                                    U"fasse",         U"讲什么",         U"讲了什么",
                                                    U"讲的是什么",    U"说什么",         U"说了什么",
                                                    U"说的是什么",    U"关于什么",       U"主要内容",
                                                    U"什么文件",      U"总结",           U"概括",
                                                    U"摘要"};
  static constexpr std::u32string_view rest_words[] = {U"main",
                                                       U"key",
                                                       U"important",
                                                       U"points",
                                                       U"facts",
                                                       U"list",
                                                       U"hauptpunkte",
                                                       U"wichtigsten",
                                                       U"wichtigste",
                                                       U"punkte",
                                                       U"summarise",
                                                       U"summarize",
                                                       U"summary",
                                                       U"overview",
                                                       U"kind",
                                                       U"type",
                                                       U"brief",
                                                       U"briefly",
                                                       U"short",
                                                       U"geht",
                                                       U"handelt",
                                                       U"fasse",
                                                       U"zusammen",
                                                       U"zusammenfassen",
                                                       U"zusammenfassung",
                                                       U"kurz",
                                                       U"darum",
                                                       U"worum",
                                                       U"wovon",
                                                       U"es",
                                                       U"in",
                                                       U"im",
                                                       U"der",
                                                       U"die",
                                                       U"dem",
                                                       U"das",
                                                       U"ein",
                                                       U"eine",
                                                       U"für",
                                                       U"ist",
                                                       U"was",
                                                       U"hier",
                                                       U"dokument",
                                                       U"dieses",
                                                       U"diesem",
                                                       U"dieser",
                                                       U"bitte",
                                                       U"art",
                                                       U"text"};
  const std::u32string plain = plain_label(letters_of(question).text);
  const auto stands = [&](std::u32string_view phrase) { return find_phrase(plain, phrase) != std::u32string_view::npos; };
  if (std::none_of(std::begin(phrases), std::end(phrases), stands)) return false;
  if (has_ideograph(plain)) {
    std::u32string rest = plain;
    for (const std::u32string_view phrase : phrases)
      for (size_t at = rest.find(phrase); at != std::u32string::npos; at = rest.find(phrase)) rest.erase(at, phrase.size());
    return left_over(rest).empty();
  }
  for (const std::u32string& word : content_words(to_utf8(plain)))
    if (!is_generic(word) && std::find(std::begin(rest_words), std::end(rest_words), word) == std::end(rest_words)) return false;
  return true;
}

// "What does the summary say?" may be answered by a part of that name.
bool names_a_section(std::string_view question) {
  const std::u32string plain = plain_label(letters_of(question).text);
  static constexpr std::u32string_view names[] = {U"summary", U"overview", U"zusammenfassung", U"摘要"};
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::u32string_view name) { return find_phrase(plain, name) != std::u32string_view::npos; });
}

}  // namespace

DocumentAnswer quote_documents(std::string_view question, PageShelf& shelf, const AnswerOptions& options) {
  DocumentAnswer out;
  out.kind = DocumentAnswer::Kind::quotation;
  const AnswerPhrases& words = phrases(tongue_of(question));
  const auto doubt = [&](const Citation& citation) {
    if (citation.confidence && *citation.confidence < options.hard_to_read)
      out.warnings.push_back({"hard_to_read", citation.page, "a quoted place was hard to read; compare it with the page"});
  };
  const auto quote = [&](Citation citation) {
    const bool said = std::any_of(out.citations.begin(), out.citations.end(), [&](const Citation& c) {
      return c.document == citation.document && without_number(c.quote) == without_number(citation.quote);
    });
    if (said) return;  // the same sentence elsewhere
    citation.passage = int64_t(out.citations.size()) + 1;
    citation.similarity = 1;
    doubt(citation);
    out.answer += (out.answer.empty() ? std::string(words.quotation) : "") + "\n\"" + citation.quote + "\" [" +
                  std::to_string(citation.passage) + "]";
    out.citations.push_back(std::move(citation));
  };
  if (const auto answer = short_answer(question, shelf)) {
    Citation citation = cite(answer->lines, answer->found, shelf);
    // What was hard to read may be misread: a quotation claims less than an answer.
    if (citation.confidence.value_or(100) >= options.hard_to_read) {
      citation.passage = 1;
      citation.similarity = 1;
      citation.statement = answer->value;
      out.found = true;
      out.answer = answer->value + " [1]";
      out.raw = answer->value;
      out.citations.push_back(std::move(citation));
      return out;
    }
    if (options.quotations > 0) quote(std::move(citation));
  }
  const auto quote_lines = [&](const std::vector<Quoted>& all) {
    for (const Quoted& lines : all) {
      if (int(out.citations.size()) >= options.quotations) break;
      std::vector<Support::Found> whole;
      for (size_t l = 0; l < lines.size(); ++l) whole.push_back({l, {}});
      quote(cite(lines, whole, shelf));
    }
  };
  const auto most = size_t(std::max(options.quotations, 0));
  if (asks_for_the_text(question)) quote_lines(first_text(shelf, most));
  SentenceRanking ranking(question, shelf);
  std::vector<const Sentence*> sentences = ranking.worth_quoting();
  if (asks_about_the_whole(question) && (sentences.empty() || !names_a_section(question)))
    sentences = ranking.introducing(size_t(std::max(options.quotations, 0)));
  for (const Sentence* sentence : sentences) {
    if (int(out.citations.size()) >= options.quotations) break;
    std::vector<const EvidenceLine*> lines;
    std::vector<Support::Found> words_found;
    for (const Sentence::Part& part : sentence->parts) {
      words_found.push_back({lines.size(), words_of(part)});
      lines.push_back(part.line);
    }
    quote(cite(lines, words_found, shelf));
  }
  if (out.citations.empty()) quote_lines(lines_of_kind(question, shelf, most));
  out.found = !out.citations.empty();
  if (!out.found) out.answer = words.not_found;
  return out;
}

}  // namespace bifrons
