#include "server/dispatch/context.h"

#include "server/dispatch/effects.h"

namespace redoubt {

void CommandContext::modified(std::string_view key, EventClass kind, std::string_view event, uint64_t changes) const {
  server.effects.modified(db, key, kind, event, changes);
}

void CommandContext::event(std::string_view key, EventClass kind, std::string_view event) const {
  server.effects.modified(db, key, kind, event, 0);
}

bool same_option(std::string_view given, std::string_view upper_case_word) {
  if (given.size() != upper_case_word.size()) return false;
  for (size_t i = 0; i < given.size(); ++i) {
    const char c = given[i];
    if ((c >= 'a' && c <= 'z' ? c - 32 : c) != upper_case_word[i]) return false;
  }
  return true;
}

}  // namespace redoubt
