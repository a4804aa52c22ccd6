#include "siku/names.h"

#include <algorithm>

namespace siku {

bool IsDatasetName(std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return false;
  const auto word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return word(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
           return word(c) || c == '.' || c == '_' || c == '-';
         });
}

bool IsStepName(std::string_view name) {
  return IsDatasetName(name) && name.find('.') == std::string_view::npos;
}

}  // namespace siku
