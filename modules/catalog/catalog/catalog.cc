#include "siku/catalog/catalog.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "catalog/entry.h"
#include "catalog/tables.h"
#include "clock.h"

namespace siku::catalog {
namespace {

/// Of rows with name, class and state those that the actor may know of.
Result<std::vector<std::string>> NamesFor(const Actor& actor, const Rows& rows) {
  std::vector<std::string> names;
  for (size_t row = 0; row < rows.size(); ++row) {
    SIKU_TRY(const auto open_class, ParseOpenClass(rows.Text(row, 1)));
    if (IsListed(rows.Text(row, 2), open_class) || actor.SeesAll()) {
      names.push_back(rows.Text(row, 0));
    }
  }
  return names;
}

}  // namespace

Catalog::Catalog(Store& store) : store_(store), index_(std::make_unique<SearchIndex>()) {}
Catalog::~Catalog() = default;

Result<std::unique_ptr<Catalog>> Catalog::Open(const std::string& database, Store& store) {
  std::unique_ptr<Catalog> catalog(new Catalog(store));
  SIKU_TRY(catalog->database_, OpenDatabase(database));
  return catalog;
}

Result<void> Catalog::Reindex() {
  const std::lock_guard lock(following_);
  return ReindexLocked();
}

Result<void> Catalog::ReindexLocked() const {
  // Before the datasets are read: what changes meanwhile is read once more.
  SIKU_TRY(const auto last, database_->Ask("SELECT coalesce(max(number), 0) FROM audit"));
  SearchIndex fresh;
  SIKU_TRY(ForEachDataset(*database_, [&](const StoredDataset& stored) -> Result<void> {
    SIKU_TRY(const auto versions, LoadVersions(*database_, stored.dataset.id));
    fresh.Put(EntryOf(stored, versions));
    return {};
  }));
  SIKU_TRY(LoadOrganisations());
  index_->Swap(fresh);
  followed_ = last.Integer(0, 0);
  return {};
}

Result<void> Catalog::MakeSureOfIndex() const {
  {
    const std::lock_guard lock(following_);
    if (followed_ < 0) return ReindexLocked();
  }
  return Follow();
}

Result<void> Catalog::Follow(const StoredDataset* made) const {
  const std::lock_guard lock(following_);
  if (followed_ < 0) return {};
  SIKU_TRY(const auto entries, database_->Ask("SELECT number, action, object FROM audit"
                                              " WHERE number > $1 ORDER BY number",
                                              {followed_}));
  std::map<std::string, bool> changed;  // whether it was created and not changed since
  for (size_t row = 0; row < entries.size(); ++row) {
    const std::string action = entries.Text(row, 1);
    if (action.starts_with("organisation.")) SIKU_TRY(LoadOrganisations());
    if (action.starts_with("dataset.") || action.starts_with("version.")) {
      const auto [place, first] = changed.emplace(entries.Text(row, 2), false);
      place->second = first && action == "dataset.create";
    }
  }
  for (const auto& [id, created] : changed) {
    if (created && made != nullptr && made->dataset.name == id) {
      index_->Put(EntryOf(*made, {}));
      continue;
    }
    SIKU_TRY(const auto stored, LoadDataset(*database_, id));
    if (!stored) continue;
    SIKU_TRY(const auto versions, LoadVersions(*database_, stored->dataset.id));
    index_->Put(EntryOf(*stored, versions));
  }
  if (!entries.empty()) followed_ = entries.Integer(entries.size() - 1, 0);
  return {};
}

Result<std::vector<OrganisationInfo>> Catalog::Organisations() const {
  SIKU_TRY(const auto listing,
           Search({}, {.limit = 0, .facets = {"organisation"}, .facet_limit = SIZE_MAX}));
  std::map<std::string, int64_t> counts;
  for (const FacetValue& value : listing.facets.at(0).second) counts[value.value] = value.count;
  const std::lock_guard lock(following_);
  std::vector<OrganisationInfo> all;
  for (const auto& [name, organisation] : organisations_) {
    all.push_back({organisation, counts[name]});
  }
  return all;
}

Result<Organisation> Catalog::FindOrganisation(const std::string& name) const {
  {
    const std::lock_guard lock(following_);
    const auto found = organisations_.find(name);
    if (found != organisations_.end()) return found->second;
  }
  return LoadOrganisation(*database_, name);
}

Result<void> Catalog::LoadOrganisations() const {
  SIKU_TRY(const auto rows,
           database_->Ask("SELECT id, name, title, summary, created FROM organisations"));
  organisations_.clear();
  for (size_t row = 0; row < rows.size(); ++row) {
    organisations_[rows.Text(row, 1)] = {rows.Text(row, 0), rows.Text(row, 1), rows.Text(row, 2),
                                         rows.Text(row, 3), rows.Integer(row, 4)};
  }
  return {};
}

Result<Organisation> Catalog::CreateOrganisation(const Actor& actor, Organisation organisation) {
  if (!actor.Is(Role::kAdministrator)) {
    return Fail(Code::kDenied, "only administrators create organisations");
  }
  if (!IsCatalogueName(organisation.name)) {
    return Fail(Code::kInvalid, "not a name for a URL", organisation.name, "name",
                "2 to 100 of: a-z 0-9 _ -");
  }
  if (organisation.title.empty()) organisation.title = organisation.name;
  organisation.id = NewId();
  organisation.created = NowMilliseconds();
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    if (LoadOrganisation(*database_, organisation.name).has_value()) {
      return Fail(Code::kConflict, "an organisation of this name exists", organisation.name,
                  "name");
    }
    SIKU_TRY(const auto done,
             database_->Ask("INSERT INTO organisations VALUES ($1, $2, $3, $4, $5)",
                            {organisation.id, organisation.name, organisation.title,
                             organisation.summary, organisation.created}));
    (void)done;
    return AppendAudit(*database_, actor, "organisation.create", organisation.name);
  }));
  SIKU_TRY(Follow());
  return organisation;
}

Result<std::vector<std::string>> Catalog::Names(const Actor& actor) const {
  SIKU_TRY(const auto rows, database_->Ask("SELECT name, open_class, state FROM datasets"
                                           " ORDER BY name"));
  return NamesFor(actor, rows);
}

Result<std::vector<std::string>> Catalog::NamesWithRows(const Actor& actor) const {
  SIKU_TRY(const auto rows,
           database_->Ask("SELECT name, open_class, state FROM datasets"
                          " WHERE id IN (SELECT dataset FROM versions WHERE source <> '')"
                          " ORDER BY modified DESC, name"));
  return NamesFor(actor, rows);
}

Result<Hits> Catalog::SearchHits(const Actor& actor, Query query) const {
  query.unlisted = actor.SeesAll();
  SIKU_TRY(MakeSureOfIndex());
  return index_->Search(query);
}

Result<Listing> Catalog::Search(const Actor& actor, Query query) const {
  SIKU_TRY(auto hits, SearchHits(actor, std::move(query)));
  Listing listing{.total = hits.total, .datasets = {}, .facets = std::move(hits.facets)};
  for (const std::string& id : hits.ids) {
    auto listed = Find(actor, id);
    if (listed.has_value()) {
      listing.datasets.push_back(*std::move(listed));
    } else if (listed.error().code != Code::kNotFound) {  // that one was withdrawn meanwhile
      return tl::make_unexpected(listed.error());
    }
  }
  return listing;
}

Result<std::vector<std::pair<std::string, std::string>>> Catalog::Suggest(const std::string& text,
                                                                          size_t limit) const {
  SIKU_TRY(MakeSureOfIndex());
  std::vector<std::pair<std::string, std::string>> found;
  for (std::string& keyword : index_->Suggest(text, limit)) {
    found.emplace_back(std::move(keyword), "keyword");
  }
  std::string quoted = text;
  std::erase(quoted, '"');
  SIKU_TRY(const auto titles, Search({}, {.text = "title:\"" + quoted + "\"", .limit = limit}));
  std::set<std::string> have;
  for (const Listed& listed : titles.datasets) {
    if (found.size() >= limit) break;
    if (have.insert(listed.dataset.title).second) found.emplace_back(listed.dataset.title, "title");
  }
  return found;
}

}  // namespace siku::catalog
