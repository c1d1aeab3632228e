// The pages that the tools write, looked at in a browser: on a phone and on a desk, in the light and in the dark.
#include <gmock/gmock.h>

#include "tests/support/benchmark_fixture.h"
#include "tests/support/browser.h"

namespace redoubt {
namespace {

constexpr double readable_contrast = 4.5;  // WCAG's level AA

class ReportPages : public BenchmarkFixture {
 protected:
  void expect_readable(const std::string& page, int figures) {
    for (const int width : {360, 1280}) {
      double light = 0;
      for (const bool dark : {false, true}) {
        SCOPED_TRACE(std::to_string(width) + (dark ? " pixels wide, dark" : " pixels wide, light"));
        const PageLook look = look_at_page(page, width, dark);
        EXPECT_EQ(look.width, width);
        EXPECT_EQ(look.dark, dark);
        EXPECT_LE(look.needed_width, width) << "it scrolls sideways";
        EXPECT_EQ(look.figures, figures);
        EXPECT_EQ(look.hidden_figures, 0);
        EXPECT_EQ(look.words_outside, 0);
        EXPECT_GE(look.least_contrast, readable_contrast) << look.least_contrast_of;
        if (!dark) light = look.background;
        EXPECT_TRUE(!dark || look.background < light / 4) << look.background << " after " << light;
      }
    }
  }

  TemporaryDirectory directory_;
  std::string page_ = directory_.path() + "/report.html";
};

TEST_F(ReportPages, OfASweepOfTheBenchmark) {
  EXPECT_EQ(run({"-q", "-n", "300", "--clients", "1,2,5,15,50,100", "--pipelines", "1,16", "--html", page_, "set",
                 "a:name:that:is:so:long:that:no:telephone:could:show:it:in:a:single:line:without:scrolling", "x"}),
            0)
      << err_;
  expect_readable(page_, 3);
}

TEST_F(ReportPages, OfALongerRunOfTheBenchmark) {
  EXPECT_EQ(run({"-q", "--duration", "4.2", "--rate", "500", "-c", "2", "-t", "set", "--html", page_}), 0) << err_;
  expect_readable(page_, 2);
}

TEST_F(ReportPages, OfTheStatisticsOfAnRdb) {
  EXPECT_EQ(run({"-q", "-n", "300", "-r", "100", "-t", "set,lpush,hset,sadd", "--sizes", "1-500"}), 0) << err_;
  EXPECT_EQ(link_.run({"SAVE"}).text, "OK");
  const std::string tool = REDOUBT_BIN_DIR "/redoubt-check-rdb";
  ProcessRun check({tool, server_.directory() + "/dump.rdb", "--stats", "--html", page_});
  EXPECT_EQ(check.wait_for_exit(), 0) << check.err();
  expect_readable(page_, 5);
}

}  // namespace
}  // namespace redoubt
