// How a report page looks in Debian's headless Chromium: laid out for a screen of some width, in the light or the dark scheme.
// What a person would see as broken is measured by a script that is added to a copy of the page.
#pragma once

#include <string>

namespace redoubt {

struct PageLook {
  bool dark = false;              // the scheme that the page was told
  int width = 0;                  // of the screen, in CSS pixels
  int needed_width = 0;           // more than the width: it scrolls sideways
  int figures = 0;                // SVG pictures that have a size and stand within the width
  int hidden_figures = 0;         // others
  int words_outside = 0;          // of pictures, that stand out of them
  double background = 0;          // luminance, 0 (black) to 1
  double least_contrast = 0;      // of any words against the page's background, as WCAG has it: 1 to 21
  std::string least_contrast_of;  // those words
};

// `page` is the path of the file. Throws std::runtime_error, with what Chromium said, when it could not be looked at.
PageLook look_at_page(const std::string& page, int width, bool dark);

}  // namespace redoubt
