// The parts that all tools share: printing, the progress line, dumps, JSON and the command line.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <string>

#include "common/tool/hex_dump.h"
#include "common/tool/json_text.h"
#include "common/tool/options.h"
#include "common/tool/output.h"
#include "common/tool/progress.h"
#include "common/tool/terminal.h"

namespace redoubt {
namespace {

namespace po = boost::program_options;

TEST(HexDump, LinesBeginAtMultiplesOf16AndTheMarkIsBelowItsByte) {
  const std::string dump = hex_dump(std::string_view("*1\r\n$4\r\nPING\r\n\xff", 15), 6, 8);
  EXPECT_EQ(dump,
            "0000000000000000                    2a 31  0d 0a 24 34 0d 0a 50 49  |      *1..$4..PI|\n"
            "                                           ^^\n"
            "0000000000000010  4e 47 0d 0a ff                                    |NG...           |\n");
}

TEST(HexDump, OfNothingIsEmpty) { EXPECT_EQ(hex_dump({}, 100, 100), ""); }

TEST(JsonText, Utf8IsWhatRfc3629Says) {
  for (const std::string_view good : {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const std::string_view bad :
       {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xe2\x82", "a\xc3g"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

TEST(JsonText, WhatIsNoTextStandsInBase64) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("\xff"), "/w==");
  EXPECT_EQ(base64("\xff\xfe"), "//4=");
  EXPECT_EQ(base64("abc"), "YWJj");
  std::string text;
  append_json(text, "a\"\n");
  text += ',';
  append_json(text, "\xff");
  EXPECT_EQ(text, "\"a\\\"\\n\",{\"base64\":\"/w==\"}");
}

TEST(Progress, TheLineTellsShareRateAndTimeLeft) {
  EXPECT_EQ(Progress::line("Reading", 1 << 20, 4 << 20, 1'000'000),
            "Reading [######..................]  25 %  1.00M of 4.00M  1.00M/s  0:03 left");
  EXPECT_EQ(Progress::line("Reading", 1024, 0, 1'000'000), "Reading  1.00K  1.00K/s");
}

TEST(Progress, IsSilentWhereItIsNotWanted) {
  std::string text;
  Output out(text);
  Progress progress(out, false, "Reading", 100);
  progress.advance(50);
  progress.clear();
  out.flush();
  EXPECT_EQ(text, "");
}

TEST(Painter, LeavesTextAloneWithoutATerminal) {
  EXPECT_EQ(Painter(false).paint(Style::bad, "x"), "x");
  EXPECT_EQ(Painter(true).paint(Style::bad, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(Painter(true).paint(Style::plain, "x"), "x");
}

struct Parsed {
  ParsedOptions options;
  std::string out, err;
};

Parsed parse(std::vector<const char*> words) {
  words.insert(words.begin(), "tool");
  const ToolManual manual{"tool", "tool [OPTIONS] FILE\ntool --help\n", "Looks at a file.\n", "examples:\n  tool x\n"};
  po::options_description options("options"), hidden;
  options.add_options()("fix", "mend it")("size", po::value<int>(), "how big");
  hidden.add_options()("file", po::value<std::string>());
  po::positional_options_description positional;
  positional.add("file", 1);
  Parsed parsed;
  Output out(parsed.out), err(parsed.err);
  parsed.options =
      parse_options(manual, options, hidden, positional, static_cast<int>(words.size()), words.data(), 3, out, err);
  return parsed;
}

TEST(Options, HelpHasUsagePurposeOptionsAndExamples) {
  const Parsed parsed = parse({"--help"});
  EXPECT_EQ(parsed.options.exit_status, 0);
  EXPECT_EQ(parsed.out.substr(0, 72), "usage: tool [OPTIONS] FILE\n       tool --help\n\nLooks at a file.\n\noptions");
  EXPECT_NE(parsed.out.find("--fix"), std::string::npos);
  EXPECT_EQ(parsed.out.find("--file"), std::string::npos);
  EXPECT_NE(parsed.out.find("\n\nexamples:\n  tool x\n"), std::string::npos);
}

TEST(Options, WhatMakesNoSenseIsToldInOneSentence) {
  const struct {
    std::vector<const char*> words;
    const char* err;
  } cases[] = {
      {{"--nonsense"}, "tool: unrecognised option '--nonsense'; see tool --help\n"},
      {{"--fi"}, "tool: unrecognised option '--fi'; see tool --help\n"},
      {{"a", "b"}, "tool: too many positional options have been specified on the command line; see tool --help\n"},
      {{"--size"}, "tool: the required argument for option '--size' is missing; see tool --help\n"},
      {{"--size", "x"}, "tool: the argument ('x') for option '--size' is invalid; see tool --help\n"},
  };
  for (const auto& row : cases) {
    const Parsed parsed = parse(row.words);
    EXPECT_EQ(parsed.options.exit_status, 3);
    EXPECT_EQ(parsed.err, row.err);
  }
}

TEST(Options, ASoundLineIsParsed) {
  const Parsed parsed = parse({"--fix", "--size", "7", "x.aof"});
  EXPECT_FALSE(parsed.options.exit_status);
  EXPECT_TRUE(parsed.options.values.contains("fix"));
  EXPECT_EQ(parsed.options.values["size"].as<int>(), 7);
  EXPECT_EQ(parsed.options.values["file"].as<std::string>(), "x.aof");
}

}  // namespace
}  // namespace redoubt
