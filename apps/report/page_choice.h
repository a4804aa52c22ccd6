// Which pages of a run a report shows when it cannot show all: those that wait for a person first,
// then the least certain ones, and some of every rule.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "siku/ledger_view.h"

namespace siku::report {

/// Edits or proposals of one rule by confidence: fifty bins of 20 per mille, the last one closed.
using Histogram = std::array<int64_t, 50>;
struct Confidences {
  Histogram applied{};
  Histogram proposed{};
};

class PageChoice {
 public:
  explicit PageChoice(int64_t most) : most_(static_cast<size_t>(most)) {}
  /// Sees every page once, in any order.
  void See(const PageView& page);
  /// The keys chosen, in the order in which they should be shown.
  std::vector<RowKey> Chosen() const;
  /// Texts of steps that were changed or flagged.
  int64_t total() const { return total_; }
  /// By step and rule.
  const std::map<std::pair<std::string, std::string>, Confidences>& confidences() const {
    return confidences_;
  }

 private:
  // Smaller comes first: proposals, flags, the least confidence of an edit, place.
  using Rank = std::tuple<bool, bool, int, RowKey>;
  Rank RankOf(const PageView& page);
  size_t most_;
  int64_t total_ = 0;
  std::set<Rank> best_{};
  std::map<std::pair<std::string, std::string>, std::vector<Rank>> of_rule_{};
  std::map<std::pair<std::string, std::string>, Confidences> confidences_{};
};

}  // namespace siku::report
