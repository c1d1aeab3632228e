#include "tests/support/program.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace redoubt {
namespace {

using namespace std::chrono_literals;

constexpr const char* oracle_binary = "/usr/bin/redis-check-rdb";

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int free_port() {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  const bool ok = fd >= 0 && bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (fd >= 0) close(fd);
  if (!ok) throw std::runtime_error("no free loopback port");
  return ntohs(address.sin_port);
}

// Whether there is a server that has loaded its data. It may want a password.
bool port_answers(int port) {
  constexpr std::string_view ping = "PING\r\n";
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(port);
  char reply[sizeof "-LOADING"] = {};
  const timeval patience = {.tv_sec = 1, .tv_usec = 0};
  const bool answers = fd >= 0 && connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
                       setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
                       send(fd, ping.data(), ping.size(), MSG_NOSIGNAL) > 0 && recv(fd, reply, sizeof reply - 1, 0) > 0;
  if (fd >= 0) close(fd);
  return answers && std::string_view(reply) != "-LOADING";
}

std::string temporary_directory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "redoubt-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory: " + pattern);
  return pattern;
}

}  // namespace

Program Program::start_oracle(std::vector<std::string> arguments) {
  if (!std::filesystem::exists(oracle_binary)) {
    throw std::runtime_error(fmt::format("{} is missing: install redis-tools", oracle_binary));
  }
  Program program;
  program.directory_ = temporary_directory();
  // The binary is the server when it is called by that name.
  const std::string link = program.directory_ + "/redis-server";
  std::filesystem::create_symlink(oracle_binary, link);
  program.start(link, std::move(arguments));
  return program;
}

Program Program::start_server(std::vector<std::string> arguments) {
  Program program;
  program.directory_ = temporary_directory();
  program.start(std::string(REDOUBT_BIN_DIR) + "/redoubt-server", std::move(arguments));
  return program;
}

Program::Program(Program&& other) noexcept
    : port_(other.port_), pid_(std::exchange(other.pid_, -1)), directory_(std::exchange(other.directory_, {})) {}

Program::~Program() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    if (!wait_for_exit(5000)) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

void Program::start(const std::string& path, std::vector<std::string> arguments) {
  port_ = free_port();
  std::vector<std::string> words = {path,    "--port",  std::to_string(port_), "--bind", "127.0.0.1", "--save", "",
                                    "--dir", directory_};
  words.insert(words.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string log = directory_ + "/output";
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) {
    // A test that dies takes its servers with it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(126);
    int fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0) _exit(126);
    execv(argv[0], argv.data());
    _exit(127);
  }
  wait_until_ready();
}

void Program::wait_until_ready() {
  for (int i = 0; i < 1000; ++i) {
    if (wait_for_exit(0)) throw std::runtime_error("the server ended at once:\n" + output());
    if (port_answers(port_)) return;
    std::this_thread::sleep_for(10ms);
  }
  throw std::runtime_error("the server does not answer:\n" + output());
}

bool Program::wait_for_exit(int milliseconds) {
  for (int waited = 0;; waited += 10) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return true;
    }
    if (waited >= milliseconds) return false;
    std::this_thread::sleep_for(10ms);
  }
}

std::string Program::output() const {
  std::ifstream file(directory_ + "/output", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace redoubt
