#include "tests/support/scripts.h"

#include <ostream>

#include "tests/support/command_fixture.h"

namespace redoubt {

void PrintTo(const Script& script, std::ostream* out) { *out << script.name; }

std::string name_of_script(const testing::TestParamInfo<Script>& info) { return info.param.name; }

void run_script(const Script& script, std::string_view config, int resp_version) {
  TestServer server(config);
  if (resp_version == 3) server.client().use_resp3();
  for (const ScriptStep& step : script.steps) {
    EXPECT_EQ(server.client().run(words_of(step.line)), step.reply) << step.line;
  }
}

}  // namespace redoubt
