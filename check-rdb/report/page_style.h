// The style sheet of the page that --html writes: light and dark as the reader has it, one column on a phone.
#pragma once

#include <string_view>

namespace redoubt {

inline constexpr std::string_view page_style = R"(
:root { color-scheme: light dark; --page: #fbfbf9; --ink: #1d2226; --faint: #68727a; --line: #dcdfe0; --card: #ffffff;
  --bar: #3a7ca5; --bad: #b3261e; --rest: #c9cdd0; --shade: 84%; }
@media (prefers-color-scheme: dark) { :root { --page: #15181b; --ink: #e6e8e9; --faint: #98a2a9; --line: #30363b;
  --card: #1d2125; --bar: #5fa8d3; --bad: #ff8a80; --rest: #454c52; --shade: 30%; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; margin: .5rem 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
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
.map rect { stroke: var(--page); stroke-width: .6; }
.map .rest { fill: var(--rest); }
.map .d1 { fill-opacity: 1; } .map .d2 { fill-opacity: .75; } .map .d3 { fill-opacity: .5; }
.map .c0 { fill: hsl(205 60% var(--shade)); } .map .c1 { fill: hsl(35 70% var(--shade)); }
.map .c2 { fill: hsl(140 40% var(--shade)); } .map .c3 { fill: hsl(350 60% var(--shade)); }
.map .c4 { fill: hsl(265 50% var(--shade)); } .map .c5 { fill: hsl(175 45% var(--shade)); }
.map .c6 { fill: hsl(55 60% var(--shade)); } .map .c7 { fill: hsl(315 45% var(--shade)); }
.bars rect { fill: var(--bar); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1rem; }
.charts figure { margin: 0; } figcaption { color: var(--faint); margin-bottom: .3rem; }
)";

}  // namespace redoubt
