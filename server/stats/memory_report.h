// Where the memory goes, as INFO memory, MEMORY STATS and MEMORY DOCTOR tell it: all figures from one moment. Executor
// thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/memory.h"
#include "server/client/client.h"

namespace redoubt {

class ClientRegistry;
class Keyspace;
struct ServerStats;

// A quotient and a difference of two figures: how much more the first is than the second.
struct Excess {
  double ratio = 0;  // 0 when there is nothing to compare with
  int64_t bytes = 0;
};

struct MemoryReport {
  size_t used = 0;  // bytes in use, by the allocator's count
  size_t resident = 0;
  size_t peak = 0;
  size_t startup = 0;  // in use before the first key came
  size_t clients_normal = 0;
  size_t clients_replica = 0;
  size_t largest_input = 0;  // of one client now
  size_t largest_output = 0;
  size_t client_count = 0;
  size_t overhead = 0;  // everything but keys and values
  size_t dataset = 0;
  double dataset_percent = 0;  // of what was added since the start
  double peak_percent = 0;
  size_t keys = 0;
  size_t bytes_per_key = 0;
  AllocatorStats allocator;
  Excess fragmentation;            // resident against used
  Excess allocator_fragmentation;  // pages that the allocator uses against bytes that it gave out
  Excess allocator_resident;       // what it holds against the pages it uses
  Excess process_resident;         // the process against the allocator

  struct DatabasePart {
    int id;
    size_t keys_table;
    size_t expiry_table;
  };
  std::vector<DatabasePart> databases;  // those that hold keys
};

MemoryReport memory_report(const ServerStats& stats, const Keyspace& keyspace, const ClientRegistry& clients);

// Bytes that one client takes, buffers and all.
size_t client_memory(const Client& client);

}  // namespace redoubt
