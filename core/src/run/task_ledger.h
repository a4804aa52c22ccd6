// The ledger tables of one task (one stage of one split). Columns: docs/format.md, "Ledger".
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "seal.h"
#include "siku/reader.h"
#include "spool.h"
#include "step.h"

namespace siku::run {

/// Names of the ledger's tables: one file per table and step, rows in key order.
inline constexpr std::string_view kEditsTable = "edits";
inline constexpr std::string_view kFlagsTable = "flags";
inline constexpr std::string_view kRejectsTable = "rejects";
inline constexpr std::string_view kPartsTable = "parts";
inline constexpr std::string_view kStatsTable = "stats";  // numbers of measured steps, all rows
inline constexpr std::string_view kResiduesTable = "residues";  // taken off concealed rows
inline constexpr std::string_view kDiscardsTable = "discards";  // rows of ports that nobody reads

Schema EditsSchema();
Schema FlagsSchema();
/// `rows`: hidden and user columns of the step's input.
Schema RejectsSchema(const Schema& rows);
Schema PartsSchema(const Schema& rows);
/// Columns of a rejects table before those of the rejected row.
inline constexpr int kRejectColumns = 5;

/// Rows of the reader's tables; their step is empty.
Result<Batch> BadRowBatch(const std::vector<BadRow>& rows);
Result<Batch> ReadFlagBatch(const std::vector<ReadFlag>& flags);

struct LedgerFile {
  std::string table;
  std::string step;  // empty: the reader
  std::string file;  // name inside the run's `ledger` folder
  int64_t bytes = 0;
  std::string sha256{};
};

class TaskLedger {
 public:
  /// Files go to `folder` and begin with `prefix`, which no other attempt shares.
  /// `key` seals the tables of `sealed` steps and ports.
  TaskLedger(std::string folder, std::string prefix, RunKey key, std::set<std::string> sealed)
      : folder_(std::move(folder)),
        prefix_(std::move(prefix)),
        key_(std::move(key)),
        sealed_(std::move(sealed)) {}

  Result<void> Add(const std::string& step, const Record& record, const StepLedger& ledger);
  /// Adds rows of any other columns to a table.
  Result<void> AddTable(std::string_view table, const std::string& step, const Batch& rows);
  /// Completes every file; sorted by (table, step).
  Result<std::vector<LedgerFile>> Close();

 private:
  std::string folder_;
  std::string prefix_;
  RunKey key_;
  std::set<std::string> sealed_;
  struct Open {
    std::unique_ptr<Spool> spool;
    std::string file;
  };
  std::map<std::pair<std::string, std::string>, Open> open_;
};

}  // namespace siku::run
