#include <arrow/api.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "durable.h"
#include "rows/visible.h"
#include "siku/catalog/rows.h"
#include "siku/sha256.h"
#include "siku/writer.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

Result<std::unique_ptr<RowWriter>> OpenWriter(const std::string& path, const Schema& schema,
                                              const std::string& format) {
  return RowWriter::Open(path, schema,
                         {.format = *FormatFromName(format), .for_spreadsheets = true});
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
  // What is withheld is part of the name: no other reader gets this file.
  const std::string who = Sha256Hex(json(readable.withheld).dump()).substr(0, 16);
  const std::string path =
      folder + "/" + readable.version.content.substr(0, 32) + "-" + who + "." + format;
  if (access(path.c_str(), R_OK) == 0) return path;
  SIKU_TRY(const auto reader, VersionReader::Open(store, readable.manifest));
  const auto columns = VisibleColumns(reader->schema(), readable.withheld);
  SIKU_TRY(const auto schema, VisibleSchema(reader->schema(), columns));
  SIKU_TRY(const auto writer, OpenWriter(path, schema, format));
  for (;;) {
    SIKU_TRY(const auto batch, reader->Next());
    if (batch == nullptr) break;
    SIKU_TRY(const auto visible, Visible(batch, columns));
    SIKU_TRY(writer->Write(visible));
  }
  SIKU_TRY(const auto bytes, writer->Close());
  (void)bytes;
  return path;
}

}  // namespace siku::catalog
