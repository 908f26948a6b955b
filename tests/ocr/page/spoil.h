// tests/ocr/page/spoil.h - what scanners, cameras, printers and years do to a page, by seed. Each keeps the words' places true.
#pragma once

#include "canvas.h"
#include "ocr/page/transform.h"
#include "texts.h"

namespace bifrons::test {

void move_page(Canvas& canvas, const Map& forward, cv::Size size, double white);  // `forward`: old to new coordinates
void skew(Canvas& canvas, double degrees, double white = 255);
void turn(Canvas& canvas, int clockwise);
void photograph(Canvas& canvas, Dice& dice);  // a sheet on a desk, at a slant, with a shadow on it
void blur(Canvas& canvas, double sigma);
void noise(Canvas& canvas, Dice& dice, double sigma);
void fade(Canvas& canvas, double ink, double paper);  // black becomes `ink`, white `paper`
void stain(Canvas& canvas, Dice& dice);
void thermal(Canvas& canvas, Dice& dice);  // uneven heat: pale bands along the strip, missing dots
void jpeg(Canvas& canvas, int quality);    // what compression leaves: blocks of 8 x 8 pixels with ripples around letters
void black_and_white(Canvas& canvas, double threshold);

}  // namespace bifrons::test
