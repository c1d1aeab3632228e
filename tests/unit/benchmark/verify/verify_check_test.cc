// Each kind of fault is found in each family of keys, and named; what is right is not.
#include "benchmark/verify/verify_check.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace redoubt {
namespace {

using Fault = std::optional<VerifyFault>;
using enum VerifyCommand;

const VerifyValues& all_values() {
  static const VerifyValues values("run", 100, ValueChoice(40), 1);
  return values;
}

// The first versions from 10 on, one after another, that are there; and one that is not, behind those.
uint64_t present(uint64_t number, uint64_t from = 10) {
  while (all_values().is_absent(number, from) || all_values().is_absent(number, from + 1)) ++from;
  return from;
}
uint64_t absent(uint64_t number, uint64_t from = 10) {
  while (!all_values().is_absent(number, from)) ++from;
  return from;
}

Reply text(std::string bytes, ReplyKind kind = ReplyKind::bulk) {
  Reply reply;
  reply.kind = kind;
  reply.text = std::move(bytes);
  return reply;
}
Reply integer(int64_t number) {
  Reply reply;
  reply.kind = ReplyKind::integer;
  reply.integer = number;
  return reply;
}
Reply list(const std::vector<std::string>& texts, ReplyKind kind = ReplyKind::array) {
  Reply reply;
  reply.kind = kind;
  for (const std::string& one : texts) reply.items.push_back(text(one));
  return reply;
}
Reply nothing(ReplyKind kind = ReplyKind::nil) {
  Reply reply;
  reply.kind = kind;
  return reply;
}

VerifyStep step_of(VerifyCommand command, VerifyFamily family, VerifyState state, VerifyState earlier,
                   int64_t argument = 0) {
  return {.command = command, .family = family, .number = 7, .argument = argument, .state = state, .earlier = earlier};
}

struct Case {
  const char* name;
  VerifyStep step;
  Reply reply;
  Fault fault;
};

void expect(const std::vector<Case>& cases, uint64_t newest = 0) {
  for (const Case& one : cases) {
    const Fault found = find_fault(all_values(), one.step, one.reply, newest);
    EXPECT_EQ(found, one.fault) << one.name << ": " << (found ? name_of(*found) : "right");
  }
}

TEST(VerifyCheck, ErrorsAndRepliesOfAnotherTypeAreToldApartInEachCommand) {
  for (int command = 0; command <= static_cast<int>(all_elements); ++command) {
    VerifyStep step = step_of(static_cast<VerifyCommand>(command), VerifyFamily::string, {}, {});
    EXPECT_EQ(find_fault(all_values(), step, text("ERR no", ReplyKind::error), 0), VerifyFault::error) << command;
    Reply odd;
    odd.kind = ReplyKind::number;
    EXPECT_EQ(find_fault(all_values(), step, odd, 0), VerifyFault::type) << command;
    Reply nested;
    nested.kind = ReplyKind::array;
    nested.items = {list({"a"})};
    EXPECT_EQ(find_fault(all_values(), step, nested, 0), VerifyFault::type) << command;
  }
}

TEST(VerifyCheck, OwnStrings) {
  const auto version = static_cast<int64_t>(present(7)) + 1;
  const auto gone = static_cast<int64_t>(absent(7));
  const auto at = [](VerifyCommand command, int64_t now) {
    return step_of(command, VerifyFamily::string, {now}, {now - 1}, now + 1);
  };
  const auto value = [](uint64_t number, int64_t of) {
    return text(all_values().value(number, static_cast<uint64_t>(of)));
  };
  std::string flipped = value(7, version).text;
  flipped[30] = static_cast<char>(flipped[30] ^ 1);
  expect({
      {"right", at(get, version), value(7, version), {}},
      {"right old value", at(get_set, version), value(7, version), {}},
      {"not there", at(get, gone), nothing(), {}},
      {"the version before", at(get, version), value(7, version - 1), VerifyFault::stale},
      {"a much older version", at(get, version), value(7, 2), VerifyFault::stale},
      {"a removed key is there", at(get, gone), value(7, gone - 1), VerifyFault::stale},
      {"a version that was never sent", at(get, version), value(7, version + 5), VerifyFault::wrong},
      {"lost", at(get, version), nothing(), VerifyFault::wrong},
      {"of another key", at(get, version), value(8, version), VerifyFault::swapped},
      {"flipped", at(get, version), text(flipped), VerifyFault::damaged},
      {"cut", at(get, version), text(flipped.substr(0, 39)), VerifyFault::damaged},
      {"empty", at(get, version), text(""), VerifyFault::damaged},
      {"a list", at(get, version), list({"a"}), VerifyFault::type},
      {"OK", at(set, version), text("OK", ReplyKind::simple), {}},
      {"QUEUED", at(set, version), text("QUEUED", ReplyKind::simple), VerifyFault::wrong},
      {"an integer for OK", at(set, version), integer(1), VerifyFault::type},
      {"length", at(string_length, version), integer(40), {}},
      {"length of nothing", at(string_length, gone), integer(0), {}},
      {"wrong length", at(string_length, version), integer(39), VerifyFault::wrong},
      {"exists", at(exists, version), integer(1), {}},
      {"exists not", at(exists, gone), integer(0), {}},
      {"wrong exists", at(exists, version), integer(0), VerifyFault::wrong},
      {"removed", at(remove, version), integer(1), {}},
      {"nothing to remove", at(remove, gone), integer(0), {}},
  });
}

TEST(VerifyCheck, StringsOfOthersMayHaveAnyVersionThatIsUnderWay) {
  const auto first = present(7);
  VerifyStep step = step_of(get, VerifyFamily::string, {static_cast<int64_t>(first)}, {});
  step.foreign = true;
  const auto value = [](uint64_t number, uint64_t version) { return text(all_values().value(number, version)); };
  std::string flipped = value(7, first).text;
  flipped[3] = static_cast<char>(flipped[3] ^ 1);
  expect({{"acknowledged", step, value(7, first), {}},
          {"sent", step, value(7, first + 1), {}},
          {"older than acknowledged", step, value(7, first - 1), VerifyFault::stale},
          {"not sent yet", step, value(7, first + 2), VerifyFault::wrong},
          {"of another key", step, value(8, first), VerifyFault::swapped},
          {"flipped", step, text(flipped), VerifyFault::damaged},
          {"an integer", step, integer(3), VerifyFault::type}},
         first + 1);
  EXPECT_NE(find_fault(all_values(), step, nothing(), first + 1), std::nullopt);
  EXPECT_EQ(find_fault(all_values(), step, nothing(), absent(7, first)), std::nullopt);
  EXPECT_EQ(find_fault(all_values(), step, value(7, absent(7, first)), absent(7, first) + 1), VerifyFault::wrong);
  // Nothing, from before the first write that was acknowledged.
  uint64_t gone = absent(7);
  while (all_values().is_absent(7, gone + 1)) gone = absent(7, gone + 1);
  step.state.value = static_cast<int64_t>(gone + 1);
  EXPECT_EQ(find_fault(all_values(), step, nothing(), gone + 1), VerifyFault::stale);
  step.state.value = 0;
  EXPECT_EQ(find_fault(all_values(), step, nothing(), 0), std::nullopt);
}

TEST(VerifyCheck, Counters) {
  const int64_t begin = VerifyValues::counter_begin(7);
  const int64_t of_another = VerifyValues::counter_begin(8);
  const auto at = [begin](VerifyCommand command, int64_t argument = 0) {
    return step_of(command, VerifyFamily::counter, {begin + 10}, {begin + 7}, argument);
  };
  const auto fresh = step_of(get, VerifyFamily::counter, {}, {});
  expect({
      {"get", at(get), text(std::to_string(begin + 10)), {}},
      {"get, stale", at(get), text(std::to_string(begin + 7)), VerifyFault::stale},
      {"get, wrong", at(get), text(std::to_string(begin + 11)), VerifyFault::wrong},
      {"get, swapped", at(get), text(std::to_string(of_another + 10)), VerifyFault::swapped},
      {"get, damaged", at(get), text("12a"), VerifyFault::damaged},
      {"get, another number", at(get), text("12"), VerifyFault::damaged},
      {"get, lost", at(get), nothing(), VerifyFault::wrong},
      {"get of nothing", fresh, nothing(), {}},
      {"increment", at(increment), integer(begin + 11), {}},
      {"increment, the last change is lost", at(increment), integer(begin + 8), VerifyFault::stale},
      {"increment, wrong", at(increment), integer(begin + 12), VerifyFault::wrong},
      {"increment, swapped", at(increment), integer(of_another + 1), VerifyFault::swapped},
      {"increment, begun anew", at(increment), integer(1), VerifyFault::wrong},
      {"decrement", at(decrement), integer(begin + 9), {}},
      {"by", at(increment_by, -30), integer(begin - 20), {}},
      {"by, wrong", at(increment_by, -30), integer(begin + 10), VerifyFault::wrong},
      {"a text", at(increment), text("1"), VerifyFault::type},
      {"exists", at(exists), integer(1), {}},
  });
}

TEST(VerifyCheck, Sets) {
  const auto at = [](VerifyCommand command, int64_t place = 0) {
    return step_of(command, VerifyFamily::set, {0b1011}, {0b0011}, place);
  };
  const auto member = [](uint64_t number, int64_t place) { return all_values().member(number, place); };
  const std::vector<std::string> right = {member(7, 3), member(7, 0), member(7, 1)};
  expect({
      {"members in any order", at(members), list(right), {}},
      {"members as a set", at(members), list(right, ReplyKind::set), {}},
      {"members, stale", at(members), list({member(7, 0), member(7, 1)}), VerifyFault::stale},
      {"one is missing", at(members), list({member(7, 3), member(7, 1)}), VerifyFault::wrong},
      {"one is there that is not", at(members), list({right[0], right[1], right[2], member(7, 9)}), VerifyFault::wrong},
      {"one twice", at(members), list({right[0], right[1], right[1]}), VerifyFault::wrong},
      {"one of another key", at(members), list({right[0], right[1], member(8, 1)}), VerifyFault::swapped},
      {"one is damaged", at(members), list({right[0], right[1], "x" + right[2]}), VerifyFault::damaged},
      {"none", at(members), list({}), VerifyFault::wrong},
      {"is one", at(is_member, 3), integer(1), {}},
      {"is none", at(is_member, 2), integer(0), {}},
      {"was none", at(is_member, 3), integer(0), VerifyFault::stale},
      {"wrong", at(is_member, 2), integer(1), VerifyFault::wrong},
      {"added", at(add_member, 2), integer(1), {}},
      {"was there", at(add_member, 0), integer(0), {}},
      {"removed", at(remove_member, 0), integer(1), {}},
      {"was not there", at(remove_member, 5), integer(0), {}},
      {"count", at(count_members), integer(3), {}},
      {"count, stale", at(count_members), integer(2), VerifyFault::stale},
      {"count, wrong", at(count_members), integer(4), VerifyFault::wrong},
  });
}

TEST(VerifyCheck, Lists) {
  // Elements -2 to 2; -3 was popped last.
  const auto at = [](VerifyCommand command, int64_t argument = 0) {
    return step_of(command, VerifyFamily::list, {-2, 5}, {-3, 6}, argument);
  };
  const auto element = [](int64_t place) { return all_values().element(7, place); };
  std::vector<std::string> all;
  for (int64_t place = -2; place <= 2; ++place) all.push_back(element(place));
  std::vector<std::string> dropped = all;
  dropped.erase(dropped.begin() + 2);
  std::vector<std::string> swapped = all;
  swapped[2] = all_values().element(9, 0);
  std::vector<std::string> damaged = all;
  damaged[2].front() ^= 1;
  std::vector<std::string> turned = all;
  std::swap(turned[1], turned[2]);
  std::vector<std::string> popped = all;
  popped.insert(popped.begin(), element(-3));
  expect({
      {"all", at(all_elements), list(all), {}},
      {"one is missing", at(all_elements), list(dropped), VerifyFault::wrong},
      {"one of another key", at(all_elements), list(swapped), VerifyFault::swapped},
      {"one is damaged", at(all_elements), list(damaged), VerifyFault::damaged},
      {"another order", at(all_elements), list(turned), VerifyFault::wrong},
      {"as it was before", at(all_elements), list(popped), VerifyFault::stale},
      {"some", at(some_elements, 3), list({all[3], all[4]}), {}},
      {"some, behind the end", at(some_elements, 5), list({}), {}},
      {"none", at(some_elements, 3), list({}), VerifyFault::wrong},
      {"element", at(VerifyCommand::element, 1), text(all[1]), {}},
      {"from the end", at(VerifyCommand::element, -1), text(all[4]), {}},
      {"before the first", at(VerifyCommand::element, -6), nothing(), {}},
      {"behind the last", at(VerifyCommand::element, 5), nothing(), {}},
      {"lost", at(VerifyCommand::element, 1), nothing(), VerifyFault::wrong},
      {"another element", at(VerifyCommand::element, 1), text(all[4]), VerifyFault::wrong},
      {"one that was popped", at(VerifyCommand::element, 4), text(element(-9)), VerifyFault::stale},
      {"pop left", at(pop_left), text(all[0]), {}},
      {"pop left, popped before", at(pop_left), text(element(-3)), VerifyFault::stale},
      {"pop right", at(pop_right), text(all[4]), {}},
      {"pop of nothing", step_of(pop_right, VerifyFamily::list, {3, 0}, {3, 1}), nothing(), {}},
      {"push", at(push_left), integer(6), {}},
      {"push, wrong", at(push_right), integer(5), VerifyFault::wrong},
      {"length", at(count_elements), integer(5), {}},
      {"length, stale", at(count_elements), integer(6), VerifyFault::stale},
  });
}

TEST(VerifyCheck, AKeyThatHealsMayOrMayNotHaveBeenThere) {
  VerifyStep step = step_of(remove, VerifyFamily::set, {3}, {1});
  step.heals = true;
  expect({{"was there", step, integer(1), {}},
          {"was not", step, integer(0), {}},
          {"two", step, integer(2), VerifyFault::wrong},
          {"an error", step, text("OOM", ReplyKind::error), VerifyFault::error}});
}

TEST(VerifyCheck, TextsSayWhatThingsAreAndAreHarmless) {
  const VerifyValues& values = all_values();
  const uint64_t version = present(7);
  const VerifyState now{static_cast<int64_t>(version)};
  VerifyStep step = step_of(get, VerifyFamily::string, now, {});
  EXPECT_EQ(request_text(values, step), "GET verify:run:string:000007");
  const std::string value = values.value(7, version);
  const std::string told = expected_text(values, step, 0);
  EXPECT_TRUE(told.starts_with("\"" + value.substr(0, 26))) << told;
  EXPECT_TRUE(told.ends_with("\" (version " + std::to_string(version) + " of 000007)")) << told;
  EXPECT_TRUE(std::none_of(told.begin(), told.end(), [](char byte) { return byte >= 0 && byte < ' '; })) << told;
  step.foreign = true;
  EXPECT_EQ(expected_text(values, step, version), "version " + std::to_string(version) + " of 000007");
  step.state.value = 0;
  EXPECT_EQ(expected_text(values, step, 4), "one of the versions 0 to 4 of 000007, or nothing");
  EXPECT_EQ(expected_text(values, step, 0), "version 0 of 000007, which is nothing");
  const auto reply = [&values](const Reply& of) { return reply_text(values, VerifyFamily::list, of); };
  EXPECT_EQ(reply(nothing(ReplyKind::null_array)), "nothing");
  EXPECT_EQ(reply(integer(-4)), "-4");
  EXPECT_EQ(reply(text("ERR \x1b", ReplyKind::error)), "the error \"ERR \\x1b\"");
  EXPECT_EQ(reply(list({"a\n", values.element(7, 3)})),
            "2 items: \"a\\n\" (damaged), \"" + values.element(7, 3) + "\" (element 3 of 000007)");
  EXPECT_EQ(reply(list({})), "0 items");
  EXPECT_EQ(reply(text(std::string(500, 'x'), ReplyKind::simple)), "\"" + std::string(60, 'x') + "…\" of 500 bytes");
}

}  // namespace
}  // namespace redoubt
