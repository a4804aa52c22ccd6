#include "catalog/reach.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "clock.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

bool Fits(const std::string& who, const Actor& actor) {
  if (who == "everybody") return !actor.SeesAll();
  if (!actor.account.empty() && who == "account:" + actor.account) return true;
  if (!actor.key.empty() && who == "key:" + actor.key) return true;
  if (!who.starts_with("role:")) return false;
  // Who is not signed in, or has no role, reads no more than who has this one.
  if (who == "role:reader" && actor.roles.empty()) return true;
  const auto role = ParseRole(who.substr(5));
  return role.has_value() && actor.Is(*role);
}

void Add(const Restriction& more, Restriction& to) {
  to.columns.insert(to.columns.end(), more.columns.begin(), more.columns.end());
  to.rows.insert(to.rows.end(), more.rows.begin(), more.rows.end());
}

/// What was granted to the actor: to his key, else to his account.
Result<std::optional<Grant>> LivingGrant(Database& database, const Actor& actor,
                                         const std::string& dataset_id) {
  std::optional<Grant> found;
  if (actor.account.empty()) return found;
  SIKU_TRY(const auto rows,
           database.Ask(
               "SELECT " SIKU_GRANT_COLUMNS " FROM grants WHERE dataset = $1"
               " AND grantee IN ($2, $3) AND ended = 0 AND expires > $4",
               {dataset_id, "account:" + actor.account, "key:" + actor.key, NowMilliseconds()}));
  for (size_t row = 0; row < rows.size(); ++row) {
    if (found && !rows.Text(row, 1).starts_with("key:")) continue;
    SIKU_TRY(found, GrantOf(rows, row));
  }
  return found;
}

bool KeepsRows(const AccessRule& rule) { return rule.nothing || !rule.keeps.rows.empty(); }

}  // namespace

Result<std::vector<AccessRule>> RulesOf(const AccessRecords& records) {
  if (records.rules.empty()) return std::vector<AccessRule>();
  const json body = json::parse(records.rules, nullptr, false);
  if (!body.is_object()) {
    // What nobody can read opens nothing.
    return Fail(Code::kData, "the catalogue's database is damaged", "records");
  }
  return ReadAccessRules(body.value("rules", json()), "rules");
}

Result<Grant> GrantOf(const Rows& rows, size_t row) {
  const json body = json::parse(rows.Text(row, 2), nullptr, false);
  if (!body.is_object()) {
    return Fail(Code::kData, "the catalogue's database is damaged", rows.Text(row, 0));
  }
  Grant grant{.id = rows.Text(row, 0), .who = rows.Text(row, 1), .purpose = {}};
  grant.purpose = body.value("purpose", "");
  grant.granted_by = body.value("granted_by", "");
  SIKU_TRY(grant.keeps, ReadRestriction(body, ""));
  grant.created = rows.Integer(row, 3);
  grant.expires = rows.Integer(row, 4);
  grant.ended = rows.Integer(row, 5);
  grant.ended_by = rows.Text(row, 6);
  return grant;
}

Result<std::vector<Grant>> LoadGrants(Database& database, const std::string& dataset_id) {
  SIKU_TRY(const auto rows, database.Ask("SELECT " SIKU_GRANT_COLUMNS " FROM grants"
                                         " WHERE dataset = $1 ORDER BY created DESC, id LIMIT 1000",
                                         {dataset_id}));
  std::vector<Grant> grants;
  for (size_t row = 0; row < rows.size(); ++row) {
    SIKU_TRY(grants.emplace_back(), GrantOf(rows, row));
  }
  return grants;
}

Result<Reach> ReachOf(Database& database, const Actor& actor, const Dataset& dataset,
                      const AccessRecords& records) {
  Reach reach;
  if (!actor.SeesAll()) {
    if (dataset.open_class != OpenClass::kUnconditional) {
      std::optional<Grant> grant;
      if (dataset.open_class == OpenClass::kConditional) {
        SIKU_TRY(grant, LivingGrant(database, actor, dataset.id));
      }
      if (!grant) {
        return Fail(Code::kDenied, "the rows are open under conditions only", dataset.name, {},
                    "ask the organisation that publishes it");
      }
      reach = std::move(grant->keeps);
    }
    reach.columns.insert(reach.columns.end(), records.withheld.begin(), records.withheld.end());
  }
  SIKU_TRY(const auto rules, RulesOf(records));
  for (const AccessRule& rule : rules) {
    if (!Fits(rule.who, actor)) continue;
    if (rule.nothing) {
      return Fail(Code::kDenied, "a rule of the dataset keeps its rows from you", dataset.name, {},
                  "ask the organisation that publishes it");
    }
    Add(rule.keeps, reach);
  }
  // Their order is part of no cache's key.
  std::sort(reach.columns.begin(), reach.columns.end());
  reach.columns.erase(std::unique(reach.columns.begin(), reach.columns.end()), reach.columns.end());
  return reach;
}

Result<Known> FindFor(Database& database, const Actor& actor, const std::string& name) {
  Known known;
  SIKU_TRY(known.stored, RequireDataset(database, name));
  const Dataset& dataset = known.stored.dataset;
  if (!IsListed(dataset.state, dataset.open_class) && !actor.SeesAll()) {
    return Fail(Code::kNotFound, "dataset not found", name);
  }
  SIKU_TRY(known.versions, LoadVersions(database, dataset.id, &known.access));
  return known;
}

Result<void> HideCounts(Database& database, const Actor& actor, Known& known) {
  const auto reach = ReachOf(database, actor, known.stored.dataset, known.access);
  if (!reach.has_value() && reach.error().code != Code::kDenied) {
    return tl::make_unexpected(reach.error());
  }
  if (reach.has_value() && reach->empty()) return {};
  bool keeps_rows = reach.has_value() && !reach->rows.empty();
  if (!reach.has_value()) {
    SIKU_TRY(const auto rules, RulesOf(known.access));
    keeps_rows = known.access.partly_read || std::any_of(rules.begin(), rules.end(), KeepsRows);
  }
  for (Version& version : known.versions) {
    version.content.clear();
    version.bytes = -1;
    if (keeps_rows) version.rows = -1;
    for (VersionFile& file : version.files) {
      file.sha256.clear();
      file.bytes = -1;
    }
  }
  return {};
}

}  // namespace siku::catalog
