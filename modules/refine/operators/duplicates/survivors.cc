#include "operators/duplicates/survivors.h"

#include <arrow/api.h>

#include <bit>
#include <cmath>
#include <limits>
#include <map>

#include "siku/columns.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

// Unsigned numbers beyond the signed ones keep their order.
std::optional<int64_t> WholeRank(const arrow::Scalar& scalar) {
  if (scalar.type->id() == arrow::Type::UINT64) {
    const uint64_t value = static_cast<const arrow::UInt64Scalar&>(scalar).value;
    return static_cast<int64_t>(value ^ (uint64_t{1} << 63));
  }
  const auto cast = scalar.CastTo(arrow::int64());
  if (!cast.ok()) return std::nullopt;
  return static_cast<const arrow::Int64Scalar&>(**cast).value;
}

// The bits of IEEE 754 numbers, taken as whole ones, keep the order of the numbers.
std::optional<int64_t> RealRank(double value) {
  if (std::isnan(value)) return std::nullopt;
  const auto bits = std::bit_cast<int64_t>(value == 0 ? 0.0 : value);
  return bits >= 0 ? bits : bits ^ std::numeric_limits<int64_t>::max();
}

}  // namespace

Result<SurvivorRule> BindKeep(const Schema& input, const Parameters& parameters) {
  static const std::map<std::string, Keep> kKeeps = {{"first", Keep::kFirst},
                                                     {"last", Keep::kLast},
                                                     {"longest", Keep::kLongest},
                                                     {"highest", Keep::kHighest},
                                                     {"lowest", Keep::kLowest}};
  SurvivorRule rule{.keep = kKeeps.at(parameters.text("keep"))};
  const bool ranked = rule.keep == Keep::kHighest || rule.keep == Keep::kLowest;
  const std::string& named = parameters.text("by");
  if (ranked && named.empty()) {
    return Fail(Code::kInvalid, "`by` must name a number column for this `keep`",
                parameters.text("keep"), "keep");
  }
  if (!ranked && !named.empty()) {
    return Fail(Code::kInvalid, "`by` goes with `keep: highest` and `keep: lowest` only", named,
                "by");
  }
  if (ranked) {
    SIKU_TRY(rule.by, FindNumberColumn(input, named));
  }
  return rule;
}

Result<SurvivorRule> BindSurvivors(const Schema& input, const Parameters& parameters) {
  SIKU_TRY(SurvivorRule rule, BindKeep(input, parameters));
  const std::string& named = parameters.text("id");
  if (named.empty()) return rule;
  const auto field = input->GetFieldByName(named);
  rule.id_is_number = field != nullptr && arrow::is_integer(field->type()->id());
  if (rule.id_is_number) {
    SIKU_TRY(rule.id, FindNumberColumn(input, named));
  } else {
    SIKU_TRY(rule.id, FindTextColumn(input, named));
  }
  return rule;
}

std::optional<int64_t> SurvivorRank(const SurvivorRule& rule, const Batch& batch, int64_t row,
                                    std::string_view text) {
  if (rule.keep == Keep::kLongest) return static_cast<int64_t>(utf8::Length(text));
  if (rule.by < 0) return std::nullopt;
  const auto scalar = batch->column(rule.by)->GetScalar(row);
  if (!scalar.ok() || !(*scalar)->is_valid) return std::nullopt;
  if (!arrow::is_floating((*scalar)->type->id())) return WholeRank(**scalar);
  const auto cast = (*scalar)->CastTo(arrow::float64());
  if (!cast.ok()) return std::nullopt;
  return RealRank(static_cast<const arrow::DoubleScalar&>(**cast).value);
}

bool RankBefore(const SurvivorRule& rule, const std::optional<int64_t>& a,
                const std::optional<int64_t>& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() && !b.has_value();
  return rule.keep == Keep::kLowest ? *a < *b : *a > *b;
}

ParameterSpec KeepParameter() {
  return {.name = "keep",
          .type = ParameterType::kText,
          .summary = "Which row survives; ties go to the first in row order.",
          .summary_zh = "保留哪一行；相同时保留行序靠前者。",
          .default_value = "first",
          .choices = {"first", "last", "longest", "highest", "lowest"}};
}

ParameterSpec ByParameter() {
  return {.name = "by",
          .type = ParameterType::kText,
          .summary = "The number column that `highest` and `lowest` look at.",
          .summary_zh = "highest 与 lowest 所依据的数值列。",
          .default_value = ""};
}

ParameterSpec IdParameter() {
  return {.name = "id",
          .type = ParameterType::kText,
          .summary =
              "A text or whole-number column that orders rows in place of where they stand, "
              "so that the order of the files does not matter.",
          .summary_zh = "用于排定各行先后的文本列或整数列，取代行的位置，使结果与文件顺序无关。",
          .default_value = ""};
}

}  // namespace siku::refine
