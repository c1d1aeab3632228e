// What every part of persistence works with: handed to each by Persistence, which owns it.
#pragma once

#include <functional>

namespace redoubt {

class FileSystem;
class Keyspace;
class Log;
struct Config;

struct PersistenceSurroundings {
  Keyspace& keyspace;  // its now_ms is the calendar of all parts
  const Config& config;
  FileSystem& files;
  Log& log;
  // Has the executor's thread run a tick soon; from any thread.
  std::function<void()> wake;
  // False: nothing runs in the background; what a thread would do is done where it is handed over, or by hand (tests).
  bool threads;
};

}  // namespace redoubt
