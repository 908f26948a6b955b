// ocr/worker/page_images.cpp - see page_images.h.
#include "ocr/worker/page_images.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace bifrons {
namespace {

constexpr double masks_count = 0.1;  // of the page: finer masks that cover less are stamps and signatures
constexpr double touching_gap = 4;   // points
constexpr size_t most_groups = 12;   // of images that are recognised each by itself

}  // namespace

bool overlap(const Box& a, const Box& b) { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1; }

double area(const Box& box) { return std::max(0., box.x1 - box.x0) * std::max(0., box.y1 - box.y0); }

double dpi_of(const PdfImage& image) { return image.width / std::max(image.box.x1 - image.box.x0, 1e-3) * points_per_inch; }

double covered(const std::vector<PdfImage>& images, const Pdf::Size& size) {
  constexpr int cells = 64;
  bool under[cells][cells] = {};
  for (const PdfImage& image : images)
    for (int y = int(image.box.y0 / size.height * cells); y < cells && (y + 0.5) / cells * size.height < image.box.y1; ++y)
      for (int x = int(image.box.x0 / size.width * cells); x < cells && (x + 0.5) / cells * size.width < image.box.x1; ++x)
        if (y >= 0 && x >= 0) under[y][x] = true;
  int n = 0;
  for (const auto& row : under) n += int(std::count(std::begin(row), std::end(row), true));
  return double(n) / (cells * cells);
}

double own_dpi(const std::vector<PdfImage>& images, const Box& whole) {
  const auto largest = std::ranges::max_element(images, {}, [](const PdfImage& image) { return area(image.box); });
  if (largest == images.end()) return vector_dpi;
  double dpi = dpi_of(*largest), page_area = area(whole), under_finer = 0;
  std::vector<const PdfImage*> masks;
  for (const PdfImage& image : images)
    if (image.mask) masks.push_back(&image);
  std::ranges::sort(masks, std::greater(), [](const PdfImage* mask) { return dpi_of(*mask); });
  for (const PdfImage* mask : masks)
    if ((under_finer += area(mask->box)) >= masks_count * page_area) {
      dpi = std::max(dpi, dpi_of(*mask));
      break;
    }
  return dpi;
}

std::vector<std::vector<PdfImage>> touching(const std::vector<PdfImage>& images) {
  struct Group {
    Box box;
    std::vector<PdfImage> images;
  };
  std::vector<Group> groups;
  for (const PdfImage& image : images) {
    Group joined{image.box, {image}};
    const Box near{image.box.x0 - touching_gap, image.box.y0 - touching_gap, image.box.x1 + touching_gap,
                   image.box.y1 + touching_gap};
    std::erase_if(groups, [&](Group& group) {
      if (!overlap(group.box, near)) return false;
      joined.box = hull(joined.box, group.box);
      joined.images.insert(joined.images.end(), group.images.begin(), group.images.end());
      return true;
    });
    groups.push_back(std::move(joined));
  }
  if (groups.size() > most_groups) return {images};
  std::vector<std::vector<PdfImage>> result;
  result.reserve(groups.size());
  for (Group& group : groups) result.push_back(std::move(group.images));
  return result;
}

std::optional<CutOut> cut_out(const Picture& drawn, const std::vector<PdfImage>& images, const std::vector<Box>& erased,
                              double scale_x, double scale_y) {
  Box all = images.front().box;
  for (const PdfImage& image : images) all = hull(all, image.box);
  const int x0 = std::clamp(int(all.x0 * scale_x), 0, drawn.width - 1),
            x1 = std::clamp(int(std::ceil(all.x1 * scale_x)), x0 + 1, drawn.width);
  const int y0 = std::clamp(int(all.y0 * scale_y), 0, drawn.height - 1),
            y1 = std::clamp(int(std::ceil(all.y1 * scale_y)), y0 + 1, drawn.height);
  if (x1 - x0 < 8 || y1 - y0 < 8) return {};
  CutOut cut{.picture = {}, .x = x0, .y = y0};
  cut.picture.width = x1 - x0, cut.picture.height = y1 - y0, cut.picture.channels = 3;
  cut.picture.dpi = scale_x * points_per_inch;
  cut.picture.pixels.assign(size_t(x1 - x0) * size_t(y1 - y0) * 3, 255);
  const auto for_each_row = [&](const Box& box, double margin, auto act) {
    const int left = std::clamp(int((box.x0 - margin) * scale_x), x0, x1),
              right = std::clamp(int(std::ceil((box.x1 + margin) * scale_x)), x0, x1);
    const int top = std::clamp(int((box.y0 - margin) * scale_y), y0, y1),
              bottom = std::clamp(int(std::ceil((box.y1 + margin) * scale_y)), y0, y1);
    for (int y = top; y < bottom && left < right; ++y)
      act(&drawn.pixels[(size_t(y) * size_t(drawn.width) + size_t(left)) * 3],
          &cut.picture.pixels[(size_t(y - y0) * size_t(x1 - x0) + size_t(left - x0)) * 3], size_t(right - left) * 3);
  };
  for (const PdfImage& image : images)
    for_each_row(image.box, 0, [](const uint8_t* from, uint8_t* to, size_t n) { std::copy_n(from, n, to); });
  for (const Box& box : erased)
    for_each_row(box, 0.5, [](const uint8_t*, uint8_t* to, size_t n) { std::fill_n(to, n, uint8_t(255)); });
  return cut;
}

}  // namespace bifrons
