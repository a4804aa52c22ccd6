// The ledger of a finished run as people and reports look at it: edits with the text around them,
// rejects, flags. Everything comes in step order, then row order.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "siku/ledger.h"
#include "siku/operator.h"
#include "siku/result.h"
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
};

/// A row or record that went no further; `step` is empty for those of the reader.
struct RejectView {
  std::string_view step;
  std::string_view source;
  RowKey key{};
  std::string_view reason;
  std::string_view detail;
  std::optional<RowKey> partner{};  // the row it was merged into
  int64_t bytes = 0;                // of a record that is no row
  std::string_view sha256;          // of a record kept by reference
  std::string_view raw;             // of a record that is no row, kept whole
  std::string row_json;             // of a row: its columns as a JSON object
};

/// What `visit` returns: false stops early.
using EditVisitor = std::function<bool(const EditedValue&)>;
using FlagVisitor = std::function<bool(const FlagView&)>;
using RejectVisitor = std::function<bool(const RejectView&)>;

/// `step` empty: all steps. kNotFound for a step the run has not.
Result<void> ForEachEdited(Store& store, const std::string& run, const std::string& step,
                           const EditVisitor& visit);
Result<void> ForEachFlag(Store& store, const std::string& run, const std::string& step,
                         const FlagVisitor& visit);
Result<void> ForEachReject(Store& store, const std::string& run, const std::string& step,
                           const RejectVisitor& visit);

}  // namespace siku
