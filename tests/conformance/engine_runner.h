// Runs a case through the engine's own steps, in batches of a given size.
#pragma once

#include <arrow/type_fwd.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "case_file.h"
#include "siku/batch.h"
#include "siku/result.h"

namespace siku::conformance {

struct Outcome {
  std::map<std::string, std::vector<Row>> outputs;  // every cell as text
  std::string first_output;
  std::vector<ExpectedReject> rejects;  // sorted
  std::vector<ExpectedFlag> flags;      // sorted
  std::vector<std::string> rules;       // sorted, each once
};

Result<Outcome> RunCase(const Case& given, int64_t rows_per_batch);

}  // namespace siku::conformance
