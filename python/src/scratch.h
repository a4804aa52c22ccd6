// Frames on their way into a run: Arrow files in a folder of the store, which its collector sweeps
// should this process die.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "capsule.h"
#include "signals.h"
#include "siku/result.h"
#include "siku/store.h"

namespace siku::python {

class Scratch {
 public:
  explicit Scratch(const Store& store) : runs_(store.path() + "/runs") {}
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// Writes all rows and gives the file. kInterrupted: `signals` said so.
  Result<std::string> Write(const std::string& input, arrow::RecordBatchReader& rows,
                            Signals& signals);
  /// The folder stays when this object goes: an unfinished run needs it again. Its time becomes
  /// now, so that the collector takes it for no older than the run.
  void Keep();

 private:
  std::string runs_;
  std::string folder_{};
  bool keep_ = false;
};

/// Removes the frames that a finished run was given, found by its sources' paths.
void RemoveScratchOf(const Store& store, const std::string& run);

}  // namespace siku::python
