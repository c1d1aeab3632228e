// What a command is given: its arguments, the client, the parts of the server that it may use, and where its reply goes.
// Made anew for each call; nothing in it outlives the call. Arguments are views into the client's input: copy what is to
// be kept.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "server/client/client.h"
#include "server/dispatch/errors.h"
#include "server/dispatch/propagation.h"

namespace redoubt {

class Keyspace;
class Database;
class ConfigStore;
struct Config;
class ClientRegistry;
class CommandTable;
struct Command;
class Effects;
class Evictor;
class Executor;
class Log;
class Persistence;
class ServerControl;
struct ServerStats;
enum class EventClass : char;

// The parts of the server, owned by the composition root.
struct Services {
  Keyspace& keyspace;
  ConfigStore& config_store;
  const Config& config;
  ClientRegistry& clients;
  CommandTable& commands;
  Effects& effects;
  Evictor& evictor;
  ServerStats& stats;
  ServerControl& control;
  Log& log;
  Persistence& persistence;
};

struct CommandContext {
  std::span<const std::string_view> args;  // with the command's name; subcommands have theirs at [1]
  ReplyWriter& reply;
  Client& client;
  Database& db;  // the client's
  const Command& command;
  Services& server;
  int64_t now_ms;  // Unix time, the same during the whole command

  std::string_view arg(size_t i) const { return args[i]; }
  size_t count() const { return args.size(); }
  // The value of `key` in the client's database changed; it counts as so many changes.
  void modified(std::string_view key, EventClass kind, std::string_view event, uint64_t changes = 1) const;
  // One more keyspace event of a change that modified() told of.
  void event(std::string_view key, EventClass kind, std::string_view event) const;

  // What logs and replicas are told of this command, when that is not the command as it was sent: see propagation.h.
  void tell_instead(std::initializer_list<ToldWord> words) const {
    tell_instead(ToldWords(words.begin(), words.size()));
  }
  void tell_instead(ToldWords words) const;
  // The command as it was sent, but for the arguments at these places.
  struct Replaced {
    size_t place;
    ToldWord word;
  };
  void tell_replacing(std::initializer_list<Replaced> words) const;
  void tell_also(std::initializer_list<ToldWord> words) const;
  void tell_nothing() const;
  void tell_always() const;
  // Whether anybody is told; for what would take time to put together.
  bool is_told() const;
  // Whether what is made to expire at this time is to be removed at once. Not when a log is carried out: it tells itself of
  // what was removed, after it may have been changed and given another time.
  bool is_past(int64_t at_ms) const { return at_ms <= now_ms && !client.is(ClientFlag::from_log); }
};

// ASCII letters without regard to case: how options are compared.
bool same_option(std::string_view given, std::string_view upper_case_word);

}  // namespace redoubt
