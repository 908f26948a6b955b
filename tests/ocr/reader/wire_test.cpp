// tests/ocr/reader/wire_test.cpp - frames there and back; and streams that lie.
#include "ocr/reader/wire.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include <gmock/gmock.h>

#include "ocr/reader/check_page.h"
#include "ocr/reader/sniff.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Page sample() {
  Page page;
  page.page = 3;
  page.width = 595.28, page.height = 841.89;
  page.unit = Page::Unit::pt;
  page.source = Page::Source::mixed;
  page.dpi = 300, page.turned = 90, page.skew = -0.7;
  page.languages = {"eng", "chi_sim"};
  page.confidence = 93.5;
  page.seconds = 1.25;
  Line line{.id = "x",
            .box = {10, 20, 110, 32},
            .quad = std::array<double, 8>{10, 20, 110, 20, 110, 32, 10, 32},
            .text = "naïve 文件",
            .confidence = 90.0,
            .words = {}};
  line.words = {{"naïve", {10, 20, 50, 32}, 95.0}, {"文件", {60, 20, 110, 32}, {}}};
  page.blocks = {{"y", Block::Type::heading, {10, 20, 110, 32}, {line, line}}, {"z", Block::Type::text, {0, 0, 5, 5}, {}}};
  page.tables = {{{1, 2, 3, 4}, {{{"a", {1, 2, 2, 3}}, {"b", {2, 2, 3, 3}}}, {}}}};
  page.hidden_text = {{"secret", {-50, 20, -10, 30}, HiddenText::Reason::off_page}};
  page.warnings = {{"timeout", 3, "too slow"}};
  return page;
}

template <class Message>
Message there_and_back(const Message& message) {
  std::string stream = wire::frame(message);
  wire::Frame frame;
  EXPECT_TRUE(wire::take_frame(stream, frame, wire::most_page_bytes));
  EXPECT_TRUE(stream.empty());
  return wire::read<Message>(frame);
}

TEST(Wire, PagesSurvive) {
  const Page got = there_and_back(sample());
  EXPECT_EQ(wire::frame(got), wire::frame(sample()));
  EXPECT_EQ(got.blocks[0].lines[1].words[1].text, "文件");
  EXPECT_EQ(got.hidden_text[0].reason, HiddenText::Reason::off_page);
  EXPECT_EQ(got.tables[0].rows[0][1].box.x1, 3);
}

TEST(Wire, RequestsSurvive) {
  ReadLimits limits;
  limits.text_seconds = 2.5;
  const auto open = there_and_back(wire::Open{.type = "pdf",
                                              .password = "geheim",
                                              .languages = {"eng"},
                                              .ocr = ReadOptions::Ocr::never,
                                              .look_only = true,
                                              .limits = limits});
  EXPECT_TRUE(open.look_only);
  EXPECT_EQ(open.password, "geheim");
  EXPECT_EQ(open.ocr, ReadOptions::Ocr::never);
  EXPECT_EQ(open.limits.text_seconds, 2.5);
  EXPECT_EQ(open.limits.worker_bytes, ReadLimits().worker_bytes);
  const auto picture = there_and_back(PagePicture{2, 1, 0.5, {1, 2, 3, 4, 5, 255}});
  EXPECT_EQ(picture.rgb.back(), 255);
}

TEST(Wire, EveryCutAndEveryFlippedByteIsBorne) {
  const std::string whole = wire::frame(sample());
  for (size_t length = 0; length < whole.size(); ++length) {
    std::string part = whole.substr(0, length);
    wire::Frame frame;
    EXPECT_FALSE(wire::take_frame(part, frame, wire::most_page_bytes)) << length;
  }
  int refused = 0;
  for (size_t at = 0; at < whole.size(); ++at)
    for (const char flip : {char(1), char(0x80), char(0xff)}) {
      std::string spoilt = whole;
      spoilt[at] = char(spoilt[at] ^ flip);
      try {
        wire::Frame frame;
        if (!wire::take_frame(spoilt, frame, wire::most_page_bytes)) continue;  // it waits for more, and its clock runs
        Page page = wire::read<Page>(frame);
        check_page(page, 3, {});
      } catch (const Error&) {
        ++refused;
      }
    }
  EXPECT_GT(refused, int(whole.size()));  // flips within texts and numbers may pass as other texts and numbers
}

TEST(Wire, LengthsAreCheckedBeforeAnythingIsKept) {
  std::string stream = wire::frame(sample());
  wire::Frame frame;
  EXPECT_THAT(thrown([&] { wire::take_frame(stream, frame, 100); }), HasSubstr("over the limit of 100"));
  std::string lying = wire::frame(wire::ReadPage{1});
  lying[11] = '\x7f';
  EXPECT_THAT(thrown([&] { wire::take_frame(lying, frame, wire::most_page_bytes); }), HasSubstr("over the limit"));
  std::string foreign = "HTTP/1.1 200 OK";
  EXPECT_THAT(thrown([&] { wire::take_frame(foreign, frame, 100); }), HasSubstr("no frame"));
  // A list of 2^60 blocks in a short message.
  Page page;
  std::string huge = wire::frame(page);
  const int64_t count = int64_t(1) << 60;
  std::memcpy(huge.data() + huge.size() - 32, &count, 8);  // the counts of blocks, tables, hidden texts and warnings end a page
  ASSERT_TRUE(wire::take_frame(huge, frame, wire::most_page_bytes));
  EXPECT_THAT(thrown([&] { wire::read<Page>(frame); }), HasSubstr("count larger than the message"));
}

TEST(Wire, WrongKindsAndValues) {
  std::string stream = wire::frame(wire::ReadPage{1});
  wire::Frame frame;
  ASSERT_TRUE(wire::take_frame(stream, frame, 100));
  EXPECT_THAT(thrown([&] { wire::read<Page>(frame); }), HasSubstr("where"));
  frame.body += "x";
  EXPECT_THAT(thrown([&] { wire::read<wire::ReadPage>(frame); }), HasSubstr("1 bytes too many"));
  Page page = sample();
  page.blocks[0].box.x1 = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(thrown([&] { there_and_back(page); }), HasSubstr("not finite"));
  page = sample();
  page.blocks[0].lines[0].text = "\xff\xfe";
  EXPECT_THAT(thrown([&] { there_and_back(page); }), HasSubstr("UTF-8"));
  page = sample();
  page.hidden_text[0].reason = HiddenText::Reason(9);
  EXPECT_THAT(thrown([&] { there_and_back(page); }), HasSubstr("enumerator"));
}

TEST(CheckPage, NumbersIdsAnewAndClips) {
  Page page = sample();
  page.blocks[1].box = {-0.5, 3.14159, 595.9, 10};
  check_page(page, 3, {});
  EXPECT_EQ(page.blocks[0].id, "p3b1");
  EXPECT_EQ(page.blocks[1].id, "p3b2");
  EXPECT_EQ(page.blocks[0].lines[1].id, "p3l2");
  EXPECT_EQ(page.blocks[1].box, (Box{0, 3.14, 595.28, 10}));
}

TEST(CheckPage, LiesAreRefused) {
  const std::pair<const char*, void (*)(Page&)> lies[] = {
      {"was due", [](Page& p) { p.page = 4; }},
      {"impossible page size", [](Page& p) { p.width = 1e9; }},
      {"inside out",
       [](Page& p) {
         p.blocks[0].box = {5, 5, 4, 6};
       }},
      {"outside the page", [](Page& p) { p.blocks[0].lines[0].words[0].box.x1 = 700; }},
      {"outside the page", [](Page& p) { p.tables[0].rows[0][0].box.y0 = -20, p.tables[0].rows[0][0].box.y1 = 0; }},
      {"confidence", [](Page& p) { p.blocks[0].lines[0].confidence = 101; }},
      {"confidence", [](Page& p) { p.confidence = -1; }},
      {"quarter turn", [](Page& p) { p.turned = 45; }},
      {"skew", [](Page& p) { p.skew = 200; }},
      {"resolution", [](Page& p) { p.dpi = -1; }},
      {"time", [](Page& p) { p.seconds = -1; }},
      {"proper names", [](Page& p) { p.languages = {"../../etc"}; }},
      {"proper code", [](Page& p) { p.warnings[0].code = "a b\n"; }},
      {"corner", [](Page& p) { (*p.blocks[0].lines[0].quad)[3] = 1e8; }},
      {"more text", [](Page& p) { p.blocks[0].lines[0].text.assign(1'000'000, 'x'); }},
      {"control characters", [](Page& p) { p.blocks[0].lines[0].words[0].text = "\x1b[2J"; }},
      {"more elements", [](Page& p) { p.tables[0].rows.assign(1'000'000, {}); }},
      {"impossible place", [](Page& p) { p.hidden_text[0].box.x0 = -1e9; }},
  };
  for (const auto& [message, lie] : lies) {
    Page page = sample();
    lie(page);
    EXPECT_THAT(thrown([&] { check_page(page, 3, {}); }), HasSubstr(message));
  }
  Page honest = sample();
  EXPECT_NO_THROW(check_page(honest, 3, {}));
}

TEST(CheckPage, MessagesBecomeOneCleanLine) {
  Page page = sample();
  page.warnings[0].message = "a\nb\x1b[31m" + std::string(2000, 'x');
  page.warnings[0].page = 99;
  check_page(page, 3, {});
  EXPECT_THAT(page.warnings[0].message, StartsWith("a b [31mxx"));
  EXPECT_LE(page.warnings[0].message.size(), 1000u);
  EXPECT_EQ(page.warnings[0].page, 3);
}

FileKind kind(std::string_view bytes) { return sniff(std::as_bytes(std::span(bytes.data(), bytes.size()))); }

TEST(Sniff, ByContentOnly) {
  using namespace std::string_view_literals;
  EXPECT_EQ(kind("%PDF-1.7\n").type, "pdf");
  EXPECT_EQ(kind(std::string(1023, 'x') + "%PDF-1.4").type, "pdf");
  EXPECT_EQ(kind(std::string(1025, 'x') + "%PDF-1.4").type, "");
  EXPECT_EQ(kind("\xff\xd8\xff\xe0..JFIF"sv).type, "jpeg");
  EXPECT_EQ(kind("\x89PNG\r\n\x1a\n"sv).type, "png");
  EXPECT_EQ(kind("II*\0...."sv).type, "tiff");
  EXPECT_EQ(kind("MM\0*...."sv).type, "tiff");
  EXPECT_EQ(kind("RIFF1234WEBPVP8 "sv).type, "webp");
  EXPECT_EQ(kind("RIFF1234WAVEfmt "sv).known, "a sound file");
  EXPECT_EQ(kind("PK\x03\x04....word/document.xml"sv).known, "an Office file (docx, xlsx, pptx)");
  EXPECT_EQ(kind("<!DOCTYPE html><html>"sv).known, "an HTML page");
  EXPECT_EQ(kind("#!/bin/sh\n"sv).known, "a script");
  EXPECT_EQ(kind("MZ\x90\0"sv).known, "an executable");
  EXPECT_EQ(kind("\x01\x02\x03"sv).known, "");
  EXPECT_EQ(kind("").type, "");
}

TEST(PageRanges, AreParsedOrRefused) {
  using testing::ElementsAre;
  EXPECT_THAT(parse_page_ranges("1-3,7"), ElementsAre(std::pair<int64_t, int64_t>(1, 3), std::pair<int64_t, int64_t>(7, 7)));
  EXPECT_THAT(parse_page_ranges(" 2 , 5- "),
              ElementsAre(std::pair<int64_t, int64_t>(2, 2), std::pair<int64_t, int64_t>(5, INT64_MAX)));
  for (const char* wrong : {"", ",", "0", "-3", "3-1", "a", "1-2-3", "1,,2", "99999999999999999999", "+1", "1.5", "--", "1 2"}) {
    Fault fault{};
    EXPECT_THAT(thrown([&] { parse_page_ranges(wrong); }, &fault), HasSubstr("is no page number or range")) << wrong;
    EXPECT_EQ(fault, Fault::arguments);
  }
}

TEST(SettingsKey, DiffersWhereThePagesWould) {
  ReadOptions one, two;
  two.workers = 7;
  two.pages = {{1, 2}};
  two.password = "x";
  EXPECT_EQ(settings_key(one), settings_key(two));
  two.languages = {"chi_sim"};
  EXPECT_NE(settings_key(one), settings_key(two));
  two = {};
  two.ocr = ReadOptions::Ocr::always;
  EXPECT_NE(settings_key(one), settings_key(two));
}

}  // namespace
}  // namespace bifrons
