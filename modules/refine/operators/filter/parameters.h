// Parameters that the filters share, spelt as Data-Juicer and DataTrove spell them.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "operators/text_column.h"
#include "siku/operator.h"

namespace siku::refine {

/// Python's sys.maxsize, Data-Juicer's word for no upper limit.
inline constexpr int64_t kMaxSize = std::numeric_limits<int64_t>::max();

struct Summaries {
  std::string english, chinese;
};

inline ParameterSpec Real(std::string name, double value, Summaries summaries,
                          std::string unit = "ratio") {
  return {.name = std::move(name),
          .type = ParameterType::kReal,
          .summary = std::move(summaries.english),
          .summary_zh = std::move(summaries.chinese),
          .unit = std::move(unit),
          .default_value = value};
}

inline ParameterSpec Whole(std::string name, int64_t value, Summaries summaries,
                           std::string unit = "", double minimum = 0) {
  return {.name = std::move(name),
          .type = ParameterType::kInt,
          .summary = std::move(summaries.english),
          .summary_zh = std::move(summaries.chinese),
          .unit = std::move(unit),
          .default_value = value,
          .minimum = minimum};
}

inline ParameterSpec YesNo(std::string name, bool value, Summaries summaries) {
  return {.name = std::move(name),
          .type = ParameterType::kBool,
          .summary = std::move(summaries.english),
          .summary_zh = std::move(summaries.chinese),
          .default_value = value};
}

inline ParameterSpec Text(std::string name, std::string value, Summaries summaries) {
  return {.name = std::move(name),
          .type = ParameterType::kText,
          .summary = std::move(summaries.english),
          .summary_zh = std::move(summaries.chinese),
          .default_value = std::move(value)};
}

inline ParameterSpec Texts(std::string name, std::vector<std::string> values, Summaries summaries) {
  return {.name = std::move(name),
          .type = ParameterType::kTextList,
          .summary = std::move(summaries.english),
          .summary_zh = std::move(summaries.chinese),
          .default_value = std::move(values)};
}

}  // namespace siku::refine
