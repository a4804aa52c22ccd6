// What people decided on the findings of an earlier run: a file (docs/format.md, "Decisions"),
// bound to the steps and rows of this one, and put between an operator's outcome and the ledger.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan.h"
#include "rows.h"
#include "siku/operator.h"
#include "siku/run.h"
#include "siku/source.h"

namespace siku::run {

/// What became of a decision. Those after kIdle no longer fit.
enum class Settled {
  kApplied,
  kIdle,
  kTextChanged,
  kRowAbsent,
  kOverlaps,
  kNoStep,
  kNoSource,
  kNoRule
};
/// Number of the decision in its file, and what became of it.
using SettledDecisions = std::vector<std::pair<int, Settled>>;

struct Decision {
  int number = 0;
  bool accepts = false;
  bool on_flag = false;  // a flag without a proposal: seen, not to be flagged again
  int64_t begin = 0;     // bytes of the step's input
  int64_t end = 0;
  std::string before{};  // what must stand there, and on both sides
  std::string left{};
  std::string right{};
  std::string after{};
  uint16_t name = 0;  // index into the record's rules, or flags
};
/// Of one step; those of a row sorted by place.
using StepDecisions = std::map<RowKey, std::vector<Decision>>;

class Decisions {
 public:
  /// Empty text: no decisions. kInvalid, kUnsupported with the place in the file.
  static Result<Decisions> Bind(const std::string& text, const std::string& recipe,
                                const Plan& plan, const SourceList& sources);
  /// Null where nothing was decided on the step.
  const StepDecisions* Of(const std::string& step) const;
  /// Adds up what tasks settled; what no task met has no row.
  DecisionSummary Summary(const SettledDecisions& settled) const;

 private:
  std::string sha256_{};
  std::vector<DecisionSummary::Unfit> places_{};  // of every decision, by number
  std::map<std::string, StepDecisions> steps_{};
  SettledDecisions unbound_{};
};

/// The rules that edits of a step may name, in order: its record's, then the same as a person
/// decided them.
std::vector<std::string> RulesWithDecided(const Record& record);

/// Makes of an honest outcome what was decided of it. `keys`: of the rows of `input`.
Result<void> ApplyDecisions(const StepDecisions& decisions, const Record& record,
                            const RowBound& bound, const Batch& input, const Keys& keys,
                            Outcome& outcome, SettledDecisions& settled);

}  // namespace siku::run
