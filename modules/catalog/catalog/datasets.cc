// Creating, changing and finding datasets.
#include <algorithm>

#include "catalog/entry.h"
#include "catalog/tables.h"

namespace siku::catalog {
namespace {

Result<void> MayPublish(const Actor& actor) {
  if (actor.Is(Role::kPublisher) || actor.Is(Role::kAdministrator)) return {};
  return Fail(Code::kDenied, "only publishers and administrators change datasets");
}

tl::unexpected<Error> NoDataset(const std::string& name) {
  return Fail(Code::kNotFound, "dataset not found", name);
}

void NameLinks(Dataset& dataset) {
  for (Link& link : dataset.links) {
    if (link.id.empty()) link.id = NewId();
  }
}

}  // namespace

Result<Dataset> Catalog::CreateDataset(const Actor& actor, Dataset dataset) {
  SIKU_TRY(MayPublish(actor));
  if (dataset.id.empty()) dataset.id = NewId();
  NameLinks(dataset);
  SIKU_TRY(CheckDataset(dataset));
  dataset.created = dataset.modified = Now();
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(const auto organisation, LoadOrganisation(*database_, dataset.organisation));
    dataset.organisation = organisation.name;
    SIKU_TRY(const auto other, LoadDataset(*database_, dataset.name));
    if (other) return Fail(Code::kConflict, "a dataset of this name exists", dataset.name, "name");
    SIKU_TRY(InsertDataset(*database_, dataset, organisation.id));
    return AppendAudit(*database_, actor, "dataset.create", dataset.name);
  }));
  SIKU_TRY(Follow());
  return dataset;
}

Result<Dataset> Catalog::ChangeDataset(const Actor& actor, const std::string& name,
                                       const std::function<Result<void>(Dataset&)>& change) {
  SIKU_TRY(MayPublish(actor));
  StoredDataset stored;
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(auto found, LoadDataset(*database_, name));
    if (!found) return NoDataset(name);
    stored = *std::move(found);
    SIKU_TRY(change(stored.dataset));
    NameLinks(stored.dataset);
    SIKU_TRY(CheckDataset(stored.dataset));
    stored.dataset.modified = std::max(Now(), stored.dataset.modified + 1);
    SIKU_TRY(const auto organisation, LoadOrganisation(*database_, stored.dataset.organisation));
    stored.dataset.organisation = organisation.name;
    SIKU_TRY(UpdateDataset(*database_, stored.dataset, organisation.id));
    return AppendAudit(*database_, actor, "dataset.change", stored.dataset.name);
  }));
  SIKU_TRY(Follow());
  return stored.dataset;
}

Result<Listed> Catalog::Find(const Actor& actor, const std::string& name) const {
  SIKU_TRY(auto stored, LoadDataset(*database_, name));
  if (!stored) return NoDataset(name);
  const Dataset& dataset = stored->dataset;
  const bool open = dataset.state == "published" && dataset.open_class != OpenClass::kClosed;
  if (!open && !actor.SeesAll()) return NoDataset(name);
  SIKU_TRY(const auto versions, LoadVersions(*database_, dataset.id));
  return Listed{dataset, stored->organisation_title, NewestOf(versions)};
}

}  // namespace siku::catalog
