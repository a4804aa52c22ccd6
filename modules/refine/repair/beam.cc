#include "repair/beam.h"

#include <array>
#include <utility>

namespace siku::refine {
namespace {

// What was read first goes first among equals.
bool Better(const State& a, const State& b) {
  return a.cost != b.cost ? a.cost < b.cost : a.last < b.last;
}

}  // namespace

Beam::Beam(size_t most, size_t alike, int limit) : most_(most), alike_(alike), limit_(limit) {
  states_.reserve(most + most / 4 + 1);
}

void Beam::Add(const State& state) {
  if (state.cost > limit()) return;
  states_.push_back(state);
  if (states_.size() > most_ + most_ / 4) Prune();
}

Beam Beam::Empty() {
  Prune();
  return {most_, alike_, limit()};
}

std::vector<State> Beam::Take() {
  std::erase_if(states_, [&](const State& state) { return state.cost > limit_; });
  Prune();
  return std::move(states_);
}

void Beam::Prune() {
  std::sort(states_.begin(), states_.end(), Better);
  if (alike_ < most_) DropAlike();
  if (states_.size() < most_) return;
  states_.resize(most_);
  // Of equals, what was read first stays.
  full_ = states_.back().cost - 1;
}

void Beam::DropAlike() {
  std::array<uint8_t, 256> count{};  // by a hash: most are not alike to any
  size_t kept = 0;
  for (size_t i = 0; i < states_.size() && kept < most_; ++i) {
    const State state = states_[i];
    uint8_t& some = count[(state.context.last + state.context.before * 3U + state.lead) % 256];
    if (++some > alike_) {
      const auto begin = states_.begin(), end = begin + static_cast<ptrdiff_t>(kept);
      const auto alike =
          std::count_if(begin, end, [&](const State& other) { return Alike(other, state); });
      if (static_cast<size_t>(alike) >= alike_) continue;
    }
    states_[kept++] = state;
  }
  states_.resize(kept);
}

}  // namespace siku::refine
