// The settings of a server: one plain field per directive of redis.conf, with the defaults of Redis 7.2.
// Parts get it by const reference and read the fields they need each time they need them: CONFIG SET changes
// them in place, on the executor's thread, between commands. ConfigStore is the only writer. A field that can
// be changed only at start is marked "start only"; the range of every field stands in its row
// (server/config/directives.h). Memory is in bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "server/config/type_limits.h"

namespace redoubt {

// Who may use a thing that can break the server's promises (DEBUG, protected directives).
enum class AccessScope : uint8_t { nobody, everybody, local_clients };

// See common/base/process.h: whether a supervisor waits to be told that the server is ready, and whether
// /proc/self/oom_score_adj is left alone, set relative to its value at start, or set as given.
enum class Supervision : uint8_t;
enum class OomMode : uint8_t;

enum class MaxmemoryPolicy : uint8_t {
  volatile_lru,
  volatile_lfu,
  volatile_random,
  volatile_ttl,
  allkeys_lru,
  allkeys_lfu,
  allkeys_random,
  noeviction,
};
inline bool policy_uses_lfu(MaxmemoryPolicy p) {
  return p == MaxmemoryPolicy::volatile_lfu || p == MaxmemoryPolicy::allkeys_lfu;
}
inline bool policy_uses_lru(MaxmemoryPolicy p) {
  return p == MaxmemoryPolicy::volatile_lru || p == MaxmemoryPolicy::allkeys_lru;
}
inline bool policy_takes_all_keys(MaxmemoryPolicy p) {
  return p == MaxmemoryPolicy::allkeys_lru || p == MaxmemoryPolicy::allkeys_lfu || p == MaxmemoryPolicy::allkeys_random;
}

// The classes of clients that client-output-buffer-limit tells apart; also an index.
enum class OutputLimitClass : uint8_t { normal, replica, pubsub };
inline constexpr size_t output_limit_classes = 3;

struct OutputLimit {
  uint64_t hard = 0;     // 0: none
  uint64_t soft = 0;     // 0: none
  int soft_seconds = 0;  // how long the soft limit may be exceeded
  bool operator==(const OutputLimit&) const = default;
};

// What a SIGTERM or SIGINT asks of SHUTDOWN.
struct ShutdownOptions {
  bool save = false;    // save even when no save rule is configured
  bool nosave = false;  // do not save even when one is
  bool now = false;     // do not wait for lagging replicas
  bool force = false;   // go even when saving failed
  bool operator==(const ShutdownOptions&) const = default;
};

// A save rule: a snapshot is written once so many changes have been made and so many seconds have passed.
struct SaveRule {
  int64_t seconds = 0;
  int changes = 0;
  bool operator==(const SaveRule&) const = default;
};

// When the append log is synced. The order is that of Redis's own numbers.
enum class AppendFsync : uint8_t { no, always, everysec };

// Whether the payloads of RESTORE, and what is loaded, are looked at down to their last element.
enum class SanitizePayload : uint8_t { no, yes, clients };

struct RenamedCommand {
  std::string from;
  std::string to;  // empty: the command is removed
  bool operator==(const RenamedCommand&) const = default;
};

struct Config : TypeLimits {
  // ---- network
  std::vector<std::string> bind = {"*", "-::*"};  // "-" before an address: not an error when it is not available
  int port = 6379;                                // 0: no TCP
  int tcp_backlog = 511;                          // start only
  std::string unixsocket;                         // start only; empty: none
  unsigned unixsocketperm = 0;                    // start only; file mode; 0: leave to the umask
  int timeout = 0;                                // seconds of idleness; 0: never
  int tcp_keepalive = 300;                        // seconds; 0: off
  bool protected_mode = true;
  unsigned socket_mark_id = 0;  // start only; SO_MARK on sockets that listen; 0: none
  unsigned maxclients = 10000;
  uint64_t client_query_buffer_limit = uint64_t{1} << 30;
  uint64_t proto_max_bulk_len = uint64_t{512} << 20;
  std::array<OutputLimit, output_limit_classes> client_output_buffer_limit = {
      OutputLimit{}, OutputLimit{uint64_t{256} << 20, uint64_t{64} << 20, 60},
      OutputLimit{uint64_t{32} << 20, uint64_t{8} << 20, 60}};
  const OutputLimit& output_limit(OutputLimitClass c) const {
    return client_output_buffer_limit[static_cast<size_t>(c)];
  }

  // ---- who may do what
  std::string requirepass;                                     // empty: none
  AccessScope enable_protected_configs = AccessScope::nobody;  // start only
  AccessScope enable_debug_command = AccessScope::nobody;      // start only
  std::vector<RenamedCommand> rename_command;                  // start only

  // ---- process
  bool daemonize = false;         // start only
  Supervision supervised{};       // no; start only
  std::string pidfile;            // start only; empty: none (but see daemonize)
  std::string dir = ".";          // where files go; the store changes into it, and it is absolute then
  bool always_show_logo = false;  // start only
  bool set_proc_title = true;     // start only
  std::string proc_title_template = "{title} {listen-addr} {server-mode}";
  std::string locale_collate;
  OomMode oom_score_adj{};                                  // no
  std::array<int, 3> oom_score_adj_values = {0, 200, 800};  // primary, replica, background
  bool disable_thp = true;                                  // start only
  ShutdownOptions shutdown_on_sigterm;
  ShutdownOptions shutdown_on_sigint;
  int shutdown_timeout = 10;  // seconds
  bool crash_log_enabled = true;
  bool crash_memcheck_enabled = true;
  bool use_exit_on_panic = false;
  std::string ignore_warnings;  // names of system checks whose warnings at start are left out
  int watchdog_period = 0;      // milliseconds; 0: off
  bool jemalloc_bg_thread = true;
  bool hide_user_data_from_log = false;

  // ---- log
  LogLevel loglevel = LogLevel::notice;
  std::string logfile;                     // start only; empty: stdout
  bool syslog_enabled = false;             // start only
  std::string syslog_ident = "redis";      // start only
  std::string syslog_facility = "local0";  // start only

  // ---- keys and memory
  int databases = 16;      // start only
  uint64_t maxmemory = 0;  // 0: no limit
  MaxmemoryPolicy maxmemory_policy = MaxmemoryPolicy::noeviction;
  int maxmemory_samples = 5;
  int maxmemory_eviction_tenacity = 10;
  int64_t maxmemory_clients = 0;  // negative: percent of maxmemory; 0: no limit; see client_memory_limit
  int lfu_log_factor = 10;
  int lfu_decay_time = 1;  // minutes
  int active_expire_effort = 1;
  bool lazyfree_lazy_eviction = false;
  bool lazyfree_lazy_expire = false;
  bool lazyfree_lazy_server_del = false;
  bool lazyfree_lazy_user_del = false;
  bool lazyfree_lazy_user_flush = false;
  int hz = 10;
  bool dynamic_hz = true;
  bool activerehashing = true;

  // ---- snapshots
  std::vector<SaveRule> save = {{3600, 1}, {300, 100}, {60, 10000}};
  // While the configuration is read at start, statements of `save` add up; the first one replaces the default.
  bool reading_at_start = false;
  bool save_stated = false;
  std::string dbfilename = "dump.rdb";
  bool rdbcompression = true;
  bool rdbchecksum = true;  // start only
  // DEBUG SET-SKIP-CHECKSUM-VALIDATION; no directive.
  bool skip_checksum_validation = false;
  bool rdb_del_sync_files = false;
  bool rdb_save_incremental_fsync = true;
  bool stop_writes_on_bgsave_error = true;
  SanitizePayload sanitize_dump_payload = SanitizePayload::no;
  // For tests: microseconds that each key takes longer; negative: one microsecond for one key of so many.
  int rdb_key_save_delay = 0;
  int key_load_delay = 0;
  int loading_process_events_interval_bytes = 2 * 1024 * 1024;  // between two looks at the clients

  // ---- append log
  bool appendonly = false;
  std::string appendfilename = "appendonly.aof";  // start only
  std::string appenddirname = "appendonlydir";    // start only
  AppendFsync appendfsync = AppendFsync::everysec;
  bool no_appendfsync_on_rewrite = false;
  int auto_aof_rewrite_percentage = 100;  // 0: never
  uint64_t auto_aof_rewrite_min_size = uint64_t{64} << 20;
  bool aof_use_rdb_preamble = true;
  bool aof_load_truncated = true;
  bool aof_timestamp_enabled = false;
  bool aof_rewrite_incremental_fsync = true;
  bool aof_disable_auto_gc = false;  // keeps the files that a rewrite has made needless

  // ---- statistics
  bool latency_tracking = true;
  std::vector<double> latency_tracking_info_percentiles = {50.0, 99.0, 99.9};

  // maxmemory_clients in bytes; 0: no limit. A percentage of no maxmemory is no limit.
  uint64_t client_memory_limit() const {
    if (maxmemory_clients >= 0) return static_cast<uint64_t>(maxmemory_clients);
    return static_cast<uint64_t>(static_cast<double>(maxmemory) * static_cast<double>(-maxmemory_clients) / 100.0);
  }
};

}  // namespace redoubt
