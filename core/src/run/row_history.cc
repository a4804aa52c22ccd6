#include "siku/row_history.h"

#include <arrow/api.h>

#include <algorithm>
#include <span>
#include <utility>

#include "recovery.h"
#include "task_ledger.h"

namespace siku {
namespace {

using namespace run;

using Histories = std::vector<std::vector<StepChange>>;
using TimePoint = std::chrono::steady_clock::time_point;

/// A row of the version, under the key that it has where the walk is.
struct Walked {
  RowKey key;
  size_t row = 0;  // of the histories
};

/// Follows rows from an output back to the inputs.
class Walk {
 public:
  Walk(const Recovery& recovery, TimePoint until, Histories& histories)
      : recovery_(recovery), until_(until), histories_(histories) {}

  Result<void> Back(PortId port, std::vector<Walked> rows) {
    const GraphNode& node = recovery_.file().graph[static_cast<size_t>(port.node)];
    if (rows.empty() || node.kind == GraphNode::Kind::kInput) return {};
    // A global step's second port has rows about rows.
    if (node.kind == GraphNode::Kind::kGlobal && port.port > 0) return {};
    std::sort(rows.begin(), rows.end(),
              [](const Walked& one, const Walked& other) { return one.key < other.key; });
    if (recovery_.HasTable(kEditsTable, node.name)) {
      if (recovery_.Locked(node.name)) return AddSealed(node, rows);
      SIKU_TRY(AddEdits(node, rows));
    }
    if (node.kind == GraphNode::Kind::kExpand) return {};
    for (size_t branch = 0; branch < node.from.size(); ++branch) {
      SIKU_TRY(Back(node.from[branch], Of(node, branch, rows)));
    }
    return {};
  }

 private:
  Result<void> AddSealed(const GraphNode& node, const std::vector<Walked>& rows) {
    for (const Walked& one : rows) {
      histories_[one.row].push_back({node.name, node.op, node.column, true});
    }
    return {};
  }

  Result<void> AddEdits(const GraphNode& node, const std::vector<Walked>& rows) {
    RowCursor edits(recovery_.Table(kEditsTable, node.name), 1);
    SIKU_TRY(edits.Advance());
    for (const Walked& one : rows) {
      while (!edits.done() && edits.key() < one.key) {
        if (std::chrono::steady_clock::now() > until_) {
          return Fail(Code::kLimit, "finding this in the run's ledger takes too long", node.name,
                      {}, "the report of the run shows its repairs");
        }
        SIKU_TRY(edits.Advance());
      }
      if (edits.done()) return {};
      if (edits.key() != one.key) continue;
      const auto& deltas =
          static_cast<const arrow::LargeBinaryArray&>(*edits.batch()->GetColumnByName("delta"));
      histories_[one.row].push_back(
          {node.name, node.op, node.column, false, deltas.GetString(edits.row()), node.rules});
    }
    return {};
  }

  /// Those of the step's rows that came from its `branch`-th reference, with the keys of there.
  std::vector<Walked> Of(const GraphNode& node, size_t branch, const std::vector<Walked>& rows) {
    if (node.from.size() == 1) return rows;
    const auto& from = recovery_.file().graph[static_cast<size_t>(node.from[branch].node)];
    const std::string suffix = BigEndian(static_cast<uint32_t>(branch));
    std::vector<Walked> mine;
    for (Walked one : rows) {
      if (node.branches) {
        if (!one.key.child.ends_with(suffix)) continue;
        one.key.child.resize(one.key.child.size() - suffix.size());
      } else {
        const Source* source = SourceNamed(recovery_.file(), one.key.source);
        if (source == nullptr ||
            std::find(from.inputs.begin(), from.inputs.end(), source->input) == from.inputs.end()) {
          continue;
        }
      }
      mine.push_back(std::move(one));
    }
    return mine;
  }

  const Recovery& recovery_;
  TimePoint until_;
  Histories& histories_;
};

Result<std::vector<Walked>> KeysOf(const Store& store, const Manifest& manifest, int64_t offset,
                                   int64_t limit) {
  std::vector<Walked> rows;
  SIKU_TRY(const auto reader,
           VersionReader::Open(store, manifest, offset, std::clamp<int64_t>(limit, 1, 1024)));
  while (static_cast<int64_t>(rows.size()) < limit) {
    SIKU_TRY(const auto batch, reader->Next());
    if (batch == nullptr) break;
    const Keys keys(batch);
    for (int64_t row = 0; row < keys.size() && static_cast<int64_t>(rows.size()) < limit; ++row) {
      rows.push_back({keys.key(static_cast<int32_t>(row)), rows.size()});
    }
  }
  return rows;
}

}  // namespace

Result<Histories> RowHistories(Store& store, const VersionInfo& version, int64_t offset,
                               int64_t limit, TimePoint until) {
  Histories histories;
  SIKU_TRY(const auto manifest, store.ReadManifest(version));
  // Rows of several runs have keys of several runs.
  if (version.run.empty() || !manifest.parent.empty()) return histories;
  SIKU_TRY(const auto recovery, Recovery::Open(store, version.run));
  SIKU_TRY(auto rows, KeysOf(store, manifest, offset, limit));
  histories.resize(rows.size());
  Walk walk(recovery, until, histories);
  for (const auto& [dataset, port] : recovery.file().outputs) {
    if (dataset == version.dataset) SIKU_TRY(walk.Back(port, rows));
  }
  return histories;
}

}  // namespace siku
