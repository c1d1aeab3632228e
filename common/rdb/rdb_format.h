// The format of Redis's snapshot files (RDB) and of DUMP payloads: versions 1 to 12.
//
//   file:     "REDIS" 4 digits of version | records | 0xff | u64 CRC-64 of all before it (version >= 5; 0: not computed)
//   record:   0xfa aux          string name, string value
//             0xf5 function     string: the library's code                          (0xf6: before 7.0 was released; refused)
//             0xf7 module aux   length: module id, two lengths: when it is loaded, data of the module
//             0xf4 slot info    three lengths, skipped
//             0xfe select db    length
//             0xfb sizes        length of keys, length of keys that expire: a hint
//             key               [0xfd u32 seconds | 0xfc u64 milliseconds] [0xf8 length: idle seconds] [0xf9 u8: LFU]
//                               u8 type, string key, value by type
//   payload:  u8 type | value | u16 version | u64 CRC-64 of all before it
//
//   length:   00xxxxxx                6 bits        01xxxxxx xxxxxxxx     14 bits, high byte first
//             10000000 u32 big endian               10000001 u64 big endian
//             11xxxxxx  not a length: 0, 1, 2 an i8, i16, i32 (little endian) as a string; 3 LZF: length packed, length
//                       unpacked, bytes
//   Fixed numbers are little endian. Doubles are 8 bytes, or in the oldest form u8 size and digits (253 nan, 254 inf, 255 -inf).
#pragma once

#include <cstdint>
#include <string_view>

namespace redoubt {

inline constexpr std::string_view rdb_magic = "REDIS";
inline constexpr int rdb_written_version = 11;
inline constexpr int rdb_newest_version = 12;

enum class RdbOpcode : uint8_t {
  slot_info = 244,
  function = 245,
  function_pre_release = 246,
  module_aux = 247,
  idle = 248,
  frequency = 249,
  aux = 250,
  sizes = 251,
  expires_ms = 252,
  expires_seconds = 253,
  select_db = 254,
  end = 255,
};

// What modules' data consist of: length opcode, what it announces, ..., end.
enum class RdbModuleOpcode : uint64_t {
  end = 0,
  signed_integer = 1,  // a length
  unsigned_integer = 2,
  single_real = 3,
  double_real = 4,
  string = 5,
};

// How a value is written.
enum class RdbType : uint8_t {
  string = 0,
  list = 1,
  set = 2,
  zset = 3,  // scores as digits
  hash = 4,
  zset_2 = 5,  // scores as doubles
  module_pre_release = 6,
  module_2 = 7,
  hash_zipmap = 9,
  list_ziplist = 10,
  set_intset = 11,
  zset_ziplist = 12,
  hash_ziplist = 13,
  list_quicklist = 14,  // ziplist nodes
  stream = 15,
  hash_listpack = 16,
  zset_listpack = 17,
  list_quicklist_2 = 18,  // nodes: length 1 plain or 2 listpack, string
  stream_2 = 19,          // and first id, greatest deleted id, entries ever added; of groups: entries read
  set_listpack = 20,
  stream_3 = 21,                     // and of consumers: when they were active
  hash_expiring_pre_release = 22,    // absolute times
  hash_listpackex_pre_release = 23,  // without the earliest time
  hash_expiring = 24,                // u64 earliest time; fields: length of (time - earliest + 1), or 0; name, value
  hash_listpackex = 25,              // u64 earliest time; string: listpack of name, value, time
};

}  // namespace redoubt
