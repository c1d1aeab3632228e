// The composition root: owns the parts of a running server and wires them together. What is done when is decided here and
// in housekeeping.h; how it is done, in the parts. One per process; executor thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace redoubt {

class CommandTable;
class ConfigStore;
class Log;
class ProcessTitle;

class Server {
 public:
  // Made by main before there is a server, and there for longer than it. The configuration is loaded, and commands are
  // registered and renamed.
  struct Parts {
    ConfigStore& config;
    CommandTable& commands;
    Log& log;
    ProcessTitle& title;
    std::string executable;              // absolute path
    std::vector<std::string> arguments;  // as given to main, for DEBUG RESTART
    bool supervised = false;
    // Called when the data set is loaded and clients are served.
    std::function<void()> on_ready = {};
  };

  explicit Server(Parts parts);
  ~Server();

  // Binds the addresses. The error is for the log, and means that there is nothing to serve on.
  Status listen();
  // Serves until a shutdown; returns the exit code.
  int run();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace redoubt
