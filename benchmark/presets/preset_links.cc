#include "benchmark/presets/preset_links.h"

#include <fmt/format.h>
#include <netinet/in.h>

#include <string>

#include "common/base/number.h"

namespace redoubt {
namespace {

bool is_unix_socket(const ServerAddress& address) { return address.bytes.ss_family == AF_UNIX; }

bool is_on_this_machine(const ServerAddress& address) {
  if (is_unix_socket(address)) return true;
  if (address.bytes.ss_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(&address.bytes);
    return (ntohl(in->sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
  }
  const auto* in = reinterpret_cast<const sockaddr_in6*>(&address.bytes);
  return address.bytes.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in->sin6_addr) != 0;
}

// Which run of which server this is.
Result<std::string> run_id(BlockingLink& link) {
  const Result<Reply> info = link.call({"INFO", "server"});
  if (!info) return info.error();
  const std::string_view name = "run_id:";
  const size_t at = info->text.find(name);
  if (info->is_error() || at == std::string::npos) return Error{"the server does not tell who it is (INFO)"};
  const size_t begin = at + name.size();
  return info->text.substr(begin, info->text.find('\r', begin) - begin);
}

Result<std::string> setting(BlockingLink& link, std::string_view name) {
  const Result<Reply> reply = link.call({"CONFIG", "GET", name});
  if (!reply) return reply.error();
  const Reply* const found = reply->field(name);
  if (found == nullptr) return Error{fmt::format("the server does not tell its {} (CONFIG GET)", name)};
  return found->text;
}

Result<Endpoint> other_endpoint(BlockingLink& link, bool unix_socket) {
  Endpoint endpoint;
  if (unix_socket) {
    const Result<std::string> path = setting(link, "unixsocket");
    if (!path) return path.error();
    if (path->empty()) return Error{"the server has no unix socket (unixsocket)"};
    if (path->front() != '/') return Error{"the path of the server's unix socket is relative: " + *path};
    endpoint.path = *path;
    return endpoint;
  }
  const Result<std::string> port = setting(link, "port");
  if (!port) return port.error();
  const auto number = parse_u64(*port);
  if (!number || *number < 1 || *number > 65535) return Error{"the server does not listen on TCP (port)"};
  endpoint.port = static_cast<int>(*number);
  return endpoint;
}

}  // namespace

Result<ServerAddress> address_for(PresetLink link, const Target& target) {
  const bool wants_unix_socket = link == PresetLink::unix_socket;
  if (link == PresetLink::given) return target.address;
  if (!is_on_this_machine(target.address)) {
    if (link == PresetLink::delayed) return target.address;
    return Error{"the server is on another machine"};
  }
  if (is_unix_socket(target.address) == wants_unix_socket) return target.address;
  Result<BlockingLink> known = target.connect();
  if (!known) return known.error();
  const Result<Endpoint> endpoint = other_endpoint(*known, wants_unix_socket);
  if (!endpoint) return endpoint.error();
  const Result<ServerAddress> address = resolve(*endpoint);
  if (!address) return address.error();
  Target other = target;
  other.name = endpoint->text();
  other.address = *address;
  Result<BlockingLink> there = other.connect();
  if (!there) return there.error();
  const Result<std::string> expected = run_id(*known);
  if (!expected) return expected.error();
  const Result<std::string> found = run_id(*there);
  if (!found) return found.error();
  if (*found != *expected) return Error{"another server is at " + other.name};
  return *address;
}

}  // namespace redoubt
