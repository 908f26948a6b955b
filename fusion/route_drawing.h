// fusion/route_drawing.h - does a request ask for a drawing? "Draw a cat", not "draw a conclusion" or "who drew this"; English,
// German and Chinese. Used by route_words.cpp only.
#pragma once

#include <string_view>

namespace bifrons {

bool asks_for_drawing(std::string_view lower_case);

}  // namespace bifrons
