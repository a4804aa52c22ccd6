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

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Whether a spreadsheet would take the cell for a formula (OWASP, "CSV Injection").
bool LooksLikeFormula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
}

void AppendCell(std::string_view text, bool guard, std::string& line) {
  std::string cell = guard && LooksLikeFormula(text) ? "'" : "";
  cell += text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) {
    line += cell;
    return;
  }
  line += '"';
  for (const char c : cell) line += c == '"' ? std::string("\"\"") : std::string(1, c);
  line += '"';
}

std::string CsvLine(const arrow::Schema& schema, const json& row) {
  std::string line;
  for (int i = 0; i < schema.num_fields(); ++i) {
    if (i > 0) line += ',';
    const auto value = row.find(schema.field(i)->name());
    if (value == row.end() || value->is_null()) continue;
    if (value->is_string()) {
      AppendCell(value->get_ref<const std::string&>(), true, line);
    } else {
      AppendCell(value->dump(), false, line);
    }
  }
  return line + "\r\n";
}

/// CSV beside the writers of core: whole or not at all, too.
class CsvWriter final : public RowWriter {
 public:
  static Result<std::unique_ptr<RowWriter>> Open(const std::string& path, const Schema& schema) {
    std::unique_ptr<CsvWriter> writer(new CsvWriter(path));
    writer->file_ = std::fopen(writer->temporary_.c_str(), "wb");
    if (writer->file_ == nullptr) return Errno("cannot write", path);
    std::string header(kByteOrderMark);
    for (int i = 0; i < schema->num_fields(); ++i) {
      if (i > 0) header += ',';
      AppendCell(schema->field(i)->name(), true, header);
    }
    SIKU_TRY(writer->Put(header + "\r\n"));
    return writer;
  }
  ~CsvWriter() override {
    if (file_ == nullptr) return;
    std::fclose(file_);
    unlink(temporary_.c_str());
  }
  CsvWriter(const CsvWriter&) = delete;
  CsvWriter& operator=(const CsvWriter&) = delete;

  Result<void> Write(const Batch& rows) override {
    for (int64_t row = 0; row < rows->num_rows(); ++row) {
      SIKU_TRY(const auto text, RowJson(rows, row));
      SIKU_TRY(Put(CsvLine(*rows->schema(), json::parse(text))));
    }
    return {};
  }
  Result<int64_t> Close() override {
    const int closed = std::fclose(file_);
    file_ = nullptr;
    if (closed != 0) return Errno("cannot write", path_);
    SIKU_TRY(SyncFile(temporary_));
    SIKU_TRY(RenameDurably(temporary_, path_));
    return bytes_;
  }

 private:
  explicit CsvWriter(std::string path)
      : path_(std::move(path)), temporary_(path_ + "." + UniqueName()) {}
  Result<void> Put(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) {
      return Errno("cannot write", path_);
    }
    bytes_ += static_cast<int64_t>(text.size());
    return {};
  }

  std::string path_;
  std::string temporary_;
  std::FILE* file_ = nullptr;
  int64_t bytes_ = 0;
};

Result<std::unique_ptr<RowWriter>> OpenWriter(const std::string& path, const Schema& schema,
                                              const std::string& format) {
  if (format == "csv") return CsvWriter::Open(path, schema);
  WriteOptions options;
  options.format = format == "parquet" ? Format::kParquet : Format::kJsonl;
  return RowWriter::Open(path, schema, options);
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
