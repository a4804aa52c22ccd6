// The files of page/, put in at compile time (embed.cmake).
#pragma once

#include <string_view>

namespace siku::report {

extern const std::string_view khtml;
extern const std::string_view kcss;
extern const std::string_view kjs;

}  // namespace siku::report
