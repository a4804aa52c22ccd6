// What a run's tasks say, added up, held against each other, and made into what is committed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "prepare.h"
#include "siku/digest.h"
#include "siku/run.h"
#include "siku/store.h"
#include "task.h"

namespace siku::run {

class Tally {
 public:
  /// `folder`: of the run. Both must outlive this.
  Tally(const Prepared& prepared, std::string folder)
      : prepared_(prepared), folder_(std::move(folder)) {}

  /// Reads every task. kUnbalanced where a row has no fate, or two.
  Result<void> Read();
  /// Without outputs and time.
  RunSummary Summary(const std::string& run) const;
  /// One per output of the recipe.
  Result<std::vector<VersionDraft>> Drafts() const;

 private:
  void AddOutputs(const TaskResult& task);
  Result<void> AddRecords(const TaskResult& task);
  Result<void> Balance();
  Result<VersionDraft> Draft(const PlannedOutput& output) const;
  std::string Lineage() const;
  std::string SourceDigest(int ordinal) const;

  const Prepared& prepared_;
  std::string folder_;
  RunSummary sums_{};
  std::map<std::string, StepCounts> steps_{};
  SettledDecisions settled_{};
  std::map<std::string, std::string> failures_{};  // the first of each step
  std::map<std::string, int64_t> flow_{};          // rows out of each port
  std::map<int, ContentDigest> records_{};         // by source
  std::map<std::string, int64_t> totals_{};        // rows by dataset, and below
  std::map<std::string, std::vector<DataFile>> files_{};
  std::map<std::string, std::vector<std::string>> digests_{};
};

}  // namespace siku::run
