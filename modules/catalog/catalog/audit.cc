// The audit chain: each entry's hash covers the one before, so that none can be changed, put in or
// taken out between others without the rest showing it.
#include <nlohmann/json.hpp>

#include "catalog/tables.h"
#include "clock.h"
#include "siku/sha256.h"

namespace siku::catalog {
namespace {

constexpr int64_t kMostEntries = 1000;

std::string HashOf(const std::string& before, const AuditEntry& entry) {
  const nlohmann::json all = {before,       entry.number, entry.time,  entry.account,
                              entry.action, entry.object, entry.detail};
  return Sha256Hex(all.dump());
}

AuditEntry EntryOf(const Rows& rows, size_t row) {
  return {rows.Integer(row, 0), rows.Integer(row, 1), rows.Text(row, 2), rows.Text(row, 3),
          rows.Text(row, 4),    rows.Text(row, 5),    rows.Text(row, 6)};
}

Result<std::vector<AuditEntry>> LoadAudit(Database& database, int64_t after, int64_t limit) {
  SIKU_TRY(const auto rows,
           database.Ask("SELECT number, time, account, action, object, detail, hash FROM audit"
                        " WHERE number > $1 ORDER BY number LIMIT $2",
                        {after, limit}));
  std::vector<AuditEntry> entries;
  for (size_t row = 0; row < rows.size(); ++row) entries.push_back(EntryOf(rows, row));
  return entries;
}

Result<AuditVerdict> Verified(Database& database) {
  AuditVerdict verdict;
  std::string before;
  for (;;) {
    SIKU_TRY(const auto entries, LoadAudit(database, verdict.entries, kMostEntries));
    if (entries.empty()) return verdict;
    for (const AuditEntry& entry : entries) {
      if (entry.number != verdict.entries + 1 || entry.hash != HashOf(before, entry)) {
        verdict.broken = entry.number;
        return verdict;
      }
      before = entry.hash;
      ++verdict.entries;
    }
  }
}

}  // namespace

Result<void> AppendAudit(Database& database, const Actor& actor, const std::string& action,
                         const std::string& object, const std::string& detail) {
  SIKU_TRY(const auto last,
           database.Ask("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"));
  AuditEntry entry{.number = last.empty() ? 1 : last.Integer(0, 0) + 1,
                   .time = NowMilliseconds(),
                   .account = actor.account,
                   .action = action,
                   .object = object,
                   .detail = detail,
                   .hash = {}};
  entry.hash = HashOf(last.empty() ? std::string() : last.Text(0, 1), entry);
  SIKU_TRY(const auto done, database.Ask("INSERT INTO audit VALUES ($1, $2, $3, $4, $5, $6, $7)",
                                         {entry.number, entry.time, entry.account, entry.action,
                                          entry.object, entry.detail, entry.hash}));
  (void)done;
  return {};
}

Result<std::vector<AuditEntry>> Catalog::Audit(const Actor& actor, int64_t after,
                                               int64_t limit) const {
  if (!actor.Is(Role::kAuditor) && !actor.Is(Role::kAdministrator)) {
    return Fail(Code::kDenied, "only auditors and administrators read the audit log");
  }
  return LoadAudit(*database_, after, std::min(limit, kMostEntries));
}

Result<AuditVerdict> Catalog::VerifyAudit() const { return Verified(*database_); }

Result<AuditVerdict> VerifyAuditOf(const std::string& path) {
  SIKU_TRY(const auto database, OpenDatabase(path));
  return Verified(*database);
}

}  // namespace siku::catalog
