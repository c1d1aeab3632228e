// The forms in which a run is kept, with names that would do harm.
#include "benchmark/report/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cmath>
#include <regex>

#include "benchmark/report/line_chart.h"

namespace redoubt {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

Measurement measured(std::string test, size_t clients, size_t pipeline, uint64_t replies) {
  Measurement one;
  one.test = std::move(test);
  one.clients = clients;
  one.pipeline = pipeline;
  one.threads = 1;
  one.replies = replies;
  one.seconds = 2;
  const uint64_t ns = 1'000'000 * clients;
  one.latency = {1.5e6, ns, ns, ns, ns, ns, ns};
  one.client_cpu_seconds = 1.9;
  return one;
}

RunRecord two_clients(const std::string& test) {
  RunRecord record;
  record.server = "127.0.0.1:6379";
  record.requests = 1000;
  record.measurements = {measured(test, 1, 1, 1000), measured(test, 2, 1, 3000)};
  record.measurements.back().server_cpu = ServerCpu{0.5, 0.25, 1};
  return record;
}

TEST(RunJson, HasAllFigures) {
  const json::value document = json::parse(run_json(two_clients("GET")));
  EXPECT_EQ(document.at("version"), 1);
  EXPECT_EQ(document.at("server"), "127.0.0.1:6379");
  EXPECT_EQ(document.at("whole"), true);
  const json::array& measurements = document.at("measurements").as_array();
  ASSERT_EQ(measurements.size(), 2u);
  const json::value& first = measurements[0];
  EXPECT_EQ(first.at("test"), "GET");
  EXPECT_EQ(first.at("clients"), 1);
  EXPECT_EQ(first.at("requests_per_second"), 500.0);
  EXPECT_EQ(first.at("latency_ns").at("p99_9"), 1'000'000);
  EXPECT_EQ(first.at("cpu").at("client_busy"), 0.95);
  EXPECT_EQ(first.at("cpu").at("server_seconds"), nullptr);
  EXPECT_EQ(first.at("cpu").at("server_busy"), nullptr);
  EXPECT_EQ(first.at("cpu").at("limit"), "client");
  EXPECT_EQ(measurements[1].at("cpu").at("server_seconds"), 0.5);
  EXPECT_EQ(measurements[1].at("cpu").at("server_main_seconds"), 0.25);
  const json::array& knees = document.at("knees").as_array();
  ASSERT_EQ(knees.size(), 1u);
  EXPECT_EQ(knees[0].at("reached"), false);
  EXPECT_EQ(knees[0].at("clients"), 2);
  EXPECT_EQ(knees[0].at("best_requests_per_second"), 1500.0);
}

TEST(RunRecord, TellsServiceTimesOfARunWithARate) {
  RunRecord record = two_clients("GET");
  EXPECT_EQ(json::parse(run_json(record)).at("rate"), 0);
  EXPECT_EQ(json::parse(run_json(record)).at("measurements").at(0).at("service_ns"), nullptr);
  EXPECT_THAT(run_page(record), Not(HasSubstr("service")));
  record.rate = 12'345;
  for (Measurement& one : record.measurements) one.service = TimeFigures{1, 2, 3, 4, 5, 6, 7'000'000};
  const json::value document = json::parse(run_json(record));
  EXPECT_EQ(document.at("rate"), 12'345);
  const json::value& service = document.at("measurements").at(1).at("service_ns");
  EXPECT_EQ(service.as_object().size(), 7u);
  EXPECT_EQ(service.at("mean"), 1.0);
  EXPECT_EQ(service.at("p99_9"), 6);
  EXPECT_EQ(service.at("max"), 7'000'000);
  const std::string page = run_page(record);
  EXPECT_THAT(page, HasSubstr("12,345 per second being due (latency counts from the intended start of each"));
  EXPECT_THAT(page, HasSubstr("<th>service max ms</th>"));
  EXPECT_THAT(page, HasSubstr("<td>7.000</td>"));
  EXPECT_THAT(page, HasSubstr("<figcaption>service time, pipeline 1</figcaption>"));
}

TEST(RunRecord, TellsTheMastersOfACluster) {
  RunRecord record = two_clients("GET");
  EXPECT_EQ(json::parse(run_json(record)).at("cluster"), nullptr);
  EXPECT_THAT(run_page(record), Not(HasSubstr("cluster")));
  record.cluster = {{"a1", "10.0.0.1:7000", 16000}, {"b2", "::1:7001", 384}};
  const json::value document = json::parse(run_json(record));
  EXPECT_EQ(document.at("cluster").as_array().size(), 2u);
  EXPECT_EQ(document.at("cluster").at(1), (json::value{{"id", "b2"}, {"address", "::1:7001"}, {"slots", 384}}));
  EXPECT_THAT(run_page(record), HasSubstr(", spread over 2 masters of a cluster"));
}

TEST(RunRecord, TellsHowLateTheClientWas) {
  RunRecord record = two_clients("GET");
  record.measurements[1].client_lag = TimeFigures{.mean_ns = 150'000, .p99_ns = 400'000, .max_ns = 9'000'000};
  const json::value document = json::parse(run_json(record));
  const json::value& first = document.at("measurements").at(0);
  EXPECT_EQ(first.at("client_lag_ns"), nullptr);
  EXPECT_EQ(first.at("client_lag_share"), nullptr);
  const json::value& last = document.at("measurements").at(1);
  EXPECT_EQ(last.at("client_lag_ns").at("p99"), 400'000);
  EXPECT_EQ(last.at("client_lag_ns").at("max"), 9'000'000);
  EXPECT_DOUBLE_EQ(last.at("client_lag_share").as_double(), 0.1);
  const std::string page = run_page(record);
  EXPECT_THAT(page, HasSubstr("<td>-</td><td>-</td>"));
  EXPECT_THAT(page, HasSubstr("<td>0.400</td><td>9.000</td>"));
  EXPECT_THAT(page, HasSubstr("(lag p99 0.40 ms)"));
}

TEST(RunRecord, TellsTheCommandsOfAMix) {
  RunRecord record = two_clients("mix");
  EXPECT_TRUE(json::parse(run_json(record)).at("measurements").at(0).at("commands").as_array().empty());
  EXPECT_THAT(run_page(record), Not(HasSubstr("command</th>")));
  for (Measurement& one : record.measurements) {
    one.commands = {{"GET <k>", one.replies / 4, 0, {}}, {"SET \xff", one.replies / 4 * 3, 5, {7e6, 0, 0, 0, 0, 0, 0}}};
  }
  const json::value document = json::parse(run_json(record));
  const json::value& last = document.at("measurements").at(1).at("commands").at(1);
  EXPECT_EQ(last.at("command").at("base64"), "U0VUIP8=");
  EXPECT_EQ(last.at("share"), 0.75);
  EXPECT_EQ(last.at("requests"), 2250);
  EXPECT_EQ(last.at("errors"), 5);
  EXPECT_EQ(last.at("requests_per_second"), 1125.0);
  EXPECT_EQ(last.at("latency_ns").at("mean"), 7e6);
  const std::string page = run_page(record);
  EXPECT_THAT(page, HasSubstr("<td class=\"text\">GET &lt;k&gt;</td><td>1</td><td>1</td><td>25.0 %</td>"));
  EXPECT_THAT(page, HasSubstr("<td class=\"text\">SET \\xff</td><td>2</td><td>1</td><td>75.0 %</td><td>1,125</td><td>5"
                              "</td><td>7.000</td>"));
}

TEST(RunJson, HasWhatWasVerified) {
  RunRecord record = two_clients("VERIFY");
  record.measurements.back().verified = VerifyCounts{.replies = 100, .found = {1, 2, 3, 4, 5, 6}};
  const json::value document = json::parse(run_json(record));
  EXPECT_EQ(document.at("measurements").at(0).at("verify"), nullptr);
  const json::value expected = {{"replies", 100}, {"wrong", 1}, {"stale", 2}, {"swapped", 3},
                                {"damaged", 4},   {"type", 5},  {"error", 6}};
  EXPECT_EQ(document.at("measurements").at(1).at("verify"), expected);
}

TEST(RunJson, NamesThatAreNoTextLoseNothing) {
  const json::value document = json::parse(run_json(two_clients("SET \xff \"x\"")));
  EXPECT_EQ(document.at("measurements").at(0).at("test").at("base64"), "U0VUIP8gIngi");
}

TEST(RunPage, HasWhatWasVerified) {
  RunRecord record = two_clients("VERIFY");
  record.measurements.front().verified = VerifyCounts{.replies = 100};
  EXPECT_THAT(run_page(record), HasSubstr("<p>verified 100 replies: all as expected</p>"));
  record.measurements.front().verified->found[0] = 1;
  EXPECT_THAT(run_page(record), HasSubstr("<p class=\"bad\">verified 100 replies: 1 wrong</p>"));
}

TEST(RunPage, NamesAreText) {
  const std::string page = run_page(two_clients("<script>alert('\xff')</script>&\x1b"));
  EXPECT_THAT(page, HasSubstr("<h2>&lt;script&gt;alert(&#39;\\xff&#39;)&lt;/script&gt;&amp;\\x1b</h2>"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(RunPage, ChartsAreThereWhereThereIsSomethingToCompare) {
  const auto charts_of = [](const std::vector<Measurement>& measurements) {
    RunRecord record = two_clients("GET");
    record.measurements = measurements;
    const std::string page = run_page(record);
    const std::regex chart("<svg class=\"lines\"");
    return std::distance(std::sregex_iterator(page.begin(), page.end(), chart), std::sregex_iterator());
  };
  EXPECT_EQ(charts_of({}), 0);
  EXPECT_EQ(charts_of({measured("GET", 1, 1, 10)}), 0);
  EXPECT_EQ(charts_of({measured("GET", 1, 1, 10), measured("GET", 2, 1, 10)}), 2) << "throughput and latency";
  EXPECT_EQ(charts_of({measured("GET", 1, 1, 10), measured("GET", 1, 16, 10)}), 1) << "throughput by pipeline";
  EXPECT_EQ(charts_of({measured("GET", 1, 1, 10), measured("GET", 2, 1, 10), measured("GET", 1, 16, 10)}), 3)
      << "an interrupted one";
}

TEST(RunRecord, TellsWhatHappenedInEachSecond) {
  RunRecord record = two_clients("GET");
  for (uint64_t second = 0; second < 1000; ++second) {
    record.measurements[1].series.push_back({second, 100 + second, 1'000'000, 2'000'000, 3'000'000});
  }
  const json::value document = json::parse(run_json(record));
  EXPECT_TRUE(document.at("measurements").at(0).at("series").as_array().empty());
  const json::value& last = document.at("measurements").at(1).at("series").as_array().back();
  EXPECT_EQ(last.at("second"), 999);
  EXPECT_EQ(last.at("replies"), 1099);
  EXPECT_EQ(last.at("p50_ns"), 1'000'000);
  EXPECT_EQ(last.at("p99_ns"), 2'000'000);
  EXPECT_EQ(last.at("max_ns"), 3'000'000);
  const std::string page = run_page(record);
  EXPECT_THAT(page, HasSubstr("latency in each second, 2 clients, pipeline 1"));
  EXPECT_THAT(page, Not(HasSubstr("in each second, 1 clients")));
  EXPECT_LT(page.size(), 40'000u) << "drawn with fewer points";
}

TEST(RunPage, SaysThatARunWasNotWhole) {
  RunRecord record = two_clients("GET");
  EXPECT_THAT(run_page(record), Not(HasSubstr("did not come to its end")));
  record.whole = false;
  EXPECT_THAT(run_page(record), HasSubstr("did not come to its end"));
}

LineChart chart_of(std::vector<double> values, bool logarithmic) {
  LineChart chart;
  chart.title = "<t>";
  chart.across = "x";
  chart.logarithmic = logarithmic;
  chart.text = [](double value) { return std::to_string(std::lround(value)); };
  for (size_t i = 0; i < values.size(); ++i) chart.marks.push_back(std::to_string(i));
  if (!values.empty()) chart.lines.push_back({"a&b", std::move(values)});
  return chart;
}

TEST(LineChart, OfNothingIsNothing) { EXPECT_EQ(line_chart(chart_of({}, false)), ""); }

TEST(LineChart, EverythingStandsInsideWhateverTheValues) {
  const std::vector<std::vector<double>> cases = {{0, 0}, {5}, {1, 1e9}, {0, 0.001, 7}, {100, 100}, {1e-9, 1e-9}};
  for (const bool logarithmic : {false, true}) {
    for (const auto& values : cases) {
      const std::string html = line_chart(chart_of(values, logarithmic));
      EXPECT_THAT(html, HasSubstr("&lt;t&gt;"));
      EXPECT_THAT(html, HasSubstr("a&amp;b"));
      EXPECT_THAT(html, Not(HasSubstr("nan")));
      EXPECT_THAT(html, Not(HasSubstr("inf")));
      const std::regex dot("cx=\"([-0-9.]+)\" cy=\"([-0-9.]+)\" r=\"3\"");
      size_t dots = 0;
      for (std::sregex_iterator at(html.begin(), html.end(), dot), end; at != end; ++at, ++dots) {
        EXPECT_GE(std::stod((*at)[1]), 62);
        EXPECT_LE(std::stod((*at)[1]), 408);
        EXPECT_GE(std::stod((*at)[2]), 12);
        EXPECT_LE(std::stod((*at)[2]), 200);
      }
      EXPECT_EQ(dots, values.size());
    }
  }
}

TEST(LineChart, TheScaleBeginsAtZeroOrIsInPowersOfTen) {
  const std::string linear = line_chart(chart_of({0, 390}, false));
  for (const char* mark : {">0<", ">100<", ">200<", ">300<", ">400<"}) EXPECT_THAT(linear, HasSubstr(mark));
  EXPECT_THAT(linear, HasSubstr("cy=\"200.0\""));
  const std::string logarithmic = line_chart(chart_of({2, 390}, true));
  for (const char* mark : {">1<", ">10<", ">100<", ">1000<"}) EXPECT_THAT(logarithmic, HasSubstr(mark));
}

}  // namespace
}  // namespace redoubt
