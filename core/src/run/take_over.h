// What a run with a changed recipe need not do again: tasks of an unfinished run, up to the first
// stage in which a step differs.
#pragma once

#include <memory>
#include <string>

#include "prepare.h"
#include "run_state.h"

namespace siku::run {

/// An unfinished run, held against anybody else who would work on it.
struct Predecessor {
  std::string run;
  Prepared prepared{};
  RunLock lock{};
  std::unique_ptr<Lease> alone{}, lease{};
};
/// kConflict: it is finished, or its sources or operators have changed; kBusy: it is being worked
/// on; kUnsupported: it conceals texts.
Result<std::unique_ptr<Predecessor>> OpenPredecessor(Store& store, const OperatorSet& operators,
                                                     const std::string& run);

/// Gives `run`, just created, the finished tasks of `from` that its own would repeat to the byte;
/// the number of them. A stage is taken over where it and all before it read the same sources in
/// the same splits by the same steps, and leave the same ports behind. A kill on the way leaves
/// fewer tasks taken over. kUnsupported: `run` conceals texts.
Result<int> TakeOver(Store& store, const Predecessor& from, const Prepared& prepared,
                     const std::string& run);

}  // namespace siku::run
