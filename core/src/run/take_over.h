// What a run with a changed recipe need not do again: tasks of an unfinished run, up to the first
// stage in which a step differs.
#pragma once

#include <string>

#include "prepare.h"

namespace siku::run {

/// Gives `run`, just created, the finished tasks of `from`, an unfinished one, that its own would
/// repeat to the byte; the number of them. A stage is taken over where it and all before it read
/// the same sources in the same splits by the same steps, and leave the same ports behind. A kill
/// on the way leaves fewer tasks taken over. kConflict: `from` is finished, or its sources or
/// operators have changed; kBusy: it is being worked on; kUnsupported: one of the two conceals
/// texts.
Result<int> TakeOver(Store& store, const OperatorSet& operators, const std::string& from,
                     const Prepared& prepared, const std::string& run);

}  // namespace siku::run
