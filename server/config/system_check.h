// Settings of the machine that make a server slow or fragile (`--check-system`).
#pragma once

#include <string>
#include <vector>

namespace redoubt {

struct SystemFinding {
  std::string name;
  std::string warning;  // empty: fine
};

// `root` is where /proc and /sys are found; tests have their own. What the machine does not show is fine.
std::vector<SystemFinding> check_system(const std::string& root = "");

// One line per finding; what is wrong is explained below it.
std::string system_report(const std::vector<SystemFinding>& findings);

}  // namespace redoubt
