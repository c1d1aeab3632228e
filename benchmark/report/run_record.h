// A whole run of the benchmark, and the forms in which it is kept: a JSON document for programs, an HTML page for people; see
// docs/benchmark.md. What stands in the names of tests is made harmless for the form. Thread-safe: no state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "benchmark/report/measurement.h"

namespace redoubt {

struct ClusterMaster {
  std::string id;
  std::string address;  // host:port
  size_t slots = 0;     // when the run began
};

struct RunRecord {
  std::string server;     // host:port or the path of its socket
  int64_t began_ms = 0;   // Unix time
  uint64_t requests = 0;  // asked for, of each measurement
  uint64_t rate = 0;      // requests per second that were due; 0: as fast as replies came
  size_t data_size = 0;
  uint64_t key_space = 0;  // 0: one key
  bool keep_alive = true;
  std::vector<ClusterMaster> cluster = {};  // empty: one server
  bool whole = true;                        // false: interrupted, or it failed
  std::vector<Measurement> measurements = {};
  std::string preset = {};  // its name; empty: none
};

std::string run_json(const RunRecord& record);
// Needs nothing but itself: no script, no other file.
std::string run_page(const RunRecord& record);

}  // namespace redoubt
