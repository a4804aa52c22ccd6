#include "task_ledger.h"

#include <arrow/api.h>

#include "../base/arrow_internal.h"
#include "key_columns.h"
#include "siku/sha256.h"

namespace siku::run {
namespace {

Schema Joined(const arrow::FieldVector& first, const arrow::FieldVector& second) {
  arrow::FieldVector fields = first;
  fields.insert(fields.end(), second.begin(), second.end());
  return arrow::schema(std::move(fields));
}

Result<void> FinishInto(arrow::ArrayBuilder& builder, arrow::ArrayVector& columns) {
  SIKU_TRY(auto array, FromArrow(builder.Finish()));
  columns.push_back(std::move(array));
  return {};
}

Result<Batch> EditBatch(const std::string& step, const std::vector<StepLedger::EditRow>& rows) {
  arrow::StringBuilder steps;
  KeyBuilder keys;
  arrow::LargeBinaryBuilder deltas;
  for (const auto& row : rows) {
    SIKU_TRY(FromArrow(steps.Append(step)));
    SIKU_TRY(keys.Append(row.key));
    SIKU_TRY(FromArrow(deltas.Append(row.delta)));
  }
  arrow::ArrayVector columns;
  SIKU_TRY(FinishInto(steps, columns));
  SIKU_TRY(keys.Finish(columns));
  SIKU_TRY(FinishInto(deltas, columns));
  return arrow::RecordBatch::Make(EditsSchema(), static_cast<int64_t>(rows.size()), columns);
}

Result<Batch> FlagBatch(const std::string& step, const Record& record,
                        const std::vector<StepLedger::FlagRow>& rows) {
  arrow::StringBuilder steps, kinds, rules;
  KeyBuilder keys;
  arrow::Int64Builder begins, ends;
  arrow::LargeStringBuilder details, proposals;
  arrow::Int16Builder confidences;
  const auto others = std::make_shared<arrow::LargeStringBuilder>();
  arrow::ListBuilder alternatives(arrow::default_memory_pool(), others);
  for (const auto& [key, flag] : rows) {
    SIKU_TRY(FromArrow(steps.Append(step)));
    SIKU_TRY(keys.Append(key));
    SIKU_TRY(FromArrow(begins.Append(flag.begin)));
    SIKU_TRY(FromArrow(ends.Append(flag.end)));
    SIKU_TRY(FromArrow(kinds.Append(record.flags[flag.kind].name)));
    SIKU_TRY(FromArrow(details.Append(flag.detail)));
    SIKU_TRY(FromArrow(alternatives.Append()));
    for (const std::string& other : flag.alternatives) SIKU_TRY(FromArrow(others->Append(other)));
    if (flag.proposal.has_value()) {
      SIKU_TRY(FromArrow(proposals.Append(*flag.proposal)));
      SIKU_TRY(FromArrow(rules.Append(record.rules[flag.rule].name)));
      SIKU_TRY(FromArrow(confidences.Append(static_cast<int16_t>(flag.confidence))));
    } else {
      SIKU_TRY(FromArrow(proposals.AppendNull()));
      SIKU_TRY(FromArrow(rules.AppendNull()));
      SIKU_TRY(FromArrow(confidences.AppendNull()));
    }
  }
  arrow::ArrayVector columns;
  SIKU_TRY(FinishInto(steps, columns));
  SIKU_TRY(keys.Finish(columns));
  for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
           &begins, &ends, &kinds, &details, &proposals, &rules, &confidences, &alternatives}) {
    SIKU_TRY(FinishInto(*builder, columns));
  }
  return arrow::RecordBatch::Make(FlagsSchema(), static_cast<int64_t>(rows.size()), columns);
}

Result<Batch> RejectBatch(const StepLedger& ledger) {
  arrow::StringBuilder reasons;
  arrow::LargeStringBuilder details;
  KeyBuilder partners;
  for (const auto& reject : ledger.rejects) {
    SIKU_TRY(FromArrow(reasons.Append(reject.reason)));
    SIKU_TRY(FromArrow(details.Append(reject.detail)));
    SIKU_TRY(reject.partner.has_value() ? partners.Append(*reject.partner) : partners.AppendNull());
  }
  arrow::ArrayVector columns;
  SIKU_TRY(FinishInto(reasons, columns));
  SIKU_TRY(FinishInto(details, columns));
  SIKU_TRY(partners.Finish(columns));
  for (const auto& column : ledger.rejected_rows->columns()) columns.push_back(column);
  return arrow::RecordBatch::Make(RejectsSchema(ledger.rejected_rows->schema()),
                                  ledger.rejected_rows->num_rows(), columns);
}

Result<Batch> PartsBatch(const StepLedger& ledger) {
  arrow::LargeBinaryBuilder parts;
  for (const auto& row : ledger.parts) SIKU_TRY(FromArrow(parts.Append(row.delta)));
  arrow::ArrayVector columns;
  SIKU_TRY(FinishInto(parts, columns));
  for (const auto& column : ledger.parents->columns()) columns.push_back(column);
  return arrow::RecordBatch::Make(PartsSchema(ledger.parents->schema()), ledger.parents->num_rows(),
                                  columns);
}

}  // namespace

Schema EditsSchema() {
  return Joined(
      Joined({arrow::field("step", arrow::utf8(), false)}, KeyFields("", false))->fields(),
      {arrow::field("delta", arrow::large_binary(), false)});
}

Schema FlagsSchema() {
  return Joined(
      Joined({arrow::field("step", arrow::utf8(), false)}, KeyFields("", false))->fields(),
      {arrow::field("begin", arrow::int64(), false), arrow::field("end", arrow::int64(), false),
       arrow::field("kind", arrow::utf8(), false),
       arrow::field("detail", arrow::large_utf8(), false),
       arrow::field("proposal", arrow::large_utf8()), arrow::field("rule", arrow::utf8()),
       arrow::field("confidence", arrow::int16()),
       arrow::field("alternatives", arrow::list(arrow::large_utf8()), false)});
}

Schema RejectsSchema(const Schema& rows) {
  return Joined(Joined({arrow::field("reason", arrow::utf8(), false),
                        arrow::field("detail", arrow::large_utf8(), false)},
                       KeyFields("partner_", true))
                    ->fields(),
                rows->fields());
}

Schema PartsSchema(const Schema& rows) {
  return Joined({arrow::field("parts", arrow::large_binary(), false)}, rows->fields());
}

Result<Batch> BadRowBatch(const std::vector<BadRow>& rows) {
  arrow::Int32Builder sources;
  arrow::Int64Builder positions, bytes;
  arrow::StringBuilder reasons, hashes;
  arrow::LargeStringBuilder details;
  arrow::LargeBinaryBuilder raws;
  for (const BadRow& row : rows) {
    SIKU_TRY(FromArrow(sources.Append(row.source)));
    SIKU_TRY(FromArrow(positions.Append(row.position)));
    SIKU_TRY(FromArrow(reasons.Append(row.reason)));
    SIKU_TRY(FromArrow(details.Append(row.detail)));
    SIKU_TRY(FromArrow(bytes.Append(row.bytes)));
    SIKU_TRY(FromArrow(row.sha256.empty() ? hashes.AppendNull() : hashes.Append(row.sha256)));
    SIKU_TRY(FromArrow(row.sha256.empty() ? raws.Append(row.raw) : raws.AppendNull()));
  }
  arrow::ArrayVector columns;
  for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
           &sources, &positions, &reasons, &details, &bytes, &hashes, &raws}) {
    SIKU_TRY(FinishInto(*builder, columns));
  }
  const auto schema = arrow::schema({arrow::field("source", arrow::int32(), false),
                                     arrow::field("position", arrow::int64(), false),
                                     arrow::field("reason", arrow::utf8(), false),
                                     arrow::field("detail", arrow::large_utf8(), false),
                                     arrow::field("bytes", arrow::int64(), false),
                                     arrow::field("sha256", arrow::utf8()),
                                     arrow::field("raw", arrow::large_binary())});
  return arrow::RecordBatch::Make(schema, static_cast<int64_t>(rows.size()), columns);
}

Result<Batch> ReadFlagBatch(const std::vector<ReadFlag>& flags) {
  Record record;
  std::vector<StepLedger::FlagRow> rows;
  for (const ReadFlag& flag : flags) {
    size_t kind = 0;
    while (kind < record.flags.size() && record.flags[kind].name != flag.kind) ++kind;
    if (kind == record.flags.size()) record.flags.push_back({flag.kind, "", ""});
    rows.push_back({{flag.source, flag.position},
                    {.begin = flag.begin,
                     .end = flag.end,
                     .kind = static_cast<uint16_t>(kind),
                     .detail = flag.column}});
  }
  return FlagBatch("", record, rows);
}

Result<void> TaskLedger::AddTable(std::string_view table, const std::string& step,
                                  const Batch& rows) {
  Open& open = open_[{std::string(table), step}];
  if (open.spool == nullptr) {
    open.file = prefix_ + "." + std::string(table) + (step.empty() ? "" : "." + step) + ".parquet";
    SIKU_TRY(open.spool,
             Spool::Create(folder_ + "/" + open.file, rows->schema(), SpoolFormat::kParquet,
                           sealed_.contains(step) ? key_ : nullptr));
  }
  return open.spool->Write(rows);
}

Result<void> TaskLedger::Add(const std::string& step, const Record& record,
                             const StepLedger& ledger) {
  if (!ledger.edits.empty()) {
    SIKU_TRY(auto rows, EditBatch(step, ledger.edits));
    SIKU_TRY(AddTable(kEditsTable, step, rows));
  }
  if (!ledger.flags.empty()) {
    SIKU_TRY(auto rows, FlagBatch(step, record, ledger.flags));
    SIKU_TRY(AddTable(kFlagsTable, step, rows));
  }
  if (!ledger.rejects.empty()) {
    SIKU_TRY(auto rows, RejectBatch(ledger));
    SIKU_TRY(AddTable(kRejectsTable, step, rows));
  }
  if (!ledger.parts.empty()) {
    SIKU_TRY(auto rows, PartsBatch(ledger));
    SIKU_TRY(AddTable(kPartsTable, step, rows));
  }
  return {};
}

Result<std::vector<LedgerFile>> TaskLedger::Close() {
  std::vector<LedgerFile> files;
  for (auto& [name, open] : open_) {
    SIKU_TRY(auto bytes, open.spool->Close());
    SIKU_TRY(auto hash, Sha256HexOfFile(folder_ + "/" + open.file));
    files.push_back({name.first, name.second, open.file, bytes, std::move(hash)});
  }
  open_.clear();
  return files;
}

}  // namespace siku::run
