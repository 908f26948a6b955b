// fusion/passages.cpp - see passages.h.
#include "fusion/passages.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "fusion/document_answer.h"
#include "fusion/guard.h"
#include "fusion/sentences.h"
#include "language/text_model.h"
#include "ocr/document/chunks.h"
#include "ocr/document/exports.h"

namespace bifrons {

namespace {

constexpr int64_t template_tokens = 32;  // roles and marks that the chat template adds around a message
constexpr int most_hits = 24;            // a document
// Reciprocal-rank fusion of the passages' own ranking and that of their best sentences; the constant is the one it is published
// with. Ties go to the passages' own.
constexpr double fusion_constant = 60;
constexpr size_t most_sentences = 200;
constexpr size_t always_sent = 2;  // best of either ranking, whatever the other says of them

struct Picked {  // a passage before its text
  int64_t document = 0, page = 0;
  std::vector<std::string> lines;
};

// Lines of a page in reading order, numbered.
std::map<std::string, size_t> order_of(const Page& page) {
  std::map<std::string, size_t> order;
  for (const Block& block : page.blocks)
    for (const Line& line : block.lines) order.emplace(line.id, order.size());
  return order;
}

class Builder {
 public:
  Builder(PageShelf& shelf, std::string_view question, const TextModel& model, const PromptLimits& limits)
      : shelf_(shelf), question_(question), model_(model), limits_(limits) {
    tail_ = std::string(question) + "\n\n" + std::string(phrases(tongue_of(question)).rules);
    fixed_ = template_tokens + model.count_tokens(tail_);
    for (int64_t d = 0; d < shelf.documents(); ++d)
      fixed_ += model.count_tokens(file_block(guard_name(shelf.source(d).file().name).text, ""));
    if (fixed_ >= limits.context)
      throw ContextTooLong("the question alone needs about " + std::to_string(fixed_) + " tokens and " + model.name() +
                               " takes " + std::to_string(limits.context) + "; ask more shortly",
                           limits.context);
  }

  Prompt build() {
    Prompt prompt;
    if (!limits_.whole || !all(prompt)) best(prompt);
    return prompt;
  }

 private:
  Passage passage(const Picked& place, Prompt& prompt) {
    const Page& page = shelf_.page(place.document, place.page);
    const std::set<std::string> wanted(place.lines.begin(), place.lines.end());
    Passage out{.document = place.document, .page = place.page, .lines = {}, .text = {}};
    for (const Block& block : page.blocks)
      for (const Line& line : block.lines)
        if (wanted.count(line.id)) out.lines.push_back(line.id);
    Guarded guarded = guard_text(passage_markdown(page, wanted));
    prompt.marks += guarded.marks;
    prompt.removed += guarded.removed;
    out.text = std::move(guarded.text);
    return out;
  }
  int64_t tokens_of(const Passage& p, size_t number) const {
    return model_.count_tokens(passage_block(int64_t(number), p.page, p.text) + "\n");
  }

  bool all(Prompt& prompt) {
    const int64_t most = limits_.context - limits_.reserve;
    int64_t tokens = fixed_;
    Prompt tried;
    for (int64_t d = 0; d < shelf_.documents(); ++d) {
      std::string heading;
      for (const int64_t number : shelf_.source(d).pages())
        for (const Chunk& chunk :
             make_chunks(shelf_.page(d, number), heading, {.words = 120, .ideographs = 200, .overlap_lines = 0})) {
          tried.passages.push_back(passage({d, number, chunk.lines}, tried));
          tokens += tokens_of(tried.passages.back(), tried.passages.size());
          if (tokens > most) return false;
        }
    }
    tried.whole = true;
    finish(tried);
    prompt = std::move(tried);
    return true;
  }

  void best(Prompt& prompt) {
    const int64_t room = std::min({limits_.passages, limits_.context / 4, limits_.context - fixed_ - 64});
    std::vector<std::pair<double, Picked>> ranked;
    for (int64_t d = 0; d < shelf_.documents(); ++d)
      for (Hit& hit : shelf_.source(d).search(question_, most_hits))
        ranked.push_back({hit.score, {d, hit.chunk.page, std::move(hit.chunk.lines)}});
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    fuse_sentences(ranked);
    if (ranked.empty()) from_the_start(ranked, room);
    std::vector<Picked> chosen;
    int64_t tokens = 0;
    for (auto& [score, place] : ranked) {
      Prompt scratch;
      const int64_t more = tokens_of(passage(place, scratch), 100);
      if (!chosen.empty() && tokens + more > room) continue;  // a shorter one may still fit
      tokens += more;
      chosen.push_back(std::move(place));
      if (tokens > room) break;
    }
    for (const Picked& place : merged(std::move(chosen))) prompt.passages.push_back(passage(place, prompt));
    finish(prompt);
  }
  // Passages already ranked get their places beside those of their best sentences, which know what kind of thing is asked for and
  // other words for it; passages that no word of the question stands in come in by them.
  void fuse_sentences(std::vector<std::pair<double, Picked>>& ranked) {
    for (size_t i = 0; i < ranked.size(); ++i)
      ranked[i].first = 1 / (fusion_constant + double(i) + 1) + (i < always_sent ? 1 : 0);
    SentenceRanking ranking(question_, shelf_);
    std::map<std::tuple<int64_t, int64_t, std::string>, size_t> passage_with;  // a line: its best passage
    for (size_t i = 0; i < ranked.size(); ++i)
      for (const std::string& line : ranked[i].second.lines)
        passage_with.try_emplace({ranked[i].second.document, ranked[i].second.page, line}, i);
    std::set<size_t> placed;
    size_t seen = 0;
    for (const Sentence* sentence : ranking.ranked()) {
      if (++seen > most_sentences) break;
      const EvidenceLine& line = *sentence->parts.front().line;
      auto at = passage_with.find({line.document, line.page, line.line->id});
      if (at == passage_with.end()) {
        std::string heading;
        for (Chunk& chunk : make_chunks(shelf_.page(line.document, line.page), heading)) {
          if (std::find(chunk.lines.begin(), chunk.lines.end(), line.line->id) == chunk.lines.end()) continue;
          for (const std::string& id : chunk.lines) passage_with.try_emplace({line.document, line.page, id}, ranked.size());
          ranked.push_back({0, {line.document, line.page, std::move(chunk.lines)}});
          break;
        }
        at = passage_with.find({line.document, line.page, line.line->id});
        if (at == passage_with.end()) continue;
      }
      if (!placed.insert(at->second).second) continue;
      ranked[at->second].first += 1 / (fusion_constant + double(placed.size())) + (placed.size() <= always_sent ? 1 : 0);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  }
  // A question of stop words only ("What is this about?"): the beginning tells.
  void from_the_start(std::vector<std::pair<double, Picked>>& ranked, int64_t room) {
    int64_t tokens = 0;
    for (int64_t d = 0; d < shelf_.documents(); ++d) {
      std::string heading;
      for (const int64_t number : shelf_.source(d).pages()) {
        for (Chunk& chunk : make_chunks(shelf_.page(d, number), heading, {.words = 120, .ideographs = 200, .overlap_lines = 0})) {
          tokens += model_.count_tokens(chunk.text);
          ranked.push_back({0, {d, number, std::move(chunk.lines)}});
        }
        if (tokens > room) return;
      }
    }
  }
  std::vector<Picked> merged(std::vector<Picked> places) {
    const auto first_line = [&](const Picked& p) {
      return p.lines.empty() ? 0 : order_of(shelf_.page(p.document, p.page))[p.lines.back()];
    };
    std::vector<std::pair<size_t, Picked>> sorted;
    sorted.reserve(places.size());
    for (Picked& place : places) sorted.emplace_back(first_line(place), std::move(place));
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
      return std::tie(a.second.document, a.second.page, a.first) < std::tie(b.second.document, b.second.page, b.first);
    });
    std::vector<Picked> out;
    for (auto& [last, place] : sorted) {
      if (!out.empty() && out.back().document == place.document && out.back().page == place.page && touch(out.back(), place)) {
        out.back().lines.insert(out.back().lines.end(), place.lines.begin(), place.lines.end());
      } else {
        out.push_back(std::move(place));
      }
    }
    return out;
  }
  bool touch(const Picked& a, const Picked& b) {
    const auto order = order_of(shelf_.page(a.document, a.page));
    std::set<size_t> of_a;
    for (const std::string& id : a.lines)
      if (const auto at = order.find(id); at != order.end()) of_a.insert(at->second);
    for (const std::string& id : b.lines)
      if (const auto at = order.find(id); at != order.end())
        if (of_a.count(at->second) || of_a.count(at->second + 1) || (at->second > 0 && of_a.count(at->second - 1))) return true;
    return false;
  }

  void finish(Prompt& prompt) {
    prompt.text.clear();
    std::set<std::pair<int64_t, int64_t>> pages;
    for (int64_t d = 0; d < shelf_.documents(); ++d) {
      std::string content;
      for (size_t i = 0; i < prompt.passages.size(); ++i) {
        const Passage& p = prompt.passages[i];
        if (p.document != d) continue;
        content += (content.empty() ? "" : "\n") + passage_block(int64_t(i) + 1, p.page, p.text);
        pages.emplace(d, p.page);
      }
      const Guarded name = guard_name(shelf_.source(d).file().name);
      prompt.marks += name.marks;
      prompt.text += file_block(name.text, content) + "\n";
    }
    prompt.text += tail_;
    if (prompt.whole)
      for (int64_t d = 0; d < shelf_.documents(); ++d)
        for (const int64_t number : shelf_.source(d).pages()) pages.emplace(d, number);
    for (const auto& [d, number] : pages) {
      int64_t words = 0;
      for (const HiddenText& hidden : shelf_.page(d, number).hidden_text) {
        bool inside = false;
        for (const char c : hidden.text) {
          const bool letter = c != ' ' && c != '\n' && c != '\t';
          words += letter && !inside;
          inside = letter;
        }
      }
      prompt.hidden_words += words;
      if (words > 0) prompt.hidden_pages.push_back(number);
    }
    prompt.tokens = template_tokens + model_.count_tokens(prompt.text);
  }

  PageShelf& shelf_;
  std::string_view question_;
  const TextModel& model_;
  PromptLimits limits_;
  std::string tail_;
  int64_t fixed_ = 0;
};

}  // namespace

PageShelf::Kept& PageShelf::kept(int64_t document, int64_t number) {
  const auto [at, fresh] = pages_.try_emplace({document, number});
  if (fresh) at->second.page = source(document).page(number);
  return at->second;
}
const Page& PageShelf::page(int64_t document, int64_t number) { return kept(document, number).page; }
const std::vector<EvidenceLine>& PageShelf::lines(int64_t document, int64_t number) {
  Kept& k = kept(document, number);
  if (!k.prepared) k.lines = evidence_lines(k.page, document);
  k.prepared = true;
  return k.lines;
}

std::string file_block(std::string_view name, std::string_view content) {
  std::string out = "[file name]: ";
  out += name;
  out += "\n[file content begin]\n";
  out += content;
  out += "\n[file content end]";
  return out;
}

std::string passage_block(int64_t number, int64_t page, std::string_view text) {
  const std::string n = std::to_string(number);
  return "[passage " + n + " begin] (page " + std::to_string(page) + ")\n" + std::string(text) + "\n[passage " + n + " end]";
}

Prompt make_prompt(PageShelf& shelf, std::string_view question, const TextModel& model, const PromptLimits& limits) {
  return Builder(shelf, question, model, limits).build();
}

}  // namespace bifrons
