// What operators say of rows, as Python sees it: places in code points and in bytes, names instead
// of indexes.
#pragma once

#include <nanobind/nanobind.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frame.h"
#include "siku/operator.h"
#include "siku/result.h"

namespace siku::python {

struct Place {
  int64_t begin = 0;  // code points
  int64_t end = 0;
  int64_t byte_begin = 0;
  int64_t byte_end = 0;
};

struct EditView {
  int64_t row = 0;
  Place place{};
  std::string before{};
  std::string after{};
  std::string rule{};
  double confidence = 1;
  std::vector<std::string> alternatives{};
};

struct FlagView {
  int64_t row = 0;
  Place place{};
  std::string text{};
  std::string kind{};
  std::string detail{};
  std::optional<std::string> proposal{};
  std::string rule{};                       // of the proposal
  double confidence = 0;                    // of the proposal
  std::vector<std::string> alternatives{};  // of the proposal
};

struct RejectView {
  int64_t row = 0;
  std::string reason{};
  std::string detail{};
  std::optional<int64_t> partner{};  // the row it was merged into
};

/// Collects what an operator said of batch after batch.
class Outcomes {
 public:
  explicit Outcomes(const Record& record) : record_(record) {}

  /// `column`: of the edits' and flags' texts; empty where there is none. `first`: row of the
  /// batch's first row in the whole.
  Result<void> Add(const Batch& batch, const std::string& column, const Outcome& outcome,
                   int64_t first);
  void Add(RejectView reject) { rejects_.push_back(std::move(reject)); }

  const std::vector<EditView>& edits() const { return edits_; }
  const std::vector<FlagView>& flags() const { return flags_; }
  Result<Frame> EditFrame() const;
  Result<Frame> FlagFrame() const;
  Result<Frame> RejectFrame() const;

 private:
  const Record& record_;
  std::vector<EditView> edits_{};
  std::vector<FlagView> flags_{};
  std::vector<RejectView> rejects_{};
};

void BindOutcomes(nanobind::module_& module);

}  // namespace siku::python
