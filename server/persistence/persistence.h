// That nothing is lost: snapshots, the append log, and starting from both. Owns the parts that do it and gives them their
// turn in each tick. Owned by the composition root; commands reach it as Services::persistence. Executor thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "server/persistence/surroundings.h"

namespace redoubt {

class AppendLog;

class Persistence {
 public:
  // The references outlive it. `wake` makes the loop run a tick soon, from any thread. Without `threads` nothing runs in
  // the background: tests decide when what happens.
  Persistence(Keyspace& keyspace, const Config& config, FileSystem& files, Log& log, std::function<void()> wake,
              bool threads);
  ~Persistence();
  Persistence(const Persistence&) = delete;
  Persistence& operator=(const Persistence&) = delete;

  // At the end of each tick, before replies are sent: all parts go on with what they do.
  void tick();

  FileSystem& files() { return surroundings_.files; }
  AppendLog& append_log() { return *append_log_; }
  const AppendLog& append_log() const { return *append_log_; }

 private:
  PersistenceSurroundings surroundings_;
  std::unique_ptr<AppendLog> append_log_;
};

}  // namespace redoubt
