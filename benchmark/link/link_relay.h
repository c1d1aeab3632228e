// A link that is as slow as one asks for: a relay on a loopback port, which passes on what its clients and the server send each
// other, all of it, in order, and half of a round trip later. Only time is added: any number of bytes may be on their way, up to a
// limit for each direction of a connection, above which it reads no more until some have arrived. A new connection costs its client
// a round trip before the first byte goes, as TCP's handshake does. The end of a direction is passed on like its bytes; a connection
// that breaks on one side is closed on the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "common/base/result.h"
#include "common/net/connect.h"

namespace redoubt {

class LinkRelay {
 public:
  // Of the bytes that are on their way in one direction of a connection, with what it takes to keep them.
  static constexpr size_t most_held = size_t{4} << 20;
  // For each client: its connection to the relay, as the relay has it, and that to the server.
  static constexpr size_t descriptors_per_client = 2;

  // Starts a thread, which works until the relay goes. Connects to the server when a client comes.
  static Result<std::unique_ptr<LinkRelay>> start(const ServerAddress& server, int64_t round_trip_ns);
  ~LinkRelay();
  LinkRelay(const LinkRelay&) = delete;
  LinkRelay& operator=(const LinkRelay&) = delete;

  // Where clients connect to, in place of the server.
  const ServerAddress& address() const;
  // CPU time that it has spent so far. From any thread.
  double cpu_seconds() const;

 private:
  class Loop;
  explicit LinkRelay(std::unique_ptr<Loop> loop);

  std::unique_ptr<Loop> loop_;
};

}  // namespace redoubt
