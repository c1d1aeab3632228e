#include "benchmark/verify/verify_keys.h"

#include <array>

namespace redoubt {
namespace {

constexpr uint64_t foreign_one_in = 4;
constexpr int64_t most_elements = 100;
constexpr int64_t largest_increment = 1000;

uint8_t flag(VerifyFamily family) { return static_cast<uint8_t>(1U << static_cast<unsigned>(family)); }

template <size_t Size>
VerifyCommand any_of(const std::array<VerifyCommand, Size>& commands, Random& random) {
  return commands[random.below(Size)];
}

}  // namespace

VerifyKeys::VerifyKeys(const VerifyValues& values, const KeyChoice& choice, uint64_t owners)
    : values_(values), choice_(choice), owners_(owners), numbers_(values.numbers()) {
  static_assert(sizeof(Number) == 88);
}

uint64_t VerifyKeys::own(uint64_t owner, uint64_t number) const {
  number = number - number % owners_ + owner;
  return number < numbers_.size() ? number : number - owners_;
}

VerifyStep VerifyKeys::step_of(VerifyCommand command, VerifyFamily family, uint64_t number) const {
  const Number& of = numbers_[number];
  VerifyStep step{.command = command, .family = family, .number = static_cast<uint32_t>(number)};
  switch (family) {
    case VerifyFamily::string: {
      const auto version = static_cast<int64_t>(of.sent.load());
      step.state.value = version;
      step.earlier.value = version > 0 ? version - 1 : 0;
      break;
    }
    case VerifyFamily::counter:
      step.state.value = of.counter;
      step.earlier.value = of.earlier_counter;
      break;
    case VerifyFamily::set:
      step.state.value = of.members;
      step.earlier.value = of.earlier_members;
      break;
    case VerifyFamily::list:
      step.state = of.list;
      step.earlier = of.earlier_list;
      break;
  }
  return step;
}

// ---- what to send --------------------------------------------------------------------------------

VerifyStep VerifyKeys::next(uint64_t owner, Random& random) {
  const uint64_t number = choice_.pick(random, turn_);
  if (owner >= numbers_.size() || (number % owners_ != owner && random.below(foreign_one_in) == 0)) {
    VerifyStep step{.foreign = true, .number = static_cast<uint32_t>(number)};
    step.state.value = static_cast<int64_t>(numbers_[number].acknowledged.load());
    return step;
  }
  const auto family = static_cast<VerifyFamily>(random.below(verify_families));
  const uint64_t mine = own(owner, number);
  VerifyStep step;
  if ((numbers_[mine].doubtful & flag(family)) != 0) {
    step = healing(family, mine);
  } else {
    switch (family) {
      case VerifyFamily::string: step = next_of_string(mine, random); break;
      case VerifyFamily::counter: step = next_of_counter(mine, random); break;
      case VerifyFamily::set: step = next_of_set(mine, random); break;
      case VerifyFamily::list: step = next_of_list(mine, random); break;
    }
  }
  send(step);
  return step;
}

VerifyStep VerifyKeys::next_of_string(uint64_t number, Random& random) const {
  using enum VerifyCommand;
  static constexpr std::array commands = {set, set, set, get_set, get, get, exists, string_length};
  VerifyStep step = step_of(any_of(commands, random), VerifyFamily::string, number);
  if (step.command != set && step.command != get_set) return step;
  step.argument = step.state.value + 1;
  if (values_.is_absent(number, static_cast<uint64_t>(step.argument))) step.command = remove;
  return step;
}

VerifyStep VerifyKeys::next_of_counter(uint64_t number, Random& random) const {
  using enum VerifyCommand;
  static constexpr std::array commands = {increment, increment, increment_by, increment_by, decrement, get, exists};
  VerifyStep step = step_of(any_of(commands, random), VerifyFamily::counter, number);
  if (step.command == get || step.command == exists) return step;
  if (step.state.value == 0) {
    step.command = increment_by;
    step.argument = VerifyValues::counter_begin(number);
  } else if (step.command == increment_by) {
    step.argument = static_cast<int64_t>(random.below(2 * largest_increment + 1)) - largest_increment;
  }
  return step;
}

VerifyStep VerifyKeys::next_of_set(uint64_t number, Random& random) const {
  using enum VerifyCommand;
  static constexpr std::array commands = {add_member, add_member, add_member,    remove_member, remove_member,
                                          is_member,  is_member,  count_members, members};
  VerifyStep step = step_of(any_of(commands, random), VerifyFamily::set, number);
  if (step.command != count_members && step.command != members) {
    step.argument = static_cast<int64_t>(random.below(VerifyValues::most_members));
  }
  return step;
}

VerifyStep VerifyKeys::next_of_list(uint64_t number, Random& random) const {
  using enum VerifyCommand;
  static constexpr std::array commands = {push_left, push_left,      push_right, push_right, pop_left,
                                          pop_right, count_elements, element,    element,    some_elements};
  VerifyStep step = step_of(any_of(commands, random), VerifyFamily::list, number);
  const int64_t length = step.state.length;
  if (length >= most_elements && step.command == push_left) step.command = pop_right;
  if (length >= most_elements && step.command == push_right) step.command = pop_left;
  // From a little before the first to a little behind the last.
  if (step.command == element) {
    step.argument = static_cast<int64_t>(random.below(static_cast<uint64_t>(2 * length + 4))) - length - 2;
  }
  if (step.command == some_elements) {
    step.argument = static_cast<int64_t>(random.below(static_cast<uint64_t>(length + 2)));
  }
  return step;
}

VerifyStep VerifyKeys::healing(VerifyFamily family, uint64_t number) const {
  VerifyStep step = step_of(VerifyCommand::remove, family, number);
  step.heals = true;
  if (family == VerifyFamily::string) {
    step.argument = step.state.value + 1;
    while (!values_.is_absent(number, static_cast<uint64_t>(step.argument))) ++step.argument;
  }
  return step;
}

void VerifyKeys::send(const VerifyStep& step) {
  const VerifyState after = state_after(step);
  if (after == step.state && !step.heals) return;
  Number& of = numbers_[step.number];
  of.written |= flag(step.family);
  // What a doubtful key held before is of no account.
  const VerifyState earlier = step.heals ? after : step.state;
  switch (step.family) {
    case VerifyFamily::string: of.sent = static_cast<uint64_t>(after.value); break;
    case VerifyFamily::counter:
      of.counter = after.value;
      of.earlier_counter = earlier.value;
      break;
    case VerifyFamily::set:
      of.members = after.value;
      of.earlier_members = earlier.value;
      break;
    case VerifyFamily::list:
      of.list = after;
      of.earlier_list = earlier;
      break;
  }
}

std::optional<VerifyStep> VerifyKeys::next_to_read(uint64_t owner, uint64_t& position) const {
  using enum VerifyCommand;
  static constexpr std::array<VerifyCommand, verify_families> reading = {get, get, members, all_elements};
  while (true) {
    const uint64_t number = owner + position / verify_families * owners_;
    if (number >= numbers_.size()) return std::nullopt;
    const auto family = static_cast<VerifyFamily>(position++ % verify_families);
    const Number& of = numbers_[number];
    if ((of.written & ~of.doubtful & flag(family)) == 0) continue;
    return step_of(reading[static_cast<size_t>(family)], family, number);
  }
}

// ---- what came back ------------------------------------------------------------------------------

bool VerifyKeys::is_trusted(const VerifyStep& step) const {
  return step.foreign || step.heals || (numbers_[step.number].doubtful & flag(step.family)) == 0;
}

void VerifyKeys::answered(const VerifyStep& step, bool right) {
  if (step.foreign) return;
  Number& of = numbers_[step.number];
  if (!right) {
    of.doubtful |= flag(step.family);
  } else if (step.heals) {
    of.doubtful &= static_cast<uint8_t>(~flag(step.family));
  }
  if (right && step.family == VerifyFamily::string && state_after(step) != step.state) {
    of.acknowledged = static_cast<uint64_t>(step.argument);
  }
}

bool VerifyKeys::is_written(VerifyFamily family, uint64_t number) const {
  return (numbers_[number].written & flag(family)) != 0;
}

}  // namespace redoubt
