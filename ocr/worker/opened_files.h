// ocr/worker/opened_files.h - files opened before the door is shut, given out afterwards to libraries that open them by name
// (fonts, Poppler's tables, Tesseract's languages). The system call to open stays forbidden: seccomp turns it into a signal,
// whose handler looks into this table.
#pragma once

#include <cstddef>
#include <string>

namespace bifrons {

// Opens the file, or every regular file below the folder, read-only (but /dev/null), and keeps it; at most `most` in all. Returns
// how many are kept.
size_t keep_open(const std::string& path, size_t most);
// SIGSYS answers open, openat, stat, access and their kin from the table (a fresh descriptor at the file's start), EACCES for all
// else. Nothing can be kept any more.
void answer_from_opened_files();

}  // namespace bifrons
