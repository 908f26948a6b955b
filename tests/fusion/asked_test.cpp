// tests/fusion/asked_test.cpp - German, and questions in other words than the paper's: papers and questions of
// tests/data/questions, each file with the shares that it must keep; values, statements, short answers, refusals, rules and
// routes in German.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusion/answer_phrases.h"
#include "fusion/document_answer.h"
#include "fusion/evidence.h"
#include "fusion/extractor.h"
#include "fusion/passages.h"
#include "fusion/router.h"
#include "fusion/statements.h"
#include "fusion/values.h"
#include "kernels/core/error.h"
#include "made_document.h"
#include "ocr/document/search.h"
#include "question_papers.h"
#include "scripted_model.h"

namespace bifrons {
namespace {

using testing::HasSubstr;

struct Score {
  int questions = 0, first = 0, best_three = 0, short_questions = 0, short_right = 0, short_wrong = 0, spoken = 0;
};
bool holds(const Citation& citation, const Document& document, const std::string& words) {
  if (citation.quote.find(words) != std::string::npos) return true;
  if (citation.statement.empty()) return false;  // a short answer quotes less than its line
  for (const Page& page : document.pages)
    for (const Block& block : page.blocks)
      for (const Line& line : block.lines)
        if (line.text.find(words) != std::string::npos &&
            std::find(citation.lines.begin(), citation.lines.end(), line.id) != citation.lines.end())
          return true;
  return false;
}
Score score(const std::string& file, const std::string& of = "", int least = 30) {
  Score score;
  for (const Paper& paper : papers_of(file)) {
    if (paper.name.find(of) == std::string::npos) continue;
    const Document document = made_document(paper.text, paper.name);
    const auto source = source_of(document);
    DocumentAnswerer answerer({source.get()}, nullptr);
    for (const Wanted& wanted : paper.questions) {
      const DocumentAnswer got = answerer.ask(wanted.question);
      if (wanted.answer == "-") {
        score.spoken += got.found;
        if (got.found) std::printf("  %s: %s %s\n", paper.name.c_str(), wanted.question.c_str(), got.answer.c_str());
      } else if (wanted.answer.starts_with('=')) {
        ++score.short_questions;
        const bool is_short = got.found && got.raw == wanted.answer.substr(1);
        score.short_right += is_short;
        score.short_wrong += !got.raw.empty() && !is_short;
      } else {
        EXPECT_NE(paper.text.find(wanted.answer), std::string::npos) << paper.name << ": " << wanted.answer;
        const auto right = std::find_if(got.citations.begin(), got.citations.end(),
                                        [&](const Citation& c) { return holds(c, document, wanted.answer); });
        ++score.questions;
        score.first += right != got.citations.end() && right == got.citations.begin();
        score.best_three += right != got.citations.end();
        score.short_wrong += !of.empty() && !got.raw.empty() && right == got.citations.end();
        if (!of.empty() && right != got.citations.begin() && file == "cross_tuned.txt")
          std::printf("  %s: %s %d %s\n", paper.name.c_str(), wanted.question.c_str(),
                      int(right == got.citations.end() ? 0 : right - got.citations.begin() + 1), got.answer.c_str());
      }
    }
  }
  std::printf("%s: %d questions, right passage first %.1f %%, among the best three %.1f %%; %d of %d short answers, %d wrong\n",
              (file + (of.empty() ? "" : ": " + of)).c_str(), score.questions, 100.0 * score.first / std::max(1, score.questions),
              100.0 * score.best_three / std::max(1, score.questions), score.short_right, score.short_questions,
              score.short_wrong);
  EXPECT_GE(score.questions, least);
  EXPECT_EQ(score.short_wrong, 0);
  EXPECT_EQ(score.spoken, 0);
  return score;
}

TEST(German, RightPassageAndShortAnswers) {
  const Score tuned = score("german_tuned.txt");
  EXPECT_GE(tuned.first, tuned.questions * 0.85);
  EXPECT_GE(tuned.best_three, tuned.questions * 0.95);
  EXPECT_GE(tuned.short_right, tuned.short_questions * 0.9);
  // The first run, before anything was tuned on them: 59 % first, 71 % among the best three, 10 of 11 short answers; before
  // German was known 18 %, 18 % and none.
  const Score later = score("german_later.txt");
  EXPECT_GE(later.first, later.questions * 0.75);
  EXPECT_GE(later.best_three, later.questions * 0.85);
  EXPECT_GE(later.short_right, later.short_questions * 0.9);
}
TEST(OtherWords, RightPassage) {
  // The first runs, before anything was tuned on them: 29 % and 40 % (16 % and 26 % with the lists before), then 45 % and 55 %
  // (40 % and 50 %). Lists of words are no understanding: new papers will do as those did.
  const Score some = score("other_words.txt"), later = score("other_words_later.txt");
  EXPECT_GE(some.first, some.questions * 0.75);
  EXPECT_GE(some.best_three, some.questions * 0.85);
  EXPECT_GE(later.first, later.questions * 0.6);
  EXPECT_GE(later.best_three, later.questions * 0.7);
}

TEST(OtherTongue, RightPassage) {
  for (const char* pair : {"English lease, German", "German lease, English", "Chinese contract, English"})
    score("cross_tuned.txt", pair, 8);
  // The first run, before anything was tuned on them: 81 of 82 first, all among the best three (before: 26 first), but 7 of 29
  // questions without an answer got quotations. The table of words is by the author of the questions: others will find gaps.
  Score all;
  for (const char* pair :
       {"English lease, German", "English invoice, German", "German contract, English", "German invoice, English",
        "Chinese lease, English", "Chinese invoice, English", "English service contract, Chinese", "English order, Chinese"}) {
    const Score one = score("cross_later.txt", pair, 8);
    all.questions += one.questions, all.first += one.first, all.best_three += one.best_three;
  }
  EXPECT_GE(all.first, all.questions * 0.9);
  EXPECT_GE(all.best_three, all.questions * 0.95);
}

TEST(German, TonguesAreTold) {
  for (const char* text : {"Wie hoch ist der Gesamtbetrag?", "Rechnungsnummer?", "Wann ist die Rechnung f\u00E4llig?",
                           "Was kostet Parken?", "Kann ich k\u00FCndigen?", "Wer hat unterschrieben?"})
    EXPECT_EQ(tongue_of(text), Tongue::german) << text;
  for (const char* text : {"What is the total?", "Who is Herr M\u00FCller?", "total", "When was the die casting done?",
                           "Was it paid in an hour?", "What did Stra\u00DFmann und Sohn deliver to us?", "", "2026"})
    EXPECT_EQ(tongue_of(text), Tongue::english) << text;
  EXPECT_EQ(tongue_of("\u603B\u989D\u662F\u591A\u5C11\uFF1F"), Tongue::chinese);
}

TEST(German, Values) {
  const auto key = [](std::string_view text) {
    const auto values = find_values(letters_of(text));
    return values.size() == 1 ? values[0].key + (values[0].unit.empty() ? "" : " " + values[0].unit)
                              : "(" + std::to_string(values.size()) + ")";
  };
  EXPECT_EQ(key("24. Dezember 2026"), "2026-12-24");
  EXPECT_EQ(key("24.12.2026"), "2026-12-24");
  EXPECT_EQ(key("3. M\u00E4rz 2024"), "2024-03-03");
  EXPECT_EQ(key("1. Mai"), "--05-01");
  EXPECT_EQ(key("1.234,56 EUR"), "1234.56 eur");
  EXPECT_EQ(key("EUR 1.234.567,00"), "1234567 eur");
  EXPECT_EQ(key("1.200,- Euro"), "1200 eur");
  EXPECT_EQ(key("14 Uhr"), "14:00");
  EXPECT_EQ(key("9.30 Uhr"), "09:30");
  EXPECT_EQ(key("9:30 Uhr"), "09:30");
  EXPECT_EQ(key("19 Prozent"), "19");
}

TEST(German, SearchTermsMeet) {
  const auto meets = [](const char* a, const char* b) {
    const auto one = search_terms(a), other = search_terms(b);
    return std::any_of(one.begin(), one.end(),
                       [&](const auto& term) { return std::find(other.begin(), other.end(), term) != other.end(); });
  };
  EXPECT_TRUE(meets("der Vertr\u00E4ge", "des Vertrages"));
  EXPECT_TRUE(meets("der Rechnungen", "die Rechnung und der"));
  EXPECT_TRUE(meets("die Frist f\u00FCr den", "der K\u00FCndigungsfrist"));
  EXPECT_TRUE(meets("1234,56", "1.234,56"));
  EXPECT_FALSE(meets("der und das mit", "von der und mit das"));
  EXPECT_THAT(search_terms("garden kitchen"), testing::ElementsAre("garden", "kitchen")) << "English stays as it is";
}

TEST(German, StatementsAreCutAndChecked) {
  const auto parts = split_statements("Die Rechnung ist am 24. Dezember 2026 f\u00E4llig [citation:1]. Sie betr\u00E4gt 5 Euro.");
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].text, "Die Rechnung ist am 24. Dezember 2026 f\u00E4llig.");
  const Document document = made_document(
      "Das Mietverh\u00E4ltnis beginnt am 1. April 2024. Die K\u00FCndigungsfrist betr\u00E4gt drei Monate zum Monatsende.\n"
      "Haustiere sind nicht gestattet. Vermieterin ist Frau Petra Lindner aus Hamburg.");
  const auto lines = evidence_lines(document.pages[0], 0);
  std::vector<const EvidenceLine*> all;
  for (const EvidenceLine& line : lines) all.push_back(&line);
  const auto stands = [&](const char* statement, const char* question) {
    return support(claim_of(statement, question), all).supported;
  };
  EXPECT_TRUE(stands("Die K\u00FCndigungsfrist betr\u00E4gt drei Monate.", "Wie lange ist die K\u00FCndigungsfrist?"));
  EXPECT_FALSE(stands("Die K\u00FCndigungsfrist betr\u00E4gt zwei Monate.", "Wie lange ist die K\u00FCndigungsfrist?"));
  EXPECT_TRUE(stands("Es beginnt am 01.04.2024.", "Wann beginnt das Mietverh\u00E4ltnis?"));
  EXPECT_FALSE(stands("Es beginnt am 1. Mai 2024.", "Wann beginnt das Mietverh\u00E4ltnis?"));
  EXPECT_TRUE(stands("Die Vermieterin ist Petra Lindner.", "Wer ist die Vermieterin?"));
  EXPECT_FALSE(stands("Die Vermieterin ist Petra Schulz.", "Wer ist die Vermieterin?"));
  EXPECT_TRUE(stands("Haustiere sind nicht gestattet.", "Sind Haustiere erlaubt?"));
  EXPECT_FALSE(stands("Haustiere sind gestattet.", "Sind Haustiere erlaubt?"));
}

TEST(German, ShortAnswersAreRightOrSilent) {
  const auto ask = [](const char* text, const char* question) {
    const Document document = made_document(text);
    const auto source = source_of(document);
    const std::vector<const PageSource*> sources = {source.get()};
    PageShelf shelf(sources);
    const auto got = short_answer(question, shelf);
    return got ? got->value : std::string();
  };
  EXPECT_EQ(ask("Gesamtbetrag: 1.234,56 EUR", "Wie hoch ist der Gesamtbetrag?"), "1.234,56 EUR");
  EXPECT_EQ(ask("Gesamtbetrag: 5,00\nGesamtbetrag: 6,00", "Wie hoch ist der Gesamtbetrag?"), "");
  EXPECT_EQ(ask("Rechnungs-Nr.: RE-17/26", "Wie lautet die Rechnungsnummer?"), "RE-17/26");
  EXPECT_EQ(ask("F\u00E4lligkeitsdatum: 24. Dezember 2026", "Was ist das F\u00E4lligkeitsdatum?"), "24. Dezember 2026");
  EXPECT_EQ(ask("K\u00FCndigungsfrist: drei Monate zum Quartalsende", "Wie lange ist die K\u00FCndigungsfrist?"),
            "drei Monate zum Quartalsende");
  EXPECT_EQ(ask("Vermieter: Nordlicht GmbH", "Wer ist der Vermieter?"), "Nordlicht GmbH");
  EXPECT_EQ(ask("Rechnungsdatum: 03.03.2024", "Ist das Rechnungsdatum der 3. M\u00E4rz?"), "");
  EXPECT_EQ(ask("Miete: 845,00 EUR", "Wie hoch war die Miete vor der Erh\u00F6hung?"), "");
  EXPECT_EQ(ask("Kaution: 900,00 EUR", "Wie hoch ist die Miete?"), "");
  EXPECT_EQ(ask("Die Miete betr\u00E4gt 845,00 EUR und ist am dritten Werktag f\u00E4llig.", "Wie hoch ist die Miete?"),
            "845,00 EUR");
  EXPECT_EQ(ask("The rent is 2,350.00 EUR and is due at once.\nRent: 1,900.00 EUR", "What is the rent?"), "");
  EXPECT_EQ(ask("@ The landlord 1s Ada Bloom of Mill Lane 22.", "Who is the landlord?"), "") << "misread";
  // What stands under other labels is no value, and the next one not this one.
  const char* sale = "Verk\u00E4ufer         K\u00E4ufer\nLothar Wiesner    Daniela Kopp\nBergweg 9         Ulmenallee 21";
  EXPECT_THAT(ask(sale, "Wer ist der Verk\u00E4ufer?"), testing::AnyOf("", "Lothar Wiesner"));
  EXPECT_THAT(ask(sale, "Wer ist der K\u00E4ufer?"), testing::AnyOf("", "Daniela Kopp"));
  EXPECT_EQ(ask("Cover: 1 July 2025 to 30 June 2026", "What is the cover?"), "1 July 2025 to 30 June 2026");
  EXPECT_EQ(ask("Cover     1 July 2025 to 30 June 2026", "What is the cover?"), "") << "half an answer";
  EXPECT_EQ(ask("Bill to               Invoice no.     FG-30417\nLarkhill School       Invoice date    6 May 2025",
                "Who is the customer?"),
            "Larkhill School");
  EXPECT_EQ(ask("会议时间：2025年6月14日\n四、下次会议定于2025年9月20日召开。", "下次会议什么时候？"), "");
  const char* assembly = "Protokoll der Eigent\u00FCmerversammlung\nDatum: 3. April 2025\nBeginn: 18:30 Uhr\nOrt: Zum Anker";
  EXPECT_EQ(ask(assembly, "Wann war die Versammlung?"), "3. April 2025");
  EXPECT_EQ(ask(assembly, "Wo fand die Versammlung statt?"), "Zum Anker");
  EXPECT_EQ(ask("88131 Lindau          17. November 2025\n\nSehr geehrte Frau Albrecht,\n\nam 3. Mai ist es soweit.",
                "Wann wurde der Brief geschrieben?"),
            "17. November 2025");
  EXPECT_EQ(
      ask("Exeter, 14 March 2025\n\nDear Mr Novak,\n\nthank you for your letter of 4 March.", "What is the date of the letter?"),
      "14 March 2025");
  EXPECT_EQ(ask("14 March 2025\n\n15 March 2025\n\nDear Mr Novak,", "What is the date of the letter?"), "") << "which?";
  EXPECT_EQ(ask("Due date\n14 March 2025\n\nDear Mr Novak,", "What is the date of the letter?"), "") << "another date";
  EXPECT_EQ(ask("Your letter of 14 March 2025\n\nDear Mr Novak,\n\nit came.", "What is the date of the letter?"), "");
  EXPECT_EQ(ask("14 March 2025\n\nThe shop is closed.", "What is the date of the letter?"), "") << "no letter";
}

TEST(German, RefusalsAndRules) {
  EXPECT_TRUE(is_refusal("Im Dokument nicht gefunden."));
  EXPECT_TRUE(is_refusal("Das Dokument enth\u00E4lt keine Angaben dazu."));
  EXPECT_FALSE(is_refusal("Die Kaution betr\u00E4gt 900 Euro."));
  const Document document = made_document("Die Kaution betr\u00E4gt 900,00 Euro.");
  const auto source = source_of(document);
  ScriptedModel model;
  model.says = [](const std::string&) { return "Das Dokument enth\u00E4lt keine Angabe zu Haustieren."; };
  DocumentAnswerer answerer({source.get()}, &model);
  const DocumentAnswer got = answerer.ask("Sind Haustiere erlaubt?");
  EXPECT_FALSE(got.found);
  EXPECT_EQ(got.answer, "Im Dokument nicht gefunden.");
  EXPECT_THAT(model.asked.back().messages.back().content, HasSubstr("Antworte nur aus den obigen Abschnitten."));
  EXPECT_EQ(DocumentAnswerer({source.get()}, nullptr).ask("Wer ist der Kaiser?").answer, "Im Dokument nicht gefunden.");
}

TEST(German, Routes) {
  const Abilities all{.look = true, .draw = true, .talk = true, .read = true, .think = true};
  const auto path = [&](const char* text, double density) {
    RouteRequest request;
    request.messages.push_back({RouteMessage::Role::user, text, {}, {}});
    if (density >= 0) request.messages.back().pictures.push_back({"a.png", density});
    return route(request, all).path;
  };
  for (const char* text : {"Zeichne eine Katze", "Male mir ein Haus am See", "Kannst du mir bitte ein Schiff zeichnen?",
                           "Erstelle ein Bild von einem roten Kreis", "Ein Bild von einem Berg"})
    EXPECT_EQ(path(text, -1), Path::draw) << text;
  for (const char* text : {"Was steht auf dem Schild?", "Wie hoch ist der Gesamtbetrag?", "\u00DCbersetze den Text"})
    EXPECT_EQ(path(text, 0.05), Path::read) << text;
  for (const char* text : {"Welche Farbe hat das Auto?", "Wie viele Personen sind zu sehen?"}) {
    EXPECT_EQ(path(text, 0.05), Path::look) << text;
    EXPECT_EQ(path(text, 0.6), Path::read) << text;
  }
  for (const char* text : {"Was ist die Hauptstadt von Italien?", "Erz\u00E4hl mir einen Witz",
                           "Wie male ich ein Zimmer richtig aus?", "Will the poster be printed?"})
    EXPECT_EQ(path(text, -1), Path::think) << text;
}

TEST(Prompt, PassagesInOtherWordsAreSent) {
  std::string text;
  for (int page = 1; page <= 30; ++page) {
    if (page > 1) text += '\f';
    for (int line = 0; line < 12; ++line)
      text += "Clause " + std::to_string(page * 100 + line) + " speaks of when the tools and windows end in a lease.\n";
    if (page == 19) text += "\nThe tenancy expires on 31 March 2027.\n";
  }
  const Document document = made_document(text, "long.pdf");
  const auto source = source_of(document);
  ScriptedModel model;
  model.context = 65536;
  AnswerOptions options;
  options.whole = false;
  DocumentAnswerer answerer({source.get()}, &model, options);
  const DocumentAnswer got = answerer.ask("When does the lease end?");
  EXPECT_THAT(model.asked.back().messages.back().content, HasSubstr("The tenancy expires on 31 March 2027."));
  EXPECT_LT(model.count_tokens(model.asked.back().messages.back().content), 1800);
  EXPECT_GT(got.passages_sent, 1);
}

}  // namespace
}  // namespace bifrons
