#include "common/base/system_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace redoubt {
namespace {

class SystemCheckTest : public testing::Test {
 protected:
  SystemCheckTest() {
    char name[] = "/tmp/redoubt-system-XXXXXX";
    root_ = mkdtemp(name);
  }
  ~SystemCheckTest() override { std::filesystem::remove_all(root_); }
  void put(const std::string& path, std::string_view text) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << '\n';
  }
  SystemCheck find(std::string_view name) const {
    for (const SystemCheck& check : check_system(root_)) {
      if (check.name == name) return check;
    }
    ADD_FAILURE() << "no check " << name;
    return {};
  }

  std::string root_;
};

constexpr const char* overcommit = "/proc/sys/vm/overcommit_memory";
constexpr const char* huge_pages = "/sys/kernel/mm/transparent_hugepage/enabled";
constexpr const char* somaxconn = "/proc/sys/net/core/somaxconn";
constexpr const char* clock_source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

TEST_F(SystemCheckTest, SettingsGoodAndBad) {
  struct {
    const char* name;
    const char* file;
    const char* text;
    bool ok;
  } const cases[] = {{"overcommit", overcommit, "1", true},
                     {"overcommit", overcommit, "0", false},
                     {"overcommit", overcommit, "2", false},
                     {"THP", huge_pages, "always [madvise] never", true},
                     {"THP", huge_pages, "always madvise [never]", true},
                     {"THP", huge_pages, "[always] madvise never", false},
                     {"somaxconn", somaxconn, "4096", true},
                     {"somaxconn", somaxconn, "511", true},
                     {"somaxconn", somaxconn, "128", false},
                     {"xen-clocksource", clock_source, "tsc", true},
                     {"xen-clocksource", clock_source, "xen", false}};
  for (const auto& row : cases) {
    put(row.file, row.text);
    const SystemCheck check = find(row.name);
    EXPECT_EQ(check.ok, row.ok) << row.name << ' ' << row.text;
    EXPECT_EQ(check.message.empty(), row.ok) << row.name << ' ' << row.text;
    EXPECT_FALSE(check.skipped);
  }
}

TEST_F(SystemCheckTest, WhatTheSystemDoesNotSayIsSkipped) {
  for (const char* name : {"overcommit", "THP", "somaxconn", "xen-clocksource"}) {
    EXPECT_TRUE(find(name).skipped) << name;
    EXPECT_TRUE(find(name).ok) << name;
  }
  EXPECT_FALSE(find("slow-clocksource").skipped);
}

TEST_F(SystemCheckTest, SlowClocks) {
  EXPECT_FALSE(clock_is_slow(30, 150));
  EXPECT_TRUE(clock_is_slow(200, 210));
  EXPECT_TRUE(clock_is_slow(2000, 2000));
}

TEST_F(SystemCheckTest, Backlog) {
  EXPECT_EQ(check_tcp_backlog(511, root_), "");
  put(somaxconn, "128");
  EXPECT_EQ(check_tcp_backlog(128, root_), "");
  EXPECT_THAT(check_tcp_backlog(511, root_), testing::HasSubstr("511 cannot be enforced"));
}

TEST_F(SystemCheckTest, Report) {
  EXPECT_EQ(format_system_checks({{.name = "a", .message = ""},
                                  {.name = "b", .ok = false, .message = "Do this."},
                                  {.name = "c", .skipped = true, .message = ""}}),
            "[a]...OK\n[b]...WARNING:\nDo this.\n\n[c]...skipped\n");
}

}  // namespace
}  // namespace redoubt
