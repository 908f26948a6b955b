// tests/ocr/page/spoil.h - what scanners, cameras, printers and years do to a page, by seed. Each keeps the words' places true.
#pragma once

#include "canvas.h"
#include "ocr/page/transform.h"
#include "texts.h"

namespace bifrons::test {

void move_page(Canvas& canvas, const Map& forward, cv::Size size, double white);  // `forward`: old to new coordinates
void skew(Canvas& canvas, double degrees, double white = 255);
void turn(Canvas& canvas, int clockwise);
struct PhotoTaken {
  double shadow_low, shadow_high;  // share of the light left in the shadow, between these
  double slant;                    // 1: the sheet's corners stray by up to 4.5 % of the picture, 0: not
};
void photograph(Canvas& canvas, Dice& dice, const PhotoTaken& taken);  // a sheet on a desk, at a slant, with a shadow on it
void blur(Canvas& canvas, double sigma);
void noise(Canvas& canvas, Dice& dice, double sigma);
void fade(Canvas& canvas, double ink, double paper);      // black becomes `ink`, white `paper`
void stain(Canvas& canvas, Dice& dice, double strength);  // uneven paper, rings, blots; `strength` 1: up to 28 % darker, 0: none
void thermal(Canvas& canvas, Dice& dice);                 // uneven heat: pale bands along the strip, missing dots
void jpeg(Canvas& canvas, int quality);  // what compression leaves: blocks of 8 x 8 pixels with ripples around letters
void black_and_white(Canvas& canvas, double threshold);

}  // namespace bifrons::test
