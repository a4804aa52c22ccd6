// Ctrl-C and SIGTERM: the first asks, so that what was begun ends in order; the second kills.
#pragma once

#include <atomic>

namespace siku::cli {

/// From here on the first signal sets the flag.
void CatchStops();
const std::atomic<bool>& StopFlag();
inline bool Stopping() { return StopFlag().load(std::memory_order_relaxed); }

}  // namespace siku::cli
