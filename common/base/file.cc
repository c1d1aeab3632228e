#include "common/base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace redoubt {
namespace {

Error system_error(int number = errno) { return Error{std::strerror(number)}; }

// The answer of a call that says -1 and EINTR when a signal came first: then it is made again.
template <typename Call>
auto uninterrupted(Call call) {
  while (true) {
    const auto answer = call();
    if (answer != -1 || errno != EINTR) return answer;
  }
}

Status checked(int answer) {
  if (answer == 0) return {};
  return system_error();
}

Result<size_t> counted(ssize_t answer) {
  if (answer < 0) return system_error();
  return static_cast<size_t>(answer);
}

class PosixFile final : public File {
 public:
  explicit PosixFile(int descriptor) : descriptor_(descriptor) {}
  ~PosixFile() override { close(descriptor_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<size_t> write(std::string_view bytes) override {
    const ssize_t answer = uninterrupted([&] { return ::write(descriptor_, bytes.data(), bytes.size()); });
    if (answer == 0 && !bytes.empty()) return system_error(EIO);
    return counted(answer);
  }

  Result<size_t> read(std::span<char> bytes) override {
    return counted(uninterrupted([&] { return ::read(descriptor_, bytes.data(), bytes.size()); }));
  }

  Status seek(uint64_t offset) override {
    return checked(lseek(descriptor_, static_cast<off_t>(offset), SEEK_SET) < 0 ? -1 : 0);
  }

  Status sync() override {
#ifdef __linux__
    // Writes the size too, and spares what only times the last access.
    return checked(uninterrupted([&] { return fdatasync(descriptor_); }));
#else
    return checked(uninterrupted([&] { return fsync(descriptor_); }));
#endif
  }

  void start_writing_out([[maybe_unused]] uint64_t offset, [[maybe_unused]] uint64_t size) override {
#ifdef SYNC_FILE_RANGE_WRITE
    sync_file_range(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(size), SYNC_FILE_RANGE_WRITE);
#endif
  }

  Status truncate(uint64_t size) override {
    return checked(uninterrupted([&] { return ftruncate(descriptor_, static_cast<off_t>(size)); }));
  }

  Result<uint64_t> size() override {
    struct stat about {};
    if (fstat(descriptor_, &about) != 0) return system_error();
    return static_cast<uint64_t>(about.st_size);
  }

 private:
  int descriptor_;
};

int open_flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::read: return O_RDONLY;
    case OpenMode::create: return O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
    case OpenMode::append: return O_WRONLY | O_CREAT | O_APPEND;
    case OpenMode::overwrite: return O_RDWR;
  }
  return O_RDONLY;
}

bool is_directory(const std::string& path) {
  struct stat about {};
  return stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    const int descriptor = uninterrupted([&] { return ::open(path.c_str(), open_flags(mode) | O_CLOEXEC, 0666); });
    if (descriptor < 0) return system_error();
    return std::make_unique<PosixFile>(descriptor);
  }

  Status rename(const std::string& from, const std::string& to) override {
    return checked(std::rename(from.c_str(), to.c_str()));
  }

  Status remove(const std::string& path) override { return checked(unlink(path.c_str())); }

  Status sync_directory(const std::string& path) override {
    const int descriptor = uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (descriptor < 0) return system_error();
    const int answer = uninterrupted([&] { return fsync(descriptor); });
    const int error = errno;
    close(descriptor);
    // Some file systems cannot sync a directory, which is no reason to give up the file in it.
    if (answer == 0 || error == EINVAL || error == EBADF) return {};
    return system_error(error);
  }

  Status make_directory(const std::string& path) override {
    if (mkdir(path.c_str(), 0755) == 0) return {};
    if (errno != EEXIST) return system_error();
    if (is_directory(path)) return {};
    return system_error(ENOTDIR);
  }

  bool exists(const std::string& path) override {
    struct stat about {};
    return stat(path.c_str(), &about) == 0;
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    DIR* directory = opendir(path.c_str());
    if (directory == nullptr) return system_error();
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(directory)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      errno = 0;
    }
    const int error = errno;
    closedir(directory);
    if (error != 0) return system_error(error);
    std::sort(names.begin(), names.end());
    return names;
  }
};

Status write_and_sync(FileSystem& files, const std::string& path, std::string_view bytes) {
  auto file = files.open(path, OpenMode::create);
  if (!file) return file.error();
  if (auto written = write_all(**file, bytes); !written) return written;
  return (*file)->sync();
}

}  // namespace

FileSystem& real_file_system() {
  static PosixFileSystem files;
  return files;
}

std::string directory_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, std::max<size_t>(slash, 1)));
}

Status write_all(File& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = file.write(bytes);
    if (!written) return written.error();
    bytes.remove_prefix(*written);
  }
  return {};
}

Result<std::string> read_file(FileSystem& files, const std::string& path, uint64_t most) {
  constexpr size_t step = 64 << 10;
  auto file = files.open(path, OpenMode::read);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  std::string text;
  // The size is a hint only: what the system makes as one reads says 0.
  text.resize(static_cast<size_t>(std::min(*size, most)) + 1);
  size_t length = 0;
  while (true) {
    if (length == text.size()) text.resize(length + step);
    const auto got = (*file)->read({text.data() + length, text.size() - length});
    if (!got) return got.error();
    length += *got;
    if (length > most) return system_error(EFBIG);
    if (*got == 0) break;
  }
  text.resize(length);
  return text;
}

Status replace_file(FileSystem& files, const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  auto done = write_and_sync(files, temporary, bytes);
  if (done) done = files.rename(temporary, path);
  if (!done) {
    files.remove(temporary);
    return done;
  }
  return files.sync_directory(directory_of(path));
}

}  // namespace redoubt
