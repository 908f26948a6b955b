// ocr/reader/worker_process.h - one worker process: started with nothing but the document, spoken to in frames, killed when it is
// late. Not shared between threads.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

#include "ocr/reader/input_file.h"
#include "ocr/reader/wire.h"

namespace bifrons {

class WorkerProcess {
 public:
  // Starts `program` with descriptor 0 and 1: the stream, 3: the document; standard error goes nowhere; an empty environment but
  // for OMP_THREAD_LIMIT=1 (OpenMP reads it before main). `arguments`: the self-test's, for tests. Throws Error.
  WorkerProcess(const std::filesystem::path& program, const Descriptor& document, const std::vector<std::string>& arguments = {});
  ~WorkerProcess();  // kills and waits
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t pid() const { return pid_; }
  int stream() const { return stream_.get(); }  // to poll for reading
  bool send(const std::string& frame);          // false: the worker is gone
  // Reads what has arrived, without waiting; false when the worker has closed its end.
  bool receive();
  // The next whole frame of what was received. Throws Error when the stream makes no sense.
  std::optional<wire::Frame> next_frame(size_t most_bytes);
  // A backstop behind the reader's clock: the worker dies of SIGXCPU after so much more processor time.
  void allow_cpu(double seconds);
  double cpu_seconds() const;  // processor time it has used; 0 when it is gone
  std::string end();           // kills, waits, and says in words how it had ended before

 private:
  Descriptor stream_;
  pid_t pid_ = -1;
  std::string received_;
};

}  // namespace bifrons
