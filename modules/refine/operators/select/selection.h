// What selectors share: rows chosen among all rows by a small sketch of each.
#pragma once

#include <arrow/type_fwd.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "operators/filter/row_values.h"
#include "selection/order.h"
#include "siku/operator.h"

namespace siku::refine {

/// Whether a row stays; asked once of each row, in row order.
using Stays = std::function<bool(int64_t ordinal)>;
/// Drops the others, for reason 0.
Result<void> DropOthers(const AllRows& rows, const Stays& stays, VerdictSink& verdicts);

/// A sketch of one key a row, made of the field's values.
Result<Batch> KeySketch(const Batch& batch, const DeepField& field,
                        const std::function<uint64_t(const conditions::Value&)>& key_of);
/// The keys of all rows, mapped from their sketches.
class AllKeys {
 public:
  static Result<AllKeys> Open(const AllRows& rows);
  void ForEach(const std::function<void(uint64_t key)>& visit) const;
  /// Of one row; quick where rows come in order.
  uint64_t At(int64_t ordinal);

 private:
  std::vector<std::shared_ptr<arrow::UInt64Array>> columns_{};
  std::vector<int64_t> first_{};
  size_t now_ = 0;
};

/// The number that a value is or that a text has, as keys order them; nothing where there is none.
/// `whole`: the field has whole numbers alone.
std::optional<uint64_t> NumberKey(const conditions::Value& value, bool whole);

/// How many of `count` a share and a number ask for, the lesser of the two; nothing where neither
/// asks (both 0).
std::optional<int64_t> HowMany(double share, int64_t number, int64_t count);

ParameterSpec SelectedField();
/// `top_ratio` and `topk`, of what is counted.
ParameterSpec TopShare(const std::string& counted, const std::string& counted_zh);
ParameterSpec TopNumber(const std::string& counted, const std::string& counted_zh);
Named NotSelected();

}  // namespace siku::refine
