// fusion/answer_json.cpp - a document answer as one line of JSON, in the order of documents.md 7.2.
#include <cmath>

#include <nlohmann/json.hpp>

#include "fusion/document_answer.h"

namespace bifrons {

namespace {

using Json = nlohmann::ordered_json;

double rounded(double value, double steps = 100) { return std::isfinite(value) ? std::round(value * steps) / steps : 0; }

Json json_of(const Citation& citation) {
  Json out{{"passage", citation.passage}, {"page", citation.page}, {"lines", citation.lines}};
  out["box"] = {rounded(citation.box.x0), rounded(citation.box.y0), rounded(citation.box.x1), rounded(citation.box.y1)};
  out["unit"] = citation.unit == Page::Unit::pt ? "pt" : "px";
  out["quote"] = citation.quote;
  out["similarity"] = rounded(citation.similarity);
  if (citation.confidence) out["confidence"] = rounded(*citation.confidence);
  out["file"] = citation.file;
  out["document"] = citation.document;
  if (!citation.statement.empty()) out["statement"] = citation.statement;
  return out;
}

Json json_of(const Route& route) {
  Json out{{"path", name_of(route.path)}, {"model", name_of(route.model)}, {"reason", route.reason}};
  if (!route.rule.empty()) out["rule"] = route.rule;
  if (!route.remedy.empty()) out["remedy"] = route.remedy;
  return out;
}

}  // namespace

std::string answer_json(const DocumentAnswer& answer) {
  Json out{{"answer", answer.answer},
           {"found", answer.found},
           {"kind", answer.kind == DocumentAnswer::Kind::answer ? "answer" : "quotation"}};
  out["citations"] = Json::array();
  for (const Citation& citation : answer.citations) out["citations"].push_back(json_of(citation));
  out["unsupported"] = answer.unsupported;
  out["prompt_tokens"] = answer.prompt_tokens;
  out["cached_tokens"] = answer.cached_tokens;
  out["seconds"] = {{"read", rounded(answer.read_seconds)},
                    {"prefill", rounded(answer.prefill_seconds)},
                    {"answer", rounded(answer.answer_seconds)}};
  out["route"] = json_of(answer.route);
  out["warnings"] = Json::array();
  for (const Warning& warning : answer.warnings) {
    Json w{{"code", warning.code}};
    if (warning.page > 0) w["page"] = warning.page;
    w["message"] = warning.message;
    out["warnings"].push_back(std::move(w));
  }
  if (!answer.model.empty()) out["model"] = answer.model;
  if (!answer.thoughts.empty()) out["thoughts"] = answer.thoughts;
  out["passages"] = answer.passages_sent;
  out["whole_document"] = answer.whole_document;
  constexpr const char* ends[] = {"stop", "length", "cancelled"};
  out["end"] = ends[size_t(answer.end)];
  // Words of a document or a model may be broken UTF-8: replaced, never thrown at the caller.
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bifrons
