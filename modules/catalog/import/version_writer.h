// Rows into a version's data files, in the order they come.
#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "siku/digest.h"
#include "siku/store.h"

namespace siku::catalog {

inline constexpr int64_t kBatchRows = 4096;
inline constexpr int64_t kBatchBytes = 8 << 20;

class VersionWriter {
 public:
  VersionWriter(Store& store, Schema user) : store_(store), user_(std::move(user)) {}
  /// Rows under the key (0, position). `columns` as the schema has them.
  Result<void> Append(const std::vector<int64_t>& positions,
                      const std::vector<std::shared_ptr<arrow::Array>>& columns);
  /// `lineage`: JSON. kUnsupported, kInvalid: columns that cannot be stored.
  Result<Manifest> Finish(const std::string& lineage);

 private:
  Result<void> CloseFile();

  Store& store_;
  Schema user_;
  std::unique_ptr<DataFileWriter> file_{};
  int64_t rows_in_file_ = 0;
  Segment segment_{};
  ContentDigest digest_{};
};

}  // namespace siku::catalog
