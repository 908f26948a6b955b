// tests/kernels/file_test.cpp - reading, and outputs that appear whole or not at all: also when writing fails, when a signal
// comes, and when the process is killed.
#include "kernels/core/file.h"

#include <cstring>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernels/core/error.h"
#include "tests/temporary_folder.h"
#include "tests/thrown.h"

namespace bifrons {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

TEST(MappedFile, HoldsTheContentAndMoves) {
  const TemporaryFolder folder;
  MappedFile file(folder.write("a", "hello"));
  EXPECT_EQ(text_of(file.bytes()), "hello");
  MappedFile moved = std::move(file);
  EXPECT_EQ(text_of(moved.bytes()), "hello");
  MappedFile other(folder.write("b", "bye"));
  other = std::move(moved);
  EXPECT_EQ(text_of(other.bytes()), "hello");
  EXPECT_EQ(other.path(), folder / "a");
  EXPECT_TRUE(MappedFile(folder.write("empty", "")).bytes().empty());
}

TEST(MappedFile, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  Fault fault{};
  EXPECT_THAT(thrown([&] { MappedFile file(folder / "absent"); }, &fault), AllOf(HasSubstr("absent"), HasSubstr("No such file")));
  EXPECT_EQ(fault, Fault::unreadable);
  EXPECT_THAT(thrown([&] { MappedFile file(folder.path()); }), HasSubstr("is a folder"));
  EXPECT_THAT(thrown([&] { MappedFile file("/dev/null"); }), HasSubstr("not a regular file"));
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);  // with nobody at the other end
  EXPECT_THAT(thrown([&] { MappedFile file(folder / "pipe"); }), HasSubstr("not a regular file"));
}

TEST(MappedFile, ForgottenPagesComeBack) {
  const TemporaryFolder folder;
  std::string content(100000, 'x');
  content[50000] = 'y';
  const MappedFile file(folder.write("a", content));
  for (auto [begin, size] : {std::pair<size_t, size_t>{0, 100000}, {5000, 90000}, {1, 10}, {4095, 4098}, {100000, 0}}) {
    forget_pages(file.bytes().subspan(begin, size));
    EXPECT_EQ(text_of(file.bytes()), content);
  }
}

TEST(ReadFile, ReadsFilesPipesAndProc) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_file(folder.write("a", "abc"), 3), "abc");
  EXPECT_EQ(read_file(folder.write("empty", ""), 0), "");
  EXPECT_THAT(read_file("/proc/self/status", 1 << 20), HasSubstr("Threads:"));  // says it has 0 bytes
  const std::filesystem::path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::string big(300000, 'q');
  std::thread writer([&] { std::ofstream(pipe) << big; });
  EXPECT_EQ(read_file(pipe, 1 << 20), big);
  writer.join();
}

TEST(ReadFile, BoundsBeforeItReads) {
  const TemporaryFolder folder;
  Fault fault{};
  EXPECT_THAT(thrown([&] { read_file(folder.write("a", "abcd"), 3); }, &fault), HasSubstr("is 4 bytes long, more than the 3"));
  EXPECT_EQ(fault, Fault::limit);
  EXPECT_THAT(thrown([&] { read_file("/dev/zero", 100000); }, &fault), HasSubstr("more than the 100000"));
  EXPECT_THAT(thrown([&] { read_file(folder / "absent", 3); }, &fault), HasSubstr("No such file"));
  EXPECT_EQ(fault, Fault::unreadable);
  EXPECT_THAT(thrown([&] { read_file(folder.path(), 3); }), HasSubstr("is a folder"));
}

class Output : public testing::TestWithParam<bool> {  // GetParam(): nameless while unfinished
 protected:
  TemporaryFolder folder;
};

TEST_P(Output, AppearsOnlyWhenCommitted) {
  {
    OutputFile file(folder / "out", GetParam());
    file.write("half");
    EXPECT_FALSE(std::filesystem::exists(folder / "out"));
  }
  EXPECT_EQ(folder.files(), 0u);
  OutputFile file(folder / "out", GetParam());
  file.write("one ");
  file.write("two");
  file.commit();
  EXPECT_EQ(folder.read("out"), "one two");
  EXPECT_EQ(folder.files(), 1u);
  EXPECT_THAT(thrown([&] { file.write("more"); }), HasSubstr("after it was finished"));
  EXPECT_THAT(thrown([&] { file.commit(); }), HasSubstr("finished twice"));
}

TEST_P(Output, ReplacesWholeAndKeepsPermissionsAndLinks) {
  folder.write("target", "old");
  ::chmod((folder / "target").c_str(), 0640);
  std::filesystem::create_symlink("target", folder / "link");
  {
    OutputFile file(folder / "link", GetParam());
    file.write("abandoned");
  }
  EXPECT_EQ(folder.read("target"), "old");
  OutputFile file(folder / "link", GetParam());
  file.write("new");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(folder.read("target"), "new");
  struct stat facts;
  ASSERT_EQ(::stat((folder / "target").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0640u);
  EXPECT_EQ(folder.files(), 2u);
}

TEST_P(Output, NewFilesFollowTheUmask) {
  const mode_t before = ::umask(027);
  OutputFile file(folder / "out", GetParam());
  file.commit();
  ::umask(before);
  struct stat facts;
  ASSERT_EQ(::stat((folder / "out").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0640u);
}

TEST_P(Output, AFullDiskIsAnErrorAndLosesNothing) {  // a limit on file sizes stands in for the disk
  folder.write("out", "old");
  const std::string path = (folder / "out").string();
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small { 4096, 4096 };
    ::setrlimit(RLIMIT_FSIZE, &small);
    bool refused = false;
    try {
      OutputFile file(path, GetParam());
      file.write(std::string(100000, 'x'));
      file.commit();
    } catch (const Error& error) {
      refused = std::strstr(error.what(), "writing failed") != nullptr;
    }
    ::_exit(refused ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(folder.read("out"), "old");
  EXPECT_EQ(folder.files(), 1u);
}

TEST_P(Output, SignalHandlersLeaveNothing) {
  OutputFile first(folder / "first", GetParam()), second(folder / "second", GetParam());
  first.write("x");
  second.write("y");
  abandon_outputs();
  EXPECT_EQ(folder.files(), 0u);
  if (!GetParam()) {
    EXPECT_THAT(thrown([&] { first.commit(); }), HasSubstr("cannot be given its name"));
  }
  abandon_outputs();
  OutputFile third(folder / "third", GetParam());
  third.commit();
  abandon_outputs();
  EXPECT_TRUE(std::filesystem::exists(folder / "third"));  // what is committed stays
}

TEST_P(Output, ManyAtOnceAndAgain) {  // the slots of the list are used again
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<OutputFile>> files;
    for (int i = 0; i < 60; ++i) files.push_back(std::make_unique<OutputFile>(folder / std::to_string(i), GetParam()));
    for (size_t i = 0; i < files.size(); i += 2) files[i]->commit();
  }
  EXPECT_EQ(folder.files(), 30u);
}

INSTANTIATE_TEST_SUITE_P(Nameless, Output, testing::Bool());

TEST(OutputFile, SurvivesSigkillWithoutATrace) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    OutputFile file(folder / "out");
    file.write("half");
    if (::write(ready[1], "!", 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  if (folder.files() != 0) GTEST_SKIP() << "this file system has no O_TMPFILE: " << folder.path();
}

TEST(OutputFile, WritesDevicesAndPipesInPlace) {
  OutputFile null("/dev/null");
  null.write("gone");
  null.commit();
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  OutputFile full("/dev/full");
  EXPECT_THAT(thrown([&] { full.write("x"); }),
              AllOf(HasSubstr("/dev/full"), HasSubstr("No space left"), HasSubstr("make room")));
}

TEST(OutputFile, RefusesWhatCannotBeWritten) {
  const TemporaryFolder folder;
  Fault fault{};
  EXPECT_THAT(thrown([&] { OutputFile file(folder.path()); }, &fault), HasSubstr("is a folder"));
  EXPECT_EQ(fault, Fault::arguments);
  EXPECT_THAT(thrown([&] { OutputFile file(""); }), HasSubstr("no name for a file"));
  EXPECT_THAT(thrown([&] { OutputFile file(folder / "absent/out"); }), HasSubstr("create the folder first"));
  EXPECT_THAT(thrown([&] { OutputFile file(folder / "absent/out", false); }), HasSubstr("create the folder first"));
  EXPECT_THAT(thrown([&] {
                OutputFile file(folder / std::string(300, 'n'));
                file.commit();
              }),
              HasSubstr("File name too long"));
}

}  // namespace
}  // namespace bifrons
