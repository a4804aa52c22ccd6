// The ledger of a finished run as people and reports look at it: edits with the text around them,
// rejects, flags, whole pages. Everything comes in step order, then row order.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/kept_interval.h"
#include "siku/ledger.h"
#include "siku/operator.h"
#include "siku/result.h"
#include "siku/seal_key.h"
#include "siku/store.h"

namespace siku {

/// One text value that a step changed.
struct EditedValue {
  std::string_view step;
  std::string_view source;  // relative path
  RowKey key{};
  std::string_view column;
  std::string_view before;  // the whole value
  std::string_view after;
  std::span<const StoredEdit> edits;   // spans in both
  std::span<const std::string> rules;  // names; StoredEdit::rule indexes them
};

/// A flag; `step` is empty for those of the reader.
struct FlagView {
  std::string_view step;
  std::string_view source;
  RowKey key{};
  int64_t begin = 0;  // bytes of the step's input value
  int64_t end = 0;
  std::string_view kind;
  std::string_view detail;
  std::optional<std::string_view> proposal{};
  std::string_view rule{};  // of the proposal
  int confidence = 0;       // of the proposal, per mille
  std::vector<std::string> alternatives{};
};

/// A row or record that went no further; `step` is empty for those of the reader.
struct RejectView {
  std::string_view step;
  std::string_view source;
  RowKey key{};
  std::string_view reason;
  std::string_view detail;
  std::optional<RowKey> partner{};  // the row it was merged into
  std::string_view partner_source{};
  int64_t bytes = 0;        // of a record that is no row
  std::string_view sha256;  // of a record kept by reference
  std::string_view raw;     // of a record that is no row, kept whole
  std::string row_json;     // of a row: its columns as a JSON object
};

/// One text value that a step changed or flagged, with all that the ledger says of it.
struct PageView {
  std::string_view step{};
  std::string_view input{};   // of the recipe
  std::string_view source{};  // relative path
  RowKey key{};
  std::string_view column;
  /// False for a row that went no further in this step: its text stands with the rejects.
  bool has_text = false;
  std::string_view before{};  // the whole value
  std::string_view after{};
  std::span<const StoredEdit> edits{};   // spans in both
  std::span<const std::string> rules{};  // names; StoredEdit::rule indexes them
  std::span<const FlagView> flags{};     // spans in `before`
};

/// What was fixed when a run began, as far as a report speaks of it.
struct RunShape {
  struct Step {
    std::string name;
    std::string op;
    std::string column;                     // whose text edits and flags speak of
    std::vector<std::string> from;          // inputs and steps that its rows come from
    std::vector<KeptInterval> intervals{};  // of measured steps that say them
  };
  std::string yaml;                                         // the recipe as written
  std::string canonical;                                    // CanonicalJson
  std::vector<std::pair<std::string, std::string>> tables;  // name, SHA-256
  std::vector<Step> steps;
  /// Steps, and ports, whose texts are sealed; "" is the reader. Empty: none are.
  std::vector<std::string> sealed{};
  std::string key_id{};  // of the owner's key that opens them
};

/// What `visit` returns: false stops early.
using PageVisitor = std::function<bool(const PageView&)>;
using EditVisitor = std::function<bool(const EditedValue&)>;
using FlagVisitor = std::function<bool(const FlagView&)>;
using RejectVisitor = std::function<bool(const RejectView&)>;

/// `step` empty: all steps. kNotFound for a step the run has not. Without `seal_key`, steps whose
/// texts are sealed are left out, and kDenied where one of them is asked for.
Result<void> ForEachEdited(Store& store, const std::string& run, const std::string& step,
                           const EditVisitor& visit,
                           const std::optional<SealKey>& seal_key = std::nullopt);
Result<void> ForEachFlag(Store& store, const std::string& run, const std::string& step,
                         const FlagVisitor& visit,
                         const std::optional<SealKey>& seal_key = std::nullopt);
/// Edits and flags of a text value together; the reader's flags are not among them.
Result<void> ForEachPage(Store& store, const std::string& run, const std::string& step,
                         const PageVisitor& visit,
                         const std::optional<SealKey>& seal_key = std::nullopt);
Result<void> ForEachReject(Store& store, const std::string& run, const std::string& step,
                           const RejectVisitor& visit,
                           const std::optional<SealKey>& seal_key = std::nullopt);
/// Of a finished run.
Result<RunShape> ReadShape(Store& store, const std::string& run);

}  // namespace siku
