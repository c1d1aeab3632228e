// What a program does as a process of the system: detach, pid file, title, limits, supervision by systemd or upstart, the
// score of the OOM killer, huge pages. Errors are returned, nothing is logged. To be called from main's thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace redoubt {

// Goes on as a child in a session of its own with its standard streams on /dev/null; the parent exits with 0. Before any
// thread is started. The error is that of fork.
Status daemonize();

Status write_pid_file(const std::string& path);
// Removes the file; that it is gone already is no error.
Status remove_pid_file(const std::string& path);

mode_t current_umask();

// From now on the first SIGINT goes to the handler that is installed, and one after it ends the process at once with exit
// code 1, whatever it is doing. Called again, it counts from the start.
void exit_on_second_interrupt();

struct OpenFilesLimit {
  uint64_t before = 0;  // the soft limit as it was
  uint64_t now = 0;     // the soft limit as it is; less than wanted when the system refused
  std::string error;    // why it refused
};
// Raises RLIMIT_NOFILE to `wanted`, the hard limit too where that is allowed, or as near to it as the system lets us. Never lowers it.
OpenFilesLimit raise_open_files_limit(uint64_t wanted);

// ---- the title in ps and top ----

// Takes over the memory in which the kernel looks for the command line: argv and the environment move to the heap, and
// argv and environ point there. The object may go, the copies stay. One per process, before threads start.
class ProcessTitle {
 public:
  ProcessTitle(int argc, char** argv);
  // Cut to what fits.
  void set(std::string_view title);
  size_t capacity() const { return capacity_; }

 private:
  char* area_ = nullptr;
  size_t capacity_ = 0;
};

// Replaces each {name} in `text` by what `lookup` gives for it; "{{" stands for "{". A name that lookup does not know
// and a brace that is not closed are errors. Blanks around the result are dropped.
Result<std::string> expand_template(std::string_view text,
                                    const std::function<std::optional<std::string>(std::string_view)>& lookup);

// ---- supervision ----

enum class Supervision : uint8_t { no, automatic, systemd, upstart };

// What is really there of what is wanted, by the environment: no, systemd (NOTIFY_SOCKET) or upstart (UPSTART_JOB).
Supervision resolve_supervision(Supervision wanted);
// Sends one datagram such as "READY=1" or "STATUS=..." to NOTIFY_SOCKET; path and abstract ('@') addresses.
Status notify_systemd(std::string_view state);
// Tells upstart that we are ready: stops, and goes on when upstart says so.
void stop_for_upstart();

// ---- the OOM killer, huge pages ----

enum class OomMode : uint8_t { no, relative, absolute };

// Sets /proc/self/oom_score_adj: absolute values, or relative to what it was when this object was made; `no` puts that
// back if it was changed. Values beyond -1000..1000 are cut.
class OomScore {
 public:
  explicit OomScore(std::string file = "/proc/self/oom_score_adj");
  Status apply(OomMode mode, int value);

 private:
  std::string file_;
  std::optional<int> base_;
  bool changed_ = false;
};

// No transparent huge pages for this process from now on.
Status disable_huge_pages();

}  // namespace redoubt
