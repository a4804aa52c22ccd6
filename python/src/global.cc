#include "global.h"

#include <arrow/api.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "arrow_internal.h"
#include "siku/columns.h"

namespace siku::python {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMemory = int64_t{1} << 30;  // beside the frame itself

class SpillFolder {
 public:
  SpillFolder() {
    static std::atomic<int> next{0};
    const std::string name = "siku-" + std::to_string(::getpid()) + "-" + std::to_string(next++);
    path_ = (fs::temp_directory_path() / name).string();
  }
  ~SpillFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  SpillFolder(const SpillFolder&) = delete;
  SpillFolder& operator=(const SpillFolder&) = delete;
  Result<void> Make() const {
    std::error_code failed;
    fs::create_directories(path_, failed);
    if (failed) return Fail(Code::kIo, "cannot write", failed.message(), path_);
    return {};
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class MemoryRows final : public AllRows {
 public:
  MemoryRows(Batch sketch, const std::string& spill, Signals& signals)
      : sketch_(std::move(sketch)), spill_(spill), signals_(signals) {}
  int64_t size() const override { return sketch_->num_rows(); }
  RowKey key(int64_t ordinal) const override { return {.source = 0, .position = ordinal}; }
  int pieces() const override { return size() > 0 ? 1 : 0; }
  int64_t first(int) const override { return 0; }
  Result<Batch> piece(int) const override { return sketch_; }
  void Release() const override {}
  const std::string& spill_folder() const override { return spill_; }
  int64_t memory() const override { return kMemory; }
  int threads() const override {
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  }
  bool stopping() const override { return signals_.Poll(); }

 private:
  Batch sketch_;
  const std::string& spill_;
  Signals& signals_;
};

class MemorySink final : public VerdictSink {
 public:
  MemorySink(const Record& record, Outcomes& said) : record_(record), said_(said) {}
  Result<void> Drop(int64_t ordinal, uint16_t reason, int64_t partner,
                    std::string_view detail) override {
    RejectView reject{
        .row = ordinal, .reason = record_.reasons[reason].name, .detail = std::string(detail)};
    if (partner >= 0) reject.partner = partner;
    said_.Add(std::move(reject));
    dropped_.push_back(static_cast<int32_t>(ordinal));
    return {};
  }
  Result<void> Change(int64_t ordinal, std::vector<Edit> edits) override {
    for (Edit& edit : edits) {
      edit.row = static_cast<int32_t>(ordinal);
      outcome_.edits.push_back(std::move(edit));
    }
    return {};
  }
  Result<void> Report(std::span<const int64_t>, const Batch& rows) override {
    reported_.push_back(rows);
    return {};
  }
  const Outcome& outcome() const { return outcome_; }
  const std::vector<Batch>& reported() const { return reported_; }
  std::vector<int32_t> Kept(int64_t rows) const {
    std::vector<int32_t> kept;
    size_t next = 0;
    for (int32_t row = 0; row < rows; ++row) {
      if (next < dropped_.size() && dropped_[next] == row) {
        ++next;
      } else {
        kept.push_back(row);
      }
    }
    return kept;
  }

 private:
  const Record& record_;
  Outcomes& said_;
  Outcome outcome_{};
  std::vector<int32_t> dropped_{};
  std::vector<Batch> reported_{};
};

}  // namespace

Result<std::vector<Batch>> ResolveInMemory(const GlobalBound& bound, const Record& record,
                                           const Batch& rows, Signals& signals, Outcomes& said) {
  const SpillFolder spill;
  SIKU_TRY(spill.Make());
  SIKU_TRY(auto sketch, bound.Sketch(rows));
  const MemoryRows all(std::move(sketch), spill.path(), signals);
  MemorySink sink(record, said);
  SIKU_TRY(bound.Resolve(all, sink));
  SIKU_TRY(said.Add(rows, bound.column(), sink.outcome(), 0));
  const int column = rows->schema()->GetFieldIndex(bound.column());
  SIKU_TRY(auto edited, EditedBatch(rows, column, sink.outcome().edits));
  SIKU_TRY(auto kept, SelectRows(edited, sink.Kept(rows->num_rows())));
  std::vector<Batch> ports = {std::move(kept)};
  if (bound.outputs().size() > 1) {
    SIKU_TRY(auto empty, FromArrow(arrow::RecordBatch::MakeEmpty(bound.outputs()[1])));
    arrow::RecordBatchVector told = sink.reported();
    told.insert(told.begin(), std::move(empty));
    SIKU_TRY(ports.emplace_back(), FromArrow(arrow::ConcatenateRecordBatches(told)));
  }
  return ports;
}

}  // namespace siku::python
