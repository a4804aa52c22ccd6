// A JSON line's residue taken apart.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "siku/residue.h"

namespace siku::io {

/// Views into the residue.
struct JsonTemplate {
  Encoding encoding = Encoding::kUtf8;
  std::vector<Hole> holes{};
  std::string_view tail{};
  std::optional<std::string_view> original{};
};

bool IsJsonResidue(std::string_view residue);
Result<JsonTemplate> ReadTemplate(std::string_view residue);
/// Whether `raw` is another spelling of what we write as `value`.
bool SaysTheSame(std::string_view raw, std::string_view value);

}  // namespace siku::io
