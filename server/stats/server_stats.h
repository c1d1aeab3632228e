// The plain counters behind INFO. Written by the executor's thread alone and read there; threads that come later keep
// their own, which are summed on read. `reset()` is CONFIG RESETSTAT.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace redoubt {

// One quantity sampled every 100 ms, averaged over the last 16 samples (instantaneous_* fields).
class RateMeter {
 public:
  // `total` is a counter that only grows; `now_us` is monotonic.
  void sample(uint64_t total, int64_t now_us);
  uint64_t per_second() const;

 private:
  static constexpr int samples = 16;
  uint64_t rates_[samples] = {};
  int next_ = 0;
  uint64_t last_total_ = 0;
  int64_t last_us_ = 0;
};

struct ServerStats {
  int64_t started_us = 0;  // monotonic
  int64_t started_wall_ms = 0;
  uint64_t connections_received = 0;
  uint64_t rejected_connections = 0;
  uint64_t commands_processed = 0;
  uint64_t net_input_bytes = 0;
  uint64_t net_output_bytes = 0;
  uint64_t query_buffer_limit_disconnections = 0;
  uint64_t output_buffer_limit_disconnections = 0;
  uint64_t evicted_clients = 0;
  uint64_t reads_processed = 0;
  uint64_t writes_processed = 0;
  uint64_t acl_access_denied_auth = 0;
  uint64_t unexpected_error_replies = 0;
  uint64_t error_replies = 0;
  uint64_t eventloop_cycles = 0;
  uint64_t eventloop_duration_us = 0;
  uint64_t command_cycles = 0;  // spent in commands; see clock.h
  uint64_t longest_tick_us = 0;
  uint64_t max_clients_input_buffer = 0;
  uint64_t max_clients_output_buffer = 0;
  size_t startup_memory = 0;  // in use when the server was ready for its first client
  size_t peak_memory = 0;
  int64_t peak_memory_at_ms = 0;
  RateMeter commands_rate;
  RateMeter input_rate;
  RateMeter output_rate;
  RateMeter eventloop_cycles_rate;
  RateMeter eventloop_duration_rate;
  // Replies that were errors, by code ("ERR"). At most 128 codes are kept apart.
  std::map<std::string, uint64_t, std::less<>> errors;

  void count_error(std::string_view code);
  void reset();
};

}  // namespace redoubt
