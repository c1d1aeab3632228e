// The model against a server that is a map: what it expects is what such a server replies; and what it does after a fault.
#include "benchmark/verify/verify_keys.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>

#include "benchmark/verify/verify_check.h"

namespace redoubt {
namespace {

// Does what a server does, by the words of the requests.
class PlainServer {
 public:
  Reply run(const std::vector<std::string>& words) {
    const std::string& command = words[0];
    const std::string& key = words[1];
    if (command == "DEL")
      return integer(static_cast<int64_t>(texts_.erase(key) + sets_.erase(key) + lists_.erase(key)));
    if (command == "EXISTS") return integer(texts_.contains(key) || sets_.contains(key) || lists_.contains(key));
    if (command.starts_with("S") && command != "SET" && command != "STRLEN") return run_set(words);
    if (command.starts_with("L") || command.starts_with("R")) return run_list(words);
    return run_text(words);
  }

 private:
  static Reply integer(int64_t number) {
    Reply reply;
    reply.kind = ReplyKind::integer;
    reply.integer = number;
    return reply;
  }
  static Reply text(const std::string& bytes) {
    Reply reply;
    reply.kind = ReplyKind::bulk;
    reply.text = bytes;
    return reply;
  }
  Reply run_text(const std::vector<std::string>& words) {
    const std::string& command = words[0];
    const auto found = texts_.find(words[1]);
    const Reply before = found == texts_.end() ? Reply() : text(found->second);
    if (command == "GET") return before;
    if (command == "STRLEN") return integer(static_cast<int64_t>(before.text.size()));
    if (command == "SET" || command == "GETSET") {
      texts_[words[1]] = words[2];
      if (command == "GETSET") return before;
      Reply ok;
      ok.kind = ReplyKind::simple;
      ok.text = "OK";
      return ok;
    }
    int64_t counter = before.is_nil() ? 0 : std::stoll(before.text);
    counter += command == "INCR" ? 1 : command == "DECR" ? -1 : std::stoll(words[2]);
    texts_[words[1]] = std::to_string(counter);
    return integer(counter);
  }
  Reply run_set(const std::vector<std::string>& words) {
    const std::string& command = words[0];
    std::set<std::string>& set = sets_[words[1]];
    Reply reply;
    if (command == "SADD") {
      reply = integer(set.insert(words[2]).second);
    } else if (command == "SREM") {
      reply = integer(static_cast<int64_t>(set.erase(words[2])));
    } else if (command == "SISMEMBER") {
      reply = integer(set.contains(words[2]));
    } else if (command == "SCARD") {
      reply = integer(static_cast<int64_t>(set.size()));
    } else {
      reply.kind = ReplyKind::set;
      for (const std::string& member : set) reply.items.push_back(text(member));
    }
    if (set.empty()) sets_.erase(words[1]);
    return reply;
  }
  Reply run_list(const std::vector<std::string>& words) {
    const std::string& command = words[0];
    std::deque<std::string>& list = lists_[words[1]];
    const auto size = static_cast<int64_t>(list.size());
    Reply reply;
    if (command == "LPUSH" || command == "RPUSH") {
      list.insert(command == "LPUSH" ? list.begin() : list.end(), words[2]);
      reply = integer(size + 1);
    } else if (command == "LLEN") {
      reply = integer(size);
    } else if (command == "LRANGE") {
      reply.kind = ReplyKind::array;
      const int64_t last = std::stoll(words[3]);
      for (int64_t at = std::stoll(words[2]); at < size && at <= (last < 0 ? size + last : last); ++at) {
        reply.items.push_back(text(list[static_cast<size_t>(at)]));
      }
    } else {
      int64_t index = command == "LPOP" ? 0 : command == "RPOP" ? -1 : std::stoll(words[2]);
      if (index < 0) index += size;
      if (index >= 0 && index < size) {
        reply = text(list[static_cast<size_t>(index)]);
        if (command != "LINDEX") list.erase(list.begin() + index);
      }
    }
    if (list.empty()) lists_.erase(words[1]);
    return reply;
  }

  std::map<std::string, std::string> texts_;
  std::map<std::string, std::set<std::string>> sets_;
  std::map<std::string, std::deque<std::string>> lists_;
};

class VerifyModel : public testing::Test {
 protected:
  static constexpr uint64_t owners = 3;

  // Sends some steps of each owner at once, as connections do, and then takes all replies.
  void exchange(size_t steps_at_once) {
    std::vector<std::pair<VerifyStep, Reply>> under_way;
    for (uint64_t owner = 0; owner < owners; ++owner) {
      for (size_t count = 0; count < steps_at_once; ++count) {
        const VerifyStep step = keys_.next(owner, random_);
        ++sent_[step.foreign ? "foreign" : words_of(values_, step)[0]];
        under_way.emplace_back(step, server_.run(words_of(values_, step)));
      }
    }
    for (const auto& [step, reply] : under_way) take(step, reply);
  }
  void take(const VerifyStep& step, const Reply& reply) {
    if (!keys_.is_trusted(step)) return;
    const auto fault = find_fault(values_, step, reply, keys_.newest(step.number));
    keys_.answered(step, !fault);
    if (fault) faults_.push_back(request_text(values_, step) + ": " + std::string(name_of(*fault)));
  }
  void read_all() {
    for (uint64_t owner = 0; owner < owners; ++owner) {
      uint64_t position = 0;
      while (const auto step = keys_.next_to_read(owner, position)) {
        ++read_;
        take(*step, server_.run(words_of(values_, *step)));
      }
    }
  }

  VerifyValues values_{"run", 10, *ValueChoice::parse_sizes("26-60", 100), 1};
  VerifyKeys keys_{values_, KeyChoice(10), owners};
  PlainServer server_;
  Random random_{1};
  std::map<std::string, int> sent_;
  std::vector<std::string> faults_;
  int read_ = 0;
};

TEST_F(VerifyModel, ExpectsWhatAServerRepliesWhateverIsUnderWay) {
  for (const size_t steps_at_once : {1, 7, 100}) {
    for (int round = 0; round < 300; ++round) exchange(steps_at_once);
    EXPECT_EQ(faults_, std::vector<std::string>()) << steps_at_once;
  }
  for (const char* const command : {"foreign", "SET",  "GETSET", "GET",  "STRLEN",    "EXISTS", "DEL",      "INCR",
                                    "INCRBY",  "DECR", "SADD",   "SREM", "SISMEMBER", "SCARD",  "SMEMBERS", "LPUSH",
                                    "RPUSH",   "LPOP", "RPOP",   "LLEN", "LINDEX",    "LRANGE"}) {
    EXPECT_GT(sent_[command], 100) << command;
  }
  read_all();
  EXPECT_EQ(faults_, std::vector<std::string>());
  EXPECT_EQ(read_, 40);
}

TEST_F(VerifyModel, ALostWriteIsFoundOnceAndTheKeyBeginsAnew) {
  for (int round = 0; round < 100; ++round) exchange(10);
  for (const auto family : {VerifyFamily::string, VerifyFamily::counter, VerifyFamily::set, VerifyFamily::list}) {
    server_.run({"DEL", values_.key(family, 4)});
    const size_t faults_before = faults_.size();
    for (int round = 0; round < 200; ++round) exchange(10);
    // The string may be set before its owner looks; others read it meanwhile, and each may find that it is not there.
    if (family != VerifyFamily::string) {
      EXPECT_EQ(faults_.size(), faults_before + 1) << values_.key(family, 4);
    }
    for (size_t index = faults_before; index < faults_.size(); ++index) {
      EXPECT_NE(faults_[index].find(values_.key(family, 4)), std::string::npos) << faults_[index];
    }
  }
  faults_.clear();
  for (int round = 0; round < 100; ++round) exchange(10);
  read_all();
  EXPECT_EQ(faults_, std::vector<std::string>());
}

TEST_F(VerifyModel, WhatIsReadAtTheEndFindsWhatWasLostSinceTheLastRequest) {
  for (int round = 0; round < 100; ++round) exchange(10);
  server_.run({"DEL", values_.key(VerifyFamily::counter, 4)});
  read_all();
  EXPECT_EQ(faults_, std::vector<std::string>{"GET " + values_.key(VerifyFamily::counter, 4) + ": wrong"});
}

TEST_F(VerifyModel, AnOwnerWithoutKeysReadsThoseOfOthers) {
  VerifyKeys keys(values_, KeyChoice(10), 50);
  for (int count = 0; count < 100; ++count) EXPECT_TRUE(keys.next(10, random_).foreign);
  uint64_t position = 0;
  EXPECT_EQ(keys.next_to_read(10, position), std::nullopt);
}

TEST_F(VerifyModel, OnlyOwnersWrite) {
  for (int count = 0; count < 1000; ++count) {
    const VerifyStep step = keys_.next(1, random_);
    EXPECT_TRUE(step.foreign || step.number % owners == 1) << step.number;
    EXPECT_LT(step.number, 10u);
  }
}

TEST_F(VerifyModel, WhatMayBeThereIsKnownForItsRemoval) {
  EXPECT_FALSE(keys_.is_written(VerifyFamily::set, 4));
  for (int round = 0; round < 100; ++round) exchange(10);
  for (uint64_t number = 0; number < 10; ++number) EXPECT_TRUE(keys_.is_written(VerifyFamily::set, number));
}

}  // namespace
}  // namespace redoubt
