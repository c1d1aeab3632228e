// A request as the benchmark sends it: bytes that are ready, with places in them that are filled anew each time. Immutable;
// shared by all threads. A RequestFiller has what the places are filled with: one per thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/workload/key_choice.h"
#include "benchmark/workload/slot_tags.h"
#include "benchmark/workload/value_choice.h"
#include "common/base/random.h"

namespace redoubt {

// The numbers that all places of some requests have in common: of {key} and __rand_int__, and of {int}.
struct HeldNumbers {
  uint64_t key = 0;
  uint64_t integer = 0;
};

class RequestFiller {
 public:
  // All but `seed` and `first_stamp` outlive it. Values have stamps from the first on.
  RequestFiller(const KeyChoice& keys, const ValueChoice& values, std::atomic<uint64_t>& turn, uint64_t seed,
                uint64_t first_stamp)
      : keys_(keys), values_(values), turn_(&turn), random_(seed), stamp_(first_stamp) {}

  // From now on tags are of these slots, of a node of a cluster, and keys that are taken one after another are counted by this
  // turn. Both outlive their use.
  void serve(const NodeSlots& slots, std::atomic<uint64_t>& turn) {
    slots_ = &slots;
    turn_ = &turn;
  }
  // Before a request with tags: chooses its slot. With a number, that of a key whose slot it is.
  void aim(bool with_number);
  uint64_t number() const { return number_; }
  SlotTag tag() const { return tag_; }

  Random& random() { return random_; }
  uint64_t key() {
    if (held_ != nullptr) [[unlikely]]
      return held_->key;
    return keys_.pick(random_, *turn_);
  }
  uint64_t integer() { return held_ != nullptr ? held_->integer : random_.below(keys_.space()); }
  // Has places filled with these from now on; they outlive it. None: each with a number of its own.
  void hold(const HeldNumbers* numbers) { held_ = numbers; }
  size_t value_size() { return values_.pick_size(random_); }
  void write_value(char* to, size_t size) { values_.write(to, size, stamp_++, random_); }
  // Numbers and sizes of the argument that is being written.
  std::vector<uint64_t>& drawn() { return drawn_; }

 private:
  const KeyChoice& keys_;
  const ValueChoice& values_;
  std::atomic<uint64_t>* turn_;
  Random random_;
  uint64_t stamp_;
  const HeldNumbers* held_ = nullptr;
  std::vector<uint64_t> drawn_;
  const NodeSlots* slots_ = nullptr;  // none: all slots
  uint64_t number_ = 0;
  SlotTag tag_{};
};

class Request {
 public:
  // What is filled in arguments. keys: each __rand_int__, with a key's 12 digits, as redis-benchmark does. all: {key} too, {int}
  // with a number below the key space, and {data} with a value. data: only this.
  enum class Places : uint8_t { none, keys, data, all };

  // Tagged: {tag} too, with a hash tag of a slot which the filler's node serves, the same in all of the request. Where a tag
  // and a number stand in the same argument, the first such number is that of a key of this slot.
  Request(std::span<const std::string> args, Places places, bool tagged = false);
  // Bytes that are sent as they are, such as an inline command.
  static Request inline_command(std::string line);

  // Some place is filled with a number below the key space.
  bool needs_keys() const;
  size_t largest_size(const ValueChoice& values) const;
  // Writes at most largest_size() bytes; returns their end.
  char* write(char* to, RequestFiller& filler) const {
    if (pieces_.empty()) return write_fixed(to, filler);
    return write_pieces(to, filler);
  }

  static constexpr std::string_view place = "__rand_int__";
  static constexpr std::string_view key_place = "{key}";
  static constexpr std::string_view tag_place = "{tag}";

 private:
  enum class Kind : uint8_t { text, key, integer, data, length, tag, aim, aimed_key };
  struct Piece {
    Kind kind;
    // text: where it stands in bytes_. length, before an argument: the bytes of the argument that are always the same, and how
    // many numbers and values are to be added to them. aim, before all: 1 if an aimed_key follows.
    size_t first = 0;
    size_t second = 0;
  };

  Request() = default;
  void add_argument(std::string_view arg, Places places, bool tagged);
  void add_text(std::string_view text);
  char* write_fixed(char* to, RequestFiller& filler) const;
  char* write_pieces(char* to, RequestFiller& filler) const;

  std::string bytes_;
  std::vector<size_t> places_;  // offsets of 12 digits
  std::vector<Piece> pieces_;   // instead, where the size varies
};

}  // namespace redoubt
