// Reads the options that stand on a command line, and keeps the first thing that is wrong with them, so that all can be read first and
// the problem be looked at once. Names are as they are written there: "-c", "--clients". Not thread-safe.
#pragma once

#include <fmt/format.h>

#include <boost/program_options/variables_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace redoubt {

class OptionReader {
 public:
  // `values` outlive it; each is a std::string.
  explicit OptionReader(const boost::program_options::variables_map& values) : values_(values) {}

  bool has(const std::string& name) const;
  std::string text(const std::string& name, const std::string& otherwise = {}) const;
  uint64_t number(const std::string& name, uint64_t least, uint64_t most, uint64_t otherwise);
  // 0: not given.
  double seconds(const std::string& name);
  int64_t milliseconds(const std::string& name, double most);  // in nanoseconds
  // Numbers with commas between them, each once; in ascending order.
  std::vector<size_t> numbers(const std::string& name, uint64_t most);
  // Only these, with spaces between them, go together with `name`.
  void allow_only(std::string_view name, std::string_view others);

  void refuse(std::string why);
  // A sentence; empty: all is well.
  const std::string& problem() const { return problem_; }

 private:
  const boost::program_options::variables_map& values_;
  std::string problem_;
};

// What `name` was parsed to; or why it could not be is refused.
template <typename T>
void take(OptionReader& given, const char* name, Result<T> result, T& to) {
  if (result) {
    to = std::move(*result);
  } else {
    given.refuse(fmt::format("{}: {}", name, result.error().text));
  }
}

}  // namespace redoubt
