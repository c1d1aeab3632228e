#include "benchmark/failover/failover_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr int sentinel_port = 26379;

std::optional<Endpoint> parse_sentinel(std::string_view text) {
  Endpoint sentinel{.host = {}, .port = sentinel_port, .path = {}};
  size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    sentinel.host = text.substr(1, end - 1);
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    sentinel.host = text.substr(0, end);
  }
  if (sentinel.host.empty()) return std::nullopt;
  if (end == text.size()) return sentinel;
  const auto port = text[end] == ':' ? parse_u64(text.substr(end + 1)) : std::nullopt;
  if (!port || *port < 1 || *port > UINT16_MAX) return std::nullopt;
  sentinel.port = static_cast<int>(*port);
  return sentinel;
}

}  // namespace

Status parse_failover(std::string_view text, FailoverPlan& plan) {
  const auto refused = [text](std::string_view why) {
    return Error{fmt::format("'{}' {}: NAME@HOST[:PORT][,HOST[:PORT]...]", text, why)};
  };
  const size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos) return refused("does not name a primary and its sentinels");
  plan.primary = text.substr(0, at);
  std::string_view rest = text.substr(at + 1);
  for (bool more = true; more;) {
    const size_t end = std::min(rest.find(','), rest.size());
    const auto sentinel = parse_sentinel(rest.substr(0, end));
    if (!sentinel) {
      return refused(fmt::format("has '{}' where the address of a sentinel should be", rest.substr(0, end)));
    }
    plan.sentinels.push_back(*sentinel);
    more = end < rest.size();
    if (more) rest.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace redoubt
