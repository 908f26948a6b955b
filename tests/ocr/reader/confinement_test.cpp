// tests/ocr/reader/confinement_test.cpp - the worker, behind its shut door, tries every way out; and what it needs still works
// there.
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include "ocr/reader/worker_process.h"
#include "tests/ocr/reader/pdf_writer.h"
#include "tests/ocr/reader/read_with.h"

namespace bifrons {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string try_way(const std::string& way) {
  const TemporaryFolder folder;
  const InputFile document = open_input(folder.write("x.pdf", "%PDF-1.4 nothing"), 1 << 20);
  WorkerProcess worker(BIFRONS_READER_PROGRAM, document.descriptor, {"--break-out", way});
  std::string said;
  char block[256];
  for (ssize_t n; (n = ::read(worker.stream(), block, sizeof block)) > 0;) said.append(block, size_t(n));
  return said;
}

class BreakOut : public testing::TestWithParam<const char*> {};
TEST_P(BreakOut, IsRefused) {
  if (BIFRONS_SANITIZED && std::string(GetParam()) == "memory")
    GTEST_SKIP() << "the address sanitizer needs address space without limit";
  EXPECT_THAT(try_way(GetParam()), StartsWith("refused: "));
}
INSTANTIATE_TEST_SUITE_P(Ways, BreakOut,
                         testing::Values("open", "openat2", "create", "stat", "unlink", "rename", "chmod", "socket", "socketpair",
                                         "exec", "execfd", "fork", "clone3", "unshare", "ptrace", "kill", "tgkill", "mount",
                                         "execmem", "mprotect", "memory", "setrlimit", "prlimit", "process_vm", "bpf",
                                         "userfault", "io_uring", "keyctl", "pidfd", "memfd", "sendmsg", "ioctl", "dup2",
                                         "seccomp", "sigaction"),
                         [](const auto& one) { return std::string(one.param); });

TEST(Confinement, TheSelfTestCanFail) {
  EXPECT_THAT(try_way("nothing"), StartsWith("BROKE OUT"));
  EXPECT_THAT(try_way("flying"), StartsWith("no such way"));
}

TEST(Confinement, InheritsNothing) {
  // While a page is slow, look at the worker from outside: descriptors and environment.
  PdfWriter pdf;
  pdf.add_page("");
  const TemporaryFolder folder;
  const InputFile document = open_input(folder.write("x.pdf", pdf.bytes()), 1 << 20);
  const int leak = ::open("/etc/hostname", O_RDONLY);  // no FD_CLOEXEC: an inheritance
  ASSERT_GE(leak, 0);
  ::setenv("BIFRONS_TEST_SECRET", "inherited", 1);
  WorkerProcess worker(BIFRONS_READER_PROGRAM, document.descriptor);
  worker.send(wire::frame(wire::Open{.type = "pdf", .ocr = ReadOptions::Ocr::never}));
  pollfd ready{worker.stream(), POLLIN, 0};
  ASSERT_EQ(::poll(&ready, 1, 20'000), 1);
  const std::string place = "/proc/" + std::to_string(worker.pid());
  std::ifstream environment(place + "/environ", std::ios::binary);
  std::string variables{std::istreambuf_iterator<char>(environment), {}};
  EXPECT_EQ(variables, std::string("OMP_THREAD_LIMIT=1") + '\0');
  std::error_code unknown;
  for (const auto& entry : std::filesystem::directory_iterator(place + "/fd", unknown))
    EXPECT_THAT(std::filesystem::read_symlink(entry.path(), unknown).string(), testing::Not(HasSubstr("hostname")));
  ::close(leak);
  ::unsetenv("BIFRONS_TEST_SECRET");
}

TEST(Confinement, FontsThatAreNotEmbeddedAreDrawn) {
  // The hidden-text check draws the page behind the shut door: without fonts every word would be without ink.
  PdfWriter pdf;
  const int times = pdf.add("<< /Type /Font /Subtype /TrueType /BaseFont /TimesNewRomanPS-BoldMT /Encoding /WinAnsiEncoding >>");
  pdf.add_page({.content = PdfWriter::text(72, 700, "Helvetica words") + PdfWriter::text(72, 680, "Times words", 12, "F2") +
                           PdfWriter::text(72, 660, "Courier words", 12, "F3") + "/Fm Do",
                .resources = "/XObject << /Fm " +
                             PdfWriter::ref(pdf.add_stream("BT /FT 12 Tf 72 640 Td (Foreign words) Tj ET",
                                                           "/Type /XObject /Subtype /Form /BBox [0 0 600 800] " +
                                                               std::string("/Resources << /Font << /FT ") +
                                                               PdfWriter::ref(times) + " >> >>")) +
                             " >>"});
  const Page page = read_bytes(pdf.bytes()).pages.at(0);
  for (const char* words : {"Helvetica words", "Times words", "Courier words", "Foreign words"})
    EXPECT_THAT(text_of(page), HasSubstr(words));
  EXPECT_TRUE(page.hidden_text.empty());
}

TEST(Confinement, ChineseCharacterMapsThatAreNotEmbedded) {
  PdfWriter pdf;
  const int descendant = pdf.add(
      "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) "
      "/Supplement 2 >> "
      "/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
      "/Ascent 880 "
      "/Descent -120 /CapHeight 880 /StemV 93 >> >>");
  const int font = pdf.add("<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /GBK-EUC-H /DescendantFonts [" +
                           PdfWriter::ref(descendant) + "] >>");
  const int form = pdf.add_stream(
      "BT /FC 20 Tf 72 600 Td <D6D0CEC4CEC4BCFE> Tj ET",  // zhong wen wen jian, GBK
      "/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /Font << /FC " + PdfWriter::ref(font) + " >> >>");
  pdf.add_page({.content = PdfWriter::text(72, 700, "Latin words") + "/Fm Do",
                .resources = "/XObject << /Fm " + PdfWriter::ref(form) + " >>"});
  const Document document = read_bytes(pdf.bytes());
  const std::string text = text_of(document.pages.at(0));
  EXPECT_THAT(text, HasSubstr("Latin words"));
  if (std::filesystem::exists("/usr/share/poppler/cMap/Adobe-GB1/GBK-EUC-H"))
    EXPECT_THAT(text, HasSubstr("中文文件"));
  else
    EXPECT_TRUE(has_warning(document.warnings, "character_maps_missing"));
}

}  // namespace
}  // namespace bifrons
