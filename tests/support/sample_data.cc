#include "tests/support/sample_data.h"

#include <gtest/gtest.h>

namespace redoubt {

void run_all(Link& link, const std::vector<std::vector<std::string>>& requests) {
  for (const std::vector<std::string>& request : requests) {
    const Value reply = link.run(request);
    ASSERT_NE(reply.kind, '-') << request[0] << ": " << reply.text;
  }
}

void fill_with_all_types(Link& link) {
  run_all(link, {{"SET", "string", "text"},
                 {"SET", "", "empty name"},
                 {"SET", std::string("\0\xff\r\n*1\r\n$8\r\nFLUSHALL\r\n", 22), std::string("\0\xff\r\n", 4)},
                 {"SET", "volatile", "1", "PXAT", "4102444800123"},
                 {"SET", "large", std::string(3'000'000, 'x')},
                 {"RPUSH", "list", "a", "", "-5"},
                 {"RPUSH", "list of large", std::string(20'000, 'a'), "b", std::string(2'000'000, 'c')},
                 {"SADD", "intset", "5", "-70000", "1"},
                 {"SADD", "set", "a", "1", ""},
                 {"HSET", "hash", "f", "1", "", "g"},
                 {"ZADD", "zset", "inf", "a", "-inf", "b", "1e-300", "c", "0.1", "d"},
                 {"SELECT", "7"},
                 {"SET", "elsewhere", "v"},
                 {"SELECT", "0"}});
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    run_all(link, {{"RPUSH", "long list", n + std::string(40, 'l')},
                   {"SADD", "table", "m" + n},
                   {"SADD", "large intset", n},
                   {"HSET", "big hash", n, std::string(70, 'h')},
                   {"ZADD", "tree", n + ".25", "m" + n}});
  }
  run_all(link, {{"PEXPIREAT", "big hash", "4102444800456"}, {"PEXPIREAT", "list", "4102444800789"}});
}

}  // namespace redoubt
