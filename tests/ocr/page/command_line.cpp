// tests/ocr/page/command_line.cpp - see command_line.h.
#include "command_line.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/temporary_folder.h"

namespace bifrons::test {

Peer read_by_command_line(const Picture& picture, Kind kind) {
  const TemporaryFolder folder;
  const std::string in = folder / "page.pgm", out = folder / "page";
  std::ofstream(in, std::ios::binary) << "P5\n"
                                      << picture.width << " " << picture.height << "\n255\n"
                                      << std::string(picture.pixels.begin(), picture.pixels.end());
  rusage before{}, after{};
  getrusage(RUSAGE_CHILDREN, &before);
  const pid_t child = fork();
  if (child == 0) {
    setenv("OMP_THREAD_LIMIT", "1", 1);
    if (!std::freopen("/dev/null", "w", stderr)) _exit(126);
    const char* language = kind == Kind::chinese ? "chi_sim" : kind == Kind::chinese_vertical ? "chi_sim_vert" : "eng";
    const char* mode = kind == Kind::chinese_vertical ? "5" : "3";  // the right data named, otherwise its defaults
    execlp("tesseract", "tesseract", in.c_str(), out.c_str(), "-l", language, "--psm", mode, nullptr);
    _exit(127);
  }
  int status = -1;
  if (child > 0) waitpid(child, &status, 0);
  getrusage(RUSAGE_CHILDREN, &after);
  if (status != 0) fail(Fault::lacking, "the program tesseract does not run: install the package tesseract-ocr");
  const auto seconds = [](const rusage& u) {
    return double(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * double(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
  };
  std::ifstream text(out + ".txt");
  return {std::string(std::istreambuf_iterator<char>(text), {}), seconds(after) - seconds(before)};
}

}  // namespace bifrons::test
