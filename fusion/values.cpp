// fusion/values.cpp - see values.h. Hand-written scanners: no regular expression that a hostile text could make slow or deep.
#include "fusion/values.h"

#include <algorithm>
#include <array>
#include <optional>

#include <unicode/uchar.h>

#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool is_letter(char32_t c) {
  return c < 128 ? (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') : u_isalpha(UChar32(c)) && !is_ideographic(c);
}
bool is_blank(char32_t c) { return c == U' ' || c == 0xA0 || c == 0x202F || c == U'\t' || c == U'\n'; }

namespace {

char32_t plain(char32_t c) {
  if (c >= U'A' && c <= U'Z') return c + 32;
  if (c < 128) return c;
  if (c >= 0xFF01 && c <= 0xFF5E) return plain(c - 0xFEE0);
  switch (c) {
    case 0x3000:
    case 0x2002:
    case 0x2003:
    case 0x2007:
    case 0x2008:
    case 0x2009:
    case 0x200A: return U' ';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212: return U'-';
    case 0x2018:
    case 0x2019:
    case 0x02BC: return U'\'';
    case 0x201C:
    case 0x201D: return U'"';
    case 0xFFE5: return 0xA5;  // yen and yuan
    default: return char32_t(u_foldCase(UChar32(plain_ideograph(c)), U_FOLD_CASE_DEFAULT));
  }
}

bool is_alnum(char32_t c) { return is_digit(c) || is_letter(c); }

class Scanner {
 public:
  explicit Scanner(const Letters& letters) : s_(letters.text) {}

  std::vector<Value> all() {
    std::vector<Value> values;
    for (size_t i = 0; i < s_.size();) {
      const bool starts = i == 0 || !is_alnum(s_[i - 1]) || !is_alnum(s_[i]);
      std::optional<Value> found;
      if (starts) found = one(i);
      if (found) {
        i = std::max(found->end, i + 1);
        values.push_back(std::move(*found));
      } else {
        ++i;
      }
    }
    return values;
  }

 private:
  char32_t at(size_t i) const { return i < s_.size() ? s_[i] : U'\0'; }
  size_t skip_blanks(size_t i, size_t most = 2) const {
    const size_t end = i + most;
    while (i < end && is_blank(at(i)) && at(i) != U'\n') ++i;
    return i;
  }
  bool word_at(size_t i, std::u32string_view word) const {
    if (std::u32string_view(s_).substr(std::min(i, s_.size()), word.size()) != word) return false;
    return !is_alnum(word.back()) || !is_letter(at(i + word.size()));
  }
  std::string ascii(size_t begin, size_t end) const {
    std::string out;
    for (size_t i = begin; i < end; ++i) out += s_[i] < 128 ? char(s_[i]) : '?';
    return out;
  }

  std::optional<Value> one(size_t i) const {
    const char32_t c = at(i);
    if (is_alnum(c)) {
      if (auto v = mail(i)) return v;
      if (auto v = web(i)) return v;
      if (auto v = iban(i)) return v;
    }
    if (auto v = date(i)) return v;
    if (is_digit(c) || is_ideographic(c)) {
      if (auto v = time(i)) return v;
    }
    if (auto v = amount(i)) return v;
    if (is_alnum(c)) {
      if (auto v = code(i)) return v;
    }
    if (auto v = phone(i)) return v;
    if (is_digit(c)) {
      if (auto v = number(i)) {
        const size_t after = skip_blanks(v->end, 1);
        if (at(after) == U'%' || word_at(after, U"percent") || word_at(after, U"per cent") || word_at(after, U"prozent")) {
          v->kind = Value::Kind::percent;
          v->end = at(after) == U'%' ? after + 1 : after + (at(after + 3) == U' ' ? 8 : 7);
        }
        return v;
      }
    }
    return {};
  }

  std::optional<Value> mail(size_t i) const {
    size_t j = i;
    const auto local = [](char32_t c) { return is_alnum(c) || c == U'.' || c == U'_' || c == U'-' || c == U'+' || c == U'%'; };
    while (j - i < 80 && local(at(j))) ++j;
    if (at(j) != U'@' || j == i) return {};
    size_t end = j + 1, dot = 0;
    while (end - j < 120 && (is_alnum(at(end)) || at(end) == U'-' || (at(end) == U'.' && is_alnum(at(end + 1))))) {
      if (at(end) == U'.') dot = end;
      ++end;
    }
    if (dot == 0 || end - dot < 3) return {};
    return Value{Value::Kind::email, i, end, ascii(i, end), {}};
  }
  std::optional<Value> web(size_t i) const {
    const bool scheme = word_at(i, U"https:") || word_at(i, U"http:"), www = std::u32string_view(s_).substr(i, 4) == U"www.";
    if (!scheme && !www) return {};
    size_t end = i;
    while (end - i < 300 && at(end) > U' ' && at(end) < 128 && at(end) != U'<' && at(end) != U'>' && at(end) != U'"') ++end;
    while (end > i && (at(end - 1) == U'.' || at(end - 1) == U',' || at(end - 1) == U')' || at(end - 1) == U';')) --end;
    if (end - i < 7) return {};
    return Value{Value::Kind::url, i, end, ascii(i, end), {}};
  }
  // Two letters, two check digits, 11 to 30 letters and digits in groups; ISO 13616's check sum makes it certain.
  std::optional<Value> iban(size_t i) const {
    if (!is_letter(at(i)) || !is_letter(at(i + 1)) || !is_digit(at(i + 2)) || !is_digit(at(i + 3)) || at(i) > 127 ||
        at(i + 1) > 127)
      return {};
    std::string key;
    size_t end = i, best_end = 0;
    std::string best;
    for (size_t j = i; key.size() < 34; ++j) {
      const char32_t c = at(j);
      if (c < 128 && is_alnum(c)) {
        key += char(c);
        end = j + 1;
        if (key.size() >= 15 && !is_alnum(at(end)) && checks(key)) best = key, best_end = end;
      } else if (!((c == U' ' || c == 0xA0 || c == 0x202F) && is_alnum(at(j + 1)))) {
        break;
      }
    }
    if (best.empty()) return {};
    return Value{Value::Kind::iban, i, best_end, best, {}};
  }
  static bool checks(const std::string& iban) {
    const std::string turned = iban.substr(4) + iban.substr(0, 4);
    int rest = 0;
    for (const char c : turned) rest = c <= '9' ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'a' + 10)) % 97;
    return rest == 1;
  }

  // ---- dates
  static std::optional<int> month_of(std::u32string_view word) {
    static constexpr std::array<std::u32string_view, 12> names = {U"january",   U"february", U"march",    U"april",
                                                                  U"may",       U"june",     U"july",     U"august",
                                                                  U"september", U"october",  U"november", U"december"};
    static constexpr std::array<std::pair<std::u32string_view, int>, 13> german = {{{U"januar", 1},
                                                                                    {U"j\u00E4nner", 1},
                                                                                    {U"februar", 2},
                                                                                    {U"m\u00E4rz", 3},
                                                                                    {U"m\u00E4r", 3},
                                                                                    {U"mrz", 3},
                                                                                    {U"mai", 5},
                                                                                    {U"juni", 6},
                                                                                    {U"juli", 7},
                                                                                    {U"oktober", 10},
                                                                                    {U"okt", 10},
                                                                                    {U"dezember", 12},
                                                                                    {U"dez", 12}}};
    if (word == U"sept") return 9;
    for (const auto& [name, month] : german)
      if (word == name) return month;
    for (size_t m = 0; m < names.size(); ++m)
      if (word == names[m] || word == names[m].substr(0, 3)) return int(m) + 1;
    return {};
  }
  struct Part {
    int number = 0;
    size_t end = 0, digits = 0;
  };
  std::optional<Part> digits(size_t i, size_t most) const {
    Part part;
    size_t j = i;
    while (is_digit(at(j)) && j - i <= most) part.number = part.number * 10 + int(at(j++) - U'0');
    if (j == i || j - i > most) return {};
    part.end = j;
    part.digits = j - i;
    return part;
  }
  std::optional<Part> month_word(size_t i) const {
    size_t j = i;
    while (is_letter(at(j)) && j - i < 10) ++j;
    const auto month = month_of(std::u32string_view(s_).substr(std::min(i, s_.size()), j - i));
    if (!month) return {};
    if (at(j) == U'.' && j - i <= 4) ++j;
    return Part{*month, j, 0};
  }
  // 〇一二三 in a row (years), or 十, 十二, 二十三.
  std::optional<Part> chinese_number(size_t i) const {
    static constexpr std::u32string_view ciphers = U"〇一二三四五六七八九";
    const auto cipher = [&](char32_t c) -> int {
      if (c == U'零' || c == U'○') return 0;
      const size_t found = ciphers.find(c);
      return found == std::u32string_view::npos ? -1 : int(found);
    };
    Part part;
    size_t j = i;
    bool ten = false;
    while (j - i < 5) {
      const char32_t c = at(j);
      if (c == U'十' && !ten) {
        part.number = (j == i ? 1 : part.number) * 10;
        ten = true;
      } else if (cipher(c) >= 0) {
        part.number = ten ? part.number + cipher(c) : part.number * 10 + cipher(c);
      } else {
        break;
      }
      ++j;
    }
    if (j == i) return {};
    part.end = j;
    part.digits = ten ? 2 : j - i;
    return part;
  }
  std::optional<Part> any_number(size_t i, size_t most) const {
    if (is_digit(at(i))) return digits(i, most);
    return chinese_number(i);
  }
  static std::string two(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }
  static std::optional<Value> dated(size_t begin, size_t end, int year, int month, int day) {  // year or day 0: not written
    if (month < 1 || month > 12 || day > 31 || (year != 0 && (year < 1000 || year > 2999))) return {};
    std::string key = year ? std::to_string(year) + "-" + two(month) : "--" + two(month);
    if (day) key += "-" + two(day);
    return Value{Value::Kind::date, begin, end, key, {}};
  }
  static int full_year(const Part& part) {
    return part.digits == 2 ? (part.number < 70 ? 2000 : 1900) + part.number : part.number;
  }

  std::optional<Value> date(size_t i) const {
    if (is_digit(at(i))) {
      if (auto v = numeric_date(i)) return v;
      if (auto v = day_month(i)) return v;
    }
    if (is_digit(at(i)) || is_ideographic(at(i)))
      if (auto v = chinese_date(i)) return v;
    if (is_letter(at(i))) return month_day(i);
    return {};
  }
  std::optional<Value> numeric_date(size_t i) const {
    const auto a = digits(i, 4);
    if (!a) return {};
    const char32_t mark = at(a->end);
    if (mark != U'-' && mark != U'/' && mark != U'.') return {};
    const auto b = digits(a->end + 1, 2);
    if (!b || at(b->end) != mark) return {};
    const auto c = digits(b->end + 1, 4);
    if (!c || is_alnum(at(c->end)) || (at(c->end) == mark && is_digit(at(c->end + 1)))) return {};
    if (a->digits == 4) return c->digits <= 2 && c->number > 0 ? dated(i, c->end, a->number, b->number, c->number) : std::nullopt;
    if (a->digits > 2 || (c->digits != 4 && c->digits != 2) || a->number < 1 || b->number < 1) return {};
    if (c->digits == 2 && mark == U'-') return {};
    const int year = full_year(*c);
    if (a->number > 12 || mark == U'.') return dated(i, c->end, year, b->number, a->number);
    if (b->number > 12) return dated(i, c->end, year, a->number, b->number);
    if (a->number == b->number) return dated(i, c->end, year, a->number, b->number);
    // Day or month first: nobody knows, so it equals only itself.
    return Value{Value::Kind::date, i, c->end, two(a->number) + "/" + two(b->number) + "/" + std::to_string(year), {}};
  }
  std::optional<Value> day_month(size_t i) const {
    const auto day = digits(i, 2);
    if (!day || day->number < 1 || day->number > 31) return {};
    size_t j = day->end;
    for (const std::u32string_view ending : {U"st", U"nd", U"rd", U"th", U"."})
      if (std::u32string_view(s_).substr(j, ending.size()) == ending) {
        j += ending.size();
        break;
      }
    j = at(j) == U'-' ? j + 1 : skip_blanks(j);
    if (word_at(j, U"day")) j = skip_blanks(j + 3);
    if (word_at(j, U"of")) j = skip_blanks(j + 2);
    const auto month = month_word(j);
    if (!month) return {};
    j = month->end;
    size_t k = at(j) == U'-' || at(j) == U',' ? skip_blanks(j + 1) : skip_blanks(j);
    const auto year = digits(k, 4);
    if (year && (year->digits == 4 || (year->digits == 2 && at(j) == U'-')) && !is_alnum(at(year->end)))
      return dated(i, year->end, full_year(*year), month->number, day->number);
    return dated(i, month->end, 0, month->number, day->number);
  }
  std::optional<Value> month_day(size_t i) const {
    const auto month = month_word(i);
    if (!month || is_letter(at(month->end))) return {};
    const size_t j = skip_blanks(month->end);
    if (j == month->end && at(j) != U'-') return {};
    const auto day = digits(j, 4);
    if (!day) return {};
    if (day->digits == 4) return dated(i, day->end, day->number, month->number, 0);
    if (day->digits > 2 || day->number < 1 || day->number > 31) return {};
    size_t k = day->end;
    for (const std::u32string_view ending : {U"st", U"nd", U"rd", U"th"})
      if (word_at(k, ending)) k += 2;
    const size_t day_end = k;
    if (is_alnum(at(k)) || at(k) == U':') return {};
    k = skip_blanks(at(k) == U',' ? k + 1 : k);
    const auto year = digits(k, 4);
    if (year && year->digits == 4 && !is_alnum(at(year->end)))
      return dated(i, year->end, year->number, month->number, day->number);
    return dated(i, day_end, 0, month->number, day->number);
  }
  std::optional<Value> chinese_date(size_t i) const {
    const auto a = any_number(i, 4);
    if (!a) return {};
    size_t j = skip_blanks(a->end);
    int year = 0;
    Part month = *a;
    if (at(j) == U'年') {
      if (a->digits != 4) return {};
      year = a->number;
      const auto m = any_number(skip_blanks(j + 1), 2);
      if (!m) return {};
      month = *m;
      j = skip_blanks(m->end);
    }
    if (at(j) != U'月') return {};
    const auto day = any_number(skip_blanks(j + 1), 2);
    const size_t k = day ? skip_blanks(day->end) : 0;
    if (day && (at(k) == U'日' || at(k) == U'号')) return dated(i, k + 1, year, month.number, day->number);
    if (year == 0) return {};
    return dated(i, j + 1, year, month.number, 0);
  }

  std::optional<Value> time(size_t i) const {
    int shift = 0;  // hours to add
    bool named = false, noon = false;
    size_t j = i;
    for (const std::u32string_view word : {U"上午", U"早上", U"下午", U"晚上", U"中午"})
      if (std::u32string_view(s_).substr(j, 2) == word) {
        named = true;
        shift = word == U"下午" || word == U"晚上" ? 12 : 0;
        noon = word == U"中午";
        j = skip_blanks(j + 2);
        break;
      }
    const auto hour = is_digit(at(j)) ? digits(j, 2) : named ? chinese_number(j) : std::nullopt;
    if (!hour || hour->number > 24) return {};
    int h = hour->number, minute = 0;
    size_t end = hour->end;
    bool sure = false;
    if (at(end) == U':' && is_digit(at(end + 1)) && is_digit(at(end + 2)) && !is_digit(at(end + 3))) {
      minute = int(at(end + 1) - U'0') * 10 + int(at(end + 2) - U'0');
      end += 3;
      if (at(end) == U':' && is_digit(at(end + 1)) && is_digit(at(end + 2)) && !is_digit(at(end + 3))) end += 3;
      sure = true;
    } else if ((at(end) == U'点' || at(end) == U'时') && (named || at(end) == U'点')) {
      ++end;
      sure = true;
      if (at(end) == U'半') {
        minute = 30, ++end;
      } else if (const auto m = digits(end, 2); m && at(m->end) == U'分') {
        minute = m->number, end = m->end + 1;
      }
    }
    const size_t k = skip_blanks(end, 1);
    if (!named && !sure && at(end) == U'.' && word_at(skip_blanks(end + 3, 1), U"uhr")) {  // "9.30 Uhr"
      if (const auto m = digits(end + 1, 2); m && m->digits == 2)
        return m->number > 59
                   ? std::nullopt
                   : std::optional(Value{Value::Kind::time, i, skip_blanks(end + 3, 1) + 3, two(h) + ":" + two(m->number), {}});
    }
    if (!named && word_at(k, U"uhr")) {
      const bool whole_hour = !sure;
      sure = true;
      end = k + 3;
      if (const auto m = digits(skip_blanks(end, 1), 2); whole_hour && m && m->digits == 2 && m->number < 60 &&
                                                         !is_alnum(at(m->end)) && at(m->end) != U'.' && at(m->end) != U'/')
        minute = m->number, end = m->end;  // "14 Uhr 30"
    }
    for (const std::u32string_view half : {U"a.m.", U"p.m.", U"am", U"pm"})
      if (word_at(k, half)) {
        sure = true;
        if (half[0] == U'p' && h < 12) h += 12;
        if (half[0] == U'a' && h == 12) h = 0;
        end = k + half.size();
        break;
      }
    if (!sure || minute > 59) return {};
    if (shift && h < 12) h += shift;
    if (noon && h < 3) h += 12;
    return Value{Value::Kind::time, i, end, two(h) + ":" + two(minute), {}};
  }

  // ---- numbers
  std::optional<Value> number(size_t i) const {
    if (!is_digit(at(i))) return {};
    if (auto v = spaced(i)) return v;
    std::vector<std::pair<char32_t, std::string>> groups(1);  // separator before, digits
    size_t j = i;
    while (j - i < 60) {
      if (is_digit(at(j))) {
        groups.back().second += char(at(j++));
      } else if ((at(j) == U',' || at(j) == U'.' || at(j) == U'\'' || at(j) == 0xA0 || at(j) == 0x202F) && is_digit(at(j + 1))) {
        groups.emplace_back(at(j++), "");
      } else {
        break;
      }
    }
    const char32_t last = groups.size() > 1 ? groups.back().first : 0;
    bool triples = groups.front().second.size() <= 3, one_mark = true;  // of all groups but the last
    for (size_t g = 1; g < groups.size(); ++g) {
      if (g + 1 < groups.size() || groups.size() == 2) one_mark &= groups[g].first == groups[1].first;
      if (g + 1 < groups.size()) triples &= groups[g].second.size() == 3;
    }
    const bool last_triple = groups.back().second.size() == 3;
    bool decimal = false;
    if (groups.size() == 2) {
      decimal = (last == U'.' || last == U',') && !(last_triple && triples && groups[0].second != "0");
      if (!decimal && !last_triple)
        return Value{Value::Kind::number, i, i + groups[0].second.size(), trimmed(groups[0].second, ""), {}};
    } else if (groups.size() > 2) {
      const bool same = groups[groups.size() - 2].first == last;
      if (!triples || !one_mark || (same && !last_triple))  // 3.1.2, or a list: only its first number
        return last == U'.' ? std::optional<Value>()
                            : Value{Value::Kind::number, i, i + groups[0].second.size(), trimmed(groups[0].second, ""), {}};
      decimal = !same;
    }
    std::string whole, fraction;
    for (size_t g = 0; g < groups.size(); ++g) (decimal && g + 1 == groups.size() ? fraction : whole) += groups[g].second;
    return Value{Value::Kind::number, i, j, trimmed(whole, fraction), {}};
  }
  // "2 748,00": a blank groups only where decimals follow. Between cells stands a tab.
  std::optional<Value> spaced(size_t i) const {
    std::string whole;
    size_t j = i;
    while (is_digit(at(j)) && j - i < 4) whole += char(at(j++));
    if (j - i > 3) return {};
    size_t groups = 0;
    while (groups < 5 && at(j) == U' ' && is_digit(at(j + 1)) && is_digit(at(j + 2)) && is_digit(at(j + 3)) &&
           !is_digit(at(j + 4))) {
      for (size_t d = 1; d <= 3; ++d) whole += char(at(j + d));
      j += 4;
      ++groups;
    }
    if (groups == 0 || (at(j) != U',' && at(j) != U'.') || !is_digit(at(j + 1)) || !is_digit(at(j + 2)) || is_digit(at(j + 3)) ||
        ((at(j + 3) == U',' || at(j + 3) == U'.') && is_digit(at(j + 4))))
      return {};
    return Value{Value::Kind::number, i, j + 3, trimmed(whole, {char(at(j + 1)), char(at(j + 2))}), {}};
  }
  static std::string trimmed(std::string whole, std::string fraction) {
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    return fraction.empty() ? whole : whole + "." + fraction;
  }

  struct Currency {
    std::u32string_view written;
    const char* unit;
  };
  static constexpr Currency before[] = {{U"us$", "usd"}, {U"hk$", "hkd"},    {U"$", "usd"},   {U"€", "eur"},   {U"£", "gbp"},
                                        {U"¥", "cny"},   {U"人民币", "cny"}, {U"usd", "usd"}, {U"eur", "eur"}, {U"gbp", "gbp"},
                                        {U"chf", "chf"}, {U"cny", "cny"},    {U"rmb", "cny"}, {U"jpy", "jpy"}, {U"hkd", "hkd"}};
  static constexpr Currency behind[] = {
      {U"€", "eur"},    {U"$", "usd"},       {U"£", "gbp"},       {U"usd", "usd"},    {U"eur", "eur"},    {U"gbp", "gbp"},
      {U"chf", "chf"},  {U"cny", "cny"},     {U"rmb", "cny"},     {U"jpy", "jpy"},    {U"hkd", "hkd"},    {U"euros", "eur"},
      {U"euro", "eur"}, {U"franken", "chf"}, {U"dollars", "usd"}, {U"pounds", "gbp"}, {U"人民币", "cny"}, {U"美元", "usd"},
      {U"欧元", "eur"}, {U"港元", "hkd"},    {U"日元", "jpy"},    {U"元", "cny"},     {U"块", "cny"}};
  std::optional<Value> amount(size_t i) const {
    size_t j = i;
    std::string unit;
    bool minus = false;
    if (at(j) == U'-' && !(i > 0 && is_alnum(s_[i - 1]))) minus = true, ++j;
    for (const Currency& c : before)
      if (std::u32string_view(s_).substr(std::min(j, s_.size()), c.written.size()) == c.written) {
        j = skip_blanks(j + c.written.size());
        unit = c.unit;
        if (unit == "cny" && at(j) == U'¥') j = skip_blanks(j + 1);
        break;
      }
    if (!unit.empty() && at(j) == U'-') minus = true, ++j;
    if (minus && unit.empty() && !is_digit(at(j))) return {};
    auto v = number(j);
    if (!v) return {};
    if (at(v->end) == U',' && at(v->end + 1) == U'-' && !is_alnum(at(v->end + 2)))  // "1.200,- Euro"
      v->end += at(v->end + 2) == U'-' ? 3 : 2;
    size_t after = skip_blanks(v->end, 1);
    int tens = 0;
    if (at(after) == U'万') tens = 4, ++after;
    if (at(after) == U'亿') tens += 8, ++after;
    bool any = !unit.empty();
    for (const Currency& c : behind)
      if (std::u32string_view(s_).substr(std::min(after, s_.size()), c.written.size()) == c.written &&
          (!is_letter(c.written.back()) || !is_letter(at(after + c.written.size()))) &&
          !(after > v->end && is_digit(at(after + c.written.size())))) {  // "14 $31.50": the sign of the next cell
        unit = unit.empty() || unit == c.unit ? c.unit : unit;
        v->end = after + c.written.size();
        any = true;
        if (tens) shift(v->key, tens);
        break;
      }
    if (!any) return {};
    if (at(v->end) == U'整') ++v->end;
    v->begin = i;
    v->kind = Value::Kind::amount;
    v->unit = unit;
    if (minus) v->key = "-" + v->key;
    return v;
  }
  static void shift(std::string& key, int tens) {
    const size_t dot = key.find('.');
    std::string whole = key.substr(0, dot), fraction = dot == std::string::npos ? "" : key.substr(dot + 1);
    for (int k = 0; k < tens; ++k) {
      whole += fraction.empty() ? '0' : fraction.front();
      if (!fraction.empty()) fraction.erase(0, 1);
    }
    key = trimmed(whole, fraction);
  }

  // Letters, digits and joints with a digit among them: INV-2024-17, HT2024/08, 12-345.
  std::optional<Value> code(size_t i) const {
    size_t j = i;
    const auto joint = [](char32_t c) { return c == U'-' || c == U'/' || c == U'_' || c == U'.' || c == U'#'; };
    bool letter = false, digit = false, joined = false;
    while (j - i < 60) {
      const char32_t c = at(j);
      if (c < 128 && is_alnum(c)) {
        (is_digit(c) ? digit : letter) = true;
      } else if (joint(c) && at(j + 1) < 128 && is_alnum(at(j + 1)) && !(c == U'.' && letter && !digit)) {
        joined |= c != U'.';
      } else {
        break;
      }
      ++j;
    }
    if (!digit || !(letter || joined) || j - i < 2) return {};
    if (!letter && !joined) return {};
    // "3rd" and "5th" are words, "1,5-fold" begins as a number.
    if (is_digit(at(i)) && j - i <= 4 &&
        (word_at(j - 2, U"st") || word_at(j - 2, U"nd") || word_at(j - 2, U"rd") || word_at(j - 2, U"th")))
      return {};
    if (!letter && at(j) == U' ' && is_digit(at(j + 1))) return {};  // a telephone number goes on
    return Value{Value::Kind::code, i, j, ascii(i, j), {}};
  }

  std::optional<Value> phone(size_t i) const {
    if (!is_digit(at(i)) && at(i) != U'+' && at(i) != U'(') return {};
    std::string key;
    size_t j = i, end = i, groups = 1;
    bool plus = at(i) == U'+';
    if (plus) ++j;
    for (; j - i < 30; ++j) {
      const char32_t c = at(j);
      if (is_digit(c)) {
        key += char(c);
        end = j + 1;
      } else if ((c == U' ' || c == U'-' || c == U'/' || c == U'.') && (is_digit(at(j + 1)) || at(j + 1) == U'(')) {
        ++groups;
      } else if (c == U'(' || (c == U')' && (is_digit(at(j + 1)) || at(j + 1) == U' '))) {
        if (c == U'(' && !is_digit(at(j + 1))) break;
      } else {
        break;
      }
    }
    if (key.size() < 7 || key.size() > 15 || !(plus || (groups >= 2 && (at(i) == U'0' || at(i) == U'(')))) return {};
    return Value{Value::Kind::phone, i, end, key, {}};
  }

  const std::u32string& s_;
};

}  // namespace

Letters letters_of(std::string_view utf8) {
  Letters letters;
  each_code_point(utf8, [&](char32_t c, size_t begin, size_t) {
    letters.text += plain(c);
    letters.at.push_back(begin);
  });
  letters.at.push_back(utf8.size());
  return letters;
}

std::vector<Value> find_values(const Letters& letters) { return Scanner(letters).all(); }

bool same_value(const Value& a, const Value& b) {
  if (a.key != b.key) return false;
  if (a.kind == Value::Kind::percent || b.kind == Value::Kind::percent) return a.kind == b.kind;
  return a.unit.empty() || b.unit.empty() || a.unit == b.unit;
}

}  // namespace bifrons
