#include "page_choice.h"

#include <algorithm>

namespace siku::report {
namespace {

constexpr size_t kOfEachKind = 3;
constexpr int kBinWidth = 20;  // per mille

size_t BinOf(int confidence) {
  return std::min<size_t>(static_cast<size_t>(std::max(confidence, 0) / kBinWidth), 49);
}

}  // namespace

PageChoice::Rank PageChoice::RankOf(const PageView& page) {
  bool proposes = false;
  int least = 1000;
  for (const FlagView& flag : page.flags) proposes |= flag.proposal.has_value();
  for (const StoredEdit& edit : page.edits) least = std::min<int>(least, edit.confidence);
  return {!proposes, page.flags.empty(), least, page.key};
}

std::set<PageChoice::Kind> PageChoice::KindsOf(const PageView& page) {
  const std::string step(page.step);
  std::set<Kind> kinds;
  for (const StoredEdit& edit : page.edits) kinds.emplace(step, page.rules[edit.rule], false);
  for (const FlagView& flag : page.flags) {
    const bool proposes = flag.proposal.has_value();
    kinds.emplace(step, proposes ? flag.rule : flag.kind, proposes);
  }
  return kinds;
}

void PageChoice::See(const PageView& page, int64_t weight) {
  ++total_;
  const Rank rank = RankOf(page);
  const std::string step(page.step);
  for (const StoredEdit& edit : page.edits) {
    ++confidences_[{step, page.rules[edit.rule]}].applied[BinOf(edit.confidence)];
  }
  for (const FlagView& flag : page.flags) {
    if (!flag.proposal.has_value()) continue;
    ++confidences_[{step, std::string(flag.rule)}].proposed[BinOf(flag.confidence)];
  }
  // A light page is shown whole, with the place that it is an example of.
  for (const Kind& kind : KindsOf(page)) {
    auto& lightest = of_kind_[kind];
    lightest.emplace(weight, rank);
    if (lightest.size() > kOfEachKind) lightest.erase(std::prev(lightest.end()));
  }
  best_.emplace(rank, weight);
  if (best_.size() > most_) best_.erase(std::prev(best_.end()));
}

std::vector<RowKey> PageChoice::Chosen() const {
  // Samples are chosen first, so that no kind is crowded out by pages that wait for a person; of
  // the chosen, those that wait are shown first, then samples, then the rest.
  using Shown = std::pair<int, Rank>;
  std::vector<Shown> shown;
  std::set<RowKey> seen;
  int64_t left = bytes_;
  const auto add = [&](const Rank& rank, int64_t weight, int group) {
    if (shown.size() >= most_ || weight > left) return;
    if (!seen.insert(std::get<RowKey>(rank)).second) return;
    left -= weight;
    const bool waits = !std::get<0>(rank);
    shown.emplace_back(waits ? 0 : group, rank);
  };
  for (size_t i = 0; i < kOfEachKind; ++i) {
    for (const auto& [kind, lightest] : of_kind_) {
      if (i >= lightest.size()) continue;
      const auto& [weight, rank] = *std::next(lightest.begin(), static_cast<int64_t>(i));
      add(rank, weight, 1);
    }
  }
  for (const auto& [rank, weight] : best_) add(rank, weight, 2);
  std::sort(shown.begin(), shown.end());
  std::vector<RowKey> keys;
  keys.reserve(shown.size());
  for (const auto& [group, rank] : shown) keys.push_back(std::get<RowKey>(rank));
  return keys;
}

}  // namespace siku::report
