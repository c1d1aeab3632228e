// Tests of commands as short scripts: lines as one would type them, each with what it answers (see reply_text.h). Each
// script has a server of its own.
//
//   const Script cases[] = {{"Zcard", {{"zadd z 1 a", "(integer) 1"}, {"zcard z", "(integer) 1"}}}};
//
//   class CardTest : public testing::TestWithParam<Script> {};
//   TEST_P(CardTest, AnswersAsRedis) { run_script(GetParam(), "zset-max-listpack-entries 0\n"); }
//   INSTANTIATE_TEST_SUITE_P(All, CardTest, testing::ValuesIn(cases), name_of_script);
#pragma once

#include <gtest/gtest.h>

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

struct ScriptStep {
  std::string line;
  std::string reply = {};
};
struct Script {
  std::string name;
  std::vector<ScriptStep> steps;
};

void PrintTo(const Script& script, std::ostream* out);
std::string name_of_script(const testing::TestParamInfo<Script>& info);

void run_script(const Script& script, std::string_view config, int resp_version = 2);

}  // namespace redoubt
