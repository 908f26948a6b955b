// fusion/router.h - which path answers a request: look (Janus), draw (Janus), read (OCR, then the text model) or think (the text
// model). A table of rules, first match wins, so that every answer can say in one sentence why it went where it went. Pure: no
// model, no file, no clock. Source: issue "Documents", fusion/router.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrons {

enum class Path { look, draw, read, think };
std::string_view name_of(Path path);     // "look", "draw", "read", "think"
Path parse_path(std::string_view name);  // throws Fault::arguments that lists the four

// A picture as the router sees it. `text_density` is text_density() of fusion/text_density.h, 0 to 1; below 0: not measured.
struct PictureFacts {
  std::string name;
  double text_density = -1;
};
struct DocumentFacts {
  std::string name;
};
struct RouteMessage {
  enum class Role { system, user, assistant } role = Role::user;
  std::string text;
  std::vector<PictureFacts> pictures = {};
  std::vector<DocumentFacts> documents = {};
};
struct RouteRequest {
  enum class Wanted { automatic, text, picture };
  std::vector<RouteMessage> messages;  // the last user message is what is asked
  Wanted wanted = Wanted::automatic;   // what the caller wants back
  std::optional<Path> forced = {};     // by the user; still checked against what is configured
};
// What the configured models and this build can do.
struct Abilities {
  bool look = false, draw = false;          // the Janus model has a vision tower; a drawing head
  bool talk = false;                        // the Janus model may answer plain text when there is no text model
  bool only_pictures = false;               // it would, but knows few words, all of them about pictures: it may not
  bool read = false;                        // documents are built in and the reader was found
  bool think = false;                       // a text model is configured
  std::string janus = {}, text_model = {};  // their names, for the reasons; may be empty
};
// A document without a text model is still read: its answers are quotations.
enum class RouteModel { none, janus, text_model, quotation };
std::string_view name_of(RouteModel model);  // "none", "janus", "text model", "quotation"

struct Route {
  Path path = Path::think;
  RouteModel model = RouteModel::none;
  std::string rule;    // name of the rule that matched, for tests and logs: "document", "dense picture", ...
  std::string reason;  // one English sentence; when not possible, with what is lacking
  bool possible = true;
  std::string remedy;  // when not possible, or only in part (a quotation): what would make it possible, one sentence
};
Route route(const RouteRequest& request, const Abilities& abilities);

// A picture whose text density is at least this is read rather than looked at.
inline constexpr double dense_text = 0.35;

}  // namespace bifrons
