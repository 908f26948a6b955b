// ocr/reader/absent.cpp - DocumentReader in a build without BIFRONS_DOCUMENTS: it says so.
#include "ocr/reader/reader.h"

namespace bifrons {
namespace {
[[noreturn]] void absent() { fail(Fault::lacking, "feature not built in: documents; configure with -DBIFRONS_DOCUMENTS=ON"); }
}  // namespace

bool documents_built_in() { return false; }
bool spoils(const Warning&) { absent(); }
// NOLINTNEXTLINE(performance-unnecessary-value-param): as it is with documents
DocumentReader::DocumentReader(std::filesystem::path) { absent(); }
Document DocumentReader::read(const std::filesystem::path&, const ReadOptions&, const ReadCallbacks&) const { absent(); }
PagePicture DocumentReader::render(const std::filesystem::path&, int64_t, const ReadOptions&, int64_t) const { absent(); }
Document DocumentReader::look(const std::filesystem::path&, const ReadOptions&) const { absent(); }

}  // namespace bifrons
