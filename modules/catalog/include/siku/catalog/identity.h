// Who asks, and what he may.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "siku/result.h"

namespace siku::catalog {

enum class Role { kAdministrator, kPublisher, kReviewer, kOperator, kAuditor, kReader };
std::string_view RoleName(Role role);
/// kInvalid.
Result<Role> ParseRole(const std::string& name);

/// Who acts; without an account: anybody, who reads what is open.
struct Actor {
  std::string account{};
  std::vector<Role> roles{};
  std::string key{};  // id of the key that he came with

  bool Is(Role role) const;
  /// Sees drafts, what was withdrawn and what is not open, beside what everybody sees.
  bool SeesAll() const;
};

/// As lists show it.
struct AccountInfo {
  std::string name;
  std::vector<Role> roles{};  // none: it can do nothing
  int64_t created = 0;        // milliseconds since 1970
  int64_t locked_until = 0;   // after many failures; 0: it is not
};
struct KeyInfo {
  std::string id;  // the beginning of its hash
  std::string label;
  std::vector<std::string> scopes{};
  int64_t created = 0;
  int64_t expires = 0;
};

struct Session {
  std::string token;    // for the cookie; the database has its hash
  std::string csrf;     // for the header of writes
  int64_t expires = 0;  // milliseconds since 1970
};

}  // namespace siku::catalog
