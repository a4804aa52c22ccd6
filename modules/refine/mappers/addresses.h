// Finds what Data-Juicer takes for addresses of mail and of the web.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace siku::refine::mappers {

using Spans = std::vector<std::pair<size_t, size_t>>;

Spans FindEmails(std::string_view text);
Spans FindLinks(std::string_view text);

}  // namespace siku::refine::mappers
