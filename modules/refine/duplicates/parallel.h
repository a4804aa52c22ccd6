// Work on several threads whose results do not depend on how many there are.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace siku::refine::duplicates {

/// Calls `work(i)` once for each i in [0, count), on up to `threads` threads, in any order.
template <class Work>
void ParallelFor(int threads, int64_t count, const Work& work) {
  std::atomic<int64_t> next = 0;
  const auto run = [&] {
    for (int64_t i = next++; i < count; i = next++) work(i);
  };
  const auto helpers = static_cast<int>(std::min<int64_t>(threads, count)) - 1;
  std::vector<std::thread> others;
  for (int i = 0; i < helpers; ++i) others.emplace_back(run);
  run();
  for (std::thread& other : others) other.join();
}

}  // namespace siku::refine::duplicates
