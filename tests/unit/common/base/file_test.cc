#include "common/base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace redoubt {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string pattern = testing::TempDir() + "redoubt_file_XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~FileTest() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  std::unique_ptr<File> open(const std::string& name, OpenMode mode) {
    auto file = files_.open(path(name), mode);
    EXPECT_TRUE(file) << name << ": " << file.error().text;
    return file ? std::move(*file) : nullptr;
  }
  std::string content(const std::string& name) {
    const auto text = read_file(files_, path(name), 1 << 20);
    return text ? *text : "error: " + text.error().text;
  }
  void put(const std::string& name, std::string_view text) {
    ASSERT_TRUE(write_all(*open(name, OpenMode::create), text));
  }

  FileSystem& files_ = real_file_system();
  std::string directory_;
};

TEST_F(FileTest, EachModeOfOpening) {
  struct {
    OpenMode mode;
    std::string_view missing;  // after opening what is not there
    std::string_view there;    // after writing "xy" to what holds "abcd"
  } const cases[] = {{OpenMode::read, "No such file or directory", "Bad file descriptor"},
                     {OpenMode::create, "", "xy"},
                     {OpenMode::append, "", "abcdxy"},
                     {OpenMode::overwrite, "No such file or directory", "xycd"}};
  for (const auto& row : cases) {
    SCOPED_TRACE(static_cast<int>(row.mode));
    const auto missing = files_.open(path("missing"), row.mode);
    EXPECT_EQ(missing ? "" : missing.error().text, row.missing);
    EXPECT_EQ(files_.exists(path("missing")), row.missing.empty());
    files_.remove(path("missing"));

    put("there", "abcd");
    const auto written = open("there", row.mode)->write("xy");
    EXPECT_EQ(written ? content("there") : written.error().text, row.there);
  }
}

TEST_F(FileTest, ReadsInPiecesToTheEnd) {
  put("f", "abcdefg");
  const auto file = open("f", OpenMode::read);
  EXPECT_EQ(file->size().value(), 7U);
  char buffer[4];
  EXPECT_EQ(file->read(buffer).value(), 4U);
  EXPECT_EQ(std::string_view(buffer, 4), "abcd");
  EXPECT_EQ(file->read(buffer).value(), 3U);
  EXPECT_EQ(std::string_view(buffer, 3), "efg");
  EXPECT_EQ(file->read(buffer).value(), 0U);
}

TEST_F(FileTest, TruncatesAndAppendsBehindIt) {
  put("f", "abcdefg");
  for (const OpenMode mode : {OpenMode::append, OpenMode::create}) {
    const auto file = open("f", mode);
    if (mode == OpenMode::create) {
      ASSERT_TRUE(write_all(*file, "abcdefg"));
    }
    ASSERT_TRUE(file->truncate(3));
    ASSERT_TRUE(write_all(*file, "XY"));
    EXPECT_EQ(content("f"), "abcXY");
    ASSERT_TRUE(file->truncate(7));
    EXPECT_EQ(content("f"), std::string("abcXY\0\0", 7));
  }
}

TEST_F(FileTest, SyncsFilesAndDirectories) {
  const auto file = open("f", OpenMode::create);
  ASSERT_TRUE(write_all(*file, std::string(100'000, 'x')));
  file->start_writing_out(0, 100'000);
  EXPECT_TRUE(file->sync());
  EXPECT_TRUE(files_.sync_directory(directory_));
  EXPECT_EQ(files_.sync_directory(path("none")).error().text, "No such file or directory");
  EXPECT_EQ(files_.sync_directory(path("f")).error().text, "Not a directory");
}

TEST_F(FileTest, NoProgramThatIsStartedSeesIt) {
  const auto file = open("f", OpenMode::create);
  struct stat wanted {};
  ASSERT_EQ(stat(path("f").c_str(), &wanted), 0);
  int found = 0;
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    struct stat about {};
    if (fstat(descriptor, &about) != 0 || about.st_ino != wanted.st_ino || about.st_dev != wanted.st_dev) continue;
    ++found;
    EXPECT_NE(fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_EQ(found, 1);
}

TEST_F(FileTest, ErrorsAreTheSystemsWords) {
  EXPECT_EQ(files_.rename(path("a"), path("b")).error().text, "No such file or directory");
  EXPECT_EQ(files_.remove(path("a")).error().text, "No such file or directory");
  EXPECT_EQ(files_.open(path("no/such"), OpenMode::create).error().text, "No such file or directory");
  EXPECT_EQ(files_.open(directory_, OpenMode::append).error().text, "Is a directory");
  EXPECT_EQ(files_.list(path("none")).error().text, "No such file or directory");
  const auto full = files_.open("/dev/full", OpenMode::overwrite);
  ASSERT_TRUE(full);
  EXPECT_EQ(write_all(**full, "x").error().text, "No space left on device");
}

TEST_F(FileTest, MakesListsRenamesAndRemoves) {
  EXPECT_TRUE(files_.make_directory(path("d")));
  EXPECT_TRUE(files_.make_directory(path("d")));
  for (const char* name : {"d/z", "d/a", "d/.m"}) put(name, name);
  EXPECT_EQ(files_.list(path("d")).value(), (std::vector<std::string>{".m", "a", "z"}));
  EXPECT_TRUE(files_.rename(path("d/z"), path("d/a")));
  EXPECT_TRUE(files_.remove(path("d/.m")));
  EXPECT_EQ(files_.list(path("d")).value(), (std::vector<std::string>{"a"}));
  EXPECT_EQ(content("d/a"), "d/z");
  EXPECT_EQ(files_.make_directory(path("d/a")).error().text, "Not a directory");
  EXPECT_EQ(files_.make_directory(path("no/such")).error().text, "No such file or directory");
}

TEST_F(FileTest, ReadsWholeFilesUpToALimit) {
  for (const size_t size : {0U, 1U, 65'535U, 65'536U, 300'000U}) {
    const std::string text(size, 'x');
    put("f", text);
    EXPECT_EQ(read_file(files_, path("f"), size).value(), text);
    EXPECT_EQ(read_file(files_, path("f"), UINT64_MAX).value(), text);
    if (size > 0) {
      EXPECT_EQ(read_file(files_, path("f"), size - 1).error().text, "File too large");
    }
  }
  EXPECT_EQ(read_file(files_, path("none"), 1).error().text, "No such file or directory");
  EXPECT_EQ(read_file(files_, directory_, 1 << 20).error().text, "Is a directory");
  // Says that its size is 0.
  EXPECT_NE(read_file(files_, "/proc/self/maps", 16 << 20).value().size(), 0U);
}

TEST_F(FileTest, ReplacesAFileOrLeavesIt) {
  EXPECT_TRUE(replace_file(files_, path("f"), "one"));
  EXPECT_TRUE(replace_file(files_, path("f"), "two"));
  EXPECT_EQ(content("f"), "two");
  EXPECT_TRUE(files_.make_directory(path("d")));
  EXPECT_EQ(replace_file(files_, path("d"), "three").error().text, "Is a directory");
  EXPECT_EQ(replace_file(files_, path("none/f"), "three").error().text, "No such file or directory");
  EXPECT_EQ(files_.list(directory_).value(), (std::vector<std::string>{"d", "f"}));
}

TEST(File, DirectoryOfAPath) {
  struct {
    std::string_view path;
    std::string_view directory;
  } const cases[] = {{"a", "."}, {"/a", "/"}, {"/a/b", "/a"}, {"a/b/c", "a/b"}, {"", "."}, {"./a", "."}};
  for (const auto& row : cases) EXPECT_EQ(directory_of(row.path), row.directory) << row.path;
}

}  // namespace
}  // namespace redoubt
