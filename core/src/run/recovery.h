// Rows of a finished run at any port of its graph, put together again from versions and ledger by
// going backwards through the steps that read them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "row_stream.h"
#include "run_file.h"
#include "siku/run.h"
#include "siku/store.h"

namespace siku::run {

class Recovery {
 public:
  /// kConflict where the run is not finished.
  static Result<Recovery> Open(Store& store, const std::string& run,
                               const std::optional<SealKey>& seal_key = std::nullopt);
  /// kDenied where the run is sealed and no key was given.
  Result<void> RequireKey() const;
  /// Whether the ledger of a step cannot be read without the key, which was not given.
  bool Locked(const std::string& step) const;

  const RunFile& file() const { return file_; }
  const RunSummary& summary() const { return summary_; }
  /// The rows that left by `port`, with its columns.
  Result<RowStreamPtr> Rows(PortId port) const;
  /// The rows that `node` gave, by whatever port, before anything else happened to them.
  Result<RowStreamPtr> Outputs(int node) const;
  /// A table of the ledger; `step` is empty for the reader's.
  RowStreamPtr Table(std::string_view table, const std::string& step) const;
  bool HasTable(std::string_view table, const std::string& step) const;

 private:
  explicit Recovery(Store& store) : store_(&store) {}
  const GraphNode& Node(int index) const { return file_.graph[static_cast<size_t>(index)]; }
  Result<RowStreamPtr> Version(const std::string& dataset) const;
  Result<RowStreamPtr> Inputs(int node) const;
  Result<RowStreamPtr> Joined(int node) const;
  RowStreamPtr Of(RowStreamPtr inputs, int node, size_t branch) const;

  Store* store_;
  std::string folder_{};
  RunFile file_{};
  RunSummary summary_{};
  RunKey key_{};
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> tables_{};
};

}  // namespace siku::run
