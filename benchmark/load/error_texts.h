// Error replies, counted by their text. Of too many kinds the rest is counted together. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace redoubt {

class ErrorTexts {
 public:
  void count(std::string_view text) {
    const auto known = counts_.find(text);
    if (known != counts_.end()) {
      ++known->second;
    } else {
      ++counts_[counts_.size() < most_kinds ? std::string(text) : "other errors"];
    }
  }
  const std::map<std::string, uint64_t, std::less<>>& counts() const { return counts_; }

 private:
  static constexpr size_t most_kinds = 100;

  std::map<std::string, uint64_t, std::less<>> counts_;
};

}  // namespace redoubt
