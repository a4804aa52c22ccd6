// The report of a finished run: one HTML file that stands alone, asks no host for anything and
// holds nothing that is sealed. What it shows: docs/report.md.
#pragma once

#include <cstdint>
#include <string>

#include "siku/operator.h"
#include "siku/result.h"
#include "siku/store.h"

namespace siku::report {

struct ReportOptions {
  int64_t pages = 200;                     // at most this many are shown
  int64_t page_bytes = int64_t{64} << 10;  // of text in one page
  int64_t bytes = int64_t{32} << 20;       // of all pages, about
};

struct Written {
  int64_t bytes = 0;    // of the file
  int64_t pages = 0;    // shown
  int64_t total = 0;    // that were changed or flagged
  bool sealed = false;  // texts of some steps are sealed and not in it
};

/// Writes the report of `run` to `path`, over what stands there. `operators` explain the rules. The
/// same run gives the same bytes.
Result<Written> WriteReport(Store& store, const OperatorSet& operators, const std::string& run,
                            const std::string& path, const ReportOptions& options = {});

}  // namespace siku::report
