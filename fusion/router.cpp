// fusion/router.cpp - see router.h.
#include "fusion/router.h"

#include <algorithm>
#include <array>

#include "fusion/route_words.h"
#include "kernels/core/error.h"

namespace bifrons {

namespace {

constexpr std::array<std::string_view, 4> path_names = {"look", "draw", "read", "think"};

// Everything the rules ask about, found once.
struct Facts {
  RouteWords words;
  RouteRequest::Wanted wanted = RouteRequest::Wanted::automatic;
  bool documents = false, pictures = false;                                         // attached to the last user message
  bool earlier_document = false, earlier_picture = false, earlier_drawing = false;  // the latest attachment before it
  bool dense = false, sparse = false;  // pictures in question: one with much text; one without
  std::string name;                    // of what is attached
  double density = -1;                 // largest
};

void note_pictures(Facts& facts, const std::vector<PictureFacts>& pictures) {
  for (const PictureFacts& picture : pictures) {
    (picture.text_density >= dense_text ? facts.dense : facts.sparse) = true;
    facts.density = std::max(facts.density, picture.text_density);
    if (facts.name.empty()) facts.name = picture.name;
  }
}

Facts facts_of(const RouteRequest& request) {
  Facts facts;
  facts.wanted = request.wanted;
  auto last = request.messages.rbegin();
  while (last != request.messages.rend() && last->role != RouteMessage::Role::user) ++last;
  if (last == request.messages.rend())
    fail(Fault::arguments, "the request has ", request.messages.size(), " messages and none of a user; ask something");
  facts.words = route_words(last->text);
  facts.documents = !last->documents.empty();
  facts.pictures = !last->pictures.empty();
  if (facts.documents) facts.name = last->documents.front().name;
  note_pictures(facts, last->pictures);
  if (facts.documents || facts.pictures) return facts;
  for (auto before = last + 1; before != request.messages.rend(); ++before) {
    if (before->documents.empty() && before->pictures.empty()) continue;
    if (before->role == RouteMessage::Role::assistant) {
      facts.earlier_drawing = !before->pictures.empty();
    } else if (!before->documents.empty()) {
      facts.earlier_document = true;
      facts.name = before->documents.front().name;
    } else {
      facts.earlier_picture = true;
      note_pictures(facts, before->pictures);
    }
    break;
  }
  return facts;
}

struct Rule {
  const char* name;
  bool (*matches)(const Facts&);
  Path path;
  const char* reason;  // {name}: of what is attached
};

bool any_picture(const Facts& f) { return f.pictures || f.earlier_picture; }
bool leaves_attachment(const Facts& f) {  // a new subject: nothing in it points to what was attached before
  return f.words.general && !f.words.refers;
}

// First match wins.
constexpr Rule rules[] = {
    {"picture wanted", [](const Facts& f) { return f.wanted == RouteRequest::Wanted::picture; }, Path::draw,
     "a picture is what is wanted back"},
    {"drawing asked for", [](const Facts& f) { return f.wanted != RouteRequest::Wanted::text && f.words.draw && !f.documents; },
     Path::draw, "the words ask for a drawing"},
    {"drawing changed",
     [](const Facts& f) {
       return f.wanted != RouteRequest::Wanted::text && f.earlier_drawing && f.words.redraw && !leaves_attachment(f);
     },
     Path::draw, "the words ask for a change of what was drawn"},
    {"document", [](const Facts& f) { return f.documents; }, Path::read, "{name} is a document, so it is read and searched"},
    {"text on a picture", [](const Facts& f) { return f.pictures && f.words.text && !f.words.appearance; }, Path::read,
     "the question is about text on {name}, which recognition reads better than eyes"},
    // Whatever is asked: "Colour: blue" is printed on it, and eyes for pictures see shapes in letters.
    {"dense picture", [](const Facts& f) { return f.pictures && f.dense && !f.sparse; }, Path::read,
     "{name} is mostly text, so it is recognised and read"},
    {"appearance", [](const Facts& f) { return f.pictures && f.words.appearance; }, Path::look,
     "the question is about how {name} looks"},
    {"picture", [](const Facts& f) { return f.pictures; }, Path::look, "{name} is a picture with little text"},
    {"new subject", [](const Facts& f) { return leaves_attachment(f); }, Path::think,
     "the question has nothing to do with anything attached"},
    {"earlier document", [](const Facts& f) { return f.earlier_document; }, Path::read,
     "the question goes on about the document {name}"},
    {"text on an earlier picture", [](const Facts& f) { return f.earlier_picture && f.words.text && !f.words.appearance; },
     Path::read, "the question is about text on the earlier picture {name}"},
    {"earlier dense picture", [](const Facts& f) { return f.earlier_picture && f.dense && !f.sparse; }, Path::read,
     "the question goes on about {name}, which is mostly text"},
    {"earlier picture", [](const Facts& f) { return f.earlier_picture; }, Path::look,
     "the question goes on about the picture {name}"},
    {"earlier drawing", [](const Facts& f) { return f.earlier_drawing && (f.words.refers || f.words.appearance); }, Path::look,
     "the question is about what was drawn"},
    {"missing document", [](const Facts& f) { return f.words.document && !any_picture(f); }, Path::read,
     "the question is about a document"},
    {"missing picture", [](const Facts& f) { return f.words.picture && !any_picture(f); }, Path::look,
     "the question is about a picture"},
    {"plain text", [](const Facts&) { return true; }, Path::think, "nothing is attached and no drawing is asked for"},
};

std::string filled(std::string_view text, const Facts& facts) {
  std::string out(text);
  const size_t at = out.find("{name}");
  if (at != std::string::npos)
    out.replace(at, 6, facts.name.empty() ? (facts.documents ? "the file" : "the picture") : facts.name);
  return out;
}
std::string named(const std::string& model, const char* otherwise) { return model.empty() ? otherwise : model; }

constexpr const char* needs_janus = "name a Janus model that can with --model DIR";
constexpr const char* needs_text_model =
    "name a text model with --text-model URL[#name], BIFRONS_TEXT_MODEL or text_model in the config file";
constexpr const char* needs_reader = "build with BIFRONS_DOCUMENTS=ON after demos/setup, so that documents can be read";

void impossible(Route& route, const char* remedy, const std::string& lack = ", which cannot be done here") {
  route.possible = false;
  route.model = RouteModel::none;
  route.reason += lack;
  route.remedy = remedy;
}

void assign(Route& route, const Facts& facts, const Abilities& can) {
  switch (route.path) {
    case Path::look:
      if (!can.look) return impossible(route, needs_janus);
      route.model = RouteModel::janus;
      route.reason += "; " + named(can.janus, "the Janus model") + " looks at it";
      return;
    case Path::draw:
      if (!can.draw) return impossible(route, needs_janus);
      route.model = RouteModel::janus;
      route.reason += "; " + named(can.janus, "the Janus model") + " draws";
      if (facts.pictures)
        route.remedy = "the drawing is made from the words alone: a Janus model does not change a picture that is given";
      return;
    case Path::read:
      if (!can.read) return impossible(route, needs_reader, ", but documents are a feature not built in");
      if (can.think) {
        route.model = RouteModel::text_model;
        route.reason += "; " + named(can.text_model, "the text model") + " answers from its passages";
      } else {
        route.model = RouteModel::quotation;
        route.reason += "; no text model is configured, so the answer is a quotation";
        route.remedy = needs_text_model;
      }
      return;
    case Path::think:
      if (can.think) {
        route.model = RouteModel::text_model;
        route.reason += "; " + named(can.text_model, "the text model") + " answers";
      } else if (can.talk) {
        route.model = RouteModel::janus;
        route.reason += "; no text model is configured, so " + named(can.janus, "the Janus model") + " answers";
        route.remedy = needs_text_model;
      } else {
        impossible(
            route, needs_text_model,
            ", but no text model is configured" +
                (can.only_pictures ? ", and " + named(can.janus, "the Janus model") + " knows nothing but its pictures" : ""));
      }
      return;
  }
}

}  // namespace

std::string_view name_of(Path path) { return path_names[size_t(path)]; }

Path parse_path(std::string_view name) {
  for (size_t i = 0; i < path_names.size(); ++i)
    if (path_names[i] == name) return Path(i);
  fail(Fault::arguments, "'", name, "' is no route; there are look, draw, read and think");
}

std::string_view name_of(RouteModel model) {
  constexpr std::array<std::string_view, 4> names = {"none", "janus", "text model", "quotation"};
  return names[size_t(model)];
}

Route route(const RouteRequest& request, const Abilities& abilities) {
  const Facts facts = facts_of(request);
  Route route;
  if (request.forced) {
    route.path = *request.forced;
    route.rule = "forced";
    route.reason = "the user asked for the route '" + std::string(name_of(route.path)) + "'";
  } else {
    for (const Rule& rule : rules) {
      if (!rule.matches(facts)) continue;
      route.path = rule.path;
      route.rule = rule.name;
      route.reason = filled(rule.reason, facts);
      break;
    }
  }
  const bool something_to_read = facts.documents || facts.earlier_document || any_picture(facts);
  if (route.path == Path::read && !something_to_read) {
    impossible(route, "attach the document");
  } else if (route.path == Path::look && !any_picture(facts) && !facts.earlier_drawing) {
    impossible(route, "attach the picture");
  } else if (!request.forced && route.path == Path::read && any_picture(facts) && !abilities.read && abilities.look) {
    // Half an answer is better than none, as long as it says what would be whole.
    route.path = Path::look;
    route.reason += ", but documents are a feature not built in";
    assign(route, facts, abilities);
    route.remedy = needs_reader;
  } else {
    assign(route, facts, abilities);
  }
  return route;
}

}  // namespace bifrons
