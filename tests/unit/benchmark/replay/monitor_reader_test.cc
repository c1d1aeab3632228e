// Logs of MONITOR, in pieces of any size.
#include "benchmark/replay/monitor_reader.h"

#include <gtest/gtest.h>

#include "tests/support/piece_source.h"

namespace redoubt {
namespace {

const std::string two_lines =
    "OK\n+1.000000 [0 a:1] \"SET\" \"k\" \"v\"\n\nnot one\r\n+OK\r\n2.000000 [1 b:2] \"GET\" \"k\"";

class InPieces : public testing::TestWithParam<size_t> {};

TEST_P(InPieces, RequestsComeInOrderAndOtherLinesAreCounted) {
  PieceSource source(two_lines, GetParam());
  MonitorReader reader(source);
  auto first = reader.next();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->args, (std::vector<std::string>{"SET", "k", "v"}));
  auto second = reader.next();
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->client, "b:2");
  auto end = reader.next();
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
  EXPECT_EQ(reader.facts().lines, 6u);
  EXPECT_EQ(reader.facts().strange_lines, 1u);
  EXPECT_EQ(reader.facts().first_strange, 4u);
  EXPECT_EQ(reader.facts().first_strange_text, "not one");
}

TEST_P(InPieces, ALineThatIsTooLongIsPassedOverWhole) {
  const std::string text =
      "1.000000 [0 a:1] \"SET\" \"k\" \"" + std::string(3'000'000, 'x') + "\"\n2.000000 [0 a:1] \"GET\" \"k\"\n";
  PieceSource source(text, GetParam() * 1000);
  MonitorReader reader(source, 1000);
  auto line = reader.next();
  ASSERT_TRUE(line && *line);
  EXPECT_EQ((*line)->args[0], "GET");
  EXPECT_EQ(reader.facts().strange_lines, 1u);
  EXPECT_EQ(reader.facts().first_strange, 1u);
  EXPECT_EQ(reader.facts().lines, 2u);
  EXPECT_FALSE(*reader.next());
}

INSTANTIATE_TEST_SUITE_P(Pieces, InPieces, testing::Values(1, 2, 7, 64, 100'000));

TEST(MonitorReader, ALongLineThatIsAllowedIsReadWhole) {
  const std::string value(1'000'000, 'x');
  const std::string text = "1.000000 [0 a:1] \"SET\" \"k\" \"" + value + "\"\n";
  PieceSource source(text, 4096);
  MonitorReader reader(source);
  auto line = reader.next();
  ASSERT_TRUE(line && *line);
  EXPECT_EQ((*line)->args[2], value);
}

TEST(MonitorReader, AnErrorOfTheFileIsToldAfterWhatCameBefore) {
  PieceSource source(two_lines, 40, 40);
  MonitorReader reader(source);
  EXPECT_TRUE(reader.next());
  const auto failed = reader.next();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().text, "Input/output error");
}

}  // namespace
}  // namespace redoubt
