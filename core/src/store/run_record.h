// What the store itself keeps of a run: `state.json` in its folder, for the index to be made from.
#pragma once

#include <string>
#include <vector>

#include "siku/store.h"

namespace siku {

Result<void> WriteRunRecord(const std::string& store, const RunInfo& run);
/// Of a store in S3: those that other machines wrote.
Result<void> BringRunRecords(const std::string& store);
/// Of every run's folder that has one; oldest first.
std::vector<RunInfo> ReadRunRecords(const std::string& store);

}  // namespace siku
