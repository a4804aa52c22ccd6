// What may not be shown: the steps whose texts an operator conceals, or comes to conceal.
#pragma once

#include <set>
#include <string>

#include "siku/ledger_view.h"
#include "siku/operator.h"

namespace siku::report {

/// The steps whose texts must not leave the store: those that conceal, those of operators that
/// `operators` lacks (they may conceal), and all that come before one of them, as their rows hold
/// what is concealed later. Where there is any, the reader's rows are sealed too: the empty name.
std::set<std::string> SealedSteps(const RunShape& shape, const OperatorSet& operators);

}  // namespace siku::report
