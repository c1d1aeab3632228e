// The requests of the Redis protocol out of bytes: arrays of bulk strings, and inline commands. Sans I/O. Arguments are
// views into the input: nothing is copied, and nothing is allocated per argument. Resumes where it stopped, so that input
// that trickles in byte by byte costs linear time. Lengths are checked against the limits before anything is reserved.
// Format: https://redis.io/docs/reference/protocol-spec (RESP arrays of bulk strings; inline commands).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redoubt {

struct RequestLimits {
  int64_t max_bulk = 512LL * 1024 * 1024;  // proto-max-bulk-len
  bool authenticated = true;               // before authentication: 10 arguments of 16 KiB
};

// Whole requests, in order. Views point into the input given to parse() or into `storage`, and live until the batch is
// cleared, the input goes, or parse() is called again.
struct RequestBatch {
  struct Request {
    uint32_t first = 0;  // index in args
    uint32_t count = 0;  // > 0
    size_t end = 0;      // offset in the input just after this request
  };
  std::vector<Request> requests;
  std::vector<std::string_view> args;
  std::deque<std::string> storage;  // words of inline commands

  std::span<const std::string_view> args_of(const Request& request) const {
    return {args.data() + request.first, request.count};
  }
  void clear() {
    requests.clear();
    args.clear();
    if (!storage.empty()) storage.clear();
  }
};

class RequestParser {
 public:
  // Appends up to `max_requests` to the batch. `input` begins at the first byte that no whole request covered: when the
  // call before left a request unfinished, its first byte. Returns how many bytes are done with: those of whole
  // requests and of empty lines, never of an unfinished request. After a protocol error error() is not empty, and the
  // connection cannot go on.
  size_t parse(std::string_view input, size_t max_requests, const RequestLimits& limits, RequestBatch& batch);

  // Text for the client, without "-ERR "; empty when all is well. Requests before the error are in the batch.
  std::string_view error() const { return error_; }
  // How many bytes beyond the input the argument under way still needs; 0 when that is not known.
  size_t missing() const { return missing_; }
  // Forgets an unfinished request: the next input begins at a request's first byte.
  void reset();
  size_t memory() const { return partial_.capacity() * sizeof(partial_[0]); }

 private:
  enum class Progress { whole, empty, unfinished, failed };
  Progress take_request(std::string_view input, const RequestLimits& limits, RequestBatch& batch);
  Progress take_count(std::string_view input, const RequestLimits& limits);
  template <typename Push>
  Progress take_arguments(std::string_view input, const RequestLimits& limits, Push push);
  Progress take_inline(std::string_view input, RequestBatch& batch);
  Progress fail(std::string text);

  // State of the request under way; offsets are relative to its first byte.
  size_t position_ = 0;
  int64_t arguments_left_ = -1;  // -1: the header has not been read
  int64_t bulk_length_ = -1;     // -1: the length line has not been read
  std::vector<std::pair<size_t, size_t>> partial_;
  bool resuming_ = false;
  size_t missing_ = 0;
  std::string error_;
};

}  // namespace redoubt
