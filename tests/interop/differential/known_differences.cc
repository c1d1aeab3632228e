#include "tests/interop/differential/known_differences.h"

#include <algorithm>

namespace redoubt {
namespace {

constexpr KnownEncoding encodings[] = {
    {"list", "listpack", "quicklist", "7.2 keeps a small list in one listpack"},
    {"set", "listpack", "hashtable", "7.2 has listpacks for small sets"},
    {"set", "listpack", "intset", "7.2 begins the copies that SPOP and the STORE commands make as a listpack"},
    {"set", "intset", "hashtable", "7.2 makes an intset of the result of a STORE command where all are integers"},
    {"set", "hashtable", "intset", "7.2 begins the result of a STORE command in the encoding of a source"},
    {"hash", "hashtable", "listpack", "7.2 chooses by the number of fields given, 7.0 by those there are in the end"},
    {"zset", "skiplist", "listpack", "7.2 chooses by the number of members given"},
    {"zset", "listpack", "skiplist", "Redis converts what SORT reads, and leaves it so; here SORT changes nothing"},
};

constexpr KnownReply replies[] = {
    {"B", "-ERR timeout is out of range", "-ERR timeout is negative", "7.0 lets the number of milliseconds overflow"},
    {"ZRANK", "-ERR syntax error", "-ERR wrong number of arguments for 'zrank' command", "WITHSCORE came with 7.2"},
    {"ZREVRANK", "-ERR syntax error", "-ERR wrong number of arguments for 'zrevrank' command", "the same"},
};

}  // namespace

std::span<const KnownEncoding> known_encodings() { return encodings; }

bool encodings_agree(std::string_view type, std::string_view ours, std::string_view theirs) {
  return ours == theirs || std::any_of(std::begin(encodings), std::end(encodings), [&](const KnownEncoding& known) {
           return known.type == type && known.ours == ours && known.theirs == theirs;
         });
}

std::span<const KnownReply> known_replies() { return replies; }

bool reply_is_known(std::string_view command, std::string_view ours, std::string_view theirs) {
  return std::any_of(std::begin(replies), std::end(replies), [&](const KnownReply& known) {
    return command.starts_with(known.command) && ours == known.ours && theirs == known.theirs;
  });
}

}  // namespace redoubt
