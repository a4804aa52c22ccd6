// What a batch of rows became in one step: rows, rejects, edits and flags.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "siku/batch.h"

namespace siku {

/// One change to one text value. Spans are bytes of this step's input value; edits of a value are
/// sorted and disjoint.
struct Edit {
  int32_t row = 0;  // index in the input batch
  int64_t begin = 0;
  int64_t end = 0;
  std::string after{};
  uint16_t rule = 0;           // index into Record::rules
  uint16_t confidence = 1000;  // per mille
  /// Other readings that survived, best first; empty where there was no choice.
  std::vector<std::string> alternatives{};
};

/// A place worth a person's eye that was not changed: destroyed text, an edit below the confidence
/// asked for (`proposal` holds it), an undecodable byte.
struct Flag {
  int32_t row = 0;
  int64_t begin = 0;  // bytes of this step's input value
  int64_t end = 0;
  uint16_t kind = 0;  // index into Record::flags
  std::string detail{};
  std::optional<std::string> proposal{};
  uint16_t rule = 0;        // of the proposal
  uint16_t confidence = 0;  // of the proposal, per mille
  /// Of the proposal: other readings that survived, best first.
  std::vector<std::string> alternatives{};
};

/// A row that goes no further. The engine stores the whole row, so nothing is lost.
struct Reject {
  int32_t row = 0;
  uint16_t reason = 0;  // index into Record::reasons
  std::string detail{};
  std::optional<RowKey> partner{};  // the row it was merged into
};

/// The rows leaving by one port.
struct Rows {
  Batch batch;
  /// Per output row, the index of the input row it came from; non-decreasing.
  std::vector<int32_t> parent;
  /// For expanding operators: per output row, the span [begin, end) of the parent's text that is
  /// the child's text. Empty: the rows hold no text of the parent.
  std::vector<std::pair<int64_t, int64_t>> origin{};
};

struct Outcome {
  std::vector<Rows> outputs;  // one per port
  std::vector<Reject> rejects{};
  std::vector<Edit> edits{};
  std::vector<Flag> flags{};
};

/// What an operator may know about the rows beside their columns.
class RowContext {
 public:
  virtual ~RowContext() = default;
  virtual RowKey key(int32_t row) const = 0;
  /// True once the run was asked to stop; a long Apply returns Fail(Code::kInterrupted, ...).
  virtual bool stopping() const = 0;
};

}  // namespace siku
