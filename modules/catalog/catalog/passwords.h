// Passwords and roles as the catalogue's tables have them.
#pragma once

#include <string>
#include <vector>

#include "database/database.h"
#include "siku/catalog/identity.h"
#include "siku/result.h"

namespace siku::catalog {

/// kInvalid: too short, too long, no UTF-8.
Result<void> CheckPassword(const std::string& password);
/// Argon2id (RFC 9106), by libsodium.
Result<std::string> HashPassword(const std::string& password);
bool PasswordFits(const std::string& password, const std::string& hash);
/// kBusy: it is locked after many failures.
Result<void> CheckUnlocked(int64_t locked_until);
/// A wrong password was given; many lock the account for a while. A transaction of its own.
Result<void> CountFailure(Database& database, const std::string& account);

std::string RolesText(const std::vector<Role>& roles);
Result<std::vector<Role>> RolesOf(const std::string& text);

}  // namespace siku::catalog
