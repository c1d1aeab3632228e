// What the check tools tell by their exit status. Scripts rely on these numbers: they are documented and never change.
#pragma once

namespace redoubt {

enum class CheckStatus : int {
  sound = 0,
  damaged = 1,
  repaired = 2,  // it was damaged, and is sound now
  usage = 3,     // the command line makes no sense; nothing was looked at
  io = 4,        // a file could not be read or written
};

}  // namespace redoubt
