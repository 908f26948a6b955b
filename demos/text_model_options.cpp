// demos/text_model_options.cpp - see text_model_options.h.
#include "demos/text_model_options.h"

#include <cstdio>

#include <nlohmann/json.hpp>

#include "kernels/core/error.h"

namespace bifrons {

void add_text_model(Command& command, TextModelOptions& options) {
  command.group("Text model");
  command.text(
      "--text-model", options.address, "URL[#NAME]",
      "OpenAI-compatible endpoint that answers, like https://api.deepseek.com#deepseek-chat; default: BIFRONS_TEXT_MODEL, else "
      "text_model in ~/.config/bifrons/config.json; none: no text model. The key is read from BIFRONS_TEXT_MODEL_KEY, the "
      "file BIFRONS_TEXT_MODEL_KEY_FILE, or the host's own variable (OPENAI_API_KEY, DEEPSEEK_API_KEY)");
  command.group("Options");
}

std::unique_ptr<RemoteModel> open_text_model(const TextModelOptions& options, const Common& common) {
  const auto settings = resolve_text_model({.option = options.address, .environment = {}});
  if (!settings) return nullptr;
  if (common.verbose)
    say_verbose(common, "text model: " + settings->origin() + settings->path + ", " +
                            (settings->key.empty() ? "without a key" : "with the key of " + settings->key.from()));
  return std::make_unique<RemoteModel>(*settings);
}

TextModelReport report_text_model(const TextModelOptions& options, const Common& common) {
  TextModelReport report;
  try {
    const auto model = open_text_model(options, common);
    if (!model) {
      report.line = "none; name one with --text-model URL[#name] or BIFRONS_TEXT_MODEL";
      return report;
    }
    report.configured = true;
    report.address = model->settings().origin() + model->settings().path;
    report.key_from = model->settings().key.from();
    report.check = model->check();
  } catch (const Error& error) {
    report.configured = true;
    report.check.problem = error.what();
  }
  const RemoteCheck& check = report.check;
  if (!check.answers) {
    report.line = (report.address.empty() ? "" : report.address + ": ") + std::string("does not answer");
    report.warning = check.problem;
    return report;
  }
  char time[40];
  std::snprintf(time, sizeof time, "answers in %.2f s", check.seconds);
  report.line = (check.model.empty() ? "" : check.model + " at ") + report.address + ": " + time;
  if (check.context_tokens > 0) report.line += ", " + std::to_string(check.context_tokens) + " tokens of context";
  if (report.key_from.empty()) report.line += ", without a key";
  report.warning = check.problem;
  return report;
}

nlohmann::json TextModelReport::json() const {
  if (!configured) return nullptr;
  nlohmann::json all{{"url", address},           {"model", check.model},   {"answers", check.answers},
                     {"seconds", check.seconds}, {"models", check.models}, {"key_from", key_from}};
  if (check.context_tokens > 0) all["context_tokens"] = check.context_tokens;
  if (!check.problem.empty()) all["problem"] = check.problem;
  return all;
}

}  // namespace bifrons
