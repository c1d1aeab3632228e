#include "benchmark/target.h"

#include <fmt/format.h>

#include "common/resp/request_writer.h"

namespace redoubt {
namespace {

Error cannot_connect(const std::string& name, const Error& error) {
  return Error{fmt::format("Could not connect to Redis at {}: {}", name, error.text)};
}

}  // namespace

Result<Target> find_target(const ServerUri& server, const TargetSettings& settings) {
  Target target{.name = server.endpoint.text(), .address = {}, .greeting = {}, .greeting_bytes = {}};
  const Result<ServerAddress> address = resolve(server.endpoint);
  if (!address) return cannot_connect(target.name, address.error());
  target.address = *address;
  if (!server.password.empty()) {
    target.greeting.push_back({"AUTH", server.password});
    if (!server.user.empty()) target.greeting.back().insert(target.greeting.back().begin() + 1, server.user);
  }
  if (settings.resp3) target.greeting.push_back({"HELLO", "3"});
  if (server.db != 0) target.greeting.push_back({"SELECT", std::to_string(server.db)});
  if (settings.tracking) target.greeting.push_back({"CLIENT", "TRACKING", "on"});
  for (const auto& words : target.greeting) {
    append_request(target.greeting_bytes, std::vector<std::string_view>(words.begin(), words.end()));
  }
  return target;
}

Result<BlockingLink> Target::connect(int timeout_ms) const {
  Result<BlockingLink> link = BlockingLink::connect(address, timeout_ms);
  if (!link) return cannot_connect(name, link.error());
  for (const auto& words : greeting) {
    const Result<Reply> reply = link->call(std::vector<std::string_view>(words.begin(), words.end()));
    if (!reply) return cannot_connect(name, reply.error());
    if (reply->is_error()) return Error{"Error from server: " + reply->text};
  }
  return link;
}

}  // namespace redoubt
