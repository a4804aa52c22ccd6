#include "operators/duplicates/order.h"

#include <arrow/api.h>

#include "arrow_internal.h"

namespace siku::refine {
namespace {

Result<std::shared_ptr<arrow::Array>> NumbersOf(const arrow::Array& ids) {
  arrow::Int64Builder numbers;
  for (int64_t row = 0; row < ids.length(); ++row) {
    SIKU_TRY(auto scalar, FromArrow(ids.GetScalar(row)));
    const auto cast = scalar->CastTo(arrow::int64());
    if (!scalar->is_valid || !cast.ok()) {
      SIKU_TRY(FromArrow(numbers.AppendNull()));
    } else {
      const auto& number = static_cast<const arrow::Int64Scalar&>(**cast);
      SIKU_TRY(FromArrow(numbers.Append(number.value)));
    }
  }
  return FromArrow(numbers.Finish());
}

template <class Array>
const Array* Column(const Batch& batch, const char* name) {
  return static_cast<const Array*>(batch->GetColumnByName(name).get());
}

}  // namespace

Result<void> AddOrderColumns(const SurvivorRule& rule, const Batch& batch, int text_column,
                             std::vector<std::shared_ptr<arrow::Field>>& fields,
                             std::vector<std::shared_ptr<arrow::Array>>& columns) {
  if (rule.keep != Keep::kFirst && rule.keep != Keep::kLast) {
    const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(text_column));
    arrow::Int64Builder ranks;
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      const std::string_view text = texts.IsNull(row) ? std::string_view() : texts.GetView(row);
      SIKU_TRY(FromArrow(ranks.AppendOrNull(SurvivorRank(rule, batch, row, text))));
    }
    SIKU_TRY(auto array, FromArrow(ranks.Finish()));
    fields.push_back(arrow::field("rank", arrow::int64()));
    columns.push_back(std::move(array));
  }
  if (rule.id < 0) return {};
  auto ids = batch->column(rule.id);
  if (rule.id_is_number) {
    SIKU_TRY(ids, NumbersOf(*ids));
  }
  fields.push_back(arrow::field("id", ids->type()));
  columns.push_back(std::move(ids));
  return {};
}

SurvivalOrder::SurvivalOrder(const SurvivorRule& rule, const AllRows& rows,
                             const AllTexts& sketches)
    : rule_(rule), rows_(rows), sketches_(sketches) {
  for (int i = 0; i < sketches.pieces(); ++i) {
    const Batch& batch = sketches.batch(i);
    columns_.push_back(
        {Column<arrow::Int64Array>(batch, "rank"),
         rule.id_is_number ? Column<arrow::Int64Array>(batch, "id") : nullptr,
         rule.id_is_number ? nullptr : Column<arrow::LargeStringArray>(batch, "id")});
  }
}

SurvivalOrder::Place SurvivalOrder::Find(int64_t ordinal) const {
  const int piece = sketches_.PieceOf(ordinal);
  sketches_.Touched(kFaultAround);
  return {columns_[static_cast<size_t>(piece)], ordinal - sketches_.first(piece)};
}

int SurvivalOrder::CompareIds(const Place& a, const Place& b) const {
  if (rule_.id < 0) return 0;
  const auto missing = [&](const Place& place) {
    return rule_.id_is_number ? place.columns.number->IsNull(place.row)
                              : place.columns.name->IsNull(place.row);
  };
  if (missing(a) || missing(b)) return static_cast<int>(missing(a)) - static_cast<int>(missing(b));
  if (!rule_.id_is_number) {
    // Byte by byte, which in UTF-8 is by code point.
    return a.columns.name->GetView(a.row).compare(b.columns.name->GetView(b.row));
  }
  const int64_t x = a.columns.number->Value(a.row);
  const int64_t y = b.columns.number->Value(b.row);
  return x < y ? -1 : static_cast<int>(x > y);
}

bool SurvivalOrder::Before(int64_t a, int64_t b) const {
  const Place first = Find(a);
  const Place second = Find(b);
  if (first.columns.rank != nullptr) {
    const auto rank = [](const Place& place) {
      const bool null = place.columns.rank->IsNull(place.row);
      return null ? std::nullopt : std::optional(place.columns.rank->Value(place.row));
    };
    const auto x = rank(first);
    const auto y = rank(second);
    if (x != y) return RankBefore(rule_, x, y);
  }
  const int ids = CompareIds(first, second);
  if (ids != 0) return rule_.keep == Keep::kLast ? ids > 0 : ids < 0;
  return rule_.keep == Keep::kLast ? a > b : a < b;
}

std::string SurvivalOrder::Name(int64_t ordinal) const {
  if (rule_.id < 0) return ToString(rows_.key(ordinal));
  const Place place = Find(ordinal);
  if (!rule_.id_is_number) {
    return place.columns.name->IsNull(place.row)
               ? std::string()
               : std::string(place.columns.name->GetView(place.row));
  }
  return place.columns.number->IsNull(place.row)
             ? std::string()
             : std::to_string(place.columns.number->Value(place.row));
}

}  // namespace siku::refine
