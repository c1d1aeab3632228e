#include "server/stats/process_usage.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace redoubt {
namespace {

int64_t total(const CpuTime& time) { return time.user_us + time.system_us; }

void burn(int64_t microseconds) {
  const int64_t end = total(thread_cpu_time()) + microseconds;
  while (total(thread_cpu_time()) < end) {
  }
}

TEST(ProcessUsage, ThreadsCountForTheProcessButNotForEachOther) {
  const int64_t process = total(process_cpu_time());
  const int64_t mine = total(thread_cpu_time());
  std::thread other([] { burn(100000); });
  other.join();
  EXPECT_GE(total(process_cpu_time()) - process, 90000);
  EXPECT_LT(total(thread_cpu_time()) - mine, 60000);
}

TEST(ProcessUsage, ResidentMemoryFollowsWhatIsTouched) {
  const size_t before = resident_memory();
  EXPECT_GT(before, size_t{1} << 20);
  const std::vector<char> block(size_t{64} << 20, 'x');
  EXPECT_GT(resident_memory(), before + (size_t{50} << 20)) << block.size();
  EXPECT_GT(system_memory(), resident_memory());
}

}  // namespace
}  // namespace redoubt
