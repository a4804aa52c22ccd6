// Whether bytes are UTF-8, many at a time where the processor can.
#pragma once

#include <string_view>

namespace siku::utf8 {

/// True only where all of it is valid: false may also mean that this processor cannot tell so.
bool IsSurelyValid(std::string_view bytes);

}  // namespace siku::utf8
