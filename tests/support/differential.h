// The same commands to a TestServer and to Debian's Redis, and every reply of the one compared with that of the other byte
// for byte. A family's test draws commands from a seed with Pick, runs thousands of them, and compares the state of all
// keys at the end; a failure names the seed and the last commands, so that it can be run again:
//
//   Differential both;
//   Pick pick(seed);
//   for (int i = 0; i < 5000 && both.agree(); ++i) both.run({"SET", pick.of({"a", "b"}), pick.bytes(20)});
//   both.compare_keys();
//
// Both have the same time but for some milliseconds: draw times to live that are over long ago or long to come, and run
// what tells a time with Compare::time.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "tests/support/command_fixture.h"
#include "tests/support/link.h"
#include "tests/support/pick.h"
#include "tests/support/program.h"

namespace redoubt {

class Differential {
 public:
  enum class Compare : uint8_t {
    exact,
    time,  // an integer may differ by `slack_ms`; other replies must be the same
  };
  static constexpr int64_t slack_ms = 5000;

  explicit Differential(int resp_version = 2);

  // The first difference fails the test, and nothing more is run after it.
  void run(const std::vector<std::string>& words, Compare how = Compare::exact);
  // The database that both use from now on.
  void select(int db);
  bool agree() const { return agree_; }
  // All keys of the database in use: type, encoding, expiry and, of strings, the value.
  void compare_keys();
  // Makes `key` hold a list on both sides, whatever it held: a value of another type.
  void put_other_type(const std::string& key);

  TestServer& server() { return server_; }
  Link& oracle() { return link_; }

 private:
  void remember(std::string line);
  void differ(const std::string& ours, const std::string& theirs);

  Program program_;
  Link link_;
  TestServer server_;
  bool agree_ = true;
  std::deque<std::string> last_;  // commands, for the message
};

}  // namespace redoubt
