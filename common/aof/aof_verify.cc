// AofReader when it only verifies: nothing is told of commands, so that nothing has to be kept.
#include <algorithm>
#include <utility>

#include "common/aof/aof_reader.h"
#include "common/aof/aof_reader_parse.h"

namespace redoubt {

// All whole commands of the buffer, up to an annotation.
AofReader::Parsed AofReader::verify_buffer() {
  const char* const end = end_of_data();
  const char* at = begin_of_data();
  const char* last = nullptr;
  uint64_t line = position_.line;
  uint64_t commands = 0;
  Parsed parsed = Parsed::whole;
  while (at != end && *at != '#') {
    const char* const first = at;
    std::string_view argument;
    uint64_t count = 0;
    parsed = parse_command(at, count, [&](std::string_view one) { argument = one; });
    if (parsed != Parsed::whole) break;
    if (count == 1) [[unlikely]] {
      const bool before = in_transaction_;
      if (!note_transaction(argument, first)) {
        parsed = Parsed::damaged;
        at = first;
        break;
      }
      if (in_transaction_ && !before) {
        position_.sound = offset_of(first);
        position_.sound_line = line;
      }
    }
    last = first;
    line += 1 + 2 * count;
    ++commands;
  }
  if (last != nullptr) position_.last = offset_of(last);
  begin_ = static_cast<size_t>(at - buffer_.get());
  finish_commands(offset_of(at), line, commands);
  return parsed;
}

void AofReader::finish_commands(uint64_t offset, uint64_t line, uint64_t commands) {
  position_.offset = offset;
  position_.line = line;
  position_.commands += commands;
  if (!in_transaction_) {
    position_.sound = offset;
    position_.sound_line = line;
  }
}

AofState AofReader::verify_some(AofVisitor& visitor) {
  if (begin_ != end_ && *begin_of_data() == '#') return read_annotation(visitor);
  const Parsed parsed = verify_buffer();
  if (parsed == Parsed::damaged) return state_ = AofState::damaged;
  position_.problem = position_.offset;
  if (begin_ != end_ && *begin_of_data() == '#') return state_;
  if (source_ended_) return finish();
  const uint64_t left = end_ - begin_;
  // What is known to be large is passed over at once, instead of being moved to the front of the buffer first.
  const bool large = unfinished_bytes_ != nullptr &&
                     unfinished_length_ > static_cast<uint64_t>(end_of_data() - unfinished_bytes_) + capacity_ / 4;
  if (parsed == Parsed::unfinished && (large || left == capacity_)) return pass_over_command();
  fill();
  return state_;
}

// A header line at the front of the buffer, which is filled as often as needed.
AofReader::Parsed AofReader::next_count(char mark, uint64_t& value) {
  for (;;) {
    const char* at = begin_of_data();
    const Parsed parsed = parse_count(at, mark, value);
    if (parsed == Parsed::whole) begin_ = static_cast<size_t>(at - buffer_.get());
    if (parsed != Parsed::unfinished || source_ended_ || !fill()) return parsed;
  }
}

// An argument's bytes and its end of line.
AofReader::Parsed AofReader::pass_over_argument(uint64_t length) {
  const uint64_t begins = offset_of(begin_of_data());
  for (uint64_t left = length;;) {
    const auto there = std::min<uint64_t>(left, end_ - begin_);
    begin_ += there;
    left -= there;
    const size_t tail = end_ - begin_;
    if (left == 0 && tail >= 1 && *begin_of_data() != '\r') return unexpected_tail(begin_of_data());
    if (left == 0 && tail >= 2) {
      if (begin_of_data()[1] != '\n') return unexpected_tail(begin_of_data() + 1);
      begin_ += 2;
      return Parsed::whole;
    }
    if (source_ended_) {
      position_.problem = begins;
      problem_ = unfinished_argument(length, length - left + tail);
      return Parsed::unfinished;
    }
    if (!fill()) return Parsed::unfinished;
  }
}

AofState AofReader::pass_over_command() {
  const uint64_t offset = position_.offset;
  uint64_t count = 0;
  problem_.clear();
  Parsed parsed = next_count('*', count);
  for (uint64_t left = count; left > 0 && parsed == Parsed::whole; --left) {
    uint64_t length = 0;
    parsed = next_count('$', length);
    if (parsed == Parsed::whole) parsed = pass_over_argument(length);
  }
  if (state_ != AofState::reading) return state_;  // the source failed
  if (parsed == Parsed::damaged) return state_ = AofState::damaged;
  if (parsed == Parsed::unfinished) {
    if (problem_.empty()) problem_ = "Reached EOF within a record";
    return stop(AofState::truncated, std::move(problem_));
  }
  position_.last = offset;
  finish_commands(offset_of(begin_of_data()), position_.line + 1 + 2 * count, 1);
  position_.problem = position_.offset;
  return state_;
}

}  // namespace redoubt
