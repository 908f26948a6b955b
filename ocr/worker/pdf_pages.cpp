// ocr/worker/pdf_pages.cpp - how many pages a PDF file has. Poppler believes the number at the root of the page tree: pages
// beyond it are not given out, and a number too high makes pages that are nowhere. Here the tree is walked, and a wrong number is
// put right before Poppler looks at it.
#include <algorithm>
#include <cstdint>

#include "ocr/worker/pdf_state.h"

namespace bifrons {
namespace {

constexpr int64_t most_nodes = 200'000;  // a tree whose branches are shared could be walked for ever

struct Walk {
  XRef& objects;
  int64_t pages = 0, nodes = 0;
  bool whole = true;  // false: a branch could not be read, or was given up
  std::vector<Ref> path;

  static bool is_page(const Object& kid) { return kid.isDict("Page") || !kid.getDict()->hasKey("Kids"); }
  // Which kids are pages, and which are skipped, as Poppler's Catalog has it.
  void down(const Object& node) {
    const Object kids = node.dictLookup("Kids");
    if (!kids.isArray()) {
      whole = false;
      return;
    }
    for (int i = 0; i < kids.arrayGetLength() && nodes < most_nodes; ++i) {
      ++nodes;
      const Object& link = kids.arrayGetNF(i);
      if (!link.isRef()) {
        whole = false;
        return;
      }
      const Ref ref = link.getRef();
      if (std::ranges::any_of(path, [&](const Ref& above) { return above.num == ref.num; })) continue;  // contains itself
      const Object kid = objects.fetch(ref);
      if (!kid.isDict() || (!is_page(kid) && path.size() >= most_deep)) {
        whole = false;
      } else if (is_page(kid)) {
        ++pages;
      } else {
        path.push_back(ref);
        down(kid);
        path.pop_back();
      }
    }
    if (nodes >= most_nodes) whole = false;
  }
  static constexpr size_t most_deep = 200;  // on this program's own stack
};

}  // namespace

void mend_page_count(Pdf::State& state) {
  XRef& objects = *state.document->getXRef();
  const Object catalog = objects.getCatalog();
  if (!catalog.isDict()) return;
  const Object& link = catalog.dictLookupNF("Pages");
  if (!link.isRef()) return;
  const Ref root = link.getRef();
  Object tree = objects.fetch(root);
  if (!tree.isDict() || !tree.getDict()->hasKey("Kids")) return;
  Walk walk{.objects = objects, .path = {root}};
  walk.down(tree);
  const Object count = tree.dictLookup("Count");
  const int64_t said = count.isNum() && count.getNum() > -1e9 && count.getNum() < 1e9 ? int64_t(count.getNum()) : -1;
  if (said == walk.pages || (said > walk.pages && !walk.whole)) return;  // what is lost is told page by page
  if (walk.pages == 0 && said <= 0) return;                              // a file without pages
  tree.dictSet("Count", Object(int(walk.pages)));
  objects.setModifiedObject(&tree, root);
  state.warnings.push_back({"page_count", 0,
                            (said < 0 ? std::string("the file does not say how many pages it has")
                                      : "the file says that it has " + std::to_string(said) + (said == 1 ? " page" : " pages")) +
                                "; " + std::to_string(walk.pages) + (walk.pages == 1 ? " was" : " were") + " found"});
}

}  // namespace bifrons
