// ocr/page/engine.cpp - see engine.h.
#include "ocr/page/engine.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <leptonica/allheaders.h>
#include <tesseract/baseapi.h>
#include <tesseract/ocrclass.h>

#include "ocr/document/document.h"
#include "ocr/page/ideograph_boxes.h"
#include "ocr/page/one_thread.h"
#include "ocr/page/script.h"

// Tesseract keeps the picture of each line in memory, as PNG, from cutting it out to scaling it: 5 % of a page's time for writing
// and reading what nobody sees. This definition takes the place of Leptonica's (the program's own come first): nothing is
// compressed.
l_ok pixWriteMem(l_uint8** data, size_t* size, PIX* pix, l_int32) { return pixWriteMemSpix(data, size, pix); }

namespace bifrons {
namespace {

constexpr const char* nowhere = "/dev/null";  // for Tesseract's messages

void start(tesseract::TessBaseAPI& api, const std::string& folder, const std::vector<std::string>& list) {
  std::string languages;  // as Tesseract joins them
  for (const auto& language : list) languages += (languages.empty() ? "" : "+") + language;
  const std::vector<std::string> names = {"debug_file", "tessedit_enable_doc_dict"};
  const std::vector<std::string> values = {nowhere, "0"};  // words of one page must not sway the next
  if (api.Init(folder.c_str(), languages.c_str(), tesseract::OEM_LSTM_ONLY, nullptr, 0, &names, &values, false) != 0)
    throw DocumentFailure(Fault::lacking, "missing_language",
                          "Tesseract cannot load the language data '" + languages + "' from " + folder +
                              ": reinstall the package " + language_package(list.front()));
}

}  // namespace

double confidence_of(const std::vector<FoundWord>& words) {
  double sum = 0, weight = 0;
  for (const FoundWord& word : words) sum += word.confidence * double(word.text.size()), weight += double(word.text.size());
  return weight > 0 ? sum / weight : 0;
}

struct Engine::State {
  std::string folder;
  std::vector<std::string> languages;
  bool ideographs = false, started = false;
  tesseract::TessBaseAPI api;
};

Engine::Engine(std::string folder, std::vector<std::string> languages) : state_(std::make_unique<State>()) {
  setMsgSeverity(L_SEVERITY_NONE);
  use_one_thread();  // here, not at the first reading: OpenCV's pool of threads opens files, and OpenCV comes before Tesseract
  state_->folder = std::move(folder);
  state_->languages = std::move(languages);
  for (const auto& language : state_->languages)
    state_->ideographs = state_->ideographs || language.starts_with("chi_") || language.starts_with("jpn");
}
Engine::~Engine() = default;
const std::vector<std::string>& Engine::languages() const { return state_->languages; }
bool Engine::ideographs() const { return state_->ideographs; }

Reading Engine::read(const cv::Mat& gray, Segmentation segmentation, Deadline deadline) {
  using namespace tesseract;
  Reading reading;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  if (left <= 0) {
    reading.in_time = false;
    return reading;
  }
  TessBaseAPI& api = state_->api;
  if (!state_->started) start(api, state_->folder, state_->languages);
  state_->started = true;
  // The search for fixed pitch takes 2 % of the time and serves an older engine; ideographs need it. One variable for all engines
  // of the process: set each time, so that no reading depends on which engine was there before.
  api.SetVariable("textord_all_prop", state_->ideographs ? "0" : "1");
  const auto mode = [&] {
    switch (segmentation) {
      case Segmentation::column: return PSM_SINGLE_COLUMN;
      case Segmentation::automatic: return PSM_AUTO;
      case Segmentation::block: return PSM_SINGLE_BLOCK;
      case Segmentation::vertical_block: return PSM_SINGLE_BLOCK_VERT_TEXT;
      case Segmentation::line: return PSM_SINGLE_LINE;
      case Segmentation::sparse: return PSM_SPARSE_TEXT;
    }
    return PSM_AUTO;
  }();
  api.SetPageSegMode(mode);
  api.SetImage(gray.data, gray.cols, gray.rows, 1, int(gray.step));
  api.SetSourceResolution(300);
  ETEXT_DESC monitor;
  monitor.set_deadline_msecs(int32_t(std::min<long long>(left, 1'000'000)));
  const int failed = api.Recognize(&monitor);
  reading.in_time = failed == 0 && !monitor.deadline_exceeded();
  if (const std::unique_ptr<ResultIterator> words(failed ? nullptr : api.GetIterator()); words) {
    words->Begin();
    int row = -1;
    do {
      if (row < 0 || words->IsAtBeginningOf(RIL_TEXTLINE)) ++row;
      if (words->Empty(RIL_WORD)) continue;
      const std::unique_ptr<char[]> text(words->GetUTF8Text(RIL_WORD));
      int x0, y0, x1, y1;
      if (!text || !text[0] || !words->BoundingBox(RIL_WORD, &x0, &y0, &x1, &y1)) continue;
      FoundWord word{.text = text.get(), .box = {x0, y0, x1 - x0, y1 - y0}, .confidence = words->Confidence(RIL_WORD)};
      while (!word.text.empty() && (word.text.back() == ' ' || word.text.back() == '\n')) word.text.pop_back();
      if (word.text.empty()) continue;
      float height = 0, descenders = 0, ascenders = 0;
      words->RowAttributes(&height, &descenders, &ascenders);
      word.size = height;
      if (int from, to; words->Baseline(RIL_WORD, &x0, &from, &x1, &to)) word.base = (from + to) / 2.0;
      word.row = row;
      ResultIterator signs(*words);
      do word.sure.push_back(signs.Confidence(RIL_SYMBOL));
      while (signs.Next(RIL_SYMBOL) && !signs.IsAtBeginningOf(RIL_WORD));
      reading.words.push_back(std::move(word));
    } while (words->Next(RIL_WORD));
  }
  if (state_->ideographs && segmentation != Segmentation::vertical_block) part_ideographs(reading.words);
  reading.confidence = confidence_of(reading.words);
  api.Clear();
  api.ClearAdaptiveClassifier();
  return reading;
}

std::vector<std::string> engine_files(const std::string& folder, const std::vector<std::string>& languages) {
  std::vector<std::string> files = {nowhere};
  for (const std::string& language : languages) files.push_back(folder + "/" + language + ".traineddata");
  return files;
}

std::string language_folder() {
  std::vector<std::string> folders;
  if (const char* prefix = std::getenv("TESSDATA_PREFIX"); prefix && *prefix) folders.emplace_back(prefix);
  for (const char* known : {"/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata",
                            "/usr/share/tessdata", "/usr/local/share/tessdata"})
    folders.emplace_back(known);
  for (const auto& folder : folders) {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
      if (entry.path().extension() == ".traineddata") return folder;
  }
  return {};
}

std::string language_package(const std::string& language) {
  std::string package = "tesseract-ocr-" + language;
  std::replace(package.begin(), package.end(), '_', '-');
  return package;
}

}  // namespace bifrons
