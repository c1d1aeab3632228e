#include "benchmark/report/verify_counts.h"

#include <fmt/format.h>

#include <numeric>

namespace redoubt {
namespace {

std::string_view as_told(VerifyFault fault, uint64_t count) {
  switch (fault) {
    case VerifyFault::type: return "of the wrong type";
    case VerifyFault::error: return count == 1 ? "error" : "errors";
    default: return name_of(fault);
  }
}

}  // namespace

uint64_t VerifyCounts::all() const { return std::accumulate(found.begin(), found.end(), uint64_t{0}); }

std::string_view name_of(VerifyFault fault) {
  switch (fault) {
    case VerifyFault::wrong: return "wrong";
    case VerifyFault::stale: return "stale";
    case VerifyFault::swapped: return "swapped";
    case VerifyFault::damaged: return "damaged";
    case VerifyFault::type: return "type";
    case VerifyFault::error: return "error";
  }
  return "wrong";
}

std::string verified_sentence(const VerifyCounts& counts) {
  std::string text = fmt::format("verified {} {}: ", counts.replies, counts.replies == 1 ? "reply" : "replies");
  if (counts.all() == 0) return text + (counts.replies == 0 ? "none came" : "all as expected");
  std::string_view between;
  for (size_t index = 0; index < verify_faults; ++index) {
    const auto fault = static_cast<VerifyFault>(index);
    if (counts.found[index] == 0) continue;
    text += fmt::format("{}{} {}", between, counts.found[index], as_told(fault, counts.found[index]));
    between = ", ";
  }
  return text;
}

}  // namespace redoubt
