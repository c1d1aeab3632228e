// Connections to a server, for programs that are its clients. Functions that wait have a limit; errors are the system's own
// words. Thread-safe: no state.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/resp/reply_parser.h"
#include "common/resp/request_writer.h"

namespace redoubt {

// Where a server is: a unix socket if there is a path, else host and port.
struct Endpoint {
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string path;

  std::string text() const;  // "host:port" or the path
};

// An endpoint whose name was looked up.
struct ServerAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

// Asks the resolver, which may take long. Takes the first address it names.
Result<ServerAddress> resolve(const Endpoint& endpoint);
// A descriptor, non-blocking and close-on-exec, whose connection is under way: it becomes writable when it is made, or has
// failed (SO_ERROR says why).
Result<int> begin_connect(const ServerAddress& address);

// A connection for one request at a time: to set something up, to ask what there is. Not thread-safe.
class BlockingLink {
 public:
  static Result<BlockingLink> connect(const ServerAddress& address, int timeout_ms);
  BlockingLink(BlockingLink&& other) noexcept;
  BlockingLink& operator=(BlockingLink&&) = delete;
  ~BlockingLink();

  // Sends, and waits for the reply. What the server pushes meanwhile is passed over. After an error of the connection (which
  // an error reply is not) it is of no use any more.
  Result<Reply> call(std::span<const std::string_view> args);
  Result<Reply> call(std::initializer_list<std::string_view> args) {
    return call(std::span(args.begin(), args.size()));
  }

 private:
  BlockingLink(int descriptor, int timeout_ms) : descriptor_(descriptor), timeout_ms_(timeout_ms) {}
  Status wait(short events);

  int descriptor_;
  int timeout_ms_;
  ReplyParser parser_;
  std::string input_;
};

}  // namespace redoubt
