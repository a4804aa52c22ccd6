// Canonical decomposition (NFD) of Unicode 14.0.
#pragma once

#include <string>
#include <string_view>

namespace siku::refine::statistics {

void AppendNfd(std::string_view text, std::string& out);

}  // namespace siku::refine::statistics
