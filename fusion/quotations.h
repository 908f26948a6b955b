// fusion/quotations.h - answers without a text model: a short answer where one is certain, else the sentences that hold
// most of the question and the kind of thing that it asks for, said to be quotations. No sentence is quoted twice.
#pragma once

#include <string_view>

#include "fusion/document_answer.h"
#include "fusion/passages.h"

namespace bifrons {

DocumentAnswer quote_documents(std::string_view question, PageShelf& shelf, const AnswerOptions& options);

}  // namespace bifrons
