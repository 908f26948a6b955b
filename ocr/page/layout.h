// ocr/page/layout.h - placed words to reading order: rows, columns, blocks, headings, lists, tables, tick boxes; the same code
// for recognised text and text layers. Source: documents.md 3.5.
#pragma once

#include "ocr/page/page_words.h"

namespace bifrons {

// Fills page.blocks (ids, boxes, quads where needed, texts), page.tables, turned, skew, languages, confidence from `words`, whose
// frame is the page's. page.page, width, height and unit are set already.
void lay_out(Page& page, const PageWords& words);

}  // namespace bifrons
