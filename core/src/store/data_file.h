// Writing a version's data files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "siku/store.h"

namespace siku {

/// Files go to `folder`/hh/<sha256>.parquet.
Result<std::unique_ptr<DataFileWriter>> MakeDataFileWriter(const std::string& folder,
                                                           const Schema& schema);

/// Writes rows into as many files as they need; where one ends is of the rows alone.
class DataFilesWriter {
 public:
  DataFilesWriter(std::string folder, Schema schema)
      : folder_(std::move(folder)), schema_(std::move(schema)) {}
  Result<void> Append(const Batch& rows);
  Result<std::vector<DataFile>> Finish();

 private:
  Result<void> CloseFile();
  std::string folder_;
  Schema schema_;
  std::unique_ptr<DataFileWriter> writer_{};
  int64_t bytes_ = 0;
  std::vector<DataFile> files_{};
};

}  // namespace siku
