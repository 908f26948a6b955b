// ocr/reader/reading.h - one document being read: workers started as needed, pages handed out one by one and delivered in order,
// late and dead workers replaced. Used by reader.cpp; one thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>

#include "ocr/reader/worker_process.h"

namespace bifrons {

class DocumentReading {
 public:
  DocumentReading(std::filesystem::path program, InputFile& input, const ReadOptions& options, const ReadCallbacks& callbacks);
  ~DocumentReading();

  // Starts the first worker and waits until it knows the document. `look_only`: nothing else is called afterwards.
  wire::Opened open(bool look_only = false);
  void read(const std::vector<int64_t>& wanted, const std::function<void(Page&&)>& deliver);  // ascending page numbers
  PagePicture render(int64_t page, int64_t most_pixels);
  bool partial() const { return partial_; }  // a page could not be read as it should

 private:
  using Clock = std::chrono::steady_clock;
  struct Slot;  // a worker and what it is doing
  void start(Slot& slot);
  void hand_out();
  bool step();  // waits for news of any worker, at most 50 ms, and acts on it; throws Cancelled
  void act_on(Slot& slot, const wire::Frame& frame);
  void act_on_page(Slot& slot, Page&& page);
  void act_on_end(Slot& slot, const std::string& why);  // the worker died, or sent nonsense
  void act_on_lateness(Slot& slot);
  void finish(size_t index, Page&& page);
  Page unread(const Slot& slot, const std::string& code, const std::string& message) const;

  std::filesystem::path program_;
  InputFile& input_;
  const ReadOptions& options_;
  const ReadCallbacks& callbacks_;
  std::string name_;
  size_t workers_ = 1;
  bool slow_pages_ = false;  // pages are recognised, which takes longer than starting a worker
  bool partial_ = false;
  bool look_only_ = false;
  int failed_openings_ = 0;
  std::optional<wire::Opened> opened_;
  std::optional<PagePicture> picture_;
  std::vector<std::unique_ptr<Slot>> slots_;

  std::vector<int64_t> wanted_;
  size_t next_ = 0, delivered_ = 0;  // indices into wanted_; held are those between
  std::set<size_t> again_;           // handed out before, to be handed out anew
  std::map<size_t, int> crashes_;
  std::map<size_t, Page> ready_;  // finished before an earlier page
};

}  // namespace bifrons
