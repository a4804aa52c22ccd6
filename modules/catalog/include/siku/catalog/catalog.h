// The catalogue of a store: what is published, by whom, for whom; found, read and audited. Every
// change and its entry in the audit chain are one transaction.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "siku/catalog/access.h"
#include "siku/catalog/identity.h"
#include "siku/catalog/model.h"
#include "siku/catalog/search.h"
#include "siku/result.h"
#include "siku/store.h"

namespace siku::catalog {

class Database;
struct StoredDataset;

struct AuditEntry {
  int64_t number = 0;  // from 1
  int64_t time = 0;    // milliseconds since 1970
  std::string account;
  std::string action;  // "dataset.create", …
  std::string object;
  std::string detail;  // JSON
  /// SHA-256, hex, over the hash before and this entry (docs/catalogue.md).
  std::string hash;
};

struct AuditVerdict {
  int64_t entries = 0;
  std::optional<int64_t> broken{};  // the first entry that does not follow from the one before
};

inline constexpr int64_t kLargestFile = int64_t{4} << 30;  // bytes, of a version's file

struct OrganisationInfo {
  Organisation organisation;
  int64_t datasets = 0;  // that everybody sees
};

/// A dataset, as a list shows it.
struct Listed {
  Dataset dataset;
  std::string organisation_title;
  std::vector<Version> versions{};

  /// That is not withdrawn; null: none.
  const Version* Newest() const;
};
struct Listing {
  int64_t total = 0;
  std::vector<Listed> datasets{};
  std::vector<std::pair<std::string, std::vector<FacetValue>>> facets{};
};

/// A version whose rows the actor may read, without the columns and the rows he may not. Where
/// columns are kept from him, `version` and the lineage have no digests; where rows are, `version`
/// has no counts either and `manifest` the columns alone: what he reads is made of `whole` in
/// rows/.
struct Readable {
  Version version;
  Manifest manifest{};
  std::vector<std::string> withheld{};  // names of columns
  std::vector<RowFilter> conditions{};  // a row he reads fits all of them
  std::optional<Manifest> whole{};      // where there are conditions

  const Manifest& Whole() const { return whole ? *whole : manifest; }
};

/// Of a catalogue's database, without its store. As OpenDatabase.
Result<AuditVerdict> VerifyAuditOf(const std::string& database);

/// A whole catalogue into an empty database, of either kind, as it is now; sessions end. In one
/// transaction. Gives the rows. kConflict: there is one already.
Result<int64_t> CopyCatalogue(const std::string& from, const std::string& to);

/// Safe to use from several threads. Names of datasets may be ids wherever they are asked for.
class Catalog {
 public:
  /// `database`: the path of a SQLite file, or postgresql://…. The store outlives it. As
  /// OpenDatabase.
  static Result<std::unique_ptr<Catalog>> Open(const std::string& database, Store& store);
  ~Catalog();

  // Every method gives kDenied where the actor may not, kNotFound for what is not there or not
  // for him to know.

  Result<std::vector<OrganisationInfo>> Organisations() const;
  /// kNotFound.
  Result<Organisation> FindOrganisation(const std::string& name) const;
  /// kConflict, kInvalid.
  Result<Organisation> CreateOrganisation(const Actor& actor, Organisation organisation);

  /// A draft, unless `dataset.state` is published: it has links, no rows. kConflict: the name.
  Result<Dataset> CreateDataset(const Actor& actor, Dataset dataset);
  /// `change` gets the dataset as it is, in the transaction.
  Result<Dataset> ChangeDataset(const Actor& actor, const std::string& name,
                                const std::function<Result<void>(Dataset&)>& change);
  Result<Listed> Find(const Actor& actor, const std::string& name) const;
  /// The name of the dataset that has a link of this id. kNotFound.
  Result<std::string> FindLink(const Actor& actor, const std::string& id) const;
  /// Sorted; what the actor sees.
  Result<std::vector<std::string>> Names(const Actor& actor) const;
  /// Of those that have a version, the newest change first.
  Result<std::vector<std::string>> NamesWithRows(const Actor& actor) const;
  Result<Listing> Search(const Actor& actor, Query query) const;
  /// The same without the datasets, which Find gives.
  Result<Hits> SearchHits(const Actor& actor, Query query) const;
  /// (text, kind): keywords and titles.
  Result<std::vector<std::pair<std::string, std::string>>> Suggest(const std::string& text,
                                                                   size_t limit) const;

  /// Makes dataset@ordinal of the store the newest version, and the dataset published. What is
  /// withheld of the datasets that it was made of is withheld here, too. The files of the newest
  /// version are files of this one. kConflict: it is that
  /// already; kDenied: one of those is less open than this dataset.
  Result<Version> Publish(const Actor& actor, const std::string& name, const std::string& source);
  /// Makes a version that has the newest one's table, if any, its files, and this one, in the place
  /// of one of the same name. The bytes are those at `path`, in a file system that the store's
  /// folder is in; `path` stays. `opens`: a draft becomes published. kInvalid: a name that is
  /// none; kLimit: too large, too many; kConflict: it has this file.
  Result<Version> AddFile(const Actor& actor, const std::string& name, const std::string& path,
                          VersionFile file, bool opens);
  /// Makes a version without that file; those before keep it. kNotFound.
  Result<Version> RemoveFile(const Actor& actor, const std::string& name, const std::string& file);
  /// A file of a version (`ordinal` 0: the newest) and where its bytes are. kDenied: also where any
  /// row or column is kept from the actor.
  Result<std::pair<VersionFile, std::string>> FindFile(const Actor& actor, const std::string& name,
                                                       int64_t ordinal,
                                                       const std::string& file) const;
  /// Removes bytes that no version has had for a day.
  Result<void> SweepFiles();
  /// A version, or the whole dataset (`ordinal` 0). History and audit keep it.
  Result<void> Withdraw(const Actor& actor, const std::string& name, int64_t ordinal,
                        const std::string& reason);
  /// `ordinal` 0: the newest. kDenied: not open to the actor, or his rules cannot be applied to it.
  Result<Readable> Read(const Actor& actor, const std::string& name, int64_t ordinal) const;
  /// Columns that only the staff reads, from now on, in all versions.
  Result<void> WithholdColumns(const Actor& actor, const std::string& name,
                               const std::vector<std::string>& columns);
  /// Rules and grants, for the staff.
  Result<AccessPolicy> Access(const Actor& actor, const std::string& name) const;
  /// Rules that hold from now on, instead of those before, in all versions; several that fit an
  /// actor all hold. kInvalid with its place: whom, a column or a value that is none.
  Result<AccessPolicy> SetAccess(const Actor& actor, const std::string& name,
                                 const std::vector<AccessRule>& rules);
  /// Lets an account or a key read a dataset that is open under conditions, for so many days; ends
  /// what was granted to it before. Of `grant`: who, purpose, keeps. kConflict: of another class.
  Result<Grant> GrantAccess(const Actor& actor, const std::string& name, Grant grant, int64_t days);
  /// kNotFound: no living grant of that id.
  Result<void> RevokeGrant(const Actor& actor, const std::string& name, const std::string& id);
  /// Puts on record what was asked of a version's rows in SQL.
  Result<void> RecordQuery(const Actor& actor, const std::string& name, int64_t ordinal,
                           const std::string& sql);
  /// What administrators set, a JSON document by name; nothing where they did not.
  Result<std::optional<std::string>> Setting(const std::string& name) const;
  Result<void> Set(const Actor& actor, const std::string& name, const std::string& document);

  /// Whether a run that the actor starts may read `source`, `name@ordinal` of the store: the staff
  /// any, others what a dataset of the catalogue opens to them whole. kNotFound: neither.
  Result<void> CheckRunInput(const Actor& actor, const std::string& source) const;
  /// Whether it may add a version to a dataset of the store: the staff to any, others to what is
  /// new or came from a run of theirs. kDenied.
  Result<void> CheckRunOutput(const Actor& actor, const std::string& dataset) const;
  /// Puts on record what somebody does with a run: `action` is run.start, run.resume, run.stop.
  Result<void> RecordRun(const Actor& actor, const std::string& action, const std::string& run,
                         const std::string& detail);
  /// The account that started a run by the server; empty: none.
  Result<std::string> StarterOf(const std::string& run) const;

  const Store& store() const { return store_; }
  Store& store() { return store_; }

  /// Makes the index of the search from the database; without it the first search does.
  Result<void> Reindex();

  Result<std::vector<AuditEntry>> Audit(const Actor& actor, int64_t after, int64_t limit) const;
  Result<AuditVerdict> VerifyAudit() const;

  /// Whether somebody could sign in at all.
  Result<bool> HasAccounts() const;
  /// kInvalid: a password of fewer than 12 characters. kConflict.
  Result<void> CreateAccount(const Actor& actor, const std::string& name,
                             const std::string& password, const std::vector<Role>& roles);
  /// kDenied, in the same words and time whether name or password is wrong; kBusy: locked for a
  /// while after many failures.
  Result<Session> SignIn(const std::string& name, const std::string& password);
  Result<void> SignOut(const std::string& token);
  /// All, by name; for administrators.
  Result<std::vector<AccountInfo>> Accounts(const Actor& actor) const;
  /// Of an account; none: it can do nothing more. kConflict: no administrator would be left.
  Result<void> SetRoles(const Actor& actor, const std::string& name,
                        const std::vector<Role>& roles);
  /// One's own, with the one that holds, or another's by an administrator. Its sessions end.
  Result<void> SetPassword(const Actor& actor, const std::string& name, const std::string& before,
                           const std::string& password);
  /// The actor's own keys that have not expired, the newest first.
  Result<std::vector<KeyInfo>> Keys(const Actor& actor) const;
  /// One's own. kNotFound.
  Result<void> EndKey(const Actor& actor, const std::string& id);
  /// The actor and the CSRF token of a living session. kDenied.
  Result<std::pair<Actor, std::string>> BySession(const std::string& token) const;
  /// The key itself is shown once and kept as a hash.
  Result<std::string> CreateKey(const Actor& actor, const std::string& label,
                                const std::vector<std::string>& scopes, int64_t days);
  /// `writes`: the key's scope must allow it. kDenied.
  Result<Actor> ByKey(const std::string& key, bool writes) const;

 private:
  explicit Catalog(Store& store);
  /// Puts into the index what the audit log says was changed since, by whatever process. `made`:
  /// one that was just created, which need not be read again.
  Result<void> Follow(const StoredDataset* made = nullptr) const;
  /// The same, or all where nobody has searched yet.
  Result<void> MakeSureOfIndex() const;
  Result<void> ReindexLocked() const;
  Result<void> LoadOrganisations() const;
  /// A version with other files than the newest one, as `change` makes them.
  Result<Version> PublishFiles(
      const Actor& actor, const std::string& name, bool opens, const std::string& action,
      const std::string& file,
      const std::function<Result<void>(std::vector<VersionFile>&)>& change);
  /// Whether a dataset of the catalogue opens this version of the store to the actor, whole.
  Result<bool> IsOpenWhole(const Actor& actor, const std::string& source) const;

  Store& store_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<SearchIndex> index_;
  mutable std::mutex following_;
  mutable int64_t followed_ = -1;  // number of the newest entry that the index knows; -1: no index
  mutable std::map<std::string, Organisation> organisations_{};  // by name; as of then
};

}  // namespace siku::catalog
