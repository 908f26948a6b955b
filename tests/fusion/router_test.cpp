// tests/fusion/router_test.cpp - the right route for each of a table of requests, English and Chinese; forced routes, what is not
// configured, and that every answer says why.
#include "fusion/router.h"

#include <set>

#include <gtest/gtest.h>

#include "kernels/core/error.h"

namespace bifrons {
namespace {

using enum Path;

// What is attached: to the question, or to an earlier turn.
enum class With { nothing, photo, dense, unmeasured, document, mixed, earlier_photo, earlier_dense, earlier_document, drawn };
struct Case {
  const char* text;
  With with;
  Path path;
};

const Case cases[] = {
    // Drawing, English.
    {"Draw a red circle on a blue square.", With::nothing, draw},
    {"draw me a cat", With::nothing, draw},
    {"Please paint an old lighthouse at night", With::nothing, draw},
    {"Can you sketch a bicycle?", With::nothing, draw},
    {"Could you please draw us a map of an imaginary island?", With::nothing, draw},
    {"I want you to illustrate a fairy tale with a fox", With::nothing, draw},
    {"Create an image of a green triangle", With::nothing, draw},
    {"generate a photorealistic picture of a mountain lake", With::nothing, draw},
    {"Give me a picture of two dogs", With::nothing, draw},
    {"I'd like a watercolor painting of Venice", With::nothing, draw},
    {"Show me an illustration of a dragon", With::nothing, draw},
    {"Make a logo with a blue whale", With::nothing, draw},
    {"design a poster for a jazz concert", With::nothing, draw},
    {"A picture of a yellow star", With::nothing, draw},
    {"An oil painting of a stormy sea", With::nothing, draw},
    {"Imagine a city on the moon", With::nothing, draw},
    {"Hi! Draw something nice.", With::nothing, draw},
    {"Now draw three apples", With::earlier_photo, draw},
    {"OK, then paint a sunset", With::earlier_document, draw},
    {"Let's draw a house", With::nothing, draw},
    // Drawing, Chinese.
    {"画一只猫", With::nothing, draw},
    {"请画一幅山水画", With::nothing, draw},
    {"帮我画一个红色的圆", With::nothing, draw},
    {"给我画个房子", With::nothing, draw},
    {"生成一张雪山的图片", With::nothing, draw},
    {"能不能画两只狗？", With::nothing, draw},
    {"设计一个蓝色鲸鱼的logo", With::nothing, draw},
    {"来一张日落的图片", With::nothing, draw},
    {"我想要一张星空的壁纸", With::nothing, draw},
    {"绘制一幅城市夜景", With::nothing, draw},
    {"制作一张音乐会的海报", With::nothing, draw},
    {"再画一个绿色的三角形", With::earlier_photo, draw},
    // Changes of a drawing.
    {"Make it blue", With::drawn, draw},
    {"Another one, please", With::drawn, draw},
    {"the same but bigger", With::drawn, draw},
    {"replace the cat by a dog", With::drawn, draw},
    {"换成蓝色", With::drawn, draw},
    {"再来一张", With::drawn, draw},
    {"把天空改成绿色", With::drawn, draw},
    // Questions about a drawing.
    {"What colour is it?", With::drawn, look},
    {"Does this look like a fox?", With::drawn, look},
    // Not drawing, though the word is there.
    {"Draw up a list of European capitals", With::nothing, think},
    {"What conclusion can one draw from rising rents?", With::nothing, think},
    {"Can you draw conclusions from the data 3, 5, 9?", With::nothing, think},
    {"How do I draw a circle in SVG?", With::nothing, think},
    {"Who painted the Mona Lisa?", With::nothing, think},
    {"Why did the match end in a draw?", With::nothing, think},
    {"Generate a list of names for a picture book", With::nothing, think},
    {"Create a table of the planets", With::nothing, think},
    {"Make a plan for the weekend", With::nothing, think},
    {"Write an essay about painting", With::nothing, think},
    {"画蛇添足是什么意思？", With::nothing, think},
    {"怎么画好素描？", With::nothing, think},
    {"中国有哪些著名的画家？", With::nothing, think},
    {"生成一份会议议程", With::nothing, think},
    // Photos.
    {"What is in this picture?", With::photo, look},
    {"Describe the image.", With::photo, look},
    {"", With::photo, look},
    {"How many people are there?", With::photo, look},
    {"What colour is the car?", With::photo, look},
    {"Who drew this?", With::photo, look},
    {"Is the dog left of the tree?", With::photo, look},
    {"What is the mood of this painting?", With::photo, look},
    {"Generate a caption for this image", With::photo, look},
    {"Write a poem about this picture", With::photo, look},
    {"What do you see?", With::unmeasured, look},
    {"这张照片里有什么？", With::photo, look},
    {"描述一下这张图片", With::photo, look},
    {"图里有几只猫？", With::photo, look},
    {"汽车是什么颜色的？", With::photo, look},
    {"这幅画是什么风格？", With::photo, look},
    {"这张图画的是什么？", With::photo, look},
    {"为这张图片写一句说明", With::photo, look},
    // Text on a photo.
    {"What does the sign say?", With::photo, read},
    {"Read the text on the label", With::photo, read},
    {"Please transcribe the blackboard", With::photo, read},
    {"What is the serial number?", With::photo, read},
    {"Extract all words", With::photo, read},
    {"What is the licence plate?", With::photo, read},
    {"Translate the menu into English", With::photo, read},
    {"牌子上写了什么？", With::photo, read},
    {"识别图中的文字", With::photo, read},
    {"把上面的字抄下来", With::photo, read},
    {"车牌号码是多少？", With::photo, read},
    {"翻译这张菜单", With::photo, read},
    // Pictures full of text.
    {"What is this about?", With::dense, read},
    {"", With::dense, read},
    {"What is the total?", With::dense, read},
    {"Who is the customer?", With::dense, read},
    {"Summarise it", With::dense, read},
    {"Describe this picture", With::dense, read},
    {"When must it be paid?", With::dense, read},
    {"这是什么？", With::dense, read},
    {"合计多少？", With::dense, read},
    {"客户是谁？", With::dense, read},
    {"总结一下", With::dense, read},
    {"What colour is the paper?", With::dense, read},
    {"Is it handwritten or printed?", With::dense, read},
    {"What does the logo look like?", With::dense, read},
    {"印章是什么颜色？", With::dense, read},
    {"What colour is the car?", With::dense, read},
    {"Who is on the left?", With::dense, read},
    {"What colour is the left one?", With::mixed, look},
    {"What is the total on the receipt?", With::unmeasured, read},
    {"发票金额是多少？", With::unmeasured, read},
    {"What are these?", With::mixed, look},
    {"What is the total amount?", With::mixed, read},
    // Documents.
    {"What is the total?", With::document, read},
    {"Summarise the contract", With::document, read},
    {"", With::document, read},
    {"Does it contain a picture of a bridge?", With::document, read},
    {"Draw conclusions from the report", With::document, read},
    {"Write a poem about this document", With::document, read},
    {"Translate the second page", With::document, read},
    {"What is the capital stock?", With::document, read},
    {"总金额是多少？", With::document, read},
    {"合同什么时候到期？", With::document, read},
    {"用一句话概括", With::document, read},
    // Going on.
    {"And the due date?", With::earlier_document, read},
    {"Who signed it?", With::earlier_document, read},
    {"What about section 4?", With::earlier_document, read},
    {"Write a poem about this document", With::earlier_document, read},
    {"那截止日期呢？", With::earlier_document, read},
    {"第三条说了什么？", With::earlier_document, read},
    {"And the background?", With::earlier_photo, look},
    {"Is there a tree as well?", With::earlier_photo, look},
    {"What does the label say?", With::earlier_photo, read},
    {"背景是什么？", With::earlier_photo, look},
    {"上面写着什么？", With::earlier_photo, read},
    {"And who is the supplier?", With::earlier_dense, read},
    {"What colour is the stamp?", With::earlier_dense, read},
    // A new subject in the middle of one.
    {"Tell me a joke", With::earlier_document, think},
    {"Different topic: what is the capital of Peru?", With::earlier_document, think},
    {"Write a haiku", With::earlier_photo, think},
    {"Write a python function that adds two numbers", With::earlier_photo, think},
    {"换个话题，讲个笑话", With::earlier_document, think},
    {"写一首关于春天的诗", With::earlier_photo, think},
    {"Thank you!", With::drawn, think},
    // Plain text.
    {"What is 17 times 23?", With::nothing, think},
    {"Explain photosynthesis", With::nothing, think},
    {"Write a letter to my landlord", With::nothing, think},
    {"Prove that the square root of 2 is irrational", With::nothing, think},
    {"What is a PDF file?", With::nothing, think},
    {"Translate 'good morning' into French", With::nothing, think},
    {"Who won the draw?", With::nothing, think},
    {"", With::nothing, think},
    {"今天星期几？", With::nothing, think},
    {"写一首关于春天的诗", With::nothing, think},
    {"解释一下光合作用", With::nothing, think},
    {"用Python写一个排序函数", With::nothing, think},
    {"如何学好英语？", With::nothing, think},
};

RouteRequest request_of(const Case& c) {
  const PictureFacts photo{"photo.jpg", 0.02}, dense{"scan.png", 0.9}, unmeasured{"picture.png", -1};
  RouteMessage last{.text = c.text}, earlier{.text = "Here."};
  bool has_earlier = true;
  switch (c.with) {
    case With::nothing: has_earlier = false; break;
    case With::photo: last.pictures = {photo}; break;
    case With::dense: last.pictures = {dense}; break;
    case With::unmeasured: last.pictures = {unmeasured}; break;
    case With::document: last.documents = {{"contract.pdf"}}; break;
    case With::mixed: last.pictures = {dense, photo}; break;
    case With::earlier_photo: earlier.pictures = {photo}; break;
    case With::earlier_dense: earlier.pictures = {dense}; break;
    case With::earlier_document: earlier.documents = {{"contract.pdf"}}; break;
    case With::drawn:
      earlier.role = RouteMessage::Role::assistant;
      earlier.pictures = {{"drawn.png", 0}};
      break;
  }
  RouteRequest request;
  request.messages.push_back({.role = RouteMessage::Role::system, .text = "You may draw a picture of a document."});
  if (has_earlier) {
    request.messages.push_back(earlier);
    request.messages.push_back({.role = RouteMessage::Role::assistant, .text = "Draw a cat? Read it?"});
  }
  request.messages.push_back(last);
  return request;
}
const Abilities all{
    .look = true, .draw = true, .talk = true, .read = true, .think = true, .janus = "janus-pro", .text_model = "r1"};

TEST(Router, TheTableIsLargeAndInTwoLanguages) {
  int64_t chinese = 0;
  std::set<std::pair<std::string, With>> different;
  for (const Case& c : cases) {
    for (const char* p = c.text; *p; ++p)
      if (uint8_t(*p) >= 0xe4) {
        ++chinese;
        break;
      }
    different.emplace(c.text, c.with);
  }
  EXPECT_GE(different.size(), 120u);
  EXPECT_GE(chinese, 45);
  EXPECT_EQ(different.size(), std::size(cases));
}

TEST(Router, GoesWhereTheTableSays) {
  for (const Case& c : cases) {
    const Route got = route(request_of(c), all);
    EXPECT_EQ(name_of(got.path), name_of(c.path))
        << "'" << c.text << "' with " << int(c.with) << ": rule " << got.rule << ", " << got.reason;
    EXPECT_TRUE(got.possible) << c.text;
    EXPECT_EQ(got.model, c.path == look || c.path == draw ? RouteModel::janus : RouteModel::text_model) << c.text;
    EXPECT_FALSE(got.rule.empty());
    EXPECT_GT(got.reason.size(), 20u) << got.reason;
    EXPECT_EQ(got.reason.find('{'), std::string::npos) << got.reason;
    EXPECT_EQ(got.reason.find('\n'), std::string::npos);
  }
}

TEST(Router, ForcedRoutesWin) {
  for (const Case& c : cases)
    for (const Path path : {look, draw, read, think}) {
      RouteRequest request = request_of(c);
      request.forced = path;
      const Route got = route(request, all);
      EXPECT_EQ(got.path, path);
      EXPECT_EQ(got.rule, "forced");
    }
}

TEST(Router, OneTextPageOneRoute) {
  for (const char* question : {"What is the net amount?", "What is the balance due?", "What colour is the car?",
                               "What does it look like?", "How many people are there?", "汽车是什么颜色的？", ""}) {
    const Route got = route(request_of({question, With::dense, read}), all);
    EXPECT_EQ(name_of(got.path), name_of(read)) << question << ": " << got.reason;
    EXPECT_EQ(name_of(route(request_of({question, With::earlier_dense, read}), all).path), name_of(read)) << question;
  }
  RouteRequest forced = request_of({"What colour is the car?", With::dense, read});
  forced.forced = look;
  EXPECT_EQ(route(forced, all).path, look);
  // Half an answer where nothing reads.
  EXPECT_EQ(route(request_of({"What colour is the car?", With::dense, look}), {.look = true}).path, look);
}

TEST(Router, ForcedRoutesWithNothingThereSayWhatToAttach) {
  RouteRequest request{.messages = {{.text = "What is it?"}}};
  request.forced = read;
  EXPECT_FALSE(route(request, all).possible);
  EXPECT_NE(route(request, all).remedy.find("attach"), std::string::npos);
  request.forced = look;
  EXPECT_FALSE(route(request, all).possible);
}

TEST(Router, WantedDecides) {
  RouteRequest request{.messages = {{.text = "a red fox in the snow"}}};
  EXPECT_EQ(route(request, all).path, think);
  request.wanted = RouteRequest::Wanted::picture;
  EXPECT_EQ(route(request, all).path, draw);
  request.messages.back().text = "Draw a fox";
  request.wanted = RouteRequest::Wanted::text;
  EXPECT_EQ(route(request, all).path, think);
}

TEST(Router, SaysWhatIsMissingAndWhatWouldDo) {
  struct Lack {
    Case c;
    Abilities can;
    bool possible;
    Path path;
    RouteModel model;
    const char* remedy;
  };
  const Lack lacks[] = {
      {{"Draw a cat", With::nothing, draw}, {.look = true, .think = true}, false, draw, RouteModel::none, "--model"},
      {{"What is in it?", With::photo, look}, {.draw = true, .think = true}, false, look, RouteModel::none, "--model"},
      {{"Explain tides", With::nothing, think}, {.look = true, .draw = true}, false, think, RouteModel::none, "--text-model"},
      {{"Explain tides", With::nothing, think}, {.talk = true}, true, think, RouteModel::janus, "--text-model"},
      {{"What is the capital of France?", With::nothing, think},
       {.look = true, .draw = true, .only_pictures = true},
       false,
       think,
       RouteModel::none,
       "--text-model"},
      {{"今天星期几？", With::earlier_photo, think},
       {.look = true, .draw = true, .only_pictures = true},
       true,
       look,
       RouteModel::janus,
       ""},
      {{"What is the total?", With::document, read}, {.read = true}, true, read, RouteModel::quotation, "--text-model"},
      {{"What is the total?", With::document, read},
       {.look = true, .think = true},
       false,
       read,
       RouteModel::none,
       "BIFRONS_DOCUMENTS"},
      {{"What is the total?", With::dense, read}, {.look = true}, true, look, RouteModel::janus, "BIFRONS_DOCUMENTS"},
      {{"What is the total?", With::dense, read}, {.draw = true}, false, read, RouteModel::none, "BIFRONS_DOCUMENTS"},
      {{"What is in this picture?", With::nothing, look}, all, false, look, RouteModel::none, "attach"},
      {{"Summarise the attached document", With::nothing, read}, all, false, read, RouteModel::none, "attach"},
      {{"总结这份合同", With::nothing, read}, all, false, read, RouteModel::none, "attach"},
      {{"这张照片里有什么？", With::nothing, look}, all, false, look, RouteModel::none, "attach"},
      {{"Draw this cat in oil: paint a portrait", With::photo, draw}, all, true, draw, RouteModel::janus, "words alone"},
  };
  for (const Lack& lack : lacks) {
    const Route got = route(request_of(lack.c), lack.can);
    EXPECT_EQ(got.possible, lack.possible) << lack.c.text << ": " << got.rule;
    EXPECT_EQ(name_of(got.path), name_of(lack.path)) << lack.c.text << ": " << got.rule;
    EXPECT_EQ(got.model, lack.model) << lack.c.text << ": " << got.reason;
    EXPECT_NE(got.remedy.find(lack.remedy), std::string::npos) << lack.c.text << ": " << got.remedy;
  }
}

TEST(Router, WhatCannotBeDoneIsInTheReason) {
  const Case plain{"What is 12*13?", With::nothing, think};
  struct Said {
    Case c;
    Abilities can;
    const char* end;
  };
  const Said said[] = {
      {plain, {.look = true}, ", but no text model is configured"},
      {plain,
       {.look = true, .only_pictures = true, .janus = "nano"},
       ", but no text model is configured, and nano knows nothing but its pictures"},
      {plain, {.talk = true, .janus = "janus-pro"}, "; no text model is configured, so janus-pro answers"},
      {{"Draw a cat", With::nothing, draw}, {.look = true}, ", which cannot be done here"},
      {{"What is in this picture?", With::nothing, look}, all, ", which cannot be done here"},
  };
  for (const Said& one : said) {
    const std::string reason = route(request_of(one.c), one.can).reason;
    EXPECT_TRUE(reason.ends_with(one.end)) << reason;
  }
}

TEST(Router, NamesTheModelAndTheFile) {
  const Route got = route(request_of({"What is the total?", With::document, read}), all);
  EXPECT_NE(got.reason.find("contract.pdf"), std::string::npos) << got.reason;
  EXPECT_NE(got.reason.find("r1"), std::string::npos) << got.reason;
  EXPECT_NE(route(request_of({"Draw a cat", With::nothing, draw}), all).reason.find("janus-pro"), std::string::npos);
}

TEST(Router, NobodyAsking) {
  EXPECT_THROW(route({}, all), Error);
  EXPECT_THROW(route({.messages = {{.role = RouteMessage::Role::assistant, .text = "hello"}}}, all), Error);
}

TEST(Router, Names) {
  for (const Path path : {look, draw, read, think}) EXPECT_EQ(parse_path(name_of(path)), path);
  EXPECT_THROW(parse_path("Look"), Error);
  EXPECT_THROW(parse_path(""), Error);
}

}  // namespace
}  // namespace bifrons
