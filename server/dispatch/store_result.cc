#include "server/dispatch/store_result.h"

#include "server/keyspace/database.h"

namespace redoubt {

void store_result(CommandContext& ctx, std::string_view key, Type type, ObjectValue result, size_t size,
                  EventClass kind, std::string_view event, uint64_t changes) {
  const bool existed = ctx.db.shared().lazy_server_del ? ctx.db.erase_lazily(key) : ctx.db.erase(key);
  if (size != 0) {
    ctx.db.add_object(key, type, result.encoding, result.data);
    ctx.modified(key, kind, event, changes);
  } else {
    if (result.data != nullptr) destroy_object(type, result.encoding, result.data);
    if (existed) ctx.modified(key, EventClass::generic, "del");
  }
  ctx.reply.integer(static_cast<int64_t>(size));
}

}  // namespace redoubt
