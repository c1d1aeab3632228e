// The main function of all test programs. As a server's, the thread that runs the tests counts for used_memory() from the
// start: what it made may be freed by others.
#include <gtest/gtest.h>

#include "common/base/memory.h"

int main(int argc, char** argv) {
  redoubt::register_allocating_thread();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
