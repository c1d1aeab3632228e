#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "common/base/process.h"

namespace redoubt {
namespace {

// Counts `text` to the area if it lies right behind what is in it already.
void extend(const char* text, const char*& end) {
  if (text == end) end = text + std::strlen(text) + 1;
}

char* copy_text(const char* text) {
  char* const copy = strdup(text);
  if (copy == nullptr) throw std::bad_alloc();
  return copy;
}

}  // namespace

ProcessTitle::ProcessTitle(int argc, char** argv) {
  if (argc == 0 || argv[0] == nullptr) return;
  char* const area = argv[0];
  const char* end = area;
  for (int i = 0; i < argc; ++i) extend(argv[i], end);
  size_t variables = 0;
  for (; environ[variables] != nullptr; ++variables) extend(environ[variables], end);

  // The copies are left to the process: getenv must work until the very end.
  for (int i = 0; i < argc; ++i) argv[i] = copy_text(argv[i]);
  auto** const copies = static_cast<char**>(calloc(variables + 1, sizeof(char*)));
  if (copies == nullptr) throw std::bad_alloc();
  for (size_t i = 0; i < variables; ++i) copies[i] = copy_text(environ[i]);
  environ = copies;
  // The C library took these from argv[0] and uses them in its messages.
  program_invocation_name = argv[0];
  char* const slash = std::strrchr(argv[0], '/');
  program_invocation_short_name = slash == nullptr ? argv[0] : slash + 1;

  area_ = area;
  capacity_ = static_cast<size_t>(end - area) - 1;
}

void ProcessTitle::set(std::string_view title) {
  if (area_ == nullptr) return;
  const size_t length = std::min(title.size(), capacity_);
  std::memcpy(area_, title.data(), length);
  std::memset(area_ + length, 0, capacity_ + 1 - length);
}

}  // namespace redoubt
