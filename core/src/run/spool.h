// Files of a run's folder that hold batches: intermediates and sketches (Arrow IPC, LZ4), ledger
// tables (Parquet, zstd). Written once, complete and on disk when Close returns.
#pragma once

#include <memory>
#include <string>

#include "sealed_file.h"
#include "siku/batch.h"
#include "siku/result.h"

namespace siku::run {

/// kMapped is not compressed and laid out so that it can be read in place.
enum class SpoolFormat { kIpc, kMapped, kParquet };

class Spool {
 public:
  /// Sealed where there is a key.
  static Result<std::unique_ptr<Spool>> Create(const std::string& path, const Schema& schema,
                                               SpoolFormat format, const RunKey& key = nullptr);
  virtual ~Spool() = default;
  /// kIpc and kMapped keep batch borders, empty batches included.
  virtual Result<void> Write(const Batch& batch) = 0;
  /// Bytes in the file so far.
  virtual int64_t bytes() const = 0;
  /// Finishes the file and syncs it; gives its size in bytes.
  virtual Result<int64_t> Close() = 0;
};

class SpoolReader {
 public:
  static Result<std::unique_ptr<SpoolReader>> Open(const std::string& path, SpoolFormat format,
                                                   const RunKey& key = nullptr);
  virtual ~SpoolReader() = default;
  virtual const Schema& schema() const = 0;
  /// Null at the end.
  virtual Result<Batch> Next() = 0;
};

}  // namespace siku::run
