// tests/ocr/document/made_pages.cpp - see made_pages.h.
#include "tests/ocr/document/made_pages.h"

#include <algorithm>
#include <array>

#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

constexpr double left = 72, top = 72, leading = 16, size = 12;

double advance(char32_t c) { return c >= 0x1100 ? size : size / 2; }

using Strings = std::vector<std::string>;
Strings split(const std::string& text, char between) {
  Strings parts{""};
  for (const char c : text)
    if (c == between)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

void add_words(Line& line, const std::string& text, double x, double y, const MadeOptions& options) {
  Word word;
  const auto finish = [&](double end) {
    if (word.text.empty()) return;
    word.box.x1 = end;
    line.words.push_back(word);
    word = {};
  };
  each_code_point(text, [&](char32_t c, size_t, size_t) {
    const bool ideograph = c >= 0x2E80;
    const bool was_ideograph = !word.text.empty() && code_points(word.text).back() >= 0x2E80;
    if (c == ' ' || (!word.text.empty() && !options.ideographs_together && (ideograph || was_ideograph))) finish(x);
    if (c != ' ') {
      if (word.text.empty()) word.box = {x, y, x, y + size};
      append_code_point(word.text, c);
      if (options.confidence >= 0) word.confidence = options.confidence;
    }
    x += advance(c);
  });
  finish(x);
}

}  // namespace

uint64_t next_random(uint64_t& state) {
  uint64_t z = (state += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

Page made_page(int64_t number, const std::vector<MadeBlock>& blocks, const MadeOptions& options) {
  Page page;
  page.page = number;
  page.width = 595.28;
  page.height = 841.89;
  page.unit = Page::Unit::pt;
  page.source = options.confidence < 0 ? Page::Source::text : Page::Source::ocr;
  page.dpi = options.confidence < 0 ? 0 : 300;
  page.languages = {"eng"};
  if (options.confidence >= 0) page.confidence = options.confidence;
  const std::string p = "p" + std::to_string(number);
  double y = top;
  int lines = 0;
  size_t all = 0;
  for (const MadeBlock& made : blocks) all += made.lines.size() + 1;
  const double step = std::min(leading, (page.height - 2 * top) / double(std::max<size_t>(all, 1)));
  for (const MadeBlock& made : blocks) {
    Block block;
    block.id = p + "b" + std::to_string(page.blocks.size() + 1);
    block.type = made.type;
    Table table;
    for (const std::string& text : made.lines) {
      Line line;
      line.id = p + "l" + std::to_string(++lines);
      const Strings cells = split(text, '\t');
      std::vector<TableCell> row;
      for (size_t i = 0; i < cells.size(); ++i) {
        const size_t first = line.words.size();
        add_words(line, cells[i], left + double(i) * 110, y, options);
        Box box = first < line.words.size() ? line.words[first].box : Box{left, y, left, y + size};
        for (size_t k = first; k < line.words.size(); ++k) box = hull(box, line.words[k].box);
        row.push_back({cells[i], box});
        line.text += (i == 0 ? "" : " ") + cells[i];
      }
      if (options.confidence >= 0) line.confidence = options.confidence;
      line.box = line.words.empty() ? Box{left, y, left, y + size} : line.words[0].box;
      for (const Word& word : line.words) line.box = hull(line.box, word.box);
      block.box = block.lines.empty() ? line.box : hull(block.box, line.box);
      block.lines.push_back(std::move(line));
      table.rows.push_back(std::move(row));
      y += step;
    }
    if (made.type == Block::Type::table) {
      table.box = block.box;
      page.tables.push_back(std::move(table));
    }
    page.blocks.push_back(std::move(block));
    y += step;
  }
  return page;
}

std::string misread(const std::string& text, uint64_t& state, double rate) {
  std::string out;
  each_code_point(text, [&](char32_t c, size_t, size_t) {
    if (double(next_random(state) % 10'000) / 10'000 >= rate || c == ' ') {
      append_code_point(out, c);
      return;
    }
    const uint64_t kind = next_random(state) % 4;
    if (kind == 0) return;  // lost
    append_code_point(out, kind == 1 ? c : char32_t('a' + next_random(state) % 26));
    if (kind == 3) append_code_point(out, c);
  });
  return out;
}

namespace {

struct Fact {
  std::string statement, question, answer;
  bool row = false;  // of a table
};

class Maker {
 public:
  explicit Maker(uint64_t seed) : state_(seed * 7919 + 17) {}
  int64_t number(int64_t low, int64_t high) { return low + int64_t(next_random(state_) % uint64_t(high - low + 1)); }
  const std::string& one_of(const Strings& from) { return from[next_random(state_) % from.size()]; }
  std::string amount() {
    const int64_t value = number(100, 99'999), cents = number(0, 99);
    std::string text = std::to_string(value);
    if (text.size() > 3) text.insert(text.size() - 3, ",");
    return text + "." + (cents < 10 ? "0" : "") + std::to_string(cents);
  }
  std::string code() {
    static const Strings heads{"INV", "PO", "CR", "QT", "SR", "AB", "LX"};
    return one_of(heads) + "-" + std::to_string(number(2019, 2026)) + "-" + std::to_string(number(100, 9999));
  }
  std::string date() {
    static const Strings months{"January", "February", "March",     "April",   "May",      "June",
                                "July",    "August",   "September", "October", "November", "December"};
    return std::to_string(number(1, 28)) + " " + one_of(months) + " " + std::to_string(number(2019, 2027));
  }
  template <class Items>
  void shuffle(Items& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[next_random(state_) % i]);
  }

 private:
  uint64_t state_;
};

const Strings adjectives{"hydraulic", "portable",  "industrial", "compact", "digital", "stainless",
                         "electric",  "pneumatic", "modular",    "thermal", "optical", "magnetic"};
const Strings things{"pump",  "compressor", "scanner", "conveyor", "generator", "printer", "valve",
                     "drill", "freezer",    "boiler",  "camera",   "forklift",  "router",  "turbine"};
const Strings cities{"Lisbon",   "Rotterdam", "Krakow", "Bergen",  "Toronto", "Osaka",   "Nairobi",
                     "Valencia", "Dublin",    "Graz",   "Tampere", "Lyon",    "Leipzig", "Porto"};
const Strings first_names{"Anna",   "Marek", "Ingrid", "Tomas", "Keiko", "Samuel",
                          "Fatima", "Pablo", "Elena",  "Oskar", "Ruth",  "Henrik"};
const Strings last_names{"Lindqvist", "Kowalski", "Moreau", "Okafor",  "Tanaka", "Hughes",
                         "Brandt",    "Silva",    "Novak",  "Fischer", "Rossi",  "Varga"};
const Strings departments{"purchasing",  "quality control", "customer support",   "payroll", "logistics", "data protection",
                          "fire safety", "marketing",       "facility management"};
const Strings company_heads{"Northwind",  "Halden", "Brightwater", "Castor",    "Meridian", "Oakfield",
                            "Silverline", "Tarn",   "Vantage",     "Westbrook", "Zephyr",   "Alder"};
const Strings company_tails{"Logistics", "Textiles", "Instruments", "Foods", "Chemicals", "Partners", "Energy", "Packaging"};
const Strings fillers{"All figures in this section were checked by the finance team.",
                      "Further details can be found in the annex to this report.",
                      "The parties agree to inform each other of any changes in writing.",
                      "This clause does not affect statutory rights.",
                      "Prices are exclusive of value added tax unless stated otherwise.",
                      "The minutes were approved by all members who attended.",
                      "Goods remain the property of the seller until they have been paid in full.",
                      "Please keep this document for your records.",
                      "The committee thanked everyone for the good cooperation.",
                      "Deviations must be reported to the supervisor without delay.",
                      "Weather conditions had little influence on the deliveries of the quarter.",
                      "A copy of the certificate is attached to the delivery note."};
const Strings sections{"Scope of delivery", "Payment terms", "Responsibilities", "Technical data",      "Shipping",
                       "Contracts",         "Maintenance",   "Facilities",       "Orders and invoices", "Notes"};

Fact english_fact(Maker& make) {
  const std::string product = make.one_of(adjectives) + " " + make.one_of(things), city = make.one_of(cities);
  const std::string company = make.one_of(company_heads) + " " + make.one_of(company_tails), code = make.code(),
                    date = make.date();
  const std::string person = make.one_of(first_names) + " " + make.one_of(last_names), dept = make.one_of(departments);
  const std::string n = std::to_string(make.number(2, 96)), amount = make.amount();
  switch (make.number(0, 11)) {
    case 0:
      return {"The warranty period of the " + product + " is " + n + " months.",
              "How long is the warranty period of the " + product + "?", n + " months"};
    case 1:
      return {"Invoice " + code + " of " + date + " amounts to EUR " + amount + ".",
              "What is the amount of invoice " + code + "?", amount};
    case 2:
      return {person + " is responsible for " + dept + " in " + city + ".",
              "Who is responsible for " + dept + " in " + city + "?", person};
    case 3:
      return {"The " + product + " weighs " + n + " kg and is delivered from " + city + ".",
              "How much does the " + product + " weigh?", n + " kg"};
    case 4:
      return {"Payments to " + company + " are due within " + n + " days.", "When are payments to " + company + " due?",
              n + " days"};
    case 5:
      return {"The contract with " + company + " ends on " + date + ".", "When does the contract with " + company + " end?",
              date};
    case 6:
      return {company + " charges EUR " + amount + " for maintaining the " + product + ".",
              "What does " + company + " charge for maintaining the " + product + "?", amount};
    case 7:
      return {"Order " + code + " was shipped to " + city + " on " + date + ".", "Where was order " + code + " shipped?", city};
    case 8:
      return {"The meeting room " + code.substr(0, 2) + n + " in " + city + " holds " + n + " people.",
              "How many people does the meeting room " + code.substr(0, 2) + n + " in " + city + " hold?", n + " people"};
    case 9:
      return {"The phone number of " + person + " is +49 30 " + std::to_string(make.number(100'000, 999'999)) + ".",
              "What is the phone number of " + person + "?", "+49 30"};
    default:
      return {product + "\t" + code + "\t" + n + "\t" + amount, "What is the price of article " + code + "?", amount, true};
  }
}

const Strings chinese_products{"\u6db2\u538b\u6cf5", "\u7a7a\u538b\u673a", "\u626b\u63cf\u4eea", "\u4f20\u9001\u5e26",
                               "\u53d1\u7535\u673a", "\u6253\u5370\u673a", "\u9600\u95e8",       "\u7535\u94bb",
                               "\u51b7\u67dc",       "\u9505\u7089",       "\u6444\u50cf\u673a", "\u53c9\u8f66",
                               "\u8def\u7531\u5668", "\u6da1\u8f6e\u673a"};
const Strings chinese_kinds{"\u4fbf\u643a\u5f0f", "\u5de5\u4e1a\u7528", "\u5c0f\u578b", "\u6570\u5b57",
                            "\u4e0d\u9508\u94a2", "\u7535\u52a8",       "\u6c14\u52a8", "\u6a21\u5757\u5316",
                            "\u5149\u5b66",       "\u78c1\u6027"};
const Strings chinese_cities{"\u4e0a\u6d77", "\u5e7f\u5dde", "\u6210\u90fd", "\u6b66\u6c49", "\u897f\u5b89", "\u676d\u5dde",
                             "\u5357\u4eac", "\u9752\u5c9b", "\u5927\u8fde", "\u53a6\u95e8", "\u91cd\u5e86", "\u957f\u6c99"};
const Strings chinese_names{"\u738b\u5efa\u56fd", "\u674e\u6653\u660e", "\u5f20\u4e3d\u534e", "\u9648\u5fd7\u5f3a",
                            "\u8d75\u96ea\u6885", "\u5218\u5927\u4f1f", "\u5468\u6587\u9759", "\u5434\u6c38\u5eb7",
                            "\u90d1\u6d77\u71d5", "\u5b59\u5bb6\u5b9d"};
const Strings chinese_departments{"\u91c7\u8d2d",
                                  "\u8d28\u91cf\u68c0\u9a8c",
                                  "\u5ba2\u6237\u670d\u52a1",
                                  "\u85aa\u8d44\u53d1\u653e",
                                  "\u7269\u6d41\u7ba1\u7406",
                                  "\u6570\u636e\u4fdd\u62a4",
                                  "\u6d88\u9632\u5b89\u5168",
                                  "\u5e02\u573a\u63a8\u5e7f"};
const Strings chinese_companies{"\u5317\u98ce\u7269\u6d41", "\u660e\u6c34\u98df\u54c1", "\u8fdc\u822a\u5316\u5de5",
                                "\u91d1\u6865\u4eea\u5668", "\u661f\u6cb3\u80fd\u6e90", "\u9752\u677e\u5305\u88c5",
                                "\u5929\u5de5\u673a\u68b0", "\u4e1c\u6e56\u7eba\u7ec7", "\u6c5f\u5cb8\u8d38\u6613",
                                "\u957f\u57ce\u5370\u5237"};
const Strings chinese_fillers{
    "\u672c\u8282\u6240\u6709\u6570\u636e\u5747\u7ecf\u8d22\u52a1\u90e8\u95e8\u6838\u5bf9\u3002",
    "\u66f4\u591a\u7ec6\u8282\u8bf7\u53c2\u89c1\u672c\u62a5\u544a\u9644\u4ef6\u3002",
    "\u53cc\u65b9\u540c\u610f\u4ee5\u4e66\u9762\u5f62\u5f0f\u901a\u77e5\u5bf9\u65b9\u4efb\u4f55\u53d8\u66f4\u3002",
    "\u9664\u53e6\u6709\u8bf4\u660e\u5916\uff0c\u4ef7\u683c\u5747\u4e0d\u542b\u7a0e\u3002",
    "\u4f1a\u8bae\u8bb0\u5f55\u5df2\u7531\u5168\u4f53\u4e0e\u4f1a\u4eba\u5458\u786e\u8ba4\u3002",
    "\u8bf7\u59a5\u5584\u4fdd\u7ba1\u672c\u6587\u4ef6\u3002",
    "\u5982\u6709\u504f\u5dee\uff0c\u8bf7\u7acb\u5373\u62a5\u544a\u4e3b\u7ba1\u3002"};
const Strings chinese_sections{"\u4ea4\u8d27\u8303\u56f4", "\u4ed8\u6b3e\u6761\u4ef6",      "\u804c\u8d23\u5206\u5de5",
                               "\u6280\u672f\u53c2\u6570", "\u8fd0\u8f93\u5b89\u6392",      "\u5408\u540c\u6761\u6b3e",
                               "\u7ef4\u62a4\u4fdd\u517b", "\u8ba2\u5355\u4e0e\u53d1\u7968"};

Fact chinese_fact(Maker& make) {
  const std::string product = make.one_of(chinese_kinds) + make.one_of(chinese_products), city = make.one_of(chinese_cities);
  const std::string person = make.one_of(chinese_names), dept = make.one_of(chinese_departments),
                    company = make.one_of(chinese_companies);
  const std::string code = make.code(), n = std::to_string(make.number(2, 96)), amount = make.amount();
  const std::string date = std::to_string(make.number(2019, 2027)) + "\u5e74" + std::to_string(make.number(1, 12)) + "\u6708" +
                           std::to_string(make.number(1, 28)) + "\u65e5";
  switch (make.number(0, 8)) {
    case 0:
      return {product + "\u7684\u4fdd\u4fee\u671f\u4e3a" + n + "\u4e2a\u6708\u3002",
              product + "\u7684\u4fdd\u4fee\u671f\u662f\u591a\u4e45\uff1f", n};
    case 1:
      return {"\u53d1\u7968" + code + "\u7684\u91d1\u989d\u4e3a\u4eba\u6c11\u5e01" + amount + "\u5143\u3002",
              "\u53d1\u7968" + code + "\u7684\u91d1\u989d\u662f\u591a\u5c11\uff1f", amount};
    case 2:
      return {person + "\u8d1f\u8d23" + city + "\u7684" + dept + "\u3002",
              "\u8c01\u8d1f\u8d23" + city + "\u7684" + dept + "\uff1f", person};
    case 3:
      return {product + "\u91cd" + n + "\u516c\u65a4\uff0c\u4ece" + city + "\u53d1\u8d27\u3002",
              product + "\u91cd\u591a\u5c11\u516c\u65a4\uff1f", n};
    case 4:
      return {"\u5e94\u5728" + n + "\u5929\u5185\u5411" + company + "\u516c\u53f8\u4ed8\u6b3e\u3002",
              "\u5411" + company + "\u516c\u53f8\u4ed8\u6b3e\u7684\u671f\u9650\u662f\u51e0\u5929\uff1f", n};
    case 5:
      return {"\u4e0e" + company + "\u516c\u53f8\u7684\u5408\u540c\u4e8e" + date + "\u5230\u671f\u3002",
              "\u4e0e" + company + "\u516c\u53f8\u7684\u5408\u540c\u4ec0\u4e48\u65f6\u5019\u5230\u671f\uff1f", date};
    case 6:
      return {"\u8ba2\u5355" + code + "\u5df2\u4e8e" + date + "\u53d1\u5f80" + city + "\u3002",
              "\u8ba2\u5355" + code + "\u53d1\u5f80\u54ea\u91cc\uff1f", city};
    case 7:
      return {company + "\u516c\u53f8\u4e3a" + product + "\u6536\u53d6\u7ef4\u62a4\u8d39" + amount + "\u5143\u3002",
              company + "\u516c\u53f8\u4e3a" + product + "\u6536\u53d6\u591a\u5c11\u7ef4\u62a4\u8d39\uff1f", amount};
    default:
      return {product + "\t" + code + "\t" + n + "\t" + amount,
              "\u578b\u53f7" + code + "\u7684\u5355\u4ef7\u662f\u591a\u5c11\uff1f", amount, true};
  }
}

// Sentences set into lines of `width` half-ems; where each fact's answer came to stand is remembered.
struct SetText {
  Strings lines;
  std::vector<std::pair<size_t, size_t>> answers;  // fact, line
};
SetText set_text(const std::vector<std::pair<std::string, int>>& sentences, const std::vector<Fact>& facts, bool chinese) {
  constexpr size_t width = 74;
  SetText out;
  std::string text;
  std::vector<std::pair<size_t, size_t>> at;  // fact, first byte of its answer
  for (const auto& [sentence, fact] : sentences) {
    if (!text.empty() && !chinese) text += ' ';
    if (fact >= 0) at.emplace_back(size_t(fact), text.size() + sentence.find(facts[size_t(fact)].answer));
    text += sentence;
  }
  size_t begin = 0, last_break = 0, used = 0;
  std::vector<size_t> begins;
  const auto put = [&](size_t end) {
    begins.push_back(begin);
    std::string line = text.substr(begin, end - begin);
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out.lines.push_back(line);
    begin = end;
  };
  each_code_point(text, [&](char32_t c, size_t first, size_t end) {
    used += c >= 0x1100 ? 2 : 1;
    if (used > width && last_break > begin) {
      put(last_break);
      used = 0;
      each_code_point(std::string_view(text).substr(begin, end - begin),
                      [&](char32_t d, size_t, size_t) { used += d >= 0x1100 ? 2 : 1; });
    }
    if (c == ' ')
      last_break = end;
    else if (c >= 0x2E80)
      last_break = first > begin ? first : last_break;
  });
  if (begin < text.size()) put(text.size());
  for (const auto& [fact, place] : at) {
    size_t line = 0;
    while (line + 1 < begins.size() && begins[line + 1] <= place) ++line;
    out.answers.emplace_back(fact, line);
  }
  return out;
}

// A register: a few kinds of sentence, made of the same words over and over; only their combination tells one from another.
Fact register_fact(Maker& make) {
  static const Strings goods{"electricity", "natural gas", "drinking water", "diesel fuel", "packing paper", "spare parts"};
  static const Strings sites{"warehouse", "workshop", "branch office", "laboratory"};
  const std::string city = make.one_of(cities), site = make.one_of(sites), thing = make.one_of(things);
  const std::string year = std::to_string(make.number(2012, 2026)), n = std::to_string(make.number(2, 99)),
                    amount = make.amount();
  const std::string number = std::to_string(make.number(1, 24)), person = make.one_of(last_names), date = make.date(),
                    hall = std::to_string(make.number(1, 12));
  switch (make.number(0, 4)) {
    case 0: {
      const std::string good = make.one_of(goods);
      return {"In " + year + " the " + site + " in " + city + " paid EUR " + amount + " for " + good + ".",
              "How much did the " + site + " in " + city + " pay for " + good + " in " + year + "?", amount};
    }
    case 1:
      return {"The " + thing + " number " + number + " in hall " + hall + " was inspected by " + person + " on " + date + ".",
              "Who inspected the " + thing + " number " + number + " in hall " + hall + "?", "inspected"};
    case 2:
      return {"The " + site + " in " + city + " employed " + n + " people in " + year + ".",
              "How many people did the " + site + " in " + city + " employ in " + year + "?", n + " people"};
    case 3:
      return {"Hall " + hall + " of the " + site + " in " + city + " has " + n + " fire extinguishers.",
              "How many fire extinguishers does hall " + hall + " of the " + site + " in " + city + " have?", n + " fire"};
    default:
      return {
          "The " + thing + " in hall " + hall + " of the " + city + " " + site + " ran for " + amount + " hours in " + year + ".",
          "For how many hours did the " + thing + " in hall " + hall + " of the " + city + " " + site + " run in " + year + "?",
          amount};
  }
}

struct Writing {
  Fact (*fact)(Maker&);
  const Strings &sections, &fillers;
  int64_t most_fillers;  // after a fact
  const char* table_head;
  bool chinese;
};
const Writing english{english_fact, sections, fillers, 2, "Article\tNumber\tQuantity\tPrice", false};
const Writing chinese{
    chinese_fact, chinese_sections, chinese_fillers, 2, "\u54c1\u540d\t\u578b\u53f7\t\u6570\u91cf\t\u5355\u4ef7", true};
const Writing registers{register_fact, sections, fillers, 0, "", false};

MadeDocument made_document(uint64_t seed, int count, const Writing& writing) {
  Maker make(seed);
  std::vector<Fact> facts;
  Strings asked;
  while (int(facts.size()) < count) {  // a question has one answer
    Fact fact = writing.fact(make);
    if (std::find(asked.begin(), asked.end(), fact.question) != asked.end()) continue;
    asked.push_back(fact.question);
    facts.push_back(std::move(fact));
  }
  MadeDocument document;
  size_t next = 0;
  while (next < facts.size()) {
    const int64_t number = int64_t(document.pages.size()) + 1;
    std::vector<MadeBlock> blocks;
    std::vector<std::pair<size_t, size_t>> answers;  // fact, line of the page
    size_t lines = 0;
    const auto put = [&](Block::Type type, const Strings& text) {
      blocks.push_back({type, text});
      lines += text.size();
    };
    while (lines < 34 && next < facts.size()) {
      // One after the other: compilers differ in the order of operands.
      const std::string section = make.one_of(writing.sections), minor = std::to_string(make.number(1, 9));
      put(Block::Type::heading, {std::to_string(make.number(1, 9)) + "." + minor + " " + section});
      std::vector<std::pair<std::string, int>> sentences;
      std::vector<size_t> rows;
      for (int64_t i = make.number(3, 6); i > 0 && next < facts.size(); --i, ++next) {
        if (facts[next].row)
          rows.push_back(next);
        else
          sentences.emplace_back(facts[next].statement, int(next));
        for (int64_t k = make.number(0, writing.most_fillers); k > 0; --k)
          sentences.emplace_back(make.one_of(writing.fillers), -1);
      }
      make.shuffle(sentences);
      const SetText set = set_text(sentences, facts, writing.chinese);
      for (const auto& [fact, line] : set.answers) answers.emplace_back(fact, lines + line);
      if (!set.lines.empty()) put(Block::Type::text, set.lines);
      if (!rows.empty()) {
        Strings table{writing.table_head};
        for (const size_t fact : rows) {
          answers.emplace_back(fact, lines + table.size());
          table.push_back(facts[fact].statement);
        }
        put(Block::Type::table, table);
      }
    }
    document.pages.push_back(made_page(number, blocks));
    for (const auto& [fact, line] : answers)
      document.questions.push_back({facts[fact].question, number, "p" + std::to_string(number) + "l" + std::to_string(line + 1)});
  }
  return document;
}

}  // namespace

MadeDocument made_english(uint64_t seed, int facts) { return made_document(seed, facts, english); }
MadeDocument made_chinese(uint64_t seed, int facts) { return made_document(seed, facts, chinese); }
MadeDocument made_register(uint64_t seed, int facts) { return made_document(seed, facts, registers); }

Page filler_page(int64_t number, uint64_t seed, int lines) {
  Maker make(seed + uint64_t(number) * 1009);
  std::vector<std::pair<std::string, int>> sentences;
  SetText set;
  while (int(set.lines.size()) < lines) {
    for (int i = 0; i < 8; ++i) sentences.emplace_back(i % 2 ? make.one_of(fillers) : english_fact(make).statement, -1);
    for (auto& [sentence, fact] : sentences) std::replace(sentence.begin(), sentence.end(), '\t', ' ');
    set = set_text(sentences, {}, false);
  }
  set.lines.resize(size_t(lines));
  return made_page(number, {{Block::Type::heading, {"Chapter " + std::to_string(number)}}, {Block::Type::text, set.lines}});
}

}  // namespace bifrons
