#include "common/resp/request_parser.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <optional>

#include "common/base/config_file.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr size_t max_line = 64 * 1024;
constexpr int64_t max_arguments_before_auth = 10;
constexpr int64_t max_bulk_before_auth = 16384;

// A count line "<sign><digits>\r\n". It ends within max_line bytes or never does, so that what is refused does not
// depend on how the input was cut.
struct Line {
  int64_t value = 0;
  const char* next = nullptr;  // just after the line; null: not whole yet
  bool valid = true;
};

Line read_long_count(const char* at, const char* end) {
  const size_t window = std::min(static_cast<size_t>(end - at), max_line - 1);
  const auto* cr = static_cast<const char*>(memchr(at, '\r', window));
  if (cr == nullptr || end - cr < 2) return {};
  const std::optional<int64_t> parsed = parse_i64({at, static_cast<size_t>(cr - at)});
  return {parsed.value_or(0), cr + 2, parsed.has_value()};
}

// Nearly all counts have one or two digits: those are read without a loop.
inline Line read_count(const char* at, const char* end) {
  if (end - at >= 4) [[likely]] {
    const auto first = static_cast<unsigned char>(at[0] - '0');
    if (first < 10) [[likely]] {
      if (at[1] == '\r') return {first, at + 3, true};
      const auto second = static_cast<unsigned char>(at[1] - '0');
      if (first != 0 && second < 10 && at[2] == '\r') return {first * 10 + second, at + 4, true};
    }
  }
  return read_long_count(at, end);
}

// The character as it may stand in an error: one that ends lines or texts would garble the reply.
char as_shown(char c) { return c == '\r' || c == '\n' || c == '\0' ? ' ' : c; }

}  // namespace

void RequestParser::reset() {
  error_.clear();
  position_ = 0;
  arguments_left_ = -1;
  bulk_length_ = -1;
  partial_.clear();
  if (partial_.capacity() > 1024) partial_.shrink_to_fit();
  resuming_ = false;
  missing_ = 0;
}

RequestParser::Progress RequestParser::fail(std::string text) {
  error_ = "Protocol error: " + std::move(text);
  return Progress::failed;
}

size_t RequestParser::parse(std::string_view input, size_t max_requests, const RequestLimits& limits,
                            RequestBatch& batch) {
  size_t done = 0;
  const size_t wanted = batch.requests.size() + max_requests;
  while (done < input.size() && batch.requests.size() < wanted && error_.empty()) {
    const auto first = static_cast<uint32_t>(batch.args.size());
    const Progress progress = take_request(input.substr(done), limits, batch);
    if (progress == Progress::unfinished || progress == Progress::failed) {
      batch.args.resize(first);
      break;
    }
    done += position_;
    if (progress == Progress::whole) {
      batch.requests.push_back({first, static_cast<uint32_t>(batch.args.size()) - first, done});
    }
    position_ = 0;
    arguments_left_ = -1;
    if (resuming_) reset();
  }
  return done;
}

RequestParser::Progress RequestParser::take_request(std::string_view input, const RequestLimits& limits,
                                                    RequestBatch& batch) {
  if (arguments_left_ < 0) {
    if (input.front() != '*') return take_inline(input, batch);
    const Progress progress = take_count(input, limits);
    if (progress != Progress::whole) return progress;
  }
  if (!resuming_) {
    const size_t first = batch.args.size();
    const Progress progress =
        take_arguments(input, limits, [&batch](const char* data, size_t size) { batch.args.emplace_back(data, size); });
    if (progress != Progress::unfinished) return progress;
    // From here on the input may move between calls: keep offsets.
    resuming_ = true;
    for (size_t i = first; i < batch.args.size(); ++i) {
      partial_.emplace_back(static_cast<size_t>(batch.args[i].data() - input.data()), batch.args[i].size());
    }
    return progress;
  }
  const Progress progress = take_arguments(input, limits, [this, &input](const char* data, size_t size) {
    partial_.emplace_back(static_cast<size_t>(data - input.data()), size);
  });
  if (progress == Progress::whole) {
    for (const auto& [offset, size] : partial_) batch.args.emplace_back(input.data() + offset, size);
  }
  return progress;
}

RequestParser::Progress RequestParser::take_count(std::string_view input, const RequestLimits& limits) {
  const Line line = read_count(input.data() + 1, input.data() + input.size());
  if (line.next == nullptr) {
    if (input.size() > max_line) return fail("too big mbulk count string");
    return Progress::unfinished;
  }
  if (!line.valid || line.value > INT_MAX) return fail("invalid multibulk length");
  if (!limits.authenticated && line.value > max_arguments_before_auth) {
    return fail("unauthenticated multibulk length");
  }
  position_ = static_cast<size_t>(line.next - input.data());
  if (line.value <= 0) return Progress::empty;
  arguments_left_ = line.value;
  return Progress::whole;
}

template <typename Push>
RequestParser::Progress RequestParser::take_arguments(std::string_view input, const RequestLimits& limits, Push push) {
  const char* const end = input.data() + input.size();
  const char* p = input.data() + position_;
  int64_t left = arguments_left_;
  int64_t length = bulk_length_;
  Progress progress = Progress::whole;
  missing_ = 0;
  while (left > 0) {
    if (length < 0) {
      if (p == end) {
        progress = Progress::unfinished;
        break;
      }
      if (*p != '$') return fail(std::string("expected '$', got '") + as_shown(*p) + "'");
      const Line line = read_count(p + 1, end);
      if (line.next == nullptr) {
        if (static_cast<size_t>(end - p) > max_line) return fail("too big bulk count string");
        progress = Progress::unfinished;
        break;
      }
      if (!line.valid || line.value < 0 || line.value > limits.max_bulk) return fail("invalid bulk length");
      if (!limits.authenticated && line.value > max_bulk_before_auth) return fail("unauthenticated bulk length");
      length = line.value;
      p = line.next;
    }
    if (end - p < length + 2) {
      missing_ = static_cast<size_t>(length + 2 - (end - p));
      progress = Progress::unfinished;
      break;
    }
    push(p, static_cast<size_t>(length));
    p += length + 2;
    length = -1;
    --left;
  }
  position_ = static_cast<size_t>(p - input.data());
  arguments_left_ = left;
  bulk_length_ = length;
  return progress;
}

RequestParser::Progress RequestParser::take_inline(std::string_view input, RequestBatch& batch) {
  const size_t newline = input.find('\n', position_);
  if (newline > max_line) {
    if (input.size() > max_line) return fail("too big inline request");
    position_ = input.size();  // what was searched need not be searched again
    return Progress::unfinished;
  }
  position_ = newline + 1;
  std::string_view line = input.substr(0, newline);
  if (line.ends_with('\r')) line.remove_suffix(1);
  auto words = split_words(line);
  if (!words) return fail("unbalanced quotes in request");
  if (words->empty()) return Progress::empty;
  for (std::string& word : *words) batch.args.emplace_back(batch.storage.emplace_back(std::move(word)));
  return Progress::whole;
}

}  // namespace redoubt
