#include "recovery.h"

#include <arrow/api.h>

#include <algorithm>
#include <set>

#include "../base/arrow_internal.h"
#include "../objects/mirror.h"
#include "siku/columns.h"
#include "siku/ledger.h"
#include "task.h"

namespace siku::run {
namespace {

class VersionRows final : public RowStream {
 public:
  explicit VersionRows(std::unique_ptr<VersionReader> reader) : reader_(std::move(reader)) {}
  Result<Batch> Next() override { return reader_->Next(); }

 private:
  std::unique_ptr<VersionReader> reader_;
};

std::string_view BytesAt(const arrow::Array& array, int64_t row) {
  return static_cast<const arrow::LargeBinaryArray&>(array).GetView(row);
}

Result<Batch> WithText(const Batch& batch, const std::string& column,
                       const std::shared_ptr<arrow::Array>& texts) {
  const int index = batch->schema()->GetFieldIndex(column);
  const auto field = arrow::field(column, arrow::large_utf8());
  if (index >= 0) return FromArrow(batch->SetColumn(index, field, texts));
  return FromArrow(batch->AddColumn(batch->num_columns(), field, texts));
}

// Texts before the edits of one step.
class Reverted final : public RowStream {
 public:
  Reverted(RowStreamPtr rows, RowStreamPtr edits, std::string column)
      : rows_(std::move(rows)), edits_(std::move(edits), 1), column_(std::move(column)) {}
  Result<Batch> Next() override {
    if (!begun_) SIKU_TRY(edits_.Advance());
    begun_ = true;
    SIKU_TRY(auto batch, rows_->Next());
    if (batch == nullptr || edits_.done()) return batch;
    const Keys keys(batch);
    const auto column = batch->GetColumnByName(column_);
    arrow::LargeStringBuilder builder;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      if (column->IsNull(row)) {
        SIKU_TRY(FromArrow(builder.AppendNull()));
        continue;
      }
      const std::string_view text = BytesAt(*column, row);
      if (edits_.done() || keys.key(row) != edits_.key()) {
        SIKU_TRY(FromArrow(builder.Append(text)));
        continue;
      }
      const auto deltas = edits_.batch()->GetColumnByName("delta");
      SIKU_TRY(const auto before, RevertDelta(text, BytesAt(*deltas, edits_.row())));
      SIKU_TRY(FromArrow(builder.Append(before)));
      SIKU_TRY(edits_.Advance());
    }
    SIKU_TRY(auto texts, FromArrow(builder.Finish()));
    return WithText(batch, column_, texts);
  }

 private:
  RowStreamPtr rows_;
  RowCursor edits_;
  std::string column_;
  bool begun_ = false;
};

// Rows with the residues that a concealing step took off them.
class WithResidues final : public RowStream {
 public:
  WithResidues(RowStreamPtr rows, RowStreamPtr residues)
      : rows_(std::move(rows)), residues_(std::move(residues)) {}
  Result<Batch> Next() override {
    if (!begun_) SIKU_TRY(residues_.Advance());
    begun_ = true;
    SIKU_TRY(auto batch, rows_->Next());
    if (batch == nullptr) return batch;
    const Keys keys(batch);
    arrow::LargeBinaryBuilder builder;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      if (residues_.done() || keys.key(row) != residues_.key()) {
        SIKU_TRY(FromArrow(builder.AppendNull()));
        continue;
      }
      const Batch& kept = residues_.batch();
      SIKU_TRY(
          FromArrow(builder.Append(BytesAt(*kept->column(kHiddenColumns - 1), residues_.row()))));
      SIKU_TRY(residues_.Advance());
    }
    SIKU_TRY(auto column, FromArrow(builder.Finish()));
    constexpr int kResidue = kHiddenColumns - 1;
    return FromArrow(batch->SetColumn(kResidue, batch->schema()->field(kResidue), column));
  }

 private:
  RowStreamPtr rows_;
  RowCursor residues_;
  bool begun_ = false;
};

bool IsChildOf(const RowKey& child, const RowKey& parent) {
  return child.source == parent.source && child.position == parent.position &&
         child.child.size() == parent.child.size() + 4 && child.child.starts_with(parent.child);
}

uint32_t Ordinal(const RowKey& key) {
  uint32_t ordinal = 0;
  for (size_t i = key.child.size() - 4; i < key.child.size(); ++i) {
    ordinal = (ordinal << 8) | static_cast<uint8_t>(key.child[i]);
  }
  return ordinal;
}

// Parents from their children.
class JoinedParents final : public RowStream {
 public:
  JoinedParents(RowStreamPtr parents, std::string column)
      : parents_(std::move(parents)), column_(std::move(column)) {}
  void AddPort(size_t port, RowStreamPtr children) {
    children_.emplace(port, RowCursor(std::move(children)));
  }
  Result<Batch> Next() override {
    if (!begun_) {
      for (auto& [port, cursor] : children_) SIKU_TRY(cursor.Advance());
      begun_ = true;
    }
    SIKU_TRY(auto stored, parents_->Next());
    if (stored == nullptr) return stored;
    const auto parts = stored->column(0);
    SIKU_TRY(auto batch, FromArrow(stored->RemoveColumn(0)));
    const Keys keys(batch);
    arrow::LargeStringBuilder builder;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      SIKU_TRY(const auto texts, Children(keys.key(row)));
      const std::string_view encoded = BytesAt(*parts, row);
      if (encoded.empty()) {
        SIKU_TRY(FromArrow(builder.AppendNull()));
        continue;
      }
      SIKU_TRY(const auto decoded, DecodeParts(encoded));
      std::vector<std::string_view> ordered;
      for (const ChildPart& part : decoded.parts) {
        const auto text = texts.find({part.port, part.ordinal});
        if (text == texts.end()) {
          return Fail(Code::kData, "the ledger does not fit the text it is applied to");
        }
        ordered.push_back(text->second);
      }
      SIKU_TRY(const auto parent, JoinParts(decoded, ordered));
      SIKU_TRY(FromArrow(builder.Append(parent)));
    }
    SIKU_TRY(auto joined, FromArrow(builder.Finish()));
    return WithText(batch, column_, joined);
  }

 private:
  using Texts = std::map<std::pair<size_t, uint32_t>, std::string>;
  Result<Texts> Children(const RowKey& parent) {
    Texts texts;
    for (auto& [port, cursor] : children_) {
      while (!cursor.done() && IsChildOf(cursor.key(), parent)) {
        const auto column = cursor.batch()->GetColumnByName(column_);
        if (!column->IsNull(cursor.row())) {
          texts[{port, Ordinal(cursor.key())}] = BytesAt(*column, cursor.row());
        }
        SIKU_TRY(cursor.Advance());
      }
    }
    return texts;
  }
  RowStreamPtr parents_;
  std::string column_;
  std::map<size_t, RowCursor> children_{};
  bool begun_ = false;
};

Result<Batch> Columns(const Batch& batch, const std::vector<std::string>& names) {
  std::vector<int> indices = {0, 1, 2, 3};
  for (const std::string& name : names) indices.push_back(batch->schema()->GetFieldIndex(name));
  return FromArrow(batch->SelectColumns(indices));
}

Result<Batch> WithoutBranch(const Batch& batch) {
  const auto& children = static_cast<const arrow::BinaryArray&>(*batch->column(2));
  arrow::BinaryBuilder builder;
  for (int64_t row = 0; row < batch->num_rows(); ++row) {
    std::string_view child = children.GetView(row);
    child.remove_suffix(4);
    SIKU_TRY(FromArrow(builder.Append(child)));
  }
  SIKU_TRY(auto stripped, FromArrow(builder.Finish()));
  return FromArrow(batch->SetColumn(2, batch->schema()->field(2), stripped));
}

}  // namespace

Result<Recovery> Recovery::Open(Store& store, const std::string& run,
                                const std::optional<SealKey>& seal_key) {
  Recovery recovery(store);
  SIKU_TRY(recovery.summary_, ReadSummary(store, run));
  recovery.folder_ = store.RunFolder(recovery.summary_.run);
  SIKU_TRY(recovery.file_, ReadRunFile(recovery.folder_));
  if (seal_key.has_value()) {
    SIKU_TRY(recovery.key_, OpenRunKey(recovery.file_.seal, seal_key));
  }
  for (int stage = 0; stage < StagesOf(recovery.file_); ++stage) {
    for (int split = 0; split < static_cast<int>(recovery.file_.splits.size()); ++split) {
      SIKU_TRY(const auto task, LoadTask(recovery.folder_, stage, split));
      for (const LedgerFile& table : task.ledger) {
        const std::string path = recovery.folder_ + "/ledger/" + table.file;
        Expect(path, table.sha256);
        recovery.tables_[{table.table, table.step}].push_back(path);
      }
    }
  }
  return recovery;
}

RowStreamPtr Recovery::Table(std::string_view table, const std::string& step) const {
  const auto found = tables_.find({std::string(table), step});
  return ReadTables(found == tables_.end() ? std::vector<std::string>() : found->second, key_);
}

Result<void> Recovery::RequireKey() const {
  if (key_ != nullptr) return {};
  auto none = OpenRunKey(file_.seal, std::nullopt);
  if (none.has_value()) return {};
  return tl::make_unexpected(std::move(none).error());
}

bool Recovery::Locked(const std::string& step) const {
  return key_ == nullptr && !file_.seal.empty() &&
         std::find(file_.sealed.begin(), file_.sealed.end(), step) != file_.sealed.end();
}

bool Recovery::HasTable(std::string_view table, const std::string& step) const {
  return tables_.contains({std::string(table), step});
}

Result<RowStreamPtr> Recovery::Version(const std::string& dataset) const {
  for (const OutputSummary& output : summary_.outputs) {
    if (output.dataset != dataset) continue;
    SIKU_TRY(const auto version, store_->FindVersion(dataset + "@" + output.content));
    SIKU_TRY(const auto manifest, store_->ReadManifest(version));
    SIKU_TRY(auto reader, VersionReader::Open(*store_, manifest));
    return std::make_unique<VersionRows>(std::move(reader));
  }
  return Fail(Code::kData, "the run's summary lacks an output", dataset, summary_.run);
}

Result<RowStreamPtr> Recovery::Rows(PortId port) const {
  for (const auto& [dataset, from] : file_.outputs) {
    if (from == port) return Version(dataset);
  }
  if (std::find(file_.discards.begin(), file_.discards.end(), port) != file_.discards.end()) {
    const GraphNode& node = Node(port.node);
    const std::string name = node.ports.empty()
                                 ? node.name
                                 : node.name + "." + node.ports[static_cast<size_t>(port.port)];
    return Table(kDiscardsTable, name);
  }
  for (int reader = 0; reader < static_cast<int>(file_.graph.size()); ++reader) {
    const auto& from = Node(reader).from;
    const auto at = std::find(from.begin(), from.end(), port);
    if (at == from.end()) continue;
    SIKU_TRY(auto inputs, Inputs(reader));
    return Of(std::move(inputs), reader, static_cast<size_t>(at - from.begin()));
  }
  return Fail(Code::kData, "nothing in the run read this port", Node(port.node).name, summary_.run);
}

Result<RowStreamPtr> Recovery::Outputs(int node) const {
  std::vector<RowStreamPtr> ports;
  // The second port of a global step has rows about rows, not the rows.
  const int count =
      Node(node).kind == GraphNode::Kind::kGlobal ? 1 : static_cast<int>(Node(node).columns.size());
  for (int port = 0; port < count; ++port) {
    SIKU_TRY(auto rows, Rows({node, port}));
    ports.push_back(std::move(rows));
  }
  return Merge(std::move(ports));
}

// Everything a step was given, from all it read.
Result<RowStreamPtr> Recovery::Inputs(int node) const {
  const GraphNode& step = Node(node);
  std::vector<RowStreamPtr> fates;
  if (step.kind == GraphNode::Kind::kExpand) {
    SIKU_TRY(auto joined, Joined(node));
    fates.push_back(std::move(joined));
  } else {
    SIKU_TRY(auto outputs, Outputs(node));
    if (HasTable(kEditsTable, step.name)) {
      outputs = std::make_unique<Reverted>(std::move(outputs), Table(kEditsTable, step.name),
                                           step.column);
    }
    if (HasTable(kResiduesTable, step.name)) {
      outputs =
          std::make_unique<WithResidues>(std::move(outputs), Table(kResiduesTable, step.name));
    }
    fates.push_back(std::move(outputs));
  }
  if (HasTable(kRejectsTable, step.name)) {
    fates.push_back(Map(Table(kRejectsTable, step.name), [](const Batch& batch) -> Result<Batch> {
      std::vector<int> indices;
      for (int i = kRejectColumns; i < batch->num_columns(); ++i) indices.push_back(i);
      return FromArrow(batch->SelectColumns(indices));
    }));
  }
  return Merge(std::move(fates));
}

Result<RowStreamPtr> Recovery::Joined(int node) const {
  const GraphNode& step = Node(node);
  auto joined = std::make_unique<JoinedParents>(Table(kPartsTable, step.name), step.column);
  for (size_t port = 0; port < step.columns.size(); ++port) {
    const auto& columns = step.columns[port];
    if (std::find(columns.begin(), columns.end(), step.column) == columns.end()) continue;
    SIKU_TRY(auto children, Rows({node, static_cast<int>(port)}));
    joined->AddPort(port, std::move(children));
  }
  return joined;
}

// Of a step's input rows those that came from its `branch`-th reference, as they were there.
RowStreamPtr Recovery::Of(RowStreamPtr inputs, int node, size_t branch) const {
  const GraphNode& step = Node(node);
  const PortId port = step.from[branch];
  const auto columns = Node(port.node).columns[static_cast<size_t>(port.port)];
  if (step.from.size() == 1) {
    return Map(std::move(inputs),
               [columns](const Batch& batch) { return Columns(batch, columns); });
  }
  std::set<int> sources;
  const auto& mine = Node(port.node).inputs;
  for (const Source& source : file_.sources) {
    if (std::find(mine.begin(), mine.end(), source.input) != mine.end()) {
      sources.insert(source.ordinal);
    }
  }
  const bool branches = step.branches;
  const std::string suffix = BigEndian(static_cast<uint32_t>(branch));
  return Map(std::move(inputs), [=](const Batch& batch) -> Result<Batch> {
    const Keys keys(batch);
    std::vector<int32_t> rows;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      const RowKey key = keys.key(row);
      if (branches ? key.child.ends_with(suffix) : sources.contains(key.source)) {
        rows.push_back(row);
      }
    }
    SIKU_TRY(auto chosen, TakeRows(batch, rows));
    SIKU_TRY(chosen, Columns(chosen, columns));
    return branches ? WithoutBranch(chosen) : chosen;
  });
}

}  // namespace siku::run
