// ocr/document/exports.h - a document as JSON, plain text, Markdown, hOCR and ALTO, and back from JSON. Source: documents.md 4.
#pragma once

#include <string>
#include <string_view>

#include "ocr/document/document.h"

namespace bifrons {

std::string document_json(const Document& document);  // UTF-8, numbers with at most two decimals
std::string page_json(const Page& page);              // one line
Page parse_page(std::string_view json);               // throws Fault::unreadable: what is stored is not trusted either
std::string plain_text(const Page& page);             // pages of a document are joined by form feeds
std::string markdown(const Page& page);               // headings, lists, pipe tables: what a model sees
std::string markdown(const Block& block, const Page& page);
std::string hocr(const Document& document);  // pixels of the recognition resolution
std::string alto(const Document& document);  // version 4

std::string_view name_of(Block::Type type);
std::string_view name_of(Page::Source source);
std::string_view name_of(HiddenText::Reason reason);

}  // namespace bifrons
