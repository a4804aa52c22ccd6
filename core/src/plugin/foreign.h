// What operators of every kind of plug-in share: columns bound by the record, and an outcome put
// together from the columns that the plug-in wrote and the rows it got.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "siku/operator.h"

namespace siku::plugin {

/// What a plug-in made of a batch.
struct Written {
  Batch columns;  // those it writes, a row per row that goes on; null where it writes none
  int64_t rows = 0;
  /// Per row that goes on, the input row; absent: those not rejected.
  std::optional<std::vector<int32_t>> parents{};
  std::vector<Reject> rejects{};
  std::vector<Edit> edits{};
  std::vector<Flag> flags{};
  /// The operator failed on what is in these rows, and says why; all else is empty.
  std::optional<Error> failure{};
};

/// A step as the record has it: which columns there must be, which may be written.
struct Footing {
  std::string column{};               // the text that edits and flags speak of; may be empty
  std::vector<std::string> writes{};  // with parameters filled in
};
/// Fails where a column that the record reads is not there, or its first is not text.
Result<Footing> FindFooting(const Record& record, const Schema& input,
                            const Parameters& parameters);

/// Rows that the operator fails on become rejects: a batch that fails is halved until they stand
/// alone. The first batch of several rows is given to the plug-in once more, in two halves: what it
/// makes of a row may not depend on the rows beside it.
class ForeignBound : public RowBound {
 public:
  const std::vector<Schema>& outputs() const final { return outputs_; }
  const std::string& column() const final { return footing_.column; }
  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const final;

 protected:
  /// `name`: of the operator. The caller calls Announce before anything else.
  ForeignBound(const Record& record, Footing footing)
      : record_(record), footing_(std::move(footing)) {}
  /// `written`: the columns that the plug-in will write; may be empty.
  Result<void> Announce(const Schema& input, const Schema& written);
  /// Errors that are not about the rows' content end the run; `failure` tells those that are.
  virtual Result<Written> Call(const Batch& batch, const RowContext& context) const = 0;

  const Record& record() const { return record_; }
  const Schema& written() const { return written_; }

 private:
  Result<Outcome> OutcomeOf(const Batch& batch, const RowContext& context, Written made) const;
  Result<Outcome> Failed(const Error& failure) const;
  Result<Outcome> ApplyHalves(const Batch& batch, const RowContext& context) const;
  Result<void> CheckHalves(const Batch& batch, const RowContext& context,
                           const Written& whole) const;
  Result<Batch> Compose(const Batch& batch, const std::vector<int32_t>& parents,
                        const Written& made) const;
  const Record& record_;
  Footing footing_;
  Schema written_{};
  std::vector<Schema> outputs_{};
  mutable std::atomic<bool> halved_ = false;  // the check was made
};

/// The parameters as a JSON object with sorted members.
std::string ParametersJson(const Parameters& parameters);

}  // namespace siku::plugin
