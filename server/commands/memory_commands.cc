// MEMORY USAGE, STATS, DOCTOR, PURGE, MALLOC-STATS, HELP.
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/memory.h"
#include "server/client/client_registry.h"
#include "server/commands/help.h"
#include "server/commands/server_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/keyspace/keyspace.h"
#include "server/stats/memory_report.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

MemoryReport report_of(const CommandContext& ctx) {
  return memory_report(ctx.server.stats, ctx.server.keyspace, ctx.server.clients);
}

void memory_usage(CommandContext& ctx) {
  int64_t samples = 5;
  ArgumentReader in(ctx, 3);
  while (in.more()) {
    if (in.option("SAMPLES", 1)) {
      samples = in.integer();
      if (samples < 0) in.fail(errors::syntax);
    } else {
      in.fail(errors::syntax);
    }
  }
  if (!in.ok()) return in.reply_error();
  const Entry* entry = ctx.db.peek(ctx.arg(2));
  if (entry == nullptr) return ctx.reply.null();
  const size_t wanted = samples == 0 ? SIZE_MAX : static_cast<size_t>(samples);
  ctx.reply.integer(static_cast<int64_t>(ctx.db.memory_of(*entry, wanted)));
}

// ---- STATS ---------------------------------------------------------------------------------------

class StatsReply {
 public:
  explicit StatsReply(ReplyWriter& reply) : reply_(reply), place_(reply.begin()) {}
  void count(std::string_view name, size_t value) { signed_count(name, static_cast<int64_t>(value)); }
  void signed_count(std::string_view name, int64_t value) {
    key(name);
    reply_.integer(value);
  }
  void number(std::string_view name, double value) {
    key(name);
    reply_.number(value);
  }
  void database(const MemoryReport::DatabasePart& part) {
    key(fmt::format("db.{}", part.id));
    reply_.map(3);
    reply_.bulk("overhead.hashtable.main");
    reply_.integer(static_cast<int64_t>(part.keys_table));
    reply_.bulk("overhead.hashtable.expires");
    reply_.integer(static_cast<int64_t>(part.expiry_table));
    reply_.bulk("overhead.hashtable.slot-to-keys");
    reply_.integer(0);
  }
  void excess(std::string_view name, const Excess& value) {
    number(fmt::format("{}.ratio", name), value.ratio);
    signed_count(fmt::format("{}.bytes", name), value.bytes);
  }
  void end() { reply_.end(place_, ReplyWriter::Aggregate::map, pairs_); }

 private:
  void key(std::string_view name) {
    reply_.bulk(name);
    ++pairs_;
  }
  ReplyWriter& reply_;
  ReplyWriter::Deferred place_;
  size_t pairs_ = 0;
};

void memory_stats(CommandContext& ctx) {
  const MemoryReport report = report_of(ctx);
  StatsReply out(ctx.reply);
  out.count("peak.allocated", report.peak);
  out.count("total.allocated", report.used);
  out.count("startup.allocated", report.startup);
  out.count("replication.backlog", 0);
  out.count("clients.slaves", report.clients_replica);
  out.count("clients.normal", report.clients_normal);
  out.count("cluster.links", 0);
  out.count("aof.buffer", 0);
  out.count("lua.caches", 0);
  out.count("functions.caches", 0);
  for (const MemoryReport::DatabasePart& part : report.databases) out.database(part);
  out.count("overhead.total", report.overhead);
  out.count("keys.count", report.keys);
  out.count("keys.bytes-per-key", report.bytes_per_key);
  out.count("dataset.bytes", report.dataset);
  out.number("dataset.percentage", report.dataset_percent);
  out.number("peak.percentage", report.peak_percent);
  out.count("allocator.allocated", report.allocator.allocated);
  out.count("allocator.active", report.allocator.active);
  out.count("allocator.resident", report.allocator.resident);
  out.excess("allocator-fragmentation", report.allocator_fragmentation);
  out.excess("allocator-rss", report.allocator_resident);
  out.excess("rss-overhead", report.process_resident);
  out.number("fragmentation", report.fragmentation.ratio);
  out.signed_count("fragmentation.bytes", report.fragmentation.bytes);
  out.end();
}

// ---- DOCTOR --------------------------------------------------------------------------------------

constexpr size_t mebibyte = size_t{1} << 20;
constexpr size_t too_little_to_judge = 5 * mebibyte;

struct Finding {
  bool (*present)(const MemoryReport&);
  std::string_view advice;
};

bool is_excessive(const Excess& excess, double ratio) {
  return excess.ratio > ratio && excess.bytes > static_cast<int64_t>(10 * mebibyte);
}

constexpr Finding findings[] = {
    {[](const MemoryReport& r) { return static_cast<double>(r.peak) / static_cast<double>(r.used) > 1.5; },
     "Peak: at some time more than one and a half times of today's memory was in use. The allocator may keep what was "
     "freed since; resident memory above the data set is then no leak, and is used again when the data grows. MEMORY "
     "PURGE gives back what can be given back."},
    {[](const MemoryReport& r) { return is_excessive(r.fragmentation, 1.4); },
     "Resident memory: the process holds over 1.4 times of what is in use. The lines on the allocator and the process "
     "below say where, if they do; otherwise look at the peak."},
    {[](const MemoryReport& r) { return is_excessive(r.allocator_fragmentation, 1.1); },
     "Fragmentation: the pages of the allocator are filled badly, because values of very different sizes came and "
     "went. "
     "A restart, or writing the data anew, packs them."},
    {[](const MemoryReport& r) { return is_excessive(r.allocator_resident, 1.1); },
     "Free pages: the allocator holds many pages that nothing uses. MEMORY PURGE gives them back to the system."},
    {[](const MemoryReport& r) { return is_excessive(r.process_resident, 1.1); },
     "Outside the allocator: the process holds memory that the allocator did not hand out, such as the tables of big "
     "databases, the stacks of threads and the program itself."},
    {[](const MemoryReport& r) { return r.client_count != 0 && r.clients_normal / r.client_count > 200 * 1024; },
     "Clients: their buffers take over 200 kB each on average. Some read replies slower than they ask for them; CLIENT "
     "LIST tells which (omem, qbuf), client-output-buffer-limit and maxmemory-clients bound it."},
    {[](const MemoryReport& r) { return r.clients_replica > 10 * mebibyte; },
     "Replicas: over 10 MB wait to be sent to them. Look at the network and at the speed of the replicas."},
};

void memory_doctor(CommandContext& ctx) {
  const MemoryReport report = report_of(ctx);
  if (report.used < too_little_to_judge) {
    return ctx.reply.verbatim("Too little memory is in use to tell anything from it: come back with more data.\n");
  }
  std::string text;
  for (const Finding& finding : findings) {
    if (finding.present(report)) text.append(" * ").append(finding.advice).append("\n\n");
  }
  if (text.empty()) return ctx.reply.verbatim("Nothing wrong with the use of memory was found.\n");
  ctx.reply.verbatim("What stands out in the use of memory:\n\n" + text);
}

// ---- the allocator -------------------------------------------------------------------------------

void memory_purge(CommandContext& ctx) {
  purge_allocator();
  ctx.reply.ok();
}

void memory_malloc_stats(CommandContext& ctx) {
#ifdef REDOUBT_JEMALLOC
  std::string text;
  malloc_stats_print([](void* to, const char* part) { static_cast<std::string*>(to)->append(part); }, &text, nullptr);
  ctx.reply.verbatim(text);
#else
  ctx.reply.bulk("Stats not supported for the current allocator");
#endif
}

void memory_help(CommandContext& ctx) {
  static constexpr HelpEntry entries[] = {
      {"DOCTOR", "Looks for what is wrong with the use of memory."},
      {"MALLOC-STATS", "Prints what the allocator knows of itself."},
      {"PURGE", "Gives pages that the allocator does not use back to the system."},
      {"STATS", "Tells where the memory goes."},
      {"USAGE <key> [SAMPLES <count>]",
       "Estimates the bytes of a key with its value; of a big value so many parts are measured (5; 0 is all)."},
  };
  reply_help(ctx, entries);
}

}  // namespace

void register_memory_commands(CommandTable& table) {
  table.handle("memory|doctor", memory_doctor);
  table.handle("memory|help", memory_help);
  table.handle("memory|malloc-stats", memory_malloc_stats);
  table.handle("memory|purge", memory_purge);
  table.handle("memory|stats", memory_stats);
  table.handle("memory|usage", memory_usage);
}

}  // namespace redoubt
