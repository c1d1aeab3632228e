// A report page looked at by Python's HTML parser: every element is closed, nothing is loaded from elsewhere, names are text, and
// it is made for phones and dark mode. Arguments: the page, a condition on how often elements stand in it ("svg >= 4 and
// table == 1"), and texts that must be there.
#pragma once

namespace redoubt {

inline constexpr const char* html_page_check = R"(
import html.parser, sys
text = open(sys.argv[1], encoding='utf-8').read()
class Page(html.parser.HTMLParser):
    open, seen, words = [], {}, []
    def handle_starttag(self, tag, attrs):
        self.seen[tag] = self.seen.get(tag, 0) + 1
        for name, value in attrs:
            assert name not in ('src', 'href', 'srcset', 'action', 'data') and not name.startswith('on'), (tag, name)
        if tag not in ('meta', 'br'): self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
    def handle_data(self, data): self.words.append(data)
page = Page()
page.feed(text)
page.close()
assert page.open == [], page.open
assert 'script' not in page.seen and 'link' not in page.seen and 'img' not in page.seen
assert '@import' not in text and 'url(' not in text and 'http:' not in text and 'https:' not in text
assert eval(sys.argv[2], {}, page.seen), page.seen
words = '\n'.join(page.words)
for part in sys.argv[3:]: assert part in words, part
assert 'prefers-color-scheme' in text and 'viewport' in text
)";

}  // namespace redoubt
