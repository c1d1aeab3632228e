// What is kept of a test that has run with some number of clients and some pipeline: figures, not all latencies, so that long sweeps
// take no memory to speak of. And who was the limit: told by what client and server had to do. Plain data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/load/load.h"
#include "benchmark/report/server_cpu.h"

namespace redoubt {

// The limit of a measurement. A side that was busy for nearly all of the time could not do more.
enum class Limit : uint8_t {
  unknown,  // it was too short, or the server does not tell its CPU time
  client,
  server,
  both,
  neither,  // both waited: for each other, the network, the disk
};
std::string_view name_of(Limit limit);

struct Measurement {
  std::string test;
  size_t clients = 0;
  size_t pipeline = 0;
  size_t threads = 0;  // that made the load
  uint64_t replies = 0;
  uint64_t errors = 0;  // of the replies
  double seconds = 0;
  double mean_ns = 0;
  uint64_t min_ns = 0;
  uint64_t p50_ns = 0;
  uint64_t p95_ns = 0;
  uint64_t p99_ns = 0;
  uint64_t p999_ns = 0;
  uint64_t max_ns = 0;
  std::vector<SecondStats> series;
  double client_cpu_seconds = 0;
  std::optional<ServerCpu> server_cpu;  // spent meanwhile, and in the warm-up; none: it does not tell
  bool whole = true;                    // false: interrupted

  double rate() const { return seconds > 0 ? static_cast<double>(replies) / seconds : 0; }
  // 1: all of its threads were busy all the time.
  double client_busy() const;
  // In processors: a server with several threads can have more than 1. What limits it is the one that executes commands.
  std::optional<double> server_busy() const;
  Limit limit() const;
};

Measurement measurement_of(std::string_view test, size_t clients, size_t pipeline, size_t threads,
                           const LoadResult& result);

// Where the latencies stand, in the order in which they are told.
struct LatencyFigure {
  std::string_view name;
  std::string_view field;  // the name in JSON and CSV
  uint64_t Measurement::*value;
};
inline constexpr std::array latency_figures = {
    LatencyFigure{"min", "min", &Measurement::min_ns},      LatencyFigure{"p50", "p50", &Measurement::p50_ns},
    LatencyFigure{"p95", "p95", &Measurement::p95_ns},      LatencyFigure{"p99", "p99", &Measurement::p99_ns},
    LatencyFigure{"p99.9", "p99_9", &Measurement::p999_ns}, LatencyFigure{"max", "max", &Measurement::max_ns}};

// "client 43 % of 1 thread, server 98 %: the server was the limit"; with advice when it was the client.
std::string verdict_sentence(const Measurement& measurement);

}  // namespace redoubt
