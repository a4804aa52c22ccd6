// Creating, changing and finding datasets.
#include <nlohmann/json.hpp>

#include "catalog/entry.h"
#include "catalog/reach.h"
#include "catalog/tables.h"
#include "clock.h"

namespace siku::catalog {
namespace {

Result<void> MayChange(const Actor& actor) {
  if (actor.Is(Role::kPublisher) || actor.Is(Role::kAdministrator)) return {};
  return Fail(Code::kDenied, "only publishers and administrators change datasets");
}

void NameLinks(Dataset& dataset) {
  for (Link& link : dataset.links) {
    if (link.id.empty()) link.id = NewId();
  }
}

}  // namespace

Result<Dataset> Catalog::CreateDataset(const Actor& actor, Dataset dataset) {
  SIKU_TRY(MayChange(actor));
  if (dataset.id.empty()) dataset.id = NewId();
  NameLinks(dataset);
  SIKU_TRY(CheckDataset(dataset));
  dataset.created = dataset.modified = NowMilliseconds();
  StoredDataset made;
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto organisation, LoadOrganisation(*database_, dataset.organisation));
    dataset.organisation = organisation.name;
    made.organisation_id = organisation.id;
    made.organisation_title = organisation.title;
    SIKU_TRY(const auto other, LoadDataset(*database_, dataset.name));
    if (other) return Fail(Code::kConflict, "a dataset of this name exists", dataset.name, "name");
    SIKU_TRY(InsertDataset(*database_, dataset, organisation.id));
    return AppendAudit(*database_, actor, "dataset.create", dataset.name);
  }));
  made.dataset = std::move(dataset);
  SIKU_TRY(Follow(&made));
  return std::move(made.dataset);
}

Result<Dataset> Catalog::ChangeDataset(const Actor& actor, const std::string& name,
                                       const std::function<Result<void>(Dataset&)>& change) {
  SIKU_TRY(MayChange(actor));
  StoredDataset stored;
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(stored, RequireDataset(*database_, name));
    SIKU_TRY(change(stored.dataset));
    NameLinks(stored.dataset);
    SIKU_TRY(CheckDataset(stored.dataset));
    SIKU_TRY(const auto organisation, LoadOrganisation(*database_, stored.dataset.organisation));
    stored.dataset.organisation = organisation.name;
    stored.organisation_id = organisation.id;
    SIKU_TRY(SaveDataset(*database_, stored));
    return AppendAudit(*database_, actor, "dataset.change", stored.dataset.name);
  }));
  SIKU_TRY(Follow());
  return stored.dataset;
}

Result<Listed> Catalog::Find(const Actor& actor, const std::string& name) const {
  SIKU_TRY(auto known, FindFor(*database_, actor, name));
  SIKU_TRY(HideCounts(*database_, actor, known));
  return Listed{std::move(known.stored.dataset), std::move(known.stored.organisation_title),
                std::move(known.versions)};
}

Result<std::string> Catalog::FindLink(const Actor& actor, const std::string& id) const {
  std::string pattern = "%\"id\":";
  for (const char c :
       nlohmann::json(id).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c;
  }
  SIKU_TRY(const auto rows, database_->Ask("SELECT name FROM datasets WHERE record LIKE $1"
                                           " ESCAPE '!' ORDER BY name LIMIT 10",
                                           {pattern + "%"}));
  for (size_t row = 0; row < rows.size(); ++row) {
    const auto known = FindFor(*database_, actor, rows.Text(row, 0));
    if (!known.has_value()) continue;
    for (const Link& link : known->stored.dataset.links) {
      if (link.id == id) return rows.Text(row, 0);
    }
  }
  return Fail(Code::kNotFound, "resource not found", id);
}

const Version* Listed::Newest() const { return NewestOf(versions); }

}  // namespace siku::catalog
