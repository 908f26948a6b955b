// ocr/page/analyse.h - a first look at a picture, at 1800 pixels or fewer: is it a photo of a sheet, light on dark, where are
// letters?
#pragma once

#include "ocr/page/glyphs.h"
#include "ocr/page/recognise.h"
#include "ocr/page/transform.h"

namespace bifrons {

struct Analysis {
  cv::Size flat;          // size of the rectified page in pixels like the picture's
  Map back = Map::eye();  // from the rectified page to the picture
  bool photo = false;     // `back` is a homography
  bool inverted = false;  // light text on dark
  bool faint = false;     // the ink is hardly darker than the paper
  double scale = 1;       // pixels of `cleaned` per pixel of the rectified page
  cv::Mat cleaned;        // the small picture: dark text on white
  Ink ink;                // of `cleaned`; its extent with room for faint letters
  TurnEvidence turns;     // what they say of the page's turn
  bool squares = false;   // are they rather ideographs?
};
Analysis analyse(const cv::Mat& gray, const PrepareSteps& steps);

}  // namespace bifrons
