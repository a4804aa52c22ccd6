// Threads that take numbered tasks until none is left, one fails, or the run is asked to stop.
#pragma once

#include <atomic>
#include <functional>

#include "siku/result.h"

namespace siku::run {

/// Calls `task(i)` for i in 0..count-1 on up to `threads` threads and `watch` from this one about
/// ten times a second. The first failure sets `stop`, which tasks look at; others finish or give
/// up. Of several failures the one of the smallest i is returned, interruptions last. kInterrupted
/// where `stop` was set from outside before all were done.
Result<void> ForAll(int count, int threads, std::atomic<bool>& stop,
                    const std::function<Result<void>(int)>& task,
                    const std::function<void()>& watch);

}  // namespace siku::run
