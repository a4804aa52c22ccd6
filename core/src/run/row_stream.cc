#include "row_stream.h"

#include <arrow/api.h>

#include <algorithm>

#include "../base/server_error.h"
#include "../objects/mirror.h"
#include "spool.h"

namespace siku::run {
namespace {

class Tables final : public RowStream {
 public:
  Tables(std::vector<std::string> files, RunKey key)
      : files_(std::move(files)), key_(std::move(key)) {}
  Result<Batch> Next() override {
    for (;;) {
      if (reader_ == nullptr) {
        if (next_ == files_.size()) return Batch();
        auto reader = SpoolReader::Open(files_[next_++], SpoolFormat::kParquet, key_);
        if (!reader.has_value()) return Damaged(reader.error());
        reader_ = *std::move(reader);
      }
      auto batch = reader_->Next();
      if (!batch.has_value()) return Damaged(batch.error());
      if (*batch != nullptr) return *batch;
      reader_.reset();
    }
  }

 private:
  tl::unexpected<Error> Damaged(const Error& error) const {
    if (error.code == Code::kDenied || IsServerError(error)) return tl::unexpected<Error>(error);
    return Fail(Code::kData, "a file of the run's ledger is gone or damaged", error.value,
                PlaceOf(files_[next_ - 1]), "`siku store verify` lists all damage");
  }
  std::vector<std::string> files_;
  RunKey key_;
  size_t next_ = 0;
  std::unique_ptr<SpoolReader> reader_{};
};

class Mapped final : public RowStream {
 public:
  Mapped(RowStreamPtr rows, std::function<Result<Batch>(const Batch&)> change)
      : rows_(std::move(rows)), change_(std::move(change)) {}
  Result<Batch> Next() override {
    for (;;) {
      SIKU_TRY(auto batch, rows_->Next());
      if (batch == nullptr) return batch;
      SIKU_TRY(auto changed, change_(batch));
      if (changed->num_rows() > 0) return changed;
    }
  }

 private:
  RowStreamPtr rows_;
  std::function<Result<Batch>(const Batch&)> change_;
};

// Gives out the longest run of one stream that stands before all others.
class Merged final : public RowStream {
 public:
  explicit Merged(std::vector<RowStreamPtr> streams) {
    for (RowStreamPtr& stream : streams) heads_.push_back({std::move(stream)});
  }
  Result<Batch> Next() override {
    for (Head& head : heads_) {
      if (head.batch == nullptr && !head.done) SIKU_TRY(Refill(head));
    }
    Head* first = nullptr;
    std::optional<RowKey> bound;  // the smallest key of the other streams
    for (Head& head : heads_) {
      if (head.done) continue;
      const RowKey key = head.keys->key(static_cast<int32_t>(head.row));
      if (first == nullptr) {
        first = &head;
        continue;
      }
      const RowKey best = first->keys->key(static_cast<int32_t>(first->row));
      if (key < best) {
        bound = best;
        first = &head;
      } else if (!bound.has_value() || key < *bound) {
        bound = key;
      }
    }
    if (first == nullptr) return Batch();
    int64_t low = first->row + 1, high = first->batch->num_rows();
    while (bound.has_value() && low < high) {
      const int64_t middle = (low + high) / 2;
      if (first->keys->key(static_cast<int32_t>(middle)) < *bound) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const Batch run = first->batch->Slice(first->row, high - first->row);
    first->row = high;
    if (first->row == first->batch->num_rows()) first->batch.reset();
    return run;
  }

 private:
  struct Head {
    RowStreamPtr rows{};
    Batch batch{};
    std::unique_ptr<Keys> keys{};
    int64_t row = 0;
    bool done = false;
  };
  static Result<void> Refill(Head& head) {
    do {
      SIKU_TRY(head.batch, head.rows->Next());
    } while (head.batch != nullptr && head.batch->num_rows() == 0);
    head.done = head.batch == nullptr;
    head.row = 0;
    if (!head.done) head.keys = std::make_unique<Keys>(head.batch);
    return {};
  }
  std::vector<Head> heads_{};
};

}  // namespace

RowStreamPtr ReadTables(std::vector<std::string> files, RunKey key) {
  return std::make_unique<Tables>(std::move(files), std::move(key));
}

RowStreamPtr Map(RowStreamPtr rows, std::function<Result<Batch>(const Batch&)> change) {
  return std::make_unique<Mapped>(std::move(rows), std::move(change));
}

RowStreamPtr Merge(std::vector<RowStreamPtr> streams) {
  if (streams.size() == 1) return std::move(streams.front());
  return std::make_unique<Merged>(std::move(streams));
}

Result<void> RowCursor::Advance() {
  if (begun_ && batch_ == nullptr) return {};
  begun_ = true;
  if (batch_ == nullptr || ++row_ == batch_->num_rows()) {
    row_ = 0;
    do {
      SIKU_TRY(batch_, rows_->Next());
    } while (batch_ != nullptr && batch_->num_rows() == 0);
    if (batch_ == nullptr) return {};
    keys_ = std::make_unique<Keys>(batch_, nullptr, first_);
  }
  key_ = keys_->key(static_cast<int32_t>(row_));
  return {};
}

}  // namespace siku::run
