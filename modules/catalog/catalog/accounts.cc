// Accounts, sessions and keys. Passwords are kept as Argon2id (RFC 9106) hashes by libsodium; what
// is itself random and long — session tokens, keys — as SHA-256.
#include <sodium.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "catalog/passwords.h"
#include "catalog/tables.h"
#include "clock.h"
#include "siku/sha256.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

constexpr size_t kShortestPassword = 12;   // characters (NIST SP 800-63B asks for 8 at least)
constexpr size_t kLongestLabel = 200;      // bytes
constexpr size_t kLongestPassword = 1024;  // bytes
constexpr int64_t kSessionMilliseconds = int64_t{12} * 3600 * 1000;
constexpr int64_t kFailuresBeforeLock = 10;
constexpr int64_t kLockMilliseconds = int64_t{15} * 60 * 1000;
// What ends later than it can was made while the clock was wrong; so much it may be corrected.
constexpr int64_t kClockSlack = int64_t{3600} * 1000;
constexpr std::string_view kKeyPrefix = "siku_";

constexpr std::array kRoles = {std::pair{Role::kAdministrator, "administrator"},
                               std::pair{Role::kPublisher, "publisher"},
                               std::pair{Role::kReviewer, "reviewer"},
                               std::pair{Role::kOperator, "operator"},
                               std::pair{Role::kAuditor, "auditor"},
                               std::pair{Role::kReader, "reader"}};

/// 32 random bytes in hexadecimal.
std::string RandomToken() {
  std::array<unsigned char, 32> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  Digest digest{};
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return Hex(digest);
}

Result<void> StartSodium() {
  if (sodium_init() < 0) return Fail(Code::kInternal, "libsodium could not start");
  return {};
}

/// For names that nobody has, so that they take as long as the others.
const std::string& NobodysHash() {
  static const std::string hash = HashPassword(RandomToken()).value_or("");
  return hash;
}

tl::unexpected<Error> WrongPassword() { return Fail(Code::kDenied, "name or password is wrong"); }

}  // namespace

Result<void> CheckPassword(const std::string& password) {
  if (utf8::Valid(password) && utf8::Length(password) >= kShortestPassword &&
      password.size() <= kLongestPassword) {
    return {};
  }
  return Fail(Code::kInvalid, "a password has 12 characters or more, and at most 1,024 bytes", {},
              "password");
}

Result<std::string> HashPassword(const std::string& password) {
  SIKU_TRY(StartSodium());
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(),
                        crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return Fail(Code::kLimit, "no memory to hash a password");
  }
  return std::string(hash.data());
}

bool PasswordFits(const std::string& password, const std::string& hash) {
  return password.size() <= kLongestPassword &&
         crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::string RolesText(const std::vector<Role>& roles) {
  nlohmann::json list = nlohmann::json::array();
  for (const Role role : roles) list.push_back(RoleName(role));
  return list.dump();
}

Result<std::vector<Role>> RolesOf(const std::string& text) {
  std::vector<Role> roles;
  for (const auto& name : nlohmann::json::parse(text)) {
    SIKU_TRY(const Role role, ParseRole(name.get<std::string>()));
    roles.push_back(role);
  }
  return roles;
}

Result<void> CheckUnlocked(int64_t locked_until) {
  const int64_t locked = locked_until - NowMilliseconds();
  if (locked <= 0 || locked > kLockMilliseconds + kClockSlack) return {};
  return Fail(Code::kBusy, "too many failures: the account is locked for a quarter of an hour");
}

Result<void> CountFailure(Database& database, const std::string& account) {
  // One more in the database's own arithmetic: those who try at the same time all count.
  return database.Write([&]() -> Result<void> {
    SIKU_TRY(const auto done,
             database.Ask("UPDATE accounts SET locked_until = CASE WHEN failures + 1 >= $2"
                          " THEN CAST($3 AS BIGINT) ELSE 0 END, failures = CASE WHEN failures + 1"
                          " >= $2 THEN 0 ELSE failures + 1 END WHERE name = $1",
                          {account, kFailuresBeforeLock, NowMilliseconds() + kLockMilliseconds}));
    (void)done;
    return AppendAudit(database, {}, "session.refuse", account);
  });
}

std::string_view RoleName(Role role) { return kRoles[static_cast<size_t>(role)].second; }

Result<Role> ParseRole(const std::string& name) {
  for (const auto& [role, known] : kRoles) {
    if (name == known) return role;
  }
  return Fail(Code::kInvalid, "no role", name, {},
              "administrator, publisher, reviewer, operator, auditor or reader");
}

bool Actor::Is(Role role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool Actor::SeesAll() const {
  return Is(Role::kAdministrator) || Is(Role::kPublisher) || Is(Role::kReviewer);
}

Result<bool> Catalog::HasAccounts() const {
  SIKU_TRY(const auto rows, database_->Ask("SELECT 1 FROM accounts LIMIT 1"));
  return !rows.empty();
}

Result<void> Catalog::CreateAccount(const Actor& actor, const std::string& name,
                                    const std::string& password, const std::vector<Role>& roles) {
  if (!actor.Is(Role::kAdministrator)) {
    return Fail(Code::kDenied, "only administrators create accounts");
  }
  if (!IsCatalogueName(name)) {
    return Fail(Code::kInvalid, "not a name of an account", name, {}, "2 to 100 of: a-z 0-9 _ -");
  }
  SIKU_TRY(CheckPassword(password));
  SIKU_TRY(const auto hash, HashPassword(password));
  return database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto there, database_->Ask("SELECT 1 FROM accounts WHERE name = $1", {name}));
    if (!there.empty()) return Fail(Code::kConflict, "an account of this name exists", name);
    SIKU_TRY(const auto done, database_->Ask("INSERT INTO accounts VALUES ($1, $2, $3, $4, 0, 0)",
                                             {name, hash, RolesText(roles), NowMilliseconds()}));
    (void)done;
    return AppendAudit(*database_, actor, "account.create", name,
                       "{\"roles\":" + RolesText(roles) + "}");
  });
}

Result<Session> Catalog::SignIn(const std::string& name, const std::string& password) {
  SIKU_TRY(StartSodium());
  SIKU_TRY(const auto rows, database_->Ask("SELECT password, failures, locked_until FROM accounts"
                                           " WHERE name = $1",
                                           {name}));
  if (!rows.empty()) SIKU_TRY(CheckUnlocked(rows.Integer(0, 2)));
  const std::string hash = rows.empty() ? NobodysHash() : rows.Text(0, 0);
  const bool fits = PasswordFits(password, hash);
  if (rows.empty()) return WrongPassword();
  if (!fits) {
    SIKU_TRY(CountFailure(*database_, name));
    return WrongPassword();
  }
  Session session{RandomToken(), RandomToken(), NowMilliseconds() + kSessionMilliseconds};
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto cleared,
             database_->Ask("UPDATE accounts SET failures = 0 WHERE name = $1", {name}));
    SIKU_TRY(const auto expired,
             database_->Ask("DELETE FROM sessions WHERE expires < $1", {NowMilliseconds()}));
    SIKU_TRY(const auto done,
             database_->Ask("INSERT INTO sessions VALUES ($1, $2, $3, $4)",
                            {Sha256Hex(session.token), name, session.csrf, session.expires}));
    (void)cleared, (void)expired, (void)done;
    return AppendAudit(*database_, {.account = name}, "session.open", name);
  }));
  return session;
}

Result<void> Catalog::SignOut(const std::string& token) {
  return database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto done,
             database_->Ask("DELETE FROM sessions WHERE hash = $1", {Sha256Hex(token)}));
    (void)done;
    return {};
  });
}

Result<std::pair<Actor, std::string>> Catalog::BySession(const std::string& token) const {
  const int64_t now = NowMilliseconds();
  SIKU_TRY(const auto rows,
           database_->Ask("SELECT a.name, a.roles, s.csrf FROM sessions s JOIN accounts a"
                          " ON a.name = s.account WHERE s.hash = $1 AND s.expires > $2"
                          " AND s.expires < $3",
                          {Sha256Hex(token), now, now + kSessionMilliseconds + kClockSlack}));
  if (rows.empty()) return Fail(Code::kDenied, "the session has ended");
  SIKU_TRY(auto roles, RolesOf(rows.Text(0, 1)));
  return std::pair(Actor{rows.Text(0, 0), std::move(roles), {}}, rows.Text(0, 2));
}

Result<std::string> Catalog::CreateKey(const Actor& actor, const std::string& label,
                                       const std::vector<std::string>& scopes, int64_t days) {
  SIKU_TRY(StartSodium());
  if (actor.account.empty()) return Fail(Code::kDenied, "sign in to make a key");
  // Else one that ends tomorrow would live for ever in those that it made.
  if (!actor.key.empty()) return Fail(Code::kDenied, "a key makes no keys: sign in");
  if (label.empty() || label.size() > kLongestLabel) {
    return Fail(Code::kInvalid, "a key's label has 1 to 200 bytes", {}, "label");
  }
  if (days < 1 || days > 366) return Fail(Code::kInvalid, "a key lives 1 to 366 days");
  if (scopes.size() > 2) return Fail(Code::kInvalid, "no scope of a key", {}, {}, "read or write");
  for (const std::string& scope : scopes) {
    if (scope != "read" && scope != "write") {
      return Fail(Code::kInvalid, "no scope of a key", scope, {}, "read or write");
    }
  }
  const std::string key = std::string(kKeyPrefix) + RandomToken();
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto done,
             database_->Ask("INSERT INTO api_keys VALUES ($1, $2, $3, $4, $5, $6)",
                            {Sha256Hex(key), label, actor.account, nlohmann::json(scopes).dump(),
                             NowMilliseconds(), NowMilliseconds() + days * 24 * 3600 * 1000}));
    (void)done;
    return AppendAudit(*database_, actor, "key.create", label);
  }));
  return key;
}

Result<Actor> Catalog::ByKey(const std::string& key, bool writes) const {
  SIKU_TRY(const auto rows,
           database_->Ask("SELECT a.name, a.roles, k.scopes FROM api_keys k JOIN accounts a"
                          " ON a.name = k.account WHERE k.hash = $1 AND k.expires > $2",
                          {Sha256Hex(key), NowMilliseconds()}));
  if (rows.empty()) return Fail(Code::kDenied, "the key is unknown or has ended");
  const auto scopes = nlohmann::json::parse(rows.Text(0, 2));
  const char* needed = writes ? "write" : "read";
  if (std::find(scopes.begin(), scopes.end(), needed) == scopes.end()) {
    return Fail(Code::kDenied, "the key's scope does not allow this", needed);
  }
  SIKU_TRY(auto roles, RolesOf(rows.Text(0, 1)));
  if (roles.empty()) return Fail(Code::kDenied, "the key is unknown or has ended");
  return Actor{rows.Text(0, 0), std::move(roles), KeyId(key)};
}

}  // namespace siku::catalog
