#include "check-rdb/export/export_target.h"

#include <gtest/gtest.h>

#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

constexpr const char* none = "(none)";

TEST(ExportTarget, AFileGetsItsNameWhenItIsWhole) {
  SimulatedFiles files;
  ExportTarget target(files, "out.aof");
  target.buffer() += "bytes";
  EXPECT_EQ(files.content("out.aof"), none);
  ASSERT_TRUE(target.finish());
  EXPECT_EQ(files.content("out.aof"), "bytes");
  EXPECT_EQ(files.content("out.aof.tmp"), none);
  EXPECT_EQ(files.after_power_cut(Kept::some)->content("out.aof"), "bytes");
}

TEST(ExportTarget, WhatIsNotFinishedLeavesNothing) {
  SimulatedFiles files;
  {
    ExportTarget target(files, "out.aof");
    target.buffer().append(2 * ExportTarget::most_buffered, 'x');
    target.settle();
    EXPECT_EQ(target.buffer(), "");
  }
  EXPECT_EQ(files.content("out.aof"), none);
  EXPECT_EQ(files.content("out.aof.tmp"), none);
}

TEST(ExportTarget, AnyFailureIsToldAndLeavesNothing) {
  for (const FileOperation operation :
       {FileOperation::open_to_write, FileOperation::write, FileOperation::sync, FileOperation::rename}) {
    SimulatedFiles files;
    files.fail({.operation = operation, .times = SIZE_MAX, .error = "No space left on device"});
    {
      ExportTarget target(files, "out.aof");
      target.buffer().append(2 * ExportTarget::most_buffered, 'x');
      target.settle();
      EXPECT_EQ(target.failed(), operation == FileOperation::open_to_write || operation == FileOperation::write);
      const Status status = target.finish();
      ASSERT_FALSE(status) << name_of(operation);
      EXPECT_EQ(status.error().text, "No space left on device");
    }
    EXPECT_EQ(files.content("out.aof"), none) << name_of(operation);
    EXPECT_EQ(files.content("out.aof.tmp"), none) << name_of(operation);
  }
}

TEST(ExportTarget, TheEndCanBeTakenBackUntilItHasLeft) {
  std::string text;
  Output out(text);
  ExportTarget target(out);
  target.buffer() += "kept";
  const uint64_t position = target.position();
  target.buffer() += "not kept";
  EXPECT_TRUE(target.take_back(position));
  target.buffer().append(ExportTarget::most_buffered, 'x');
  target.settle();
  EXPECT_FALSE(target.take_back(position));
  EXPECT_EQ(target.position(), 4 + ExportTarget::most_buffered);
  ASSERT_TRUE(target.finish());
  out.flush();
  EXPECT_EQ(text.size(), 4 + ExportTarget::most_buffered);
}

}  // namespace
}  // namespace redoubt
