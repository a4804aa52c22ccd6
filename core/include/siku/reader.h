// Rows out of files, with hidden columns; what could not be read comes beside them, never lost.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "siku/batch.h"
#include "siku/result.h"
#include "siku/source.h"

namespace siku {

/// A record that is no row: kept whole, or by reference when it is over the cap.
struct BadRow {
  int source = 0;
  int64_t position = 0;
  // blank_line, not_json, not_object, too_long, no_rows; of CSV ragged, bad_quotes, open_quote, and
  // header where no row comes first that could keep it.
  std::string reason;
  std::string detail{};
  std::string raw{};     // the record's bytes; empty when by reference
  int64_t bytes = 0;     // its length
  std::string sha256{};  // by reference only
};

/// A place in a row's value that is not what the source holds: U+FFFD for undecodable bytes
/// (`undecodable`), a value that does not fit its column (`type_mismatch`, no span).
struct ReadFlag {
  int source = 0;
  int64_t position = 0;
  std::string kind;
  std::string column;
  int64_t begin = 0;  // bytes of the value
  int64_t end = 0;
};

struct Read {
  int input = 0;
  Batch rows{};  // hidden columns first; null at the end of the split
  std::vector<BadRow> bad{};
  std::vector<ReadFlag> flags{};
};

struct ReadOptions {
  int64_t max_record = 64 << 20;  // bytes; longer ones are rejected by reference
  int64_t batch_rows = 1024;
  int64_t batch_bytes = 8 << 20;  // of text; one longer record stands alone
};

/// How the rows of one input look. For JSONL the columns to extract, for CSV all, by kind.
enum class ColumnKind : uint8_t { kText, kInt, kReal, kBool, kJson };
struct InputSchema {
  Schema user{};
  std::vector<std::pair<std::string, ColumnKind>> kinds{};
};

/// The columns of an input: declared ones, or what its sources have. JSONL is inferred from the
/// first 256 KiB of its first 64 sources; columnar sources and headers of CSV must agree. CSV has
/// texts where nothing is declared.
Result<InputSchema> InferSchema(const SourceList& sources, int input,
                                const std::vector<std::pair<std::string, std::string>>& declared);

class BatchReader {
 public:
  /// `schemas`: one per input.
  static Result<std::unique_ptr<BatchReader>> Open(const SourceList& sources, const Split& split,
                                                   const std::vector<InputSchema>& schemas,
                                                   const ReadOptions& options);
  virtual ~BatchReader() = default;
  virtual Result<Read> Next() = 0;
  /// Bytes of the sources' files consumed so far.
  virtual int64_t bytes_done() const = 0;
};

}  // namespace siku
