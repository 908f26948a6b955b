// fusion/answer_phrases.cpp - see answer_phrases.h.
#include "fusion/answer_phrases.h"

#include <array>
#include <string>

#include "fusion/values.h"
#include "ocr/document/fold.h"
#include "ocr/document/search.h"

namespace bifrons {

namespace {

constexpr AnswerPhrases english = {
    .rules =
        "Answer from the passages above only. Copy names, numbers and dates exactly. After each statement write the number of "
        "its\n"
        "passage as [citation:X]. If the passages do not hold the answer, reply: Not found in the document.",
    .not_found = "Not found in the document.",
    .unsupported = "[not in the document]",
    .quotation = "From the document:"};
constexpr AnswerPhrases chinese = {
    .rules =
        "只根据以上段落回答。姓名、数字和日期须照原文抄写。每句陈述之后用[citation:X]注明所依据段落的编号。\n"
        "如果这些段落中没有答案，请回答：文档中未找到。",
    .not_found = "文档中未找到。",
    .unsupported = "【文档中无依据】",
    .quotation = "原文摘录："};

constexpr AnswerPhrases german = {
    .rules =
        "Antworte nur aus den obigen Abschnitten. Schreibe Namen, Zahlen und Daten genau ab. Schreibe hinter jede Aussage die\n"
        "Nummer ihres Abschnitts als [citation:X]. Steht die Antwort nicht in den Abschnitten, antworte: Im Dokument nicht "
        "gefunden.",
    .not_found = "Im Dokument nicht gefunden.",
    .unsupported = "[nicht im Dokument]",
    .quotation = "Aus dem Dokument:"};

// Folded, without blanks in the Chinese ones.
constexpr std::string_view refusals[] = {"not found in the document",
                                         "not found in the passages",
                                         "not found in the text",
                                         "not found in these passages",
                                         "not found in the provided",
                                         "document does not contain",
                                         "document does not mention",
                                         "document does not state",
                                         "document does not provide",
                                         "document does not specify",
                                         "document does not say",
                                         "document doesn't contain",
                                         "document doesn't mention",
                                         "document doesn't state",
                                         "document doesn't say",
                                         "document doesn't specify",
                                         "passages do not contain",
                                         "passages do not mention",
                                         "passages do not hold",
                                         "passages do not state",
                                         "passages do not provide",
                                         "passages do not specify",
                                         "passages don't contain",
                                         "passages don't mention",
                                         "passage does not mention",
                                         "passage does not contain",
                                         "is not mentioned in the",
                                         "is not stated in the",
                                         "is not specified in the",
                                         "is not provided in the",
                                         "is not given in the",
                                         "no information about",
                                         "no information on",
                                         "no information regarding",
                                         "cannot be found in the",
                                         "could not find",
                                         "cannot find",
                                         "can't find",
                                         "unable to find",
                                         "does not appear in the document",
                                         "not mentioned in the document",
                                         "im dokument nicht gefunden",
                                         "nicht im dokument gefunden",
                                         "in den abschnitten nicht gefunden",
                                         "nicht in den abschnitten",
                                         "dokument nicht erwähnt",
                                         "dokument nicht genannt",
                                         "dokument nicht angegeben",
                                         "dokument nicht enthalten",
                                         "abschnitten nicht enthalten",
                                         "abschnitten nicht genannt",
                                         "dokument enthält keine",
                                         "abschnitte enthalten keine",
                                         "abschnitte enthalten die antwort nicht",
                                         "dokument macht keine angabe",
                                         "dokument nennt kein",
                                         "dokument erwähnt kein",
                                         "keine angabe zu",
                                         "keine information über",
                                         "keine informationen über",
                                         "keine informationen zu",
                                         "keine information zu",
                                         "steht dazu nichts",
                                         "steht nichts dazu",
                                         "steht davon nichts",
                                         "steht nichts davon",
                                         "findet sich keine",
                                         "findet sich nichts",
                                         "keine angaben",
                                         "geht aus dem dokument nicht hervor",
                                         "geht aus den abschnitten nicht hervor",
                                         "konnte nicht gefunden werden",
                                         "文档中未找到",
                                         "文档中没有找到",
                                         "文中未找到",
                                         "文中没有找到",
                                         "段落中未找到",
                                         "段落中没有",
                                         "文档未提及",
                                         "文档中未提及",
                                         "文档没有提到",
                                         "文档中没有提到",
                                         "文中未提及",
                                         "文中没有提到",
                                         "文中没有提及",
                                         "文档中没有提及",
                                         "未在文档中",
                                         "没有相关信息",
                                         "未找到相关",
                                         "无法找到",
                                         "没有找到答案",
                                         "未提供相关",
                                         "文档中没有答案",
                                         "没有包含答案",
                                         "无法从文档中"};

}  // namespace

Tongue tongue_of(std::string_view text) {
  size_t ideographs = 0, words = 0;
  bool inside = false;
  for (const char32_t c : letters_of(text).text) {
    ideographs += is_ideographic(c);
    if (is_letter(c) && !inside) ++words;
    inside = is_letter(c);
  }
  if (ideographs > 0 && ideographs * 2 > words) return Tongue::chinese;
  return reads_as_german(text) ? Tongue::german : Tongue::english;
}

const AnswerPhrases& phrases(Tongue tongue) {
  return tongue == Tongue::chinese ? chinese : tongue == Tongue::german ? german : english;
}

bool is_refusal(std::string_view statement) {
  std::u32string folded_text;
  bool blank = false;
  for (const char32_t c : folded(statement)) {
    if (is_blank(c)) {
      blank = true;
      continue;
    }
    if (blank && !folded_text.empty() && !is_ideographic(c) && !is_ideographic(folded_text.back())) folded_text += U' ';
    blank = false;
    folded_text += c;
  }
  const std::string text = to_utf8(folded_text);
  for (const std::string_view refusal : refusals)
    if (text.find(refusal) != std::string::npos) return true;
  return false;
}

}  // namespace bifrons
