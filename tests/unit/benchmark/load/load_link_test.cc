#include "benchmark/load/load_link.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace redoubt {
namespace {

// Notes what it is told, and ends the loop when there is no more to come.
class Noting final : public LoadLink::Owner, public TickHandler {
 public:
  explicit Noting(EventLoop& loop) : loop_(loop) {}
  void link_made() override { told += "made "; }
  void link_received(std::string_view bytes) override { told.append(bytes) += ' '; }
  void link_failed(std::string_view why) override {
    told += why;
    loop_.stop();
  }
  void on_tick_start(int64_t) override {}
  void on_tick_end() override {}
  void on_tick_over(int64_t) override {}
  std::string told;

 private:
  EventLoop& loop_;
};

TEST(LoadLink, AnEndThatComesTogetherWithTheLastBytesIsSeen) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ServerAddress address;
  address.size = sizeof name;
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address.bytes), &address.size), 0);

  EventLoop loop;
  Noting owner(loop);
  std::vector<char> input(LoadLink::input_size);
  LoadLink link(loop, input, owner);
  link.open(address);
  const int peer = accept(listener, nullptr, nullptr);
  ASSERT_EQ(send(peer, "bytes", 5, 0), 5);
  close(peer);
  close(listener);

  constexpr int64_t patience_ms = 5000;
  loop.every(patience_ms, [&loop] {
    loop.stop();
    return patience_ms;
  });
  loop.run(owner);
  EXPECT_EQ(owner.told, "made bytes Server closed the connection");
}

}  // namespace
}  // namespace redoubt
