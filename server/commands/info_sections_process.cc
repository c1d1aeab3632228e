// The sections of INFO on the process: server, clients, memory, cpu.
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/process.h"
#include "common/hash/crc64.h"
#include "server/client/client_registry.h"
#include "server/commands/info_report.h"
#include "server/config/config.h"
#include "server/config/config_store.h"
#include "server/config/version.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/server_control.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/append_log.h"
#include "server/persistence/persistence.h"
#include "server/stats/info_text.h"
#include "server/stats/memory_report.h"
#include "server/stats/process_usage.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

std::string system_name() {
  utsname name{};
  uname(&name);
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::string_view supervisor(const Services& server) {
  if (!server.control.supervised()) return "no";
  switch (resolve_supervision(server.config.supervised)) {
    case Supervision::systemd: return "systemd";
    case Supervision::upstart: return "upstart";
    default: return "unknown";
  }
}

// The clock of the accounts of keys: seconds, 24 bits.
int64_t lru_clock(int64_t now_ms) { return now_ms / 1000 & 0xffffff; }

void listeners(const Services& server, InfoText& text) {
  int number = 0;
  if (const int port = server.control.listening_port(); port != 0) {
    std::string value = "name=tcp";
    for (const std::string& address : server.config.bind) value += ",bind=" + address;
    text.field(fmt::format("listener{}", number++), value + fmt::format(",port={}", port));
  }
  if (!server.config.unixsocket.empty()) {
    text.field(fmt::format("listener{}", number++), "name=unix,bind=" + server.config.unixsocket);
  }
}

std::string percent(double value) { return decimals(value, 2) + "%"; }

void memory_use(const MemoryReport& report, InfoText& text) {
  text.fields({
      {"used_memory", report.used},
      {"used_memory_human", format_bytes_human(report.used)},
      {"used_memory_rss", report.resident},
      {"used_memory_rss_human", format_bytes_human(report.resident)},
      {"used_memory_peak", report.peak},
      {"used_memory_peak_human", format_bytes_human(report.peak)},
      {"used_memory_peak_perc", percent(report.peak_percent)},
      {"used_memory_overhead", report.overhead},
      {"used_memory_startup", report.startup},
      {"used_memory_dataset", report.dataset},
      {"used_memory_dataset_perc", percent(report.dataset_percent)},
      {"allocator_allocated", report.allocator.allocated},
      {"allocator_active", report.allocator.active},
      {"allocator_resident", report.allocator.resident},
      {"total_system_memory", system_memory()},
      {"total_system_memory_human", format_bytes_human(system_memory())},
  });
}

// There are no scripts yet.
void script_memory(InfoText& text) {
  text.fields({{"used_memory_lua", 0},
               {"used_memory_vm_eval", 0},
               {"used_memory_lua_human", format_bytes_human(0)},
               {"used_memory_scripts_eval", 0},
               {"number_of_cached_scripts", 0},
               {"number_of_functions", 0},
               {"number_of_libraries", 0},
               {"used_memory_vm_functions", 0},
               {"used_memory_vm_total", 0},
               {"used_memory_vm_total_human", format_bytes_human(0)},
               {"used_memory_functions", 0},
               {"used_memory_scripts", 0},
               {"used_memory_scripts_human", format_bytes_human(0)}});
}

}  // namespace

namespace info_section {

void server(const Services& server, InfoText& text) {
  const int64_t uptime = (monotonic_us() - server.stats.started_us) / 1000000;
  const int64_t now_us = wall_us();
  text.section("Server");
  text.fields({
      {"redis_version", redis_version},
      {"redoubt_version", REDOUBT_VERSION},
      {"redis_git_sha1", "00000000"},
      {"redis_git_dirty", 0},
      {"redis_build_id", fmt::format("{:016x}", crc64(REDOUBT_VERSION " " __VERSION__))},
      {"redis_mode", "standalone"},
      {"os", system_name()},
      {"arch_bits", sizeof(void*) * 8},
      {"monotonic_clock", "POSIX clock_gettime"},
      {"multiplexing_api", "epoll"},
      {"atomicvar_api", "c11-builtin"},
      {"gcc_version", fmt::format("{}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__)},
      {"process_id", getpid()},
      {"process_supervised", supervisor(server)},
      {"run_id", server.control.run_id()},
      {"tcp_port", server.control.listening_port()},
      {"server_time_usec", now_us},
      {"uptime_in_seconds", uptime},
      {"uptime_in_days", uptime / (24 * 3600)},
      {"hz", server.control.current_hz()},
      {"configured_hz", server.config.hz},
      {"lru_clock", lru_clock(now_us / 1000)},
      {"executable", server.control.executable()},
      {"config_file", server.control.config_file()},
      {"io_threads_active", 0},
  });
  listeners(server, text);
}

void clients(const Services& server, InfoText& text) {
  const MemoryReport report = memory_report(server.stats, server.keyspace, server.clients);
  const auto& all = server.clients.all();
  const auto ordinary =
      std::count_if(all.begin(), all.end(), [](const auto& client) { return !client.second->is(ClientFlag::replica); });
  const auto subscribed =
      std::count_if(all.begin(), all.end(), [](const auto& client) { return client.second->is(ClientFlag::pubsub); });
  const BlockedClients& blocked = server.effects.blocked();
  text.section("Clients");
  text.fields({
      {"connected_clients", ordinary},
      {"cluster_connections", 0},
      {"maxclients", server.config.maxclients},
      {"client_recent_max_input_buffer",
       std::max<uint64_t>(server.stats.max_clients_input_buffer, report.largest_input)},
      {"client_recent_max_output_buffer",
       std::max<uint64_t>(server.stats.max_clients_output_buffer, report.largest_output)},
      {"blocked_clients", blocked.count()},
      {"tracking_clients", 0},
      {"pubsub_clients", subscribed},
      {"watching_clients", 0},
      {"clients_in_timeout_table", blocked.timed()},
      {"total_watched_keys", 0},
      {"total_blocking_keys", blocked.keys()},
      {"total_blocking_keys_on_nokey", 0},
  });
}

void memory(const Services& server, InfoText& text) {
  const MemoryReport report = memory_report(server.stats, server.keyspace, server.clients);
  const std::string policy = server.config_store.get(std::array<std::string_view, 1>{"maxmemory-policy"})[0].second;
  text.section("Memory");
  memory_use(report, text);
  script_memory(text);
  text.fields({
      {"maxmemory", server.config.maxmemory},
      {"maxmemory_human", format_bytes_human(server.config.maxmemory)},
      {"maxmemory_policy", policy},
      {"allocator_frag_ratio", decimals(report.allocator_fragmentation.ratio, 2)},
      {"allocator_frag_bytes", report.allocator_fragmentation.bytes},
      {"allocator_rss_ratio", decimals(report.allocator_resident.ratio, 2)},
      {"allocator_rss_bytes", report.allocator_resident.bytes},
      {"rss_overhead_ratio", decimals(report.process_resident.ratio, 2)},
      {"rss_overhead_bytes", report.process_resident.bytes},
      {"mem_fragmentation_ratio", decimals(report.fragmentation.ratio, 2)},
      {"mem_fragmentation_bytes", report.fragmentation.bytes},
      {"mem_not_counted_for_evict", 0},
      {"mem_replication_backlog", 0},
      {"mem_total_replication_buffers", 0},
      {"mem_clients_slaves", report.clients_replica},
      {"mem_clients_normal", report.clients_normal},
      {"mem_cluster_links", 0},
      {"mem_aof_buffer", server.persistence.append_log().buffer_memory()},
      {"mem_allocator", allocator_name()},
      {"active_defrag_running", 0},
      {"lazyfree_pending_objects", server.keyspace.lazy_free().pending()},
      {"lazyfreed_objects", server.keyspace.lazy_free().freed()},
  });
}

void cpu(const Services& /*server*/, InfoText& text) {
  const CpuTime own = process_cpu_time();
  const CpuTime children = children_cpu_time();
  const CpuTime executor = thread_cpu_time();
  text.section("CPU");
  text.fields({
      {"used_cpu_sys", seconds_text(own.system_us)},
      {"used_cpu_user", seconds_text(own.user_us)},
      {"used_cpu_sys_children", seconds_text(children.system_us)},
      {"used_cpu_user_children", seconds_text(children.user_us)},
      {"used_cpu_sys_main_thread", seconds_text(executor.system_us)},
      {"used_cpu_user_main_thread", seconds_text(executor.user_us)},
  });
}

}  // namespace info_section
}  // namespace redoubt
