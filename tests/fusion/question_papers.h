// tests/fusion/question_papers.h - the papers of tests/data/questions and what is asked or said about each.
#pragma once

#include <fstream>
#include <string>
#include <vector>

namespace bifrons {

struct Wanted {
  std::string question, answer;  // words of the line that answers; "=value": the short answer; "-": nothing
};
struct Paper {
  std::string name, text;
  std::vector<Wanted> questions;
};
// "### name", the paper's lines, "---", then "question | answer" a line.
inline std::vector<Paper> papers_of(const std::string& file) {
  std::vector<Paper> papers;
  std::ifstream in(std::string(BIFRONS_SOURCE_DIR) + "/tests/data/questions/" + file);
  bool questions = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("### ")) {
      papers.push_back({line.substr(4), "", {}});
      questions = false;
    } else if (line == "---") {
      questions = true;
    } else if (questions) {
      if (const size_t bar = line.find(" | "); bar != std::string::npos)
        papers.back().questions.push_back({line.substr(0, bar), line.substr(bar + 3)});
    } else {
      papers.back().text += line + '\n';
    }
  }
  return papers;
}

}  // namespace bifrons
