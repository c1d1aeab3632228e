// Saving and loading by the real program: rules, signals, kill -9, files and directories that are no good.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "tests/support/server_run.h"

namespace redoubt {
namespace {

namespace fs = std::filesystem;

// One directory in which servers run one after the other.
class SaveTest : public testing::Test {
 protected:
  std::vector<std::string> here(std::vector<std::string> words) {
    words.insert(words.end(), {"--dir", directory_.path()});
    return words;
  }
  bool saved() const { return fs::exists(directory_.path() + "/dump.rdb"); }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_.path())) names.push_back(entry.path().filename());
    return names;
  }
  static std::string get(const std::vector<std::string>& words, const std::string& key) {
    ServerRun server(words);
    Link link(server.port());
    return link.run({"GET", key}).text;
  }

  TemporaryDirectory directory_;
};

TEST_F(SaveTest, ByRule) {
  ServerRun server(here({"--save", "2", "5"}));
  Link link(server.port());
  for (int i = 0; i < 4; ++i) link.run({"INCR", "n"});
  std::this_thread::sleep_for(std::chrono::milliseconds(3500));
  EXPECT_FALSE(saved()) << "four changes are not five";
  link.run({"INCR", "n"});
  EXPECT_TRUE(server.process().wait_for_out("5 changes in 2 seconds. Saving..."));
  EXPECT_TRUE(server.process().wait_for_out("Background saving terminated with success"));
  EXPECT_TRUE(saved());
  EXPECT_EQ(info_number(link, "rdb_changes_since_last_save"), 0);
  server.process().signal(SIGKILL);
  server.process().wait_for_exit();
  EXPECT_EQ(get(here({"--save", ""}), "n"), "5");
}

TEST_F(SaveTest, SigtermSavesWhereRulesAre) {
  {
    ServerRun server(here({"--save", ""}));
    Link(server.port()).run({"SET", "a", "1"});
    EXPECT_TRUE(server.stop());
    EXPECT_FALSE(saved());
  }
  {
    ServerRun server(here({"--save", "3600", "100"}));
    Link(server.port()).run({"SET", "a", "2"});
    EXPECT_TRUE(server.stop());
    EXPECT_NE(server.process().out().find("Saving the final RDB snapshot before exiting."), std::string::npos);
    EXPECT_NE(server.process().out().find("DB saved on disk"), std::string::npos);
  }
  EXPECT_EQ(files(), std::vector<std::string>{"dump.rdb"});
  ServerRun server(here({}));
  EXPECT_NE(server.process().out().find("Done loading RDB, keys loaded: 1, keys expired: 0."), std::string::npos);
  EXPECT_NE(server.process().out().find("DB loaded from disk: 0."), std::string::npos);
  EXPECT_EQ(Link(server.port()).run({"GET", "a"}).text, "2");
}

struct Shutdown {
  std::vector<std::string> words;
  const char* rules;
  bool saves;
};

TEST_F(SaveTest, ShutdownSavesOrNotAsItIsTold) {
  const Shutdown cases[] = {{{"SHUTDOWN"}, "", false},
                            {{"SHUTDOWN", "SAVE"}, "", true},
                            {{"SHUTDOWN"}, "3600 1", true},
                            {{"SHUTDOWN", "NOSAVE"}, "3600 1", false}};
  for (const Shutdown& c : cases) {
    fs::remove(directory_.path() + "/dump.rdb");
    ServerRun server(here({"--save", c.rules}));
    Link link(server.port());
    link.run({"SET", "a", "1"});
    link.send_only(c.words);
    EXPECT_EQ(server.process().wait_for_exit(), 0);
    EXPECT_EQ(saved(), c.saves) << c.words.back() << " with rules '" << c.rules << "'";
  }
}

TEST_F(SaveTest, BgsaveDuringBgsaveAndEndDuringIt) {
  ServerRun server(here({"--save", "", "--rdb-key-save-delay", "1000000"}));
  Link link(server.port());
  for (int i = 0; i < 20; ++i) link.run({"SET", "k" + std::to_string(i), "v"});
  EXPECT_EQ(link.run({"BGSAVE"}).text, "Background saving started");
  EXPECT_EQ(link.run({"BGSAVE"}).text, "ERR Background save already in progress");
  EXPECT_EQ(link.run({"SAVE"}).text, "ERR Background save already in progress");
  EXPECT_EQ(info_field(link, "rdb_bgsave_in_progress"), "1");
  link.run({"SET", "k3", "w"});
  // The delay stops nobody but the save.
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(link.run({"GET", "k3"}).text, "w");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(900));
  EXPECT_TRUE(server.stop());
  EXPECT_NE(server.process().out().find("There is a child saving an .rdb. Killing it!"), std::string::npos);
  EXPECT_TRUE(files().empty()) << "nothing temporary is left";
}

TEST_F(SaveTest, KilledAfterASaveItHasWhatWasSaved) {
  {
    ServerRun server(here({}));
    Link link(server.port());
    link.run({"SET", "a", "saved"});
    EXPECT_EQ(link.run({"SAVE"}).text, "OK");
    link.run({"SET", "a", "lost"});
    server.process().signal(SIGKILL);
    server.process().wait_for_exit();
  }
  EXPECT_EQ(get(here({}), "a"), "saved");
}

TEST_F(SaveTest, AFileThatIsDamagedStopsTheStart) {
  {
    ServerRun server(here({}));
    Link link(server.port());
    link.run({"SET", "key", "value"});
    link.run({"SAVE"});
    server.process().signal(SIGKILL);
    server.process().wait_for_exit();
  }
  const std::string path = directory_.path() + "/dump.rdb";
  std::string bytes = read_file(path);
  bytes[bytes.size() - 12] = static_cast<char>(bytes[bytes.size() - 12] ^ 0x20);
  write_file(path, bytes);
  ProcessRun process({server_program(), "--port", std::to_string(free_loopback_port()), "--bind", "127.0.0.1", "--dir",
                      directory_.path()});
  EXPECT_EQ(process.wait_for_exit(), 1);
  EXPECT_NE(process.out().find("CRC error"), std::string::npos) << process.out();
  EXPECT_NE(process.out().find("Internal error in RDB"), std::string::npos);
  EXPECT_NE(process.out().find("Terminating server after rdb file reading failure."), std::string::npos);
  EXPECT_EQ(process.out().find("Ready to accept"), std::string::npos);
  EXPECT_EQ(read_file(path), bytes) << "it did not save over it";
}

TEST_F(SaveTest, ADirectoryThatCannotBeWrittenStopsWritesAndTheEnd) {
  // Not even root can make files there.
  ServerRun server({"--save", "3600", "1", "--dir", "/proc"});
  Link link(server.port());
  link.run({"SET", "a", "1"});
  EXPECT_EQ(link.run({"SAVE"}).text, "ERR");
  EXPECT_EQ(link.run({"BGSAVE"}).text, "Background saving started");
  EXPECT_TRUE(server.process().wait_for_out("Background saving error"));
  EXPECT_TRUE(link.run({"SET", "a", "2"}).text.starts_with("MISCONF Redis is configured to save RDB snapshots"));
  EXPECT_EQ(link.run({"SHUTDOWN"}).text, "ERR Errors trying to SHUTDOWN. Check logs.");
  EXPECT_TRUE(server.process().wait_for_out("Error trying to save the DB, can't exit"));
  EXPECT_TRUE(server.process().wait_for_out("Errors trying to shut down"));
  EXPECT_EQ(link.run({"GET", "a"}).text, "1");
  link.send_only({"SHUTDOWN", "FORCE"});
  EXPECT_EQ(server.process().wait_for_exit(), 0);
}

TEST_F(SaveTest, ClientsAreToldWhileItLoads) {
  {
    ServerRun server(here({"--enable-debug-command", "yes"}));
    Link link(server.port());
    link.run({"DEBUG", "POPULATE", "3000"});
    link.run({"SAVE"});
    server.process().signal(SIGKILL);
    server.process().wait_for_exit();
  }
  const int port = free_loopback_port();
  ProcessRun process({server_program(), "--port", std::to_string(port), "--bind", "127.0.0.1", "--dir",
                      directory_.path(), "--key-load-delay", "500"});
  ASSERT_TRUE(process.wait_for_out("Loading RDB produced by version"));
  Link link(port);
  EXPECT_EQ(link.run({"GET", "key:1"}).text, "LOADING Redis is loading the dataset in memory");
  EXPECT_EQ(info_field(link, "loading"), "1");
  EXPECT_EQ(process.out().find("Ready to accept"), std::string::npos);
  EXPECT_TRUE(process.wait_for_out("Ready to accept connections"));
  EXPECT_EQ(link.run({"GET", "key:1"}).text, "value:1");
  EXPECT_EQ(link.run({"DBSIZE"}).integer, 3000);
}

}  // namespace
}  // namespace redoubt
