// Runs that people start by the server: what they may read and write, and who did.
#include <nlohmann/json.hpp>

#include "catalog/tables.h"

namespace siku::catalog {

Result<std::optional<std::string>> Catalog::Setting(const std::string& name) const {
  SIKU_TRY(const auto rows,
           database_->Ask("SELECT value FROM meta WHERE key = $1", {"setting." + name}));
  if (rows.empty()) return std::optional<std::string>();
  return std::optional<std::string>(rows.Text(0, 0));
}

Result<void> Catalog::Set(const Actor& actor, const std::string& name,
                          const std::string& document) {
  if (!actor.Is(Role::kAdministrator)) {
    return Fail(Code::kDenied, "only administrators change settings");
  }
  return database_->Write([&]() -> Result<void> {
    const std::string key = "setting." + name;
    SIKU_TRY(const auto gone, database_->Ask("DELETE FROM meta WHERE key = $1", {key}));
    SIKU_TRY(const auto set, database_->Ask("INSERT INTO meta VALUES ($1, $2)", {key, document}));
    (void)gone, (void)set;
    return AppendAudit(*database_, actor, "settings.change", name, document);
  });
}

Result<void> Catalog::CheckRunInput(const Actor& actor, const std::string& source) const {
  const auto info = store_.FindVersion(source);
  if (!info.has_value() && info.error().code != Code::kNotFound) {
    return tl::make_unexpected(info.error());
  }
  if (info.has_value()) {
    if (actor.SeesAll()) return {};
    const std::string exact = info->dataset + "@" + std::to_string(info->ordinal);
    SIKU_TRY(const bool open, IsOpenWhole(actor, exact));
    if (open) return {};
  }
  // In the same words for one that there is not: what the store has is not theirs to know.
  return Fail(Code::kNotFound, "dataset not found", source);
}

Result<bool> Catalog::IsOpenWhole(const Actor& actor, const std::string& source) const {
  SIKU_TRY(const auto rows, database_->Ask("SELECT dataset, ordinal FROM versions WHERE source = $1"
                                           " ORDER BY dataset, ordinal",
                                           {source}));
  for (size_t row = 0; row < rows.size(); ++row) {
    const auto readable = Read(actor, rows.Text(row, 0), rows.Integer(row, 1));
    // A run reads the store, which knows no columns that are withheld and no conditions.
    if (readable.has_value() && readable->withheld.empty() && readable->conditions.empty()) {
      return true;
    }
  }
  return false;
}

Result<void> Catalog::CheckRunOutput(const Actor& actor, const std::string& dataset) const {
  if (actor.SeesAll()) return {};
  const auto newest = store_.FindVersion(dataset);
  if (!newest.has_value()) {
    if (newest.error().code == Code::kNotFound) return {};
    return tl::make_unexpected(newest.error());
  }
  SIKU_TRY(const auto starter, StarterOf(newest->run));
  if (!starter.empty() && starter == actor.account) return {};
  return Fail(Code::kDenied, "the dataset is another's", dataset, {},
              "give the output another name");
}

Result<void> Catalog::RecordRun(const Actor& actor, const std::string& action,
                                const std::string& run, const std::string& detail) {
  return database_->Write(
      [&]() -> Result<void> { return AppendAudit(*database_, actor, action, run, detail); });
}

Result<std::string> Catalog::StarterOf(const std::string& run) const {
  SIKU_TRY(const auto rows, database_->Ask("SELECT account FROM audit WHERE object = $1"
                                           " AND action = 'run.start' ORDER BY number LIMIT 1",
                                           {run}));
  return rows.empty() ? std::string() : rows.Text(0, 0);
}

}  // namespace siku::catalog
