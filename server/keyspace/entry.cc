#include "server/keyspace/entry.h"

#include "common/base/memory.h"

namespace redoubt {
namespace {

constexpr size_t short_key = 255;
constexpr size_t max_embstr = 44;  // what Redis calls embstr; longer ones answer raw wherever they stand
constexpr size_t max_integer_digits = 20;

}  // namespace

size_t Entry::string_size() const {
  if (is_embedded()) return value_size_;
  if (!is_integer()) return big_string().size;
  char digits[max_integer_text];
  return format_i64(digits, integer());
}

Entry* EntryMaker::make(std::string_view key, size_t value_bytes, bool word) {
  const bool long_key = key.size() > short_key;
  const size_t size = sizeof(Entry) + (long_key ? 4 : 0) + (word ? 8 : 0) + key.size() + value_bytes;
  auto* entry = static_cast<Entry*>(allocate(good_size(size)));
  entry->expiry_ = Entry::no_expiry;
  entry->flags_ = static_cast<uint8_t>((long_key ? Entry::long_key_bit : 0) | (word ? Entry::word_bit : 0));
  entry->key_size_ = long_key ? 0 : static_cast<uint8_t>(key.size());
  entry->value_size_ = word ? 0 : static_cast<uint16_t>(value_bytes);
  char* at = entry->tail();
  if (long_key) {
    const auto key_size = static_cast<uint32_t>(key.size());
    memcpy(at, &key_size, sizeof key_size);
    at += sizeof key_size;
  }
  memcpy(at + (word ? 8 : 0), key.data(), key.size());
  return entry;
}

Entry* EntryMaker::make_string(std::string_view key, std::string_view value) {
  if (value.size() <= max_integer_digits) {
    if (const auto number = parse_i64(value)) return make_integer(key, *number);
  }
  return make_text(key, value);
}

Entry* EntryMaker::make_text(std::string_view key, std::string_view value) {
  return make_plain_string(key, value, value.size() <= max_embstr ? Encoding::embstr : Encoding::raw);
}

Entry* EntryMaker::make_plain_string(std::string_view key, std::string_view value, Encoding encoding) {
  if (value.size() > Entry::max_embedded) {
    return make_object(key, Type::string, Encoding::raw, BigString::make(value));
  }
  Entry* entry = make(key, value.size(), false);
  entry->head_ = static_cast<uint32_t>(encoding) << 28;
  memcpy(const_cast<char*>(entry->key().data()) + key.size(), value.data(), value.size());
  return entry;
}

Entry* EntryMaker::make_integer(std::string_view key, int64_t value) {
  Entry* entry = make(key, 0, true);
  entry->head_ = static_cast<uint32_t>(Encoding::integer) << 28;
  entry->set_word(value);
  return entry;
}

Entry* EntryMaker::make_object(std::string_view key, Type type, Encoding encoding, void* object) {
  Entry* entry = make(key, 0, true);
  entry->head_ = static_cast<uint32_t>(encoding) << 28 | static_cast<uint32_t>(type) << 24;
  entry->set_word(object);
  return entry;
}

// The allocation of a big string is used again where the new one would get the same.
bool EntryMaker::replace_big_string(Entry& entry, std::string_view value) {
  if (entry.is_embedded() || entry.is_integer()) return false;
  BigString& string = entry.big_string();
  if (good_size(sizeof(BigString) + value.size()) != string.allocation()) return false;
  memmove(string.data(), value.data(), value.size());
  string.size = value.size();
  return true;
}

bool EntryMaker::replace_string(Entry& entry, std::string_view value) {
  if (entry.type() != Type::string) return false;
  if (value.size() <= max_integer_digits) {
    if (const auto number = parse_i64(value)) {
      if (!entry.is_integer()) return false;
      entry.set_word(*number);
      return true;
    }
  }
  if (value.size() > Entry::max_embedded) return replace_big_string(entry, value);
  if (!entry.is_embedded()) return false;
  const size_t old_size = entry.used_size();
  const size_t new_size = old_size - entry.value_size_ + value.size();
  if (good_size(old_size) != good_size(new_size)) return false;
  memmove(const_cast<char*>(entry.key().data()) + entry.key().size(), value.data(), value.size());
  entry.value_size_ = static_cast<uint16_t>(value.size());
  entry.set_encoding(value.size() <= max_embstr ? Encoding::embstr : Encoding::raw);
  return true;
}

Entry* EntryMaker::make_with_value_of(const Entry& from, std::string_view key) {
  Entry* entry = make(key, from.value_size_, !from.is_embedded());
  entry->head_ = from.head_;
  if (from.is_embedded()) {
    memcpy(const_cast<char*>(entry->key().data()) + key.size(), from.key().data() + from.key().size(),
           from.value_size_);
  } else {
    entry->set_word(from.word<int64_t>());
  }
  return entry;
}

bool EntryMaker::resize_embedded(Entry& entry, size_t size) {
  const size_t old_size = entry.used_size();
  if (size > Entry::max_embedded) return false;
  if (good_size(old_size) != good_size(old_size - entry.value_size_ + size)) return false;
  char* value = const_cast<char*>(entry.key().data()) + entry.key().size();
  if (size > entry.value_size_) memset(value + entry.value_size_, 0, size - entry.value_size_);
  entry.value_size_ = static_cast<uint16_t>(size);
  return true;
}

void EntryMaker::free(Entry* entry, bool keep_value) {
  const size_t size = entry->used_size();
  if (!keep_value && !entry->is_embedded() && !entry->is_integer()) {
    destroy_object(entry->type(), entry->encoding(), entry->object_pointer());
  }
  deallocate(entry, good_size(size));
}

}  // namespace redoubt
