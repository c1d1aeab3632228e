#include "benchmark/options/option_reader.h"

#include <algorithm>
#include <cmath>

#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr double most_seconds = 1e7;
constexpr double ns_per_ms = 1e6;

// Options that have no long name are kept with their dash.
std::string key_of(const std::string& name) { return name.starts_with("--") ? name.substr(2) : name; }

}  // namespace

bool OptionReader::has(const std::string& name) const { return values_.contains(key_of(name)); }

std::string OptionReader::text(const std::string& name, const std::string& otherwise) const {
  return has(name) ? values_[key_of(name)].as<std::string>() : otherwise;
}

void OptionReader::refuse(std::string why) {
  if (problem_.empty()) problem_ = std::move(why);
}

uint64_t OptionReader::number(const std::string& name, uint64_t least, uint64_t most, uint64_t otherwise) {
  if (!has(name)) return otherwise;
  const std::string given = text(name);
  const auto value = parse_u64(given);
  if (value && *value >= least && *value <= most) return *value;
  refuse(fmt::format("{} must be a number from {} to {}, not '{}'", name, least, most, given));
  return otherwise;
}

double OptionReader::seconds(const std::string& name) {
  if (!has(name)) return 0;
  const std::string given = text(name);
  const auto value = parse_double(given);
  if (value && *value > 0 && *value <= most_seconds) return *value;
  refuse(fmt::format("{} must be a number of seconds above 0, not '{}'", name, given));
  return 0;
}

int64_t OptionReader::milliseconds(const std::string& name, double most) {
  if (!has(name)) return 0;
  const std::string given = text(name);
  const auto value = parse_double(given);
  if (value && *value > 0 && *value <= most) return std::llround(*value * ns_per_ms);
  refuse(fmt::format("{} must be a number of milliseconds above 0 and up to {:.0f}, not '{}'", name, most, given));
  return 0;
}

std::vector<size_t> OptionReader::numbers(const std::string& name, uint64_t most) {
  std::vector<size_t> all;
  if (!has(name)) return all;
  const std::string given = text(name);
  std::string_view rest = given;
  for (bool more = true; more;) {
    const size_t end = rest.find(',');
    const auto value = parse_u64(rest.substr(0, end));
    if (!value || *value < 1 || *value > most) {
      refuse(fmt::format("{} must be numbers from 1 to {} with commas between them, not '{}'", name, most, given));
      return {};
    }
    all.push_back(*value);
    more = end != std::string_view::npos;
    if (more) rest.remove_prefix(end + 1);
  }
  std::sort(all.begin(), all.end());
  if (std::adjacent_find(all.begin(), all.end()) != all.end()) {
    refuse(fmt::format("{} has a number twice: '{}'", name, given));
  }
  return all;
}

void OptionReader::allow_only(std::string_view name, std::string_view others) {
  const std::string allowed = fmt::format(" {} {} ", name, others);
  for (const auto& [key, value] : values_) {
    const std::string given = key.starts_with('-') ? key : "--" + key;
    if (allowed.find(" " + given + " ") == std::string::npos) refuse(fmt::format("{} has no use for {}", name, given));
  }
}

}  // namespace redoubt
