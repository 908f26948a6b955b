// ocr/page/engine.h - Tesseract behind a narrow door: a gray picture and a way of looking at it to words with boxes. The language
// data are loaded at the first reading (0.1 s each), because most documents need none or one of them. Not to be shared between
// threads.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

namespace bifrons {

using Deadline = std::chrono::steady_clock::time_point;

struct FoundWord {
  std::string text;
  cv::Rect box;
  double confidence = 0;      // 0 to 100
  double size = 0;            // height of the row from descender to ascender, pixels
  double base = 0;            // y of the row's baseline, in the middle of the word
  int row = 0;                // counted from 0 in the engine's order
  std::vector<float> sure{};  // confidence of each character of `text`; of another length: unknown
};
struct Reading {
  std::vector<FoundWord> words;
  double confidence = 0;  // mean over words, by their characters
  bool in_time = true;
};
double confidence_of(const std::vector<FoundWord>& words);  // as Reading's
enum class Segmentation { column, automatic, block, vertical_block, line, sparse };

class Engine {
 public:
  // `languages` by Tesseract's names: chi_sim, eng. `folder` holds <language>.traineddata.
  Engine(std::string folder, std::vector<std::string> languages);
  ~Engine();
  const std::vector<std::string>& languages() const;
  bool ideographs() const;  // does it know any?
  // Throws DocumentFailure missing_language (Fault::lacking) where the data turn out to be no language data.
  Reading read(const cv::Mat& gray, Segmentation segmentation, Deadline deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What is opened by name at the first reading.
std::vector<std::string> engine_files(const std::string& folder, const std::vector<std::string>& languages);
std::string language_folder();                              // where the .traineddata files are; empty: nowhere
std::string language_package(const std::string& language);  // Debian's name: tesseract-ocr-chi-sim

}  // namespace bifrons
