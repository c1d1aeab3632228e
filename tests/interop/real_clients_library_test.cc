// Client libraries that nobody here wrote: hiredis from C++, and python3-redis through a script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hiredis.h>

#include <memory>

#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::StartsWith;

struct ContextFree {
  void operator()(redisContext* context) const { redisFree(context); }
};
struct ReplyFree {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Context = std::unique_ptr<redisContext, ContextFree>;
using Reply = std::unique_ptr<redisReply, ReplyFree>;

class Hiredis : public testing::Test {
 protected:
  void SetUp() override {
    context_.reset(redisConnect("127.0.0.1", server_.port()));
    ASSERT_NE(context_, nullptr);
    ASSERT_EQ(context_->err, 0) << context_->errstr;
  }
  template <typename... Args>
  Reply run(const char* format, Args... args) {
    Reply reply(static_cast<redisReply*>(redisCommand(context_.get(), format, args...)));
    EXPECT_NE(reply, nullptr) << context_->errstr;
    return reply;
  }
  Reply next() {
    void* reply = nullptr;
    EXPECT_EQ(redisGetReply(context_.get(), &reply), REDIS_OK) << context_->errstr;
    return Reply(static_cast<redisReply*>(reply));
  }
  ServerRun server_;
  Context context_;
};

TEST_F(Hiredis, CallsAndReplies) {
  Reply reply = run("SET %s %b", "key", "a\0b", size_t{3});
  EXPECT_EQ(reply->type, REDIS_REPLY_STATUS);
  EXPECT_STREQ(reply->str, "OK");
  reply = run("GET %s", "key");
  EXPECT_EQ(reply->type, REDIS_REPLY_STRING);
  EXPECT_EQ(std::string(reply->str, static_cast<size_t>(reply->len)), std::string("a\0b", 3));
  EXPECT_EQ(run("GET none")->type, REDIS_REPLY_NIL);
  reply = run("INCRBY n %d", 42);
  EXPECT_EQ(reply->type, REDIS_REPLY_INTEGER);
  EXPECT_EQ(reply->integer, 42);
  reply = run("MGET key n none");
  ASSERT_EQ(reply->type, REDIS_REPLY_ARRAY);
  ASSERT_EQ(reply->elements, 3u);
  EXPECT_EQ(reply->element[2]->type, REDIS_REPLY_NIL);
  reply = run("INCR key");
  EXPECT_EQ(reply->type, REDIS_REPLY_ERROR);
  EXPECT_THAT(reply->str, StartsWith("ERR value is not an integer"));
}

TEST_F(Hiredis, PipelinesOfAnyDepth) {
  constexpr int count = 20000;
  for (int i = 0; i < count; ++i) ASSERT_EQ(redisAppendCommand(context_.get(), "INCR counter"), REDIS_OK);
  for (int i = 1; i <= count; ++i) {
    const Reply reply = next();
    ASSERT_NE(reply, nullptr);
    ASSERT_EQ(reply->integer, i);
  }
}

TEST_F(Hiredis, ArgumentsByVector) {
  const char* words[] = {"SET", "", "x"};
  const size_t sizes[] = {3, 0, 1};
  Reply reply(static_cast<redisReply*>(redisCommandArgv(context_.get(), 3, words, sizes)));
  ASSERT_NE(reply, nullptr);
  EXPECT_STREQ(reply->str, "OK");
  EXPECT_EQ(run("STRLEN %b", "", size_t{0})->integer, 1);
}

TEST(RealClients, Python3Redis) {
  ServerRun server;
  ProcessRun script({"/usr/bin/python3", std::string(REDOUBT_SOURCE_DIR) + "/tests/interop/real_clients_python.py",
                     std::to_string(server.port())});
  EXPECT_EQ(script.wait_for_exit(std::chrono::seconds(120)), 0) << script.out() << script.err();
  EXPECT_THAT(script.err(), testing::HasSubstr("\nOK")) << "no test ran";
  EXPECT_TRUE(server.stop());
}

}  // namespace
}  // namespace redoubt
