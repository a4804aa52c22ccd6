// Gathers what the detectors of residue find, each edit applied or proposed by its confidence.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "siku/refine/repair.h"

namespace siku::refine {

class Findings {
 public:
  explicit Findings(double min_confidence) : min_confidence_(min_confidence) {}

  void Edit(size_t begin, size_t end, std::string after, Rule rule, double confidence) {
    TextEdit edit{.begin = begin,
                  .end = end,
                  .after = std::move(after),
                  .rule = rule,
                  .confidence = confidence};
    if (confidence >= min_confidence_) {
      found_.edits.push_back(std::move(edit));
      return;
    }
    found_.flags.push_back({.begin = begin,
                            .end = end,
                            .kind = FlagKind::kProposed,
                            .detail = RepairRules()[static_cast<size_t>(rule)].name,
                            .proposal = std::move(edit)});
  }
  void Flag(size_t begin, size_t end, FlagKind kind, std::string detail) {
    found_.flags.push_back({.begin = begin,
                            .end = end,
                            .kind = kind,
                            .detail = std::move(detail),
                            .proposal = std::nullopt});
  }
  /// Sorted; the detectors find different bytes.
  Repaired Take() {
    const auto earlier = [](const auto& a, const auto& b) { return a.begin < b.begin; };
    std::stable_sort(found_.edits.begin(), found_.edits.end(), earlier);
    std::stable_sort(found_.flags.begin(), found_.flags.end(), earlier);
    return std::move(found_);
  }

 private:
  double min_confidence_;
  Repaired found_;
};

}  // namespace siku::refine
