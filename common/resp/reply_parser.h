// The replies of a server out of bytes, in RESP2 and RESP3, as values. Sans I/O, for clients: the cli, the benchmark, the
// tests. Takes input in any pieces and keeps what is unfinished, so that the caller need not; costs linear time. Input is
// not trusted: nesting is limited, lengths are checked, and memory grows only with bytes that have come. Not thread-safe.
// Format: https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md (without its streamed strings and
// aggregates, which no server sends).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

enum class ReplyKind : uint8_t {
  nil,
  null_array,  // RESP2 only: "*-1"
  simple,
  error,  // of both forms, one line or bulk
  integer,
  bulk,
  array,
  map,
  set,
  number,
  boolean,
  verbatim,
  big_number,
  push,
};

struct Reply {
  ReplyKind kind = ReplyKind::nil;
  std::string text;               // of simple, error, bulk, verbatim and big_number; of number as it was sent
  std::string format;             // of verbatim: "txt" or "mkd"
  int64_t integer = 0;            // of integer; of boolean 0 or 1
  double number = 0;              // of number
  std::vector<Reply> items;       // of aggregates; of a map: names and values in turn
  std::vector<Reply> attributes;  // what came ahead of the value: names and values in turn

  bool is_error() const { return kind == ReplyKind::error; }
  bool is_nil() const { return kind == ReplyKind::nil || kind == ReplyKind::null_array; }
  // Of a map, or an array of names and values: the value with this name; null when there is none.
  const Reply* field(std::string_view name) const;
};

class ReplyParser {
 public:
  struct Limits {
    size_t max_depth = 128;
    int64_t max_bulk = int64_t{1} << 40;
    size_t max_line = size_t{1} << 20;
  };
  enum class Progress : uint8_t { unfinished, whole, failed };

  ReplyParser() = default;
  explicit ReplyParser(const Limits& limits) : limits_(limits) {}

  // Takes bytes from the front of `input` until one reply is whole (take() has it then) or the input is used up. Once it
  // failed, it fails for ever: the connection cannot go on.
  Progress parse(std::string_view& input);
  // The reply that became whole.
  Reply take() { return std::move(reply_); }
  // One sentence, when failed.
  const std::string& error() const { return error_; }
  // Whether a reply has begun and is not whole.
  bool in_the_middle() const { return !levels_.empty() || !line_.empty() || bulk_left_ >= 0; }

 private:
  struct Level {
    Reply value;
    uint64_t left;                        // items to come
    bool attribute;                       // not a value, but what is said of the next one
    std::vector<Reply> attributes_ahead;  // of the next item
  };
  bool take_line(std::string_view& input);
  bool take_bulk(std::string_view& input);
  bool begin_value(std::string_view line);
  bool begin_bulk(Reply value, std::string_view length);
  bool begin_aggregate(Reply value, std::string_view count, uint64_t per_item, bool attribute = false);
  bool end_value(Reply value);
  bool fail(std::string_view what);
  std::vector<Reply>& attributes_ahead() {
    return levels_.empty() ? attributes_ahead_ : levels_.back().attributes_ahead;
  }

  Limits limits_;
  std::string line_;           // the part of a line that has come
  int64_t bulk_left_ = -1;     // bytes of a bulk that are to come, with its CR LF; -1: not within one
  Reply bulk_;                 // the bulk under way
  std::vector<Level> levels_;  // aggregates under way, the outermost first
  std::vector<Reply> attributes_ahead_;
  Reply reply_;
  bool whole_ = false;
  std::string error_;
};

}  // namespace redoubt
