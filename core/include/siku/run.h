// Runs: one execution of a recipe over files into versions of the store, with a ledger of every
// change. Files of a run's folder: docs/format.md, "Run".
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "siku/operator.h"
#include "siku/recipe.h"
#include "siku/result.h"
#include "siku/seal_key.h"
#include "siku/store.h"

namespace siku {

struct RunOptions {
  int threads = 0;                    // 0: one per core
  int64_t memory = int64_t{2} << 30;  // bytes of resident memory; fewer threads where it is little
  int64_t spill_limit = -1;           // bytes of intermediates on disk; -1: as the disk allows
  int64_t max_record = int64_t{64} << 20;  // bytes; longer records are rejected by reference
  int64_t limit = -1;                      // rows of input; -1: all
  int splits = 0;                          // 0: by size
  double elsewhere = 0;  // seconds an engine has worked on the attempt that ends here
  /// The owner's key: what the run keeps of texts that a step conceals is readable with it alone.
  /// Needed where a step conceals, to resume such a run, and only there.
  std::optional<SealKey> seal_key{};
};

struct RunRequest {
  std::string recipe;         // YAML
  std::string recipe_file{};  // what errors call it
  std::string base{};         // folder that the recipe's paths are relative to
  std::vector<RecipeOverride> overrides{};
  RunOptions options{};
  /// What people decided on an earlier run of the recipe (docs/format.md, "Decisions"); or empty.
  std::string decisions{};
  /// An unfinished run, of another form of the recipe: what it did before the first stage that
  /// differs is not done again. Empty: none.
  std::string take_over{};
  /// Called once where input folders hold names that begin with a point, which are not read.
  std::function<void(const std::set<std::string>&)> hidden{};
};

/// Where the rows of a step went, in rows. in = kept + rejected + merged + expanded.
struct StepCounts {
  int64_t in = 0;
  int64_t kept = 0;
  int64_t rejected = 0;
  int64_t merged = 0;
  int64_t expanded = 0;                       // rows that became several, or one with a new key
  std::vector<int64_t> out{};                 // per port
  std::map<std::string, int64_t> reasons{};   // of rejects and merges
  std::map<std::string, int64_t> edits{};     // applied, by rule
  std::map<std::string, int64_t> proposed{};  // not applied, by rule
  std::map<std::string, int64_t> flags{};     // by kind, proposals apart
  int64_t edited_rows = 0;
  /// Of rows about rows (the second port of a GlobalBound): how many have each of its truth columns
  /// true, as `too_short`.
  std::map<std::string, int64_t> reported{};
  /// Bytes of text, in the columns that some step of the recipe works on: what came, what left by
  /// each port, what went by each reason. All 0 in runs of versions that did not count them.
  int64_t bytes_in = 0;
  std::vector<int64_t> bytes_out{};
  std::map<std::string, int64_t> reason_bytes{};

  void Add(const StepCounts& other);
  bool Balances() const { return in == kept + rejected + merged + expanded; }
};

struct SourceSummary {
  std::string input;     // name in the recipe
  std::string relative;  // what errors, rejects and undo call the file
  std::string format{};
  std::string encoding{};
  int64_t bytes = 0;
  /// Content digest of what was read: every record, rows and rejected ones, so every byte of the
  /// decompressed stream (docs/format.md, "Run").
  std::string digest{};
};
struct StepSummary {
  std::string name;
  std::string op;
  int version = 1;
  StepCounts counts{};
};
struct OutputSummary {
  std::string dataset;
  int64_t ordinal = 0;
  std::string content;  // content digest
  int64_t rows = 0;
  int64_t bytes = 0;
  bool unchanged = false;  // the dataset's newest version had this content already
  bool unmasked = false;   // it holds texts as they were before a step of the run concealed them
};

/// What became of the decisions that a run was given.
struct DecisionSummary {
  /// One that no longer fits: the text changed, or its row, step, source or rule is gone. Nothing
  /// was done for it.
  struct Unfit {
    int64_t number = 0;  // in the file, from 0
    std::string step{};
    std::string source{};
    RowKey key{};
    int64_t begin = 0;
    int64_t end = 0;
    /// text_changed, row_absent, overlaps, no_step, no_source or no_rule
    std::string reason{};
  };
  std::string sha256{};  // of the file; empty: none was given
  int64_t total = 0;
  int64_t applied = 0;
  int64_t idle = 0;  // the text is as decided without them
  std::vector<Unfit> unfit{};
};

/// What a run did; `summary.json` of its folder.
struct RunSummary {
  std::string run;
  std::string recipe;
  std::vector<SourceSummary> sources{};
  int64_t rows = 0;                             // read
  std::map<std::string, int64_t> rejected{};    // records that are no rows, by reason
  std::map<std::string, int64_t> read_flags{};  // undecodable bytes and the like, by kind
  std::vector<StepSummary> steps{};
  std::vector<OutputSummary> outputs{};
  DecisionSummary decisions{};
  int64_t limit = -1;  // rows that were asked for; -1: all
  int64_t input_bytes = 0;
  int64_t ledger_bytes = 0;
  int64_t spilled_bytes = 0;
  double seconds = 0;  // of the last attempt
};
std::string SummaryJson(const RunSummary& summary);
/// Of a finished run; kConflict where it is not finished.
Result<RunSummary> ReadSummary(const Store& store, const std::string& run);

/// What a run, finished or not, was begun with.
struct RunRecipe {
  std::string yaml{};
  std::vector<RecipeOverride> overrides{};
  std::vector<std::string> versions{};  // of the store that it reads, name@ordinal
};
Result<RunRecipe> RecipeOfRun(const Store& store, const std::string& run);

struct RunProgress {
  const char* phase = "";  // "read", "reduce", "settle"
  int64_t bytes_total = 0;
  int64_t bytes_done = 0;
  int64_t rows = 0;
  int64_t tasks_total = 0;
  int64_t tasks_done = 0;
};
struct RunHooks {
  std::function<void(const std::string& run)> started{};
  /// How many tasks were taken over.
  std::function<void(int tasks)> taken_over{};
  /// Called from one thread, about ten times a second.
  std::function<void(const RunProgress&)> progress{};
  const std::atomic<bool>* stop = nullptr;
};

/// What a run would read and do (`--dry-run`); nothing is written.
struct RunPreview {
  std::vector<SourceSummary> sources{};  // without digests
  struct Node {
    std::string name;
    std::string op;
    int stage = 0;
    std::vector<std::pair<std::string, std::string>> columns{};  // of its first port: name, type
  };
  std::vector<Node> nodes{};
  std::vector<std::string> outputs{};
  int splits = 0;
  int stages = 0;
  int threads = 0;
  int64_t input_bytes = 0;
  int64_t disk_bytes = 0;  // an estimate of what the run will write
  int64_t disk_free = 0;
};
Result<RunPreview> PreviewRun(Store& store, const OperatorSet& operators,
                              const RunRequest& request);

/// Runs to the end. kInterrupted: `stop` was set; the run can be resumed. kConflict: a source
/// changed while it was read. kUnbalanced: rows were lost or made, nothing was committed. kNoSpace,
/// kLimit, kData: as met, and resumable.
Result<RunSummary> StartRun(Store& store, const OperatorSet& operators, const RunRequest& request,
                            const RunHooks& hooks);
/// Continues a run that was interrupted, killed or failed; finished tasks are not done again. Of
/// `options` only threads, memory and spill_limit count. kConflict: the sources changed since.
Result<RunSummary> ResumeRun(Store& store, const OperatorSet& operators, const std::string& run,
                             const RunOptions& options, const RunHooks& hooks);

/// `operators` and those of the plug-ins that the run was made with; `operators` alone where one of
/// them is gone or has changed since.
OperatorSet OperatorsOfRun(const Store& store, const OperatorSet& operators,
                           const std::string& run);

// ---- looking back
// ---------------------------------------------------------------------------------

/// Hashes the ledgers of finished runs again, where undo, rejects and edits come from; empty: all
/// is well.
Result<std::vector<Damage>> VerifyRuns(
    Store& store, const std::function<void(const std::string&)>& progress = {});

/// Writes the inputs of a finished run again, from the store alone: `folder/<relative>`,
/// decompressed; Parquet for columnar ones. Existing files are refused (kConflict).
struct UndoReport {
  int64_t files = 0;
  int64_t bytes = 0;
  int64_t rows = 0;
};
/// `seal_key`: of a run that concealed texts; kDenied without it.
Result<UndoReport> UndoRun(Store& store, const std::string& run, const std::string& folder,
                           const std::optional<SealKey>& seal_key = std::nullopt);

}  // namespace siku
