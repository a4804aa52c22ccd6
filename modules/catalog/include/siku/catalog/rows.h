// Rows of a published version as they leave the house: without the columns and rows that policy
// keeps back, and without the columns that Siku keeps for itself. What is made of rows starts here.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "siku/catalog/catalog.h"
#include "siku/result.h"

namespace arrow {
class DataType;
}  // namespace arrow

namespace siku::catalog {

struct ColumnInfo {
  std::string name;
  std::string type;
};

/// A column's type in words of the catalogue: text, integer, number, boolean, binary, date, time,
/// timestamp, list, struct; others as Arrow has them.
std::string TypeName(const arrow::DataType& type);

/// Columns that may be read, in order.
Result<std::vector<ColumnInfo>> ReadableColumns(const Store& store, const Readable& readable);

/// {"name", "type"} of each.
nlohmann::json ColumnsJson(const std::vector<ColumnInfo>& columns);

/// How many rows may be read. Rows that are kept back do not show in it.
Result<int64_t> RowCount(const Store& store, const Readable& readable);

/// Rows [offset, offset + limit) as arrays of values in the order of `columns`; null where a value
/// is null. Values as in RowJson.
Result<nlohmann::json> RowsPage(const Store& store, const Readable& readable, int64_t offset,
                                int64_t limit);

/// What changed between two versions: columns, and rows by their keys where the columns are the
/// same, else null; so many samples. What is withheld counts as the same, and rows that are kept
/// back are not there. kLimit: more than two million rows.
Result<nlohmann::json> VersionDifferences(const Store& store, const Readable& before,
                                          const Readable& after, size_t samples);

/// Of rows [offset, offset + limit) those with texts that the run which made the version repaired:
/// {"row", "texts": [{"column", "repairs": [{"begin", "end", "before", "rules"}]}]}, places in code
/// points of the text as it is shown, `before` as the run read it. `whole`: also what other steps
/// took out. kDenied: rows are kept back. kLimit: the ledger is too long to look through.
Result<nlohmann::json> RowRepairs(Store& store, const Readable& readable, int64_t offset,
                                  int64_t limit, bool whole);

/// What a version can be downloaded as.
struct DownloadFormat {
  const char* name;  // in addresses, and behind the point of a file
  const char* title;
  const char* media_type;
};
std::span<const DownloadFormat> DownloadFormats();
/// Null: another name.
const DownloadFormat* FindDownloadFormat(std::string_view name);
/// Titles of these, where the version has a table, and the formats of its files and of the links;
/// each once. `newest`: null without a version.
std::vector<std::string> FormatsOf(const Dataset& dataset, const Version* newest);

/// The version in one file of the store's folder `exports`, made when it is first asked for.
/// `format`: one of DownloadFormats. CSV is RFC 4180 behind a byte order mark, for Excel; a text
/// that Excel would run as a formula gets an apostrophe in front. kInvalid: another format. Where
/// columns or rows are kept back, it is a copy of the others alone, under a name that tells
/// nothing; copies have 8 GiB together, and what was not read for longest goes. kBusy: two are
/// being made or waited for.
Result<std::string> ExportFile(const Store& store, const Readable& readable,
                               const std::string& format);

}  // namespace siku::catalog
