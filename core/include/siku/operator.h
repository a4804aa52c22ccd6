// What an operator is: one record that documents it, a Bind that fixes schema and parameters once
// per run, and a pure Apply from batch to Outcome. The engine checks every Outcome, owns the hidden
// key columns and writes the ledger; see docs/operators-guide.md for a worked example.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "siku/batch.h"
#include "siku/result.h"

namespace siku {

// ---- the record -------------------------------------------------------------------------------

enum class ParameterType { kBool, kInt, kReal, kText, kTextList };

/// A value as the recipe gives it, already of the declared type.
using ParameterValue = std::variant<bool, int64_t, double, std::string, std::vector<std::string>>;

struct ParameterSpec {
  std::string name;
  ParameterType type = ParameterType::kText;
  std::string summary;     // English, one sentence
  std::string summary_zh;  // the same in Chinese
  std::string unit{};      // "characters", "bytes", "ratio"; empty if none
  /// Nothing: the parameter must be given.
  std::optional<ParameterValue> default_value{};
  std::optional<double> minimum{}, maximum{};  // closed interval, for kInt and kReal
  std::vector<std::string> choices{};          // for kText: the only values allowed
};

enum class Cardinality { kMap, kFilter, kExpand };
enum class Scope { kRow, kKeyed, kAll };
enum class Completion { kNow, kDeferred, kJoint };

struct Traits {
  Cardinality cardinality = Cardinality::kMap;
  Scope scope = Scope::kRow;
  Completion completion = Completion::kNow;
  bool deterministic = true;
  bool conceals = false;  // its `before` bytes are sealed
  bool effects = false;   // acts on the world outside
};

/// A rule an edit can name, or a reason a reject or flag can give.
struct Named {
  std::string name;
  std::string summary;
  std::string summary_zh;
};

/// Written once, next to the code; help, schema, manual and forms are printed from it.
struct Record {
  std::string name;  // module.kind.verb_object
  int version = 1;   // raised whenever any output can differ
  std::string summary;
  std::string summary_zh;
  std::string source{};   // paper, standard or tool the method comes from
  std::string example{};  // a recipe step, YAML
  std::vector<ParameterSpec> parameters{};
  std::vector<std::string> reads{};   // column names; `$p` stands for the value of parameter p
  std::vector<std::string> writes{};  // columns added or changed, the same way
  std::vector<std::string> outputs{
      "rows"};                   // output ports; the first is what a bare step name means
  std::vector<Named> rules{};    // of edits
  std::vector<Named> reasons{};  // of rejects
  std::vector<Named> flags{};    // kinds of flags
  Traits traits{};
};

/// Parameters of one step: every declared one is present (given or default), typed and in range.
class Parameters {
 public:
  Parameters() = default;
  explicit Parameters(std::map<std::string, ParameterValue> values) : values_(std::move(values)) {}
  bool boolean(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  const std::vector<std::string>& texts(std::string_view name) const;
  const std::map<std::string, ParameterValue>& values() const { return values_; }

 private:
  std::map<std::string, ParameterValue> values_;
};

// ---- what a batch became ----------------------------------------------------------------------

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

// ---- bound operators --------------------------------------------------------------------------

/// An operator with parameters parsed, tables loaded and schema derived. Thread-safe. It is either
/// a RowBound or a KeyedBound.
class Bound {
 public:
  virtual ~Bound() = default;
  /// One schema per port, without hidden columns.
  virtual const std::vector<Schema>& outputs() const = 0;
  /// The text column whose bytes edits, flags and origins speak of; empty where there is none.
  virtual const std::string& column() const = 0;
};

/// Scope::kRow: what becomes of a row depends on that row alone.
class RowBound : public Bound {
 public:
  /// Pure: the same batch gives the same outcome; how rows are cut into batches never shows. Only
  /// `column()` may change, by its edits; columns may be added; all else passes through.
  virtual Result<Outcome> Apply(const Batch& batch, const RowContext& context) const = 0;
};

/// Scope::kKeyed: rows are sketched where they are, sketches with equal exchange keys meet in one
/// partition, verdicts go back to the rows. No text passes through the exchange. Rows without a
/// verdict are kept as they are.
class KeyedBound : public Bound {
 public:
  /// One row per input row: `exchange_high`, `exchange_low` (int64: a 128-bit key), then what
  /// Reduce needs. The engine puts the hidden key columns before them.
  virtual Result<Batch> Sketch(const Batch& batch) const = 0;
  struct Verdict {
    int64_t row = 0;      // index in the partition; ascending
    uint16_t reason = 0;  // index into Record::reasons
    /// Index in the partition of the row it was merged into; -1 for a plain reject.
    int64_t partner = -1;
  };
  /// Sees whole key groups, rows in row-key order; says which rows go. The verdicts may not depend
  /// on which groups share a partition.
  virtual Result<std::vector<Verdict>> Reduce(const Batch& partition) const = 0;
};

class Operator {
 public:
  virtual ~Operator() = default;
  virtual const Record& record() const = 0;
  /// `input`: the user columns. Errors name the column or parameter at fault.
  virtual Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                              const Parameters& parameters) const = 0;
  /// SHA-256 (hex) of every table a binding with these parameters reads; goes into lineage and
  /// cache keys. Empty where it reads none.
  virtual std::vector<std::pair<std::string, std::string>> TableHashes() const { return {}; }
};

/// The operators of a program: each module hands in its list; `apps/` joins them.
class OperatorSet {
 public:
  void Add(std::span<const Operator* const> operators);
  /// Fails with kNotFound and the nearest names.
  Result<const Operator*> Find(std::string_view name) const;
  /// Sorted by name.
  std::vector<const Operator*> All() const;

 private:
  std::map<std::string, const Operator*, std::less<>> by_name_;
};

/// Up to three of `names` that a person may have meant by `typed` (edit distance), best first.
std::vector<std::string> Nearest(std::string_view typed, std::span<const std::string> names);

}  // namespace siku
