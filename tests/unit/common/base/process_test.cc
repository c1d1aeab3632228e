#include "common/base/process.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace redoubt {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream stream(path);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

// Runs `body` in a child and gives its exit status: most of this changes the process.
template <typename Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class ProcessTest : public testing::Test {
 protected:
  ProcessTest() {
    char name[] = "/tmp/redoubt-process-XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~ProcessTest() override { std::filesystem::remove_all(directory_); }
  std::string directory_;
};

TEST_F(ProcessTest, PidFileComesAndGoes) {
  const std::string path = directory_ + "/pid";
  ASSERT_TRUE(write_pid_file(path).has_value());
  EXPECT_EQ(read_text(path), std::to_string(getpid()) + "\n");
  EXPECT_TRUE(remove_pid_file(path).has_value());
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(remove_pid_file(path).has_value());
  ASSERT_TRUE(write_pid_file(directory_ + "/no/pid").has_error());
  EXPECT_EQ(write_pid_file(directory_ + "/no/pid").error().text, "No such file or directory");
  EXPECT_TRUE(remove_pid_file(directory_).has_error());
}

TEST_F(ProcessTest, DaemonizeDetaches) {
  const std::string path = directory_ + "/daemon";
  const int status = in_child([&path] {
    if (!daemonize()) return 1;
    std::ofstream(path + ".new") << getpid() << ' ' << getsid(0) << ' ' << isatty(0) << ' '
                                 << std::filesystem::read_symlink("/proc/self/fd/1").string();
    std::filesystem::rename(path + ".new", path);
    return 7;  // of the child of the child: nobody sees it
  });
  EXPECT_EQ(status, 0);
  for (int i = 0; i < 500 && !std::filesystem::exists(path); ++i) usleep(10000);
  std::istringstream text(read_text(path));
  pid_t pid = 0, session = 1;
  int terminal = 1;
  std::string out;
  text >> pid >> session >> terminal >> out;
  EXPECT_EQ(pid, session);
  EXPECT_EQ(terminal, 0);
  EXPECT_EQ(out, "/dev/null");
}

TEST_F(ProcessTest, UmaskIsAskedWithoutBeingChanged) {
  const mode_t before = umask(027);
  EXPECT_EQ(current_umask(), 027u);
  EXPECT_EQ(current_umask(), 027u);
  umask(before);
}

TEST_F(ProcessTest, OpenFilesLimitGoesUpAndNeverDown) {
  EXPECT_EQ(in_child([] {
              const rlimit low{100, 200};
              if (setrlimit(RLIMIT_NOFILE, &low) != 0) return 1;
              if (raise_open_files_limit(50).now != 100) return 2;
              const OpenFilesLimit raised = raise_open_files_limit(150);
              if (raised.before != 100 || raised.now != 150 || !raised.error.empty()) return 3;
              const OpenFilesLimit most = raise_open_files_limit(uint64_t{1} << 60);
              if (most.before != 150 || most.now != 200 || most.error.empty()) return 4;
              rlimit limit{};
              getrlimit(RLIMIT_NOFILE, &limit);
              return limit.rlim_cur == 200 && limit.rlim_max == 200 ? 0 : 5;
            }),
            0);
}

TEST_F(ProcessTest, TitleUsesTheRoomOfArgumentsAndEnvironment) {
  EXPECT_EQ(in_child([] {
              char area[] = "prog\0one\0A=1\0B=22";
              char* arguments[] = {area, area + 5, nullptr};
              char* variables[] = {area + 9, area + 13, nullptr};
              environ = variables;
              ProcessTitle title(2, arguments);
              if (title.capacity() != sizeof area - 1) return 1;
              title.set("redoubt-server *:6379 and more than fits");
              if (strcmp(area, "redoubt-server *:") != 0) return 2;
              if (strcmp(arguments[0], "prog") != 0 || strcmp(arguments[1], "one") != 0) return 3;
              if (strcmp(getenv("A"), "1") != 0 || strcmp(getenv("B"), "22") != 0) return 4;
              title.set("x");
              for (size_t i = 1; i < sizeof area; ++i) {
                if (area[i] != '\0') return 5;
              }
              return strcmp(area, "x") == 0 ? 0 : 6;
            }),
            0);
}

TEST_F(ProcessTest, TemplatesAreFilledIn) {
  const auto lookup = [](std::string_view name) -> std::optional<std::string> {
    if (name == "title") return "redis-server";
    if (name == "server-mode") return "";
    return std::nullopt;
  };
  struct {
    std::string_view text;
    std::optional<std::string> result;
  } const cases[] = {{"{title} x {server-mode}", "redis-server x"},
                     {"", ""},
                     {"plain }", "plain }"},
                     {" {server-mode} ", ""},
                     {"{{title}", "{title}"},
                     {"{title}{title}", "redis-serverredis-server"},
                     {"{nothing}", {}},
                     {"{}", {}},
                     {"x {title", {}},
                     {"x {", {}}};
  for (const auto& row : cases) {
    const Result<std::string> result = expand_template(row.text, lookup);
    ASSERT_EQ(result.has_value(), row.result.has_value()) << row.text;
    if (result) {
      EXPECT_EQ(*result, *row.result);
    }
  }
}

TEST_F(ProcessTest, SupervisionFollowsTheEnvironment) {
  unsetenv("NOTIFY_SOCKET");
  unsetenv("UPSTART_JOB");
  EXPECT_EQ(resolve_supervision(Supervision::automatic), Supervision::no);
  EXPECT_EQ(resolve_supervision(Supervision::systemd), Supervision::no);
  setenv("NOTIFY_SOCKET", "/x", 1);
  EXPECT_EQ(resolve_supervision(Supervision::automatic), Supervision::systemd);
  EXPECT_EQ(resolve_supervision(Supervision::systemd), Supervision::systemd);
  EXPECT_EQ(resolve_supervision(Supervision::upstart), Supervision::no);
  EXPECT_EQ(resolve_supervision(Supervision::no), Supervision::no);
  setenv("UPSTART_JOB", "redis", 1);
  EXPECT_EQ(resolve_supervision(Supervision::automatic), Supervision::upstart);
  unsetenv("UPSTART_JOB");
  unsetenv("NOTIFY_SOCKET");
}

TEST_F(ProcessTest, UpstartIsToldByStopping) {
  const pid_t child = fork();
  if (child == 0) {
    setenv("UPSTART_JOB", "redis", 1);
    stop_for_upstart();
    _exit(getenv("UPSTART_JOB") == nullptr ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, WUNTRACED), child);
  EXPECT_TRUE(WIFSTOPPED(status));
  kill(child, SIGCONT);
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(ProcessTest, SystemdIsNotifiedAtPathsAndAbstractAddresses) {
  const std::string path = directory_ + "/notify";
  const std::string abstract = "@redoubt-test-" + std::to_string(getpid());
  for (const std::string& name : {path, abstract}) {
    const int receiver = socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, name.data(), name.size());
    socklen_t size = sizeof address;
    if (name[0] == '@') {
      address.sun_path[0] = '\0';
      size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    }
    ASSERT_EQ(bind(receiver, reinterpret_cast<sockaddr*>(&address), size), 0);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
    ASSERT_TRUE(notify_systemd("READY=1\nSTATUS=Ready").has_value());
    char buffer[100];
    const ssize_t got = recv(receiver, buffer, sizeof buffer, MSG_DONTWAIT);
    ASSERT_GT(got, 0);
    EXPECT_EQ(std::string(buffer, static_cast<size_t>(got)), "READY=1\nSTATUS=Ready");
    close(receiver);
    EXPECT_TRUE(notify_systemd("STOPPING=1").has_error());
  }
  for (const char* bad : {"", "/", "@", "relative", "vsock:2:1"}) {
    setenv("NOTIFY_SOCKET", bad, 1);
    EXPECT_TRUE(notify_systemd("READY=1").has_error()) << bad;
  }
  setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);
  EXPECT_TRUE(notify_systemd("READY=1").has_error());
  unsetenv("NOTIFY_SOCKET");
  EXPECT_TRUE(notify_systemd("READY=1").has_error());
}

TEST_F(ProcessTest, OomScoreIsSetAndPutBack) {
  const std::string file = directory_ + "/oom";
  std::ofstream(file) << "-100\n";
  OomScore score(file);
  EXPECT_TRUE(score.apply(OomMode::no, 500).has_value());
  EXPECT_EQ(read_text(file), "-100\n");
  struct {
    OomMode mode;
    int value;
    std::string_view text;
  } const cases[] = {{OomMode::relative, 250, "150\n"},   {OomMode::relative, -50, "-150\n"},
                     {OomMode::absolute, 250, "250\n"},   {OomMode::absolute, -2000, "-1000\n"},
                     {OomMode::relative, 2000, "1000\n"}, {OomMode::no, 77, "-100\n"}};
  for (const auto& row : cases) {
    ASSERT_TRUE(score.apply(row.mode, row.value).has_value());
    EXPECT_EQ(read_text(file), row.text);
  }
  OomScore missing(directory_ + "/no/oom");
  EXPECT_TRUE(missing.apply(OomMode::no, 0).has_value());
  EXPECT_TRUE(missing.apply(OomMode::relative, 1).has_error());
  EXPECT_TRUE(missing.apply(OomMode::absolute, 1).has_error());
}

TEST_F(ProcessTest, HugePagesAreDisabled) {
  EXPECT_EQ(in_child([] {
              if (!disable_huge_pages()) return 1;
              return prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1 ? 0 : 2;
            }),
            0);
}

}  // namespace
}  // namespace redoubt
