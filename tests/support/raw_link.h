// A socket for tests that look at the bytes of the protocol: over IPv4, IPv6 or a unix socket, and with what a polite client
// does not do. Reads give up after a while. Failures to connect or send throw std::runtime_error. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace redoubt {

class RawLink {
 public:
  explicit RawLink(int port, const std::string& host = "127.0.0.1");
  explicit RawLink(const std::string& unix_path);
  ~RawLink() { hang_up(); }
  RawLink(RawLink&& other) noexcept;
  RawLink& operator=(RawLink&&) = delete;

  void send(std::string_view bytes);
  // Sends what can be sent; false when the server has closed the connection.
  bool try_send(std::string_view bytes);
  // Exactly `size` bytes; fewer when the connection ends or nothing comes any more.
  std::string read(size_t size);
  // Up to and with the next line end, which is not part of it.
  std::string read_line();
  // All until the server closes; `closed` tells whether it did.
  std::string read_to_end();
  bool closed() const { return closed_; }
  // What the server sends, whenever it does; false after the connection's end or when `milliseconds` pass.
  bool fill(int milliseconds = 20000);
  const std::string& buffered() const { return input_; }
  // Ends our direction only: the server sees the end of input.
  void end_output();
  void hang_up();
  // The system buffers only so much of what the server sends.
  void shrink_receive_buffer(int bytes);
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
  std::string input_;
  bool closed_ = false;
};

// A request as an array of bulk strings.
std::string request_of(std::initializer_list<std::string_view> words);

}  // namespace redoubt
