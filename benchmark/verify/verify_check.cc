#include "benchmark/verify/verify_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "common/base/number.h"
#include "common/tool/names.h"

namespace redoubt {
namespace {

constexpr size_t shown_bytes = 60;
constexpr size_t shown_word = 40;  // of a request
constexpr size_t shown_items = 20;

// ---- finding -------------------------------------------------------------------------------------

// What a command replies when it is no error.
bool has_right_type(const VerifyStep& step, const Reply& reply) {
  const bool text = reply.is_nil() || reply.kind == ReplyKind::bulk;
  const auto all_bulk = [&reply] {
    return std::all_of(reply.items.begin(), reply.items.end(), [](auto& item) { return item.kind == ReplyKind::bulk; });
  };
  switch (step.command) {
    case VerifyCommand::set: return reply.kind == ReplyKind::simple;
    case VerifyCommand::get:
    case VerifyCommand::get_set:
    case VerifyCommand::pop_left:
    case VerifyCommand::pop_right:
    case VerifyCommand::element: return text;
    case VerifyCommand::members: return (reply.kind == ReplyKind::array || reply.kind == ReplyKind::set) && all_bulk();
    case VerifyCommand::some_elements:
    case VerifyCommand::all_elements: return reply.kind == ReplyKind::array && all_bulk();
    default: return reply.kind == ReplyKind::integer;
  }
}

std::vector<std::string_view> sorted_texts(const Reply& reply) {
  std::vector<std::string_view> texts;
  for (const Reply& item : reply.items) texts.push_back(item.text);
  std::sort(texts.begin(), texts.end());
  return texts;
}

// Of two replies that both have the right type.
bool same(VerifyCommand command, const Reply& right, const Reply& reply) {
  if (right.is_nil() != reply.is_nil() || right.text != reply.text || right.integer != reply.integer ||
      right.items.size() != reply.items.size()) {
    return false;
  }
  if (command == VerifyCommand::members) return sorted_texts(right) == sorted_texts(reply);
  return std::equal(right.items.begin(), right.items.end(), reply.items.begin(),
                    [](const Reply& one, const Reply& other) { return one.text == other.text; });
}

std::optional<VerifyLabel> label_of(const VerifyValues& values, VerifyFamily family, std::string_view text) {
  switch (family) {
    case VerifyFamily::string: return values.label_of_value(text);
    case VerifyFamily::counter: {
      const auto counter = parse_i64(text);
      return counter ? values.label_of_counter(*counter) : std::nullopt;
    }
    default: return values.label_of_element(text);
  }
}

// Of a text that is not the right one.
VerifyFault fault_of(const VerifyStep& step, const std::optional<VerifyLabel>& label) {
  if (!label) return VerifyFault::damaged;
  if (label->number != step.number) return VerifyFault::swapped;
  if (step.family == VerifyFamily::string && label->at < step.state.value) return VerifyFault::stale;
  const bool is_element = label->at >= step.state.value && label->at < step.state.value + step.state.length;
  if (step.family == VerifyFamily::list && !is_element) return VerifyFault::stale;
  return VerifyFault::wrong;
}

// The worst of its texts says what the reply is.
VerifyFault fault_of(const VerifyValues& values, const VerifyStep& step, const Reply& reply) {
  if (reply.kind == ReplyKind::bulk) return fault_of(step, label_of(values, step.family, reply.text));
  if (reply.kind == ReplyKind::integer && step.family == VerifyFamily::counter &&
      step.command != VerifyCommand::exists && step.command != VerifyCommand::remove) {
    const auto label = values.label_of_counter(reply.integer);
    return label && label->number != step.number ? VerifyFault::swapped : VerifyFault::wrong;
  }
  VerifyFault worst = VerifyFault::wrong;
  for (const Reply& item : reply.items) {
    worst = std::max(worst, fault_of(step, label_of(values, step.family, item.text)));
  }
  return worst;
}

// One of them is one in which there is no such key.
bool any_absent(const VerifyValues& values, const VerifyStep& step, uint64_t newest) {
  for (auto version = static_cast<uint64_t>(step.state.value); version <= newest; ++version) {
    if (values.is_absent(step.number, version)) return true;
  }
  return false;
}

std::optional<VerifyFault> find_foreign_fault(const VerifyValues& values, const VerifyStep& step, const Reply& reply,
                                              uint64_t newest) {
  const auto oldest = static_cast<uint64_t>(step.state.value);
  if (reply.is_nil()) {
    if (any_absent(values, step, newest)) return std::nullopt;
    return values.is_absent(step.number, oldest - 1) ? VerifyFault::stale : VerifyFault::wrong;
  }
  const auto label = values.label_of_value(reply.text);
  const bool is_current = label && label->number == step.number && label->at >= step.state.value &&
                          static_cast<uint64_t>(label->at) <= newest;
  if (is_current && !values.is_absent(step.number, static_cast<uint64_t>(label->at))) return std::nullopt;
  return fault_of(step, label);
}

// ---- telling -------------------------------------------------------------------------------------

std::string quoted(std::string_view bytes) {
  std::string text = "\"" + shown_name(bytes, shown_bytes) + "\"";
  if (bytes.size() > shown_bytes) text += fmt::format(" of {} bytes", bytes.size());
  return text;
}

std::string label_text(VerifyFamily family, const std::optional<VerifyLabel>& label) {
  if (!label) return family == VerifyFamily::counter ? "" : " (damaged)";
  switch (family) {
    case VerifyFamily::string: return fmt::format(" (version {} of {:06x})", label->at, label->number);
    case VerifyFamily::counter: return fmt::format(" (of {:06x})", label->number);
    case VerifyFamily::set: return fmt::format(" (member {} of {:06x})", label->at, label->number);
    case VerifyFamily::list: return fmt::format(" (element {} of {:06x})", label->at, label->number);
  }
  return "";
}

std::string items_text(const VerifyValues& values, VerifyFamily family, const Reply& reply) {
  std::string text = fmt::format("{} {}", reply.items.size(), reply.items.size() == 1 ? "item" : "items");
  std::string_view between = ": ";
  for (const Reply& item : reply.items) {
    if (&item - reply.items.data() >= static_cast<ptrdiff_t>(shown_items)) return text + ", …";
    text.append(between).append(reply_text(values, family, item));
    between = ", ";
  }
  return text;
}

}  // namespace

std::optional<VerifyFault> find_fault(const VerifyValues& values, const VerifyStep& step, const Reply& reply,
                                      uint64_t newest) {
  if (reply.is_error()) return VerifyFault::error;
  if (!has_right_type(step, reply)) return VerifyFault::type;
  if (step.foreign) return find_foreign_fault(values, step, reply, newest);
  if (step.heals) {
    if (reply.integer == 0 || reply.integer == 1) return std::nullopt;
    return VerifyFault::wrong;
  }
  if (same(step.command, right_reply(values, step, step.state), reply)) return std::nullopt;
  if (same(step.command, right_reply(values, step, step.earlier), reply)) return VerifyFault::stale;
  return fault_of(values, step, reply);
}

std::string request_text(const VerifyValues& values, const VerifyStep& step) {
  std::string text;
  for (const std::string& word : words_of(values, step)) {
    if (!text.empty()) text += ' ';
    text += shown_name(word, shown_word);
  }
  return text;
}

std::string expected_text(const VerifyValues& values, const VerifyStep& step, uint64_t newest) {
  if (step.heals) return "0 or 1";
  if (!step.foreign) return reply_text(values, step.family, right_reply(values, step, step.state));
  const auto oldest = static_cast<uint64_t>(step.state.value);
  std::string text = oldest == newest ? fmt::format("version {}", oldest)
                                      : fmt::format("one of the versions {} to {}", oldest, newest);
  text += fmt::format(" of {:06x}", step.number);
  if (any_absent(values, step, newest)) text += oldest == newest ? ", which is nothing" : ", or nothing";
  return text;
}

std::string reply_text(const VerifyValues& values, VerifyFamily family, const Reply& reply) {
  switch (reply.kind) {
    case ReplyKind::nil:
    case ReplyKind::null_array: return "nothing";
    case ReplyKind::integer: return std::to_string(reply.integer);
    case ReplyKind::error: return "the error " + quoted(reply.text);
    case ReplyKind::bulk: return quoted(reply.text) + label_text(family, label_of(values, family, reply.text));
    case ReplyKind::array:
    case ReplyKind::set:
    case ReplyKind::map:
    case ReplyKind::push: return items_text(values, family, reply);
    case ReplyKind::boolean: return reply.integer != 0 ? "true" : "false";
    default: return quoted(reply.text);
  }
}

}  // namespace redoubt
