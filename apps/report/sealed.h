// What may not be shown: the steps whose texts an operator conceals, or comes to conceal.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "siku/ledger_view.h"
#include "siku/operator.h"
#include "siku/run.h"

namespace siku::report {

/// The steps whose texts must not leave the store: those that conceal, those of operators that
/// `operators` lacks (they may conceal), all that come before one of them, as their rows hold what
/// is concealed later, and all that take such rows, or the same files, on another way. Where there
/// is any, the reader's rows are sealed too: the empty name.
std::set<std::string> SealedSteps(const RunShape& shape, const OperatorSet& operators,
                                  const std::vector<SourceSummary>& sources);

}  // namespace siku::report
