// tests/fusion/citations_test.cpp - made-up answers against known pages: right, wrong passage, no citation, a number changed, a
// name changed, a quotation over a hyphen or two lines, citations out of range, several of them, refusals; English and Chinese.
#include "fusion/citations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusion/statements.h"
#include "made_document.h"
#include "ocr/document/chunks.h"
#include "question_papers.h"

namespace bifrons {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const char* const contract =
    "SUPPLY AGREEMENT\n"
    "between Northwind Traders Ltd (Supplier) and Harbour Foods GmbH (Customer)\n"
    "dated 3 March 2024\n\n"
    "1. Delivery\n"
    "The Supplier shall deliver the goods within 30 days of each order to the ware-\n"
    "house in Bremen. Late delivery costs 0.5% of the order value per day.\n\n"
    "2. Payment\n"
    "Net amount: EUR 12,500.00\n"
    "VAT 19%: EUR 2,375.00\n"
    "Total amount: EUR 14,875.00\n"
    "The deposit is not refundable.\n"
    "\f"
    "3. Term\n"
    "The agreement ends on 31 December 2026 unless it is renewed in writing.\n"
    "Notices go to Jane Holloway, legal@northwind.example.\n\n"
    "4. Law\n"
    "The law of the Netherlands applies. Disputes go to the court of Rotterdam.";

class Checked {
 public:
  explicit Checked(const std::string& text, double confidence = -1)
      : document_(made_document(text, "made.pdf", confidence)), source_(source_of(document_)) {
    sources_ = {source_.get()};
    // One passage a block, in order.
    for (const Page& page : document_.pages)
      for (const Block& block : page.blocks) {
        Passage passage{.document = 0, .page = page.page, .lines = {}, .text = {}};
        for (const Line& line : block.lines) passage.lines.push_back(line.id);
        passages.push_back(passage);
      }
  }
  CheckedAnswer check(std::string_view answer, std::string_view question) {
    PageShelf shelf(sources_);
    return check_answer(answer, question, passages, shelf);
  }
  std::vector<Passage> passages;
  Document document_;

 private:
  std::unique_ptr<PageSource> source_;
  std::vector<const PageSource*> sources_;
};

bool has_warning(const CheckedAnswer& answer, std::string_view code) {
  return std::any_of(answer.warnings.begin(), answer.warnings.end(), [&](const Warning& w) { return w.code == code; });
}

TEST(Citations, RightAnswerHasPageLineAndBox) {
  Checked checked(contract);
  const CheckedAnswer got = checked.check("The total amount is EUR 14,875.00 [citation:3].", "What is the total?");
  ASSERT_EQ(got.citations.size(), 1u);
  const Citation& citation = got.citations[0];
  EXPECT_EQ(citation.passage, 3);
  EXPECT_EQ(citation.page, 1);
  EXPECT_THAT(citation.lines, ElementsAre("p1l10"));
  EXPECT_EQ(citation.quote, "Total amount: EUR 14,875.00");
  EXPECT_FALSE(citation.confidence.has_value());
  const Line& line = checked.document_.pages[0].blocks[2].lines[3];
  EXPECT_EQ(citation.box, line.box);
  EXPECT_THAT(got.unsupported, IsEmpty());
  EXPECT_EQ(got.shown, "The total amount is EUR 14,875.00. [1]");
  EXPECT_THAT(got.warnings, IsEmpty());
}

struct Case {
  const char* answer;
  const char* question;
  bool supported;
  int64_t passage, page;  // of the first citation
  const char* warning;    // or nullptr
};

void run(const char* text, std::span<const Case> cases) {
  Checked checked(text);
  for (const Case& c : cases) {
    const CheckedAnswer got = checked.check(c.answer, c.question);
    SCOPED_TRACE(std::string(c.answer) + " -> " + got.shown);
    EXPECT_EQ(got.unsupported.empty(), c.supported);
    EXPECT_EQ(!got.citations.empty(), c.supported);
    if (c.supported && !got.citations.empty()) {
      EXPECT_EQ(got.citations[0].passage, c.passage);
      EXPECT_EQ(got.citations[0].page, c.page);
    }
    if (c.warning) {
      EXPECT_TRUE(has_warning(got, c.warning)) << c.warning;
    }
    EXPECT_EQ(got.shown.find("[citation"), std::string::npos);
    EXPECT_EQ(
        got.shown.find("[not in the document]") != std::string::npos || got.shown.find("【文档中无依据】") != std::string::npos,
        !c.supported);
  }
}

TEST(Citations, MadeUpAnswers) {
  const Case cases[] = {
      // Right.
      {"The goods must be delivered within 30 days [citation:2].", "When must the goods be delivered?", true, 2, 1, nullptr},
      {"14,875.00 EUR [citation:3]", "What is the total?", true, 3, 1, nullptr},
      {"EUR 14875 [citation:3]", "What is the total?", true, 3, 1, nullptr},
      {"The agreement ends on 31 December 2026 [citation:4].", "When does the agreement end?", true, 4, 2, nullptr},
      {"It ends on 2026-12-31 [citation:4].", "When does the agreement end?", true, 4, 2, nullptr},
      {"The supplier is Northwind Traders Ltd. [citation:1]", "Who is the supplier?", true, 1, 1, nullptr},
      {"Northwind Traders Ltd [citation:1]", "Who is the supplier?", true, 1, 1, nullptr},
      {"The deposit is not refundable [citation:3].", "Is the deposit refundable?", true, 3, 1, nullptr},
      {"Late delivery costs 0.5% of the order value per day [citation:2].", "What does late delivery cost?", true, 2, 1, nullptr},
      {"Notices go to Jane Holloway [citation: 4].", "Where do notices go?", true, 4, 2, nullptr},
      {"The e-mail address is legal@northwind.example【citation:4】.", "What is the e-mail?", true, 4, 2, nullptr},
      {"The law of the Netherlands applies, see page 2 [citation:5].", "Which law applies?", true, 5, 2, nullptr},
      // Wrong passage, or none.
      {"The total amount is EUR 14,875.00 [citation:1].", "What is the total?", true, 3, 1, "wrong_citation"},
      {"The total amount is EUR 14,875.00.", "What is the total?", true, 3, 1, nullptr},
      {"The total amount is EUR 14,875.00 [citation:abc].", "What is the total?", true, 3, 1, nullptr},
      {"The total amount is EUR 14,875.00. [citation: passage three]", "What is the total?", true, 3, 1, nullptr},
      {"The total amount is EUR 14,875.00 [citation:3, the sums].", "What is the total?", true, 3, 1, nullptr},
      {"The total amount is EUR 99,875.00 [citation:abc].", "What is the total?", false, 0, 0, nullptr},
      {"The total amount is EUR 14,875.00 [citation:99].", "What is the total?", true, 3, 1, "citation_out_of_range"},
      {"The total amount is EUR 14,875.00 [citation:0].", "What is the total?", true, 3, 1, "citation_out_of_range"},
      {"The total amount is EUR 14,875.00 [citation:3][citation:1].", "What is the total?", true, 3, 1, nullptr},
      // Over a hyphen, over two lines.
      {"The goods go to the warehouse in Bremen [citation:2].", "Where do the goods go?", true, 2, 1, nullptr},
      {"\"to the warehouse in Bremen\" [citation:2]", "Where to?", true, 2, 1, nullptr},
      {"\"The Supplier shall deliver the goods within 30 days of each order to the warehouse in Bremen.\" [citation:2]",
       "Quote the delivery clause.", true, 2, 1, nullptr},
      // Changed.
      {"The total amount is EUR 14,876.00 [citation:3].", "What is the total?", false, 0, 0, "unsupported"},
      {"The total amount is EUR 148.75 [citation:3].", "What is the total?", false, 0, 0, nullptr},
      {"The total amount is USD 14,875.00 [citation:3].", "What is the total?", false, 0, 0, nullptr},
      {"The total amount is EUR 12,500.00 [citation:3].", "What is the total?", false, 0, 0, nullptr},
      {"The goods must be delivered within 60 days [citation:2].", "When must the goods be delivered?", false, 0, 0, nullptr},
      {"The goods must be delivered within 30 weeks [citation:2].", "When must the goods be delivered?", false, 0, 0, nullptr},
      {"Late delivery costs 5% of the order value per day [citation:2].", "What does late delivery cost?", false, 0, 0, nullptr},
      {"The agreement ends on 31 December 2025 [citation:4].", "When does the agreement end?", false, 0, 0, nullptr},
      {"The agreement ends on 13 December 2026 [citation:4].", "When does the agreement end?", false, 0, 0, nullptr},
      {"The supplier is Southwind Traders Ltd [citation:1].", "Who is the supplier?", false, 0, 0, nullptr},
      {"Notices go to John Holloway [citation:4].", "Where do notices go?", false, 0, 0, nullptr},
      {"The deposit is refundable [citation:3].", "Is the deposit refundable?", false, 0, 0, nullptr},
      {"The law of the Netherlands does not apply [citation:5].", "Which law applies?", false, 0, 0, nullptr},
      {"The law of France applies [citation:5].", "Which law applies?", false, 0, 0, nullptr},
      {"The law of the Netherlands applies, see page 7 [citation:5].", "Which law applies?", false, 0, 0, nullptr},
      {"\"to the factory in Bremerhaven\" [citation:2]", "Where to?", false, 0, 0, nullptr},
      {"The supplier may raise prices at any time [citation:3].", "May prices change?", false, 0, 0, nullptr},
      {"Yes.", "Is the deposit refundable?", false, 0, 0, nullptr},
      {"The warranty lasts two years [citation:2].", "How long is the warranty?", false, 0, 0, nullptr},
      {"Visit http://evil.example/pay for details [citation:3].", "How do I pay?", false, 0, 0, nullptr},
  };
  run(contract, cases);
}

TEST(Citations, MadeUpAnswersChinese) {
  const char* const text =
      "采购合同\n"
      "甲方：北京远航科技有限公司\n"
      "乙方：上海明德贸易有限公司\n"
      "合同编号：HT-2024-0831\n\n"
      "第一条 交货\n"
      "乙方应在收到订单后三十天内将货物运至天津仓库，运费由乙方承\n"
      "担。逾期每日按货款的0.5%支付违约金。\n\n"
      "第二条 付款\n"
      "合同总金额：人民币128,000.00元\n"
      "定金：人民币20,000.00元，定金不予退还。\n"
      "付款方式为银行转账。\n"
      "\f"
      "第三条 期限\n"
      "本合同自2024年3月5日起生效，至2026年12月31日终止。\n"
      "联系人：张伟，电话：010-6655-8899。";
  const Case cases[] = {
      {"合同总金额为人民币128,000.00元[citation:3]。", "合同总金额是多少？", true, 3, 1, nullptr},
      {"128000元[citation:3]", "合同总金额是多少？", true, 3, 1, nullptr},
      {"甲方是北京远航科技有限公司[citation:1]。", "甲方是谁？", true, 1, 1, nullptr},
      {"合同编号是HT-2024-0831。[citation:1]", "合同编号是什么？", true, 1, 1, nullptr},
      {"合同于2026年12月31日终止[citation:4]。", "合同什么时候终止？", true, 4, 2, nullptr},
      {"付款方式为银行转账[citation:1]。", "怎么付款？", true, 3, 1, "wrong_citation"},
      {"联系人是张伟[citation:4]。", "联系人是谁？", true, 4, 2, nullptr},
      {"运费由乙方承担[citation:2]。", "运费由谁承担？", true, 2, 1, nullptr},
      {"定金不予退还[citation:3]。", "定金可以退吗？", true, 3, 1, nullptr},
      {"应在三十天内交货[citation:2]。", "什么时候交货？", true, 2, 1, nullptr},
      {"合同总金额为人民币182,000.00元[citation:3]。", "合同总金额是多少？", false, 0, 0, nullptr},
      {"合同总金额为128,000.00美元[citation:3]。", "合同总金额是多少？", false, 0, 0, nullptr},
      {"合同总金额为人民币20,000.00元[citation:3]。", "合同总金额是多少？", false, 0, 0, nullptr},
      {"甲方是南京远大科技有限公司[citation:1]。", "甲方是谁？", false, 0, 0, nullptr},
      {"合同于2025年12月31日终止[citation:4]。", "合同什么时候终止？", false, 0, 0, nullptr},
      {"联系人是李强[citation:4]。", "联系人是谁？", false, 0, 0, nullptr},
      {"定金可以退还[citation:3]。", "定金可以退吗？", false, 0, 0, nullptr},
      {"应在六十天内交货[citation:2]。", "什么时候交货？", false, 0, 0, nullptr},
      {"卖方承诺提供终身保修服务[citation:2]。", "有保修吗？", false, 0, 0, nullptr},
  };
  run(text, cases);
}

TEST(Citations, NumberSignsDenyNothing) {
  const char* const text =
      "Invoice No. 4711 of Northwind Traders Ltd\n"
      "Customer no: C-88\n"
      "No discount is granted.";
  const Case cases[] = {
      {"Invoice No. 4711 is of Northwind Traders Ltd [citation:1].", "Whose invoice is it?", true, 1, 1, nullptr},
      {"The invoice no. is 4711 [citation:1].", "What is the invoice no.?", true, 1, 1, nullptr},
      {"The customer no is C-88 [citation:1].", "What is the customer number?", true, 1, 1, nullptr},
      {"No discount is granted [citation:1].", "Is there a discount?", true, 1, 1, nullptr},
      {"A discount is granted [citation:1].", "Is there a discount?", false, 0, 0, nullptr},
  };
  run(text, cases);
}

TEST(Citations, SeveralStatementsAndCitations) {
  Checked checked(contract);
  const CheckedAnswer got = checked.check(
      "- **Total**: EUR 14,875.00 [citation:3]\n"
      "- Parties: Northwind Traders Ltd and Harbour Foods GmbH [citation:1]\n"
      "- Ends on 31 December 2026 and was dated 3 March 2024 [citation:4][citation:1]\n"
      "- The penalty is 99% [citation:2]\n",
      "Summarise the contract");
  EXPECT_EQ(got.statements, 4);
  ASSERT_THAT(got.unsupported, ElementsAre("The penalty is 99%"));
  ASSERT_GE(got.citations.size(), 4u);
  EXPECT_EQ(got.citations[0].page, 1);
  EXPECT_THAT(got.shown, HasSubstr("- **Total**: EUR 14,875.00 [1]\n"));
  EXPECT_THAT(got.shown, HasSubstr("99% [not in the document]"));
  bool page_two = false;
  for (const Citation& citation : got.citations) page_two |= citation.page == 2;
  EXPECT_TRUE(page_two);
}

TEST(Citations, TwoLinesGiveOneBoxAroundBoth) {
  Checked checked(contract);
  const CheckedAnswer got = checked.check("Goods go to the warehouse in Bremen [citation:2].", "Where do goods go?");
  ASSERT_EQ(got.citations.size(), 1u);
  EXPECT_THAT(got.citations[0].lines, ElementsAre("p1l5", "p1l6"));
  const auto& lines = checked.document_.pages[0].blocks[1].lines;
  EXPECT_LE(got.citations[0].box.y0, lines[1].box.y0);
  EXPECT_GE(got.citations[0].box.y1, lines[2].box.y1);
}

TEST(Citations, ElsewhereInTheDocument) {
  Checked checked(contract);
  checked.passages.resize(2);  // the model saw only these
  const CheckedAnswer got = checked.check("The law of the Netherlands applies [citation:1].", "Which law applies?");
  ASSERT_EQ(got.citations.size(), 1u);
  EXPECT_EQ(got.citations[0].passage, 0);
  EXPECT_EQ(got.citations[0].page, 2);
}

TEST(Citations, Refusals) {
  Checked checked(contract);
  for (const char* answer : {"Not found in the document.", "The document does not mention a warranty.", "文档中未找到。",
                             "文档 中 没有 提到 保修。", "I could not find this in the passages."}) {
    const CheckedAnswer got = checked.check(answer, "How long is the warranty?");
    EXPECT_EQ(got.refusals, 1) << answer;
    EXPECT_EQ(got.statements, 0) << answer;
    EXPECT_THAT(got.unsupported, IsEmpty()) << answer;
  }
}

TEST(Citations, HardToRead) {
  Checked checked(contract, 41);
  const CheckedAnswer got = checked.check("The total amount is EUR 14,875.00 [citation:3].", "What is the total?");
  ASSERT_EQ(got.citations.size(), 1u);
  EXPECT_EQ(got.citations[0].confidence, 41);
  EXPECT_TRUE(has_warning(got, "hard_to_read"));
  EXPECT_FALSE(has_warning(Checked(contract, 61).check("The total amount is EUR 14,875.00 [citation:3].", "What is the total?"),
                           "hard_to_read"));
}

TEST(Citations, RecognitionErrorsAreForgivenInWordsOnly) {
  std::string misread = contract;
  misread.replace(misread.find("Harbour"), 7, "Harb0ur");
  EXPECT_THAT(Checked(misread, 80).check("The customer is Harbour Foods GmbH [citation:1].", "Who is the customer?").unsupported,
              IsEmpty());
  // A text layer has no such errors.
  EXPECT_EQ(Checked(misread).check("The customer is Harbour Foods GmbH [citation:1].", "Who is the customer?").unsupported.size(),
            1u);
  EXPECT_EQ(
      Checked(contract, 80).check("The total amount is EUR 14,815.00 [citation:3].", "What is the total?").unsupported.size(),
      1u);
}

TEST(Citations, OddAnswersDoNoHarm) {
  Checked checked(contract);
  std::string nested, marks, unclosed = "[citation:";
  for (int i = 0; i < 2000; ++i) nested += "[", marks += "[citation:1]", unclosed += "1,";
  for (const std::string& answer : {std::string(), std::string(" \n\n "), nested, marks, unclosed, std::string("\"\"\"\"“”“"),
                                    std::string("...!!!???"), std::string("\xff\xfe broken \xe4\xb8"), std::string(3000, '1'),
                                    std::string("1. 2. 3. 4."), std::string("[citation:99999999999999999999]")}) {
    const CheckedAnswer got = checked.check(answer, "What?");
    EXPECT_LE(got.citations.size(), 8u);
  }
  // An empty document supports nothing.
  Checked empty("");
  EXPECT_EQ(empty.check("The total is 5.", "What is the total?").unsupported.size(), 1u);
}

// Words from one place, the number from another.
TEST(Citations, ANumberStandsWhereItsWordsDo) {
  const char* const text =
      "Employment contract\n\n"
      "Between Hartwell Timber Ltd, 12 Dockside Road, Bristol, and Ms Priya\n"
      "Venkataraman the following is agreed.\n\n"
      "The employment begins on 1 September 2021. The probation period is six\n"
      "months.\n\n"
      "The annual salary is GBP 47,350, paid in twelve equal parts.\n"
      "\f"
      "Working time\n\n"
      "The weekly working time is 37.5 hours. Overtime is paid with a supplement of\n"
      "25 percent.\n\n"
      "Annual leave is 28 days. Leave not taken expires on 31 March of the following\n"
      "year.\n"
      "\f"
      "Termination\n\n"
      "Either side may end the contract with eight weeks notice to the end of a\n"
      "month.\n\n"
      "Notice must be given in writing. The company car with the plate WX19 KLM\n"
      "is to be returned.";
  struct Said {
    const char* question;
    const char* answer;
    bool is_true;
  };
  const Said said[] = {
      {"What is the weekly working time?", "The weekly working time is 37.5 hours", true},
      {"What is the weekly working time?", "The weekly working time is 28 hours", false},
      {"What is the weekly working time?", "The weekly working time is 25 hours", false},
      {"How long is the probation period?", "The probation period is six months", true},
      {"How long is the probation period?", "The probation period is 28 months", false},
      {"How long is the probation period?", "The probation period is eight months", false},
      {"How long is the probation period?", "The probation period is 28 days", false},
      {"How long is the probation period?", "It is six months", true},
      {"When must notice be given?", "Notice must be given twelve weeks before", false},
      {"What is the notice?", "The notice is six weeks to the end of a month", false},
      {"What is the notice?", "The notice is eight weeks to the end of a month", true},
      {"What is the salary?", "The salary is GBP 47,350 a month", false},
      {"What is the monthly salary?", "The monthly salary is GBP 47,350", false},
      {"What is the salary?", "The salary is GBP 47,350 a year", true},
      {"What is the salary?", "The annual salary is GBP 47,350, paid in twelve parts", true},
      {"What is agreed?", "The probation period is six months and annual leave is 28 days", true},
      {"What is agreed?", "The probation period is 28 days and annual leave is six months", false},
      {"When does leave expire?", "Leave not taken expires on 1 September 2021", false},
  };
  Checked checked(text);
  std::string all;
  for (size_t p = 1; p <= checked.passages.size(); ++p) all += " [citation:" + std::to_string(p) + "]";
  for (const Said& one : said)
    for (const std::string& marks : {std::string(), std::string(" [citation:1]"), std::string(" [citation:3]"), all})
      EXPECT_EQ(checked.check(one.answer + marks + ".", one.question).unsupported.empty(), one.is_true) << one.answer << marks;
}

TEST(Citations, AHostilePageIsNotReadForEver) {
  std::string numbers, table, words = "the notice is ";
  for (int i = 0; i < 2000; ++i) numbers += "six weeks and 28 days, ";
  for (int i = 0; i < 500; ++i) table += "notice   28\n";
  for (int i = 0; i < 200; ++i) words += "six weeks, ";
  for (const std::string& text : {numbers, table, numbers + "\n" + table}) {
    Checked checked(text.c_str());
    for (const std::string& said : {std::string("The probation is six weeks."), std::string("The notice is 28 days."), words})
      checked.check(said, "What is the notice?");
  }
}

// Statements of a file, "+" true and "-" false, cited nowhere and everywhere. The first file was written before the check was
// first run, which kept 90 of 92 and marked 92 of 98 (without it: 90 and 20); the second when it had been tuned on the first: 56
// of 58 and 30 of 38 (without it: 58 and 10).
void judge_numbers(const char* file, int most_wrong) {
  int kept = 0, right = 0, marked = 0, wrong = 0;
  for (const Paper& paper : papers_of(file)) {
    Checked checked(paper.text.c_str());
    std::string all;
    for (size_t p = 1; p <= checked.passages.size(); ++p) all += " [citation:" + std::to_string(p) + "]";
    for (const Wanted& said : paper.questions)
      for (const std::string& marks : {std::string(), all}) {
        const bool is_true = said.question.starts_with("+ ");
        const bool stands = checked.check(said.answer + marks, said.question.substr(2)).unsupported.empty();
        ++(is_true ? right : wrong);
        (is_true ? kept : marked) += is_true == stands;
        if (is_true != stands)
          std::printf("  %s: %s | %s%s\n", paper.name.c_str(), said.question.c_str(), said.answer.c_str(),
                      marks.empty() ? "" : " [all]");
      }
  }
  std::printf("%s: %d of %d true statements kept, %d of %d false ones marked\n", file, kept, right, marked, wrong);
  EXPECT_GE(kept, right - most_wrong);
  EXPECT_GE(marked, wrong - most_wrong);
}
TEST(Citations, NumbersHeldOut) { judge_numbers("numbers_heldout.txt", 2); }
TEST(Citations, NumbersFresh) { judge_numbers("numbers_fresh.txt", 4); }

TEST(Statements, AreCutWhereTheyEnd) {
  const auto texts = [](std::string_view answer) {
    std::vector<std::string> out;
    for (const Statement& s : split_statements(answer)) out.push_back(s.text);
    return out;
  };
  EXPECT_THAT(texts("It is 3.14. It ends."), ElementsAre("It is 3.14.", "It ends."));
  EXPECT_THAT(texts("Invoice No. 17 of Acme Inc. was paid."), ElementsAre("Invoice No. 17 of Acme Inc. was paid."));
  EXPECT_THAT(texts("1. First\n2. Second"), ElementsAre("First", "Second"));
  EXPECT_THAT(texts("总额为100元。日期是三月。"), ElementsAre("总额为100元。", "日期是三月。"));
  EXPECT_THAT(texts("a@b.example is it. J. Smith signed."), ElementsAre("a@b.example is it.", "J. Smith signed."));
  EXPECT_THAT(texts("He said \"stop.\" Then left."), ElementsAre("He said \"stop.", "Then left."));
  const auto cited = split_statements("One [citation:1]. Two. [citation:2][citation:3]\n[citation:4] Three");
  ASSERT_EQ(cited.size(), 3u);
  EXPECT_THAT(cited[0].cited, ElementsAre(1));
  EXPECT_THAT(cited[1].cited, ElementsAre(2, 3, 4));
  EXPECT_THAT(cited[2].cited, IsEmpty());
}

TEST(Statements, Marks) {
  EXPECT_THAT(citation_mark("[citation:3]", 0)->passages, ElementsAre(3));
  EXPECT_THAT(citation_mark("[Citation: 3, 5]", 0)->passages, ElementsAre(3, 5));
  EXPECT_THAT(citation_mark("［citation：3，5］", 0)->passages, ElementsAre(3, 5));
  EXPECT_THAT(citation_mark("【citation:3】", 0)->passages, ElementsAre(3));
  EXPECT_THAT(citation_mark("[citation:3][citation:5]", 0)->passages, ElementsAre(3));
  EXPECT_THAT(citation_mark("[citation:x]", 0)->passages, IsEmpty()) << "malformed: dropped, it names nothing";
  EXPECT_THAT(citation_mark("[citation:3, page two]", 0)->passages, ElementsAre(3));
  EXPECT_THAT(citation_mark("[citations are listed]", 0), testing::Eq(std::nullopt));
  EXPECT_THAT(citation_mark("[citation:x\n]", 0), testing::Eq(std::nullopt));
  EXPECT_THAT(citation_mark("[cite:3]", 0), testing::Eq(std::nullopt));
  EXPECT_THAT(citation_mark("[citation:3", 0), testing::Eq(std::nullopt));
  const std::string mark = "[citation:12]";
  for (size_t n = 1; n < mark.size(); ++n) EXPECT_TRUE(begins_citation_mark(std::string_view(mark).substr(0, n))) << n;
  EXPECT_FALSE(begins_citation_mark("[cat"));
  EXPECT_FALSE(begins_citation_mark(mark));
}

}  // namespace
}  // namespace bifrons
