// Which pages of a run a report shows when it cannot show all: some of every rule and kind of flag,
// those that wait for a person, and the least certain ones.
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
  /// At most `most` keys, whose texts weigh at most `bytes` together.
  PageChoice(int64_t most, int64_t bytes) : most_(static_cast<size_t>(most)), bytes_(bytes) {}
  /// Sees every page once, in any order. `weight`: bytes it takes in the report, about.
  void See(const PageView& page, int64_t weight);
  /// The keys chosen, in the order in which they should be shown: what waits for a person first.
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
  static Rank RankOf(const PageView& page);
  // Step, rule of edits or of proposals or kind of flag, whether proposed.
  using Kind = std::tuple<std::string, std::string, bool>;
  static std::set<Kind> KindsOf(const PageView& page);
  size_t most_;
  int64_t bytes_;
  int64_t total_ = 0;
  std::map<Rank, int64_t> best_{};                                // with their weights
  std::map<Kind, std::set<std::pair<int64_t, Rank>>> of_kind_{};  // the lightest
  std::map<std::pair<std::string, std::string>, Confidences> confidences_{};
};

}  // namespace siku::report
