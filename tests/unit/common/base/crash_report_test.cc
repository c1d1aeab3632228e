#include "common/base/crash_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/base/watchdog.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view report_start = "=== REDIS BUG REPORT START: Cut & paste starting from here ===\n";
constexpr std::string_view report_end = "\n=== REDIS BUG REPORT END. Make sure to include from START to END. ===\n";

class CrashReportTest : public testing::Test {
 protected:
  CrashReportTest() {
    char name[] = "/tmp/redoubt-crash-XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~CrashReportTest() override { std::filesystem::remove_all(directory_); }

  // Runs `body` with crash handlers in a child; what it leaves is in status_ and report_.
  template <typename Body>
  void run(CrashOptions options, Body body) {
    LogOptions log_options;
    log_options.file = directory_ + "/log";
    const pid_t child = fork();
    if (child == 0) {
      alarm(30);
      Log log(log_options);
      CrashHandlers handlers(log, std::move(options));
      body();
      _exit(0);
    }
    waitpid(child, &status_, 0);
    std::ifstream stream(log_options.file);
    std::stringstream text;
    text << stream.rdbuf();
    report_ = text.str();
  }
  void expect_signal(int signal) const {
    EXPECT_TRUE(WIFSIGNALED(status_)) << status_;
    EXPECT_EQ(WTERMSIG(status_), signal);
  }
  void expect_whole_report() const {
    EXPECT_EQ(report_.substr(0, report_start.size() + 2), "\n\n" + std::string(report_start));
    EXPECT_THAT(report_, testing::EndsWith(std::string(report_end)));
    EXPECT_EQ(report_.find(report_end), report_.rfind(report_end));
    EXPECT_THAT(report_, HasSubstr("\n------ STACK TRACE ------\n"));
  }

  std::string directory_;
  int status_ = 0;
  std::string report_;
};

[[gnu::noinline]] void write_to(uintptr_t address) { *reinterpret_cast<volatile int*>(address) = 1; }

// Never ends, but in a way that the compiler does not see.
[[gnu::noinline]] int overflow_stack(int depth) {
  volatile char room[4096];
  room[static_cast<size_t>(depth) % sizeof room] = 1;
  if (depth < 0) return 0;
  return overflow_stack(depth + 1) + room[0];
}

TEST_F(CrashReportTest, SegmentationFault) {
  CrashOptions options;
  options.program = "Redoubt 7.2.4";
  options.sections = [](CrashWriter& out) {
    out.section("INFO OUTPUT").text("# Server\n").decimal(-42).text(" 0x").hex(0xbeef).text("\n");
  };
  run(std::move(options), [] { write_to(0x10); });
  expect_signal(SIGSEGV);
  expect_whole_report();
  EXPECT_THAT(report_, HasSubstr("Redoubt 7.2.4 crashed by signal: 11, si_code: 1\nAccessing address: 0x10\n"));
  EXPECT_THAT(report_, HasSubstr("\nCrashed running the instruction at: 0x"));
  EXPECT_THAT(report_, HasSubstr("\nEIP:\n"));
  EXPECT_THAT(report_, HasSubstr("\nBacktrace:\n"));
  EXPECT_THAT(report_, HasSubstr("(__libc_start_main+0x"));
  EXPECT_THAT(report_, HasSubstr("\n------ REGISTERS ------\n"));
  EXPECT_THAT(report_, HasSubstr("\n------ INFO OUTPUT ------\n# Server\n-42 0xbeef\n"));
  EXPECT_THAT(report_, Not(HasSubstr("Killed by PID")));
}

TEST_F(CrashReportTest, EachSignalEndsTheProcess) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    std::filesystem::remove(directory_ + "/log");
    run({}, [signal] { kill(getpid(), signal); });
    expect_signal(signal);
    expect_whole_report();
    EXPECT_THAT(report_, HasSubstr("crashed by signal: " + std::to_string(signal) + ", si_code: 0\n"));
    EXPECT_THAT(report_, HasSubstr("Killed by PID: "));
  }
}

TEST_F(CrashReportTest, Abort) {
  run({}, [] { abort(); });
  expect_signal(SIGABRT);
  expect_whole_report();
}

TEST_F(CrashReportTest, StackOverflow) {
  run({}, [] { overflow_stack(0); });
  expect_signal(SIGSEGV);
  expect_whole_report();
}

TEST_F(CrashReportTest, StackOverflowOfAThread) {
  run({}, [] {
    std::thread([] {
      const AlternateSignalStack stack;
      overflow_stack(0);
    }).join();
  });
  expect_signal(SIGSEGV);
  expect_whole_report();
}

TEST_F(CrashReportTest, ACrashInTheReportEndsIt) {
  CrashOptions options;
  options.sections = [](CrashWriter& out) {
    out.section("INFO OUTPUT").flush();
    write_to(0x20);
  };
  run(std::move(options), [] { kill(getpid(), SIGFPE); });
  expect_signal(SIGFPE);
  expect_whole_report();
  EXPECT_THAT(report_, HasSubstr("\n------ INFO OUTPUT ------\n"));
  EXPECT_THAT(report_, HasSubstr("writing it crashed"));
}

TEST_F(CrashReportTest, AHangInTheReportEndsIt) {
  CrashOptions options;
  options.patience = std::chrono::milliseconds(50);
  options.sections = [](CrashWriter&) {
    for (;;) pause();
  };
  run(std::move(options), [] { write_to(0x10); });
  expect_signal(SIGSEGV);
  expect_whole_report();
  EXPECT_THAT(report_, HasSubstr("it took too long"));
}

TEST_F(CrashReportTest, ThreadsThatCrashTogetherLeaveOneReport) {
  run({}, [] {
    std::thread threads[4];
    for (std::thread& thread : threads) thread = std::thread([] { write_to(0x10); });
    for (std::thread& thread : threads) thread.join();
  });
  expect_signal(SIGSEGV);
  expect_whole_report();
  EXPECT_EQ(report_.find(report_start), report_.rfind(report_start));
}

TEST_F(CrashReportTest, Assertions) {
  run({}, [] { fail_assertion("1 == 2", "t.cc", 7); });
  expect_signal(SIGABRT);
  expect_whole_report();
  EXPECT_THAT(report_, HasSubstr("=== ASSERTION FAILED ===\n==> t.cc:7 '1 == 2' is not true\n"));
}

TEST_F(CrashReportTest, PanicsThatExit) {
  CrashOptions options;
  options.exit_on_panic = true;
  run(std::move(options), [] { fail_panic("no way", "t.cc", 8); });
  EXPECT_TRUE(WIFEXITED(status_));
  EXPECT_EQ(WEXITSTATUS(status_), 1);
  expect_whole_report();
  EXPECT_THAT(report_, HasSubstr("==> t.cc:8 Guru Meditation: no way\n"));
}

TEST_F(CrashReportTest, WithoutHandlersAPanicGoesToStderr) {
  EXPECT_EXIT(fail_panic("no way", "t.cc", 8), testing::KilledBySignal(SIGABRT), "t.cc:8 no way");
}

TEST_F(CrashReportTest, HandlersGoWithTheirObject) {
  run({}, [] {
    Log log;
    EXPECT_THROW(CrashHandlers(log, {}), std::logic_error);
    struct sigaction action {};
    sigaction(SIGSEGV, nullptr, &action);
    _exit(action.sa_sigaction != nullptr && !testing::Test::HasFailure() ? 5 : 6);
  });
  EXPECT_EQ(WEXITSTATUS(status_), 5);
  {
    Log log;
    const CrashHandlers handlers(log, {});
  }
  struct sigaction action {};
  sigaction(SIGSEGV, nullptr, &action);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

class WatchdogTest : public CrashReportTest {
 protected:
  WatchdogTest() : log_(options()), watchdog_(log_) {}
  LogOptions options() const {
    LogOptions result;
    result.file = directory_ + "/log";
    return result;
  }
  std::string text() const {
    std::ifstream stream(directory_ + "/log");
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
  }
  static void spin_ms(int ms) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    while (std::chrono::steady_clock::now() < end) {
    }
  }
  static int count(const std::string& text, const std::string& what) {
    int found = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
  }

  Log log_;
  Watchdog watchdog_;
};

constexpr const char* expired = "--- WATCHDOG TIMER EXPIRED ---\n";

TEST_F(WatchdogTest, TracesEachStallOnce) {
  watchdog_.start(std::chrono::milliseconds(40));
  EXPECT_TRUE(watchdog_.running());
  spin_ms(300);
  EXPECT_EQ(count(text(), expired), 1);
  watchdog_.pet();
  spin_ms(300);
  EXPECT_EQ(count(text(), expired), 2);
  EXPECT_THAT(text(), HasSubstr("\n------ STACK TRACE ------\nEIP:\n"));
  EXPECT_THAT(text(), HasSubstr("(__libc_start_main+0x"));
  EXPECT_THAT(text(), testing::EndsWith("--------\n"));
}

TEST_F(WatchdogTest, IsQuietWhilePettedAndWhenStopped) {
  watchdog_.start(std::chrono::milliseconds(2000));
  for (int i = 0; i < 20; ++i) {
    watchdog_.pet();
    spin_ms(5);
  }
  watchdog_.stop();
  EXPECT_FALSE(watchdog_.running());
  watchdog_.stop();
  EXPECT_EQ(text(), "");
}

TEST_F(WatchdogTest, CountsTicks) {
  for (int round = 0; round < 2; ++round) {
    watchdog_.pet();
    EXPECT_FALSE(watchdog_.tick());
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(watchdog_.tick());
    EXPECT_TRUE(watchdog_.tick());
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(watchdog_.tick());
  }
}

TEST_F(WatchdogTest, AnAlarmFromOutsideGivesATrace) {
  kill(getpid(), SIGALRM);
  for (int i = 0; i < 100 && text().find("--------\n") == std::string::npos; ++i) usleep(1000);
  EXPECT_THAT(text(), HasSubstr("Received SIGALRM\n"));
  EXPECT_THAT(text(), Not(HasSubstr(expired)));
  EXPECT_THROW(Watchdog another(log_), std::logic_error);
}

}  // namespace
}  // namespace redoubt
