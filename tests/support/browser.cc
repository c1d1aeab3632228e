#include "tests/support/browser.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <stdexcept>

#include "tests/support/process_run.h"

namespace redoubt {
namespace {

// Pages forbid scripts. So the copy has to do without that line.
constexpr std::string_view policy_from = "<meta http-equiv=\"Content-Security-Policy\"";

constexpr std::string_view measuring = R"(<script>
const luminance = ([r, g, b]) => {
  const part = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
};
const numbers = colour => (colour.match(/[\d.]+/g) || []).map(Number);
const background = of => {
  for (; of; of = of.parentElement) {
    const colour = numbers(getComputedStyle(of).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return luminance(colour);
  }
  return 1;
};
const look = {dark: matchMedia('(prefers-color-scheme: dark)').matches, width: innerWidth,
              needed_width: document.documentElement.scrollWidth, figures: 0, hidden_figures: 0, words_outside: 0,
              background: background(document.body), least_contrast: 21, least_contrast_of: ''};
for (const svg of document.querySelectorAll('svg[role=img]')) {
  const box = svg.getBoundingClientRect();
  const seen = box.width > 20 && box.height > 5 && box.left >= 0 && box.right <= innerWidth + 1;
  ++look[seen ? 'figures' : 'hidden_figures'];
  for (const words of svg.querySelectorAll('text')) {
    const at = words.getBoundingClientRect();
    if (at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 || at.bottom > box.bottom + 1)
      ++look.words_outside;
  }
}
for (const one of document.body.querySelectorAll('*')) {
  const own = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  if (!own || ['script', 'title'].includes(one.tagName.toLowerCase())) continue;
  const style = getComputedStyle(one);
  const colour = luminance(numbers(one instanceof SVGElement ? style.fill : style.color));
  const behind = background(one);
  const contrast = (Math.max(colour, behind) + 0.05) / (Math.min(colour, behind) + 0.05);
  if (contrast < look.least_contrast) {
    look.least_contrast = contrast;
    look.least_contrast_of = one.textContent.trim().slice(0, 60);
  }
}
look.least_contrast_of = look.least_contrast_of.replace(/[^\w .,-]/g, '_');
document.documentElement.textContent = 'LOOK' + JSON.stringify(look) + 'KOOL';
</script>)";

std::string with_script(std::string page) {
  if (const size_t from = page.find(policy_from); from != std::string::npos) {
    page.erase(from, page.find('>', from) + 1 - from);
  }
  const size_t end = page.rfind("</body>");
  if (end == std::string::npos) throw std::runtime_error("the page has no end");
  return page.insert(end, measuring);
}

std::string between(const std::string& text, std::string_view from, std::string_view to) {
  const size_t begin = text.find(from);
  const size_t end = begin == std::string::npos ? begin : text.find(to, begin);
  if (end == std::string::npos) return {};
  return text.substr(begin + from.size(), end - begin - from.size());
}

}  // namespace

PageLook look_at_page(const std::string& page, int width, bool dark) {
  const TemporaryDirectory directory;
  const std::string copy = directory.path() + "/page.html";
  write_file(copy, with_script(read_file(page)));
  // Where nobody is logged in as anybody else, it runs as root, and would not without --no-sandbox.
  ProcessRun chromium({"chromium-headless-shell", "--no-sandbox", "--disable-gpu",
                       "--user-data-dir=" + directory.path(), "--window-size=" + std::to_string(width) + ",800",
                       dark ? "--blink-settings=preferredColorScheme=0" : "--blink-settings=preferredColorScheme=1",
                       "--dump-dom", "file://" + copy});
  const int status = chromium.wait_for_exit();
  const std::string told = between(chromium.out(), "LOOK", "KOOL");
  if (status != 0 || told.empty()) {
    throw std::runtime_error("chromium-headless-shell ended with " + std::to_string(status) + ": " + chromium.err());
  }
  namespace json = boost::json;
  const json::value look = json::parse(told);
  const auto number = [&look](const char* name) { return look.at(name).to_number<int>(); };
  return {.dark = look.at("dark").as_bool(),
          .width = number("width"),
          .needed_width = number("needed_width"),
          .figures = number("figures"),
          .hidden_figures = number("hidden_figures"),
          .words_outside = number("words_outside"),
          .background = look.at("background").to_number<double>(),
          .least_contrast = look.at("least_contrast").to_number<double>(),
          .least_contrast_of = std::string(look.at("least_contrast_of").as_string())};
}

}  // namespace redoubt
