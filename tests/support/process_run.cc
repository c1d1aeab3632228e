#include "tests/support/process_run.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace redoubt {
namespace {

using namespace std::chrono_literals;

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

bool redirect(const std::string& path, int flags, int to) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC, 0600);
  return descriptor >= 0 && dup2(descriptor, to) >= 0;
}

}  // namespace

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return condition();
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

int free_loopback_port() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool ok =
      descriptor >= 0 && bind(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0;
  if (descriptor >= 0) close(descriptor);
  if (!ok) throw std::runtime_error("no free loopback port");
  return ntohs(address.sin_port);
}

TemporaryDirectory::TemporaryDirectory() {
  path_ = (std::filesystem::temp_directory_path() / "redoubt-test-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary directory: " + path_);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

ProcessRun::ProcessRun(std::vector<std::string> words, const RunOptions& options) {
  write_file(directory() + "/stdin", options.input);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<std::string> environment = options.environment;
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent || chdir(directory().c_str()) != 0) _exit(126);
  if (!redirect("stdin", O_RDONLY, STDIN_FILENO) || !redirect("stdout", O_WRONLY | O_CREAT | O_APPEND, STDOUT_FILENO) ||
      !redirect("stderr", O_WRONLY | O_CREAT | O_APPEND, STDERR_FILENO)) {
    _exit(126);
  }
  for (std::string& entry : environment) putenv(entry.data());
  execvp(argv[0], argv.data());
  _exit(127);
}

ProcessRun::~ProcessRun() {
  if (!running()) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool ProcessRun::wait_for_out(std::string_view text, size_t times) {
  bool found = false;
  (void)eventually([&] {
    const bool alive = running();
    found = count_of(out(), text) >= times;
    return found || !alive;
  });
  return found;
}

void ProcessRun::signal(int number) const {
  if (status_ == unknown) kill(pid_, number);
}

bool ProcessRun::running() {
  if (status_ != unknown) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  status_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  return false;
}

int ProcessRun::wait_for_exit(std::chrono::milliseconds patience) {
  (void)eventually([this] { return !running(); }, patience);
  return status_;
}

}  // namespace redoubt
