#include "repair/page_model.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace siku::refine {
namespace {

// The share of the page in the mixture: chosen on text beside (docs/repair.md).
constexpr double kShare = 0.15;
constexpr unsigned kIdBits = 13;
constexpr int kCosts = 1024;

uint64_t Key(ModelId first, ModelId second) { return (uint64_t{first} << kIdBits | second) + 1; }
uint64_t Key(ModelId first, ModelId second, ModelId third) {
  return ((uint64_t{first} << kIdBits | second) << kIdBits | third) + 1;
}

double ProbabilityOf(int cost) {
  static const auto table = [] {
    std::array<double, kCosts> out{};
    for (int i = 0; i < kCosts; ++i) out[static_cast<size_t>(i)] = std::exp2(-i / 10.0);
    return out;
  }();
  return table[static_cast<size_t>(std::clamp(cost, 0, kCosts - 1))];
}

int CostOfProbability(double probability) {
  return static_cast<int>(std::lround(-10 * std::log2(probability)));
}

}  // namespace

void PageModel::Table::Reserve(size_t entries) {
  slots_.assign(std::bit_ceil(entries * 2 + 2), Slot{});
}

size_t PageModel::Table::SlotOf(uint64_t key) const {
  const size_t mask = slots_.size() - 1;
  size_t at = (key * 0x9E3779B97F4A7C15U >> 20) & mask;
  while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & mask;
  return at;
}

void PageModel::Table::Add(uint64_t key) {
  Slot& slot = slots_[SlotOf(key)];
  slot.key = key;
  ++slot.count;
}

uint32_t PageModel::Table::Count(uint64_t key) const { return slots_[SlotOf(key)].count; }

PageModel::PageModel(std::span<const ModelId> ids) : total_(static_cast<double>(ids.size()) + 1) {
  single_.resize(1U << kIdBits);
  pairs_.Reserve(ids.size());
  triples_.Reserve(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    ++single_[ids[i]];
    // Lines begin behind two borders, as in the model.
    if (ids[i] == kModelBorder) pairs_.Add(Key(kModelBorder, kModelBorder));
    if (i >= 1) pairs_.Add(Key(ids[i - 1], ids[i]));
    if (i < 2) continue;
    const ModelId before = ids[i - 1] == kModelBorder ? kModelBorder : ids[i - 2];
    triples_.Add(Key(before, ids[i - 1], ids[i]));
  }
}

// Each count is filled up by one, shared out as the shorter context says.
double PageModel::Here(ModelId before, ModelId last, ModelId next, uint32_t own) const {
  const auto less = [own](uint32_t count) { return count - std::min(count, own); };
  const double alone = less(single_[next]) / total_;
  const uint32_t pairs = pairs_.Count(Key(last, next));
  const double pair = (less(pairs) + alone) / (less(single_[last]) + 1.0);
  const uint32_t triples = pairs == 0 ? 0 : triples_.Count(Key(before, last, next));
  return (less(triples) + pair) / (less(pairs_.Count(Key(before, last))) + 1.0);
}

int PageModel::Mixed(ModelId before, ModelId last, ModelId next, int cost, uint32_t own) const {
  constexpr int kAbsent = 2;  // tenths of a bit: 1 less the share
  if (single_[next] <= own) return cost + kAbsent;
  const double here = Here(before, last, next, own);
  return CostOfProbability((1 - kShare) * ProbabilityOf(cost) + kShare * here);
}

bool PageModel::MayCost(ModelId before, ModelId last, ModelId next, int cost, int limit) const {
  if (cost <= limit) return true;
  if (single_.empty() || single_[next] == 0) return false;
  const double mixed = (1 - kShare) * ProbabilityOf(cost) + kShare * Here(before, last, next, 0);
  // Costs are rounded.
  return mixed >= ProbabilityOf(limit + 1);
}

}  // namespace siku::refine
