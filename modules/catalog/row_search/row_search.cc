#include "siku/catalog/row_search.h"

#include <arrow/api.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "durable.h"
#include "row_search/cells.h"
#include "row_search/signatures.h"
#include "row_search/terms.h"
#include "rows/copies.h"
#include "rows/visible.h"
#include "siku/catalog/rows.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

// What is looked at without signatures.
constexpr int64_t kFewRows = 4 * kBlockRows;
constexpr int64_t kFewBytes = 4 << 20;
constexpr int64_t kGap = 4 * kBlockRows;  // that are read through rather than passed over

std::string FolderOf(const Store& store) { return store.path() + "/signatures"; }

Result<std::string> PathOf(const Store& store, const Readable& readable) {
  SIKU_TRY(const auto name, CopyName(store, readable, "signatures"));
  return FolderOf(store) + "/" + name;
}

bool IsSmall(const Manifest& manifest) {
  int64_t bytes = 0;
  for (const Segment& segment : manifest.segments) {
    for (const DataFile& file : segment.files) bytes += file.bytes;
  }
  return manifest.rows <= kFewRows && bytes <= kFewBytes;
}

/// Rows [begin, end).
using Stretch = std::pair<int64_t, int64_t>;

/// Where rows may be that fit: by signatures, else everywhere.
Result<std::vector<Stretch>> StretchesOf(const Store& store, const Readable& readable,
                                         const RowTerms& terms) {
  SIKU_TRY(const auto path, PathOf(store, readable));
  const auto signatures = Signatures::Open(path);
  if (!signatures.has_value()) {
    if (signatures.error().code == Code::kData) ::unlink(path.c_str());
    return std::vector<Stretch>{{0, INT64_MAX}};
  }
  const Bits blocks =
      terms.Blocks(signatures->blocks(), [&](uint64_t gram) { return signatures->Having(gram); });
  std::vector<Stretch> stretches;
  blocks.ForEach([&](size_t block) {
    const Stretch here{signatures->Begin(block), signatures->Begin(block + 1)};
    if (!stretches.empty() && here.first - stretches.back().second <= kGap) {
      stretches.back().second = here.second;
    } else {
      stretches.push_back(here);
    }
  });
  return stretches;
}

/// Collects a page of the rows that fit, and counts all of them.
class Collector {
 public:
  Collector(const RowTerms& terms, const RowSearch& search) : terms_(terms), search_(search) {}

  bool late() const { return std::chrono::steady_clock::now() > search_.until; }
  /// Rows of a batch whose first one is at `begin`, up to `end`.
  Result<void> Look(const Batch& batch, int64_t begin, int64_t end) {
    SIKU_TRY(auto rows, FoldedRows::Of(batch, terms_.MayBeNumbers()));
    for (int64_t row = 0; row < rows.rows() && begin + row < end; ++row) {
      if (!terms_.Fit(rows.Row(row))) continue;
      const int64_t place = total_++;
      if (place < search_.offset || place >= search_.offset + search_.limit) continue;
      SIKU_TRY(AppendRows(batch->Slice(row, 1), INT64_MAX, rows_));
      numbers_.push_back(begin + row);
    }
    return {};
  }
  json Told() {
    json highlights = json::array();
    for (const json& row : rows_) {
      json& cells = highlights.emplace_back(json::array());
      for (const json& value : row) cells.push_back(Places(terms_.wanted(), CellText(value)));
    }
    return {{"total", total_},
            {"rows", std::move(rows_)},
            {"numbers", std::move(numbers_)},
            {"highlights", std::move(highlights)}};
  }

 private:
  const RowTerms& terms_;
  const RowSearch& search_;
  int64_t total_ = 0;
  json rows_ = json::array();
  json numbers_ = json::array();
};

/// False: the time was over.
Result<bool> LookThrough(const Store& store, const Readable& readable, const Stretch& stretch,
                         Collector& collector) {
  SIKU_TRY(const auto rows, VisibleRows::Open(store, readable, stretch.first));
  for (int64_t at = stretch.first; at < stretch.second;) {
    if (collector.late()) return false;
    SIKU_TRY(const auto batch, rows->Next());
    if (batch == nullptr) break;
    SIKU_TRY(collector.Look(batch, at, stretch.second));
    at += batch->num_rows();
  }
  return true;
}

Result<void> WriteSignatures(const Store& store, const Readable& readable, const std::string& path,
                             const std::atomic<bool>& stop) {
  SIKU_TRY(const auto writer, SignatureWriter::Open(path));
  SIKU_TRY(const auto rows, VisibleRows::Open(store, readable, 0));
  for (;;) {
    if (stop) return Fail(Code::kInterrupted, "interrupted");
    SIKU_TRY(const auto batch, rows->Next());
    if (batch == nullptr) break;
    SIKU_TRY(auto folded, FoldedRows::Of(batch, true));
    for (int64_t row = 0; row < folded.rows(); ++row) SIKU_TRY(writer->AddRow(folded.Row(row)));
  }
  return writer->Close();
}

}  // namespace

Result<json> SearchRows(const Store& store, const Readable& readable, const RowSearch& search) {
  SIKU_TRY(const auto terms, RowTerms::Parse(search.text));
  SIKU_TRY(const auto columns, ReadableColumns(store, readable));
  if (columns.empty()) return Fail(Code::kDenied, "no column of this version may be read");
  SIKU_TRY(const auto stretches, StretchesOf(store, readable, terms));
  Collector collector(terms, search);
  bool complete = true;
  for (const Stretch& stretch : stretches) {
    SIKU_TRY(complete, LookThrough(store, readable, stretch, collector));
    if (!complete) break;
  }
  json told = collector.Told();
  told["complete"] = complete;
  told["columns"] = ColumnsJson(columns);
  return told;
}

bool HasSignatures(const Store& store, const Readable& readable) {
  if (IsSmall(readable.Whole())) return true;
  const auto path = PathOf(store, readable);
  return path.has_value() && UseCopy(*path);
}

Result<void> MakeSignatures(const Store& store, const Readable& readable,
                            const std::atomic<bool>& stop) {
  if (HasSignatures(store, readable)) return {};
  SIKU_TRY(MakeFolders(FolderOf(store)));
  SIKU_TRY(const auto path, PathOf(store, readable));
  const std::string temporary = path + "." + UniqueName();
  auto written = WriteSignatures(store, readable, temporary, stop);
  if (!written.has_value()) {
    ::unlink(temporary.c_str());
    return written;
  }
  SIKU_TRY(RenameDurably(temporary, path));
  MakeRoom(FolderOf(store), "", path);
  return {};
}

}  // namespace siku::catalog
