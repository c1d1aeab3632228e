#include "server/config/command_line.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace redoubt {
namespace {

CommandLine parse(std::vector<const char*> args) {
  args.insert(args.begin(), "redoubt-server");
  return parse_command_line(args);
}

TEST(CommandLine, FilesAndStandardInput) {
  const std::string here = std::filesystem::current_path();
  const std::string above = std::filesystem::current_path().parent_path();
  EXPECT_EQ(parse({}).sources.file, "");
  EXPECT_EQ(parse({"/etc/x.conf"}).sources.file, "/etc/x.conf");
  EXPECT_EQ(parse({"x.conf"}).sources.file, here + "/x.conf");
  EXPECT_EQ(parse({"./x.conf"}).sources.file, here + "/x.conf");
  EXPECT_EQ(parse({"../x.conf"}).sources.file, above + "/x.conf");
  EXPECT_TRUE(parse({"-"}).sources.from_stdin);
  EXPECT_EQ(parse({"-", "--port", "1"}).sources.options, "port \"1\" ");
  const CommandLine all = parse({"/x", "--port", "1", "-"});
  EXPECT_TRUE(all.sources.from_stdin);
  EXPECT_EQ(all.sources.file, "/x");
  EXPECT_EQ(all.sources.options, "port \"1\" ");
  EXPECT_FALSE(parse({"/x", "--logfile", "-", "--port", "1"}).sources.from_stdin);
}

struct Case {
  std::vector<const char*> args;
  std::string options;
};

// The same words make Redis 7.0.15 report these lines.
TEST(CommandLine, Options) {
  const std::vector<Case> cases = {{{"--port", "0", "--bind", "a", "b"}, "port \"0\" \nbind \"a\" \"b\" "},
                                   {{"--port", "0", "--xx"}, "port \"0\" \nxx "},
                                   {{"--port=0"}, "port=0 "},
                                   {{"-port", "0"}, "\"-port\" \"0\" "},
                                   {{"--port 6380", "--hz", "1"}, "port 6380 \nhz \"1\" "},
                                   {{"--save", "--port", "0"}, "save \"\"\nport \"0\" "},
                                   {{"--port", "0", "--SAVE"}, "port \"0\" \nSAVE \"\""},
                                   {{"--save", "", "--port", "0"}, "save \"\" \nport \"0\" "},
                                   {{"--save", "900 1", "--port", "0"}, "save \"900 1\" \nport \"0\" "},
                                   {{"--syslog-ident", "--hz", "--foo", "abc"}, "syslog-ident \"--hz\" \nfoo \"abc\" "},
                                   {{"--syslog-ident", "a b", "c"}, "syslog-ident \"a b\" \"c\" "},
                                   {{"--logfile", "a\"\n"}, "logfile \"a\\\"\\n\" "}};
  for (const Case& c : cases) EXPECT_EQ(parse(c.args).sources.options, c.options);
}

TEST(CommandLine, OtherWishes) {
  for (const char* word : {"-v", "--version"}) {
    const CommandLine line = parse({word});
    EXPECT_EQ(line.action, CommandLine::Action::print);
    EXPECT_TRUE(line.text.starts_with("Redis server v=7.2.4 ")) << line.text;
    EXPECT_EQ(line.exit_code, 0);
  }
  for (const char* word : {"-h", "--help"}) {
    const CommandLine line = parse({word});
    EXPECT_TRUE(line.text.starts_with("Usage: redoubt-server ")) << line.text;
    EXPECT_EQ(line.exit_code, 0);
  }
  EXPECT_EQ(parse({"--test-memory", "1"}).exit_code, 1);
  EXPECT_EQ(parse({"--check-system"}).action, CommandLine::Action::check_system);
}

}  // namespace
}  // namespace redoubt
