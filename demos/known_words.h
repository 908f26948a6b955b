// demos/known_words.h - the words of prompts that a small model never learned, so that a drawing of something else, or an answer
// to another question, is no riddle. A model folder may hold known_words.txt, one lower-case word a line; a model without it is
// taken to know everything.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fusion/model_folder.h"

namespace bifrons {

// Whether it holds such a list: then it talks of the pictures that it learned and of nothing else.
bool knows_few_words(const ModelFolder& model);

// Words of the prompts, lower-cased, in order and once each, that the model's list does not hold; empty without a list. Throws
// Fault::unreadable or Fault::limit when the list is none.
std::vector<std::string> unknown_words(const ModelFolder& model, std::span<const std::string> prompts);

// "the model does not know: fox, snow; it draws the nearest it can", or empty when it knows them all. At most eight are named.
std::string unknown_words_warning(const ModelFolder& model, std::span<const std::string> prompts, std::string_view outcome);
inline constexpr std::string_view nearest_drawing = "it draws the nearest it can", guessed_answer = "its answer is a guess";

}  // namespace bifrons
