// What the page needs to draw the numbers of measured steps and to say what other thresholds would
// do: bins that are exact at the thresholds, and which bin each row is in.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "bins.h"
#include "row_texts.h"
#include "siku/ledger_view.h"
#include "siku/run.h"

namespace siku::report {

class Numbers {
 public:
  /// Looks at the steps of `shape` that measured and are not `sealed`.
  Result<void> Read(Store& store, const RunSummary& summary, const RunShape& shape,
                    const std::set<std::string>& sealed);
  /// Every row that was dropped, in any order.
  void SeeDropped(std::string_view step, const RowKey& key);
  /// The rows next to each threshold.
  void Want(RowTexts& texts) const;
  /// Nothing (null) where no step measured.
  nlohmann::ordered_json ToJson(const RowTexts& texts) const;

 private:
  // Rows by how far they are from a border, with their numbers; the nearest few.
  using Nearest = std::set<std::tuple<double, RowKey, double>>;
  struct Border {
    size_t interval = 0;
    size_t statistic = 0;
    bool low = false;
    double value = 0;
    Nearest kept{};
    Nearest dropped{};
  };
  struct Step {
    std::string name;
    std::vector<KeptInterval> intervals;
    int64_t rows = 0;  // that reached it
    std::vector<std::string> statistics{};
    std::vector<Bins> bins{};
    std::vector<std::vector<uint16_t>> codes{};  // by statistic, then row of the matrix
    std::vector<Border> borders{};
  };
  Result<void> Sample(Store& store, const std::string& run, Step& step);
  Result<void> Count(Store& store, const std::string& run, Step& step);
  void AddBorders(Step& step) const;
  static void SeeBorders(Step& step, const NumbersView& row);
  size_t RowOf(const RowKey& key);
  bool IsSampled(const RowKey& key) const;
  static nlohmann::ordered_json BorderJson(const Step& step, const Border& border,
                                           const RowTexts& texts);

  std::vector<Step> steps_{};
  std::map<std::string, uint16_t, std::less<>> ordinals_{};  // of all steps of the run
  std::map<RowKey, size_t> rows_{};                          // of the matrix
  std::vector<uint16_t> gone_{};                             // by row: the step that dropped it
  uint64_t one_in_ = 1;
};

}  // namespace siku::report
