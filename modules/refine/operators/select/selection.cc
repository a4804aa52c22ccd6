#include "operators/select/selection.h"

#include <arrow/api.h>

#include <algorithm>

#include "arrow_internal.h"
#include "operators/duplicates/all_texts.h"
#include "operators/filter/parameters.h"

namespace siku::refine {

Result<void> DropOthers(const AllRows& rows, const Stays& stays, VerdictSink& verdicts) {
  for (int64_t ordinal = 0; ordinal < rows.size(); ++ordinal) {
    if (ordinal % 65536 == 0) SIKU_TRY(CheckStopping(rows));
    if (!stays(ordinal)) SIKU_TRY(verdicts.Drop(ordinal, 0, -1, {}));
  }
  return {};
}

Result<Batch> KeySketch(const Batch& batch, const DeepField& field,
                        const std::function<uint64_t(const conditions::Value&)>& key_of) {
  SIKU_TRY(const auto values, RowValues::Open(batch, field));
  arrow::UInt64Builder keys;
  SIKU_TRY(FromArrow(keys.Reserve(batch->num_rows())));
  for (int64_t row = 0; row < batch->num_rows(); ++row) keys.UnsafeAppend(key_of(values.At(row)));
  SIKU_TRY(auto finished, FromArrow(keys.Finish()));
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("key", arrow::uint64(), false)}),
                                  batch->num_rows(), {std::move(finished)});
}

Result<AllKeys> AllKeys::Open(const AllRows& rows) {
  AllKeys all;
  for (int i = 0; i < rows.pieces(); ++i) {
    SIKU_TRY(const auto piece, rows.piece(i));
    all.columns_.push_back(std::static_pointer_cast<arrow::UInt64Array>(piece->column(0)));
    all.first_.push_back(rows.first(i));
  }
  return all;
}

void AllKeys::ForEach(const std::function<void(uint64_t)>& visit) const {
  for (const auto& column : columns_) {
    const uint64_t* keys = column->raw_values();
    std::for_each(keys, keys + column->length(), visit);
  }
}

uint64_t AllKeys::At(int64_t ordinal) {
  while (ordinal >= first_[now_] + columns_[now_]->length()) ++now_;
  while (ordinal < first_[now_]) --now_;
  return columns_[now_]->Value(ordinal - first_[now_]);
}

std::optional<uint64_t> NumberKey(const conditions::Value& value, bool whole) {
  if (const auto* truth = std::get_if<bool>(&value.of)) {
    return whole ? selection::OrderOf(int64_t{*truth}) : selection::OrderOf(*truth ? 1.0 : 0.0);
  }
  if (const auto* number = std::get_if<int64_t>(&value.of)) {
    return whole ? selection::OrderOf(*number) : selection::OrderOf(static_cast<double>(*number));
  }
  const auto* real = std::get_if<double>(&value.of);
  const auto* text = std::get_if<std::string>(&value.of);
  const auto number = real != nullptr   ? std::optional(*real)
                      : text != nullptr ? NumberIn(*text)
                                        : std::nullopt;
  if (!number || *number != *number) return std::nullopt;
  return selection::OrderOf(*number);
}

std::optional<int64_t> HowMany(double share, int64_t number, int64_t count) {
  if (share == 0 && number == 0) return std::nullopt;
  const double part = share * static_cast<double>(count);
  if (share == 0 || (number > 0 && static_cast<double>(number) < part)) return number;
  return static_cast<int64_t>(part);
}

ParameterSpec SelectedField() {
  ParameterSpec spec =
      Text("field_key", "",
           {"The column, or a member of one: `meta.score`.", "列名或其成员，如 `meta.score`。"});
  spec.default_value.reset();
  return spec;
}

ParameterSpec TopShare(const std::string& counted, const std::string& counted_zh) {
  auto spec = Real("top_ratio", 0,
                   {"The share of all " + counted + "; 0: by number alone.",
                    "占全部" + counted_zh + "的比例；0 表示仅按数目。"});
  spec.minimum = 0;
  spec.maximum = 1;
  return spec;
}

ParameterSpec TopNumber(const std::string& counted, const std::string& counted_zh) {
  return Whole("topk", 0,
               {"How many " + counted + "; 0: by share alone. Of both the lesser.",
                "多少" + counted_zh + "；0 表示仅按比例。两者都给出时取较小者。"},
               counted);
}

Named NotSelected() { return {"not_selected", "Other rows were selected.", "选中的是其他行。"}; }

}  // namespace siku::refine
