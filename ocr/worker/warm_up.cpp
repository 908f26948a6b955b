// ocr/worker/warm_up.cpp - see warm_up.h.
#include "ocr/worker/warm_up.h"

#include <fontconfig/fontconfig.h>

#include "ocr/worker/opened_files.h"
#include "ocr/worker/pdf.h"

namespace bifrons {
namespace {

constexpr size_t most_tables = 600,
                 most_files = 1800;  // descriptors; Debian's poppler-data has 266 files, a desktop some 1,000 fonts

}  // namespace

void warm_up() {
  // Without poppler-data, Chinese and Japanese text whose character maps are not embedded is lost; the page then says so.
  keep_open("/usr/share/poppler", most_tables);
  warm_up_pdf();
  FcConfig* config = FcInitLoadConfigAndFonts();
  if (config == nullptr) return;  // no fonts: text in fonts that are not embedded is read, but not drawn
  FcConfigSetCurrent(config);
  FcConfigSetRescanInterval(config, 0);  // it would look at folders that are out of reach by then, and forget all fonts
  // The fonts most likely to stand in come first, so that they are open whatever the limit.
  for (const char* family :
       {"Helvetica", "Times", "Courier", "Symbol", "ZapfDingbats", "sans", "serif", "Noto Sans CJK SC", "Noto Serif CJK SC"}) {
    FcPattern* wanted = FcPatternBuild(nullptr, FC_FAMILY, FcTypeString, family, nullptr);
    FcConfigSubstitute(config, wanted, FcMatchPattern);
    FcDefaultSubstitute(wanted);
    FcResult result;
    if (FcFontSet* sorted = FcFontSort(config, wanted, FcFalse, nullptr, &result)) {
      for (int i = 0; i < sorted->nfont && i < 20; ++i) {
        FcChar8* file = nullptr;
        if (FcPatternGetString(sorted->fonts[i], FC_FILE, 0, &file) == FcResultMatch)
          keep_open(reinterpret_cast<const char*>(file), most_files);
      }
      FcFontSetDestroy(sorted);
    }
    FcPatternDestroy(wanted);
  }
  for (const FcSetName name : {FcSetSystem, FcSetApplication})
    if (const FcFontSet* all = FcConfigGetFonts(config, name))
      for (int i = 0; i < all->nfont; ++i) {
        FcChar8* file = nullptr;
        if (FcPatternGetString(all->fonts[i], FC_FILE, 0, &file) == FcResultMatch)
          keep_open(reinterpret_cast<const char*>(file), most_files);
      }
}

}  // namespace bifrons
