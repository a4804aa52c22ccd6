#include "selection/order.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <vector>

namespace siku::refine::selection {
namespace {

constexpr uint64_t kTop = uint64_t{1} << 63;
constexpr int kDigit = 16;

}  // namespace

uint64_t OrderOf(int64_t number) { return static_cast<uint64_t>(number) ^ kTop; }

uint64_t OrderOf(double number) {
  if (std::isnan(number)) return UINT64_MAX;
  const auto bits = std::bit_cast<uint64_t>(number == 0 ? 0.0 : number);
  return (bits & kTop) != 0 ? ~bits : bits | kTop;
}

Place KeyAt(int64_t rank, const ForEachKey& keys) {
  Place place;
  uint64_t known = 0;  // mask of the digits that are settled
  for (int shift = 64 - kDigit; shift >= 0; shift -= kDigit) {
    std::vector<int64_t> counts(size_t{1} << kDigit);
    keys([&](uint64_t key) {
      if (((key ^ place.key) & known) == 0) ++counts[key >> shift & (counts.size() - 1)];
    });
    uint64_t digit = 0;
    while (digit + 1 < counts.size() && place.before + counts[digit] <= rank) {
      place.before += counts[digit++];
    }
    place.equal = counts[digit];
    place.key |= digit << shift;
    known |= (counts.size() - 1) << shift;
  }
  return place;
}

}  // namespace siku::refine::selection
