// Of AofReader: going on behind a damage.
#include <algorithm>
#include <cstring>

#include "common/aof/aof_reader.h"
#include "common/aof/aof_reader_parse.h"

namespace redoubt {
namespace {

// So many in a row are commands of the log, and not some that a value happens to hold.
constexpr int enough_commands = 64;
constexpr size_t longest_name = 64;

// "SET", "json.set", "_module|word"
bool could_be_a_name(std::string_view text) {
  if (text.empty() || text.size() > longest_name) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '.' || c == '-' ||
           c == ':' || c == '|';
  });
}

}  // namespace

// What is before `at` is not needed any more. False: there is nothing more to read, or it failed.
bool AofReader::drop_and_fill(const char*& at) {
  begin_ = static_cast<size_t>(at - buffer_.get());
  if (source_ended_) return false;
  const bool filled = fill();
  at = begin_of_data();
  return filled;
}

// Whether reading can go on here; undecided when there are too few bytes to tell.
AofReader::Place AofReader::judge(const char* at) {
  const char* const first = at;
  const char* const end = end_of_data();
  const bool all_there = source_ended_ || first == begin_of_data();
  for (int whole = 0; whole < enough_commands; ++whole) {
    while (whole > 0 && at != end && *at == '#') {
      const auto* newline = static_cast<const char*>(memchr(at, '\n', static_cast<size_t>(end - at)));
      if (newline == nullptr) return all_there ? Place::sound : Place::undecided;
      at = newline + 1;
    }
    args_.clear();
    const Parsed parsed = parse(at);
    if (parsed == Parsed::unfinished) {
      if (whole == 0) return source_ended_ ? Place::unsound : Place::undecided;
      return all_there ? Place::sound : Place::undecided;
    }
    if (parsed == Parsed::damaged) {
      // All of it was a value, or the part of one, if its end comes here, and the next argument or command.
      const std::string_view rest(at, static_cast<size_t>(end - at));
      const bool value_ends =
          rest.starts_with("\r\n") && (rest.size() == 2 || rest[2] == '*' || rest[2] == '$' || rest[2] == '#');
      return whole > 0 && !value_ends ? Place::sound : Place::unsound;
    }
    if (whole == 0 && !could_be_a_name(args_.front())) return Place::unsound;
  }
  return Place::sound;
}

// Tells what begins at `at`, and returns its length; 0: more bytes are needed to tell.
size_t AofReader::skip_one(const char* at, AofSkipVisitor& skipped) {
  const char* p = at;
  const char* const end = end_of_data();
  Parsed parsed = Parsed::damaged;
  if (*at == '*') {
    uint64_t args = 0;
    parsed = parse_count(p, '*', args);
    if (parsed == Parsed::whole) skipped.skipped_header(args);
  } else if (*at == '$') {
    std::string_view argument;
    parsed = parse_argument(p, argument);
    if (parsed == Parsed::whole) skipped.skipped_argument(argument);
  }
  if (parsed == Parsed::whole) return static_cast<size_t>(p - at);
  if (parsed == Parsed::unfinished && !source_ended_) return 0;
  skipped.skipped_bytes();
  p = at + 1;
  while (p != end && *p != '*' && *p != '$') ++p;
  return static_cast<size_t>(p - at);
}

bool AofReader::resynchronise(AofSkipVisitor& skipped) {
  if (state_ != AofState::damaged && state_ != AofState::truncated) return false;
  const AofState state = state_;
  const std::string problem = problem_;
  AofPosition found = position_;
  const char* at = begin_of_data();
  bool known_unsound = true;  // this is where reading stopped
  state_ = AofState::reading;
  for (;;) {
    if (at == end_of_data() && !drop_and_fill(at)) break;
    if (at == end_of_data()) break;
    size_t size = 0;
    const Place place = *at == '*' && !known_unsound ? judge(at) : Place::unsound;
    if (place == Place::sound) {
      begin_ = static_cast<size_t>(at - buffer_.get());
      found.offset = found.sound = found.problem = offset_of(at);
      found.sound_line = found.line;
      position_ = found;
      in_transaction_ = false;
      problem_.clear();
      return true;
    }
    if (place == Place::unsound) size = skip_one(at, skipped);
    if (size == 0) {
      if (!drop_and_fill(at)) break;
      continue;
    }
    known_unsound = false;
    found.line += static_cast<uint64_t>(std::count(at, at + size, '\n'));
    at += size;
  }
  if (state_ == AofState::unreadable) return false;
  position_.offset = position_.problem = offset_of(at);
  problem_ = problem;
  state_ = state;
  return false;
}

}  // namespace redoubt
