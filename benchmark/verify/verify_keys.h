// The model of a run with --verify: what each key holds. The keys of a number are written by one connection only, its owner, whose
// requests are executed in order: so the model is ahead of the server, and knows each reply before it comes. Strings are read by
// other connections, too: for them two versions are kept, the one that was sent last and the one that was acknowledged last.
// Each number costs 88 bytes.
//
// When a reply was not right, nobody knows what its key holds: what is on its way is not looked at, the key is removed, and begins
// anew. So one fault is told once.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "benchmark/verify/verify_step.h"
#include "benchmark/verify/verify_values.h"
#include "benchmark/workload/key_choice.h"
#include "common/base/random.h"

namespace redoubt {

class VerifyKeys {
 public:
  // `values` outlives it.
  VerifyKeys(const VerifyValues& values, const KeyChoice& choice, uint64_t owners);

  // Functions that take an owner, or a step that it took, are for the thread of that owner.

  // What the owner is to send next. It is taken for sent.
  VerifyStep next(uint64_t owner, Random& random);
  // For the end: reads all that the owner has written. `position` goes from 0 on; none: there is no more.
  std::optional<VerifyStep> next_to_read(uint64_t owner, uint64_t& position) const;
  // Whether the step's reply tells anything.
  bool is_trusted(const VerifyStep& step) const;
  // Its reply came. Not for those whose reply tells nothing.
  void answered(const VerifyStep& step, bool right);

  // The version of a string that was sent last. From any thread.
  uint64_t newest(uint64_t number) const { return numbers_[number].sent.load(); }
  // There may be such a key. When no thread is at work.
  bool is_written(VerifyFamily family, uint64_t number) const;

 private:
  struct Number {
    std::atomic<uint64_t> sent = 0;
    std::atomic<uint64_t> acknowledged = 0;
    VerifyState list = {};
    VerifyState earlier_list = {};
    int64_t counter = 0;
    int64_t earlier_counter = 0;
    uint8_t written = 0;   // a bit for each family
    uint8_t doubtful = 0;  // the same
    int64_t members = 0;
    int64_t earlier_members = 0;
  };

  uint64_t own(uint64_t owner, uint64_t number) const;
  VerifyStep step_of(VerifyCommand command, VerifyFamily family, uint64_t number) const;
  VerifyStep next_of_string(uint64_t number, Random& random) const;
  VerifyStep next_of_counter(uint64_t number, Random& random) const;
  VerifyStep next_of_set(uint64_t number, Random& random) const;
  VerifyStep next_of_list(uint64_t number, Random& random) const;
  VerifyStep healing(VerifyFamily family, uint64_t number) const;
  void send(const VerifyStep& step);

  const VerifyValues& values_;
  KeyChoice choice_;
  uint64_t owners_;
  std::vector<Number> numbers_;
  std::atomic<uint64_t> turn_ = 0;
};

}  // namespace redoubt
