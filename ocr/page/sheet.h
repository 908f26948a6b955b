// ocr/page/sheet.h - the photo test: is there a bright sheet with four corners on something else?
#pragma once

#include <array>
#include <optional>

#include <opencv2/core.hpp>

namespace bifrons {

// Corners in the picture's coordinates, clockwise from the top left. None when the paper fills the picture (a scan).
std::optional<std::array<cv::Point2d, 4>> find_sheet(const cv::Mat& gray);

}  // namespace bifrons
