// What is kept of a test that has run with some number of clients and some pipeline: figures, not all latencies, so that long sweeps
// take no memory to speak of. And who was the limit: told by what client and server had to do. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/load/load.h"
#include "benchmark/report/server_cpu.h"
#include "benchmark/report/time_figures.h"
#include "benchmark/report/verify_counts.h"

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

// One command of a mix.
struct CommandFigures {
  std::string command;
  uint64_t replies = 0;
  uint64_t errors = 0;  // of the replies
  TimeFigures latency;
};

struct Measurement {
  std::string test;
  size_t clients = 0;
  size_t pipeline = 0;
  size_t threads = 0;  // that made the load
  uint64_t replies = 0;
  uint64_t errors = 0;                               // of the replies
  size_t requests_per_call = 1;                      // more where a sequence makes up a call
  std::optional<double> published_calls_per_second;  // by those whom a preset follows
  double seconds = 0;
  TimeFigures latency;
  std::optional<TimeFigures> service;    // with a rate: from sending to the reply
  std::vector<CommandFigures> commands;  // of a mix of several, in its order
  std::vector<SecondStats> series;
  double client_cpu_seconds = 0;
  std::optional<TimeFigures> client_lag;  // how late the client was; none: too short to tell
  std::optional<ServerCpu> server_cpu;    // spent meanwhile, and in the warm-up; none: it does not tell
  bool whole = true;                      // false: interrupted
  std::optional<VerifyCounts> verified;   // with --verify
  bool one_thread = false;                // it cannot be spread over more

  double rate() const { return seconds > 0 ? static_cast<double>(replies) / seconds : 0; }
  // Of a command of the mix: in requests per second, and of all replies.
  double rate(const CommandFigures& of) const { return seconds > 0 ? static_cast<double>(of.replies) / seconds : 0; }
  double share(const CommandFigures& of) const {
    return replies > 0 ? static_cast<double>(of.replies) / static_cast<double>(replies) : 0;
  }
  double calls_per_second() const { return rate() / static_cast<double>(requests_per_call); }
  // 1: all of its threads were busy all the time.
  double client_busy() const;
  // How much of a latency was waiting in the client until it had time, on the average.
  std::optional<double> client_lag_share() const;
  // That is much, and threads could share it.
  bool waits_in_client() const;
  // In processors: a server with several threads can have more than 1. What limits it is the one that executes commands.
  std::optional<double> server_busy() const;
  Limit limit() const;
};

Measurement measurement_of(std::string_view test, size_t clients, size_t pipeline, size_t threads,
                           const LoadResult& result);

// "client 43 % of 1 thread, server 98 %: the server was the limit"; with advice when it was the client.
std::string verdict_sentence(const Measurement& measurement);

}  // namespace redoubt
