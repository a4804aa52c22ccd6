// Who reads what of a dataset: rules, which take columns and rows away, and grants, which give the
// rows of a dataset that is open under conditions to one account or key.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "siku/result.h"

namespace siku::catalog {

/// `op`: eq, ne, lt, le, gt, ge, in, contains, starts, null, not_null. `values` are read as values
/// of the column; `in` takes several, the last two none. A null fits `null` and `ne` alone.
struct RowFilter {
  std::string field;
  std::string op;
  std::vector<std::string> values{};
};
/// kInvalid: no such comparison, or another number of values than it takes.
Result<void> CheckRowFilter(const RowFilter& filter, const std::string& place);

/// What is taken away.
struct Restriction {
  std::vector<std::string> columns{};  // withheld
  std::vector<RowFilter> rows{};       // a row that is read fits all of these

  bool empty() const { return columns.empty() && rows.empty(); }
};

/// `who`: everybody (who is no staff), role:NAME (role:reader is also who is not signed in),
/// account:NAME, key:ID.
struct AccessRule {
  std::string who;
  Restriction keeps{};
  bool nothing = false;  // no row is read at all
};

struct Grant {
  std::string id{};
  std::string who;  // account:NAME or key:ID
  std::string purpose;
  Restriction keeps{};
  std::string granted_by{};
  int64_t created = 0;  // milliseconds since 1970
  int64_t expires = 0;
  int64_t ended = 0;  // revoked or replaced; 0: not
  std::string ended_by{};
};

/// Rules and grants of a dataset, ended ones, too, the newest first.
struct AccessPolicy {
  std::vector<AccessRule> rules{};
  int64_t since = 0;  // of the rules; 0: there were none
  std::string by{};
  std::vector<Grant> grants{};
};

/// The public name of a key: the beginning of its hash; nothing that one can sign in with.
inline constexpr int64_t kKeyIdLength = 16;  // hexadecimal digits
std::string KeyId(const std::string& key);

/// `columns` and `rows` of a rule or a grant. kInvalid with the place of what does not fit.
Result<Restriction> ReadRestriction(const nlohmann::json& from, const std::string& place);
/// [{who, columns, rows: [{field, op, value}], nothing}]. As ReadRestriction.
Result<std::vector<AccessRule>> ReadAccessRules(const nlohmann::json& list,
                                                const std::string& place);
nlohmann::json RestrictionJson(const Restriction& restriction);
nlohmann::json AccessRulesJson(const std::vector<AccessRule>& rules);
/// `state`: living, expired or ended.
nlohmann::json GrantJson(const Grant& grant);
nlohmann::json AccessPolicyJson(const AccessPolicy& policy);

}  // namespace siku::catalog
