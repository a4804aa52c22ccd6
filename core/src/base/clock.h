// The time of day, for records of when something was; nothing that is hashed has it.
#pragma once

#include <cstdint>

namespace siku {

/// Since 1970.
int64_t NowMilliseconds();

}  // namespace siku
