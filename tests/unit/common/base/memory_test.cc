#include "common/base/memory.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace redoubt {
namespace {

#ifdef REDOUBT_JEMALLOC
TEST(Memory, GoodSizeIsTheAllocatorsOwn) {
  for (size_t size = 1; size <= 1 << 20; ++size) ASSERT_EQ(good_size(size), nallocx(size, 0)) << size;
  for (size_t step = size_t{1} << 18; step <= size_t{1} << 40; step <<= 1) {
    for (size_t i = 4; i <= 8; ++i) {
      for (const size_t size : {step * i - 1, step * i, step * i + 1}) {
        ASSERT_EQ(good_size(size), nallocx(size, 0)) << size;
      }
    }
  }
}

TEST(Memory, UsedMemoryIsExactForRegisteredThreads) {
  register_allocating_thread();
  register_allocating_thread();  // once counts
  const size_t before = used_memory();
  void* memory = allocate(good_size(1'000'000));
  EXPECT_EQ(used_memory(), before + good_size(1'000'000));
  deallocate(memory, 1'000'000);
  EXPECT_EQ(used_memory(), before);
}

TEST(Memory, WhatAThreadTookStaysCountedAfterItsEnd) {
  register_allocating_thread();
  constexpr size_t size = 8 << 20;
  std::vector<void*> taken(4);
  const size_t before = used_memory();
  for (void*& memory : taken) {
    std::thread([&memory] {
      register_allocating_thread();
      memory = allocate(size);
    }).join();
  }
  // Threads have some small things of their own.
  EXPECT_NEAR(static_cast<double>(used_memory()), static_cast<double>(before + 4 * size), 200'000);
  std::thread([&taken] {
    register_allocating_thread();
    deallocate(taken[0], size);
  }).join();
  for (size_t i = 1; i < taken.size(); ++i) deallocate(taken[i], size);
  EXPECT_NEAR(static_cast<double>(used_memory()), static_cast<double>(before), 200'000);
}

TEST(Memory, TheAllocatorsNameAndNumbers) {
  EXPECT_EQ(std::string(allocator_name()).substr(0, 10), "jemalloc-5");
  void* memory = allocate(64 << 20);
  const AllocatorStats stats = allocator_stats();
  EXPECT_GE(stats.allocated, size_t{64} << 20);
  EXPECT_GE(stats.active, stats.allocated);
  EXPECT_GT(stats.resident, 0u);
  deallocate(memory, 64 << 20);
  purge_allocator();
}
#endif

TEST(Memory, MappedBytesAreCounted) {
  register_allocating_thread();
  const size_t before = used_memory();
  count_mapped(1 << 30);
  EXPECT_EQ(used_memory(), before + (1 << 30));
  count_mapped(-(1 << 30));
  EXPECT_EQ(used_memory(), before);
}

TEST(Memory, ThreadsComeAndGoWhileMemoryIsCounted) {
  register_allocating_thread();
  for (int round = 0; round < 20; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        register_allocating_thread();
        deallocate(allocate(100'000), 100'000);
      });
    }
    for (int i = 0; i < 100; ++i) EXPECT_GT(used_memory(), 0u);
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace redoubt
