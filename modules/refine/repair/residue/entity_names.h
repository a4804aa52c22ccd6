// Names of HTML character references.
#pragma once

#include <string_view>

namespace siku::refine {

struct EntityName {
  std::string_view name;  // without "&" and ";"
  std::string_view text;  // UTF-8
  bool old;               // of HTML 4: what pages have
};

/// Null where HTML has no such name.
const EntityName* FindEntity(std::string_view name);

}  // namespace siku::refine
