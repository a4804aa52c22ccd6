#include "selection/numpy_shuffle.h"

#include <array>
#include <bit>
#include <cstddef>
#include <numeric>
#include <utility>

namespace siku::refine::selection {
namespace {

// seed_seq_fe: four words of entropy, mixed, and any number of words made of them.
class SeedSequence {
 public:
  explicit SeedSequence(uint64_t seed) {
    const std::array<uint32_t, 2> words = {static_cast<uint32_t>(seed),
                                           static_cast<uint32_t>(seed >> 32)};
    uint32_t constant = 0x43B0D7E5;
    for (size_t i = 0; i < pool_.size(); ++i) {
      pool_[i] = Hashed(i < words.size() ? words[i] : 0, constant);
    }
    for (size_t from = 0; from < pool_.size(); ++from) {
      for (size_t to = 0; to < pool_.size(); ++to) {
        if (from != to) pool_[to] = Mixed(pool_[to], Hashed(pool_[from], constant));
      }
    }
  }
  std::array<uint64_t, 4> State() const {
    std::array<uint64_t, 4> state{};
    uint32_t constant = 0x8B51F9DD;
    for (size_t i = 0; i < 2 * state.size(); ++i) {
      uint32_t word = pool_[i % pool_.size()] ^ constant;
      constant *= 0x58F38DED;
      word *= constant;
      word ^= word >> 16;
      state[i / 2] |= uint64_t{word} << (32 * (i % 2));
    }
    return state;
  }

 private:
  static uint32_t Hashed(uint32_t value, uint32_t& constant) {
    value ^= constant;
    constant *= 0x931E8875;
    value *= constant;
    return value ^ value >> 16;
  }
  static uint32_t Mixed(uint32_t a, uint32_t b) {
    const uint32_t mixed = 0xCA01F9DD * a - 0x4973F715 * b;
    return mixed ^ mixed >> 16;
  }
  std::array<uint32_t, 4> pool_{};
};

}  // namespace

NumpyGenerator::NumpyGenerator(uint64_t seed) {
  const auto [a, b, c, d] = SeedSequence(seed).State();
  increment_ = (Wide{c} << 64 | d) << 1 | 1;
  Step();
  state_ += Wide{a} << 64 | b;
  Step();
}

void NumpyGenerator::Step() {
  constexpr Wide kMultiplier = Wide{2549297995355413924} << 64 | Wide{4865540595714422341};
  state_ = state_ * kMultiplier + increment_;
}

uint64_t NumpyGenerator::Next64() {
  Step();
  const auto high = static_cast<uint64_t>(state_ >> 64);
  const uint64_t folded = high ^ static_cast<uint64_t>(state_);
  const uint64_t turn = high >> 58;
  return folded >> turn | folded << (-turn & 63);
}

// The low half of a number first, then its high half.
uint32_t NumpyGenerator::Next32() {
  if (std::exchange(has_half_, !has_half_)) return half_;
  const uint64_t whole = Next64();
  half_ = static_cast<uint32_t>(whole >> 32);
  return static_cast<uint32_t>(whole);
}

uint64_t NumpyGenerator::UpTo(uint64_t most) {
  if (most == 0) return 0;
  // Of as many bits as `most` has, drawn again until it is no more than that.
  const uint64_t mask = UINT64_MAX >> std::countl_zero(most);
  for (;;) {
    const uint64_t drawn = mask & (most > UINT32_MAX ? Next64() : Next32());
    if (drawn <= most) return drawn;
  }
}

std::vector<int64_t> NumpyPermutation(uint64_t seed, int64_t count) {
  std::vector<int64_t> numbers(static_cast<size_t>(count));
  std::iota(numbers.begin(), numbers.end(), int64_t{0});
  NumpyGenerator generator(seed);
  for (size_t i = numbers.size(); i > 1; --i) {
    std::swap(numbers[i - 1], numbers[generator.UpTo(i - 1)]);
  }
  return numbers;
}

}  // namespace siku::refine::selection
