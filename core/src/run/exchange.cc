#include "exchange.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>
#include <arrow/util/key_value_metadata.h>

#include <algorithm>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "rows.h"
#include "verdicts.h"

namespace siku::run {
namespace {

// A flush holds this many bytes of sketches; more would only cost memory.
constexpr int64_t kFlushRows = 1 << 19;

const std::string kShared = "siku.shared.";

// The column of the input that has just these data, or -1.
int SameColumn(const Batch& rows, const std::shared_ptr<arrow::ArrayData>& data) {
  for (int i = kHiddenColumns; i < rows->num_columns(); ++i) {
    if (rows->column_data(i) == data) return i;
  }
  return -1;
}

Result<std::shared_ptr<arrow::ipc::RecordBatchFileReader>> OpenRandom(const std::string& path,
                                                                      const RunKey& key) {
  SIKU_TRY(auto file, OpenFile(path, key, true));
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.use_threads = false;
  return FromArrow(arrow::ipc::RecordBatchFileReader::Open(file, options));
}

}  // namespace

int PartitionOf(int64_t exchange_high, int partitions) {
  const auto high = static_cast<uint64_t>(exchange_high) >> 32;
  return static_cast<int>((high * static_cast<uint64_t>(partitions)) >> 32);
}

struct SketchFile::State {
  std::string path;
  int partitions = 1;
  RunKey key;
  std::vector<Batch> waiting;
  int64_t rows = 0;
  std::shared_ptr<arrow::io::OutputStream> file;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer;
};

SketchFile::SketchFile() : state_(std::make_unique<State>()) {}
SketchFile::~SketchFile() = default;

Result<std::unique_ptr<SketchFile>> SketchFile::Create(const std::string& path, int partitions,
                                                       const RunKey& key) {
  std::unique_ptr<SketchFile> sketches(new SketchFile());
  sketches->state_->path = path;
  sketches->state_->partitions = partitions;
  sketches->state_->key = key;
  return sketches;
}

Result<void> SketchFile::Add(const Batch& rows, const Batch& sketch, bool share) {
  arrow::FieldVector fields;
  arrow::ArrayVector columns;
  const auto shared = std::make_shared<arrow::KeyValueMetadata>();
  for (int i = 0; i < kHiddenColumns - 1; ++i) {
    fields.push_back(rows->schema()->field(i));
    columns.push_back(rows->column(i));
  }
  for (int i = 0; i < sketch->num_columns(); ++i) {
    const int same = share ? SameColumn(rows, sketch->column_data(i)) : -1;
    if (same >= 0) {
      shared->Append(kShared + sketch->schema()->field(i)->name(),
                     rows->schema()->field(same)->name());
      continue;
    }
    fields.push_back(sketch->schema()->field(i));
    columns.push_back(sketch->column(i));
  }
  const auto schema = arrow::schema(fields, shared->size() > 0 ? shared : nullptr);
  const auto batch = arrow::RecordBatch::Make(schema, rows->num_rows(), columns);
  State& state = *state_;
  if (state.writer == nullptr) {
    SIKU_TRY(state.file, CreateFile(state.path, state.key));
    auto options = arrow::ipc::IpcWriteOptions::Defaults();
    options.alignment = 64;  // so that numbers can be read where the file is mapped
    SIKU_TRY(state.writer,
             FromArrow(arrow::ipc::MakeFileWriter(state.file, batch->schema(), options)));
  }
  state.waiting.push_back(batch);
  state.rows += batch->num_rows();
  return state.partitions == 1 || state.rows >= kFlushRows ? Flush() : Result<void>{};
}

Result<void> SketchFile::Flush() {
  State& state = *state_;
  if (state.rows == 0) return {};
  // With one partition nothing is sorted: texts may be among the sketches, and pass through as they
  // come.
  if (state.partitions == 1) {
    for (const Batch& batch : state.waiting) {
      SIKU_TRY(FromArrow(state.writer->WriteRecordBatch(*batch)));
    }
    state.waiting.clear();
    state.rows = 0;
    return {};
  }
  SIKU_TRY(auto joined, FromArrow(arrow::ConcatenateRecordBatches(state.waiting)));
  state.waiting.clear();
  state.rows = 0;
  const auto& high =
      static_cast<const arrow::Int64Array&>(*joined->GetColumnByName("exchange_high"));
  std::vector<std::vector<int32_t>> buckets(static_cast<size_t>(state.partitions));
  for (int64_t i = 0; i < high.length(); ++i) {
    buckets[static_cast<size_t>(PartitionOf(high.Value(i), state.partitions))].push_back(
        static_cast<int32_t>(i));
  }
  for (const auto& bucket : buckets) {
    SIKU_TRY(auto rows, TakeRows(joined, bucket));
    SIKU_TRY(FromArrow(state.writer->WriteRecordBatch(*rows)));
  }
  return {};
}

Result<int64_t> SketchFile::Close() {
  State& state = *state_;
  if (state.writer == nullptr) return 0;
  SIKU_TRY(Flush());
  SIKU_TRY(FromArrow(state.writer->Close()));
  SIKU_TRY(auto size, FromArrow(state.file->Tell()));
  SIKU_TRY(FromArrow(state.file->Close()));
  SIKU_TRY(SyncFile(state.path));
  return size;
}

std::vector<std::pair<std::string, std::string>> SharedColumns(const Schema& sketches) {
  std::vector<std::pair<std::string, std::string>> shared;
  if (sketches->metadata() == nullptr) return shared;
  for (const auto& [key, value] : sketches->metadata()->sorted_pairs()) {
    if (key.starts_with(kShared)) shared.emplace_back(key.substr(kShared.size()), value);
  }
  return shared;
}

Result<void> ReducePartition(const KeyedBound& bound, const Record& record,
                             const std::vector<std::string>& sketches, int partition,
                             int partitions, const std::string& out, const RunKey& key) {
  std::vector<Batch> batches;
  std::vector<int64_t> first_row;  // of each split, in the joined partition
  int64_t rows = 0;
  for (const std::string& path : sketches) {
    first_row.push_back(rows);
    if (path.empty()) continue;  // the split had no rows
    SIKU_TRY(auto reader, OpenRandom(path, key));
    for (int i = partition; i < reader->num_record_batches(); i += partitions) {
      SIKU_TRY(auto batch, FromArrow(reader->ReadRecordBatch(i)));
      rows += batch->num_rows();
      batches.push_back(std::move(batch));
    }
  }
  first_row.push_back(rows);
  std::vector<std::vector<RowVerdict>> by_split(sketches.size());
  if (rows > 0) {
    SIKU_TRY(auto joined, FromArrow(arrow::ConcatenateRecordBatches(batches)));
    batches.clear();
    SIKU_TRY(auto verdicts, bound.Reduce(joined));
    const Keys keys(joined);
    for (const KeyedBound::Verdict& verdict : verdicts) {
      if (verdict.row < 0 || verdict.row >= rows || verdict.partner >= rows ||
          verdict.reason >= record.reasons.size()) {
        return Fail(Code::kInternal, "a verdict names no row or no reason", record.name);
      }
      const auto split =
          static_cast<size_t>(std::upper_bound(first_row.begin(), first_row.end(), verdict.row) -
                              first_row.begin() - 1);
      RowVerdict row{keys.key(static_cast<int32_t>(verdict.row)),
                     record.reasons[verdict.reason].name};
      if (verdict.partner >= 0) row.partner = keys.key(static_cast<int32_t>(verdict.partner));
      by_split[split].push_back(std::move(row));
    }
  }
  SIKU_TRY(auto file, VerdictFile::Create(out));
  for (const auto& split : by_split) SIKU_TRY(file->Add(split));
  return file->Close();
}

}  // namespace siku::run
