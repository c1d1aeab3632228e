// The sections of INFO on the data and its way to disk and to others: persistence, stats, replication, cluster, keyspace.
#include "common/base/clock.h"
#include "common/hash/sha1.h"
#include "server/commands/info_report.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/server_control.h"
#include "server/keyspace/keyspace.h"
#include "server/stats/info_text.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

constexpr size_t ttl_samples = 100;

std::string kilobytes(uint64_t bytes) { return decimals(static_cast<double>(bytes) / 1024, 2); }

uint64_t milliseconds_above_limit(const KeyspaceStats& stats) {
  if (stats.eviction_exceeded_since_us == 0) return 0;
  return static_cast<uint64_t>(monotonic_us() - stats.eviction_exceeded_since_us) / 1000;
}

void traffic(const Services& server, InfoText& text) {
  const ServerStats& stats = server.stats;
  text.fields({
      {"total_connections_received", stats.connections_received},
      {"total_commands_processed", stats.commands_processed},
      {"instantaneous_ops_per_sec", stats.commands_rate.per_second()},
      {"total_net_input_bytes", stats.net_input_bytes},
      {"total_net_output_bytes", stats.net_output_bytes},
      {"total_net_repl_input_bytes", 0},
      {"total_net_repl_output_bytes", 0},
      {"instantaneous_input_kbps", kilobytes(stats.input_rate.per_second())},
      {"instantaneous_output_kbps", kilobytes(stats.output_rate.per_second())},
      {"instantaneous_input_repl_kbps", kilobytes(0)},
      {"instantaneous_output_repl_kbps", kilobytes(0)},
      {"rejected_connections", stats.rejected_connections},
      {"sync_full", 0},
      {"sync_partial_ok", 0},
      {"sync_partial_err", 0},
  });
}

void keys_lost_and_found(const Services& server, InfoText& text) {
  const ServerStats& stats = server.stats;
  const KeyspaceStats& keys = server.keyspace.shared().stats;
  text.fields({
      {"expired_keys", keys.expired},
      {"expired_subkeys", keys.expired_fields},
      {"expired_stale_perc", decimals(keys.expired_stale_percent, 2)},
      {"expired_time_cap_reached_count", keys.expired_time_cap_reached},
      {"expire_cycle_cpu_milliseconds", keys.expire_cycle_us / 1000},
      {"evicted_keys", keys.evicted},
      {"evicted_clients", stats.evicted_clients},
      {"total_eviction_exceeded_time", keys.eviction_exceeded_us / 1000 + milliseconds_above_limit(keys)},
      {"current_eviction_exceeded_time", milliseconds_above_limit(keys)},
      {"keyspace_hits", keys.hits},
      {"keyspace_misses", keys.misses},
  });
}

// What belongs to parts that this server does not have yet stands at the zero that is its true value.
void other_parts(InfoText& text) {
  text.fields({{"pubsub_channels", 0},
               {"pubsub_patterns", 0},
               {"pubsubshard_channels", 0},
               {"latest_fork_usec", 0},
               {"total_forks", 0},
               {"migrate_cached_sockets", 0},
               {"slave_expires_tracked_keys", 0},
               {"active_defrag_hits", 0},
               {"active_defrag_misses", 0},
               {"active_defrag_key_hits", 0},
               {"active_defrag_key_misses", 0},
               {"total_active_defrag_time", 0},
               {"current_active_defrag_time", 0},
               {"tracking_total_keys", 0},
               {"tracking_total_items", 0},
               {"tracking_total_prefixes", 0}});
}

void work(const Services& server, InfoText& text) {
  const ServerStats& stats = server.stats;
  const uint64_t ticks = stats.eventloop_cycles_rate.per_second();
  text.fields({
      {"unexpected_error_replies", stats.unexpected_error_replies},
      {"total_error_replies", stats.error_replies},
      {"dump_payload_sanitizations", 0},
      {"total_reads_processed", stats.reads_processed},
      {"total_writes_processed", stats.writes_processed},
      {"io_threaded_reads_processed", 0},
      {"io_threaded_writes_processed", 0},
      {"client_query_buffer_limit_disconnections", stats.query_buffer_limit_disconnections},
      {"client_output_buffer_limit_disconnections", stats.output_buffer_limit_disconnections},
      {"reply_buffer_shrinks", 0},
      {"reply_buffer_expands", 0},
      {"eventloop_cycles", stats.eventloop_cycles},
      {"eventloop_duration_sum", stats.eventloop_duration_us},
      {"eventloop_duration_cmd_sum",
       static_cast<uint64_t>(static_cast<double>(stats.command_cycles) / cycles_per_us())},
      {"instantaneous_eventloop_cycles_per_sec", ticks},
      {"instantaneous_eventloop_duration_usec", ticks == 0 ? 0 : stats.eventloop_duration_rate.per_second() / ticks},
      {"acl_access_denied_auth", stats.acl_access_denied_auth},
      {"acl_access_denied_cmd", 0},
      {"acl_access_denied_key", 0},
      {"acl_access_denied_channel", 0},
      {"redoubt_longest_tick_us", stats.longest_tick_us},
  });
}

}  // namespace

namespace info_section {

void stats(const Services& server, InfoText& text) {
  text.section("Stats");
  traffic(server, text);
  keys_lost_and_found(server, text);
  other_parts(text);
  work(server, text);
}

void replication(const Services& server, InfoText& text) {
  text.section("Replication");
  text.fields({{"role", "master"},
               {"connected_slaves", 0},
               {"master_failover_state", "no-failover"},
               // Its own for each run, and not the run id itself.
               {"master_replid", sha1_hex(server.control.run_id())},
               {"master_replid2", std::string(40, '0')},
               {"master_repl_offset", 0},
               {"second_repl_offset", -1},
               {"repl_backlog_active", 0},
               {"repl_backlog_size", 1024 * 1024},
               {"repl_backlog_first_byte_offset", 0},
               {"repl_backlog_histlen", 0}});
}

void modules(const Services& /*server*/, InfoText& text) { text.section("Modules"); }

void cluster(const Services& /*server*/, InfoText& text) {
  text.section("Cluster");
  text.fields({{"cluster_enabled", 0}});
}

void keyspace(const Services& server, InfoText& text) {
  text.section("Keyspace");
  const int64_t now_ms = server.keyspace.shared().now_ms;
  for (int id = 0; id < server.keyspace.count(); ++id) {
    const Database& db = server.keyspace[id];
    if (db.size() == 0) continue;
    const int64_t mean = db.expiries().mean_time(ttl_samples);
    text.field(fmt::format("db{}", id),
               fmt::format("keys={},expires={},avg_ttl={},subexpiry={}", db.size(), db.volatile_size(),
                           mean > now_ms ? mean - now_ms : 0, db.field_expiries().size()));
  }
}

}  // namespace info_section
}  // namespace redoubt
