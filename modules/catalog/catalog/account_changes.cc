// What becomes of accounts and keys after they were made.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "catalog/passwords.h"
#include "catalog/tables.h"
#include "clock.h"
#include "siku/catalog/access.h"

namespace siku::catalog {
namespace {

Result<void> OnlyAdministrators(const Actor& actor) {
  if (actor.Is(Role::kAdministrator)) return {};
  return Fail(Code::kDenied, "only administrators see and change accounts");
}

Result<void> EndSessions(Database& database, const std::string& account) {
  SIKU_TRY(const auto done, database.Ask("DELETE FROM sessions WHERE account = $1", {account}));
  (void)done;
  return {};
}

}  // namespace

Result<std::vector<AccountInfo>> Catalog::Accounts(const Actor& actor) const {
  SIKU_TRY(OnlyAdministrators(actor));
  SIKU_TRY(const auto rows, database_->Ask("SELECT name, roles, created, locked_until FROM accounts"
                                           " ORDER BY name"));
  std::vector<AccountInfo> accounts;
  for (size_t row = 0; row < rows.size(); ++row) {
    const int64_t until = rows.Integer(row, 3);
    AccountInfo account{.name = rows.Text(row, 0),
                        .created = rows.Integer(row, 2),
                        .locked_until = until > NowMilliseconds() ? until : 0};
    SIKU_TRY(account.roles, RolesOf(rows.Text(row, 1)));
    accounts.push_back(std::move(account));
  }
  return accounts;
}

Result<void> Catalog::SetRoles(const Actor& actor, const std::string& name,
                               const std::vector<Role>& roles) {
  SIKU_TRY(OnlyAdministrators(actor));
  return database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto rows, database_->Ask("SELECT name, roles FROM accounts"));
    bool known = false, administered = false;
    for (size_t row = 0; row < rows.size(); ++row) {
      const bool it = rows.Text(row, 0) == name;
      known = known || it;
      SIKU_TRY(const auto has, RolesOf(rows.Text(row, 1)));
      const auto& will = it ? roles : has;
      administered =
          administered || std::find(will.begin(), will.end(), Role::kAdministrator) != will.end();
    }
    if (!known) return Fail(Code::kNotFound, "account not found", name);
    if (!administered) return Fail(Code::kConflict, "no administrator would be left", name);
    SIKU_TRY(const auto done, database_->Ask("UPDATE accounts SET roles = $2 WHERE name = $1",
                                             {name, RolesText(roles)}));
    (void)done;
    return AppendAudit(*database_, actor, "account.roles", name,
                       "{\"roles\":" + RolesText(roles) + "}");
  });
}

Result<void> Catalog::SetPassword(const Actor& actor, const std::string& name,
                                  const std::string& before, const std::string& password) {
  const bool own = !actor.account.empty() && actor.account == name;
  if (!own) SIKU_TRY(OnlyAdministrators(actor));
  SIKU_TRY(CheckPassword(password));
  SIKU_TRY(const auto rows,
           database_->Ask("SELECT password, locked_until FROM accounts WHERE name = $1", {name}));
  if (rows.empty()) return Fail(Code::kNotFound, "account not found", name);
  if (own) SIKU_TRY(CheckUnlocked(rows.Integer(0, 1)));
  if (own && !PasswordFits(before, rows.Text(0, 0))) {
    SIKU_TRY(CountFailure(*database_, name));
    return Fail(Code::kDenied, "the password before is wrong", {}, "before");
  }
  SIKU_TRY(const auto hash, HashPassword(password));
  return database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto done,
             database_->Ask("UPDATE accounts SET password = $2, failures = 0, locked_until = 0"
                            " WHERE name = $1",
                            {name, hash}));
    (void)done;
    SIKU_TRY(EndSessions(*database_, name));
    if (!own) {  // whoever knew the password may have made some
      SIKU_TRY(const auto ended, database_->Ask("DELETE FROM api_keys WHERE account = $1", {name}));
      (void)ended;
    }
    return AppendAudit(*database_, actor, "account.password", name);
  });
}

Result<std::vector<KeyInfo>> Catalog::Keys(const Actor& actor) const {
  SIKU_TRY(const auto rows,
           database_->Ask("SELECT hash, label, scopes, created, expires FROM api_keys"
                          " WHERE account = $1 AND expires > $2 ORDER BY created DESC, hash",
                          {actor.account, NowMilliseconds()}));
  std::vector<KeyInfo> keys;
  for (size_t row = 0; row < rows.size(); ++row) {
    KeyInfo key{.id = rows.Text(row, 0).substr(0, kKeyIdLength),
                .label = rows.Text(row, 1),
                .created = rows.Integer(row, 3),
                .expires = rows.Integer(row, 4)};
    for (const auto& scope : nlohmann::json::parse(rows.Text(row, 2))) key.scopes.push_back(scope);
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<void> Catalog::EndKey(const Actor& actor, const std::string& id) {
  return database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto rows, database_->Ask("SELECT hash, label FROM api_keys WHERE account = $1"
                                             " AND substr(hash, 1, $2) = $3",
                                             {actor.account, kKeyIdLength, id}));
    if (rows.empty()) return Fail(Code::kNotFound, "key not found", id);
    SIKU_TRY(const auto done,
             database_->Ask("DELETE FROM api_keys WHERE hash = $1", {rows.Text(0, 0)}));
    (void)done;
    return AppendAudit(*database_, actor, "key.end", rows.Text(0, 1));
  });
}

}  // namespace siku::catalog
