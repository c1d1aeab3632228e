// Whole RDB files in memory, made from and loaded into the keyspace of a test, without the threads, files and rules that the
// server has around that. Throws std::runtime_error with what is wrong with a file.
#pragma once

#include <string>
#include <string_view>

#include "server/keyspace/keyspace.h"
#include "server/persistence/value_saver.h"

namespace redoubt {

struct FileOptions {
  bool compress = true;
  bool checksum = true;
  SaveOptions entries = {};
};
std::string file_of(Keyspace& keyspace, const FileOptions& options = {});
// Keys whose time has come are left out, and so are collections without elements.
void load_file(Keyspace& keyspace, std::string_view file, bool deep = true);
// The file as one that says to be of that version ("0010"), with the right checksum.
std::string as_version(std::string file, std::string_view version);

}  // namespace redoubt
