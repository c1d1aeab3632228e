// maxmemory-clients: who goes, who stays, and when it is looked at.
#include "server/dispatch/client_eviction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "server/stats/memory_report.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

constexpr size_t mebibyte = size_t{1} << 20;

class ClientEviction : public CommandTest {
 protected:
  ClientEviction()
      : log_(LogOptions{.file = path_}), evictor_(server.clients(), server.config(), server.stats(), log_) {}
  ~ClientEviction() override { ::unlink(path_.c_str()); }

  TestClient& connect(size_t input) {
    TestClient& client = server.connect();
    client.client().input_capacity = input;
    return client;
  }
  void limit(const char* value) { ASSERT_EQ(run("CONFIG", "SET", "maxmemory-clients", value), "OK"); }
  static bool goes(TestClient& client) { return client.client().is(ClientFlag::close_now); }
  std::string logged() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }

  std::string path_ = testing::TempDir() + "client_eviction_" + std::to_string(::getpid()) + ".log";
  Log log_;
  ClientEvictor evictor_;
};

TEST_F(ClientEviction, TakesTheBiggestUntilTheRestFits) {
  TestClient& small = connect(mebibyte);
  TestClient& biggest = connect(4 * mebibyte);
  TestClient& big = connect(3 * mebibyte);
  EXPECT_EQ(evictor_.evict(), 0u);  // no limit
  limit("10mb");
  EXPECT_EQ(evictor_.evict(), 0u);
  limit("5mb");
  EXPECT_EQ(evictor_.evict(), 1u);
  EXPECT_TRUE(goes(biggest));
  EXPECT_FALSE(goes(big) || goes(small));
  EXPECT_EQ(evictor_.evict(), 0u);  // what goes does not count any more
  limit("1kb");                     // taken for 128 KiB
  EXPECT_EQ(evictor_.evict(), 2u);
  EXPECT_FALSE(goes(server.client()));
  EXPECT_EQ(server.stats().evicted_clients, 3u);
  EXPECT_EQ(server.clients().take_closes().size(), 3u);
  EXPECT_THAT(logged(), testing::HasSubstr("* Evicting client: id=3 addr=127.0.0.1:50003 "));
}

TEST_F(ClientEviction, CountsOutputParserAndNames) {
  TestClient& client = server.connect();
  const size_t before = client_memory(client.client());
  client.client().out.append(std::string(mebibyte, 'x'));
  client.client().parser_memory = mebibyte;
  client.client().name = std::string(mebibyte, 'n');
  EXPECT_GE(client_memory(client.client()), before + 3 * mebibyte);
  limit("3mb");
  EXPECT_EQ(evictor_.evict(), 1u);
  EXPECT_TRUE(goes(client));
}

TEST_F(ClientEviction, SparesThoseThatAskedForItAndReplicas) {
  TestClient& spared = connect(4 * mebibyte);
  EXPECT_EQ(spared.run("CLIENT", "NO-EVICT", "ON"), "OK");
  TestClient& replica = connect(4 * mebibyte);
  replica.client().set(ClientFlag::replica);
  limit("5mb");
  EXPECT_EQ(evictor_.evict(), 0u);  // the replica does not count
  limit("3mb");
  TestClient& small = connect(mebibyte);
  EXPECT_EQ(evictor_.evict(), 2u);  // the spared one does: all others go, in vain
  EXPECT_TRUE(goes(small) && goes(server.client()));
  EXPECT_FALSE(goes(spared) || goes(replica));
  EXPECT_EQ(evictor_.evict(), 0u);
  const std::string warning = "# Over client maxmemory after evicting all evictable clients";
  EXPECT_THAT(logged(), testing::HasSubstr(warning));
  EXPECT_EQ(logged().find(warning), logged().rfind(warning));
  EXPECT_EQ(spared.run("CLIENT", "NO-EVICT", "OFF"), "OK");
  EXPECT_EQ(evictor_.evict(), 1u);
}

TEST_F(ClientEviction, FollowsAPercentageOfMaxmemory) {
  TestClient& big = connect(4 * mebibyte);
  limit("5%");
  EXPECT_EQ(evictor_.evict(), 0u);  // of no limit
  ASSERT_EQ(run("CONFIG", "SET", "maxmemory", "40mb"), "OK");
  EXPECT_EQ(evictor_.evict(), 1u);
  EXPECT_TRUE(goes(big));
}

TEST_F(ClientEviction, LooksEveryTenMilliseconds) {
  limit("2mb");
  evictor_.tick(1000000);
  TestClient& big = connect(4 * mebibyte);
  evictor_.tick(1009999);
  EXPECT_FALSE(goes(big));
  evictor_.tick(1010000);
  EXPECT_TRUE(goes(big));
}

TEST_F(ClientEviction, LooksLessOftenAtThousandsOfClients) {
  limit("100mb");
  for (int i = 0; i < 9999; ++i) server.connect();
  evictor_.tick(1000000);
  TestClient& big = connect(200 * mebibyte);
  evictor_.tick(1049999);
  EXPECT_FALSE(goes(big));
  evictor_.tick(1050000);
  EXPECT_TRUE(goes(big));
}

}  // namespace
}  // namespace redoubt
