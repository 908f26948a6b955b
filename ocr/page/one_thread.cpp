// ocr/page/one_thread.cpp - see one_thread.h. Debian's Tesseract asks OpenMP for a fixed number of threads at every time step of
// its network. With several threads that makes it 3 to 7 times slower on few cores; with one, libgomp still sets up a team and
// wakes nobody, 80,000 system calls a page, 6 % of the time. The functions below take the place of libgomp's (the program's
// own definitions come first): a parallel region is simply run.
#include "ocr/page/one_thread.h"

#include <opencv2/core/utility.hpp>

extern "C" {
void omp_set_max_active_levels(int);  // libgomp, which Tesseract is linked with; clang has no omp.h of its own

// The interface between GCC and libgomp, as its manual gives it ("Implementing PARALLEL construct", "... SECTIONS construct").
void GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags);
void GOMP_parallel_sections(void (*body)(void*), void* data, unsigned threads, unsigned count, unsigned flags);
unsigned GOMP_sections_next();  // from 1; 0: no more
void GOMP_sections_end_nowait();
}

namespace {

struct Sections {
  unsigned next = 1, count = 0;
};
thread_local Sections sections;  // of the region being run

}  // namespace

void GOMP_parallel(void (*body)(void*), void* data, unsigned, unsigned) { body(data); }
void GOMP_parallel_sections(void (*body)(void*), void* data, unsigned, unsigned count, unsigned) {
  const Sections outer = sections;
  sections = {1, count};
  body(data);
  sections = outer;
}
unsigned GOMP_sections_next() { return sections.next <= sections.count ? sections.next++ : 0; }
void GOMP_sections_end_nowait() {}

namespace bifrons {

void use_one_thread() {
  omp_set_max_active_levels(0);  // for what else may ask libgomp
  cv::setNumThreads(1);
}

}  // namespace bifrons
