// Parts of a ledger as text and JSON, shared by the commands that look at one.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "context.h"
#include "siku/ledger_view.h"

namespace siku::cli {

/// `step`, `source`, `position` and, where the row has siblings, `child`.
nlohmann::ordered_json PlaceJson(std::string_view step, std::string_view source, const RowKey& key);
/// The row's key as people see it: `pages/a.txt 3:4096/0`.
std::string PlaceText(std::string_view source, const RowKey& key);
/// The ordinals of a key's child.
std::vector<uint32_t> ChildOrdinals(const RowKey& key);
/// One line of JSON, bad bytes replaced.
std::string JsonLineOf(const nlohmann::ordered_json& json);
/// What steers a terminal is shown, not obeyed.
std::string Shown(std::string_view text);

/// An edit with the text around it, as two lines: before, and after.
struct Excerpt {
  std::string before;
  std::string after;
  size_t begin = 0;  // bytes of `before` that are shown
  size_t end = 0;
};
/// `width` columns around edit `index`, its fellows in the window marked too.
Excerpt ExcerptOf(const EditedValue& value, size_t index, size_t width, const Paint& paint);

}  // namespace siku::cli
