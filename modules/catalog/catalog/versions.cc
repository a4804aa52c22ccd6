// Publishing versions of the store, withdrawing them, and reading their rows under policy.
#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "catalog/entry.h"
#include "catalog/inheritance.h"
#include "catalog/publish.h"
#include "catalog/reach.h"
#include "clock.h"
#include "rows/conditions.h"
#include "siku/catalog/rows.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr size_t kLongestReason = 10'000;  // bytes
constexpr size_t kDigestDigits = 64;
constexpr size_t kShortestDigest = 6;  // of a version's name; fewer digits prove nothing

std::string ColumnsJson(const Schema& schema) {
  json columns = json::array();
  for (const auto& field : schema->fields()) {
    if (field->name().starts_with(kHiddenPrefix)) continue;
    columns.push_back({{"name", field->name()}, {"type", TypeName(*field->type())}});
  }
  return columns.dump();
}

/// The dataset's own rules and, behind them, those that it has not.
Result<void> InheritRules(Database& database, const Actor& actor, const Dataset& dataset,
                          const AccessRecords& records, const std::vector<AccessRule>& inherited) {
  if (inherited.empty()) return {};
  SIKU_TRY(const auto own, RulesOf(records));
  json rules = AccessRulesJson(own);
  const size_t before = rules.size();
  for (const json& rule : AccessRulesJson(inherited)) {
    if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
  }
  if (rules.size() == before) return {};
  const std::string body = json{{"rules", std::move(rules)}, {"by", actor.account}}.dump();
  SIKU_TRY(AddRecord(database, dataset.id, 0, "access", body));
  return AppendAudit(database, actor, "access.rules", dataset.name, body);
}

/// Class, withheld columns and rules pass on from what the version was made of.
Result<void> Inherit(Database& database, const Actor& actor, const StoredDataset& stored,
                     const AccessRecords& records, const Ancestors& ancestors,
                     const Schema& schema) {
  const Dataset& dataset = stored.dataset;
  SIKU_TRY(const auto inherited, InheritedFrom(database, ancestors));
  if (inherited.open_class > dataset.open_class) {
    return Fail(Code::kDenied, "the version was made of a dataset that is less open",
                inherited.dataset, {}, "give this dataset the same class first");
  }
  if (!inherited.withdrawn.empty()) {
    return Fail(Code::kDenied, "the version was made of one that was withdrawn",
                inherited.withdrawn);
  }
  if (ancestors.rejects && (!inherited.withheld.empty() || !inherited.rules.empty())) {
    return Fail(Code::kDenied, "rejected records have columns that are withheld",
                stored.dataset.name);
  }
  SIKU_TRY(InheritRules(database, actor, dataset, records, RulesFor(schema, inherited.rules)));
  const auto& before = records.withheld;
  std::set<std::string> withheld(before.begin(), before.end());
  for (const std::string& name : inherited.withheld) {
    if (schema->GetFieldIndex(name) >= 0) withheld.insert(name);
  }
  if (withheld.size() == before.size()) return {};
  const std::string body = json(withheld).dump();
  SIKU_TRY(AddRecord(database, dataset.id, 0, "withheld", body));
  return AppendAudit(database, actor, "policy.columns", dataset.name, body);
}

/// What a person reads of how a version was made, without what proves a guess of its bytes:
/// digests, lengths of files, and the beginnings of digests by which versions are named.
json WithoutDigests(const json& told) {
  json out = told;
  if (told.is_string()) {
    const auto& text = told.get_ref<const std::string&>();
    const size_t at = text.rfind('@') + 1;  // 0: the whole text may be one
    const bool hex = text.find_first_not_of("0123456789abcdef", at) == std::string::npos;
    const size_t digits = text.size() - at;
    if (hex && at == 0 && digits == kDigestDigits) return {};
    if (hex && at > 0 && digits >= kShortestDigest) return text.substr(0, at) + "…";
    return out;
  }
  if (told.is_structured()) {
    for (auto& member : out) member = WithoutDigests(member);
  }
  if (told.is_object() && told.contains("sha256")) out.erase("bytes");
  return out;
}

/// What tells of columns that are kept back goes.
void RestrictColumns(Readable& readable) {
  readable.version.content.clear();
  readable.version.bytes = -1;
  readable.manifest.lineage =
      WithoutDigests(json::parse(readable.manifest.lineage, nullptr, false)).dump();
}

/// What tells of rows that are kept back goes, but for the rows of `whole`, which are filtered.
Result<void> RestrictRows(const Store& store, Readable& readable) {
  readable.whole = readable.manifest;
  readable.manifest = {.content = {}, .schema = readable.manifest.schema, .rows = 0};
  readable.version.content.clear();
  readable.version.rows = readable.version.bytes = -1;
  SIKU_TRY(const auto reader, VersionReader::Open(store, readable.manifest));
  if (RowConditions::Bind(reader->schema(), readable.conditions, "").has_value()) return {};
  // A version with other columns than the rule was made for.
  return Fail(Code::kDenied, "a rule of the dataset keeps its rows from you",
              std::to_string(readable.version.ordinal), {},
              "ask the organisation that publishes it");
}

}  // namespace

Result<void> MayPublish(const Actor& actor) {
  if (actor.Is(Role::kPublisher) || actor.Is(Role::kAdministrator)) return {};
  return Fail(Code::kDenied, "only publishers and administrators publish and withdraw");
}

Result<void> InsertVersion(Database& database, const std::string& dataset_id,
                           const Version& version) {
  SIKU_TRY(const auto done,
           database.Ask("INSERT INTO versions VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                        {dataset_id, version.ordinal, version.source, version.content, version.rows,
                         version.bytes, version.schema, version.created}));
  (void)done;
  for (const VersionFile& file : version.files) {
    SIKU_TRY(const auto put,
             database.Ask(
                 "INSERT INTO version_files VALUES ($1, $2, $3, $4, $5, $6)",
                 {dataset_id, version.ordinal, file.name, file.title, file.bytes, file.sha256}));
    (void)put;
  }
  return {};
}

Result<const Version*> ReadableVersion(const Known& known, const Actor& actor,
                                       const std::string& name, int64_t ordinal) {
  const Version* const newest = NewestOf(known.versions);
  const int64_t wanted = ordinal == 0 && newest != nullptr ? newest->ordinal : ordinal;
  if (wanted < 1 || wanted > static_cast<int64_t>(known.versions.size())) {
    return Fail(Code::kNotFound, "version not found", name + "@" + std::to_string(ordinal));
  }
  const Version* const version = &known.versions[static_cast<size_t>(wanted - 1)];
  if (version->withdrawn && !actor.SeesAll()) {
    return Fail(Code::kNotFound, "the version was withdrawn", name + "@" + std::to_string(wanted));
  }
  return version;
}

Result<Version> Catalog::Publish(const Actor& actor, const std::string& name,
                                 const std::string& source) {
  SIKU_TRY(MayPublish(actor));
  SIKU_TRY(const auto info, store_.FindVersion(source));
  SIKU_TRY(const auto manifest, store_.ReadManifest(info));
  Version version{.source = info.dataset + "@" + std::to_string(info.ordinal),
                  .content = info.content,
                  .rows = info.rows,
                  .bytes = info.bytes,
                  .created = NowMilliseconds()};
  SIKU_TRY(const auto reader, VersionReader::Open(store_, manifest));
  const Schema& schema = reader->schema();
  version.schema = ColumnsJson(schema);
  SIKU_TRY(const auto ancestors, AncestorsOf(store_, info));
  StoredDataset stored;
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(stored, RequireDataset(*database_, name));
    AccessRecords records;
    SIKU_TRY(const auto versions, LoadVersions(*database_, stored.dataset.id, &records));
    if (!versions.empty() && !versions.back().withdrawn &&
        versions.back().content == version.content) {
      return Fail(Code::kConflict, "the newest version has this content", version.source);
    }
    SIKU_TRY(Inherit(*database_, actor, stored, records, ancestors, schema));
    version.ordinal = static_cast<int64_t>(versions.size()) + 1;
    // A dictionary of the columns, for example, stays with the next table.
    if (const Version* const newest = NewestOf(versions)) version.files = newest->files;
    SIKU_TRY(InsertVersion(*database_, stored.dataset.id, version));
    stored.dataset.state = "published";
    SIKU_TRY(SaveDataset(*database_, stored));
    const json detail = {{"ordinal", version.ordinal}, {"content", version.content}};
    return AppendAudit(*database_, actor, "version.publish", stored.dataset.name, detail.dump());
  }));
  SIKU_TRY(Follow());
  return version;
}

Result<void> Catalog::Withdraw(const Actor& actor, const std::string& name, int64_t ordinal,
                               const std::string& reason) {
  SIKU_TRY(MayPublish(actor));
  if (reason.empty() || reason.size() > kLongestReason) {
    return Fail(Code::kInvalid, "a withdrawal needs a reason of at most 10,000 bytes");
  }
  StoredDataset stored;
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(stored, RequireDataset(*database_, name));
    SIKU_TRY(const auto versions, LoadVersions(*database_, stored.dataset.id));
    if (ordinal < 0 || ordinal > static_cast<int64_t>(versions.size())) {
      return Fail(Code::kNotFound, "version not found", std::to_string(ordinal));
    }
    SIKU_TRY(AddRecord(*database_, stored.dataset.id, ordinal, "withdrawal", reason));
    if (ordinal == 0) stored.dataset.state = "withdrawn";
    SIKU_TRY(SaveDataset(*database_, stored));
    const json detail = {{"ordinal", ordinal}, {"reason", reason}};
    return AppendAudit(*database_, actor, "version.withdraw", stored.dataset.name, detail.dump());
  }));
  SIKU_TRY(Follow());
  return {};
}

Result<Readable> Catalog::Read(const Actor& actor, const std::string& name, int64_t ordinal) const {
  SIKU_TRY(const auto known, FindFor(*database_, actor, name));
  SIKU_TRY(auto reach, ReachOf(*database_, actor, known.stored.dataset, known.access));
  SIKU_TRY(const auto* const version, ReadableVersion(known, actor, name, ordinal));
  if (!version->HasTable()) {
    return Fail(Code::kNotFound, "the version has files, but no table",
                name + "@" + std::to_string(version->ordinal));
  }
  Readable readable{.version = *version};
  readable.withheld = std::move(reach.columns);
  readable.conditions = std::move(reach.rows);
  SIKU_TRY(const auto info, store_.FindVersion(readable.version.source));
  SIKU_TRY(readable.manifest, store_.ReadManifest(info));
  if (!readable.withheld.empty()) RestrictColumns(readable);
  if (!readable.conditions.empty()) SIKU_TRY(RestrictRows(store_, readable));
  return readable;
}

Result<void> Catalog::WithholdColumns(const Actor& actor, const std::string& name,
                                      const std::vector<std::string>& columns) {
  SIKU_TRY(MayPublish(actor));
  return database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto stored, RequireDataset(*database_, name));
    const std::string body = json(columns).dump();
    SIKU_TRY(AddRecord(*database_, stored.dataset.id, 0, "withheld", body));
    return AppendAudit(*database_, actor, "policy.columns", stored.dataset.name, body);
  });
}

Result<void> Catalog::RecordQuery(const Actor& actor, const std::string& name, int64_t ordinal,
                                  const std::string& sql) {
  return database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto stored, RequireDataset(*database_, name));
    const json detail = {{"ordinal", ordinal}, {"sql", sql.substr(0, kLongestReason)}};
    return AppendAudit(*database_, actor, "rows.query", stored.dataset.name,
                       detail.dump(-1, ' ', false, json::error_handler_t::replace));
  });
}

}  // namespace siku::catalog
