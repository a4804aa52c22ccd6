// How much text came to a step, left it, and went for each reason.
#pragma once

#include <string>
#include <vector>

#include "plan.h"
#include "siku/run.h"
#include "step.h"

namespace siku::run {

/// The columns whose text is counted: those that some step works on, so that the funnel is of the
/// same thing from end to end. Empty where there is no such step.
std::vector<std::string> TextColumns(const Plan& plan);

/// Adds the bytes of one batch. Without `columns`, all text columns are counted.
void CountBytes(const std::vector<std::string>& columns, const Batch& input,
                const StepOutput& output, StepCounts& counts);

}  // namespace siku::run
