// The manual of redoubt-benchmark and its options with a line of help each; what they mean is read elsewhere. Constant.
#pragma once

#include <boost/program_options/options_description.hpp>

#include "common/tool/options.h"

namespace redoubt {

extern const ToolManual benchmark_manual;

boost::program_options::options_description describe_benchmark();

}  // namespace redoubt
