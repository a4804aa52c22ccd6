#include "quality/reference.h"

#include <arrow/api.h>

#include <algorithm>
#include <functional>

#include "quality/distinct.h"

namespace siku::catalog {
namespace {

// Of the reference; its keys and the hashes of its values are in memory.
constexpr int64_t kMostRows = 2'000'000;

std::shared_ptr<arrow::DataType> PlainType(const arrow::Field& field) {
  if (field.type()->id() != arrow::Type::DICTIONARY) return field.type();
  return static_cast<const arrow::DictionaryType&>(*field.type()).value_type();
}

/// The columns that are compared, behind those of the key; places in either table.
struct Shared {
  std::vector<std::string> names{};
  std::vector<int> mine{};
  std::vector<int> theirs{};
};

Shared SharedColumns(const arrow::Schema& mine, const arrow::Schema& theirs,
                     const std::vector<std::string>& names) {
  Shared shared;
  for (const std::string& name : names) {
    const int here = mine.GetFieldIndex(name), there = theirs.GetFieldIndex(name);
    if (here < 0 || there < 0) continue;
    const auto& one = *mine.field(here);
    const auto& other = *theirs.field(there);
    const bool texts = IsText(*PlainType(one)) && IsText(*PlainType(other));
    if (!texts && !PlainType(one)->Equals(PlainType(other))) continue;
    shared.names.push_back(name);
    shared.mine.push_back(here);
    shared.theirs.push_back(there);
  }
  return shared;
}

/// Hashes of a row's key, and of its values; empty key: a part of it has no value.
using SeeRow = std::function<bool(const CellHash& key, const std::vector<Cells>& values,
                                  int64_t row, int64_t number)>;

/// Reads columns in the order of `columns`, the first `keys` of which are the key.
Result<void> ReadKeyed(const std::string& parquet, const std::vector<int>& columns, size_t keys,
                       const SeeRow& see) {
  std::vector<int> sorted = columns;
  std::sort(sorted.begin(), sorted.end());
  SIKU_TRY(const auto next, ReadParquet(parquet, sorted));
  std::vector<Cells> cells(columns.size());
  for (int64_t number = 0;;) {
    SIKU_TRY(const auto batch, next());
    if (batch == nullptr) return {};
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto at = std::lower_bound(sorted.begin(), sorted.end(), columns[i]) - sorted.begin();
      cells[i].Load(batch->column(static_cast<int>(at)));
    }
    for (int64_t row = 0; row < batch->num_rows(); ++row, ++number) {
      CellHash key;
      bool whole = true;
      for (size_t i = 0; i < keys; ++i) {
        key.Add(cells[i].HashAt(row));
        whole &= cells[i].LookAt(row).filled;
      }
      if (whole && !see(key, cells, row, number)) return {};
    }
  }
}

/// Calls `each` for every compared cell: the column's place, the row's number, whether it is equal.
Result<bool> Compare(const Comparison& comparison, const Shared& shared, size_t keys,
                     const std::function<void(size_t, int64_t, bool)>& each) {
  const size_t width = shared.names.size() - keys;
  SeenHashes seen(1 << 16);
  std::vector<int64_t> places;  // by number of a row: where its values begin, or -1
  std::vector<uint64_t> values;
  bool large = false;
  SIKU_TRY(ReadKeyed(comparison.reference, shared.theirs, keys,
                     [&](const CellHash& key, const auto& cells, int64_t row, int64_t number) {
                       if (number >= kMostRows) {
                         large = true;
                         return false;
                       }
                       if (seen.First(key, number) != number) return true;
                       places.resize(static_cast<size_t>(number) + 1, -1);
                       places.back() = static_cast<int64_t>(values.size());
                       for (size_t i = 0; i < width; ++i) {
                         values.push_back(cells[keys + i].HashAt(row).low);
                       }
                       return true;
                     }));
  if (large) return false;
  SIKU_TRY(ReadKeyed(comparison.parquet, shared.mine, keys,
                     [&](const CellHash& key, const auto& cells, int64_t row, int64_t number) {
                       const int64_t first = seen.Find(key);
                       if (first < 0) return true;
                       const auto place = static_cast<size_t>(places[static_cast<size_t>(first)]);
                       for (size_t i = 0; i < width; ++i) {
                         each(i, number, cells[keys + i].HashAt(row).low == values[place + i]);
                       }
                       return true;
                     }));
  return true;
}

/// The key's columns, and behind them those asked for or all; nothing: the key is not there.
Result<std::optional<Shared>> Prepared(const Comparison& comparison, const std::string& column) {
  SIKU_TRY(const auto mine, ParquetSchema(comparison.parquet));
  SIKU_TRY(const auto theirs, ParquetSchema(comparison.reference));
  std::vector<std::string> names = comparison.key;
  for (const auto& field : mine->fields()) {
    const bool key = std::find(names.begin(), names.end(), field->name()) != names.end();
    if (!key && (column.empty() || column == field->name())) names.push_back(field->name());
  }
  Shared shared = SharedColumns(*mine, *theirs, names);
  const bool there = shared.names.size() > comparison.key.size() &&
                     std::equal(comparison.key.begin(), comparison.key.end(), shared.names.begin());
  if (!there) return std::optional<Shared>();
  return std::optional<Shared>(std::move(shared));
}

Metric Unknown(const Comparison& comparison, const char* reason) {
  return {.name = "reference", .columns = comparison.key, .reason = reason};
}

}  // namespace

Result<std::vector<Metric>> ReferenceMetrics(const Comparison& comparison) {
  SIKU_TRY(const auto shared, Prepared(comparison, ""));
  if (!shared) return std::vector<Metric>{Unknown(comparison, "no_column")};
  const size_t keys = comparison.key.size();
  std::vector<Share> shares(shared->names.size() - keys);
  SIKU_TRY(const bool done,
           Compare(comparison, *shared, keys, [&](size_t column, int64_t, bool equal) {
             ++shares[column].whole;
             shares[column].part += equal ? 1 : 0;
           }));
  if (!done) return std::vector<Metric>{Unknown(comparison, "too_large")};
  std::vector<Metric> metrics;
  for (size_t i = 0; i < shares.size(); ++i) {
    const std::string& name = shared->names[keys + i];
    metrics.push_back({.name = "reference",
                       .id = "reference/" + name,
                       .columns = {name},
                       .part = shares[i].part,
                       .whole = shares[i].whole,
                       .rows = true});
  }
  return metrics;
}

Result<void> FindDifferent(const Comparison& comparison, const std::string& column,
                           FoundRows& found) {
  SIKU_TRY(const auto shared, Prepared(comparison, column));
  if (!shared) return Fail(Code::kNotFound, "this measure has no rows to show", column);
  SIKU_TRY(const bool done, Compare(comparison, *shared, comparison.key.size(),
                                    [&](size_t, int64_t number, bool equal) {
                                      if (!equal) found.Add(number);
                                    }));
  if (done) return {};
  return Fail(Code::kLimit, "the table is too large for this, in rows", std::to_string(kMostRows));
}

}  // namespace siku::catalog
