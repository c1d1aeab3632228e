// Ctrl-C, which ends a run in good order: from its making on, SIGINT does not end the program but is seen here. A second one
// ends it at once. One of them, made before other threads are.
#pragma once

namespace redoubt {

class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Whether it came. On the thread that made it.
  bool seen();
  void wait();

 private:
  void came();

  bool seen_ = false;
};

}  // namespace redoubt
