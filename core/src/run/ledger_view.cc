#include "siku/ledger_view.h"

#include <arrow/api.h>

#include <algorithm>

#include "recovery.h"
#include "siku/writer.h"
#include "task_ledger.h"

namespace siku {
namespace {

using namespace run;

template <class Array>
const Array& As(const Batch& batch, const char* name) {
  return static_cast<const Array&>(*batch->GetColumnByName(name));
}

std::string_view SourceName(const Recovery& recovery, int ordinal) {
  const Source* source = SourceNamed(recovery.file(), ordinal);
  return source == nullptr ? std::string_view() : std::string_view(source->relative);
}

// The steps asked for, in the order of the graph.
Result<std::vector<int>> Steps(const Recovery& recovery, const std::string& step) {
  std::vector<int> steps;
  std::vector<std::string> names;
  const auto& graph = recovery.file().graph;
  for (size_t i = 0; i < graph.size(); ++i) {
    if (graph[i].kind == GraphNode::Kind::kInput) continue;
    names.push_back(graph[i].name);
    if (step.empty() || graph[i].name == step) steps.push_back(static_cast<int>(i));
  }
  if (!steps.empty() || step.empty()) return steps;
  std::string known;
  for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
  return Fail(Code::kNotFound, "the run has no such step; its steps are", known, step);
}

// The step's rows beside the deltas of those that it changed.
Result<bool> VisitEdits(const Recovery& recovery, int index, const EditVisitor& visit) {
  const GraphNode& node = recovery.file().graph[static_cast<size_t>(index)];
  SIKU_TRY(auto outputs, recovery.Outputs(index));
  RowCursor rows(std::move(outputs));
  RowCursor edits(recovery.Table(kEditsTable, node.name), 1);
  SIKU_TRY(rows.Advance());
  SIKU_TRY(edits.Advance());
  for (; !edits.done();) {
    while (!rows.done() && rows.key() < edits.key()) SIKU_TRY(rows.Advance());
    if (rows.done() || rows.key() != edits.key()) {
      return Fail(Code::kData, "the ledger does not fit the text it is applied to",
                  ToString(edits.key()), node.name);
    }
    const auto column = rows.batch()->GetColumnByName(node.column);
    const std::string_view after =
        static_cast<const arrow::LargeStringArray&>(*column).GetView(rows.row());
    const std::string_view delta =
        As<arrow::LargeBinaryArray>(edits.batch(), "delta").GetView(edits.row());
    SIKU_TRY(const auto stored, DecodeDelta(delta));
    SIKU_TRY(const auto before, RevertDelta(after, delta));
    if (!visit({.step = node.name,
                .source = SourceName(recovery, edits.key().source),
                .key = edits.key(),
                .column = node.column,
                .before = before,
                .after = after,
                .edits = stored,
                .rules = node.rules})) {
      return false;
    }
    SIKU_TRY(edits.Advance());
  }
  return true;
}

Result<bool> VisitFlags(const Recovery& recovery, const std::string& step,
                        const FlagVisitor& visit) {
  RowCursor flags(recovery.Table(kFlagsTable, step), 1);
  SIKU_TRY(flags.Advance());
  for (; !flags.done();) {
    const Batch& batch = flags.batch();
    const int64_t row = flags.row();
    FlagView view{.step = step,
                  .source = SourceName(recovery, flags.key().source),
                  .key = flags.key(),
                  .begin = As<arrow::Int64Array>(batch, "begin").Value(row),
                  .end = As<arrow::Int64Array>(batch, "end").Value(row),
                  .kind = As<arrow::StringArray>(batch, "kind").GetView(row),
                  .detail = As<arrow::LargeStringArray>(batch, "detail").GetView(row)};
    const auto& proposals = As<arrow::LargeStringArray>(batch, "proposal");
    if (!proposals.IsNull(row)) {
      view.proposal = proposals.GetView(row);
      view.rule = As<arrow::StringArray>(batch, "rule").GetView(row);
      view.confidence = As<arrow::Int16Array>(batch, "confidence").Value(row);
    }
    if (!visit(view)) return false;
    SIKU_TRY(flags.Advance());
  }
  return true;
}

// Records that are no rows: the reader's table has its own columns.
Result<bool> VisitBadRows(const Recovery& recovery, const RejectVisitor& visit) {
  const RowStreamPtr table = recovery.Table(kRejectsTable, "");
  for (;;) {
    SIKU_TRY(const auto batch, table->Next());
    if (batch == nullptr) return true;
    const auto& sources = As<arrow::Int32Array>(batch, "source");
    const auto& hashes = As<arrow::StringArray>(batch, "sha256");
    const auto& raws = As<arrow::LargeBinaryArray>(batch, "raw");
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      RejectView view;
      view.source = SourceName(recovery, sources.Value(row));
      view.key = {sources.Value(row), As<arrow::Int64Array>(batch, "position").Value(row)};
      view.reason = As<arrow::StringArray>(batch, "reason").GetView(row);
      view.detail = As<arrow::LargeStringArray>(batch, "detail").GetView(row);
      view.bytes = As<arrow::Int64Array>(batch, "bytes").Value(row);
      if (!hashes.IsNull(row)) view.sha256 = hashes.GetView(row);
      if (!raws.IsNull(row)) view.raw = raws.GetView(row);
      if (!visit(view)) return false;
    }
  }
}

Result<bool> VisitRejects(const Recovery& recovery, const std::string& step,
                          const RejectVisitor& visit) {
  RowCursor rejects(recovery.Table(kRejectsTable, step), kRejectColumns);
  SIKU_TRY(rejects.Advance());
  for (; !rejects.done();) {
    const Batch& batch = rejects.batch();
    const int64_t row = rejects.row();
    RejectView view;
    view.step = step;
    view.source = SourceName(recovery, rejects.key().source);
    view.key = rejects.key();
    view.reason = As<arrow::StringArray>(batch, "reason").GetView(row);
    view.detail = As<arrow::LargeStringArray>(batch, "detail").GetView(row);
    const auto& partners = As<arrow::Int32Array>(batch, "partner_source");
    if (!partners.IsNull(row)) {
      view.partner =
          RowKey{partners.Value(row), As<arrow::Int64Array>(batch, "partner_position").Value(row),
                 As<arrow::BinaryArray>(batch, "partner_child").GetString(row)};
    }
    std::vector<int> user;
    for (int i = kRejectColumns + kHiddenColumns; i < batch->num_columns(); ++i) user.push_back(i);
    const auto columns = batch->SelectColumns(user);
    SIKU_TRY(view.row_json, RowJson(columns.ValueOrDie(), row));
    if (!visit(view)) return false;
    SIKU_TRY(rejects.Advance());
  }
  return true;
}

}  // namespace

Result<void> ForEachEdited(Store& store, const std::string& run, const std::string& step,
                           const EditVisitor& visit) {
  SIKU_TRY(const auto recovery, Recovery::Open(store, run));
  SIKU_TRY(const auto steps, Steps(recovery, step));
  for (const int index : steps) {
    if (!recovery.HasTable(kEditsTable, recovery.file().graph[static_cast<size_t>(index)].name)) {
      continue;
    }
    SIKU_TRY(const bool more, VisitEdits(recovery, index, visit));
    if (!more) break;
  }
  return {};
}

Result<void> ForEachFlag(Store& store, const std::string& run, const std::string& step,
                         const FlagVisitor& visit) {
  SIKU_TRY(const auto recovery, Recovery::Open(store, run));
  SIKU_TRY(const auto steps, Steps(recovery, step));
  if (step.empty()) {
    SIKU_TRY(const bool more, VisitFlags(recovery, "", visit));
    if (!more) return {};
  }
  for (const int index : steps) {
    const std::string& name = recovery.file().graph[static_cast<size_t>(index)].name;
    SIKU_TRY(const bool more, VisitFlags(recovery, name, visit));
    if (!more) break;
  }
  return {};
}

Result<void> ForEachReject(Store& store, const std::string& run, const std::string& step,
                           const RejectVisitor& visit) {
  SIKU_TRY(const auto recovery, Recovery::Open(store, run));
  SIKU_TRY(const auto steps, Steps(recovery, step));
  if (step.empty()) {
    SIKU_TRY(const bool more, VisitBadRows(recovery, visit));
    if (!more) return {};
  }
  for (const int index : steps) {
    const std::string& name = recovery.file().graph[static_cast<size_t>(index)].name;
    SIKU_TRY(const bool more, VisitRejects(recovery, name, visit));
    if (!more) break;
  }
  return {};
}

}  // namespace siku
