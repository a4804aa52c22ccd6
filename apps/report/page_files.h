// The files of page/, put in at compile time (embed.cmake).
#pragma once

#include <string_view>

namespace siku::report {

extern const std::string_view kHtml;
extern const std::string_view kCss;
extern const std::string_view kJs;

}  // namespace siku::report
