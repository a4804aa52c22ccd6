// Places in an order of numbers, found without sorting or holding them.
#pragma once

#include <cstdint>
#include <functional>

namespace siku::refine::selection {

/// A whole number that has the order of the numbers it is made of; of all NaN one, after all else.
uint64_t OrderOf(int64_t number);
uint64_t OrderOf(double number);

/// Calls its argument with every key, in the order of the rows; may be called several times.
using ForEachKey = std::function<void(const std::function<void(uint64_t key)>&)>;

struct Place {
  uint64_t key = 0;
  int64_t before = 0;  // how many keys are less
  int64_t equal = 0;   // how many are this one
};
/// The key that stands at `rank` (from 0) where all are sorted; walks them four times.
Place KeyAt(int64_t rank, const ForEachKey& keys);

}  // namespace siku::refine::selection
