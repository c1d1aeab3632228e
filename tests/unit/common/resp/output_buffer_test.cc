#include "common/resp/output_buffer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/random.h"

namespace redoubt {
namespace {

std::string content(const OutputBuffer& buffer) {
  std::vector<iovec> pieces(buffer.blocks() + 1);
  const size_t count = buffer.pieces(pieces.data(), pieces.size());
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    EXPECT_GT(pieces[i].iov_len, 0u);
    text.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  return text;
}

std::string some_bytes(Random& random, size_t size) {
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>('a' + random.below(26));
  return text;
}

// Mostly short, now and then longer than a block, or than several.
size_t some_size(Random& random) {
  switch (random.below(8)) {
    case 0: return random.below(60'000);
    case 1: return random.below(20'000);
    case 2: return 0;
    default: return random.below(200);
  }
}

TEST(OutputBuffer, AnEmptyOneHoldsNoMemory) {
  BlockPool pool;
  OutputBuffer buffer(pool);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.memory(), 0u);
  buffer.append("");
  EXPECT_EQ(buffer.memory(), 0u);
  iovec piece;
  EXPECT_EQ(buffer.pieces(&piece, 1), 0u);
  buffer.consume(0);
  buffer.append("x");
  EXPECT_EQ(buffer.memory(), OutputBuffer::block_size);
  buffer.append({});
  EXPECT_EQ(buffer.size(), 1u);
  buffer.consume(1);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.memory(), 0u);
  EXPECT_EQ(buffer.blocks(), 0u);
}

TEST(OutputBuffer, BlocksComeBackFromThePool) {
  BlockPool pool;
  OutputBuffer buffer(pool);
  buffer.append("x");
  iovec first;
  buffer.pieces(&first, 1);
  buffer.clear();
  buffer.append("y");
  iovec second;
  buffer.pieces(&second, 1);
  EXPECT_EQ(first.iov_base, second.iov_base);
}

TEST(OutputBuffer, GivesNoMorePiecesThanAskedFor) {
  BlockPool pool;
  OutputBuffer buffer(pool);
  for (int i = 0; i < 10; ++i) buffer.append(std::string(OutputBuffer::block_size, 'x'));
  iovec pieces[3];
  ASSERT_GT(buffer.blocks(), 3u);
  EXPECT_EQ(buffer.pieces(pieces, 3), 3u);
}

TEST(OutputBuffer, ALargeReservationGetsABlockOfItsOwn) {
  BlockPool pool;
  OutputBuffer buffer(pool);
  buffer.append("head");
  char* at = buffer.reserve(1'000'000);
  std::fill(at, at + 1'000'000, 'v');
  buffer.commit(999'999);
  buffer.append("tail");
  EXPECT_EQ(content(buffer), "head" + std::string(999'999, 'v') + "tail");
  EXPECT_GE(buffer.memory(), 1'000'000u);
  EXPECT_LT(buffer.memory(), 1'400'000u);
}

// Random operations beside a plain string.
TEST(OutputBuffer, BehavesAsAStringThatIsTakenFromTheFront) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    BlockPool pool;
    OutputBuffer buffer(pool);
    std::string model;
    for (int step = 0; step < 400; ++step) {
      switch (random.below(6)) {
        case 0: {
          const size_t size = std::min(model.size(), some_size(random));
          buffer.consume(size);
          model.erase(0, size);
          break;
        }
        case 1: {
          const std::string bytes = some_bytes(random, 1 + some_size(random));
          const size_t used = random.below(bytes.size() + 1);
          memcpy(buffer.reserve(bytes.size()), bytes.data(), bytes.size());
          buffer.commit(used);
          model.append(bytes, 0, used);
          break;
        }
        case 2: {
          const OutputBuffer::Mark mark = buffer.mark();
          for (uint64_t i = random.below(4); i > 0; --i) buffer.append(some_bytes(random, some_size(random)));
          buffer.rollback(mark);
          break;
        }
        case 3:
          if (random.below(20) == 0) {
            buffer.clear();
            model.clear();
          }
          break;
        default: {
          const std::string bytes = some_bytes(random, some_size(random));
          buffer.append(bytes);
          model += bytes;
        }
      }
      ASSERT_EQ(buffer.size(), model.size());
      ASSERT_EQ(buffer.empty(), model.empty());
      if (step % 10 == 0) {
        ASSERT_EQ(content(buffer), model);
      }
    }
    ASSERT_EQ(content(buffer), model);
    buffer.clear();
    ASSERT_EQ(buffer.memory(), 0u);
  }
}

// An array of random depth whose counts are filled in at the end, and sometimes thrown away as a whole.
void write_nested(Random& random, OutputBuffer& buffer, std::string& model, int depth) {
  const OutputBuffer::Mark before = buffer.mark();
  const size_t model_before = model.size();
  const OutputBuffer::Mark gap = buffer.open_gap();
  std::string inside;
  for (uint64_t i = random.below(4); i > 0; --i) {
    if (depth > 0 && random.below(2) == 0) {
      write_nested(random, buffer, inside, depth - 1);
    } else {
      const std::string bytes = some_bytes(random, some_size(random));
      buffer.append(bytes);
      inside += bytes;
    }
  }
  const std::string count = some_bytes(random, random.below(33));
  buffer.fill_gap(gap, count);
  model += count + inside;
  if (random.below(6) == 0) {
    buffer.rollback(before);
    model.resize(model_before);
  }
}

TEST(OutputBuffer, GapsAreFilledLaterAndNest) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    BlockPool pool;
    OutputBuffer buffer(pool);
    std::string model;
    for (int round = 0; round < 5; ++round) {
      const std::string bytes = some_bytes(random, some_size(random));
      buffer.append(bytes);
      model += bytes;
      write_nested(random, buffer, model, 4);
      ASSERT_EQ(buffer.size(), model.size()) << seed;
      ASSERT_EQ(content(buffer), model) << seed;
      const size_t taken = random.below(model.size() + 1);
      buffer.consume(taken);
      model.erase(0, taken);
      ASSERT_EQ(content(buffer), model) << seed;
    }
  }
}

TEST(OutputBuffer, WhatFollowsAGapJoinsItsBlockWhenShort) {
  BlockPool pool;
  OutputBuffer buffer(pool);
  buffer.append("before ");
  const auto outer = buffer.open_gap();
  const auto inner = buffer.open_gap();
  buffer.append(" values");
  buffer.fill_gap(inner, "*7");
  buffer.fill_gap(outer, "*1 ");
  EXPECT_EQ(content(buffer), "before *1 *7 values");
  EXPECT_EQ(buffer.blocks(), 1u);
  buffer.append("!");
  EXPECT_EQ(content(buffer), "before *1 *7 values!");
}

TEST(OutputBuffer, AGapAtTheEndOfABlockHasItsRoomToo) {
  BlockPool pool;
  for (size_t room = 0; room <= 40; ++room) {
    OutputBuffer buffer(pool);
    std::string model(OutputBuffer::block_size - sizeof(OutputBuffer::Block) - room, 'x');
    buffer.append(model);
    const auto gap = buffer.open_gap();
    buffer.append("rest");
    buffer.fill_gap(gap, std::string(32, 'g'));
    EXPECT_EQ(content(buffer), model + std::string(32, 'g') + "rest") << room;
  }
}

}  // namespace
}  // namespace redoubt
