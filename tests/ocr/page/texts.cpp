// tests/ocr/page/texts.cpp - see texts.h.
#include "texts.h"

#include <array>
#include <string_view>

namespace bifrons::test {
namespace {

constexpr std::array<std::string_view, 44> sentences = {
    "The committee met on # to discuss the condition of the harbour wall and the cost of its repair.",
    "Heavy rain during the first week of the month delayed the work by nearly four days.",
    "All members were asked to return their comments in writing before #.",
    "@ explained that the pumps had been tested twice and were found to be in good order.",
    "The total expense of $ includes materials, transport and the wages of six workers.",
    "A second survey will be carried out as soon as the water level has fallen below 2.4 metres.",
    "Visitors are kindly requested to leave coats and large bags at the entrance.",
    "The library opens at 9:30 and closes at 18:00, except on public holidays.",
    "Between 1987 and 2003 the number of registered boats rose from 412 to 1,096.",
    "Most of the letters were written in pencil and have become difficult to read.",
    "It was agreed that the old bridge should be closed to heavy vehicles until further notice.",
    "Please quote reference number % in every letter and keep this page for your records.",
    "The garden behind the museum contains more than eighty kinds of roses.",
    "No changes may be made to the agreement unless both parties have signed them.",
    "@ thanked the volunteers, whose patience had made the exhibition possible.",
    "The measurements were repeated three times, and the average was taken as the final value.",
    "Electricity for the workshop is supplied by a small turbine beside the mill.",
    "If the goods arrive damaged, the buyer must inform the carrier within seven days.",
    "Our records show that the last payment of $ was received on #.",
    "The valley is quiet in winter, when snow often blocks the upper road for weeks.",
    "Fresh bread, cheese and apples were offered to everybody who had helped with the harvest.",
    "Two copies of the report were sent to the head office and one was kept in the archive.",
    "The engine starts easily, runs smoothly and uses less fuel than the previous model.",
    "Children under twelve travel free when they are accompanied by an adult.",
    "Questions about the timetable should be addressed to @ at the regional office.",
    "The roof was covered with slate, which had to be brought from a quarry in the north.",
    "Nobody had expected the experiment to succeed at the first attempt.",
    "Because the paper is thin, writing on the back can be seen through the page.",
    "A deposit of $ is payable when the order is placed; the balance is due on delivery.",
    "The clock in the tower was built by a local maker in 1764 and still keeps good time.",
    "Samples were collected from eleven wells and stored in a cool, dark place.",
    "Judging by the shape of the leaves, the tree is probably a hornbeam.",
    "Every box carries a yellow label with its weight, its contents and a serial number.",
    "The new timetable gives passengers eight minutes to change trains at the junction.",
    "In spite of its age the machine produces up to 350 bottles an hour.",
    "@ will be away until #; urgent messages may be left with the secretary.",
    "Fishing is allowed from the jetty, but not within fifty yards of the swimming area.",
    "The accounts for the year show a surplus of $, which was carried forward.",
    "Several maps of the district were found in a drawer that had been locked for decades.",
    "Quality is checked at five points between the loading bay and the packing room.",
    "The speaker argued that small towns need good schools more than wide roads.",
    "Oxygen was measured every hour, and the lowest value, 6.8, was recorded at dawn.",
    "Tickets bought in advance cost less and may be exchanged once without a fee.",
    "With the lamp switched off, the inner chamber is completely dark."};
constexpr std::array<std::string_view, 16> first_names = {"Anna",  "Peter",  "Margaret", "Oliver", "Ruth",  "Walter",
                                                          "Helen", "Felix",  "Julia",    "Martin", "Clara", "Edward",
                                                          "Nora",  "Victor", "Grace",    "Hugo"};
constexpr std::array<std::string_view, 16> last_names = {"Keller",  "Whitfield", "Brown",   "Lindqvist", "Harper",  "Okafor",
                                                         "Jensen",  "Moreau",    "Quigley", "Tanaka",    "Fischer", "Douglas",
                                                         "Ivanova", "Bexley",    "Zimmer",  "Marsh"};
constexpr std::array<std::string_view, 12> months = {"January", "February", "March",     "April",   "May",      "June",
                                                     "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 12> titles = {"Annual Report of the Harbour Office",
                                                     "Repairs to the Northern Bridge",
                                                     "Minutes of the General Meeting",
                                                     "A Short History of the Mill",
                                                     "Notes on Water Quality",
                                                     "Conditions of Carriage",
                                                     "The Winter Timetable",
                                                     "Guide to the Collections",
                                                     "Survey of the Upper Valley",
                                                     "Care of Old Paper",
                                                     "Rules for Members",
                                                     "Report on the Harvest"};
constexpr std::array<std::string_view, 20> things = {
    "Copper pipe 15 mm", "Desk lamp", "Printer paper A4", "Garden chair",    "Wall clock",   "Steel screws",     "Window glass",
    "Coffee beans",      "Oak shelf", "Paint brush",      "Extension cable", "Door handle",  "Filter cartridge", "Wool blanket",
    "Ink bottle",        "Tool box",  "Paper towels",     "Green tea",       "Orange juice", "Brown bread"};
constexpr std::array<std::string_view, 30> chinese = {"港口管理处于三月十五日召开会议，讨论旧码头的维修费用。",
                                                      "由于连续降雨，工程比原计划推迟了四天。",
                                                      "所有成员应当在月底之前提交书面意见。",
                                                      "水泵已经检查两次，运行情况良好。",
                                                      "总费用包括材料、运输和六名工人的工资。",
                                                      "等水位下降以后，我们将进行第二次测量。",
                                                      "参观者请将大件行李存放在入口处。",
                                                      "图书馆每天上午九点开门，下午六点关门。",
                                                      "大部分信件用铅笔写成，现在已经很难辨认。",
                                                      "会议决定旧桥暂时禁止重型车辆通行。",
                                                      "博物馆后面的花园里种着八十多种玫瑰。",
                                                      "未经双方签字，合同内容不得更改。",
                                                      "主任感谢志愿者，他们的耐心使展览得以顺利举办。",
                                                      "每次测量重复三遍，取平均值作为最后结果。",
                                                      "工厂的电力由河边的小型水轮机提供。",
                                                      "货物如有损坏，买方必须在七天之内通知承运人。",
                                                      "冬天的山谷十分安静，大雪常常使道路中断数周。",
                                                      "报告一式三份，两份送往总部，一份留在档案室。",
                                                      "新型发动机容易启动，运转平稳，耗油较少。",
                                                      "十二岁以下的儿童由成人陪同可以免费乘车。",
                                                      "屋顶铺的是石板，石板来自北方的采石场。",
                                                      "没有人想到实验第一次就能成功。",
                                                      "城楼上的大钟建于清代，至今走时准确。",
                                                      "样品取自十一口水井，保存在阴凉的地方。",
                                                      "每个箱子上都贴着黄色标签，写明重量和编号。",
                                                      "本年度账目显示略有盈余，已经转入下一年度。",
                                                      "抽屉锁了几十年，里面发现了许多本地的旧地图。",
                                                      "从装货到包装，质量检查一共有五个环节。",
                                                      "提前购买的车票价格较低，并且可以免费更换一次。",
                                                      "关掉电灯以后，里面的房间完全是黑暗的。"};

template <class List>
std::string pick(Dice& dice, const List& list) {
  return std::string(list[size_t(roll(dice, 0, int(list.size()) - 1))]);
}

}  // namespace

int roll(Dice& dice, int low, int high) { return low + int(dice() % uint32_t(high - low + 1)); }
double roll(Dice& dice, double low, double high) { return low + (high - low) * (dice() / 4294967296.0); }

// One roll after the other: compilers differ in the order of operands, and every build draws the same pages.
std::string person(Dice& dice) {
  const std::string last = pick(dice, last_names);
  return pick(dice, first_names) + " " + last;
}
std::string date(Dice& dice) {
  const int day = roll(dice, 1, 28), year = roll(dice, 1998, 2026);
  return std::to_string(day) + " " + pick(dice, months) + " " + std::to_string(year);
}
std::string amount(Dice& dice) {
  const int cents = roll(dice, 0, 99), units = roll(dice, 3, 900), thousands = roll(dice, 0, 2) ? 0 : roll(dice, 1, 48);
  std::string text = std::to_string(units);
  if (thousands) text = std::to_string(thousands) + "," + std::string(3 - text.size(), '0') + text;
  return text + "." + (cents < 10 ? "0" : "") + std::to_string(cents);
}
std::string thing(Dice& dice) { return pick(dice, things); }
std::string english_title(Dice& dice) { return pick(dice, titles); }

std::string english_sentence(Dice& dice) {
  std::string result;
  for (char c : pick(dice, sentences)) {
    if (c == '#')
      result += date(dice);
    else if (c == '@')
      result += person(dice);
    else if (c == '$')
      result += "$" + amount(dice);
    else if (c == '%') {
      const int number = roll(dice, 1000, 9999);
      result += "K" + std::to_string(roll(dice, 10, 99)) + "-" + std::to_string(number);
    } else
      result += c;
  }
  return result;
}

std::string english_text(Dice& dice, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += (i ? " " : "") + english_sentence(dice);
  return result;
}

std::string chinese_text(Dice& dice, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += pick(dice, chinese);
  return result;
}

}  // namespace bifrons::test
