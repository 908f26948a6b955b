// tests/demos/without_documents_test.cpp - a build without the document reader says so, with what to do, and looks and draws all
// the same. Built only in such a build.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/demos/process.h"
#include "tests/temporary_folder.h"

namespace bifrons {
namespace {

using testing::HasSubstr;

TEST(WithoutDocuments, EveryCommandSaysWhatIsMissing) {
  const TemporaryFolder here;
  const std::string star = std::string(BIFRONS_SOURCE_DIR) + "/models/nano-janus/examples/red-star-blue-circle.png";
  const std::string name = "star.webp";
  here.write("lease.pdf", "%PDF-1.4"), here.write(name, std::string("RIFF\x20\0\0\0WEBPVP8 ", 16));
  struct Case {
    std::vector<std::string> arguments;
    std::string input;
  };
  const std::vector<Case> cases{{{"ask", "lease.pdf", "What is the rent?"}, ""},
                                {{"ask", star, "What is written here?", "--route", "read"}, ""},
                                {{"ask", name, "What is this?"}, ""},
                                {{"ask", name, "What is this?", "--route", "look"}, ""},
                                {{"caption", name}, ""},
                                {{"chat"}, "/image " + name + "\n"},
                                {{"chat"}, "/doc lease.pdf\n"},
                                {{"chat", name}, "What is this?\n"},
                                {{"doc", "read", "lease.pdf"}, ""},
                                {{"doc", "list"}, ""}};
  for (const Case& one : cases) {
    const Ended ended = run(one.arguments, here.path(), one.input);
    EXPECT_EQ(ended.code, 6) << one.arguments.back();
    EXPECT_THAT(ended.error, HasSubstr("feature not built in")) << one.arguments.back();
    EXPECT_THAT(ended.error, HasSubstr("BIFRONS_DOCUMENTS=ON")) << one.arguments.back();
    EXPECT_EQ(std::count(ended.error.begin(), ended.error.end(), '\n'), 1) << ended.error;
  }
  EXPECT_EQ(run({"ask", star, "What colour is the star in this picture?"}, here.path()).out, "red\n");
}

}  // namespace
}  // namespace bifrons
