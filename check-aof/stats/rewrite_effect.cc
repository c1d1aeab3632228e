#include "check-aof/stats/rewrite_effect.h"

#include <algorithm>
#include <iterator>

namespace redoubt {
namespace {

struct Row {
  std::string_view name;
  RewriteEffect effect;
};

constexpr Row rows[] = {
    {"set", RewriteEffect::set},
    {"setex", RewriteEffect::replace},
    {"psetex", RewriteEffect::replace},
    {"setnx", RewriteEffect::replace},
    {"getset", RewriteEffect::replace},
    {"restore", RewriteEffect::replace},
    {"copy", RewriteEffect::grow},
    {"mset", RewriteEffect::set_many},
    {"msetnx", RewriteEffect::set_many},
    {"incr", RewriteEffect::counter},
    {"decr", RewriteEffect::counter},
    {"incrby", RewriteEffect::counter},
    {"decrby", RewriteEffect::counter},
    {"incrbyfloat", RewriteEffect::counter},
    {"append", RewriteEffect::append},
    {"setrange", RewriteEffect::set_range},
    {"del", RewriteEffect::remove},
    {"unlink", RewriteEffect::remove},
    {"getdel", RewriteEffect::remove},
    {"hset", RewriteEffect::hash_set},
    {"hmset", RewriteEffect::hash_set},
    {"hsetnx", RewriteEffect::hash_set},
    {"hincrby", RewriteEffect::hash_count},
    {"hincrbyfloat", RewriteEffect::hash_count},
    {"sadd", RewriteEffect::members},
    {"zadd", RewriteEffect::scored},
    {"zincrby", RewriteEffect::scored_count},
    {"hdel", RewriteEffect::remove_elements},
    {"srem", RewriteEffect::remove_elements},
    {"zrem", RewriteEffect::remove_elements},
    {"smove", RewriteEffect::move_member},
    {"lpush", RewriteEffect::push},
    {"rpush", RewriteEffect::push},
    {"lpushx", RewriteEffect::push},
    {"rpushx", RewriteEffect::push},
    {"linsert", RewriteEffect::insert},
    {"lpop", RewriteEffect::pop},
    {"rpop", RewriteEffect::pop},
    {"lset", RewriteEffect::none},
    {"lrem", RewriteEffect::none},
    {"zpopmin", RewriteEffect::none},
    {"zpopmax", RewriteEffect::none},
    {"zremrangebyrank", RewriteEffect::none},
    {"zremrangebyscore", RewriteEffect::none},
    {"zremrangebylex", RewriteEffect::none},
    {"rpoplpush", RewriteEffect::move_element},
    {"lmove", RewriteEffect::move_element},
    {"ltrim", RewriteEffect::trim},
    {"xadd", RewriteEffect::stream_add},
    {"xdel", RewriteEffect::stream_remove},
    {"xtrim", RewriteEffect::stream_trim},
    {"expireat", RewriteEffect::expire_at},
    {"pexpireat", RewriteEffect::expire_at_ms},
    {"expire", RewriteEffect::none},
    {"pexpire", RewriteEffect::none},
    {"persist", RewriteEffect::persist},
    {"rename", RewriteEffect::rename},
    {"renamenx", RewriteEffect::rename},
    {"move", RewriteEffect::move},
    {"swapdb", RewriteEffect::swap},
    {"flushdb", RewriteEffect::flush_one},
    {"flushall", RewriteEffect::flush_all},
    {"function", RewriteEffect::outside},
    {"select", RewriteEffect::none},
    {"multi", RewriteEffect::none},
    {"exec", RewriteEffect::none},
    {"discard", RewriteEffect::none},
    {"publish", RewriteEffect::none},
    {"spublish", RewriteEffect::none},
    {"ping", RewriteEffect::none},
};

}  // namespace

RewriteEffect rewrite_effect_of(std::string_view name) {
  const auto* const row = std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) { return r.name == name; });
  return row != std::end(rows) ? row->effect : RewriteEffect::grow;
}

}  // namespace redoubt
