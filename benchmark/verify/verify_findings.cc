#include "benchmark/verify/verify_findings.h"

#include <fmt/format.h>

#include <utility>

namespace redoubt {

bool VerifyFindings::count(VerifyFault fault) {
  ++found_[static_cast<size_t>(fault)];
  return all_.fetch_add(1) < told_in_full;
}

void VerifyFindings::tell(std::string text) {
  const std::scoped_lock lock(mutex_);
  told_.push_back(std::move(text));
}

VerifyCounts VerifyFindings::counts() const {
  VerifyCounts counts{.replies = replies_};
  for (size_t index = 0; index < verify_faults; ++index) counts.found[index] = found_[index];
  return counts;
}

std::string VerifyFindings::text() const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  for (const std::string& one : told_) text += one;
  if (all_ > told_.size()) text += fmt::format("and {} more that are not told here\n", all_ - told_.size());
  return text;
}

}  // namespace redoubt
