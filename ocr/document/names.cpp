// ocr/document/names.cpp - the names of kinds as they are written in JSON. Source: documents.md 4.
#include "ocr/document/exports.h"

namespace bifrons {

std::string_view name_of(Block::Type type) {
  switch (type) {
    case Block::Type::text: return "text";
    case Block::Type::heading: return "heading";
    case Block::Type::table: return "table";
    case Block::Type::list: return "list";
    case Block::Type::header: return "header";
    case Block::Type::footer: return "footer";
  }
  fail(Fault::other, "a block of unknown type ", int(type));
}
std::string_view name_of(Page::Source source) {
  switch (source) {
    case Page::Source::text: return "text";
    case Page::Source::ocr: return "ocr";
    case Page::Source::mixed: return "mixed";
    case Page::Source::none: return "none";
  }
  fail(Fault::other, "a page of unknown source ", int(source));
}
std::string_view name_of(Page::Unit unit) { return unit == Page::Unit::pt ? "pt" : "px"; }
std::string_view name_of(HiddenText::Reason reason) {
  switch (reason) {
    case HiddenText::Reason::no_ink: return "no_ink";
    case HiddenText::Reason::tiny: return "tiny";
    case HiddenText::Reason::off_page: return "off_page";
    case HiddenText::Reason::covered: return "covered";
  }
  fail(Fault::other, "hidden text with unknown reason ", int(reason));
}

}  // namespace bifrons
