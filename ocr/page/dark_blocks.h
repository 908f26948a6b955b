// ocr/page/dark_blocks.h - light letters on a dark block of a light page, like the head row of a table, become dark ones on
// white.
#pragma once

#include <optional>

#include <opencv2/core.hpp>

namespace bifrons {

// `glyph`: height of the page's letters in pixels, 0: unknown. Nothing where there is no such block.
std::optional<cv::Mat> without_dark_blocks(const cv::Mat& gray, double glyph);

}  // namespace bifrons
