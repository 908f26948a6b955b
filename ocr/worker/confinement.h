// ocr/worker/confinement.h - shuts the door: after it, this process reads its stream, computes and answers, and can do nothing
// else. Source: documents.md 8.
#pragma once

#include <cstdint>

namespace bifrons {

// Before anything else: forgets every inherited descriptor but 0, 1, 2 and 3, dies with the parent, leaves no core, cannot be
// traced.
void shed_inheritance();

struct Shut {
  bool landlock = false;  // this kernel has it, and no file may be reached through it; without it seccomp alone refuses open
};
// After the languages, fonts and tables are open. `memory_bytes`: of address space. Throws Error if any part but Landlock, which
// older kernels lack, cannot be put in place.
Shut shut_the_door(uint64_t memory_bytes);

}  // namespace bifrons
