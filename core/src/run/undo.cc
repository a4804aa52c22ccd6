#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/api.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "../io/csv_cells.h"
#include "../io/json_value.h"
#include "../io/open_source.h"
#include "../io/output_file.h"
#include "record_digests.h"
#include "recovery.h"
#include "siku/residue.h"
#include "siku/sha256.h"
#include "siku/writer.h"
#include "task_ledger.h"

namespace siku {
namespace {

namespace fs = std::filesystem;
using namespace run;

constexpr size_t kWriteBuffer = 1 << 20;

// The records of one source, written in large pieces.
class RecordFile {
 public:
  Result<void> Open(const std::string& path) {
    SIKU_TRY(MakeFolders(fs::path(path).parent_path().string()));
    SIKU_TRY(file_, io::OutputFile::Open(path, Compression::kNone));
    return {};
  }
  Result<void> Write(std::string_view bytes) {
    buffer_.append(bytes);
    return buffer_.size() >= kWriteBuffer ? Flush() : Result<void>{};
  }
  Result<int64_t> Finish() {
    SIKU_TRY(Flush());
    return file_->Finish();
  }

 private:
  Result<void> Flush() {
    const auto wrote =
        FromArrow(file_->stream().Write(buffer_.data(), static_cast<int64_t>(buffer_.size())));
    buffer_.clear();
    if (!wrote.has_value()) return file_->Failed(wrote.error());
    return {};
  }
  std::unique_ptr<io::OutputFile> file_{};
  std::string buffer_{};
};

bool IsColumnar(const Source& source) {
  return source.format == Format::kParquet || source.format == Format::kArrow;
}

// Inside the folder, whatever a relative path may say; below the input's name where there are
// several.
Result<std::string> PlaceOf(const RunFile& file, const Source& source) {
  fs::path relative = source.relative;
  if (source.compression != Compression::kNone &&
      (relative.extension() == ".gz" || relative.extension() == ".zst")) {
    relative.replace_extension();
  }
  if (source.stored) relative += ".parquet";
  // A stream comes back as a file of the same rows.
  if (source.format == Format::kArrow && relative.extension() == ".arrows") {
    relative.replace_extension(".arrow");
  }
  if (file.inputs.size() > 1) {
    relative = fs::path(file.inputs[static_cast<size_t>(source.input)]) / relative;
  }
  const fs::path inside = relative.lexically_normal();
  if (inside.is_absolute() || inside.string().starts_with("..")) {
    return Fail(Code::kInvalid, "the source's name leaves the folder", relative.string());
  }
  return inside.string();
}

// One place per source: two sources of one name get numbers.
Result<std::vector<std::string>> Places(const RunFile& file, const std::string& folder) {
  std::vector<std::string> places;
  std::set<std::string> taken;
  for (const Source& source : file.sources) {
    SIKU_TRY(const auto relative, PlaceOf(file, source));
    const bool same = !places.empty() && source.ordinal == file.sources[places.size() - 1].ordinal;
    std::string place = same ? places.back() : folder + "/" + relative;
    for (int i = 2; !same && !taken.insert(place).second; ++i) {
      place = folder + "/" + relative + "." + std::to_string(i);
    }
    if (fs::exists(place)) return Fail(Code::kConflict, "the file exists already", place);
    places.push_back(std::move(place));
  }
  return places;
}

std::optional<std::string> JsonValue(const Batch& batch, int64_t row, std::string_view column,
                                     Spelling spelling) {
  const auto array = batch->GetColumnByName(std::string(column));
  if (array == nullptr || array->IsNull(row)) return std::nullopt;
  std::string json;
  if (array->type_id() != arrow::Type::LARGE_STRING) {
    io::AppendJsonValue(*array, row, json);
    return json;
  }
  const auto text = static_cast<const arrow::LargeStringArray&>(*array).GetView(row);
  if (spelling == Spelling::kVerbatim) return std::string(text);
  io::AppendJsonString(text, spelling == Spelling::kAscii, json);
  return json;
}

Result<std::string> RestoreCsvRow(const Batch& batch, int64_t row,
                                  std::optional<std::string_view> residue) {
  std::vector<std::optional<std::string>> texts;
  for (int column = kHiddenColumns; column < batch->num_columns(); ++column) {
    const arrow::Array& values = *batch->column(column);
    texts.push_back(io::CsvCellText(values, row));
  }
  return RestoreCsvRecord(residue, {texts.begin(), texts.end()});
}

Result<std::string> Restored(const Source& source, const Batch& batch, int64_t row) {
  const auto& residues = static_cast<const arrow::LargeBinaryArray&>(*batch->column(3));
  std::optional<std::string_view> residue;
  if (!residues.IsNull(row)) residue = residues.GetView(row);
  if (source.format == Format::kJsonl) {
    if (!residue.has_value()) return Fail(Code::kData, "a residue cannot be read");
    return RestoreJsonRecord(*residue, [&](std::string_view column, Spelling spelling) {
      return JsonValue(batch, row, column, spelling);
    });
  }
  if (source.format == Format::kCsv) return RestoreCsvRow(batch, row, residue);
  const auto text = batch->GetColumnByName("text");
  return RestoreTextRecord(residue, static_cast<const arrow::LargeStringArray&>(*text).GetView(row),
                           source.format == Format::kLines ? "\n" : "");
}

// A record over the cap is only named in the ledger; its bytes must come from the source.
Result<void> CopyRecord(const Source& source, int64_t position, int64_t bytes,
                        const std::string& sha256, RecordFile& out) {
  const auto gone = [&] {
    return Fail(Code::kNotFound,
                "a record over the cap was kept by reference, and its source is not what it was",
                std::to_string(bytes), source.relative + ":" + std::to_string(position),
                "put the source back and undo again");
  };
  auto stream = io::OpenStream(source);
  if (!stream.has_value()) return gone();
  Sha256 hash;
  int64_t at = 0;
  while (at < position + bytes) {
    const int64_t end = at < position ? position : position + bytes;
    auto chunk = stream->stream->Read(std::min<int64_t>(end - at, kWriteBuffer));
    if (!chunk.ok() || (*chunk)->size() == 0) return gone();
    const std::string_view view(reinterpret_cast<const char*>((*chunk)->data()),
                                static_cast<size_t>((*chunk)->size()));
    if (at >= position) {
      hash.Update(view);
      SIKU_TRY(out.Write(view));
    }
    at += (*chunk)->size();
  }
  if (Hex(hash.Finish()) != sha256) return gone();
  return {};
}

class Undo {
 public:
  Undo(const Recovery& recovery, std::string folder)
      : recovery_(recovery),
        folder_(std::move(folder)),
        bad_(Map(recovery.Table(kRejectsTable, ""), AddChild)) {}

  Result<UndoReport> Run() {
    // What exists already is refused before anything is written.
    SIKU_TRY(places_, Places(recovery_.file(), folder_));
    SIKU_TRY(MakeFolders(folder_));
    SIKU_TRY(bad_.Advance());
    const auto& sources = recovery_.file().sources;
    for (int input = 0; input < static_cast<int>(recovery_.file().inputs.size()); ++input) {
      SIKU_TRY(auto rows, recovery_.Rows({input, 0}));
      RowCursor cursor(std::move(rows));
      SIKU_TRY(cursor.Advance());
      for (size_t i = 0; i < sources.size(); ++i) {
        const bool first = i == 0 || sources[i].ordinal != sources[i - 1].ordinal;
        if (sources[i].input != input || !first) continue;
        SIKU_TRY(IsColumnar(sources[i]) ? WriteColumns(i, cursor) : WriteRecords(i, cursor));
        ++report_.files;
      }
    }
    return report_;
  }

 private:
  // The reader's rejects have no child column.
  static Result<Batch> AddChild(const Batch& batch) {
    SIKU_TRY(auto child,
             FromArrow(arrow::MakeArrayFromScalar(
                 arrow::BinaryScalar(arrow::Buffer::FromString("")), batch->num_rows())));
    return FromArrow(batch->AddColumn(2, arrow::field("child", arrow::binary(), false), child));
  }

  Result<void> WriteBad(const Source& source, RecordFile& out) {
    const Batch& batch = bad_.batch();
    const int64_t row = bad_.row();
    const auto text = [&](const char* name) { return batch->GetColumnByName(name); };
    if (text("raw")->IsNull(row)) {
      const auto& bytes = static_cast<const arrow::Int64Array&>(*text("bytes"));
      const auto& hash = static_cast<const arrow::StringArray&>(*text("sha256"));
      SIKU_TRY(CopyRecord(source, bad_.key().position, bytes.Value(row), hash.GetString(row), out));
    } else {
      SIKU_TRY(out.Write(static_cast<const arrow::LargeBinaryArray&>(*text("raw")).GetView(row)));
    }
    return bad_.Advance();
  }

  Result<void> WriteRecords(size_t index, RowCursor& rows) {
    const Source& source = recovery_.file().sources[index];
    RecordFile out;
    SIKU_TRY(out.Open(places_[index]));
    for (;;) {
      const bool row = !rows.done() && rows.key().source == source.ordinal;
      const bool bad = !bad_.done() && bad_.key().source == source.ordinal;
      if (!row && !bad) break;
      if (bad && (!row || bad_.key().position < rows.key().position)) {
        SIKU_TRY(WriteBad(source, out));
        continue;
      }
      SIKU_TRY(const auto record, Restored(source, rows.batch(), rows.row()));
      SIKU_TRY(out.Write(record));
      ++report_.rows;
      SIKU_TRY(rows.Advance());
    }
    SIKU_TRY(const int64_t bytes, out.Finish());
    report_.bytes += bytes;
    auto same = Check(index, places_[index]);
    // What is not the input must not stand there as if it were.
    if (!same.has_value()) fs::remove(places_[index]);
    return same;
  }

  // Read again, the restored file must have the digest that the run saw.
  Result<void> Check(size_t index, const std::string& path) const {
    const RunFile& file = recovery_.file();
    SourceList sources = {file.sources[index]};
    sources[0].path = path;
    sources[0].compression = Compression::kNone;
    sources[0].input = 0;
    SIKU_TRY(auto schema,
             InferSchema(sources, 0, file.columns[static_cast<size_t>(file.sources[index].input)]));
    const std::vector<InputSchema> schemas = {std::move(schema)};
    ReadOptions options;
    options.max_record = file.max_record;
    SIKU_TRY(auto reader, BatchReader::Open(sources, {{0, 0, -1}}, schemas, options));
    ContentDigest digest;
    for (;;) {
      SIKU_TRY(const auto read, reader->Next());
      if (read.rows == nullptr && read.bad.empty()) break;
      SIKU_TRY(const auto digests, DigestRead(read));
      digest.Add(digests.records);
    }
    // A limit ended the reading somewhere inside.
    const bool whole = file.limit < 0;
    if (!whole || digest.Finish("[]") == recovery_.summary().sources[index].digest) return {};
    return Fail(Code::kUnbalanced, "the restored file is not the one that was read",
                file.sources[index].relative, {},
                "`siku store verify` says whether the store is damaged");
  }

  Result<void> WriteColumns(size_t index, RowCursor& rows) {
    const Source& source = recovery_.file().sources[index];
    const std::string& path = places_[index];
    SIKU_TRY(MakeFolders(fs::path(path).parent_path().string()));
    SIKU_TRY(const auto schema, SchemaOf(source.input));
    SIKU_TRY(auto writer, RowWriter::Open(path, schema, {.format = source.format}));
    while (!rows.done() && rows.key().source == source.ordinal) {
      // As many rows of the batch at hand as belong to this source.
      const Batch batch = rows.batch();
      const int64_t first = rows.row();
      int64_t count = 0;
      while (!rows.done() && rows.batch() == batch && rows.key().source == source.ordinal) {
        ++count;
        SIKU_TRY(rows.Advance());
      }
      SIKU_TRY(const auto whole, RestoreColumns(batch->Slice(first, count)));
      SIKU_TRY(const auto columns, As(schema, UserColumns(whole)));
      SIKU_TRY(writer->Write(columns));
      report_.rows += count;
    }
    SIKU_TRY(const int64_t bytes, writer->Close());
    report_.bytes += bytes;
    return {};
  }

  // The store has one type of each kind; the source may have had another.
  static Result<Batch> As(const Schema& schema, const Batch& rows) {
    arrow::ArrayVector columns;
    for (const auto& field : schema->fields()) {
      SIKU_TRY(auto column, FromArrow(arrow::compute::Cast(rows->GetColumnByName(field->name()),
                                                           field->type())));
      columns.push_back(column.make_array());
    }
    return arrow::RecordBatch::Make(schema, rows->num_rows(), std::move(columns));
  }

  Result<Schema> SchemaOf(int input) const {
    const std::string& hex = recovery_.file().schemas[static_cast<size_t>(input)];
    std::string bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2) {
      bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    }
    arrow::io::BufferReader reader(arrow::Buffer::FromString(std::move(bytes)));
    arrow::ipc::DictionaryMemo memo;
    return FromArrow(arrow::ipc::ReadSchema(&reader, &memo));
  }

  const Recovery& recovery_;
  std::string folder_;
  RowCursor bad_;
  std::vector<std::string> places_{};  // per source
  UndoReport report_{};
};

}  // namespace

Result<UndoReport> UndoRun(Store& store, const std::string& run, const std::string& folder,
                           const std::optional<SealKey>& seal_key) {
  SIKU_TRY(const auto recovery, Recovery::Open(store, run, seal_key));
  SIKU_TRY(recovery.RequireKey());
  return Undo(recovery, folder).Run();
}

}  // namespace siku
