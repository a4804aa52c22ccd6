// The one exchange primitive, "by key, then one operator per partition", over files of the run's
// folder: any engine that can start tasks can drive it, and no text passes through it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sealed_file.h"
#include "siku/operator.h"

namespace siku::run {

/// The partition of an exchange key; the same on every machine.
int PartitionOf(int64_t exchange_high, int partitions);

/// Collects one split's sketches of one step: of a keyed one bucketed by partition, of a global one
/// (a single partition) in their order, laid out so that the file can be mapped and read in place.
class SketchFile {
 public:
  static Result<std::unique_ptr<SketchFile>> Create(const std::string& path, int partitions,
                                                    const RunKey& key = nullptr);
  ~SketchFile();
  /// `rows`: the step's input with hidden columns; `sketch`: what Sketch gave for the same rows.
  /// With `share`, columns of the sketch that are columns of the input are left out, and named in
  /// the file's schema (SharedColumns).
  Result<void> Add(const Batch& rows, const Batch& sketch, bool share = false);
  Result<int64_t> Close();

 private:
  SketchFile();
  Result<void> Flush();
  struct State;
  std::unique_ptr<State> state_;
};

/// Sketch column and input column of those that a sketch file leaves to the input's spool.
std::vector<std::pair<std::string, std::string>> SharedColumns(const Schema& sketches);

/// Reduces partition `partition` of all splits' sketch files (in split order) and writes the
/// verdicts, one record batch per split, to `out`.
Result<void> ReducePartition(const KeyedBound& bound, const Record& record,
                             const std::vector<std::string>& sketches, int partition,
                             int partitions, const std::string& out, const RunKey& key = nullptr);

}  // namespace siku::run
