// Texts of single rows: first asked for, then fetched together.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "siku/ledger_view.h"
#include "siku/row_view.h"

namespace siku::report {

class RowTexts {
 public:
  struct Found {
    std::string place;
    std::optional<std::string> text;               // at most kMost bytes of it
    int64_t bytes = 0;                             // of the whole
    std::pair<std::string, std::string> detail{};  // why it went, in both languages
  };
  static constexpr size_t kMost = size_t{64} << 10;

  void WantKept(const std::string& step, const RowKey& key) { wanted_[step].kept[key]; }
  void WantDropped(const std::string& step, const RowKey& key) { wanted_[step].dropped[key]; }
  Result<void> Fetch(Store& store, const std::string& run, const RunShape& shape);
  /// Null where the step has no such row.
  const Found* Kept(const std::string& step, const RowKey& key) const;
  const Found* Dropped(const std::string& step, const RowKey& key) const;

 private:
  using Rows = std::map<RowKey, std::optional<Found>>;
  struct OfStep {
    Rows kept{};
    Rows dropped{};
  };
  static Result<void> FetchKept(Store& store, const std::string& run, const std::string& step,
                                Rows& rows);
  static Result<void> FetchDropped(Store& store, const std::string& run, const RunShape::Step& step,
                                   Rows& rows);
  static const Found* Find(const Rows& rows, const RowKey& key);
  std::map<std::string, OfStep> wanted_{};
};

}  // namespace siku::report
