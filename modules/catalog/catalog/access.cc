// Rules and grants: who set them, and what is refused.
#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "catalog/entry.h"
#include "catalog/reach.h"
#include "clock.h"
#include "rows/conditions.h"
#include "siku/sha256.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr size_t kLongestPurpose = 2'000;  // bytes
constexpr int64_t kMostDays = 1'830;       // five years
constexpr int64_t kDay = int64_t{24} * 3600 * 1000;

Result<void> MaySet(const Actor& actor) {
  if (actor.SeesAll()) return {};
  return Fail(Code::kDenied, "only publishers, reviewers and administrators see and set access");
}

/// There is such an account or key: a slip of the hand would restrict nobody.
Result<void> CheckWho(Database& database, const std::string& who, const std::string& place,
                      bool is_grant) {
  const size_t colon = who.find(':');
  const std::string kind = who.substr(0, colon);
  const std::string name = colon == std::string::npos ? "" : who.substr(colon + 1);
  if (!is_grant && who == "everybody") return {};
  if (!is_grant && kind == "role" && ParseRole(name).has_value()) return {};
  if (kind == "account") {
    SIKU_TRY(const auto found, database.Ask("SELECT 1 FROM accounts WHERE name = $1", {name}));
    if (!found.empty()) return {};
  } else if (kind == "key") {
    SIKU_TRY(const auto found, database.Ask("SELECT 1 FROM api_keys WHERE substr(hash, 1, $1) = $2",
                                            {kKeyIdLength, name}));
    if (!found.empty()) return {};
  }
  return Fail(Code::kInvalid, "nobody that access is given or taken from", who, place,
              is_grant ? "account:NAME or key:ID" : "everybody, role:NAME, account:NAME or key:ID");
}

/// The columns of the newest version; null where there is none yet.
Result<Schema> NewestSchema(Database& database, const Store& store, const std::string& dataset) {
  SIKU_TRY(const auto versions, LoadVersions(database, dataset));
  const Version* const newest = NewestOf(versions);
  if (newest == nullptr || !newest->HasTable()) return Schema();
  SIKU_TRY(const auto info, store.FindVersion(newest->source));
  SIKU_TRY(const auto manifest, store.ReadManifest(info));
  SIKU_TRY(const auto reader, VersionReader::Open(store, manifest));
  return reader->schema();
}

Result<void> CheckRestriction(const Schema& schema, const Restriction& restriction,
                              const std::string& place) {
  // Before the first version there is nothing to look them up in. A version that they do not fit
  // is not read by those whom they restrict.
  if (schema == nullptr) return {};
  const std::string before = place.empty() ? "" : place + ".";
  for (size_t i = 0; i < restriction.columns.size(); ++i) {
    if (schema->GetFieldIndex(restriction.columns[i]) < 0) {
      return Fail(Code::kInvalid, "no such column", restriction.columns[i],
                  before + "columns[" + std::to_string(i) + "]");
    }
  }
  SIKU_TRY(const auto bound, RowConditions::Bind(schema, restriction.rows, before + "rows"));
  (void)bound;
  return {};
}

json GrantBody(const Grant& grant) {
  json body = RestrictionJson(grant.keeps);
  body["purpose"] = grant.purpose;
  body["granted_by"] = grant.granted_by;
  return body;
}

Result<void> EndGrants(Database& database, const Actor& actor, const std::string& dataset_id,
                       const std::string& who) {
  SIKU_TRY(const auto done,
           database.Ask("UPDATE grants SET ended = $3, ended_by = $4 WHERE dataset = $1"
                        " AND grantee = $2 AND ended = 0",
                        {dataset_id, who, NowMilliseconds(), actor.account}));
  (void)done;
  return {};
}

Result<AccessPolicy> LoadPolicy(Database& database, const std::string& dataset_id) {
  AccessRecords records;
  SIKU_TRY(const auto versions, LoadVersions(database, dataset_id, &records));
  (void)versions;
  AccessPolicy policy{.since = records.since};
  SIKU_TRY(policy.rules, RulesOf(records));
  if (!records.rules.empty()) policy.by = json::parse(records.rules).value("by", "");
  SIKU_TRY(policy.grants, LoadGrants(database, dataset_id));
  return policy;
}

Result<void> CheckGrant(const Dataset& dataset, const Grant& grant, int64_t days) {
  if (dataset.open_class == OpenClass::kClosed) {
    return Fail(Code::kConflict, "what is not open is granted to nobody", dataset.name, "class");
  }
  if (dataset.open_class == OpenClass::kUnconditional) {
    return Fail(Code::kConflict, "the dataset is open to everybody", dataset.name, "class",
                "grants are for datasets that are open under conditions");
  }
  if (grant.purpose.empty() || grant.purpose.size() > kLongestPurpose ||
      !utf8::Valid(grant.purpose)) {
    return Fail(Code::kInvalid, "a grant needs a purpose of at most 2,000 bytes", {}, "purpose");
  }
  if (days < 1 || days > kMostDays) {
    return Fail(Code::kInvalid, "a grant lives 1 to 1,830 days", std::to_string(days), "days");
  }
  return {};
}

}  // namespace

std::string KeyId(const std::string& key) { return Sha256Hex(key).substr(0, kKeyIdLength); }

Result<AccessPolicy> Catalog::Access(const Actor& actor, const std::string& name) const {
  SIKU_TRY(MaySet(actor));
  SIKU_TRY(const auto stored, RequireDataset(*database_, name));
  return LoadPolicy(*database_, stored.dataset.id);
}

Result<AccessPolicy> Catalog::SetAccess(const Actor& actor, const std::string& name,
                                        const std::vector<AccessRule>& rules) {
  SIKU_TRY(MaySet(actor));
  AccessPolicy policy;
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto stored, RequireDataset(*database_, name));
    SIKU_TRY(const auto schema, NewestSchema(*database_, store_, stored.dataset.id));
    for (size_t i = 0; i < rules.size(); ++i) {
      const std::string place = "rules[" + std::to_string(i) + "]";
      SIKU_TRY(CheckWho(*database_, rules[i].who, place + ".who", false));
      SIKU_TRY(CheckRestriction(schema, rules[i].keeps, place));
    }
    const json body = {{"rules", AccessRulesJson(rules)}, {"by", actor.account}};
    SIKU_TRY(AddRecord(*database_, stored.dataset.id, 0, "access", body.dump()));
    SIKU_TRY(AppendAudit(*database_, actor, "access.rules", stored.dataset.name, body.dump()));
    SIKU_TRY(policy, LoadPolicy(*database_, stored.dataset.id));
    return {};
  }));
  return policy;
}

Result<Grant> Catalog::GrantAccess(const Actor& actor, const std::string& name, Grant grant,
                                   int64_t days) {
  SIKU_TRY(MaySet(actor));
  grant.id = NewId();
  grant.granted_by = actor.account;
  grant.created = NowMilliseconds();
  grant.expires = grant.created + std::clamp<int64_t>(days, 0, kMostDays) * kDay;
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto stored, RequireDataset(*database_, name));
    SIKU_TRY(CheckGrant(stored.dataset, grant, days));
    SIKU_TRY(CheckWho(*database_, grant.who, "who", true));
    SIKU_TRY(const auto schema, NewestSchema(*database_, store_, stored.dataset.id));
    SIKU_TRY(CheckRestriction(schema, grant.keeps, ""));
    SIKU_TRY(EndGrants(*database_, actor, stored.dataset.id, grant.who));
    const json body = GrantBody(grant);
    SIKU_TRY(const auto done,
             database_->Ask("INSERT INTO grants VALUES ($1, $2, $3, $4, $5, $6, 0, '')",
                            {grant.id, stored.dataset.id, grant.who, body.dump(), grant.created,
                             grant.expires}));
    (void)done;
    if (!grant.keeps.rows.empty()) {
      SIKU_TRY(AddRecord(*database_, stored.dataset.id, 0, "partly_read", grant.id));
    }
    return AppendAudit(*database_, actor, "access.grant", stored.dataset.name,
                       GrantJson(grant).dump());
  }));
  return grant;
}

Result<void> Catalog::RevokeGrant(const Actor& actor, const std::string& name,
                                  const std::string& id) {
  SIKU_TRY(MaySet(actor));
  return database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto stored, RequireDataset(*database_, name));
    SIKU_TRY(const auto found,
             database_->Ask("SELECT grantee FROM grants WHERE id = $1 AND dataset = $2"
                            " AND ended = 0 AND expires > $3",
                            {id, stored.dataset.id, NowMilliseconds()}));
    if (found.empty()) return Fail(Code::kNotFound, "no living grant of this id", id);
    SIKU_TRY(EndGrants(*database_, actor, stored.dataset.id, found.Text(0, 0)));
    const json detail = {{"id", id}, {"who", found.Text(0, 0)}};
    return AppendAudit(*database_, actor, "access.revoke", stored.dataset.name, detail.dump());
  });
}

}  // namespace siku::catalog
