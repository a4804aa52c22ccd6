// The three columns that hold a row's key in files of a run.
#pragma once

#include <arrow/api.h>

#include <initializer_list>
#include <string>

#include "../base/arrow_internal.h"
#include "siku/batch.h"
#include "siku/result.h"

namespace siku::run {

/// `source`, `position` and `child`, each name behind `prefix`.
inline arrow::FieldVector KeyFields(const std::string& prefix, bool nullable) {
  return {arrow::field(prefix + "source", arrow::int32(), nullable),
          arrow::field(prefix + "position", arrow::int64(), nullable),
          arrow::field(prefix + "child", arrow::binary(), nullable)};
}

/// Builds the three columns of a key.
class KeyBuilder {
 public:
  Result<void> Append(const RowKey& key) {
    SIKU_TRY(FromArrow(source_.Append(key.source)));
    SIKU_TRY(FromArrow(position_.Append(key.position)));
    return FromArrow(child_.Append(key.child));
  }
  Result<void> AppendNull() {
    SIKU_TRY(FromArrow(source_.AppendNull()));
    SIKU_TRY(FromArrow(position_.AppendNull()));
    return FromArrow(child_.AppendNull());
  }
  Result<void> Finish(arrow::ArrayVector& columns) {
    for (arrow::ArrayBuilder* builder :
         std::initializer_list<arrow::ArrayBuilder*>{&source_, &position_, &child_}) {
      SIKU_TRY(auto array, FromArrow(builder->Finish()));
      columns.push_back(std::move(array));
    }
    return {};
  }

 private:
  arrow::Int32Builder source_;
  arrow::Int64Builder position_;
  arrow::BinaryBuilder child_;
};

}  // namespace siku::run
