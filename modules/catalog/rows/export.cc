#include <arrow/api.h>
#include <unistd.h>

#include <algorithm>

#include "durable.h"
#include "rows/conditions.h"
#include "rows/copies.h"
#include "rows/restricted.h"
#include "rows/visible.h"
#include "siku/catalog/rows.h"
#include "siku/writer.h"

namespace siku::catalog {
namespace {

WriteOptions OptionsOf(const Readable& readable, const std::string& format) {
  WriteOptions options{.format = *FormatFromName(format), .for_spreadsheets = true};
  if (!readable.conditions.empty()) options.group_rows = kRestrictedGroupRows;
  return options;
}

/// The rows that fit the conditions, with the columns that are not withheld. A column may be both
/// withheld and in a condition.
Result<void> WriteFile(const Store& store, const Readable& readable, const std::string& format,
                       const std::string& path) {
  SIKU_TRY(const auto reader, VersionReader::Open(store, readable.Whole()));
  SIKU_TRY(const auto conditions,
           RowConditions::Bind(reader->schema(), readable.conditions, "rows"));
  const auto columns = VisibleColumns(reader->schema(), readable.withheld);
  SIKU_TRY(const auto schema, VisibleSchema(reader->schema(), columns));
  // Two that ask for one file at a time write two.
  const std::string temporary = path + "." + UniqueName();
  SIKU_TRY(const auto writer, RowWriter::Open(temporary, schema, OptionsOf(readable, format)));
  for (;;) {
    SIKU_TRY(auto batch, reader->Next());
    if (batch == nullptr) break;
    if (!conditions.empty()) {
      SIKU_TRY(batch, conditions.Keep(batch));
    }
    SIKU_TRY(const auto visible, Visible(batch, columns));
    SIKU_TRY(writer->Write(visible));
  }
  SIKU_TRY(const auto bytes, writer->Close());
  (void)bytes;
  return RenameDurably(temporary, path);
}

}  // namespace

Result<std::string> ExportFile(const Store& store, const Readable& readable,
                               const std::string& format) {
  if (FindDownloadFormat(format) == nullptr) {
    return Fail(Code::kInvalid, "no format of a download", format, "format",
                "csv, jsonl or parquet");
  }
  const std::string folder = store.path() + "/exports";
  SIKU_TRY(MakeFolders(folder));
  SIKU_TRY(const auto name, CopyName(store, readable, format));
  const std::string path = folder + "/" + name;
  if (name.starts_with(kRestricted)) {
    SIKU_TRY(MakeCopy(path, [&] { return WriteFile(store, readable, format, path); }));
  } else if (access(path.c_str(), R_OK) != 0) {
    SIKU_TRY(WriteFile(store, readable, format, path));
  }
  return path;
}

}  // namespace siku::catalog
