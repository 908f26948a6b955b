// ocr/document/library_file.h - the file of the page library: made whole or not at all, and believed only if it is exactly ours.
#pragma once

#include <filesystem>

#include "ocr/document/library.h"
#include "ocr/document/sqlite.h"

namespace bifrons {

// Creates folders (for the user only, 0700) and file (0600) that are missing. Throws DatabaseTrouble, the file untouched, when
// it is no page library, one of a newer version, or has tables, triggers or views that ours has not; DamagedDatabase where it is
// no database at all.
// `nameless`: as in OutputFile, for the file while it is made.
Sqlite open_library_file(const std::filesystem::path& file, bool nameless = true);
// See Library::file_id and Library::set_aside.
Library::FileId library_file_id(const std::filesystem::path& file);
std::filesystem::path set_aside_library_file(const std::filesystem::path& file, Library::FileId damaged);

}  // namespace bifrons
