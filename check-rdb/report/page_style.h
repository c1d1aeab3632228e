// What the page that --html writes has beyond the style of all pages (common/tool/html_page.h): the map and the bars.
#pragma once

#include <string_view>

namespace redoubt {

inline constexpr std::string_view page_style = R"(
:root { --rest: #c9cdd0; --shade: 84%; }
@media (prefers-color-scheme: dark) { :root { --rest: #454c52; --shade: 30%; } }
.map rect { stroke: var(--page); stroke-width: .6; }
.map .rest { fill: var(--rest); }
.map .d1 { fill-opacity: 1; } .map .d2 { fill-opacity: .75; } .map .d3 { fill-opacity: .5; }
.map .c0 { fill: hsl(205 60% var(--shade)); } .map .c1 { fill: hsl(35 70% var(--shade)); }
.map .c2 { fill: hsl(140 40% var(--shade)); } .map .c3 { fill: hsl(350 60% var(--shade)); }
.map .c4 { fill: hsl(265 50% var(--shade)); } .map .c5 { fill: hsl(175 45% var(--shade)); }
.map .c6 { fill: hsl(55 60% var(--shade)); } .map .c7 { fill: hsl(315 45% var(--shade)); }
.bars rect { fill: var(--bar); }
)";

}  // namespace redoubt
