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

std::string_view InputName(const Recovery& recovery, int ordinal) {
  const Source* source = SourceNamed(recovery.file(), ordinal);
  if (source == nullptr) return {};
  return recovery.file().inputs[static_cast<size_t>(source->input)];
}

tl::unexpected<Error> Locked(const Recovery& recovery) {
  return tl::make_unexpected(recovery.RequireKey().error());
}

// The steps asked for, in the order of the graph.
Result<std::vector<int>> Steps(const Recovery& recovery, const std::string& step) {
  std::vector<int> steps;
  std::vector<std::string> names;
  const auto& graph = recovery.file().graph;
  for (size_t i = 0; i < graph.size(); ++i) {
    if (graph[i].kind == GraphNode::Kind::kInput) continue;
    names.push_back(graph[i].name);
    // What cannot be read without the key is left out where all steps are asked for.
    if (step.empty() && recovery.Locked(graph[i].name)) continue;
    if (step.empty() || graph[i].name == step) steps.push_back(static_cast<int>(i));
  }
  if (!step.empty() && recovery.Locked(step)) return Locked(recovery);
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

// Ledgers of earlier versions have none.
std::vector<std::string> AlternativesAt(const Batch& batch, int64_t row) {
  const auto column = batch->GetColumnByName("alternatives");
  if (column == nullptr) return {};
  const auto& lists = static_cast<const arrow::ListArray&>(*column);
  const auto& texts = static_cast<const arrow::LargeStringArray&>(*lists.values());
  std::vector<std::string> alternatives;
  for (int64_t i = lists.value_offset(row); i < lists.value_offset(row + 1); ++i) {
    alternatives.emplace_back(texts.GetView(i));
  }
  return alternatives;
}

// The flag under the cursor; views into its batch.
FlagView FlagAt(const Recovery& recovery, std::string_view step, const RowCursor& flags) {
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
    view.alternatives = AlternativesAt(batch, row);
  }
  return view;
}

Result<bool> VisitFlags(const Recovery& recovery, const std::string& step,
                        const FlagVisitor& visit) {
  RowCursor flags(recovery.Table(kFlagsTable, step), 1);
  SIKU_TRY(flags.Advance());
  for (; !flags.done();) {
    if (!visit(FlagAt(recovery, step, flags))) return false;
    SIKU_TRY(flags.Advance());
  }
  return true;
}

// The rows that a step changed or flagged, in key order: three streams side by side.
Result<bool> VisitPages(const Recovery& recovery, int index, const PageVisitor& visit) {
  const GraphNode& node = recovery.file().graph[static_cast<size_t>(index)];
  SIKU_TRY(auto outputs, recovery.Outputs(index));
  RowCursor rows(std::move(outputs));
  RowCursor edits(recovery.Table(kEditsTable, node.name), 1);
  RowCursor flags(recovery.Table(kFlagsTable, node.name), 1);
  SIKU_TRY(rows.Advance());
  SIKU_TRY(edits.Advance());
  SIKU_TRY(flags.Advance());
  while (!edits.done() || !flags.done()) {
    PageView page{.step = node.name, .column = node.column, .rules = node.rules};
    page.key =
        edits.done() || (!flags.done() && flags.key() < edits.key()) ? flags.key() : edits.key();
    page.source = SourceName(recovery, page.key.source);
    page.input = InputName(recovery, page.key.source);
    while (!rows.done() && rows.key() < page.key) SIKU_TRY(rows.Advance());
    if (!rows.done() && rows.key() == page.key) {
      const auto column = rows.batch()->GetColumnByName(node.column);
      page.has_text = column != nullptr && !column->IsNull(rows.row());
      if (page.has_text) {
        page.after = static_cast<const arrow::LargeStringArray&>(*column).GetView(rows.row());
      }
      page.before = page.after;
    }
    std::vector<StoredEdit> stored;
    std::string before;
    if (!edits.done() && edits.key() == page.key) {
      if (!page.has_text) {
        return Fail(Code::kData, "the ledger does not fit the text it is applied to",
                    ToString(page.key), node.name);
      }
      const std::string_view delta =
          As<arrow::LargeBinaryArray>(edits.batch(), "delta").GetView(edits.row());
      SIKU_TRY(stored, DecodeDelta(delta));
      SIKU_TRY(before, RevertDelta(page.after, delta));
      page.before = before;
      page.edits = stored;
      SIKU_TRY(edits.Advance());
    }
    std::vector<FlagView> own;
    std::vector<Batch> held;  // what the views look into
    while (!flags.done() && flags.key() == page.key) {
      if (held.empty() || held.back() != flags.batch()) held.push_back(flags.batch());
      own.push_back(FlagAt(recovery, node.name, flags));
      SIKU_TRY(flags.Advance());
    }
    page.flags = own;
    if (!visit(page)) return false;
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
      view.partner_source = SourceName(recovery, partners.Value(row));
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
                           const EditVisitor& visit, const std::optional<SealKey>& seal_key) {
  SIKU_TRY(const auto recovery, Recovery::Open(store, run, seal_key));
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
                         const FlagVisitor& visit, const std::optional<SealKey>& seal_key) {
  SIKU_TRY(const auto recovery, Recovery::Open(store, run, seal_key));
  SIKU_TRY(const auto steps, Steps(recovery, step));
  if (step.empty() && !recovery.Locked("")) {
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

Result<void> ForEachPage(Store& store, const std::string& run, const std::string& step,
                         const PageVisitor& visit, const std::optional<SealKey>& seal_key) {
  SIKU_TRY(const auto recovery, Recovery::Open(store, run, seal_key));
  SIKU_TRY(const auto steps, Steps(recovery, step));
  for (const int index : steps) {
    const std::string& name = recovery.file().graph[static_cast<size_t>(index)].name;
    if (!recovery.HasTable(kEditsTable, name) && !recovery.HasTable(kFlagsTable, name)) continue;
    SIKU_TRY(const bool more, VisitPages(recovery, index, visit));
    if (!more) break;
  }
  return {};
}

Result<void> ForEachReject(Store& store, const std::string& run, const std::string& step,
                           const RejectVisitor& visit, const std::optional<SealKey>& seal_key) {
  SIKU_TRY(const auto recovery, Recovery::Open(store, run, seal_key));
  SIKU_TRY(const auto steps, Steps(recovery, step));
  if (step.empty() && !recovery.Locked("")) {
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

Result<RunShape> ReadShape(Store& store, const std::string& run) {
  SIKU_TRY(const auto recovery, Recovery::Open(store, run));
  const RunFile& file = recovery.file();
  RunShape shape{.yaml = file.recipe,
                 .canonical = file.canonical,
                 .tables = file.tables,
                 .steps = {},
                 .sealed = file.seal.empty() ? std::vector<std::string>() : file.sealed,
                 .key_id = file.seal.key_id};
  for (const GraphNode& node : file.graph) {
    if (node.kind == GraphNode::Kind::kInput) continue;
    RunShape::Step step{node.name, node.op, node.column, {}, node.intervals};
    for (const PortId port : node.from) {
      step.from.push_back(file.graph[static_cast<size_t>(port.node)].name);
    }
    shape.steps.push_back(std::move(step));
  }
  return shape;
}

}  // namespace siku
