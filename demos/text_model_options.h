// demos/text_model_options.h - the option --text-model of commands that may ask a remote text model, and what `inspect` says of
// it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "demos/command.h"
#include "demos/common.h"
#include "language/remote_model.h"

namespace bifrons {

struct TextModelOptions {
  std::string address;  // URL[#name], "none", or empty: BIFRONS_TEXT_MODEL, else the config file
};
void add_text_model(Command& command, TextModelOptions& options);

// The model that the option, the environment or the config file names; null when none does. Sends nothing yet. Throws Error.
std::unique_ptr<RemoteModel> open_text_model(const TextModelOptions& options, const Common& common);

// Whether the configured model answers, for people (one line, and a second with a warning) and for programs (null: none
// configured). Asks the server for its models list; settings that are wrong are part of the report, not thrown.
struct TextModelReport {
  std::string line, warning;
  nlohmann::json json() const;

  bool configured = false;
  std::string address, key_from;  // key_from: "BIFRONS_TEXT_MODEL_KEY", "the key file FILE", or empty; never the key
  RemoteCheck check;
};
TextModelReport report_text_model(const TextModelOptions& options, const Common& common);

}  // namespace bifrons
