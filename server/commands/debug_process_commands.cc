// The subcommands of DEBUG on the process: its end, its housekeeping, its allocator, its log.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>

#include "common/base/crash_report.h"
#include "common/base/log.h"
#include "common/base/memory.h"
#include "server/commands/debug_commands.h"
#include "server/config/config_store.h"
#include "server/dispatch/server_control.h"
#include "server/persistence/append_log.h"
#include "server/persistence/persistence.h"

namespace redoubt {
namespace {

// Words that are no number count as 0, as they always have.
bool is_on(std::string_view word) { return parse_i64(word).value_or(0) != 0; }

// ---- housekeeping --------------------------------------------------------------------------------

void debug_sleep(CommandContext& ctx) {
  constexpr double longest = 1e9;
  const double seconds = std::clamp(parse_double(ctx.arg(2)).value_or(0), 0.0, longest);
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  ctx.reply.ok();
}

void debug_aof_flush_sleep(CommandContext& ctx) {
  constexpr int64_t longest = 1'000'000'000;
  const int64_t microseconds = std::clamp(parse_i64(ctx.arg(2)).value_or(0), int64_t{0}, longest);
  ctx.server.persistence.append_log().set_write_delay(microseconds);
  ctx.reply.ok();
}

void debug_pause_cron(CommandContext& ctx) {
  ctx.server.control.pause_housekeeping(is_on(ctx.arg(2)));
  ctx.reply.ok();
}

void debug_set_active_expire(CommandContext& ctx) {
  ctx.server.control.set_active_expire(is_on(ctx.arg(2)));
  ctx.reply.ok();
}

void debug_skip_checksums(CommandContext& ctx) {
  ctx.server.config_store.skip_checksum_validation(is_on(ctx.arg(2)));
  ctx.reply.ok();
}

void debug_config_rewrite(CommandContext& ctx) {
  if (const Status done = ctx.server.config_store.rewrite(true); !done) return ctx.reply.error(done.error().text);
  ctx.reply.ok();
}

void debug_log(CommandContext& ctx) {
  ctx.server.log.warning("DEBUG LOG: {}", ctx.arg(2));
  ctx.reply.ok();
}

// ---- the end of the process ----------------------------------------------------------------------

void debug_assert(CommandContext& /*ctx*/) { fail_assertion("DEBUG ASSERT was not called", __FILE__, __LINE__); }

void debug_panic(CommandContext& /*ctx*/) { fail_panic("DEBUG PANIC was called", __FILE__, __LINE__); }

// A write where nothing may be written, rather than a raise(): the report is to show a real fault's address.
void debug_segfault(CommandContext& ctx) {
  uintptr_t address = 16;
  asm volatile("" : "+r"(address));  // else the compiler sees what is coming
  volatile auto* nowhere = reinterpret_cast<volatile char*>(address);
  *nowhere = 'x';
  ctx.reply.ok();
}

void restart(CommandContext& ctx, bool graceful) {
  int64_t delay_ms = 0;
  if (ctx.count() > 2) {
    const auto given = parse_i64(ctx.arg(2));
    if (!given) return ctx.reply.error(errors::not_integer);
    delay_ms = std::max<int64_t>(*given, 0);
  }
  const Status done = ctx.server.control.restart(graceful, delay_ms);
  if (!done) ctx.server.log.warning("The restart failed: {}", done.error().text);
  ctx.reply.error("ERR failed to restart the server. Check server logs.");
}

void debug_restart(CommandContext& ctx) { restart(ctx, true); }
void debug_crash_and_recover(CommandContext& ctx) { restart(ctx, false); }

// ---- memory --------------------------------------------------------------------------------------

void debug_leak(CommandContext& ctx) {
  const std::string_view text = ctx.arg(2);
  void* lost = allocate(std::max<size_t>(text.size(), 1));
  std::copy(text.begin(), text.end(), static_cast<char*>(lost));
  // Otherwise the compiler, seeing that nobody reads it, may leave the allocation out.
  asm volatile("" : : "r"(lost) : "memory");
  ctx.reply.ok();  // NOLINT(clang-analyzer-unix.Malloc): the leak is what was asked for
}

#ifdef REDOUBT_JEMALLOC
std::string error_text(int code) { return std::string("ERR ") + strerror(code); }

// The allocator wants to be told the exact size of a setting, which only it knows: from large to small.
void debug_mallctl(CommandContext& ctx) {
  const std::string name(ctx.arg(2));
  const bool sets = ctx.count() > 3;
  int64_t value = 0;
  if (sets) {
    const auto given = parse_i64(ctx.arg(3));
    if (!given) return ctx.reply.error(errors::not_integer);
    value = *given;
  }
  int code = EINVAL;
  for (const size_t size : {size_t{8}, size_t{4}, size_t{1}}) {
    int64_t old = 0;
    size_t old_size = size;
    code = mallctl(name.c_str(), &old, &old_size, sets ? &value : nullptr, sets ? size : 0);
    if (code == 0) return ctx.reply.integer(old);
    if (code == EPERM && sets) {
      code = mallctl(name.c_str(), nullptr, nullptr, &value, size);
      if (code == 0) return ctx.reply.ok();
    }
    if (code != EINVAL) break;
  }
  ctx.reply.error(error_text(code));
}

void debug_mallctl_str(CommandContext& ctx) {
  const std::string name(ctx.arg(2));
  const bool sets = ctx.count() > 3;
  // The allocator keeps the pointer that it is given, so that the text must stay.
  const char* value = sets ? strndup(ctx.arg(3).data(), ctx.arg(3).size()) : nullptr;
  const char* old = nullptr;
  size_t size = sizeof old;
  int code = mallctl(name.c_str(), static_cast<void*>(&old), &size, sets ? static_cast<void*>(&value) : nullptr,
                     sets ? sizeof value : 0);
  if (code == EPERM && sets) {
    code = mallctl(name.c_str(), nullptr, nullptr, static_cast<void*>(&value), sizeof value);
    if (code == 0) return ctx.reply.ok();
  }
  if (code != 0) return ctx.reply.error(error_text(code));
  ctx.reply.bulk(old == nullptr ? std::string_view() : std::string_view(old));
}
#endif

constexpr DebugSubcommand rows[] = {
    {"AOF-FLUSH-SLEEP",
     1,
     1,
     debug_aof_flush_sleep,
     {"AOF-FLUSH-SLEEP <microseconds>", "Makes each write of the append-only file take so much longer."}},
    {"ASSERT", 0, any_number, debug_assert, {"ASSERT", "Crashes as a failed assertion does."}},
    {"CONFIG-REWRITE-FORCE-ALL",
     0,
     0,
     debug_config_rewrite,
     {"CONFIG-REWRITE-FORCE-ALL", "CONFIG REWRITE with every directive, defaults too."}},
    {"CRASH-AND-RECOVER",
     0,
     any_number,
     debug_crash_and_recover,
     {"CRASH-AND-RECOVER [<milliseconds>]",
      "Ends without a shutdown and starts again, after a delay if one is given."}},
    {"LEAK", 1, 1, debug_leak, {"LEAK <text>", "Allocates a copy of the text and forgets it."}},
    {"LOG", 1, 1, debug_log, {"LOG <text>", "Writes a line to the log of the server."}},
#ifdef REDOUBT_JEMALLOC
    {"MALLCTL", 1, 2, debug_mallctl, {"MALLCTL <name> [<value>]", "Reads or sets a number of the allocator."}},
    {"MALLCTL-STR",
     1,
     2,
     debug_mallctl_str,
     {"MALLCTL-STR <name> [<value>]", "Reads or sets a text of the allocator."}},
#endif
    {"PANIC", 0, any_number, debug_panic, {"PANIC", "Crashes as the server does when it cannot go on."}},
    {"PAUSE-CRON", 1, 1, debug_pause_cron, {"PAUSE-CRON <0|1>", "Stops housekeeping (1) or lets it go on (0)."}},
    {"RESTART",
     0,
     any_number,
     debug_restart,
     {"RESTART [<milliseconds>]", "Shuts down and starts again, after a delay if one is given."}},
    {"SEGFAULT", 0, any_number, debug_segfault, {"SEGFAULT", "Crashes by a write to memory that is not there."}},
    {"SET-ACTIVE-EXPIRE",
     1,
     1,
     debug_set_active_expire,
     {"SET-ACTIVE-EXPIRE <0|1>", "Whether keys whose time has come are removed before anybody asks for them."}},
    {"SET-SKIP-CHECKSUM-VALIDATION",
     1,
     1,
     debug_skip_checksums,
     {"SET-SKIP-CHECKSUM-VALIDATION <0|1>", "Whether checksums of RDB files and of RESTORE's payloads may be wrong."}},
    {"SLEEP", 1, 1, debug_sleep, {"SLEEP <seconds>", "Does nothing for a time, nor does any client get an answer."}},
};

}  // namespace

std::span<const DebugSubcommand> debug_process_commands() { return rows; }

}  // namespace redoubt
