#include <arrow/api.h>

#include <tuple>

#include "column_type.h"
#include "siku/store.h"

namespace siku {
namespace {

// The rows of one side, one at a time. Keys ascend within what came together; where they fall, an
// append begins, and its rows are never those of the part before.
class Cursor {
 public:
  Result<void> Open(const Store& store, const Manifest& manifest) {
    SIKU_TRY(reader_, VersionReader::Open(store, manifest));
    return Load();
  }
  bool done() const { return batch_ == nullptr; }
  const Digest& digest() const { return digests_[static_cast<size_t>(row_)]; }
  Batch row() const { return batch_->Slice(row_, 1); }
  Result<void> Advance() {
    if (++row_ == batch_->num_rows()) return Load();
    See();
    return {};
  }
  bool Before(const Cursor& other) const {
    return part_ != other.part_ ? part_ < other.part_ : key_ < other.key_;
  }

 private:
  Result<void> Load() {
    SIKU_TRY(batch_, reader_->Next());
    row_ = 0;
    if (batch_ == nullptr) return {};
    SIKU_TRY(digests_, RowDigests(batch_));
    See();
    return {};
  }
  void See() {
    const auto& child = static_cast<const arrow::BinaryArray&>(*batch_->column(2));
    RowKey key{static_cast<const arrow::Int32Array&>(*batch_->column(0)).Value(row_),
               static_cast<const arrow::Int64Array&>(*batch_->column(1)).Value(row_),
               child.GetString(row_)};
    if (seen_ && key <= key_) ++part_;
    seen_ = true;
    key_ = std::move(key);
  }

  std::unique_ptr<VersionReader> reader_{};
  Batch batch_{};
  std::vector<Digest> digests_{};
  int64_t row_ = 0;
  int64_t part_ = 0;
  bool seen_ = false;
  RowKey key_{};
};

// `name` of the columns that the two have not in common.
Result<void> RefuseOtherColumns(const Manifest& before, const Manifest& after) {
  if (before.schema == after.schema) return {};
  SIKU_TRY(const auto one, SchemaFromCanonical(before.schema, before.content));
  SIKU_TRY(const auto two, SchemaFromCanonical(after.schema, after.content));
  std::string names;
  const auto miss = [&](const arrow::Schema& in, const arrow::Schema& from, const char* sign) {
    for (const auto& field : in.fields()) {
      const auto other = from.GetFieldByName(field->name());
      if (other != nullptr && other->Equals(*field, true)) continue;
      names += (names.empty() ? "" : ", ") + (sign + field->name());
    }
  };
  miss(*one, *two, "-");
  miss(*two, *one, "+");
  return Fail(Code::kInvalid, "the two versions have different columns",
              names.empty() ? "their order" : names);
}

}  // namespace

Result<VersionDiff> Diff(const Store& store, const Manifest& before, const Manifest& after,
                         const std::function<void(DiffKind, const Batch&, const Batch&)>& visit) {
  SIKU_TRY(RefuseOtherColumns(before, after));
  Cursor a, b;
  SIKU_TRY(a.Open(store, before));
  SIKU_TRY(b.Open(store, after));
  VersionDiff diff;
  while (!a.done() || !b.done()) {
    const bool only_a = b.done() || (!a.done() && a.Before(b));
    const bool only_b = !only_a && (a.done() || b.Before(a));
    if (only_a) {
      ++diff.removed;
      visit(DiffKind::kRemoved, a.row(), nullptr);
    } else if (only_b) {
      ++diff.added;
      visit(DiffKind::kAdded, nullptr, b.row());
    } else if (a.digest() == b.digest()) {
      ++diff.same;
    } else {
      ++diff.changed;
      visit(DiffKind::kChanged, a.row(), b.row());
    }
    if (!only_b) SIKU_TRY(a.Advance());
    if (!only_a) SIKU_TRY(b.Advance());
  }
  return diff;
}

}  // namespace siku
