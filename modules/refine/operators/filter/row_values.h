// Values of a field as conditions take them: of columns, of members of structs, of JSON.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "conditions/value.h"
#include "operators/filter/fields.h"

namespace siku::refine {

/// A field, and below it the members inside JSON on the way to a value.
struct DeepField {
  Field field{};
  bool json = false;
  std::vector<std::string> members{};
};
/// `meta.score` as names.
std::vector<std::string> SplitPath(const std::string& key);
/// kNotFound with the names there are; kUnsupported where its values have no place in a condition.
Result<DeepField> FindDeepField(const Schema& schema, const std::vector<std::string>& path);

/// The values of the batch, row by row.
class RowValues {
 public:
  static Result<RowValues> Open(const Batch& batch, const DeepField& field);
  conditions::Value At(int64_t row) const;

 private:
  std::shared_ptr<arrow::Array> values_{};
  const DeepField* field_ = nullptr;
};

}  // namespace siku::refine
