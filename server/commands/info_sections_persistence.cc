// The section of INFO on what is kept on disk.
#include <algorithm>

#include "server/commands/info_report.h"
#include "server/config/config.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/append_log.h"
#include "server/persistence/persistence.h"
#include "server/stats/info_text.h"

namespace redoubt {
namespace {

std::string_view ok_or_err(bool ok) { return ok ? "ok" : "err"; }

void snapshots(const Persistence& persistence, InfoText& text) {
  const Saver& saver = persistence.saver();
  const Snapshot& snapshot = persistence.snapshot();
  const bool walking = persistence.busy();
  const uint64_t done = walking ? snapshot.keys_told() : 0;
  const uint64_t total = walking ? snapshot.keys_total() : 0;
  const double percent = total == 0 ? 0 : 100.0 * static_cast<double>(done) / static_cast<double>(total);
  text.fields({{"current_cow_peak", 0},
               {"current_cow_size", 0},
               {"current_cow_size_age", 0},
               {"current_fork_perc", decimals(percent, 2)},
               {"current_save_keys_processed", done},
               {"current_save_keys_total", total},
               {"rdb_changes_since_last_save", saver.unsaved_changes()},
               {"rdb_bgsave_in_progress", saver.running() ? 1 : 0},
               {"rdb_last_save_time", saver.last_save_seconds()},
               {"rdb_last_bgsave_status", ok_or_err(saver.last_ok())},
               {"rdb_last_bgsave_time_sec", saver.last_duration_seconds()},
               {"rdb_current_bgsave_time_sec", saver.current_duration_seconds()},
               {"rdb_saves", saver.saves()},
               {"rdb_last_cow_size", 0},
               {"rdb_last_load_keys_expired", persistence.loaded_keys().expired},
               {"rdb_last_load_keys_loaded", persistence.loaded_keys().loaded}});
}

void append_log(const Persistence& persistence, InfoText& text) {
  const LogRewrite& rewrite = persistence.log_rewrite();
  const AppendLog& log = persistence.append_log();
  const bool enabled = rewrite.state() != LogRewrite::State::off;
  text.fields({{"aof_enabled", enabled ? 1 : 0},
               {"aof_rewrite_in_progress", rewrite.running() ? 1 : 0},
               {"aof_rewrite_scheduled", rewrite.scheduled() ? 1 : 0},
               {"aof_last_rewrite_time_sec", rewrite.last_duration_seconds()},
               {"aof_current_rewrite_time_sec", rewrite.current_duration_seconds()},
               {"aof_last_bgrewrite_status", ok_or_err(rewrite.last_ok())},
               {"aof_rewrites", rewrite.rewrites()},
               {"aof_rewrites_consecutive_failures", rewrite.consecutive_failures()},
               {"aof_last_write_status", ok_or_err(log.write_ok())},
               {"aof_last_cow_size", 0},
               {"module_fork_in_progress", 0},
               {"module_fork_last_cow_size", 0}});
  if (!enabled) return;
  text.fields({{"aof_current_size", log.current_size()},
               {"aof_base_size", log.base_size()},
               {"aof_pending_rewrite", rewrite.scheduled() ? 1 : 0},
               {"aof_buffer_length", log.buffer_length()},
               {"aof_pending_bio_fsync", log.pending_syncs()},
               {"aof_delayed_fsync", log.delayed_syncs()}});
}

// How far it is, and when it will be through at the pace so far.
void loading(const Persistence& persistence, int64_t now_seconds, InfoText& text) {
  const Persistence::LoadProgress progress = persistence.load_progress();
  const int64_t elapsed = now_seconds - progress.start_seconds;
  const uint64_t left = progress.total_bytes - std::min(progress.total_bytes, progress.loaded_bytes);
  int64_t eta = 1;
  if (elapsed > 0) eta = static_cast<int64_t>(static_cast<uint64_t>(elapsed) * left / (progress.loaded_bytes + 1));
  const double total = std::max(static_cast<double>(progress.total_bytes), 1.0);
  text.fields({{"loading_start_time", progress.start_seconds},
               {"loading_total_bytes", progress.total_bytes},
               {"loading_rdb_used_mem", progress.used_memory_then},
               {"loading_loaded_bytes", progress.loaded_bytes},
               {"loading_loaded_perc", decimals(100.0 * static_cast<double>(progress.loaded_bytes) / total, 2)},
               {"loading_eta_seconds", eta}});
}

}  // namespace

namespace info_section {

void persistence(const Services& server, InfoText& text) {
  const Persistence& persistence = server.persistence;
  text.section("Persistence");
  text.fields({{"loading", persistence.loading() ? 1 : 0}, {"async_loading", 0}});
  snapshots(persistence, text);
  append_log(persistence, text);
  if (persistence.loading()) loading(persistence, server.keyspace.shared().now_ms / 1000, text);
}

}  // namespace info_section

}  // namespace redoubt
