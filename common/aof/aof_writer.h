// Writes the records of an append-only file. Appends to a buffer of the caller, who may empty it between any two records.
// Knows nothing of files, of databases (SELECT is a command like any other) or of what commands mean. Not thread-safe.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace redoubt {

class AofWriter {
 public:
  explicit AofWriter(std::string& out) : out_(out) {}

  void command(std::span<const std::string_view> args);
  void command(std::initializer_list<std::string_view> args) { command(std::span(args.begin(), args.size())); }
  void select(int db);
  // The commands that follow were carried out at this time.
  void timestamp(int64_t unix_seconds);
  // The same if it is later than the last one; a file that is begun anew should have forget_timestamp().
  void timestamp_if_later(int64_t unix_seconds) {
    if (unix_seconds > last_timestamp_) timestamp(unix_seconds);
  }
  void forget_timestamp() { last_timestamp_ = 0; }

  // A command whose arguments come one by one: exactly `args` of them must follow.
  void begin(size_t args);
  void argument(std::string_view bytes);
  void argument(int64_t value);
  void argument(double value);

 private:
  void header(char mark, uint64_t number);

  std::string& out_;
  int64_t last_timestamp_ = 0;
};

// How many bytes command() appends for these arguments.
size_t aof_command_size(std::span<const std::string_view> args);

}  // namespace redoubt
