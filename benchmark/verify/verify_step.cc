#include "benchmark/verify/verify_step.h"

#include <algorithm>
#include <bit>

namespace redoubt {
namespace {

Reply integer_reply(int64_t integer) {
  Reply reply;
  reply.kind = ReplyKind::integer;
  reply.integer = integer;
  return reply;
}

Reply bulk_reply(std::string text) {
  Reply reply;
  reply.kind = ReplyKind::bulk;
  reply.text = std::move(text);
  return reply;
}

int64_t bit(int64_t place) { return static_cast<int64_t>(uint64_t{1} << place); }
int64_t count_bits(int64_t bits) { return std::popcount(static_cast<uint64_t>(bits)); }

bool is_there(const VerifyValues& values, const VerifyStep& step, const VerifyState& state) {
  switch (step.family) {
    case VerifyFamily::string: return !values.is_absent(step.number, static_cast<uint64_t>(state.value));
    case VerifyFamily::list: return state.length > 0;
    default: return state.value != 0;
  }
}

Reply right_get(const VerifyValues& values, const VerifyStep& step, const VerifyState& state) {
  if (!is_there(values, step, state)) return {};
  if (step.family == VerifyFamily::counter) return bulk_reply(std::to_string(state.value));
  return bulk_reply(values.value(step.number, static_cast<uint64_t>(state.value)));
}

Reply right_elements(const VerifyValues& values, const VerifyStep& step, int64_t from, int64_t to) {
  Reply reply;
  reply.kind = ReplyKind::array;
  for (int64_t place = from; place < to; ++place) reply.items.push_back(bulk_reply(values.element(step.number, place)));
  return reply;
}

Reply right_members(const VerifyValues& values, const VerifyStep& step, int64_t bits) {
  Reply reply;
  reply.kind = ReplyKind::array;
  for (int64_t place = 0; place < VerifyValues::most_members; ++place) {
    if ((bits & bit(place)) != 0) reply.items.push_back(bulk_reply(values.member(step.number, place)));
  }
  return reply;
}

Reply right_element(const VerifyValues& values, const VerifyStep& step, const VerifyState& state) {
  int64_t index = step.argument < 0 ? state.length + step.argument : step.argument;
  if (step.command == VerifyCommand::pop_left) index = 0;
  if (step.command == VerifyCommand::pop_right) index = state.length - 1;
  if (index < 0 || index >= state.length) return {};
  return bulk_reply(values.element(step.number, state.value + index));
}

std::string_view name_of(VerifyCommand command) {
  switch (command) {
    case VerifyCommand::set: return "SET";
    case VerifyCommand::get_set: return "GETSET";
    case VerifyCommand::get: return "GET";
    case VerifyCommand::string_length: return "STRLEN";
    case VerifyCommand::exists: return "EXISTS";
    case VerifyCommand::remove: return "DEL";
    case VerifyCommand::increment: return "INCR";
    case VerifyCommand::increment_by: return "INCRBY";
    case VerifyCommand::decrement: return "DECR";
    case VerifyCommand::add_member: return "SADD";
    case VerifyCommand::remove_member: return "SREM";
    case VerifyCommand::is_member: return "SISMEMBER";
    case VerifyCommand::count_members: return "SCARD";
    case VerifyCommand::members: return "SMEMBERS";
    case VerifyCommand::push_left: return "LPUSH";
    case VerifyCommand::push_right: return "RPUSH";
    case VerifyCommand::pop_left: return "LPOP";
    case VerifyCommand::pop_right: return "RPOP";
    case VerifyCommand::count_elements: return "LLEN";
    case VerifyCommand::element: return "LINDEX";
    case VerifyCommand::some_elements:
    case VerifyCommand::all_elements: return "LRANGE";
  }
  return "GET";
}

}  // namespace

VerifyState state_after(const VerifyStep& step) {
  VerifyState state = step.state;
  switch (step.command) {
    case VerifyCommand::set:
    case VerifyCommand::get_set: state.value = step.argument; break;
    case VerifyCommand::remove: state = {step.family == VerifyFamily::string ? step.argument : 0, 0}; break;
    case VerifyCommand::increment: ++state.value; break;
    case VerifyCommand::decrement: --state.value; break;
    case VerifyCommand::increment_by: state.value += step.argument; break;
    case VerifyCommand::add_member: state.value |= bit(step.argument); break;
    case VerifyCommand::remove_member: state.value &= ~bit(step.argument); break;
    case VerifyCommand::push_left: --state.value; [[fallthrough]];
    case VerifyCommand::push_right: ++state.length; break;
    case VerifyCommand::pop_left: state.value += state.length > 0; [[fallthrough]];
    case VerifyCommand::pop_right: state.length = std::max<int64_t>(0, state.length - 1); break;
    default: break;
  }
  return state;
}

std::vector<std::string> words_of(const VerifyValues& values, const VerifyStep& step) {
  std::vector<std::string> words = {std::string(name_of(step.command)), values.key(step.family, step.number)};
  switch (step.command) {
    case VerifyCommand::set:
    case VerifyCommand::get_set:
      words.push_back(values.value(step.number, static_cast<uint64_t>(step.argument)));
      break;
    case VerifyCommand::increment_by:
    case VerifyCommand::element: words.push_back(std::to_string(step.argument)); break;
    case VerifyCommand::add_member:
    case VerifyCommand::remove_member:
    case VerifyCommand::is_member: words.push_back(values.member(step.number, step.argument)); break;
    case VerifyCommand::push_left: words.push_back(values.element(step.number, step.state.value - 1)); break;
    case VerifyCommand::push_right:
      words.push_back(values.element(step.number, step.state.value + step.state.length));
      break;
    case VerifyCommand::some_elements:
      words.push_back(std::to_string(step.argument));
      words.push_back(std::to_string(step.argument + verify_some_elements - 1));
      break;
    case VerifyCommand::all_elements: words.insert(words.end(), {"0", "-1"}); break;
    default: break;
  }
  return words;
}

Reply right_reply(const VerifyValues& values, const VerifyStep& step, const VerifyState& state) {
  const auto in_state = [&step, &state] {
    VerifyStep other = step;
    other.state = state;
    return state_after(other);
  };
  switch (step.command) {
    case VerifyCommand::set: {
      Reply reply;
      reply.kind = ReplyKind::simple;
      reply.text = "OK";
      return reply;
    }
    case VerifyCommand::get:
    case VerifyCommand::get_set: return right_get(values, step, state);
    case VerifyCommand::string_length: {
      const auto version = static_cast<uint64_t>(state.value);
      const bool there = is_there(values, step, state);
      return integer_reply(there ? static_cast<int64_t>(values.size(step.number, version)) : 0);
    }
    case VerifyCommand::exists:
    case VerifyCommand::remove: return integer_reply(is_there(values, step, state) ? 1 : 0);
    case VerifyCommand::increment:
    case VerifyCommand::increment_by:
    case VerifyCommand::decrement: return integer_reply(in_state().value);
    case VerifyCommand::add_member: return integer_reply((state.value & bit(step.argument)) == 0 ? 1 : 0);
    case VerifyCommand::remove_member:
    case VerifyCommand::is_member: return integer_reply((state.value & bit(step.argument)) == 0 ? 0 : 1);
    case VerifyCommand::count_members: return integer_reply(count_bits(state.value));
    case VerifyCommand::members: return right_members(values, step, state.value);
    case VerifyCommand::push_left:
    case VerifyCommand::push_right: return integer_reply(state.length + 1);
    case VerifyCommand::count_elements: return integer_reply(state.length);
    case VerifyCommand::pop_left:
    case VerifyCommand::pop_right:
    case VerifyCommand::element: return right_element(values, step, state);
    case VerifyCommand::some_elements: {
      const int64_t from = std::min(step.argument, state.length);
      const int64_t to = std::min(step.argument + verify_some_elements, state.length);
      return right_elements(values, step, state.value + from, state.value + to);
    }
    case VerifyCommand::all_elements: return right_elements(values, step, state.value, state.value + state.length);
  }
  return {};
}

}  // namespace redoubt
