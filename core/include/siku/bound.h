// Bound operators, one class for each scope: by row, by measured numbers of a row, by key, over all
// rows.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "siku/batch.h"
#include "siku/outcome.h"
#include "siku/result.h"

namespace siku {

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
  /// What a round of GlobalBound::DoPart left, by part; empty where nobody did it. Mapped as well.
  virtual const std::vector<std::vector<Batch>>& left(int round) const;
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

/// Scope::kAll: rows are sketched where they are, one task looks at all sketches; where an engine
/// has many machines, after tasks that each do a part of it.
class GlobalBound : public Bound {
 public:
  /// One row per input row: whatever Resolve needs, texts included where it needs them.
  virtual Result<Batch> Sketch(const Batch& batch) const = 0;
  /// Deterministic in rows and their order, whatever pieces, threads and memory are.
  virtual Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const = 0;

  /// Work before Resolve in tasks that do not wait for each other.
  struct Round {
    std::string name{};  // of lower-case letters
    bool whole = true;   // else rows come without sketch columns that the step's input has
  };
  virtual std::vector<Round> rounds() const { return {}; }
  /// Part `part` of `parts`, after all parts of the rounds before. What is left, at least one batch
  /// of one schema for all, spares Resolve work and never shows in its verdicts.
  virtual Result<std::vector<Batch>> DoPart(const AllRows& rows, int round, int part,
                                            int parts) const;
};

}  // namespace siku
