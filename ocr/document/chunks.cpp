// ocr/document/chunks.cpp - see chunks.h.
#include "ocr/document/chunks.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "ocr/document/fold.h"
#include "ocr/document/utf8.h"

namespace bifrons {
namespace {

struct Unit {  // what stays together: a line, or a table's row
  std::vector<const Line*> lines;
  double size = 0;              // in passages
  std::optional<size_t> table;  // index of the unit that is the head of its table
  std::string heading;          // above it
  bool begins_section = false;
};

double size_of(const Line& line, const ChunkOptions& options) {
  double words = 0, ideographs = 0;
  bool in_word = false;
  each_code_point(line.text, [&](char32_t c, size_t, size_t) {
    const bool ideograph = is_ideographic(c), letter = c > ' ' && c != 0x3000 && !ideograph;
    ideographs += ideograph;
    words += letter && !in_word;
    in_word = letter;
  });
  return words / options.words + ideographs / options.ideographs;
}

// Lines of a table by its rows: those whose middle lies in the same row's span belong together.
std::vector<Unit> table_units(const Block& block, const Page& page) {
  std::vector<std::pair<double, double>> spans;
  for (const Table& table : page.tables) {
    if (table.box.y1 < block.box.y0 || table.box.y0 > block.box.y1) continue;
    for (const auto& row : table.rows) {
      double top = 1e300, bottom = -1e300;
      for (const TableCell& cell : row)
        if (!cell.text.empty()) {
          top = std::min(top, cell.box.y0);
          bottom = std::max(bottom, cell.box.y1);
        }
      if (top < bottom) spans.emplace_back(top, bottom);
    }
  }
  const auto row_of = [&](const Line& line) {
    const double middle = (line.box.y0 + line.box.y1) / 2;
    for (size_t i = 0; i < spans.size(); ++i)
      if (middle >= spans[i].first && middle <= spans[i].second) return ptrdiff_t(i);
    return ptrdiff_t(-1);
  };
  std::vector<Unit> units;
  ptrdiff_t last = -1;
  for (const Line& line : block.lines) {
    const ptrdiff_t row = row_of(line);
    if (row < 0 || row != last || units.empty()) units.emplace_back();
    units.back().lines.push_back(&line);
    last = row;
  }
  return units;
}

std::string heading_text(const Block& block) {
  std::string text;
  for (const Line& line : block.lines) text += (text.empty() ? "" : " ") + line.text;
  return text;
}

std::vector<Unit> page_units(const Page& page, std::string& heading, const ChunkOptions& options) {
  std::vector<Unit> units;
  for (const Block& block : page.blocks) {
    if (block.repeats > 0) continue;
    if (block.type == Block::Type::heading && !block.lines.empty()) heading = heading_text(block);
    const size_t first = units.size();
    if (block.type == Block::Type::table) {
      for (Unit& unit : table_units(block, page)) units.push_back(std::move(unit));
      for (size_t i = first; i < units.size(); ++i) units[i].table = first;
    } else {
      for (const Line& line : block.lines) units.emplace_back().lines.push_back(&line);
    }
    for (size_t i = first; i < units.size(); ++i) {
      units[i].heading = heading;
      for (const Line* line : units[i].lines) units[i].size += size_of(*line, options);
    }
    if (block.type == Block::Type::heading && first < units.size()) units[first].begins_section = true;
  }
  return units;
}

class ChunkWriter {
 public:
  ChunkWriter(const Page& page, const std::vector<Unit>& units) : page_(page), units_(units) {}
  Chunk write(const std::vector<size_t>& members) const {
    Chunk chunk;
    chunk.page = page_.page;
    chunk.heading = units_[members.front()].heading;
    bool first = true;
    for (size_t i = 0; i < members.size(); ++i) {
      const Unit& unit = units_[members[i]];
      const bool repeated_head = i == 0 && members.size() > 1 && unit.table == members[0] && members[1] != members[0] + 1;
      for (const Line* line : unit.lines) {
        chunk.lines.push_back(line->id);
        chunk.text += (chunk.text.empty() ? "" : "\n") + line->text;
        if (repeated_head) continue;
        chunk.box = first ? line->box : hull(chunk.box, line->box);
        first = false;
      }
    }
    return chunk;
  }

 private:
  const Page& page_;
  const std::vector<Unit>& units_;
};

}  // namespace

Chunk repeated_heads(const Page& page) {
  std::vector<Unit> units;
  for (const Block& block : page.blocks)
    if (block.repeats > 0)
      for (const Line& line : block.lines) units.emplace_back().lines.push_back(&line);
  std::vector<size_t> all(units.size());
  std::iota(all.begin(), all.end(), size_t(0));
  return all.empty() ? Chunk{} : ChunkWriter(page, units).write(all);
}

std::vector<Chunk> make_chunks(const Page& page, std::string& heading, const ChunkOptions& options) {
  if (options.words < 1 || options.ideographs < 1 || options.overlap_lines < 0)
    fail(Fault::arguments, "passages of ", options.words, " words or ", options.ideographs, " ideographs with ",
         options.overlap_lines, " lines of overlap cannot be made");
  const std::vector<Unit> units = page_units(page, heading, options);
  const ChunkWriter writer(page, units);
  std::vector<Chunk> chunks;
  std::vector<size_t> members;  // of the passage in the making
  size_t fresh = 0;             // how many of them no passage has yet
  double size = 0;
  const auto flush = [&] {
    if (fresh > 0) chunks.push_back(writer.write(members));
    fresh = 0;
  };
  const auto restart = [&](size_t next, bool overlap) {
    std::vector<size_t> kept;
    double kept_size = 0;
    if (units[next].table) {  // rows stand by themselves; the head goes with them
      if (*units[next].table != next) kept.push_back(*units[next].table);
    } else if (overlap) {
      for (size_t i = members.size(); i-- > 0 && int(kept.size()) < options.overlap_lines;) {
        const Unit& unit = units[members[i]];
        if (unit.table || kept_size + unit.size > 0.5) break;  // long lines are not said twice
        kept.insert(kept.begin(), members[i]);
        kept_size += unit.size;
      }
    }
    members = kept;
    size = 0;
    for (const size_t i : members) size += units[i].size;
  };
  for (size_t i = 0; i < units.size(); ++i) {
    const bool section = units[i].begins_section && size >= 0.25;
    if (fresh > 0 && (section || size + units[i].size > 1)) {
      flush();
      restart(i, !section);
    }
    members.push_back(i);
    size += units[i].size;
    ++fresh;
  }
  flush();
  return chunks;
}

}  // namespace bifrons
