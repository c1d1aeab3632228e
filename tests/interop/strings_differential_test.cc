// Random commands on strings and keys, right ones and wrong ones, against Debian's Redis: the same replies, byte for byte,
// and the same keys at the end.
#include <gtest/gtest.h>

#include "tests/support/differential.h"

namespace redoubt {
namespace {

using Words = std::vector<std::string>;
using Compare = Differential::Compare;

std::string key(Pick& pick) { return pick.of({"a", "b", "c", "d", "e", "f", "g", ""}); }

std::string value(Pick& pick) {
  switch (pick.below(8)) {
    case 0:
    case 1: return pick.integer();
    case 2: return pick.real();
    case 3: return pick.bytes(600);
    case 4: return std::string(40 + pick.below(10), 'v');   // around where embstr ends
    case 5: return std::string(250 + pick.below(12), 'v');  // around where values leave the entry
    default: return pick.bytes(12);
  }
}

// Times to live: long to come, over long ago, or none at all. Hardly ever the same one twice: which of two is the greater
// must not hang on milliseconds.
std::string relative(Pick& pick, bool seconds) {
  if (pick.one_in(3))
    return pick.of({"0", "-1", "abc", "", "9223372036854775807", "-9223372036854775808", "1.5", "9223372036854775"});
  return std::to_string((seconds ? 1 : 1000) * (10000 + static_cast<int64_t>(pick.below(10000000)) * 100));
}
std::string absolute(Pick& pick, bool seconds) {
  if (pick.one_in(3))
    return pick.of({"0", "-1", "abc", "1", "1000", "9223372036854775807", "9223372036854775", "9223372036854776"});
  return std::to_string((seconds ? 1 : 1000) * (4000000000 + static_cast<int64_t>(pick.below(10)) * 100000));
}

void add_time(Pick& pick, Words& words) {
  const std::string form = pick.option({"EX", "PX", "EXAT", "PXAT"});
  words.push_back(form);
  if (pick.one_in(20)) return;
  const bool seconds = (form[0] | 32) == 'e';
  words.push_back(form.size() == 2 ? relative(pick, seconds) : absolute(pick, seconds));
}

Words set_command(Pick& pick) {
  Words words = {pick.option({"SET"}), key(pick), value(pick)};
  while (pick.one_in(2)) {
    if (pick.one_in(3)) {
      add_time(pick, words);
    } else {
      words.push_back(pick.option({"NX", "XX", "GET", "KEEPTTL", "NX", "XX", "GET", "KEEPTTL", "PERSIST", "FOO", ""}));
    }
  }
  return words;
}

Words getex_command(Pick& pick) {
  Words words = {"GETEX", key(pick)};
  while (pick.one_in(2)) {
    if (pick.one_in(3)) {
      words.push_back(pick.option({"PERSIST", "PERSIST", "NX", "KEEPTTL", ""}));
    } else {
      add_time(pick, words);
    }
  }
  return words;
}

Words lcs_command(Pick& pick) {
  Words words = {"LCS", key(pick), key(pick)};
  while (pick.one_in(2)) {
    words.push_back(pick.option({"LEN", "IDX", "IDX", "WITHMATCHLEN", "MINMATCHLEN", "FOO"}));
    if ((words.back()[0] | 32) == 'm' && !pick.one_in(10)) words.push_back(pick.integer());
  }
  return words;
}

Words pairs_command(Pick& pick) {
  Words words = {pick.of({"MSET", "MSETNX"})};
  for (uint64_t left = pick.below(6); left > 0; --left) words.push_back(left % 2 == 0 ? key(pick) : value(pick));
  return words;
}

std::string offset(Pick& pick) { return pick.one_in(4) ? pick.integer() : std::to_string(pick.below(700)); }

Words string_command(Pick& pick) {
  switch (pick.below(26)) {
    case 0: return {"APPEND", key(pick), value(pick)};
    case 1: return {pick.of({"INCR", "DECR"}), key(pick)};
    case 2: return {pick.of({"INCRBY", "DECRBY"}), key(pick), pick.integer()};
    case 3:
    case 4: return {"INCRBYFLOAT", key(pick), pick.real()};
    case 5: return {"GET", key(pick)};
    case 6: return {"GETDEL", key(pick)};
    case 7: return {"GETSET", key(pick), value(pick)};
    case 8: return {pick.of({"GETRANGE", "SUBSTR"}), key(pick), pick.integer(), pick.integer()};
    case 9: return {"GETRANGE", key(pick), offset(pick), offset(pick)};
    case 10: return {"MGET", key(pick), key(pick), key(pick)};
    case 11:
    case 12: return pairs_command(pick);
    case 13: return {"SETNX", key(pick), value(pick)};
    case 14: return {"SETEX", key(pick), relative(pick, true), value(pick)};
    case 15: return {"PSETEX", key(pick), relative(pick, false), value(pick)};
    case 16: return {"SETRANGE", key(pick), offset(pick), pick.bytes(20)};
    case 17: return {"STRLEN", key(pick)};
    case 18:
    case 19: return getex_command(pick);
    case 20:
    case 21: return lcs_command(pick);
    case 22: return {pick.of({"INCR", "GET", "SET", "STRLEN", "GETEX", "MGET", "LCS", "SETRANGE"})};
    default: return set_command(pick);
  }
}

Words expire_command(Pick& pick) {
  const std::string name = pick.of({"EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"});
  const bool seconds = name[0] == 'E';
  Words words = {name, key(pick), name.ends_with("AT") ? absolute(pick, seconds) : relative(pick, seconds)};
  while (pick.one_in(3)) words.push_back(pick.option({"NX", "XX", "GT", "LT", "FOO"}));
  return words;
}

Words copy_command(Pick& pick) {
  Words words = {"COPY", key(pick), key(pick)};
  while (pick.one_in(3)) {
    words.push_back(pick.option({"REPLACE", "DB", "FOO"}));
    if ((words.back()[0] | 32) == 'd' && !pick.one_in(10)) words.push_back(pick.of({"0", "1", "16", "-1", "x"}));
  }
  return words;
}

Words key_command(Pick& pick) {
  switch (pick.below(16)) {
    case 0: return {pick.of({"DEL", "UNLINK", "EXISTS", "TOUCH"}), key(pick), key(pick)};
    case 1: return {pick.of({"TYPE", "PERSIST"}), key(pick)};
    case 2: return {pick.of({"RENAME", "RENAMENX"}), key(pick), key(pick)};
    case 3: return {"MOVE", key(pick), pick.of({"0", "1", "2", "16", "-1", "x", ""})};
    case 4: return {"RANDOMKEY", "one word too many"};
    case 5: return {"OBJECT", pick.option({"ENCODING", "FREQ", "FOO"}), key(pick)};
    case 6: return {"DBSIZE"};
    case 7: return copy_command(pick);
    case 8: return {pick.of({"DEL", "EXISTS", "TYPE", "RENAME", "TTL", "EXPIRE", "COPY", "MOVE"})};
    case 9:
      return pick.one_in(10) ? Words{"SWAPDB", pick.of({"0", "1", "x"}), pick.of({"0", "1", "16"})} : Words{"DBSIZE"};
    default: return expire_command(pick);
  }
}

void compare_at_end(Differential& both) {
  for (int db = 0; db < 3; ++db) {
    both.select(db);
    both.compare_keys();
  }
  EXPECT_TRUE(both.agree());
}

class StringsAgainstTheOracle : public testing::TestWithParam<int> {};  // the version of RESP

TEST_P(StringsAgainstTheOracle, AnswerTheSame) {
  for (const uint64_t seed : seeds_of_tests(4)) {
    SCOPED_TRACE(seed);
    Differential both(GetParam());
    Pick pick(seed);
    for (int i = 0; i < 6000 && both.agree(); ++i) {
      if (pick.one_in(100)) both.put_other_type(key(pick));
      both.run(string_command(pick));
      if (pick.one_in(4)) both.run({pick.of({"TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"}), key(pick)}, Compare::time);
    }
    compare_at_end(both);
  }
}

TEST_P(StringsAgainstTheOracle, AndKeysOfAllKindsAnswerTheSame) {
  for (const uint64_t seed : seeds_of_tests(4)) {
    SCOPED_TRACE(seed);
    Differential both(GetParam());
    Pick pick(seed);
    for (int i = 0; i < 6000 && both.agree(); ++i) {
      if (pick.one_in(50)) both.select(static_cast<int>(pick.below(3)));
      both.run(pick.one_in(2) ? string_command(pick) : key_command(pick));
      if (pick.one_in(4)) both.run({pick.of({"TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"}), key(pick)}, Compare::time);
    }
    compare_at_end(both);
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, StringsAgainstTheOracle, testing::Values(2, 3));

}  // namespace
}  // namespace redoubt
