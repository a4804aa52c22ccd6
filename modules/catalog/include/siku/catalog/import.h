// Files as people have them into versions of the store: what a file is taken for is a guess that
// is shown, corrected and handed back; what does not fit it is kept beside the rows.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "siku/catalog/catalog.h"
#include "siku/csv.h"
#include "siku/result.h"

namespace siku::catalog {

/// Is told bytes that are done, now and then; false ends what is being done (kInterrupted).
using ImportProgress = std::function<bool(int64_t)>;

/// A file's format is what its first bytes say, whatever its name is.
enum class ImportFormat : uint8_t { kCsv, kXlsx, kJson, kParquet };

/// A column as it is to be imported.
struct ImportColumn {
  std::string name{};
  std::string key{};          // JSON: the member that it is made of
  std::string type = "text";  // text, integer, number, real, date, timestamp, boolean; none
  int scale = 0;              // of a number: digits behind the point
  /// Cells that say there is no value, as people write it: they become null, and are counted.
  std::vector<std::string> empty{};
};

/// How a file is to be read.
struct ImportPlan {
  ImportFormat format = ImportFormat::kCsv;
  std::string sheet{};  // Excel
  std::string array{};  // JSON: where its records are (RFC 6901); empty: the file is an array
  bool lines = false;   // JSON: a record a line
  Encoding encoding = Encoding::kUtf8;
  CsvDialect dialect{};
  int64_t titles = 0;   // records above the header that belong to no table
  int64_t headers = 1;  // records of the header, joined by `/`
  std::vector<ImportColumn> columns{};
};

/// The plan, evidence for each of its columns, what is worth a person's eye, and the first rows:
///
///   {"format": "csv", "encoding": "gb18030", "delimiter": ",", "quotes": true, "titles": 1,
///    "headers": 2, "columns": [{"name", "type", "scale", "empty", "why", "values", "nulls",
///    "longest", "samples", "marks", "notes"}], "rows": 120, "notes": [{"what", "line", "count"}],
///    "above": [["…"]], "preview": [["…"]], "file": {"name", "bytes"}}
///
/// Excel has "sheet" and "sheets" instead of encoding, delimiter and quotes, JSON "lines" or
/// "array" and "arrays", and a "key" of each column; Parquet's columns are "kept" with their
/// "stored" type.
///
/// `given`, a corrected document or part of one, is held to: encoding, delimiter, quotes, titles
/// and headers, sheet, lines and array, and columns where they are as many as the file has. The
/// layout is guessed from the head of the file, types by looking at every row. kData: no text, no
/// table. kInvalid: `given`. kLimit: a header too long, too many columns, what a hostile file would
/// take. kUnsupported: a format that is not read, or the Python that reads it is not there. `name`:
/// what people call the file. `progress`: as ImportOptions.
Result<nlohmann::json> GuessImport(const std::string& path, const std::string& name,
                                   const nlohmann::json& given,
                                   const ImportProgress& progress = {});

/// A document's plan; evidence and what else it has are not looked at. kInvalid with the key.
Result<ImportPlan> ParsePlan(const nlohmann::json& document);

struct Imported {
  VersionInfo version{};
  VersionInfo rejects{};  // no rows: none
  int64_t rows = 0;
  int64_t rejected_rows = 0;    // whole records: ragged, badly quoted, too long
  int64_t rejected_values = 0;  // cells that are no value of their column; null in their row
  int64_t blank_rows = 0;       // without any value; left out
  int64_t emptied = 0;          // cells of `empty`, null in their row
};

struct ImportOptions {
  std::string dataset{};  // of the store; rejects go to `dataset`.rejects
  std::string name{};     // of the file, for the lineage
  std::string sha256{};   // hex, that it must have; empty: whatever it has
  int64_t max_record = 16 << 20;
  ImportProgress progress{};
};

/// One commit: the version and, where there are any, its rejects, a dataset of `line`, `row` (from
/// 1; null of a record that became none), `column`, `reason`, `value` and `bytes` (undecodable
/// ones); of Excel with `cell`, of JSON with `byte`. The lineage has the file's name, length and
/// SHA-256, the plan and the counts. The same file by the same plan gives the same version. kData
/// with the place: a quote that never closes, another number of columns. kUnbalanced: another
/// SHA-256. kInterrupted.
Result<Imported> ImportFile(Store& store, const std::string& path, const ImportPlan& plan,
                            const ImportOptions& options);

nlohmann::json ImportedJson(const Imported& imported);

}  // namespace siku::catalog
