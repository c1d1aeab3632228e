#include "tests/support/server_run.h"

#include <csignal>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace redoubt {
namespace {

std::vector<std::string> command_line(int port, std::vector<std::string> words) {
  std::vector<std::string> all = {server_program(), "--port", std::to_string(port), "--bind", "127.0.0.1"};
  all.insert(all.end(), std::make_move_iterator(words.begin()), std::make_move_iterator(words.end()));
  return all;
}

}  // namespace

std::string server_program() { return std::string(REDOUBT_BIN_DIR) + "/redoubt-server"; }

ServerRun::ServerRun(std::vector<std::string> words, const RunOptions& options)
    : port_(free_loopback_port()), process_(command_line(port_, std::move(words)), options) {
  if (process_.wait_for_out("Ready to accept connections")) return;
  throw std::runtime_error("the server is not ready:\n" + process_.out() + process_.err());
}

bool ServerRun::stop() {
  process_.signal(SIGTERM);
  return process_.wait_for_exit() == 0 && process_.err().empty();
}

std::string info_field(Link& link, std::string_view name) {
  const Value info = link.run({"INFO", "everything"});
  const std::string key = "\n" + std::string(name) + ":";
  const size_t found = info.text.find(key);
  if (found == std::string::npos) return "";
  const size_t begin = found + key.size();
  return info.text.substr(begin, info.text.find('\r', begin) - begin);
}

int64_t info_number(Link& link, std::string_view name) {
  const std::string text = info_field(link, name);
  if (text.empty()) throw std::runtime_error("INFO has no field " + std::string(name));
  return std::stoll(text);
}

}  // namespace redoubt
