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
  /// Output ports; the first is what a bare step name means. The second port of a GlobalBound has
  /// rows about rows: a recipe may leave it unread.
  std::vector<std::string> outputs{"rows"};
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

/// An operator with parameters parsed, tables loaded and schema derived. Thread-safe. It is a
/// RowBound, a KeyedBound or a GlobalBound.
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

/// What steps in a row measure on the same texts, in one pass.
class Measurement {
 public:
  virtual ~Measurement() = default;
  /// Float64 columns, one row per text; the name of a column says statistic and parameters, as in
  /// `char_rep_ratio(10)`. Null where the text is null or the statistic has no value.
  virtual const Schema& schema() const = 0;
  /// Pure and thread-safe. `texts`: a large_string array.
  virtual Result<Batch> Measure(const std::shared_ptr<arrow::Array>& texts) const = 0;
};

/// A RowBound that decides by numbers measured on `column()`. The engine joins such steps where one
/// follows the other, measures once, and keeps the numbers with the run (`stats`), so that deciding
/// again reads no text. Joined gives what single steps give, bit for bit.
class MeasuredBound : public RowBound {
 public:
  /// Measures for all of `steps`, this one among them; they read the same column. Null where they
  /// cannot be joined.
  virtual std::unique_ptr<Measurement> Join(std::span<const MeasuredBound* const> steps) const = 0;
  /// Names of the columns of the Measurement that this step decides by; a subset of what any join
  /// with it measures.
  virtual const std::vector<std::string>& statistics() const = 0;
  /// `measured` has a row per row of `batch`, with more columns than `statistics()` where joined.
  virtual Result<Outcome> Decide(const Batch& batch, const Batch& measured,
                                 const RowContext& context) const = 0;
  /// Measures and decides.
  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const final;
};

/// All rows of a step, in row-key order, as Scope::kAll sees them. An ordinal counts them from 0.
class AllRows {
 public:
  virtual ~AllRows() = default;
  virtual int64_t size() const = 0;
  virtual RowKey key(int64_t ordinal) const = 0;
  /// The sketches in order, in pieces: `first` is the ordinal of a piece's first row. Buffers are
  /// mapped from disk and stay valid as long as this object; may be walked several times and by
  /// several threads.
  virtual int pieces() const = 0;
  virtual int64_t first(int piece) const = 0;
  virtual Result<Batch> piece(int piece) const = 0;
  /// Gives mapped pages back to the system; they are read again where they are needed.
  virtual void Release() const = 0;
  /// An empty folder for spilling, removed afterwards.
  virtual const std::string& spill_folder() const = 0;
  /// Bytes that Resolve may hold beside the mapped pages.
  virtual int64_t memory() const = 0;
  virtual int threads() const = 0;
  virtual bool stopping() const = 0;
};

/// What becomes of the rows. Calls come in ascending order of the ordinal; rows not named are kept
/// as they are.
class VerdictSink {
 public:
  virtual ~VerdictSink() = default;
  /// `partner`: the ordinal of the row it was merged into; -1 for a plain reject.
  virtual Result<void> Drop(int64_t ordinal, uint16_t reason, int64_t partner,
                            std::string_view detail) = 0;
  /// Takes bytes out of the row's text, or replaces them: edits of `row` 0, sorted and disjoint.
  virtual Result<void> Change(int64_t ordinal, std::vector<Edit> edits) = 0;
  /// Rows for the operator's second port, row i made of row `ordinals[i]` (ascending, each once
  /// over all calls); their own order, beside Drop and Change.
  virtual Result<void> Report(std::span<const int64_t> ordinals, const Batch& rows) = 0;
};

/// Scope::kAll: rows are sketched where they are, one task looks at all sketches.
class GlobalBound : public Bound {
 public:
  /// One row per input row: whatever Resolve needs, texts included where it needs them.
  virtual Result<Batch> Sketch(const Batch& batch) const = 0;
  /// Deterministic in rows and their order, whatever pieces, threads and memory are.
  virtual Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const = 0;
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
