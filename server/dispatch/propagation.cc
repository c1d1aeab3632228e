#include "server/dispatch/propagation.h"

#include <algorithm>

#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr size_t kept_bytes = 64 * 1024;  // of memory for copies, from one unit to the next

}  // namespace

std::string_view ToldWord::bytes(char* digits) const {
  if (is_text_) return text_;
  return {digits, format_i64(digits, number_)};
}

// ---- copies --------------------------------------------------------------------------------------

void Propagation::Copies::clear() {
  if (commands_.empty()) return;
  if (bytes_.capacity() > kept_bytes) bytes_ = {};
  if (ends_.capacity() > kept_bytes / sizeof(size_t)) {
    ends_ = {};
    views_ = {};
  }
  bytes_.clear();
  ends_.clear();
  commands_.clear();
}

void Propagation::Copies::add(std::string_view word) {
  bytes_ += word;
  ends_.push_back(bytes_.size());
  commands_.back().end = ends_.size();
}

void Propagation::Copies::append(const Copies& other) {
  size_t begin = 0;
  for (const Place& place : other.commands_) {
    this->begin(place.db);
    for (size_t i = place.first; i < place.end; ++i) {
      add(std::string_view(other.bytes_).substr(begin, other.ends_[i] - begin));
      begin = other.ends_[i];
    }
  }
}

std::span<const std::string_view> Propagation::Copies::words(size_t command) {
  const Place& place = commands_[command];
  views_.clear();
  size_t begin = place.first == 0 ? 0 : ends_[place.first - 1];
  for (size_t i = place.first; i < place.end; ++i) {
    views_.push_back(std::string_view(bytes_).substr(begin, ends_[i] - begin));
    begin = ends_[i];
  }
  return views_;
}

// ---- feeds ---------------------------------------------------------------------------------------

void Propagation::attach(CommandFeed& feed) {
  feeds_.push_back(&feed);
  set_active();
}

void Propagation::detach(CommandFeed& feed) {
  std::erase(feeds_, &feed);
  set_active();
}

void Propagation::mute(bool muted) {
  muted_ = muted;
  set_active();
}

void Propagation::tell(int db, std::span<const std::string_view> args) {
  if (muted_) return;
  for (CommandFeed* feed : feeds_) feed->feed(db, args);
}

// ---- what happened -------------------------------------------------------------------------------

void Propagation::add(Copies& to, int db, ToldWords words) {
  char digits[max_integer_text];
  to.begin(db);
  for (const ToldWord& word : words) to.add(word.bytes(digits));
}

void Propagation::instead(int db, ToldWords words) {
  if (!active_) return;
  own_.clear();
  add(own_, db, words);
}

void Propagation::also(int db, ToldWords words) {
  if (!active_) return;
  add(queue_, db, words);
  if (depth_ == 0) tell_unit();
}

// What is told alone goes straight to the feeds.
void Propagation::tell_own(int db, std::span<const std::string_view> args) {
  const bool alone = depth_ == 1 && queue_.empty();
  if (!own_.empty()) {
    if (alone) return tell(own_.db(0), own_.words(0));
    return queue_.append(own_);
  }
  if (alone) return tell(db, args);
  queue_.begin(db);
  for (const std::string_view word : args) queue_.add(word);
}

void Propagation::tell_unit() {
  if (queue_.empty()) return;
  static constexpr std::string_view multi = "MULTI";
  static constexpr std::string_view exec = "EXEC";
  const bool several = queue_.size() > 1;
  if (several) tell(CommandFeed::any_db, {&multi, 1});
  for (size_t i = 0; i < queue_.size(); ++i) tell(queue_.db(i), queue_.words(i));
  if (several) tell(CommandFeed::any_db, {&exec, 1});
  queue_.clear();
}

}  // namespace redoubt
