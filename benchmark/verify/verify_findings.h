// What a run with --verify finds: counted by kind, and the first of it told in full. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "benchmark/report/verify_counts.h"

namespace redoubt {

class VerifyFindings {
 public:
  static constexpr uint64_t told_in_full = 10;

  // True: this one is to be told in full.
  bool count(VerifyFault fault);
  // Lines, each with its end.
  void tell(std::string text);
  // So many replies were looked at.
  void add_replies(uint64_t replies) { replies_ += replies; }

  VerifyCounts counts() const;
  // In the order in which they were told; then how many there are more.
  std::string text() const;

 private:
  std::array<std::atomic<uint64_t>, verify_faults> found_{};
  std::atomic<uint64_t> all_ = 0;
  std::atomic<uint64_t> replies_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> told_;
};

}  // namespace redoubt
