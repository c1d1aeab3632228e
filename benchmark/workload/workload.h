// What a load sends: one request, several of which each comes as often as its weight says, or several again and again in their
// order; and what fills their places.
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
    std::string text = {};  // of a mix or a sequence: the command as it was given
  };

  Workload(Request request, KeyChoice keys, ValueChoice values);
  // "80 GET key:{key}; 20 SET key:{key} {data}": a weight and a command, with quotes as in redis.conf. Tagged: for a cluster;
  // commands have {tag}, and those that have none get one before each number of a key.
  static Result<Workload> parse_mix(std::string_view text, KeyChoice keys, ValueChoice values, bool tagged = false);
  static constexpr size_t most_requests = 1000;

  const std::vector<Weighted>& requests() const { return requests_; }

  // "HSET login: {key} u; ZADD recent: {int} {key}": commands in the order in which each connection sends them, again and again.
  // A pass is a unit: all of its {key} are the same number, and so are all of its {int}.
  static Result<Workload> parse_sequence(std::string_view text, KeyChoice keys, ValueChoice values);

  // The requests of a unit; 1 where there is no sequence.
  size_t unit() const { return sequence_ ? requests_.size() : 1; }

 private:
  friend class WorkloadWriter;
  enum class Form : uint8_t { mix, sequence };
  static Result<Workload> parse(std::string_view text, Form form, KeyChoice keys, ValueChoice values, bool tagged);
  Workload(std::vector<Weighted> requests, KeyChoice keys, ValueChoice values);

  std::vector<Weighted> requests_;  // one at least
  uint64_t weights_ = 0;
  bool sequence_ = false;
  KeyChoice keys_;
  ValueChoice values_;
  size_t largest_request_ = 0;
};

// How far a connection is in its sequence.
struct SequencePlace {
  size_t next = 0;  // of the unit's requests
  HeldNumbers numbers = {};
};

class WorkloadWriter {
 public:
  // The workload and `turn`, which all writers of a load share, outlive it. `number`: another one for each of them.
  WorkloadWriter(const Workload& workload, std::atomic<uint64_t>& turn, uint64_t seed, uint64_t number);

  // See RequestFiller::serve().
  void serve(const NodeSlots& slots, std::atomic<uint64_t>& turn) { filler_.serve(slots, turn); }

  // So many requests, valid until the next call. A sequence goes on where the last call left it.
  std::string_view write(uint64_t count);
  // The same of several requests: of a sequence those from `place` on, which goes on with it. Tells which of the workload's
  // requests they are, by their numbers.
  std::string_view write(uint64_t count, std::vector<uint16_t>& chosen, SequencePlace& place);

 private:
  template <typename F>
  std::string_view write_each(uint64_t count, SequencePlace& place, F tell);
  const Workload::Weighted& choose();
  const Workload::Weighted& next_of_sequence(SequencePlace& place);

  const Workload& workload_;
  RequestFiller filler_;
  SequencePlace place_;
  std::vector<char> buffer_;
};

}  // namespace redoubt
