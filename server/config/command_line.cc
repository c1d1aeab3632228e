#include "server/config/command_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <climits>

#include "common/base/config_file.h"
#include "server/config/version.h"

#ifdef REDOUBT_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

namespace redoubt {
namespace {

std::string allocator_name() {
#ifdef REDOUBT_JEMALLOC
  return fmt::format("jemalloc-{}.{}.{}", JEMALLOC_VERSION_MAJOR, JEMALLOC_VERSION_MINOR, JEMALLOC_VERSION_BUGFIX);
#else
  return "libc";
#endif
}

std::string version_text() {
  return fmt::format("Redis server v={} sha=00000000:0 malloc={} bits={} build=0 redoubt={}\n", redis_version,
                     allocator_name(), sizeof(void*) * 8, REDOUBT_VERSION);
}

std::string usage_text(std::string_view program) {
  return fmt::format(
      "Usage: {0} [FILE] [--DIRECTIVE VALUE ...] [-]\n"
      "\n"
      "  FILE                   read this configuration file first\n"
      "  --DIRECTIVE VALUE ...  what a line `DIRECTIVE VALUE ...` of the file would say; overrides the file\n"
      "  -                      as first or last word: read more configuration from standard input, after the file\n"
      "  -v, --version          print the version\n"
      "  -h, --help             print this\n"
      "  --check-system         look for settings of this machine that do not suit a server\n"
      "\n"
      "Examples:\n"
      "  {0}\n"
      "  {0} /etc/redis/redis.conf --port 7777\n"
      "  {0} --maxmemory 100mb --maxmemory-policy allkeys-lru --loglevel verbose\n"
      "  echo 'maxmemory 128mb' | {0} -\n",
      program);
}

std::string absolute_path(std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  std::array<char, PATH_MAX> here{};
  if (getcwd(here.data(), here.size()) == nullptr) return std::string(path);
  std::string absolute = here.data();
  while (path.starts_with("./")) path.remove_prefix(2);
  while (path.starts_with("../")) {
    path.remove_prefix(3);
    absolute.erase(absolute.rfind('/') == std::string::npos ? 0 : absolute.rfind('/'));
  }
  return absolute.append("/").append(path);
}

// Words of the command line to lines of configuration. A word with two dashes starts a line, unless a directive has
// just been named and still waits for its first value: then it is that value, dashes and all (`--syslog-ident --me`).
class OptionWriter {
 public:
  void add(std::string_view word, std::string_view next, bool is_last) {
    if (waits_for_value_ || !word.starts_with("--")) {
      text_.append(quote_word(word)).append(" ");
      waits_for_value_ = false;
      return;
    }
    if (!text_.empty()) text_ += '\n';
    text_.append(word.substr(2)).append(" ");
    const auto words = split_words(word);
    // "--port 6380" as one word brings its value along.
    waits_for_value_ = words && words->size() == 1;
    // A bare --save says: no rules.
    if (waits_for_value_ && equal_ignoring_case(words->front(), "--save") && (is_last || next.starts_with("--"))) {
      text_ += "\"\"";
      waits_for_value_ = false;
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool waits_for_value_ = false;
};

CommandLine print(std::string text, int exit_code = 0) {
  CommandLine line;
  line.action = CommandLine::Action::print;
  line.text = std::move(text);
  line.exit_code = exit_code;
  return line;
}

}  // namespace

CommandLine parse_command_line(std::span<const char* const> args) {
  CommandLine line;
  if (args.size() < 2) return line;
  const std::string_view first = args[1];
  if (first == "-v" || first == "--version") return print(version_text());
  if (first == "-h" || first == "--help") return print(usage_text(args[0]));
  if (first == "--test-memory") return print("Testing memory is not supported; memtester is a program that does\n", 1);
  if (first == "--check-system") {
    line.action = CommandLine::Action::check_system;
    return line;
  }
  size_t at = 1;
  if (!first.starts_with('-')) {
    line.sources.file = absolute_path(first);
    at = 2;
  }
  OptionWriter options;
  for (; at < args.size(); ++at) {
    const std::string_view word = args[at];
    const bool is_last = at + 1 == args.size();
    if (word == "-" && (at == 1 || is_last)) {
      line.sources.from_stdin = true;
    } else {
      options.add(word, is_last ? std::string_view() : args[at + 1], is_last);
    }
  }
  line.sources.options = options.text();
  return line;
}

}  // namespace redoubt
