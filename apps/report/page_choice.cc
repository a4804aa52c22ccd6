#include "page_choice.h"

#include <algorithm>
#include <set>

namespace siku::report {
namespace {

constexpr size_t kOfEachRule = 3;
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

void PageChoice::See(const PageView& page, int64_t weight) {
  ++total_;
  const Rank rank = RankOf(page);
  const std::string step(page.step);
  std::set<std::string_view> rules;
  for (const StoredEdit& edit : page.edits) {
    const std::string& rule = page.rules[edit.rule];
    ++confidences_[{step, rule}].applied[BinOf(edit.confidence)];
    rules.insert(rule);
  }
  for (const FlagView& flag : page.flags) {
    rules.insert(flag.kind);
    if (!flag.proposal.has_value()) continue;
    ++confidences_[{step, std::string(flag.rule)}].proposed[BinOf(flag.confidence)];
  }
  for (const std::string_view rule : rules) {
    auto& shown = of_rule_[{step, std::string(rule)}];
    if (shown.size() < kOfEachRule) shown.emplace_back(rank, weight);
  }
  best_.emplace(rank, weight);
  if (best_.size() > most_) best_.erase(std::prev(best_.end()));
}

std::vector<RowKey> PageChoice::Chosen() const {
  std::vector<RowKey> keys;
  std::set<RowKey> seen;
  int64_t left = bytes_;
  const auto add = [&](const Rank& rank, int64_t weight) {
    const RowKey& key = std::get<RowKey>(rank);
    if (keys.size() >= most_ || weight > left || !seen.insert(key).second) return;
    left -= weight;
    keys.push_back(key);
  };
  // What waits for a person comes before samples, samples before the rest.
  for (const auto& [rank, weight] : best_) {
    if (!std::get<0>(rank)) add(rank, weight);
  }
  for (size_t i = 0; i < kOfEachRule; ++i) {
    for (const auto& [rule, shown] : of_rule_) {
      if (i < shown.size()) add(shown[i].first, shown[i].second);
    }
  }
  for (const auto& [rank, weight] : best_) add(rank, weight);
  return keys;
}

}  // namespace siku::report
