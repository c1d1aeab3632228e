// Whether a reply of a run with --verify is right, what is wrong with it otherwise, and how that is told. Pure functions;
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "benchmark/report/verify_counts.h"
#include "benchmark/verify/verify_step.h"
#include "benchmark/verify/verify_values.h"
#include "common/resp/reply_parser.h"

namespace redoubt {

// None: it is right. `newest`: of a foreign step, the version that its writer had sent last when the reply came.
std::optional<VerifyFault> find_fault(const VerifyValues& values, const VerifyStep& step, const Reply& reply,
                                      uint64_t newest);

// Texts without control characters, shortened.
std::string request_text(const VerifyValues& values, const VerifyStep& step);
std::string expected_text(const VerifyValues& values, const VerifyStep& step, uint64_t newest);
// Says, too, what a value says of itself.
std::string reply_text(const VerifyValues& values, VerifyFamily family, const Reply& reply);

}  // namespace redoubt
