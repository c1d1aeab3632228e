#include "common/net/server_uri.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redoubt {
namespace {

TEST(ServerUri, NamesAServerAndAsWhomToSpeakToIt) {
  const struct {
    const char* text;
    const char* endpoint;
    const char* user;
    const char* password;
    int db;
  } cases[] = {
      {"redis://", "127.0.0.1:6379", "", "", 0},
      {"redis://example", "example:6379", "", "", 0},
      {"redis://example:7000/", "example:7000", "", "", 0},
      {"redis://[::1]:7000/5", "::1:7000", "", "", 5},
      {"redis://u:p%40w@h/2", "h:6379", "u", "p@w", 2},
      {"redis://:secret@h", "h:6379", "", "secret", 0},
      {"redis://secret@h", "h:6379", "", "secret", 0},
      {"unix:///run/redis.sock", "/run/redis.sock", "", "", 0},
      {"unix://u:p@/run/a%20b?db=3", "/run/a b", "u", "p", 3},
  };
  for (const auto& row : cases) {
    const auto uri = parse_server_uri(row.text);
    ASSERT_TRUE(uri) << row.text << ": " << uri.error().text;
    EXPECT_EQ(uri->endpoint.text(), row.endpoint);
    EXPECT_EQ(uri->user, row.user) << row.text;
    EXPECT_EQ(uri->password, row.password) << row.text;
    EXPECT_EQ(uri->db, row.db) << row.text;
  }
}

TEST(ServerUri, WhatNamesNoServerIsRefused) {
  for (const char* const text : {"", "localhost", "http://h", "redis://h:0", "redis://h:99999", "redis://h/x",
                                 "redis://h/-1", "redis://h/99999999999", "redis://h/1?db=2", "redis://h#1", "unix://",
                                 "unix:///", "unix://h/p", "unix:///p?db=x", "unix:///p?x=1", "redis://h/%zz"}) {
    const auto uri = parse_server_uri(text);
    ASSERT_FALSE(uri) << text;
    EXPECT_THAT(uri.error().text, testing::StartsWith("'" + std::string(text) + "' is no address of a server: "));
  }
  EXPECT_EQ(parse_server_uri("rediss://h").error().text, "'rediss://h' asks for TLS, which is not there");
}

}  // namespace
}  // namespace redoubt
