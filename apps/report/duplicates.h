// Rows merged into others: how many, in how large clusters, and some of the largest side by side.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "row_texts.h"
#include "siku/ledger_view.h"

namespace siku::report {

class Duplicates {
 public:
  /// A row that was merged; steps one after the other.
  void See(const RejectView& reject);
  /// Asks for the texts of the largest clusters: what stayed, and the first that went.
  Result<void> Want(Store& store, const std::string& run, RowTexts& texts);
  /// By step: `merged`, `clusters`, `sizes` (rows of a cluster, clusters), `samples`.
  nlohmann::ordered_json ToJson(const RowTexts& texts) const;

 private:
  struct Sample {
    RowKey survivor{};
    int64_t rows = 0;  // merged into it
    std::vector<RowKey> gone{};
  };
  struct Step {
    std::map<RowKey, int64_t> clusters{};  // by what stayed
    std::vector<Sample> samples{};         // the largest
  };
  static void Choose(Step& step);
  static nlohmann::ordered_json SampleJson(const std::string& step, const Sample& sample,
                                           const RowTexts& texts);
  std::map<std::string, Step, std::less<>> steps_{};
  std::vector<std::string> order_{};
};

}  // namespace siku::report
