// ocr/reader/reader.cpp - see reader.h.
#include "ocr/reader/reader.h"
