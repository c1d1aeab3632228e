// maxmemory-clients: what all clients' buffers may take together. Above it the clients that take the most are closed, as
// few of them as will do. Clients with CLIENT NO-EVICT count, but stay; replicas neither count nor go. Executor thread only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace redoubt {

class ClientRegistry;
class Log;
struct Config;
struct ServerStats;

class ClientEvictor {
 public:
  // Redis takes no limit below this: with less one could not even talk to the server to raise it.
  static constexpr uint64_t min_limit = 128 * 1024;

  ClientEvictor(ClientRegistry& clients, const Config& config, ServerStats& stats, Log& log);

  // Once per tick: looks at all clients when there is a limit and it is time to. Looking takes some 100 ns per client; it
  // is done every 10 ms at most, and less often when there are thousands of clients: a fiftieth of the time at most.
  void tick(int64_t now_us) {
    if (now_us < next_us_) return;
    look(now_us);
  }
  // Looks now. Returns how many clients are to be closed.
  size_t evict();

 private:
  void look(int64_t now_us);

  ClientRegistry& clients_;
  const Config& config_;
  ServerStats& stats_;
  Log& log_;
  int64_t next_us_ = 0;
  bool warned_ = false;
};

}  // namespace redoubt
