// fusion/route_words.h - what the router looks for in a question: phrases, English and Chinese, by what they tell. Used by
// router.cpp only.
#pragma once

#include <string>
#include <string_view>

namespace bifrons {

// What a sentence tells about what is wanted; several can be true.
struct RouteWords {
  bool draw = false;        // a new picture is asked for: "draw a cat", not "draw a conclusion", "who drew this"
  bool redraw = false;      // a change of what was drawn: "make it blue", "another one"
  bool text = false;        // letters, figures or fields that stand on a picture
  bool appearance = false;  // colours, people, style: what only eyes tell
  bool general = false;     // nothing to do with what is attached: code, poems, jokes, a new subject
  bool refers = false;      // "this", "the document", "it": to something there
  bool picture = false;     // "this picture", "in the photo"
  bool document = false;    // "this document", "the attached PDF"
};
RouteWords route_words(std::string_view text);

}  // namespace bifrons
