#include "common/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace redoubt {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest() {
    char name[] = "/tmp/redoubt-log-XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~LogTest() override { std::filesystem::remove_all(directory_); }
  std::string file() const { return directory_ + "/log"; }
  LogOptions options(LogLevel level) const {
    LogOptions result;
    result.level = level;
    result.file = file();
    return result;
  }
  static std::string read(const std::string& path) {
    std::ifstream stream(path);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
  }

  std::string directory_;
};

TEST_F(LogTest, LinesLookLikeThoseOfRedis) {
  Log log(options(LogLevel::debug));
  log.set_role('M');
  log.debug("d");
  log.verbose("v {}", 1);
  log.notice("Ready to accept connections");
  log.warning("{}", "w {}");
  const std::string head = std::to_string(getpid()) +
                           ":M [0-9][0-9] [A-Z][a-z][a-z] 20[0-9][0-9] "
                           "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\\.[0-9][0-9][0-9] ";
  EXPECT_THAT(read(file()), testing::MatchesRegex(head + "\\. d\n" + head + "- v 1\n" + head +
                                                  "\\* Ready to accept connections\n" + head + "# w \\{\\}\n"));
}

TEST_F(LogTest, LevelsAndRoles) {
  Log log(options(LogLevel::warning));
  log.notice("not seen");
  EXPECT_FALSE(std::filesystem::exists(file()));
  log.warning("seen");
  log.set_level(LogLevel::nothing);
  EXPECT_EQ(log.level(), LogLevel::nothing);
  log.warning("not seen");
  log.set_level(LogLevel::verbose);
  log.set_role('S');
  log.verbose("also");
  const std::string text = read(file());
  EXPECT_THAT(text, testing::HasSubstr(":C "));
  EXPECT_THAT(text, testing::HasSubstr(" # seen\n"));
  EXPECT_THAT(text, testing::HasSubstr(":S "));
  EXPECT_THAT(text, testing::HasSubstr(" - also\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("not seen")));
}

TEST_F(LogTest, AFileThatIsMovedAwayIsMadeAnew) {
  Log log(options(LogLevel::notice));
  log.notice("one");
  std::filesystem::rename(file(), file() + ".1");
  log.notice("two");
  EXPECT_THAT(read(file() + ".1"), testing::EndsWith("* one\n"));
  EXPECT_THAT(read(file()), testing::EndsWith("* two\n"));
  EXPECT_THAT(read(file()), testing::Not(testing::HasSubstr("one")));
}

TEST_F(LogTest, ChecksTheFile) {
  EXPECT_TRUE(Log().check().has_value());
  EXPECT_TRUE(Log(options(LogLevel::notice)).check().has_value());
  EXPECT_TRUE(std::filesystem::exists(file()));
  LogOptions bad;
  bad.file = directory_ + "/no/such/log";
  Log log(bad);
  ASSERT_TRUE(log.check().has_error());
  EXPECT_EQ(log.check().error().text, "Can't open the log file: No such file or directory");
  log.warning("goes nowhere, and does no harm");
}

TEST_F(LogTest, StdoutIsFlushedAtOnce) {
  testing::internal::CaptureStdout();
  Log log;
  log.notice("on stdout");
  log.write_signal_safe("raw\n");
  EXPECT_THAT(testing::internal::GetCapturedStdout(), testing::EndsWith(" * on stdout\nraw\n"));
}

TEST_F(LogTest, RawLinesHaveNoHead) {
  Log log(options(LogLevel::nothing));
  log.write_signal_safe("=== report\n");
  log.write_signal_safe("end\n");
  EXPECT_EQ(read(file()), "=== report\nend\n");
}

TEST_F(LogTest, ThreadsDoNotMixTheirLines) {
  Log log(options(LogLevel::notice));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&log] {
      for (int line = 0; line < 200; ++line) log.notice("{}|", std::string(300, 'x'));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::istringstream text(read(file()));
  int lines = 0;
  for (std::string line; std::getline(text, line); ++lines) {
    ASSERT_THAT(line, testing::EndsWith(" * " + std::string(300, 'x') + "|"));
  }
  EXPECT_EQ(lines, 800);
}

}  // namespace
}  // namespace redoubt
