// redoubt-check-aof beside Debian's redis-check-aof, on files damaged in every way, and both servers on what a repair leaves.
//
// Where ours says otherwise on purpose, because a server would not load the file, or would lose data by the cut:
// - numbers with a sign, blanks before them, and commands without arguments are damage (a server refuses the last and writes none)
// - an annotation that has no end of line, or has more than 1024 bytes, is cut: the next command appended would be part of it
// - DISCARD ends a transaction, as in a server; MULTI with arguments begins none
// - a manifest is known by its name or its first line; an argument that begins a line with "file" makes none, and an empty
//   manifest is damaged
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>

#include "common/base/random.h"
#include "tests/support/check_aof_run.h"
#include "tests/support/program.h"
#include "tests/support/server_run.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

using Words = std::vector<std::string>;

const char* const oracle = "/usr/bin/redis-check-aof";

// Of the lines that both programs print. What stands in a C buffer behind the text is chance.
std::string verdicts(const std::string& out) {
  std::string lines = verdict_lines(out);
  constexpr std::string_view chance = "Expected \\r\\n, got: 00";
  const size_t got = lines.find(chance);
  if (got != std::string::npos) lines.erase(got + chance.size(), lines.find('\n', got) - got - chance.size());
  return lines;
}

struct Verdict {
  int status;
  std::string lines;
  std::string out;
};

class CheckAofInterop : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }

  Verdict redis(const std::string& argument) {
    ProcessRun process({oracle, argument});
    const int status = process.wait_for_exit();
    return {status, verdicts(process.out()), process.out()};
  }
  static Verdict ours(const std::string& argument) {
    const CheckAofRun run = run_check_aof(real_file_system(), {argument});
    return {run.status, verdicts(run.out), run.out};
  }
  // Both on the same files; what they are called is in messages only. One shell asks Redis's program of all of them.
  void expect_agreement(const std::vector<std::pair<std::string, std::string>>& texts) {
    const std::string script =
        "i=0; while [ $i -lt $1 ]; do \"$2\" \"$3/$i\" >\"$3/$i.out\"; echo $? >>\"$3/$i.out\"; i=$((i+1)); done";
    for (size_t i = 0; i < texts.size(); ++i) write_file(path(std::to_string(i)), texts[i].second);
    ProcessRun shell({"sh", "-c", script, "sh", std::to_string(texts.size()), oracle, directory_.path()});
    ASSERT_EQ(shell.wait_for_exit(), 0);
    for (size_t i = 0; i < texts.size(); ++i) {
      const Verdict here = ours(path(std::to_string(i)));
      EXPECT_EQ(here.lines + std::to_string(here.status) + "\n", verdicts(read_file(path(std::to_string(i) + ".out"))))
          << texts[i].first << "\n"
          << here.out;
    }
  }

  TemporaryDirectory directory_;
};

const std::string set = aof_record_of({"SET", "a", "1"});

std::string small_log() {
  return "#TS:1700000000\r\n" + aof_record_of({"SELECT", "0"}) + set + aof_record_of({"MULTI"}) +
         aof_record_of({"RPUSH", "l", "x", ""}) + aof_record_of({"EXEC"}) +
         aof_record_of({"SET", "key:12", std::string(12, 'v')});
}

// Whether only ours takes this for damage; see above.
bool is_exception(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end == std::string::npos ? end : end - at);
    if (line.starts_with('#') && end == std::string::npos) return true;
    if (line.size() >= 2 && (line[0] == '*' || line[0] == '$') &&
        std::string_view(" +-\t\v\f\r\n").find(line[1]) != std::string_view::npos) {
      return true;
    }
    if (line == "*0\r") return true;
    if (end == std::string::npos) break;
    at = end + 1;
  }
  return false;
}

TEST_F(CheckAofInterop, AgreesOnEveryTruncation) {
  const std::string whole = small_log();
  std::vector<std::pair<std::string, std::string>> texts;
  for (size_t size = 1; size <= whole.size(); ++size) {
    const std::string text = whole.substr(0, size);
    if (!is_exception(text)) texts.emplace_back("cut at " + std::to_string(size), text);
  }
  EXPECT_GT(texts.size(), whole.size() * 8 / 10);
  expect_agreement(texts);
}

TEST_F(CheckAofInterop, AgreesOnEveryFlippedByte) {
  const std::string whole = small_log();
  std::vector<std::pair<std::string, std::string>> texts;
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string text = whole;
    text[at] = static_cast<char>(text[at] ^ (at % 2 == 0 ? 0x10 : 0x81));
    if (!is_exception(text)) texts.emplace_back("flipped at " + std::to_string(at), text);
  }
  EXPECT_GT(texts.size(), whole.size() * 9 / 10);
  expect_agreement(texts);
}

std::string log_of(int commands) {
  std::string text;
  for (int i = 0; i < commands; ++i) {
    const std::string n = std::to_string(i);
    text += aof_record_of({"SET", "key:" + n, "value " + n});
    if (i % 7 == 3)
      text += aof_record_of({"MULTI"}) + aof_record_of({"INCR", "counter"}) + aof_record_of({"RPUSH", "list", n}) +
              aof_record_of({"EXEC"});
    if (i % 11 == 5) text += "#TS:" + std::to_string(1700000000 + i) + "\r\n";
  }
  return text;
}

std::string swap_blocks(std::string text, size_t first, size_t second, size_t size) {
  for (size_t i = 0; i < size; ++i) std::swap(text[first + i], text[second + i]);
  return text;
}

std::map<std::string, std::string> damaged_logs() {
  const std::string whole = log_of(40);
  std::map<std::string, std::string> logs = {
      {"whole", whole},
      {"zero tail", whole.substr(0, 1000) + std::string(512, '\0')},
      {"zeros behind the end", whole + std::string(4096, '\0')},
      {"zeros in the middle", std::string(whole).replace(600, 64, 64, '\0')},
      {"garbage in the middle", whole.substr(0, 900) + "\x01\x02garbage\xff" + whole.substr(900)},
      {"a hole", whole.substr(0, 700) + whole.substr(1203)},
      {"blocks swapped", swap_blocks(whole, 512, 1024, 256)},
      {"a length too large", std::string(whole).replace(whole.find("$8\r\nvalue 20"), 2, "$80")},
      {"a length beyond the end", std::string(whole).replace(whole.find("$8\r\nvalue 20"), 2, "$80000")},
      {"a count too large", std::string(whole).replace(whole.rfind("*3"), 2, "*9")},
      {"an open transaction", whole + aof_record_of({"MULTI"}) + set + set},
      {"a transaction cut short", whole + aof_record_of({"MULTI"}) + set + set.substr(0, 15)},
      {"MULTI twice", whole + aof_record_of({"MULTI"}) + aof_record_of({"MULTI"}) + set + aof_record_of({"EXEC"})},
      {"EXEC alone", whole + aof_record_of({"EXEC"}) + set},
      {"nothing sound", "\n" + whole},
      {"a long junk line", set + "*" + std::string(500, '1') + "\r\n" + set},
      {"no number", set + "*\r\n" + set},
      {"old line ends", set + "*3\n$3\nSET\n"},
  };
  Random random(7);
  for (int i = 0; i < 30; ++i) {
    std::string text = whole;
    for (int n = 0; n < 1 + i % 4; ++n) text[random.below(text.size())] = static_cast<char>(random.next());
    logs["random " + std::to_string(i)] = text;
  }
  return logs;
}

TEST_F(CheckAofInterop, AgreesOnDamageOfAllKinds) {
  std::vector<std::pair<std::string, std::string>> texts;
  for (const auto& [name, text] : damaged_logs()) {
    if (!is_exception(text)) texts.emplace_back(name, text);
  }
  EXPECT_GT(texts.size(), 35u);
  expect_agreement(texts);
}

TEST_F(CheckAofInterop, AgreesOnManifests) {
  const std::string base = "file b seq 1 type b\n";
  const std::string one = "file i1 seq 1 type i\n";
  const std::string two = "file i2 seq 2 type i\n";
  const std::map<std::string, std::string> files = {
      {"b", set}, {"i1", set + aof_record_of({"MULTI"}) + set + aof_record_of({"EXEC"})}, {"i2", "#TS:5\r\n" + set}};
  const std::map<std::string, std::pair<std::string, std::map<std::string, std::string>>> cases = {
      {"sound", {base + one + two, {}}},
      {"only increments", {one + two, {}}},
      {"only a base", {base, {}}},
      {"with history", {base + "file h seq 9 type h\n" + one + two, {{"h", "junk"}}}},
      {"comments", {"# note\n" + base + "# more\n" + one + two, {}}},
      {"empty files", {base + one + two, {{"b", ""}, {"i2", ""}}}},
      {"damaged base", {base + one + two, {{"b", set + "x"}}}},
      {"damaged middle", {base + one + two, {{"i1", set.substr(0, 20)}}}},
      {"damaged last", {base + one + two, {{"i2", set + set.substr(0, 20)}}}},
      {"open transaction last", {base + one + two, {{"i2", set + aof_record_of({"MULTI"}) + set}}}},
      {"missing increment", {base + one + two + "file i3 seq 3 type i\n", {}}},
      {"missing base", {"file nothing seq 1 type b\n" + one, {}}},
  };
  for (const auto& [name, one_case] : cases) {
    for (const auto& [file, text] : files) write_file(path(file), text);
    for (const auto& [file, text] : one_case.second) write_file(path(file), text);
    write_file(path("x.manifest"), one_case.first);
    const Verdict theirs = redis(path("x.manifest"));
    const Verdict here = ours(path("x.manifest"));
    EXPECT_EQ(here.lines, theirs.lines) << name;
    EXPECT_EQ(here.status, theirs.status) << name;
  }
}

TEST_F(CheckAofInterop, AgreesOnRdbPreamblesAndTimes) {
  std::string rdb;
  Program server = Program::start_oracle();
  {
    Link link(server.port());
    for (int i = 0; i < 10; ++i) link.run({"SET", "k" + std::to_string(i), "v", "EX", "1000"});
    link.run({"SAVE"});
  }
  rdb = read_file(server.directory() + "/dump.rdb");
  ASSERT_TRUE(rdb.starts_with("REDIS"));
  const std::string tail = "#TS:10\r\n" + set + "#TS:20\r\n" + set;
  expect_agreement({{"preamble", rdb + tail},
                    {"preamble alone", rdb},
                    {"damaged behind the preamble", rdb + tail + set.substr(0, 22)}});
  for (const char* const time : {"5", "10", "15", "20", "25"}) {
    for (const std::string& text : {rdb + tail, tail, set + tail, tail + set.substr(0, 22)}) {
      write_file(path("x.aof"), text);
      ProcessRun theirs({oracle, "--truncate-to-timestamp", time, path("x.aof")});
      const int status = theirs.wait_for_exit();
      const std::string left = read_file(path("x.aof"));
      write_file(path("x.aof"), text);
      const CheckAofRun here =
          run_check_aof(real_file_system(), {"--truncate-to-timestamp", time, path("x.aof").c_str()});
      EXPECT_EQ(verdicts(here.out), verdicts(theirs.out())) << time;
      EXPECT_EQ(here.status == 1, status == 1) << time;
      EXPECT_EQ(read_file(path("x.aof")), left) << time;
    }
  }
}

// The keys and what is in them.
std::string data_of(int port) {
  Link link(port);
  EXPECT_TRUE(eventually([&] { return link.run({"PING"}).text == "PONG"; }));
  return to_line(link.run({"DEBUG", "DIGEST"}));
}

// Both servers start with the repaired file, and have what the commands before the cut make.
TEST_F(CheckAofInterop, ServersStartWithTheLongestSoundPrefix) {
  const Words common = {"--appendonly", "yes", "--enable-debug-command", "yes", "--aof-load-truncated", "no"};
  const auto with_directory = [&](const std::string& directory) {
    Words words = common;
    words.insert(words.end(), {"--dir", directory});
    return words;
  };
  const std::map<std::string, std::string> logs = damaged_logs();
  for (const char* const name :
       {"zero tail", "garbage in the middle", "a length too large", "blocks swapped", "a transaction cut short"}) {
    const std::string& text = logs.at(name);
    TemporaryDirectory one, other, reference;
    for (const TemporaryDirectory* directory : {&one, &other}) {
      const std::string file = directory->path() + "/appendonly.aof";
      write_file(file, text);
      EXPECT_EQ(run_check_aof(real_file_system(), {"--fix", "--yes", "--no-backup", file.c_str()}).status, 2) << name;
    }
    const std::string kept = read_file(one.path() + "/appendonly.aof");
    EXPECT_TRUE(text.starts_with(kept));
    // What redis-check-aof leaves, a server of Redis loads: the reference.
    write_file(reference.path() + "/appendonly.aof", text);
    RunOptions yes;
    yes.input = "y\n";
    ProcessRun fix({oracle, "--fix", reference.path() + "/appendonly.aof"}, yes);
    EXPECT_EQ(fix.wait_for_exit(), 0);
    EXPECT_EQ(read_file(reference.path() + "/appendonly.aof"), kept) << name;
    Program redis_server = Program::start_oracle(with_directory(other.path()));
    const std::string expected = data_of(redis_server.port());
    Words words = with_directory(one.path());
    words.insert(words.end(), {"--save", ""});
    ServerRun our_server(words);
    EXPECT_EQ(data_of(our_server.port()), expected) << name;
  }
}

// For every place of damage: a cut leaves whole commands only, all of those before the damage, and nothing else.
TEST_F(CheckAofInterop, ARepairKeepsAllThatIsBeforeTheDamage) {
  const std::string whole = log_of(8);
  for (size_t at = 0; at < whole.size(); at += 3) {
    std::string text = whole;
    text[at] = static_cast<char>(text[at] ^ 0x55);
    SimulatedFiles files;
    files.add_file("x.aof", text);
    const CheckAofRun run = run_check_aof(files, {"--fix", "--yes", "--no-backup", "x.aof"});
    const std::string left = files.content("x.aof");
    EXPECT_TRUE(text.starts_with(left));
    EXPECT_EQ(run.status, left == text ? 0 : 2);
    EXPECT_EQ(run_check_aof(files, {"x.aof"}).status, 0);
    if (left.size() <= at) {
      // The command in which the damage is, or the transaction around it, begins where the file ends now.
      files.add_file("whole.aof", whole.substr(0, left.size()));
      EXPECT_EQ(run_check_aof(files, {"whole.aof"}).status, 0) << at;
      const size_t next = whole.find("\r\n*", left.size());
      const bool within_transaction = whole.compare(left.size(), 15, aof_record_of({"MULTI"})) == 0;
      EXPECT_TRUE(within_transaction || next == std::string::npos || at < next + 2) << at << " " << left.size();
    }
  }
}

}  // namespace
}  // namespace redoubt
