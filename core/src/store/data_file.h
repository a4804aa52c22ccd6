// Writing a version's data files.
#pragma once

#include <memory>
#include <string>

#include "siku/store.h"

namespace siku {

/// Files go to `folder`/hh/<sha256>.parquet.
std::unique_ptr<DataFileWriter> MakeDataFileWriter(const std::string& folder, const Schema& schema);

}  // namespace siku
