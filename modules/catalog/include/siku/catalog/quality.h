// The quality of a published version, in the six dimensions of GB/T 36344-2018, and of what is said
// of it, by the score of data.europa.eu (MQA); with the rows behind each finding.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "siku/catalog/catalog.h"
#include "siku/result.h"

namespace siku::catalog {

/// What quality is measured against beyond what values show of themselves: `quality` of a dataset.
/// kInvalid with the key's path. Keys: docs/catalogue.md.
Result<void> CheckQualityRules(const nlohmann::json& rules);

/// Values that are right: a version that who asks may read, and columns that name the same thing in
/// both.
struct QualityReference {
  Readable readable;
  std::vector<std::string> key{};
};

/// The reference that the rules name, `reference: {dataset, version, key}`; ordinal 0: the newest.
struct NamedReference {
  std::string dataset;
  int64_t ordinal = 0;
  std::vector<std::string> key{};
};
std::optional<NamedReference> ReferenceOf(const Dataset& dataset);

struct QualityQuestion {
  Readable readable;
  Listed listed;
  /// As everybody may read it; nothing: nobody but the staff may.
  std::optional<Readable> everybody{};
  std::optional<QualityReference> reference{};
  bool unreadable = false;  // there is a reference, and who asks may not read it
  /// Whether the catalogue's record is measured, too: description, timeliness, access, MQA.
  bool record = true;
  std::string day{};  // of today, 2026-12-01: what timeliness is measured by
};

/// {standard, rows, day, dimensions: [{name, title, value, least, metrics}], metadata}. What comes
/// of rows is kept beside the downloads, by what may be read, by rules and by reference; it has no
/// day in it. kLimit: too large to be looked at while somebody waits.
Result<nlohmann::json> VersionQuality(const Store& store, const QualityQuestion& question);

/// {total, columns, rows, numbers}: the rows behind the finding `id` of a metric, a page of them,
/// as FilteredRows has them. kNotFound: no such metric, or none that has rows.
Result<nlohmann::json> QualityRows(const Store& store, const QualityQuestion& question,
                                   const std::string& id, int64_t offset, int64_t limit);

}  // namespace siku::catalog
