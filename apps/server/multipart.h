// Forms with files (RFC 7578), as CKAN's clients upload by.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siku::server {

struct FormPart {
  std::string name{};
  std::string filename{};    // empty: it is no file
  std::string_view bytes{};  // within the body
};

/// Whether a Content-Type is multipart/form-data.
bool IsForm(std::string_view content_type);
/// The parts in order. Nothing: no boundary, a body that does not end with it, more than 200 parts.
std::optional<std::vector<FormPart>> ParseForm(std::string_view content_type,
                                               std::string_view body);

}  // namespace siku::server
