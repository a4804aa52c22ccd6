// The parameter that nearly every operator has: which column holds the text.
#pragma once

#include "siku/record.h"

namespace siku::refine {

inline ParameterSpec TextColumn() {
  return {.name = "column",
          .type = ParameterType::kText,
          .summary = "The text column.",
          .summary_zh = "文本列。",
          .default_value = "text"};
}

}  // namespace siku::refine
