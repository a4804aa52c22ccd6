// Rows into files people use: JSONL, CSV, text, Parquet, Arrow IPC. Files appear whole or not at
// all.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "siku/batch.h"
#include "siku/result.h"
#include "siku/source.h"

namespace siku {

struct WriteOptions {
  Format format = Format::kJsonl;
  Compression compression = Compression::kNone;  // for kText, kLines, kJsonl and kCsv
  /// The hidden columns, too (Parquet and Arrow only).
  bool keep_hidden = false;
  /// kCsv: a byte order mark first, lines that end in CR LF, and an apostrophe before texts that a
  /// spreadsheet would run as a formula (OWASP, "CSV Injection").
  bool for_spreadsheets = false;
  int64_t group_rows = 1 << 20;  // kParquet: rows of a group, at most
};

class RowWriter {
 public:
  /// Writes to `path` by way of a temporary file beside it; "-" is standard output, s3://bucket/key
  /// an object. `schema` may
  /// begin with the hidden columns. JSONL: a row read from JSONL keeps the spelling and the members
  /// of its line (by its residue), others are written column by column, null members left out.
  /// CSV is RFC 4180: a header, nothing for null and "" for an empty text; what is no text as JSON.
  /// kText and kLines write column `text`, one row a line; kText puts an empty line between rows.
  /// kUnsupported: a column of that type has no form in this format.
  static Result<std::unique_ptr<RowWriter>> Open(const std::string& path, const Schema& schema,
                                                 const WriteOptions& options);
  virtual ~RowWriter() = default;
  virtual Result<void> Write(const Batch& rows) = 0;
  /// Completes, syncs and names the file; gives its bytes.
  virtual Result<int64_t> Close() = 0;
};

/// One row's user columns as a JSON object, members in column order, nulls left out.
Result<std::string> RowJson(const Batch& rows, int64_t row);

}  // namespace siku
