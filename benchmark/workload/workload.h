// What a load sends: one request, or several of which each comes as often as its weight says, and what fills their places.
// Immutable; shared by all threads, each of which puts batches together with a WorkloadWriter of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/workload/key_choice.h"
#include "benchmark/workload/request.h"
#include "benchmark/workload/value_choice.h"
#include "common/base/result.h"

namespace redoubt {

class Workload {
 public:
  struct Weighted {
    uint64_t weight;
    Request request;
    std::string text = {};  // of a mix: the command as it was given
  };

  Workload(Request request, KeyChoice keys, ValueChoice values);
  // "80 GET key:{key}; 20 SET key:{key} {data}": a weight and a command, with quotes as in redis.conf. Tagged: for a cluster;
  // commands have {tag}, and those that have none get one before each number of a key.
  static Result<Workload> parse_mix(std::string_view text, KeyChoice keys, ValueChoice values, bool tagged = false);
  static constexpr size_t most_requests = 1000;

  const std::vector<Weighted>& requests() const { return requests_; }

 private:
  friend class WorkloadWriter;
  Workload(std::vector<Weighted> requests, KeyChoice keys, ValueChoice values);

  std::vector<Weighted> requests_;  // one at least
  uint64_t weights_ = 0;
  KeyChoice keys_;
  ValueChoice values_;
  size_t largest_request_ = 0;
};

class WorkloadWriter {
 public:
  // The workload and `turn`, which all writers of a load share, outlive it. `number`: another one for each of them.

  WorkloadWriter(const Workload& workload, std::atomic<uint64_t>& turn, uint64_t seed, uint64_t number);

  // See RequestFiller::serve().
  void serve(const NodeSlots& slots, std::atomic<uint64_t>& turn) { filler_.serve(slots, turn); }

  // So many requests, valid until the next call.
  std::string_view write(uint64_t count);
  // The same, of a mix; tells which of the workload's requests they are, by their numbers.
  std::string_view write(uint64_t count, std::vector<uint16_t>& chosen);

 private:
  template <typename F>
  std::string_view write_each(uint64_t count, F tell);
  const Workload::Weighted& choose();

  const Workload& workload_;
  RequestFiller filler_;
  std::vector<char> buffer_;
};

}  // namespace redoubt
