// Our server and Debian's Redis side by side: runs steps on both, compares reply by reply, and now and then all keys. What
// is plain goes out in batches. When our server ends, that is a difference like any other, and it is started again.
// Not thread-safe. Failures of the oracle throw std::runtime_error.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/drawn/drawn_commands.h"
#include "tests/support/link.h"
#include "tests/support/program.h"

namespace redoubt {

struct Difference {
  size_t step = 0;   // index; the number of steps when the keys differ after the last one
  std::string what;  // in words: the command, or what of which key
  std::string ours;
  std::string theirs;
};

class TwinServers {
 public:
  // `itself`: a second oracle stands in for our server, to test the tester.
  explicit TwinServers(bool itself = false);
  // Empties both and gives them these settings.
  void reset(const RunSettings& settings);
  // The first difference, if any.
  std::optional<Difference> run(std::span<const Step> steps);
  // Of all keys of all databases: types, encodings, expiry, values, digests. `step` goes into the difference.
  std::optional<Difference> compare_keys(size_t step);
  // Whether our server, and the oracle, has a command with this full name ("object|encoding").
  bool ours_has(std::string_view full_name);
  bool theirs_has(std::string_view full_name);
  // INFO commandstats of the oracle: a line per command.
  std::string their_statistics();

 private:
  struct Side {
    explicit Side(Program started);
    Program program;
    Link main;              // runs the steps
    Link control;           // looks at the state
    std::string client_id;  // of main
  };
  std::optional<Difference> run_batch(std::span<const Step> steps, size_t first);
  std::optional<Difference> run_scan(const Step& step, size_t index);
  std::optional<Difference> run_lex(const Step& step, size_t index);
  std::optional<Difference> run_waiting(const Step& step, size_t index);
  std::optional<Difference> run_dump(const Step& step, size_t index);
  std::optional<Difference> our_end(size_t index, const std::string& error);
  std::optional<Difference> compare_database(int db, size_t step);
  std::optional<Difference> compare_key(const std::string& key, int db, size_t step);
  bool encodings_differ(const std::string& key);
  bool lex_is_promised(const Step& step);
  void start_ours();

  bool itself_;
  std::unique_ptr<Side> ours_;
  std::unique_ptr<Side> theirs_;
  RunSettings settings_;
};

}  // namespace redoubt
