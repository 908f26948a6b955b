// ocr/worker/pdf.cpp - see pdf.h: opening, sizes, drawing. Text is in pdf_text.cpp, form fields in pdf_fields.cpp, the count
// of pages in pdf_pages.cpp.
#include "ocr/worker/pdf.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>

#include <ErrorCodes.h>
#include <GlobalParams.h>
#include <splash/SplashBitmap.h>

#include "ocr/worker/pdf_state.h"

namespace bifrons {
namespace {

constexpr double most_user_unit = 75'000;  // Acrobat's limit
constexpr double most_points = 1e6;        // of a page's side; PDF's own limit is 14,400

void complain(ErrorCategory category, Goffset, const char* message) {
  Complaints& complaints = Complaints::get();
  if (category == errSyntaxError || category == errIO || category == errInternal || category == errUnimplemented)
    ++complaints.errors;
  if (complaints.drawing_image) ++complaints.in_images;
  if (std::strstr(message, "character collection") != nullptr || std::strstr(message, "CMap") != nullptr)
    complaints.maps_missing = true;
  // Some decoders speak before drawing begins, when an image's parameters are looked up.
  for (const char* word : {"JPX", "JBIG2", "JPEG", "DCT", "mage", "CCITT"})
    if (std::strstr(message, word) != nullptr) {
      ++complaints.in_images;
      break;
    }
}

// Draws, and notes whose complaints are about images.
class Painter : public SplashOutputDev {
 public:
  Painter(SplashColorMode mode, SplashColorPtr paper) : SplashOutputDev(mode, 4, false, paper) {
    setVectorAntialias(true);
    setFontAntialias(true);
    setFreeTypeHinting(false, false);  // glyphs where the page puts them, not on the pixel grid
  }
  bool letters = true;  // false: text is left out
  void drawChar(GfxState* state, double x, double y, double dx, double dy, double origin_x, double origin_y, CharCode code,
                int bytes, const Unicode* u, int length) override {
    if (letters) SplashOutputDev::drawChar(state, x, y, dx, dy, origin_x, origin_y, code, bytes, u, length);
  }
  bool beginType3Char(GfxState* state, double x, double y, double dx, double dy, CharCode code, const Unicode* u,
                      int length) override {
    return !letters || SplashOutputDev::beginType3Char(state, x, y, dx, dy, code, u, length);  // true: it is done
  }
  void drawImageMask(GfxState* state, Object* ref, Stream* str, int width, int height, bool invert, bool interpolate,
                     bool inlined) override {
    const InImage in;
    SplashOutputDev::drawImageMask(state, ref, str, width, height, invert, interpolate, inlined);
  }
  void drawImage(GfxState* state, Object* ref, Stream* str, int width, int height, GfxImageColorMap* colours, bool interpolate,
                 const int* mask, bool inlined) override {
    const InImage in;
    SplashOutputDev::drawImage(state, ref, str, width, height, colours, interpolate, mask, inlined);
  }
  void drawMaskedImage(GfxState* state, Object* ref, Stream* str, int width, int height, GfxImageColorMap* colours,
                       bool interpolate, Stream* mask, int mask_width, int mask_height, bool mask_invert,
                       bool mask_interpolate) override {
    const InImage in;
    SplashOutputDev::drawMaskedImage(state, ref, str, width, height, colours, interpolate, mask, mask_width, mask_height,
                                     mask_invert, mask_interpolate);
  }
  void drawSoftMaskedImage(GfxState* state, Object* ref, Stream* str, int width, int height, GfxImageColorMap* colours,
                           bool interpolate, Stream* mask, int mask_width, int mask_height, GfxImageColorMap* mask_colours,
                           bool mask_interpolate) override {
    const InImage in;
    SplashOutputDev::drawSoftMaskedImage(state, ref, str, width, height, colours, interpolate, mask, mask_width, mask_height,
                                         mask_colours, mask_interpolate);
  }

 private:
  struct InImage {
    InImage() { Complaints::get().drawing_image = true; }
    ~InImage() { Complaints::get().drawing_image = false; }
  };
};

bool has_end_mark(std::string_view bytes) {
  return bytes.substr(bytes.size() - std::min<size_t>(bytes.size(), 1024)).find("%%EOF") != bytes.npos;
}

// A file cut short has lost its trailer, without which Poppler does not look for the catalog: "7 0" if object 7 is one; or "".
// A whole trailer that names the catalog; one that says how to decrypt counts too, for without it the rest cannot be read.
bool has_trailer(std::string_view bytes) {
  for (size_t at = bytes.find("trailer"); at != bytes.npos; at = bytes.find("trailer", at + 1)) {
    const std::string_view rest = bytes.substr(at, std::min<size_t>(4096, bytes.size() - at));
    if (rest.find("/Encrypt") != rest.npos) return true;
    if (const size_t root = rest.find("/Root"); root != rest.npos && rest.find(">>", root) != rest.npos) return true;
  }
  return false;
}

// Without the table of objects at its end, whose last number may be cut in two.
std::string_view without_table(std::string_view bytes) {
  const size_t last = bytes.rfind("endobj");
  return last != bytes.npos && bytes.find("xref", last) != bytes.npos ? bytes.substr(0, last + 6) : bytes;
}

std::string catalog_of(std::string_view bytes) {
  for (size_t at = bytes.find("/Catalog"); at != bytes.npos; at = bytes.find("/Catalog", at + 1)) {
    const size_t object = bytes.rfind(" obj", at);
    if (object == bytes.npos || at - object > 4096 || bytes.substr(object, at - object).find("endobj") != std::string_view::npos)
      continue;
    size_t begin = object;
    while (begin > 0 && ((bytes[begin - 1] >= '0' && bytes[begin - 1] <= '9') || bytes[begin - 1] == ' ')) --begin;
    const std::string numbers(bytes.substr(begin, object - begin));
    unsigned number = 0, generation = 0;
    if (std::sscanf(numbers.c_str(), "%9u %5u", &number, &generation) == 2)
      return std::to_string(number) + " " + std::to_string(generation);
  }
  return {};
}

}  // namespace

Complaints& Complaints::get() {
  static Complaints complaints;
  return complaints;
}

bool call_stop(void* stop) { return (*static_cast<const std::function<bool()>*>(stop))(); }

Pdf::Pdf(std::string_view bytes, const std::string& password) : state_(std::make_unique<State>()) {
  Complaints::get().forget();
  bool rebuilt = false;
  const auto note = [&rebuilt] { rebuilt = true; };
  const auto open = [&](const std::optional<GooString>& key) {
    auto* stream = new MemStream(bytes.data(), 0, Goffset(bytes.size()), Object(objNull));  // the document owns it
    state_->document = std::make_unique<PDFDoc>(stream, key, key, nullptr, note);
    return state_->document->getErrorCode() != errEncrypted;
  };
  // A file with an owner's password only opens with none; a wrong one must not shut it.
  if (password.empty() || !open(GooString(password))) open({});
  bool cut = false;
  if (!state_->document->isOk() && state_->document->getErrorCode() != errEncrypted && !has_trailer(bytes))
    if (const std::string catalog = catalog_of(bytes); !catalog.empty()) {
      cut = true;
      state_->document.reset();
      state_->mended = std::string(without_table(bytes)) + "\ntrailer\n<< /Root " + catalog + " R >>\nstartxref\n0\n%%EOF\n";
      bytes = state_->mended;
      open({});
    }
  PDFDoc& document = *state_->document;
  if (!document.isOk()) {
    if (document.getErrorCode() == errEncrypted)
      throw DocumentFailure(Fault::encrypted, "encrypted",
                            password.empty() ? "the file is encrypted; give its password with --password-stdin"
                                             : "the file is encrypted, and this is not its password");
    throw DocumentFailure(Fault::unreadable, "corrupt", "the PDF file is damaged beyond repair; fetch or export it again");
  }
  mend_page_count(*state_);
  if (pages() < 1) {
    const bool broken = rebuilt || Complaints::get().errors > 0;
    if (cut || (broken && !has_end_mark(bytes)))
      throw DocumentFailure(Fault::unreadable, "corrupt",
                            "the PDF file is cut short: no page of it can be found; fetch it again");
    throw DocumentFailure(Fault::unreadable, "no_pages", "the PDF file has no pages");
  }
  const size_t header = bytes.substr(0, 1024 + 5).find("%PDF-");
  if (cut)
    state_->warnings.push_back({"cut_short", 0, "the file is cut short; what is left of it was read"});
  else if (rebuilt || Complaints::get().errors > 0 || !has_end_mark(bytes) || header != 0)
    state_->warnings.push_back({"repaired", 0,
                                rebuilt       ? "the file's table of contents is damaged and was rebuilt; pages may be missing"
                                : header != 0 ? "the file does not begin with its header; what stands before was skipped"
                                : !has_end_mark(bytes) ? "the file's end mark is missing; its end may be cut off"
                                                       : "the file has errors that were worked around"});
  if (document.getCatalog()->getFormType() == Catalog::XfaForm)
    state_->warnings.push_back({"xfa", 0, "the file is an XFA form; what only its program would draw is not read"});
}
Pdf::~Pdf() = default;

int64_t Pdf::pages() const { return state_->document->getNumPages(); }
const std::vector<Warning>& Pdf::warnings() const { return state_->warnings; }

double points_per_unit(PDFDoc& document, int64_t number) {
  ::Page* page = document.getPage(int(number));
  if (page == nullptr) return 1;
  const Object dictionary = document.getXRef()->fetch(page->getRef());
  if (!dictionary.isDict()) return 1;
  const Object unit = dictionary.dictLookup("UserUnit");
  const double value = unit.isNum() ? unit.getNum() : 1;
  return std::isfinite(value) && value > 0 && value <= most_user_unit ? value : 1;
}

Pdf::Size Pdf::size(int64_t number) {
  ::Page* page = state_->document->getPage(int(number));
  if (page == nullptr || !page->isOk()) return {};
  const double unit = points_per_unit(*state_->document, number);
  double width = page->getCropWidth() * unit, height = page->getCropHeight() * unit;
  if (page->getRotate() == 90 || page->getRotate() == 270) std::swap(width, height);
  const bool usable =
      std::isfinite(width) && std::isfinite(height) && width > 0 && height > 0 && width <= most_points && height <= most_points;
  return usable ? Size{width, height, true} : Size{};
}

Picture Pdf::render(int64_t page, double dpi, bool gray, const std::function<bool()>& stop, bool* image_failed, bool letters) {
  std::unique_ptr<SplashOutputDev>& painter = gray ? state_->gray : state_->colour;
  if (!painter) {
    SplashColor paper = {0xff, 0xff, 0xff, 0};
    painter = std::make_unique<Painter>(gray ? splashModeMono8 : splashModeRGB8, paper);
    painter->startDoc(state_->document.get());
  }
  Complaints::get().forget();
  static_cast<Painter&>(*painter).letters = letters;
  const double dots = dpi * points_per_unit(*state_->document, page);  // per inch of the page's own units
  state_->document->displayPage(painter.get(), int(page), dots, dots, 0, false, true, false, call_stop,
                                const_cast<void*>(static_cast<const void*>(&stop)));
  if (image_failed != nullptr) *image_failed = Complaints::get().in_images > 0;
  const std::unique_ptr<SplashBitmap> bitmap(painter->takeBitmap());
  Picture picture;
  if (!bitmap || bitmap->getDataPtr() == nullptr || bitmap->getWidth() < 1 || bitmap->getHeight() < 1) return picture;
  picture.width = bitmap->getWidth();
  picture.height = bitmap->getHeight();
  picture.channels = gray ? 1 : 3;
  picture.dpi = dpi;
  const size_t row = size_t(picture.width) * size_t(picture.channels);
  picture.pixels.resize(row * size_t(picture.height));
  for (int y = 0; y < picture.height; ++y)
    std::memcpy(picture.pixels.data() + size_t(y) * row, bitmap->getDataPtr() + ptrdiff_t(y) * bitmap->getRowSize(), row);
  return picture;
}

void warm_up_pdf() {
  setErrorCallback(complain);
  globalParams = std::make_unique<GlobalParams>();
}

}  // namespace bifrons
