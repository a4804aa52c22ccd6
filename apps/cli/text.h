// A text for people in both languages, written beside the code that shows it.
#pragma once

#include <string_view>

#include "siku/result.h"

namespace siku::cli {

struct Text {
  const char* english = "";
  const char* chinese = "";
  std::string_view In(Language language) const {
    return language == Language::kChinese ? chinese : english;
  }
};

}  // namespace siku::cli
