#include "server/types/list.h"

#include <algorithm>
#include <string>

#include "common/base/memory.h"
#include "server/types/quicklist.h"

namespace redoubt {
namespace {

// Redis adds up the bytes of the elements alone, so that one command with very many tiny ones leaves a listpack above the
// limit. Beyond this many bytes we let it become a quicklist all the same: a listpack is moved as a whole.
constexpr size_t max_listpack_bytes = size_t{128} * 1024;

}  // namespace

ObjectValue List::make(const TypeSettings&) { return {Encoding::listpack, Listpack().release()}; }

size_t List::size() const { return is_listpack() ? ListpackView(value_.data).size() : quicklist().size(); }

// ---- encodings ------------------------------------------------------------------------------------

void List::become_quicklist() {
  Quicklist* list = Quicklist::make(settings_->limits.list_max_listpack_size, settings_->limits.list_compress_depth);
  auto* blob = static_cast<uint8_t*>(value_.data);
  if (ListpackView(blob).empty()) {
    Listpack::free(blob);
  } else {
    list->append_listpack(blob);
  }
  value_ = {Encoding::quicklist, list};
}

void List::become_listpack(size_t divisor) {
  const ListNodeLimits limits = ListNodeLimits::of(settings_->limits.list_max_listpack_size);
  uint8_t* blob = quicklist().take_only_listpack(limits.bytes / divisor, limits.count / divisor);
  if (blob == nullptr) return;
  Quicklist::free(&quicklist());
  value_ = {Encoding::listpack, blob};
}

void List::before_adding(size_t bytes, size_t count) {
  if (!is_listpack()) return;
  const ListpackView pack(value_.data);
  const ListNodeLimits limits = ListNodeLimits::of(settings_->limits.list_max_listpack_size);
  const bool too_big = limits.exceeded_by(pack.bytes() + bytes, pack.size() + count) ||
                       pack.bytes() + bytes + count * ListNodeLimits::element_overhead > max_listpack_bytes;
  if (too_big) become_quicklist();
}

void List::after_removing() {
  if (!is_listpack() && quicklist().nodes() == 1) become_listpack(2);
}

void List::choose_encoding() { is_listpack() ? before_adding(0, 0) : become_listpack(1); }

// ---- loading --------------------------------------------------------------------------------------

void List::load_node(ObjectValue& list, bool plain, std::string_view bytes, const TypeSettings& settings) {
  uint8_t* blob = plain ? nullptr : Listpack::copy_of(bytes.data(), bytes.size()).release();
  if (list.data == nullptr && !plain) {
    list = {Encoding::listpack, blob};
    return;
  }
  if (list.data == nullptr) list = make(settings);
  List handle(list, settings);
  if (handle.is_listpack()) handle.become_quicklist();
  plain ? handle.quicklist().append_plain(bytes) : handle.quicklist().append_listpack(blob);
  list = handle.value();
}

void List::load_element(ObjectValue& list, std::string_view element, const TypeSettings& settings) {
  if (list.data == nullptr) {
    const TypeLimits& limits = settings.limits;
    list = {Encoding::quicklist, Quicklist::make(limits.list_max_listpack_size, limits.list_compress_depth)};
  }
  static_cast<Quicklist*>(list.data)->push_back(element);
}

void List::settle_loaded(ObjectValue& list, const TypeSettings& settings) {
  List handle(list, settings);
  if (handle.is_listpack()) {
    // Judged as the only node of a quicklist.
    const ListNodeLimits limits = ListNodeLimits::of(settings.limits.list_max_listpack_size);
    const ListpackView pack(list.data);
    if (pack.bytes() > limits.bytes || pack.size() > limits.count) handle.become_quicklist();
  } else {
    handle.become_listpack(1);
  }
  list = handle.value();
}

// ---- elements -------------------------------------------------------------------------------------

template <typename F>
auto List::edit(F&& f) {
  Listpack pack = Listpack::adopt(value_.data);
  f(pack);
  value_.data = pack.release();
}

ListpackValue List::end(ListEnd where) const {
  if (!is_listpack()) return where == ListEnd::head ? quicklist().front() : quicklist().back();
  const ListpackView pack(value_.data);
  return pack.get(where == ListEnd::head ? pack.first() : pack.last());
}

void List::push(ListEnd where, std::span<const std::string_view> elements) {
  size_t bytes = 0;
  for (const std::string_view element : elements) bytes += element.size();
  before_adding(bytes, elements.size());
  add(where, elements);
}

void List::push(ListEnd where, ListpackValue element) {
  // Redis counts no bytes for an integer here.
  before_adding(element.text.size(), 1);
  char digits[max_integer_text];
  const std::string_view text = element.bytes(digits);
  add(where, {&text, 1});
}

void List::add(ListEnd where, std::span<const std::string_view> elements) {
  const bool head = where == ListEnd::head;
  if (!is_listpack()) {
    for (const std::string_view element : elements) {
      head ? quicklist().push_front(element) : quicklist().push_back(element);
    }
    return;
  }
  edit([&](Listpack& pack) {
    for (const std::string_view element : elements) head ? pack.prepend(element) : pack.append(element);
  });
}

void List::take_out(size_t first, size_t count) {
  if (count == 0) return;
  if (!is_listpack()) return quicklist().erase(first, count);
  edit([&](Listpack& pack) {
    const auto at = first == 0 ? pack.first() : pack.seek(static_cast<int64_t>(first));
    if (at != ListpackView::none) pack.erase(at, count);
  });
}

void List::pop(ListEnd where) {
  if (!is_listpack()) {
    quicklist().erase(where == ListEnd::head ? 0 : quicklist().size() - 1, 1);
    return after_removing();
  }
  edit([&](Listpack& pack) { pack.erase(where == ListEnd::head ? pack.first() : pack.last()); });
}

void List::rotate(ListEnd from, ListEnd to) {
  const ListpackValue value = end(from);
  char digits[max_integer_text];
  const std::string copy(value.bytes(digits));
  const size_t counted = value.text.size();
  take_out(from == ListEnd::head ? 0 : size() - 1, 1);
  before_adding(counted, 1);
  const std::string_view text = copy;
  add(to, {&text, 1});
  after_removing();
}

void List::erase(size_t first, size_t count) {
  take_out(first, count);
  after_removing();
}

void List::trim(size_t first, size_t count) {
  const size_t all = size();
  first = std::min(first, all);
  const size_t end = first + std::min(count, all - first);
  take_out(end, all - end);
  take_out(0, first);
  after_removing();
}

bool List::set(size_t index, std::string_view element) {
  before_adding(element.size(), 1);
  if (index >= size()) return false;
  if (is_listpack()) {
    edit([&](Listpack& pack) { pack.replace(pack.seek(static_cast<int64_t>(index)), element); });
  } else {
    quicklist().replace(quicklist().find(index), element);
    after_removing();
  }
  return true;
}

bool List::insert(Side side, std::string_view pivot, std::string_view element) {
  before_adding(element.size(), 1);
  const ListMatcher matches(pivot);
  ListReader reader(*this, 0, SIZE_MAX);
  size_t index = 0;
  for (ListpackValue value;; ++index) {
    if (!reader.next(value)) return false;
    if (matches(value)) break;
  }
  const bool after = side == Side::after;
  if (!is_listpack()) {
    const Quicklist::Place place = quicklist().find(index);
    after ? quicklist().insert_after(place, element) : quicklist().insert_before(place, element);
    return true;
  }
  edit([&](Listpack& pack) {
    const auto at = pack.seek(static_cast<int64_t>(index));
    pack.insert(after ? pack.next(at) : at, element);
  });
  return true;
}

size_t List::remove(ListEnd from, std::string_view element, size_t limit) {
  const ListMatcher matches(element);
  const bool from_tail = from == ListEnd::tail;
  if (!is_listpack()) {
    const size_t removed = quicklist().remove_if(from_tail, limit, matches);
    if (removed != 0) after_removing();
    return removed;
  }
  ListNode node = ListNode::adopt(static_cast<uint8_t*>(value_.data));
  const size_t removed = node.remove_if(from_tail, limit, matches);
  value_.data = node.data;
  return removed;
}

// ---- whole lists ----------------------------------------------------------------------------------

void List::destroy(Encoding encoding, void* object) {
  encoding == Encoding::listpack ? Listpack::free(object) : Quicklist::free(static_cast<Quicklist*>(object));
}

size_t List::memory(Encoding encoding, const void* object, size_t samples) {
  return encoding == Encoding::listpack ? Listpack::allocation(object)
                                        : static_cast<const Quicklist*>(object)->memory(samples);
}

void* List::copy(Encoding encoding, const void* object) {
  if (encoding == Encoding::listpack) return Listpack::copy_of(object, ListpackView(object).bytes()).release();
  return Quicklist::copy(*static_cast<const Quicklist*>(object));
}

size_t List::free_effort(Encoding encoding, const void* object) {
  return encoding == Encoding::listpack ? 1 : static_cast<const Quicklist*>(object)->nodes();
}

// ---- reading --------------------------------------------------------------------------------------

ListReader::ListReader(const List& list, size_t first, size_t count, Direction direction)
    : view_(list.value_.data), backwards_(direction == Direction::backwards) {
  const size_t size = list.size();
  if (first >= size || count == 0) return;
  left_ = std::min(count, backwards_ ? first + 1 : size - first);
  if (list.is_listpack()) {
    at_ = view_.seek(static_cast<int64_t>(first));
    return;
  }
  quicklist_ = &list.quicklist();
  const Quicklist::Place place = quicklist_->find(first);
  node_ = place.node;
  offset_ = place.offset;
}

ListReader::~ListReader() {
  if (scratch_ != nullptr) Listpack::free(scratch_);
}

bool ListReader::next_node(ListpackValue& value) {
  const ListNode& node = quicklist_->node(node_);
  node_ = backwards_ ? node_ - 1 : node_ + 1;
  if (node.is_plain()) {
    value = {node.text(), 0};
    whole_ = true;
    return true;
  }
  if (scratch_ != nullptr) Listpack::free(scratch_);
  scratch_ = node.kind == ListNode::Kind::compressed ? node.unpacked_copy() : nullptr;
  view_ = scratch_ == nullptr ? node.view() : ListpackView(scratch_);
  if (whole_) {
    at_ = backwards_ ? view_.last() : view_.first();
  } else {
    at_ = view_.seek(static_cast<int64_t>(offset_));
    whole_ = true;
  }
  value = view_.get(at_);
  at_ = backwards_ ? view_.previous(at_) : view_.next(at_);
  return true;
}

}  // namespace redoubt
