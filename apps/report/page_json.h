// One text value with its edits and flags as the page's script takes it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "siku/ledger_view.h"

namespace siku::report {

/// Of text in one page, bytes; long stretches where nothing happened are left out, and so is what
/// lies behind the cap.
struct PageLimits {
  int64_t bytes = int64_t{64} << 10;
  int64_t items = 2000;
};
/// About how many bytes `PageJson` will take, at most so many.
int64_t PageWeight(const PageView& page, const PageLimits& limits);

/// `items`: edits, proposals and flags; `text`: a string (as it stands), a number (so many bytes
/// are left out), or [item, text] where an item stands; `cut`: items behind the cap.
nlohmann::ordered_json PageJson(const PageView& page, const PageLimits& limits);

/// At most `bytes` of `text`, no character split.
std::string Prefix(std::string_view text, size_t bytes);
/// `name:4096/0/12`
std::string PlaceOf(std::string_view source, const RowKey& key);
nlohmann::ordered_json ChildJson(const RowKey& key);

}  // namespace siku::report
