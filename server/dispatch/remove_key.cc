#include "server/dispatch/remove_key.h"

#include "server/dispatch/effects.h"
#include "server/keyspace/database.h"

namespace redoubt {

void remove_as_past(CommandContext& ctx, std::string_view key) {
  const bool lazily = ctx.db.shared().lazy_expire;
  // The key may stand in the entry that goes.
  ctx.tell_instead({lazily ? "UNLINK" : "DEL", key});
  ctx.modified(key, EventClass::generic, "del");
  lazily ? ctx.db.erase_lazily(key) : ctx.db.erase(key);
}

}  // namespace redoubt
