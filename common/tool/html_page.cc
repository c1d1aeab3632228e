#include "common/tool/html_page.h"

#include <fmt/format.h>

namespace redoubt {
namespace {

constexpr std::string_view shared_style = R"(
:root { color-scheme: light dark; --page: #fbfbf9; --ink: #1d2226; --faint: #68727a; --line: #dcdfe0; --card: #ffffff;
  --bar: #3a7ca5; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #15181b; --ink: #e6e8e9; --faint: #98a2a9; --line: #30363b;
  --card: #1d2125; --bar: #5fa8d3; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; margin: .5rem 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
p.note { color: var(--faint); }
p.bad { color: var(--bad); font-weight: 600; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .6rem; padding: 0; }
.cards li { list-style: none; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .5rem .7rem; }
.cards b { display: block; font-size: 1.15rem; }
.cards span { color: var(--faint); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card); font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { color: var(--faint); font-weight: 500; }
td.text, th.text { text-align: left; }
td.name { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 10rem; font-family: ui-monospace, monospace; }
svg { display: block; width: 100%; height: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
svg text { fill: var(--ink); font: 12px ui-monospace, monospace; pointer-events: none; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1rem; }
.charts figure { margin: 0; } figcaption { color: var(--faint); margin-bottom: .3rem; }
)";

}  // namespace

std::string html_page(std::string_view title, std::string_view style, std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>{}</title>\n<style>{}{}</style>\n</head>\n<body>\n<h1>{}</h1>\n{}</body>\n</html>\n",
      title, shared_style, style, title, body);
}

}  // namespace redoubt
