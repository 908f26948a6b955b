// ocr/reader/reading.cpp - see reading.h.
#include "ocr/reader/reading.h"

#include <algorithm>
#include <cmath>
#include <csignal>

#include <poll.h>

#include "kernels/core/threads.h"
#include "ocr/document/running_heads.h"
#include "ocr/reader/check_page.h"

namespace bifrons {
namespace {

constexpr double opening_seconds =
    20;  // start, fonts, languages (some 0.3 s on one core), on top of reading the file's structure
// Limits are of processor time, so that a busy machine reads the same as an idle one; a worker that waits instead of working is
// late by the clock after so many times the limit.
constexpr double clock_factor = 4;
constexpr double grace_seconds = 1;  // workers stop by themselves at their limits; the reader's kill comes after
constexpr int most_failed_openings = 2;
constexpr size_t most_workers = 64;

}  // namespace

bool spoils(const Warning& warning) {
  return warning.code == "timeout" || warning.code == "worker_failed" || warning.code == "page_failed" ||
         warning.code == "too_large" || warning.code == "too_much_text" || warning.code == "damaged_image";
}

struct DocumentReading::Slot {
  std::unique_ptr<WorkerProcess> process;
  enum class State { none, opening, idle, reading, rendering } state = State::none;
  size_t index = 0;  // into wanted_
  // The clock of each kind of work: one page may change between them.
  wire::Stage stage;
  bool stage_seen = false;
  double used[3] = {};
  Clock::time_point since;
  double cpu_since = 0;

  // Seconds of the limit that the work at hand has used up.
  double running() const {
    return std::max(process->cpu_seconds() - cpu_since,
                    std::chrono::duration<double>(Clock::now() - since).count() / clock_factor);
  }
  void begin(State next) {
    state = next;
    stage = {};
    stage_seen = false;
    std::fill(std::begin(used), std::end(used), 0.);
    since = Clock::now();
    cpu_since = process->cpu_seconds();
  }
  void change(const wire::Stage& next) {
    used[int(stage.work)] += running();
    stage = next;
    stage_seen = true;
    since = Clock::now();
    cpu_since = process->cpu_seconds();
  }
  double limit(const ReadLimits& limits) const {  // seconds for what it does now
    if (state == State::opening) return limits.text_seconds + opening_seconds;
    if (state == State::rendering) return limits.text_seconds + limits.render_seconds + grace_seconds;
    const double by_work[] = {limits.text_seconds, limits.render_seconds, limits.recognise_seconds};
    return by_work[int(stage.work)] + grace_seconds - used[int(stage.work)];
  }
};

DocumentReading::DocumentReading(std::filesystem::path program, InputFile& input, const ReadOptions& options,
                                 const ReadCallbacks& callbacks)
    : program_(std::move(program)), input_(input), options_(options), callbacks_(callbacks), name_(input.file.name) {
  workers_ = std::min(options.workers > 0 ? size_t(options.workers) : size_t(usable_cores()), most_workers);
  slow_pages_ = options.ocr == ReadOptions::Ocr::always || (input.file.type != "pdf" && options.ocr != ReadOptions::Ocr::never);
}
DocumentReading::~DocumentReading() = default;

void DocumentReading::start(Slot& slot) {
  slot.process.reset();
  slot.process = std::make_unique<WorkerProcess>(program_, input_.descriptor);
  slot.begin(Slot::State::opening);
  slot.process->allow_cpu(slot.limit(options_.limits) + grace_seconds);
  slot.process->send(wire::frame(wire::Open{.type = input_.file.type,
                                            .password = options_.password,
                                            .languages = options_.languages,
                                            .ocr = options_.ocr,
                                            .look_only = look_only_,
                                            .limits = options_.limits}));  // a failure shows when its stream is read
}

wire::Opened DocumentReading::open(bool look_only) {
  look_only_ = look_only;
  slots_.push_back(std::make_unique<Slot>());
  start(*slots_.back());
  while (!opened_) step();
  return *opened_;
}

void DocumentReading::read(const std::vector<int64_t>& wanted, const std::function<void(Page&&)>& deliver) {
  wanted_ = wanted;
  workers_ = std::min(workers_, wanted_.size());
  if (callbacks_.on_progress) callbacks_.on_progress(0, int64_t(wanted_.size()));
  // Pages wait here until it is known what repeats on the pages after them.
  RunningHeads heads;
  const auto hand_over = [&](std::vector<Page>&& pages) {
    for (Page& page : pages) {
      ++delivered_;
      partial_ = partial_ || std::ranges::any_of(page.warnings, spoils);
      deliver(std::move(page));
      if (callbacks_.on_progress) callbacks_.on_progress(int64_t(delivered_), int64_t(wanted_.size()));
    }
  };
  for (size_t passed = 0; passed < wanted_.size();) {
    for (auto first = ready_.find(passed); first != ready_.end(); first = ready_.find(++passed)) {
      Page page = std::move(first->second);
      ready_.erase(first);
      std::vector<Page> final_ones;
      if (options_.mark_heads)
        final_ones = heads.add(std::move(page));
      else
        final_ones.push_back(std::move(page));
      hand_over(std::move(final_ones));
    }
    if (passed == wanted_.size()) break;
    hand_out();
    step();
  }
  hand_over(heads.finish());
}

void DocumentReading::hand_out() {
  // At most workers + 2 finished pages are held, waiting for their turn or for what repeats on the next ones. The page whose turn
  // it is is never among them, so one more may be in hand: without it a worker would wait whenever the other's page takes longer.
  const size_t window = std::min(wanted_.size(), delivered_ + workers_ + 3);
  const auto work_left = [&] { return !again_.empty() || next_ < window; };
  size_t opening = 0;
  for (const auto& slot : slots_) opening += slot->state == Slot::State::opening;
  for (size_t i = 0; i < slots_.size() && work_left(); ++i) {
    Slot& slot = *slots_[i];
    if (slot.state == Slot::State::none) {
      start(slot);
      ++opening;
    }
    if (slot.state != Slot::State::idle) continue;
    const size_t index = again_.empty() ? next_++ : *again_.begin();
    again_.erase(index);
    slot.index = index;
    slot.begin(Slot::State::reading);
    const ReadLimits& limits = options_.limits;
    slot.process->allow_cpu(limits.text_seconds + limits.render_seconds + limits.recognise_seconds + 3 * grace_seconds);
    slot.process->send(wire::frame(wire::ReadPage{.page = wanted_[index]}));
  }
  // New workers only for work that no starting one will take. A page of text takes less than a start: one at a time.
  const auto waiting = [&] { return again_.size() + (next_ < window ? window - next_ : 0); };
  for (; slots_.size() < workers_ && waiting() > opening && (slow_pages_ || opening == 0); ++opening) {
    slots_.push_back(std::make_unique<Slot>());
    start(*slots_.back());
  }
}

bool DocumentReading::step() {
  if (callbacks_.cancelled && callbacks_.cancelled()) throw Cancelled();
  std::vector<pollfd> streams;
  std::vector<Slot*> watched;
  for (const auto& slot : slots_)
    if (slot->process) {
      streams.push_back({slot->process->stream(), POLLIN, 0});
      watched.push_back(slot.get());
    }
  const int events = ::poll(streams.data(), streams.size(), 50);  // ms: how often `cancelled` and the clocks are looked at
  bool news = false;
  for (size_t i = 0; i < watched.size(); ++i) {
    Slot& slot = *watched[i];
    if (events > 0 && streams[i].revents != 0) {
      news = true;
      try {
        const bool alive = slot.process->receive();
        const size_t most = slot.state == Slot::State::rendering ? wire::most_picture_bytes : wire::most_page_bytes;
        while (slot.process)
          if (const auto frame = slot.process->next_frame(most))
            act_on(slot, *frame);
          else
            break;
        if (!alive && slot.process) {
          const std::string why = slot.process->end();
          act_on_end(slot, why);
        }
      } catch (const DocumentFailure&) {
        throw;
      } catch (const Error& nonsense) {
        if (slot.process) slot.process->end();
        act_on_end(slot, nonsense.what());
      }
    } else if (slot.state != Slot::State::idle && slot.running() > slot.limit(options_.limits)) {
      act_on_lateness(slot);
    }
  }
  return news;
}

void DocumentReading::act_on(Slot& slot, const wire::Frame& frame) {
  using State = Slot::State;
  if (frame.kind == wire::Kind::failed && slot.state != State::idle) {
    auto failure = wire::read<wire::Failed>(frame);
    if (slot.state == State::reading && failure.fault != Fault::lacking)  // what a page lacks is said in the page
      fail(Fault::other, "the document worker gave up with a page in hand");
    std::vector<Warning> one = {{failure.code, 0, failure.message}};
    check_warnings(one, 0);  // a proper code, one line
    throw DocumentFailure(failure.fault == Fault() ? Fault::other : failure.fault, one[0].code, name_ + ": " + one[0].message);
  }
  if (slot.state == State::opening && frame.kind == wire::Kind::opened) {
    wire::Opened opened = wire::read<wire::Opened>(frame);
    if (opened.pages < 0 || opened.pages > 10'000'000) fail(Fault::other, "the document worker sent ", opened.pages, " pages");
    check_warnings(opened.warnings, 0);
    if (opened_ && opened_->pages != opened.pages)
      fail(Fault::other, "one document worker found ", opened_->pages, " pages, another ", opened.pages);
    failed_openings_ = 0;
    if (!opened_) opened_ = std::move(opened);
    slot.state = State::idle;
  } else if (slot.state == State::reading && frame.kind == wire::Kind::stage) {
    const auto stage = wire::read<wire::Stage>(frame);
    if (stage.page != wanted_[slot.index]) fail(Fault::other, "the document worker speaks of a page it was not asked for");
    if (!(stage.width >= 0 && stage.width <= 1e6 && stage.height >= 0 && stage.height <= 1e6))
      fail(Fault::other, "the document worker sent an impossible page size");
    slot.change(stage);
    slow_pages_ = slow_pages_ || stage.work == wire::Stage::Work::recognise;
  } else if (slot.state == State::reading && frame.kind == wire::Kind::page) {
    act_on_page(slot, wire::read<Page>(frame));
  } else if (slot.state == State::rendering && frame.kind == wire::Kind::picture) {
    picture_ = wire::read<PagePicture>(frame);
    slot.state = State::idle;
  } else {
    fail(Fault::other, "the document worker sent a frame of kind ", uint32_t(frame.kind), " out of turn");
  }
}

void DocumentReading::act_on_page(Slot& slot, Page&& page) {
  check_page(page, wanted_[slot.index], options_.limits);
  if (crashes_.contains(slot.index))
    page.warnings.push_back(
        {"worker_restarted", page.page, "the first worker that read this page did not survive it; a second one did"});
  const size_t index = slot.index;
  slot.state = Slot::State::idle;
  hand_out();  // before the page is delivered: its worker need not wait for what is done with it
  finish(index, std::move(page));
}

Page DocumentReading::unread(const Slot& slot, const std::string& code, const std::string& message) const {
  Page page;
  page.page = wanted_[slot.index];
  if (slot.stage_seen) page.width = slot.stage.width, page.height = slot.stage.height;
  page.unit = input_.file.type == "pdf" ? Page::Unit::pt : Page::Unit::px;
  page.warnings.push_back({code, page.page, message});
  return page;
}

void DocumentReading::act_on_end(Slot& slot, const std::string& why) {
  const auto was = slot.state;
  slot.state = Slot::State::none;
  slot.process.reset();
  if (was == Slot::State::rendering)
    throw DocumentFailure(Fault::other, "worker_failed", name_ + ": the page could not be drawn: the document worker " + why);
  if (was == Slot::State::opening) {
    if (++failed_openings_ >= most_failed_openings)
      throw DocumentFailure(opened_ ? Fault::other : Fault::unreadable, opened_ ? "worker_failed" : "corrupt",
                            name_ + ": no document worker survives opening it (" + why + "); the file is damaged or hostile");
    if (!opened_) start(slot);
    return;
  }
  if (was != Slot::State::reading) return;  // an idle worker was killed: another one is started when there is work
  if (++crashes_[slot.index] < 2) {
    again_.insert(slot.index);
    return;
  }
  finish(slot.index,
         unread(slot, "worker_failed", "the page was skipped: two document workers did not survive it (" + why + ")"));
}

void DocumentReading::act_on_lateness(Slot& slot) {
  slot.process->end();
  const auto was = slot.state;
  const wire::Stage stage = slot.stage;
  const double limit = slot.limit(options_.limits) + slot.used[int(stage.work)] - grace_seconds;
  slot.process.reset();
  slot.state = Slot::State::none;
  if (was == Slot::State::opening || was == Slot::State::rendering)
    throw DocumentFailure(
        Fault::limit, "timeout",
        name_ + (was == Slot::State::opening
                     ? ": not opened within the time limit; raise it with --max-text-seconds or repair the file"
                     : ": page not drawn within the time limit; raise it with --max-render-seconds or repair the file"));
  constexpr const char* works[] = {"reading its text", "drawing it", "recognising it"};
  constexpr const char* options[] = {"--max-text-seconds", "--max-render-seconds", "--max-recognise-seconds"};
  std::ostringstream message;
  message << "the page was left out: " << works[int(stage.work)] << " took more than " << std::round(limit * 10) / 10 << " s; "
          << options[int(stage.work)] << " gives it more";
  finish(slot.index, unread(slot, "timeout", message.str()));
}

void DocumentReading::finish(size_t index, Page&& page) { ready_.emplace(index, std::move(page)); }

PagePicture DocumentReading::render(int64_t page, int64_t most_pixels) {
  Slot& slot = *slots_.front();
  slot.begin(Slot::State::rendering);
  slot.process->send(wire::frame(wire::Render{.page = page, .most_pixels = most_pixels}));
  while (!picture_) step();
  const PagePicture& picture = *picture_;
  if (picture.width < 1 || picture.height < 1 || picture.width > most_pixels || picture.height > most_pixels ||
      !(picture.scale > 0) || picture.rgb.size() != size_t(picture.width * picture.height * 3))
    fail(Fault::other, name_, ": the document worker sent a picture whose size does not fit its pixels");
  return std::move(*picture_);
}

}  // namespace bifrons
