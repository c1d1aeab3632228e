#include "common/aof/aof_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/aof/aof_format.h"
#include "common/aof/aof_reader_parse.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr size_t first_capacity = 256 * 1024;
constexpr size_t max_digits = 19;
constexpr int max_searched = 64;

std::string shown_byte(char c) {
  constexpr char digits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (byte > ' ' && byte < 0x7f) return std::string("'") + c + "'";
  return std::string("byte 0x") + digits[byte >> 4] + digits[byte & 15];
}

bool is_word(std::string_view text, const char* lower_case) {
  for (const char c : text) {
    if ((c | 0x20) != *lower_case++) return false;
  }
  return true;
}

}  // namespace

// What the preamble is read from: the bytes that are in the buffer already, then the rest of the file.
struct AofReader::Source final : public ByteSource {
  explicit Source(AofReader& reader) : owner(reader) {}

  Result<size_t> read(std::span<char> bytes) override {
    const size_t size = std::min(bytes.size(), owner.end_ - owner.begin_);
    if (size == 0) return owner.source_.read(bytes);
    memcpy(bytes.data(), owner.begin_of_data(), size);
    owner.begin_ += size;
    return size;
  }

  AofReader& owner;
};

AofReader::AofReader(ByteSource& source, AofReadOptions options) : source_(source), options_(options) {
  batch_.reserve(max_batch);
}

AofReader::~AofReader() = default;

AofState AofReader::next(AofVisitor& visitor) {
  if (state_ != AofState::reading) return state_;
  if (!started_ && begin() != AofState::reading) return state_;
  if (preamble_) return next_of_preamble(visitor);
  return options_.only_verify ? verify_some(visitor) : next_batch(visitor);
}

AofState AofReader::read_all(AofVisitor& visitor) {
  while (next(visitor) == AofState::reading) {
  }
  return state_;
}

RdbPosition AofReader::preamble_position() const { return preamble_ ? preamble_->position() : RdbPosition{}; }

AofState AofReader::stop(AofState state, std::string problem) {
  problem_ = std::move(problem);
  return state_ = state;
}

// Reads until the buffer is full or the source ends, after moving what is left to its front, or to a larger one. False: the
// source failed.
bool AofReader::fill() {
  const size_t left = end_ - begin_;
  if (buffer_ == nullptr || left == capacity_) {
    const size_t capacity = buffer_ == nullptr ? first_capacity : capacity_ * 2;
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (left > 0) memcpy(larger.get(), begin_of_data(), left);
    buffer_ = std::move(larger);
    capacity_ = capacity;
  } else if (left > 0) {
    memmove(buffer_.get(), begin_of_data(), left);
  }
  base_ += begin_;
  begin_ = 0;
  end_ = left;
  while (end_ < capacity_) {
    const Result<size_t> size = source_.read({buffer_.get() + end_, capacity_ - end_});
    if (!size) {
      stop(AofState::unreadable, size.error().text);
      return false;
    }
    if (*size == 0) {
      source_ended_ = true;
      break;
    }
    end_ += *size;
  }
  return true;
}

AofState AofReader::begin() {
  started_ = true;
  if (!fill()) return state_;
  const std::string_view data(begin_of_data(), end_ - begin_);
  if (options_.preamble_allowed && data.starts_with(rdb_magic)) {
    has_preamble_ = true;
    preamble_source_ = std::make_unique<Source>(*this);
    preamble_ = std::make_unique<RdbReader>(*preamble_source_, options_.preamble);
  }
  return state_;
}

AofState AofReader::next_of_preamble(AofVisitor& visitor) {
  const Result<bool> more = preamble_->next(visitor.preamble());
  position_.offset = position_.sound = position_.problem = preamble_->offset();
  if (!more) return stop(AofState::bad_preamble, more.error().text);
  if (*more) return state_;
  // What the reader took but did not use goes before what it did not take.
  const std::string_view taken = preamble_->taken_over();
  const std::string_view kept(begin_of_data(), end_ - begin_);
  const size_t capacity = std::max(first_capacity, taken.size() + kept.size());
  auto fresh = std::make_unique_for_overwrite<char[]>(capacity);
  if (!taken.empty()) memcpy(fresh.get(), taken.data(), taken.size());
  if (!kept.empty()) memcpy(fresh.get() + taken.size(), kept.data(), kept.size());
  begin_ = 0;
  end_ = taken.size() + kept.size();
  capacity_ = capacity;
  base_ = preamble_->offset();
  buffer_ = std::move(fresh);
  preamble_.reset();
  preamble_source_.reset();
  source_ended_ = false;
  if (const Status done = visitor.end_of_preamble(); !done) return stop(AofState::refused, done.error().text);
  return state_;
}

AofReader::Parsed AofReader::damage(const char* at, std::string text) {
  position_.problem = offset_of(at);
  problem_ = std::move(text);
  return Parsed::damaged;
}

AofReader::Parsed AofReader::unexpected_tail(const char* at) {
  return damage(at, "Expected \\r\\n, got: " + shown_byte(*at));
}

std::string AofReader::unfinished_argument(uint64_t length, uint64_t there) {
  return "Expected to read " + std::to_string(length) + " bytes, got " + std::to_string(there) + " bytes";
}

// A line of a mark, digits and an end of line.
AofReader::Parsed AofReader::parse_any_count(const char*& at, char mark, uint64_t& value) {
  const char* const end = end_of_data();
  if (at == end) return Parsed::unfinished;
  if (*at != mark) return damage(at, std::string("Expected prefix '") + mark + "', got: " + shown_byte(*at));
  const char* p = at + 1;
  uint64_t number = 0;
  for (; p != end; ++p) {
    const unsigned digit = detail::digit_value(*p);
    if (digit > 9) break;
    if (static_cast<size_t>(p - at) >= max_digits) return damage(at, "Expected a number, got one that is too large");
    number = number * 10 + digit;
  }
  if (p == end) return Parsed::unfinished;
  if (p == at + 1) return damage(p, "Expected a number, got: " + shown_byte(*p));
  if (*p != '\r') return damage(p, "Expected \\r\\n, got: " + shown_byte(*p));
  if (p + 1 == end) return Parsed::unfinished;
  if (p[1] != '\n') return damage(p + 1, "Expected \\r\\n, got: " + shown_byte(p[1]));
  value = number;
  at = p + 2;
  return Parsed::whole;
}

// Of an argument that is not whole in the buffer.
AofReader::Parsed AofReader::argument_beyond(const char* at, uint64_t length) {
  const auto there = static_cast<size_t>(end_of_data() - at);
  if (length < there && at[length] != '\r') return unexpected_tail(at + length);
  if (length > options_.longest_argument) {
    return damage(at, "Expected an argument, got one of " + std::to_string(length) + " bytes");
  }
  const uint64_t begin = offset_of(at);
  if (length > options_.source_size || begin + length > options_.source_size - 2) {
    return damage(at, unfinished_argument(length, options_.source_size - std::min(begin, options_.source_size)));
  }
  unfinished_bytes_ = at;
  unfinished_length_ = length;
  return Parsed::unfinished;
}

// Appends the arguments to args_.
AofReader::Parsed AofReader::parse(const char*& at) {
  uint64_t count = 0;
  return parse_command(at, count, [this](std::string_view argument) { args_.push_back(argument); });
}

// Keeps account of MULTI and EXEC: commands of one argument, which begins at `at`. False: it cannot stand there.
bool AofReader::note_transaction(std::string_view only_argument, const char* at) {
  if (only_argument.size() == 5 && is_word(only_argument, "multi")) {
    if (in_transaction_ && options_.strict_transactions) {
      damage(at, "Unexpected MULTI");
      return false;
    }
    in_transaction_ = true;
  } else if (only_argument.size() == 4 && is_word(only_argument, "exec")) {
    if (!in_transaction_ && options_.strict_transactions) {
      damage(at, "Unexpected EXEC");
      return false;
    }
    in_transaction_ = false;
  } else if (only_argument.size() == 7 && is_word(only_argument, "discard")) {
    in_transaction_ = false;
  }
  return true;
}

AofState AofReader::next_batch(AofVisitor& visitor) {
  for (;;) {
    batch_.clear();
    args_.clear();
    AofPosition after = position_;
    const char* at = begin_of_data();
    const char* const end = end_of_data();
    if (at != end && *at == '#') return read_annotation(visitor);
    Parsed parsed = Parsed::whole;
    while (at != end && *at != '#' && batch_.size() < max_batch) {
      const char* const first = at;
      const size_t args = args_.size();
      parsed = parse(at);
      if (parsed != Parsed::whole) {
        args_.resize(args);
        break;
      }
      // Where the arguments will be is known when the batch is complete.
      const size_t count = args_.size() - args;
      batch_.push_back({{args_.data(), count}, after.offset, offset_of(at), after.line, after.commands + 1});
      after.offset = offset_of(at);
      after.line += 1 + 2 * count;
      ++after.commands;
      if (count == 1 && !note_transaction(args_.back(), first)) [[unlikely]] {
        batch_.pop_back();
        args_.resize(args);
        // What came before it is told first; it is met again then.
        parsed = Parsed::damaged;
        break;
      }
      if (!in_transaction_) {
        after.sound = after.offset;
        after.sound_line = after.line;
      }
    }
    if (!batch_.empty()) return deliver(visitor, after);
    if (parsed == Parsed::damaged) return state_ = AofState::damaged;
    if (source_ended_) return finish();
    if (!fill()) return state_;
  }
}

AofState AofReader::deliver(AofVisitor& visitor, const AofPosition& after) {
  const std::string_view* args = args_.data();
  for (AofCommand& command : batch_) {
    const size_t count = command.args.size();
    command.args = {args, count};
    args += count;
  }
  position_.problem = position_.offset;
  problem_.clear();
  if (const Status done = visitor.commands(batch_); !done) return stop(AofState::refused, done.error().text);
  const uint64_t consumed = batch_.back().end - position_.offset;
  begin_ += consumed;
  const AofCommand& last = batch_.back();
  position_.offset = position_.problem = last.end;
  position_.line = last.line + 1 + 2 * last.args.size();
  position_.commands = last.number;
  position_.last = last.offset;
  position_.sound = after.sound;
  position_.sound_line = after.sound_line;
  return state_;
}

AofState AofReader::read_annotation(AofVisitor& visitor) {
  const size_t most = std::min(end_ - begin_, aof_max_line);
  const auto* newline = static_cast<const char*>(memchr(begin_of_data(), '\n', most));
  if (newline == nullptr) {
    if (most == aof_max_line) {
      damage(begin_of_data(), "Expected an annotation of at most 1024 bytes");
      return state_ = AofState::damaged;
    }
    if (source_ended_) return finish();
    if (!fill()) return state_;
    return state_;
  }
  std::string_view text(begin_of_data(), static_cast<size_t>(newline - begin_of_data()));
  const uint64_t offset = position_.offset;
  if (text.ends_with('\r')) text.remove_suffix(1);
  std::optional<int64_t> seconds;
  if (text.starts_with(aof_timestamp_mark)) seconds = parse_i64(text.substr(aof_timestamp_mark.size()));
  const Status done = seconds ? visitor.timestamp(*seconds, offset) : visitor.annotation(text, offset);
  if (!done) return stop(AofState::refused, done.error().text);
  begin_ = static_cast<size_t>(newline + 1 - buffer_.get());
  position_.offset = position_.problem = offset_of(newline + 1);
  ++position_.line;
  ++position_.annotations;
  if (!in_transaction_) {
    position_.sound = position_.offset;
    position_.sound_line = position_.line;
  }
  return state_;
}

// All there is lies in the buffer, and makes no whole record.
AofState AofReader::finish() {
  if (begin_ == end_) {
    if (!in_transaction_) return state_ = AofState::end;
    return stop(AofState::open_transaction, "Reached EOF before reading EXEC for MULTI");
  }
  if (unfinished_bytes_ == nullptr || *begin_of_data() == '#') {
    return stop(AofState::truncated, "Reached EOF within a record");
  }
  const char* const bytes = unfinished_bytes_;
  std::string text = unfinished_argument(unfinished_length_, static_cast<uint64_t>(end_of_data() - bytes));
  const uint64_t follows = options_.only_verify ? 0 : sound_command_after(bytes);
  position_.problem = offset_of(bytes);
  if (follows == 0) return stop(AofState::truncated, std::move(text));
  return stop(AofState::damaged, std::move(text) + ", and among them whole commands from offset " +
                                     std::to_string(follows) + " to the end of the file");
}

// An append that was cut short ends within its own bytes. If instead there are whole commands up to the very end of the file,
// the length is what is wrong: cutting there would throw away all of them. Returns the offset of the first, or 0.
uint64_t AofReader::sound_command_after(const char* at) {
  uint64_t found = 0;
  // The first place where a command may begin is nearly always one; a value made to look like many is not worth the time.
  for (int searched = 0; found == 0 && searched < max_searched; ++searched) {
    const std::string_view rest(at, static_cast<size_t>(end_of_data() - at));
    const size_t place = rest.find("\r\n*");
    if (place == std::string_view::npos) break;
    const char* const first = at + place + 2;
    at = first;
    if (chain_reaches_end(at)) found = offset_of(first);
    // Else nothing that began between was sound to the end either; but the search must get on.
    at = std::max(at, first);
  }
  return found;
}

// Moves `at` over whole records as far as they go.
bool AofReader::chain_reaches_end(const char*& at) {
  const char* const end = end_of_data();
  while (at != end) {
    if (*at == '#') {
      const auto* newline = static_cast<const char*>(memchr(at, '\n', static_cast<size_t>(end - at)));
      if (newline == nullptr) return false;
      at = newline + 1;
      continue;
    }
    args_.clear();
    if (parse(at) != Parsed::whole) return false;
  }
  args_.clear();
  return true;
}

}  // namespace redoubt
