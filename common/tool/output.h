// What a tool prints: text for a file descriptor, gathered in a buffer and written when there is much of it, on flush() and at
// the end. A failure to write is latched, and what follows is dropped: a tool asks once, at its end. A reader that went away
// (the other end of a pipe) is such a failure, not a signal: see ignore_broken_pipes(). Not thread-safe.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"

namespace redoubt {

class Output {
 public:
  // Does not own the descriptor.
  explicit Output(int descriptor) : descriptor_(descriptor) {}
  // Into a string, which outlives it; for tests.
  explicit Output(std::string& text) : text_(&text) {}
  ~Output() { flush(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view bytes) {
    buffer_.append(bytes);
    if (buffer_.size() >= buffer_size) flush();
  }
  template <typename... Arguments>
  void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(buffer_), format, std::forward<Arguments>(arguments)...);
    if (buffer_.size() >= buffer_size) flush();
  }
  void flush();

  // Empty, or why something could not be written.
  const std::string& error() const { return error_; }
  // The other end was closed: nobody wants to know more.
  bool closed() const { return closed_; }

 private:
  static constexpr size_t buffer_size = size_t{64} << 10;

  int descriptor_ = -1;
  std::string* text_ = nullptr;
  std::string buffer_;
  std::string error_;
  bool closed_ = false;
};

// For main(): writing to a closed pipe fails, and does not end the program.
void ignore_broken_pipes();

}  // namespace redoubt
