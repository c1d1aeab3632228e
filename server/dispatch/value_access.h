// How commands come to collections. Both answer WRONGTYPE themselves.
//
//   ReadAccess<Set> set(ctx, ctx.arg(1));
//   if (set.refused()) return;
//   if (!set) return ctx.reply.integer(0);
//   ctx.reply.integer(set->size());
//
//   WriteAccess<Set> set(ctx, ctx.arg(1));
//   if (set.refused()) return;
//   const size_t added = set.or_create().add(...);   // or: if (!set) return …; set->remove(…)
//   set.commit();                                    // before modified() is called; tells whether the key is gone
//   ctx.modified(…);
//
// Nothing else may change the keyspace between opening and commit(). A handle that was changed must be committed: its
// pointer may have moved. commit() adds a key that was created, unless it stayed empty, and erases one that became empty.
#pragma once

#include <optional>
#include <string_view>

#include "server/dispatch/context.h"
#include "server/keyspace/database.h"
#include "server/types/object_value.h"

namespace redoubt {

// Null: no such key, or another type, which has been answered then (`refused` is set).
inline Entry* checked_type(CommandContext& ctx, Entry* entry, Type type, bool& refused) {
  if (entry != nullptr && entry->type() != type) {
    ctx.reply.error(errors::wrong_type);
    refused = true;
    return nullptr;
  }
  return entry;
}

inline ObjectValue value_of(const Entry& entry) { return {entry.encoding(), entry.object_pointer()}; }

template <typename T>
class ReadAccess {
 public:
  ReadAccess(CommandContext& ctx, std::string_view key) {
    if (Entry* entry = checked_type(ctx, ctx.db.find_for_read(key), T::type, refused_)) {
      value_.emplace(value_of(*entry), ctx.db.shared().types);
    }
  }
  bool refused() const { return refused_; }
  explicit operator bool() const { return value_.has_value(); }
  T* operator->() { return &*value_; }
  T& operator*() { return *value_; }

 private:
  bool refused_ = false;
  std::optional<T> value_;
};

template <typename T>
class WriteAccess {
 public:
  WriteAccess(CommandContext& ctx, std::string_view key) : WriteAccess(ctx, ctx.db, key) {}
  // In another database than the client's.
  WriteAccess(CommandContext& ctx, Database& db, std::string_view key)
      : db_(db), settings_(db.shared().types), key_(key) {
    entry_ = checked_type(ctx, db.find_for_write(key), T::type, refused_);
    if (entry_ != nullptr) value_.emplace(value_of(*entry_), settings_);
  }
  WriteAccess(const WriteAccess&) = delete;
  WriteAccess& operator=(const WriteAccess&) = delete;
  ~WriteAccess() {
    if (value_.has_value() && entry_ == nullptr)
      destroy_object(T::type, value_->value().encoding, value_->value().data);
  }
  bool refused() const { return refused_; }
  explicit operator bool() const { return value_.has_value(); }
  T* operator->() { return &*value_; }
  T& operator*() { return *value_; }
  // The key is new when it did not exist: nothing is added before commit().
  T& or_create() {
    if (!value_.has_value()) value_.emplace(T::make(settings_), settings_);
    return *value_;
  }
  // True: the key was erased, because nothing is left in it.
  bool commit() {
    if (!value_.has_value()) return false;
    const ObjectValue value = value_->value();
    if (entry_ == nullptr) {
      if (value_->size() == 0) return false;
      entry_ = &db_.add_object(key_, T::type, value.encoding, value.data);
      return false;
    }
    entry_->set_encoding(value.encoding);
    entry_->set_object_pointer(value.data);
    if constexpr (T::type == Type::hash) db_.index_fields(*entry_);
    if (value_->size() != 0) return false;
    db_.erase(key_);
    value_.reset();
    entry_ = nullptr;
    return true;
  }
  // The entry, once the key exists.
  Entry* entry() const { return entry_; }

 private:
  Database& db_;
  const TypeSettings& settings_;
  std::string_view key_;
  bool refused_ = false;
  Entry* entry_ = nullptr;
  std::optional<T> value_;
};

}  // namespace redoubt
