// Listpacks from outside. The first byte says whether the rest is a blob, or the elements of one whose header and end we
// supply, and how it is edited. What validation lets through must read the same both ways, and stay valid when edited.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "common/encoding/listpack.h"

namespace redoubt {
namespace {

void require(bool holds) {
  if (!holds) abort();
}

std::string text_of(const ListpackValue& value) {
  char digits[max_integer_text];
  return std::string(value.bytes(digits));
}

std::vector<std::string> check(const ListpackView& view) {
  std::vector<std::string> texts;
  view.for_each([&](const ListpackValue& value) { texts.push_back(text_of(value)); });
  require(view.size() == texts.size());
  size_t index = texts.size();
  for (auto at = view.last(); at != ListpackView::none; at = view.previous(at)) {
    require(index > 0 && text_of(view.get(at)) == texts[--index]);
  }
  require(index == 0);
  return texts;
}

void check_finding(const ListpackView& view, const std::vector<std::string>& texts, size_t skip) {
  for (const std::string& text : texts) {
    const auto at = view.find(text, view.first());
    require(at != ListpackView::none && view.equals(at, text) && text_of(view.get(at)) == text);
    const auto farther = view.find(text, view.first(), skip);
    require(farther == ListpackView::none || (farther >= at && view.equals(farther, text)));
  }
}

void edit(const ListpackView& view, std::vector<std::string> model, size_t choice) {
  Listpack listpack = Listpack::copy_of(view.data(), view.bytes());
  const size_t index = model.empty() ? 0 : choice % model.size();
  const auto place = model.begin() + static_cast<ptrdiff_t>(index);
  const std::string text = choice % 2 == 0 ? std::to_string(choice * choice * choice) : std::string(choice, 't');
  const auto at = listpack.seek(static_cast<int64_t>(index));
  switch (choice % 5) {
    case 0:
      listpack.insert(at, text);
      model.insert(place, text);
      break;
    case 1:
      if (model.empty()) return;
      listpack.replace(at, text);
      *place = text;
      break;
    case 2: {
      if (model.empty()) return;
      const size_t count = choice % 7;
      listpack.erase(at, count);
      model.erase(place, place + static_cast<ptrdiff_t>(std::min(count, model.size() - index)));
      break;
    }
    case 3: {
      listpack.append_all(view);
      const std::vector<std::string> once = model;
      model.insert(model.end(), once.begin(), once.end());
      break;
    }
    default:
      listpack.prepend(text);
      model.insert(model.begin(), text);
      listpack.append(text);
      model.push_back(text);
  }
  uint8_t* blob = listpack.release();
  require(validate_listpack(blob, ListpackView(blob).bytes(), true));
  require(check(ListpackView(blob)) == model);
  Listpack::free(blob);
}

void run(std::string_view data) {
  if (data.empty()) return;
  const auto choice = static_cast<uint8_t>(data[0]);
  std::vector<char> blob(data.begin() + 1, data.end());
  if (choice % 4 != 0) {
    const auto size = static_cast<uint32_t>(blob.size() + ListpackView::empty_size);
    char header[ListpackView::header_size] = {0, 0, 0, 0, '\xff', '\xff'};
    memcpy(header, &size, sizeof size);
    blob.insert(blob.begin(), header, header + sizeof header);
    blob.push_back('\xff');
  }
  const bool valid = validate_listpack(blob.data(), blob.size(), true);
  require(!valid || validate_listpack(blob.data(), blob.size(), false));
  if (!valid) return;
  const ListpackView view(blob.data());
  const std::vector<std::string> texts = check(view);
  if (texts.size() < 200) check_finding(view, texts, choice % 3);
  edit(view, texts, choice / 4);
}

}  // namespace
}  // namespace redoubt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redoubt::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
