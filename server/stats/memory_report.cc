#include "server/stats/memory_report.h"

#include <algorithm>

#include "server/client/client_registry.h"
#include "server/keyspace/keyspace.h"
#include "server/stats/process_usage.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

Excess excess(size_t of, size_t over) {
  return {over == 0 ? 0 : static_cast<double>(of) / static_cast<double>(over),
          static_cast<int64_t>(of) - static_cast<int64_t>(over)};
}

double percent(size_t part, size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) * 100 / static_cast<double>(whole);
}

size_t above(size_t value, size_t floor) { return value > floor ? value - floor : 0; }

void add_clients(MemoryReport& report, const ClientRegistry& clients) {
  for (const auto& [id, client] : clients.all()) {
    (client->is(ClientFlag::replica) ? report.clients_replica : report.clients_normal) += client_memory(*client);
    report.largest_input = std::max(report.largest_input, client->input_capacity + client->parser_memory);
    report.largest_output = std::max(report.largest_output, client->out.memory());
  }
  report.client_count = clients.size();
}

}  // namespace

size_t client_memory(const Client& client) {
  const size_t names = client.name.capacity() + client.lib_name.capacity() + client.lib_version.capacity();
  return sizeof(Client) + client.out.memory() + client.input_capacity + client.parser_memory + names;
}

MemoryReport memory_report(const ServerStats& stats, const Keyspace& keyspace, const ClientRegistry& clients) {
  MemoryReport report;
  report.used = used_memory();
  report.resident = resident_memory();
  report.peak = std::max(stats.peak_memory, report.used);
  report.startup = stats.startup_memory;
  add_clients(report, clients);
  for (int id = 0; id < keyspace.count(); ++id) {
    const Database& db = keyspace[id];
    if (db.size() != 0) report.databases.push_back({id, db.keys().memory(), db.expiries().memory()});
  }
  report.overhead = report.startup + report.clients_normal + report.clients_replica + keyspace.overhead();
  report.dataset = above(report.used, report.overhead);
  const size_t grown = above(report.used, report.startup);
  report.dataset_percent = std::min(percent(report.dataset, grown), 100.0);
  report.peak_percent = percent(report.used, report.peak);
  report.keys = keyspace.total_keys();
  report.bytes_per_key = report.keys == 0 ? 0 : grown / report.keys;
  report.allocator = allocator_stats();
  report.fragmentation = excess(report.resident, report.used);
  report.allocator_fragmentation = excess(report.allocator.active, report.allocator.allocated);
  report.allocator_resident = excess(report.allocator.resident, report.allocator.active);
  report.process_resident = excess(report.resident, report.allocator.resident);
  return report;
}

}  // namespace redoubt
