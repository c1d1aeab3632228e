// Writes requests: arrays of bulk strings, as clients send them and as an append-only file keeps them. Appends to a buffer of the
// caller, who may empty it between any two requests. Not thread-safe.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace redoubt {

class RequestWriter {
 public:
  // `out` outlives it.
  explicit RequestWriter(std::string& out) : out_(out) {}

  void command(std::span<const std::string_view> args);
  void command(std::initializer_list<std::string_view> args) { command(std::span(args.begin(), args.size())); }

  // A request whose arguments come one by one: exactly `args` of them must follow.
  void begin(size_t args);
  void argument(std::string_view bytes);
  void argument(int64_t value);
  void argument(double value);

 protected:
  std::string& out() { return out_; }

 private:
  void header(char mark, uint64_t number);

  std::string& out_;
};

inline void append_request(std::string& out, std::span<const std::string_view> args) {
  RequestWriter(out).command(args);
}

}  // namespace redoubt
