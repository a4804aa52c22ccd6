// A step that looks at all rows, over a frame in memory.
#pragma once

#include <vector>

#include "outcome.h"
#include "signals.h"
#include "siku/operator.h"

namespace siku::python {

/// Rows that stay, and those of the second port where there is one; says the rest to `said`.
Result<std::vector<Batch>> ResolveInMemory(const GlobalBound& bound, const Record& record,
                                           const Batch& rows, Signals& signals, Outcomes& said);

}  // namespace siku::python
