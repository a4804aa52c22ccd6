// One pass over a table: all counts that the measures of its quality are made of.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "quality/cells.h"
#include "quality/distinct.h"
#include "siku/batch.h"
#include "siku/result.h"

namespace siku::catalog {

/// What to count beside what is counted of every column; columns by their place.
struct PassPlan {
  std::vector<int> required{};                    // empty: all
  std::vector<std::vector<int>> keys{};           // of which each is to be unique
  std::vector<std::pair<int, int>> equal{};       // columns with the same content
  std::vector<std::pair<int, int>> ordered{};     // the first no greater than the second
  std::vector<std::pair<int, int>> determines{};  // a code, and the name that it has everywhere
  std::vector<std::pair<int, std::set<std::string>>> values{};  // the only ones of a text column
  std::optional<std::pair<double, double>> period{};  // milliseconds: begin, end (not in it)
  int period_column = -1;
};

struct ColumnCounts {
  int64_t filled = 0;
  int64_t clean = 0;  // of the filled ones
  std::array<int64_t, kValueKinds> shapes{};
  std::array<int64_t, kValueKinds> valid{};
  std::array<std::array<int64_t, kForms>, kValueKinds> forms{};  // of those that have a form

  void Add(const Look& look, int64_t times);
  void Add(const ColumnCounts& other);
};

/// So many of so many.
struct Share {
  int64_t part = 0;
  int64_t whole = 0;
};

struct PassCounts {
  int64_t rows = 0;
  int64_t complete = 0;                     // rows with a value in each required column
  std::optional<int64_t> different_rows{};  // nothing: too many to know
  std::vector<ColumnCounts> columns{};
  // By their places in the plan.
  std::vector<std::optional<int64_t>> keys{};  // different ones without a gap
  std::vector<Share> equal{};
  std::vector<Share> ordered{};
  std::vector<std::optional<Share>> determines{};
  std::vector<Share> values{};
  Share period{};
};

/// The rows in order; null at the end.
using NextBatch = std::function<Result<Batch>()>;

class Pass {
 public:
  Pass(PassPlan plan, size_t columns);
  void See(const Batch& batch);
  /// What another one saw of other rows.
  void Merge(Pass&& other);
  PassCounts Counts();

 private:
  struct Block;
  void SeeBlock(int64_t begin, int64_t count);
  void SeeColumns(Block& block);
  void SeeRules(const Block& block);
  void SeeMeasures(const Block& block);

  struct Names {  // of one code
    std::unordered_map<uint64_t, int64_t> counts{};
  };
  PassPlan plan_;
  PassCounts counts_{};
  std::vector<Cells> cells_;
  std::vector<char> wanted_;    // columns whose hashes rules ask for
  std::vector<char> required_;  // by column
  DistinctHashes rows_{};
  std::vector<DistinctHashes> keys_;
  std::vector<std::unordered_map<uint64_t, Names>> determines_;
  std::vector<int64_t> pairs_;  // different ones in determines_
};

/// By so many threads. kLimit: longer than so many seconds.
Result<PassCounts> CountParquet(const std::string& path, const PassPlan& plan, int threads,
                                int seconds);
Result<PassCounts> CountBatches(const NextBatch& next, size_t columns, const PassPlan& plan);

/// Batches of a Parquet file, with texts as dictionaries where the file has them so. Row groups
/// `from`, `from + step`, …
Result<NextBatch> ReadParquet(const std::string& path, const std::vector<int>& columns,
                              int from = 0, int step = 1);
/// Of what a Parquet file has.
Result<Schema> ParquetSchema(const std::string& path);

}  // namespace siku::catalog
