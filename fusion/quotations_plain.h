// fusion/quotations_plain.h - questions that name nothing of the paper but a kind of value ("What is the date?", "When was this
// bought?") or the text itself ("Read the text on this picture"). Used by quotations.cpp only.
#pragma once

#include <string_view>
#include <vector>

#include "fusion/passages.h"

namespace bifrons {

using Quoted = std::vector<const EvidenceLine*>;  // adjoining lines of one page

// The lines that hold the only values of the kind that a question asks for by its kind alone; none where it says more, or where
// there are more than `most` of them.
std::vector<Quoted> lines_of_kind(std::string_view question, PageShelf& shelf, size_t most);

bool asks_for_the_text(std::string_view question);
// The first blocks of each document, cut to so many lines.
std::vector<Quoted> first_text(PageShelf& shelf, size_t most);

}  // namespace bifrons
