#include "row_texts.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "page_json.h"

namespace siku::report {
namespace {

RowTexts::Found FoundOf(std::string_view source, const RowKey& key,
                        const std::optional<std::string_view>& text) {
  RowTexts::Found found{.place = PlaceOf(source, key), .text = {}};
  if (!text.has_value()) return found;
  found.text = Prefix(*text, RowTexts::kMost);
  found.bytes = static_cast<int64_t>(text->size());
  return found;
}

}  // namespace

Result<void> RowTexts::FetchKept(Store& store, const std::string& run, const std::string& step,
                                 Rows& rows) {
  std::vector<RowKey> keys;
  keys.reserve(rows.size());
  for (const auto& [key, found] : rows) keys.push_back(key);
  return ForEachText(store, run, step, keys, [&](const TextView& row) {
    rows[row.key] = FoundOf(row.source, row.key, row.text);
    return true;
  });
}

Result<void> RowTexts::FetchDropped(Store& store, const std::string& run,
                                    const RunShape::Step& step, Rows& rows) {
  size_t left = rows.size();
  if (left == 0) return {};
  return ForEachReject(store, run, step.name, [&](const RejectView& reject) {
    const auto wanted = rows.find(reject.key);
    if (wanted == rows.end()) return true;
    const auto row = nlohmann::json::parse(reject.row_json, nullptr, false);
    std::optional<std::string> text;
    if (row.is_object() && row.contains(step.column) && row.at(step.column).is_string()) {
      text = row.at(step.column).get<std::string>();
    }
    wanted->second = FoundOf(reject.source, reject.key, text);
    wanted->second->detail = {std::string(reject.detail),
                              std::string(Translate(reject.detail, Language::kChinese))};
    return --left > 0;
  });
}

Result<void> RowTexts::Fetch(Store& store, const std::string& run, const RunShape& shape) {
  for (const RunShape::Step& step : shape.steps) {
    const auto wanted = wanted_.find(step.name);
    if (wanted == wanted_.end()) continue;
    for (const auto& done : {FetchKept(store, run, step.name, wanted->second.kept),
                             FetchDropped(store, run, step, wanted->second.dropped)}) {
      // Rows that can only be put together from what is sealed are not shown.
      if (!done.has_value() && done.error().code != Code::kDenied) return done;
    }
  }
  return {};
}

const RowTexts::Found* RowTexts::Find(const Rows& rows, const RowKey& key) {
  const auto row = rows.find(key);
  return row == rows.end() || !row->second.has_value() ? nullptr : &*row->second;
}

const RowTexts::Found* RowTexts::Kept(const std::string& step, const RowKey& key) const {
  const auto found = wanted_.find(step);
  return found == wanted_.end() ? nullptr : Find(found->second.kept, key);
}

const RowTexts::Found* RowTexts::Dropped(const std::string& step, const RowKey& key) const {
  const auto found = wanted_.find(step);
  return found == wanted_.end() ? nullptr : Find(found->second.dropped, key);
}

}  // namespace siku::report
