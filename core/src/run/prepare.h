// From a recipe to what tasks need: sources found, schemas inferred, steps bound, splits cut.
#pragma once

#include <vector>

#include "decisions.h"
#include "plan.h"
#include "run_file.h"
#include "siku/reader.h"
#include "siku/run.h"

namespace siku::run {

struct Prepared {
  RunFile file{};
  std::vector<InputSchema> schemas{};  // per input
  Plan plan{};
  Decisions decisions{};
  RunKey key{};
};

Result<Prepared> Prepare(Store& store, const OperatorSet& operators, const RunRequest& request);
/// Before the run is created: gives it a key where a step conceals. kInvalid without the owner's.
Result<void> SealRun(Prepared& prepared, const std::optional<SealKey>& owner);
/// The same from a run's file. kConflict where a source or an operator is not what it was, kDenied
/// without the key it was sealed with.
Result<Prepared> PrepareAgain(const OperatorSet& operators, RunFile file,
                              const std::optional<SealKey>& owner);

std::vector<SourceSummary> Summaries(const RunFile& file);
int64_t InputBytes(const RunFile& file);

/// How much a run takes at once: fewer threads and smaller batches where memory is little.
struct Sizing {
  int threads = 1;
  int64_t batch_bytes = 0;
};
/// kInvalid where `memory` is less than any run needs.
Result<Sizing> SizeRun(const RunOptions& options);

}  // namespace siku::run
