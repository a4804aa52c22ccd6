// One step over one batch: apply the operator, hold it to its word, give every row its fate.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decisions.h"
#include "rows.h"
#include "siku/ledger.h"
#include "siku/operator.h"
#include "siku/run.h"
#include "verdicts.h"

namespace siku::run {

/// What one batch adds to the ledger for one step.
struct StepLedger {
  struct EditRow {
    RowKey key;
    std::string delta;
  };
  struct FlagRow {
    RowKey key;
    Flag flag;
  };
  struct RejectRow {
    RowKey key;
    std::string reason;
    std::string detail;
    std::optional<RowKey> partner;
  };
  std::vector<EditRow> edits{};
  std::vector<FlagRow> flags{};
  std::vector<RejectRow> rejects{};
  Batch rejected_rows{};         // row i belongs to rejects[i]
  std::vector<EditRow> parts{};  // of expanding steps: key of the parent, EncodeParts
  Batch parents{};               // row i belongs to parts[i]
};

struct StepOutput {
  std::vector<Batch> ports;  // with hidden columns
  StepLedger ledger;
  /// Of steps that only pass rows on and edit them: per port and row, the input row it is, and
  /// whether that row's text was edited. Empty for steps that make other rows.
  std::vector<std::vector<int32_t>> parents{};
  std::vector<char> edited{};
};

/// What people decided on a step, and where what becomes of it is noted.
struct Decided {
  const StepDecisions& decisions;
  SettledDecisions& settled;
};

/// Fails with kInternal, naming the step, where the operator's outcome is not honest: a row without
/// a fate or with two, an edit that does not give the text, a column changed without leave.
/// `measured`: what was measured on these rows already, for a MeasuredBound.
Result<StepOutput> ApplyRowStep(const std::string& step, const Record& record,
                                const RowBound& bound, const Batch& input,
                                const std::atomic<bool>* stop, StepCounts& counts,
                                std::optional<Decided> decided = std::nullopt,
                                const Batch& measured = nullptr);

/// Does to the rows what `verdicts` say. `next` walks the verdicts, which are in key order.
Result<StepOutput> ApplyVerdicts(const std::string& step, const Record& record, const Bound& bound,
                                 const Batch& input, const std::vector<RowVerdict>& verdicts,
                                 size_t& next, StepCounts& counts);

/// Rows that an operator failed on are rejects; one that fails on all it is given is broken.
/// kInvalid where all of `counts` are such, with what was said of the first.
Result<void> CheckFailures(const std::string& step, const StepCounts& counts,
                           const std::string& first);
/// What was said of the first such reject; empty where there is none.
std::string FirstFailure(const StepLedger& ledger);

/// The numbers that `measured` has for a step, with the rows' keys, for the `stats` table.
Result<Batch> StatisticRows(const Batch& input, const Batch& measured,
                            const std::vector<std::string>& statistics);

}  // namespace siku::run
