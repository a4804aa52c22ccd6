// For tests: files read to rows, and rows put together to the bytes they came from.
#pragma once

#include <arrow/api.h>
#include <arrow/json/from_string.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "csv_cells.h"
#include "row_writers.h"
#include "siku/reader.h"
#include "siku/residue.h"

namespace siku::io {

/// A folder of its own that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "siku-io-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string Path(const std::string& name) const { return path_ + "/" + name; }
  std::string Write(const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories(std::filesystem::path(Path(name)).parent_path());
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// An array from JSON, as Arrow's own tests write them.
inline std::shared_ptr<arrow::Array> Values(const std::shared_ptr<arrow::DataType>& type,
                                            const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

inline std::string BytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct ReadAll {
  SourceList sources{};
  std::vector<InputSchema> schemas{};
  std::vector<Batch> batches{};
  std::vector<BadRow> bad{};
  std::vector<ReadFlag> flags{};

  int64_t rows() const {
    int64_t rows = 0;
    for (const Batch& batch : batches) rows += batch->num_rows();
    return rows;
  }
};

inline Result<void> ReadSplit(const Split& split, const ReadOptions& options, ReadAll& all) {
  SIKU_TRY(auto reader, BatchReader::Open(all.sources, split, all.schemas, options));
  for (;;) {
    SIKU_TRY(Read read, reader->Next());
    if (read.rows == nullptr && read.bad.empty()) return {};
    if (read.rows != nullptr) all.batches.push_back(read.rows);
    all.bad.insert(all.bad.end(), read.bad.begin(), read.bad.end());
    all.flags.insert(all.flags.end(), read.flags.begin(), read.flags.end());
  }
}

struct HowToRead {
  SourceOptions source{};
  std::vector<std::pair<std::string, std::string>> columns{};
  ReadOptions options{};
};

inline Result<ReadAll> ReadFiles(const std::vector<std::string>& paths, const HowToRead& how = {}) {
  ReadAll all;
  SIKU_TRY(all.sources, FindSources(paths, "", 0, how.source));
  SIKU_TRY(auto schema, InferSchema(all.sources, 0, how.columns));
  all.schemas.push_back(std::move(schema));
  Split split;
  for (size_t i = 0; i < all.sources.size(); ++i) split.push_back({static_cast<int>(i), 0, -1});
  SIKU_TRY(ReadSplit(split, how.options, all));
  return all;
}

/// The record that row `row` of a batch was read from.
inline Result<std::string> RestoreRow(const Batch& batch, int64_t row, Format format) {
  const auto& residues =
      static_cast<const arrow::LargeBinaryArray&>(*batch->GetColumnByName("_siku_residue"));
  const UserColumns columns(*batch->schema());
  if (format == Format::kJsonl) {
    return RestoreJsonRecord(
        residues.GetView(row),
        [&](std::string_view name, Spelling spelling) -> std::optional<std::string> {
          const size_t i = columns.Find(name, 0);
          if (i == columns.size()) return std::nullopt;
          std::string value;
          columns[i].AppendValue(*batch->column(columns[i].index), row, spelling, value);
          return value;
        });
  }
  std::optional<std::string_view> residue;
  if (residues.IsValid(row)) residue = residues.GetView(row);
  if (format == Format::kCsv) {
    std::vector<std::optional<std::string>> cells;
    for (const UserColumn& column : columns) {
      cells.push_back(CsvCellText(*batch->column(column.index), row));
    }
    return RestoreCsvRecord(residue, {cells.begin(), cells.end()});
  }
  const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->GetColumnByName("text"));
  return RestoreTextRecord(residue, texts.GetView(row), format == Format::kLines ? "\n" : "");
}

/// The bytes of source 0, from its rows and bad rows by position.
inline Result<std::string> RestoreBytes(const ReadAll& all) {
  std::map<int64_t, std::string> records;
  for (const Batch& batch : all.batches) {
    const auto& positions =
        static_cast<const arrow::Int64Array&>(*batch->GetColumnByName("_siku_position"));
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      SIKU_TRY(records[positions.Value(row)], RestoreRow(batch, row, all.sources[0].format));
    }
  }
  for (const BadRow& bad : all.bad) records[bad.position] = bad.raw;
  std::string bytes;
  for (const auto& [position, record] : records) {
    if (position != static_cast<int64_t>(bytes.size())) {
      return Fail(Code::kInternal, "a residue cannot be read", std::to_string(position));
    }
    bytes += record;
  }
  return bytes;
}

}  // namespace siku::io
