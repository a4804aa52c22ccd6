#include "global.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "../objects/mirror.h"
#include "exchange.h"
#include "key_columns.h"
#include "rows.h"
#include "siku/process.h"
#include "verdicts.h"

namespace siku::run {
namespace {

namespace fs = std::filesystem;

constexpr int kKeyColumns = kHiddenColumns - 1;  // sketches carry no residue

class MappedSketches final : public AllRows {
 public:
  explicit MappedSketches(const GlobalTask& task) : task_(task) {}

  Result<void> Open() {
    for (size_t split = 0; split < task_.sketches.size(); ++split) {
      split_ends_.push_back(size_);
      if (task_.sketches[split].empty()) continue;
      SIKU_TRY(OpenSplit(split));
      split_ends_.back() = size_;
      // What says where the batches lie stands among them, all over the file.
      Release();
    }
    for (const auto& round : task_.left) {
      left_.emplace_back();
      for (const std::string& path : round) SIKU_TRY(OpenLeft(path));
    }
    return {};
  }

  int64_t size() const override { return size_; }
  RowKey key(int64_t ordinal) const override {
    CountKey();
    const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), ordinal);
    const auto piece = static_cast<size_t>(after - firsts_.begin() - 1);
    return Keys(batches_[piece]).key(static_cast<int32_t>(ordinal - firsts_[piece]));
  }
  int pieces() const override { return static_cast<int>(batches_.size()); }
  int64_t first(int piece) const override { return firsts_[static_cast<size_t>(piece)]; }
  Result<Batch> piece(int piece) const override {
    const Batch& whole = batches_[static_cast<size_t>(piece)];
    std::vector<int> indices;
    for (int i = kKeyColumns; i < whole->num_columns(); ++i) indices.push_back(i);
    return FromArrow(whole->SelectColumns(indices));
  }
  const std::vector<std::vector<Batch>>& left(int round) const override {
    const auto i = static_cast<size_t>(round);
    return i < left_.size() ? left_[i] : AllRows::left(round);
  }
  void Release() const override {
    const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (const auto& map : maps_) {
      const size_t before = (page - map->address() % page) % page;  // up to the first whole page
      const auto size = static_cast<size_t>(map->size());
      if (before >= size) continue;
      // Only advice: where it fails pages stay, which is no error. The pages are read only.
      auto* const begin = const_cast<uint8_t*>(map->data() + before);
      (void)::madvise(begin, (size - before) / page * page, MADV_DONTNEED);
    }
  }
  const std::string& spill_folder() const override { return task_.spill_folder; }
  int64_t memory() const override { return task_.memory; }
  int threads() const override { return task_.threads; }
  bool stopping() const override {
    return task_.stop != nullptr && task_.stop->load(std::memory_order_relaxed);
  }
  /// The ordinal behind the last row of a split.
  int64_t split_end(size_t split) const { return split_ends_[split]; }

 private:
  // Keys are read here and there, by the operator and for its verdicts.
  void CountKey() const {
    if (keys_read_.fetch_add(1) < kBetweenLooks / kFaultAround) return;
    keys_read_ = 0;
    if (MappedBytes() - before_ > task_.memory / 2) Release();
  }

  Result<void> OpenSplit(size_t split) {
    SIKU_TRY(const auto reader, Map(task_.sketches[split]));
    const auto shared = SharedColumns(reader->schema());
    std::shared_ptr<arrow::ipc::RecordBatchFileReader> input;
    if (!shared.empty() && !task_.inputs.empty()) {
      SIKU_TRY(input, Map(task_.inputs[split]));
    }
    int next_input = 0;
    for (int i = 0; i < reader->num_record_batches(); ++i) {
      SIKU_TRY(auto batch, FromArrow(reader->ReadRecordBatch(i)));
      if (batch->num_rows() == 0) continue;
      if (input != nullptr) {
        SIKU_TRY(const auto rows, NextRows(*input, next_input));
        SIKU_TRY(batch, WithColumns(batch, rows, shared));
      }
      firsts_.push_back(size_);
      size_ += batch->num_rows();
      batches_.push_back(std::move(batch));
    }
    return {};
  }

  Result<void> OpenLeft(const std::string& path) {
    SIKU_TRY(const auto reader, Map(path));
    std::vector<Batch> batches;
    for (int i = 0; i < reader->num_record_batches(); ++i) {
      SIKU_TRY(auto batch, FromArrow(reader->ReadRecordBatch(i)));
      batches.push_back(std::move(batch));
    }
    left_.back().push_back(std::move(batches));
    return {};
  }

  Result<std::shared_ptr<arrow::ipc::RecordBatchFileReader>> Map(const std::string& path) {
    SIKU_TRY(auto file, OpenFile(path, task_.key, true));
    SIKU_TRY(const int64_t bytes, FromArrow(file->GetSize()));
    // A sealed file is opened into memory, which is not to be given back.
    if (file->supports_zero_copy()) {
      SIKU_TRY(auto map, FromArrow(file->ReadAt(0, bytes)));
      maps_.push_back(std::move(map));
    }
    return FromArrow(arrow::ipc::RecordBatchFileReader::Open(file));
  }

  // The next batch that has rows.
  static Result<Batch> NextRows(arrow::ipc::RecordBatchFileReader& input, int& next) {
    while (next < input.num_record_batches()) {
      SIKU_TRY(auto batch, FromArrow(input.ReadRecordBatch(next++)));
      if (batch->num_rows() > 0) return batch;
    }
    return Fail(Code::kData, "sketches and rows of a run do not fit together");
  }

  static Result<Batch> WithColumns(Batch sketch, const Batch& rows,
                                   const std::vector<std::pair<std::string, std::string>>& shared) {
    for (const auto& [name, column] : shared) {
      const auto array = rows->GetColumnByName(column);
      if (array == nullptr || array->length() != sketch->num_rows()) {
        return Fail(Code::kData, "sketches and rows of a run do not fit together");
      }
      SIKU_TRY(sketch, FromArrow(sketch->AddColumn(sketch->num_columns(), name, array)));
    }
    return sketch;
  }

  const GlobalTask& task_;
  int64_t before_ = MappedBytes();  // the program itself
  mutable std::atomic<int64_t> keys_read_{0};
  std::vector<std::shared_ptr<arrow::Buffer>> maps_{};
  std::vector<Batch> batches_{};
  std::vector<int64_t> firsts_{};
  std::vector<int64_t> split_ends_{};
  int64_t size_ = 0;
  std::vector<std::vector<std::vector<Batch>>> left_{};  // by round and part
};

// Side rows with the keys of the rows they were made of, one batch per split.
class SideFile {
 public:
  Result<void> Open(const std::string& path, const Schema& user) {
    path_ = path;
    schema_ = WithHidden(user);
    SIKU_TRY(file_, FromArrow(arrow::io::FileOutputStream::Open(path)));
    SIKU_TRY(writer_, FromArrow(arrow::ipc::MakeFileWriter(file_, schema_)));
    return {};
  }
  Result<void> Add(const AllRows& rows, std::span<const int64_t> ordinals, const Batch& user) {
    KeyBuilder keys;
    for (const int64_t ordinal : ordinals) SIKU_TRY(keys.Append(rows.key(ordinal)));
    arrow::ArrayVector columns;
    SIKU_TRY(keys.Finish(columns));
    SIKU_TRY(auto residue, FromArrow(arrow::MakeArrayOfNull(
                               arrow::large_binary(), static_cast<int64_t>(ordinals.size()))));
    columns.push_back(std::move(residue));
    for (const auto& column : user->columns()) columns.push_back(column);
    waiting_.push_back(arrow::RecordBatch::Make(schema_, user->num_rows(), std::move(columns)));
    return {};
  }
  Result<void> EndSplit() {
    SIKU_TRY(auto empty, FromArrow(arrow::RecordBatch::MakeEmpty(schema_)));
    waiting_.insert(waiting_.begin(), std::move(empty));
    SIKU_TRY(auto joined, FromArrow(arrow::ConcatenateRecordBatches(waiting_)));
    waiting_.clear();
    return FromArrow(writer_->WriteRecordBatch(*joined));
  }
  Result<void> Close() {
    SIKU_TRY(FromArrow(writer_->Close()));
    SIKU_TRY(FromArrow(file_->Close()));
    return SyncFile(path_);
  }

 private:
  std::string path_{};
  Schema schema_{};
  std::shared_ptr<arrow::io::FileOutputStream> file_{};
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_{};
  std::vector<Batch> waiting_{};
};

class SplitSink final : public VerdictSink {
 public:
  SplitSink(const GlobalTask& task, const MappedSketches& rows) : task_(task), rows_(rows) {}

  Result<void> Open() {
    SIKU_TRY(verdicts_, VerdictFile::Create(task_.verdicts));
    if (task_.side.empty()) return {};
    return side_.Open(task_.side, task_.bound->outputs()[1]);
  }
  Result<void> Drop(int64_t ordinal, uint16_t reason, int64_t partner,
                    std::string_view detail) override {
    if (reason >= task_.record->reasons.size() || partner >= rows_.size()) {
      return Dishonest("a verdict names no row or no reason");
    }
    SIKU_TRY(MoveTo(ordinal));
    RowVerdict verdict{rows_.key(ordinal), task_.record->reasons[reason].name, std::string(detail)};
    if (partner >= 0) verdict.partner = rows_.key(partner);
    split_.push_back(std::move(verdict));
    return {};
  }
  Result<void> Change(int64_t ordinal, std::vector<Edit> edits) override {
    SIKU_TRY(MoveTo(ordinal));
    RowVerdict verdict{rows_.key(ordinal)};
    verdict.edits = std::move(edits);
    split_.push_back(std::move(verdict));
    return {};
  }
  Result<void> Report(std::span<const int64_t> ordinals, const Batch& rows) override {
    if (task_.side.empty() || static_cast<int64_t>(ordinals.size()) != rows->num_rows() ||
        !rows->schema()->Equals(*task_.bound->outputs()[1], false)) {
      return Dishonest("a step reported rows that it did not declare");
    }
    for (size_t i = 0; i < ordinals.size();) {
      if (ordinals[i] <= last_side_ || ordinals[i] >= rows_.size()) {
        return Dishonest("a step named rows out of order");
      }
      while (ordinals[i] >= rows_.split_end(side_split_)) SIKU_TRY(EndSideSplit());
      size_t end = i;
      while (end < ordinals.size() && ordinals[end] < rows_.split_end(side_split_)) {
        last_side_ = std::max(last_side_, ordinals[end++]);
      }
      SIKU_TRY(side_.Add(rows_, ordinals.subspan(i, end - i),
                         rows->Slice(static_cast<int64_t>(i), static_cast<int64_t>(end - i))));
      i = end;
    }
    return {};
  }
  Result<void> Close() {
    while (split_at_ < task_.sketches.size()) SIKU_TRY(EndSplit());
    SIKU_TRY(verdicts_->Close());
    if (task_.side.empty()) return {};
    while (side_split_ < task_.sketches.size()) SIKU_TRY(EndSideSplit());
    return side_.Close();
  }

 private:
  tl::unexpected<Error> Dishonest(const char* what) const {
    return Fail(Code::kInternal, what, task_.record->name);
  }
  Result<void> MoveTo(int64_t ordinal) {
    if (ordinal <= last_ || ordinal >= rows_.size()) {
      return Dishonest("a step named rows out of order");
    }
    last_ = ordinal;
    while (ordinal >= rows_.split_end(split_at_)) SIKU_TRY(EndSplit());
    return {};
  }
  Result<void> EndSplit() {
    SIKU_TRY(verdicts_->Add(split_));
    split_.clear();
    ++split_at_;
    return {};
  }
  Result<void> EndSideSplit() {
    SIKU_TRY(side_.EndSplit());
    ++side_split_;
    return {};
  }

  const GlobalTask& task_;
  const MappedSketches& rows_;
  std::unique_ptr<VerdictFile> verdicts_{};
  SideFile side_{};
  std::vector<RowVerdict> split_{};
  size_t split_at_ = 0, side_split_ = 0;
  int64_t last_ = -1, last_side_ = -1;
};

// Laid out so that it can be mapped and read in place.
Result<void> WriteLeft(const std::vector<Batch>& batches, const std::string& out,
                       const RunKey& key) {
  SIKU_TRY(const auto file, CreateFile(out, key));
  auto options = arrow::ipc::IpcWriteOptions::Defaults();
  options.alignment = 64;
  SIKU_TRY(const auto writer,
           FromArrow(arrow::ipc::MakeFileWriter(file, batches.front()->schema(), options)));
  for (const Batch& batch : batches) SIKU_TRY(FromArrow(writer->WriteRecordBatch(*batch)));
  SIKU_TRY(FromArrow(writer->Close()));
  SIKU_TRY(FromArrow(file->Close()));
  return SyncFile(out);
}

}  // namespace

Result<void> ResolveGlobal(const GlobalTask& task) {
  std::error_code ignored;
  fs::remove_all(task.spill_folder, ignored);
  SIKU_TRY(MakeFolders(task.spill_folder));
  MappedSketches rows(task);
  SIKU_TRY(rows.Open());
  SplitSink sink(task, rows);
  SIKU_TRY(sink.Open());
  SIKU_TRY(task.bound->Resolve(rows, sink));
  SIKU_TRY(sink.Close());
  fs::remove_all(task.spill_folder, ignored);
  return {};
}

Result<void> DoGlobalPart(const GlobalTask& task, int round, int part, int parts,
                          const std::string& out) {
  std::error_code ignored;
  fs::remove_all(task.spill_folder, ignored);
  SIKU_TRY(MakeFolders(task.spill_folder));
  MappedSketches rows(task);
  SIKU_TRY(rows.Open());
  SIKU_TRY(const auto batches, task.bound->DoPart(rows, round, part, parts));
  SIKU_TRY(WriteLeft(batches, out, task.key));
  fs::remove_all(task.spill_folder, ignored);
  return {};
}

Result<Batch> ReadSide(const std::string& path, int split) {
  SIKU_TRY(Bring(path));
  SIKU_TRY(auto file, FromArrow(arrow::io::ReadableFile::Open(path)));
  SIKU_TRY(auto reader, FromArrow(arrow::ipc::RecordBatchFileReader::Open(file)));
  return FromArrow(reader->ReadRecordBatch(split));
}

}  // namespace siku::run
