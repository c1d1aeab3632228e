// Counts the replies in a stream of RESP2 or RESP3 without making values of them: for those who send many requests and want
// to know when they were answered. Takes input in any pieces. What is no answer to a request (a push, an attribute) is not
// counted. Input is not trusted: lines and nesting are limited, memory does not grow with lengths. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

class ReplyScanner {
 public:
  // What the errors among the replies were; called for each, with its text and what `replies` of scan() stood at before it.
  // Views are good during the call.
  class Errors {
   public:
    virtual void error_reply(std::string_view text, uint64_t before) = 0;

   protected:
    ~Errors() = default;
  };

  explicit ReplyScanner(Errors* errors = nullptr) : errors_(errors) {}

  // Takes all of the input; `replies` grows by those that became whole. False when it is no RESP: nothing more can be scanned.
  bool scan(std::string_view input, uint64_t& replies);
  // For a new connection.
  void reset();

 private:
  static constexpr size_t max_line = size_t{64} << 10;
  static constexpr size_t max_depth = 128;
  static constexpr int64_t max_bulk = int64_t{1} << 40;

  struct Level {
    uint64_t left;
    char kind;
  };

  bool take_line(std::string_view line, uint64_t& replies);
  bool begin_bulk(std::string_view line, uint64_t& replies);
  bool begin_aggregate(std::string_view line, uint64_t& replies);
  void end_value(uint64_t& replies);
  void tell_error(std::string_view text, uint64_t before);

  Errors* errors_;
  std::string line_;        // the part of a line that has come
  uint64_t bulk_left_ = 0;  // bytes of a bulk that are to come, with its CR LF
  bool bulk_is_error_ = false;
  std::vector<Level> levels_;
};

}  // namespace redoubt
