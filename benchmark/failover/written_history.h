// What a writer knows of a key that only it writes, so that a loss is seen when the key is read again: after each change of
// the connection, and at the end. Numbers of a key are never used for two different writes; one whose fate is unknown is sent
// again. Plain data, not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

namespace redoubt {

// What a reading, or a reply, has brought to light.
struct Findings {
  uint64_t lost = 0;            // writes that were acknowledged and are not there
  uint64_t unacknowledged = 0;  // writes that are there and were never acknowledged
  int64_t expected = 0;         // with a loss: what should have been there at least
};

// A key that is set to 1, 2, 3, …
class NumberedKey {
 public:
  // What to set it to. The same until it is acknowledged, or found.
  uint64_t next() const { return next_; }
  void acknowledged();
  // The key was read. 0: it is not there, or holds what we have not written. What was lost is told once.
  Findings found(uint64_t number);

 private:
  struct Range {
    uint64_t first;
    uint64_t last;
  };
  std::vector<Range> acknowledged_;  // and not known to be lost, in ascending order
  uint64_t next_ = 1;
};

// A counter that is incremented by one at a time.
class WrittenCounter {
 public:
  // An INCR was answered with this: one more than before, if all is well.
  Findings replied(int64_t value);
  // It was read; 0: it is not there.
  Findings found(int64_t value);

 private:
  int64_t value_ = 0;  // the last that is known
};

}  // namespace redoubt
