#include "benchmark/failover/primary_finder.h"

#include <fmt/format.h>

#include <utility>

#include "benchmark/target.h"
#include "common/base/number.h"
#include "common/tool/names.h"

namespace redoubt {
namespace {

constexpr size_t shown_bytes_of_answer = 100;
constexpr size_t most_bytes_of_host = 255;

// "127.0.0.1:6379 is no sentinel: ERR unknown command 'SENTINEL'"
Error refused(const std::string& sentinel, const Reply& reply) {
  const std::string text = shown_name(reply.text, shown_bytes_of_answer);
  if (reply.text.starts_with("ERR unknown command")) return Error{fmt::format("{} is no sentinel: {}", sentinel, text)};
  return Error{fmt::format("the sentinel at {} answers: {}", sentinel, text)};
}

std::optional<Endpoint> endpoint_of(const Reply& reply) {
  if (reply.kind != ReplyKind::array || reply.items.size() != 2) return std::nullopt;
  const auto port = parse_u64(reply.items[1].text);
  const std::string& host = reply.items[0].text;
  // It will be shown.
  if (host.empty() || host.size() > most_bytes_of_host || shown_name(host, most_bytes_of_host) != host) {
    return std::nullopt;
  }
  if (!port || *port < 1 || *port > UINT16_MAX) return std::nullopt;
  return Endpoint{.host = host, .port = static_cast<int>(*port), .path = {}};
}

}  // namespace

PrimaryFinder::PrimaryFinder(const FailoverPlan& plan) : plan_(plan) {
  for (const Endpoint& endpoint : plan.sentinels) {
    sentinels_.push_back({plan.sentinel_login});
    sentinels_.back().uri.endpoint = endpoint;
  }
}

void PrimaryFinder::hang_up() {
  for (Sentinel& sentinel : sentinels_) sentinel.link.reset();
}

// After an error of the connection the next call makes a new one.
Result<Reply> PrimaryFinder::call(Sentinel& sentinel, std::initializer_list<std::string_view> words) {
  if (!sentinel.link) {
    const Result<Target> target = find_target(sentinel.uri, {});
    if (!target) return target.error();
    Result<BlockingLink> link = target->connect(static_cast<int>(plan_.timeout_ms));
    if (!link) return link.error();
    sentinel.link.emplace(std::move(*link));
  }
  Result<Reply> reply = sentinel.link->call(words);
  if (reply) return reply;
  sentinel.link.reset();
  return Error{fmt::format("{}: {}", sentinel.uri.endpoint.text(), reply.error().text)};
}

Result<Endpoint> PrimaryFinder::ask(Sentinel& sentinel) {
  const std::string name = sentinel.uri.endpoint.text();
  const Result<Reply> reply = call(sentinel, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", plan_.primary});
  if (!reply) return reply.error();
  if (reply->is_error()) return refused(name, *reply);
  if (reply->is_nil()) return Error{fmt::format("the sentinel at {} knows no primary '{}'", name, plan_.primary)};
  if (auto endpoint = endpoint_of(*reply)) return *endpoint;
  return Error{fmt::format("the sentinel at {} does not answer with an address", name)};
}

Result<Endpoint> PrimaryFinder::ask() {
  std::string problems;
  for (size_t i = 0; i < sentinels_.size(); ++i) {
    // Those that do not answer cost time: the next call begins with one that did.
    const size_t asked = (first_ + i) % sentinels_.size();
    const Result<Endpoint> answer = ask(sentinels_[asked]);
    if (answer) {
      first_ = asked;
      return answer;
    }
    problems += (problems.empty() ? "" : "; ") + answer.error().text;
  }
  return Error{"no sentinel names a primary: " + problems};
}

Result<PrimaryFinder::Primary> PrimaryFinder::connect() {
  const Result<Endpoint> endpoint = ask();
  if (!endpoint) return endpoint.error();
  ServerUri uri = plan_.login;
  uri.endpoint = *endpoint;
  const Result<Target> target = find_target(uri, {.resp3 = plan_.resp3});
  if (!target) return target.error();
  Result<BlockingLink> link = target->connect(static_cast<int>(plan_.timeout_ms));
  if (!link) return link.error();
  const Result<Reply> role = link->call({"ROLE"});
  if (!role) return Error{fmt::format("{}: {}", target->name, role.error().text)};
  // A server that does not know or allow ROLE may still be one; if not, it refuses writes.
  if (role->kind == ReplyKind::array && !role->items.empty() && role->items[0].text != "master") {
    return Error{fmt::format("{} is no primary: its role is {}", target->name,
                             shown_name(role->items[0].text, shown_bytes_of_answer))};
  }
  return Primary{target->name, std::move(*link)};
}

Status PrimaryFinder::begin_failover() {
  if (const auto known = ask(); !known) return known.error();
  Sentinel& sentinel = sentinels_[first_];
  const Result<Reply> reply = call(sentinel, {"SENTINEL", "FAILOVER", plan_.primary});
  if (!reply) return reply.error();
  if (reply->is_error()) return refused(sentinel.uri.endpoint.text(), *reply);
  return {};
}

}  // namespace redoubt
