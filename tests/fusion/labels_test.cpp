// tests/fusion/labels_test.cpp - a true value under a wrong label: statements of tests/data/questions/labels_*.txt, true ones
// ("+") that must never be marked and false ones ("-") that should be. Written before the check, the fresh file when it was tuned
// on the others: its first run kept 48 of 49 and marked 21 of 24.
#include <cstdio>

#include <gtest/gtest.h>

#include "fusion/citations.h"
#include "fusion/rival_labels.h"
#include "made_document.h"
#include "question_papers.h"

namespace bifrons {
namespace {

struct Marks {
  int right = 0, kept = 0, wrong = 0, marked = 0;
};
Marks judge(const std::string& file) {
  Marks marks;
  for (const Paper& paper : papers_of(file)) {
    const Document document = made_document(paper.text, paper.name);
    const auto source = source_of(document);
    const std::vector<const PageSource*> sources{source.get()};
    std::vector<Passage> passages;  // a passage a block
    for (const Page& page : document.pages)
      for (const Block& block : page.blocks) {
        passages.push_back({.document = 0, .page = page.page, .lines = {}, .text = {}});
        for (const Line& line : block.lines) passages.back().lines.push_back(line.id);
      }
    for (const Wanted& said : paper.questions) {
      PageShelf shelf(sources);
      const bool is_true = said.question.starts_with("+ ");
      const bool marked = !check_answer(said.answer, said.question.substr(2), passages, shelf).unsupported.empty();
      ++(is_true ? marks.right : marks.wrong);
      (is_true ? marks.kept : marks.marked) += is_true ? !marked : marked;
      if (is_true == marked) std::printf("  %s: %s | %s\n", paper.name.c_str(), said.question.c_str(), said.answer.c_str());
    }
  }
  std::printf("%s: %d of %d true statements kept, %d of %d false ones marked\n", file.c_str(), marks.kept, marks.right,
              marks.marked, marks.wrong);
  return marks;
}

TEST(Labels, ATrueValueUnderAWrongLabelIsMarked) {
  for (const char* file : {"labels_tuned.txt", "labels_later.txt", "labels_fresh.txt"}) {
    const Marks marks = judge(file);
    EXPECT_EQ(marks.kept, marks.right) << file;
    EXPECT_GE(marks.marked, marks.wrong * 0.9) << file;
  }
}

TEST(Labels, WhatStandsThereWordForWordIsNeverMarked) {
  int said = 0;
  for (const char* file : {"labels_tuned.txt", "labels_later.txt", "labels_fresh.txt", "german_tuned.txt", "german_later.txt",
                           "other_words.txt", "other_words_later.txt"})
    for (const Paper& paper : papers_of(file)) {
      const Document document = made_document(paper.text, paper.name);
      const auto source = source_of(document);
      const std::vector<const PageSource*> sources{source.get()};
      PageShelf shelf(sources);
      RivalLabels labels(shelf);
      for (const Page& page : document.pages)
        for (const Block& block : page.blocks)
          for (const Line& line : block.lines)
            for (const Wanted& wanted : paper.questions) {
              ++said;
              EXPECT_FALSE(labels.check(line.text, wanted.question).wrong)
                  << paper.name << ": " << line.text << " | " << wanted.question;
            }
    }
  EXPECT_GT(said, 1000);
}

TEST(Labels, AHostilePageIsNotReadForEver) {
  std::string text;
  for (int line = 0; line < 2000; ++line)
    text += "total net start 1 March 2024 end 2 March 2024 vat 5.00 tenant Ada Fox 5.00 5.00\n";
  const Document document = made_document(text);
  const auto source = source_of(document);
  const std::vector<const PageSource*> sources{source.get()};
  PageShelf shelf(sources);
  RivalLabels labels(shelf);
  for (const char* statement : {"The total is 5.00.", "The end is 1 March 2024.", "The landlord is Ada Fox."})
    labels.check(statement, "What is it?");
}

}  // namespace
}  // namespace bifrons
