#include "verdicts.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>

#include <algorithm>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "../base/varint.h"
#include "../objects/mirror.h"
#include "key_columns.h"
#include "rows.h"

namespace siku::run {
namespace {

Schema VerdictSchema() {
  arrow::FieldVector fields = KeyFields("", false);
  fields.push_back(arrow::field("reason", arrow::utf8(), false));
  fields.push_back(arrow::field("detail", arrow::large_utf8(), false));
  for (auto& field : KeyFields("partner_", true)) fields.push_back(std::move(field));
  fields.push_back(arrow::field("edits", arrow::large_binary(), false));
  return arrow::schema(std::move(fields));
}

// Rule, confidence, begin, length, and what stands there afterwards.
std::string EncodeEdits(const std::vector<Edit>& edits) {
  std::string out;
  for (const Edit& edit : edits) {
    PutVarint(out, edit.rule);
    PutVarint(out, edit.confidence);
    PutVarint(out, static_cast<uint64_t>(edit.begin));
    PutVarint(out, static_cast<uint64_t>(edit.end - edit.begin));
    PutVarint(out, edit.after.size());
    out += edit.after;
  }
  return out;
}

Result<std::vector<Edit>> DecodeEdits(std::string_view bytes) {
  std::vector<Edit> edits;
  VarintReader reader(bytes);
  while (reader.ok() && !reader.done()) {
    Edit edit;
    edit.rule = static_cast<uint16_t>(reader.Integer());
    edit.confidence = static_cast<uint16_t>(reader.Integer());
    edit.begin = static_cast<int64_t>(reader.Integer());
    edit.end = edit.begin + static_cast<int64_t>(reader.Integer());
    edit.after = reader.Bytes(reader.Count());
    edits.push_back(std::move(edit));
  }
  if (!reader.ok()) return Fail(Code::kData, "a file of verdicts cannot be read");
  return edits;
}

Result<Batch> VerdictBatch(const std::vector<RowVerdict>& rows) {
  KeyBuilder keys, partners;
  arrow::StringBuilder reason;
  arrow::LargeStringBuilder detail;
  arrow::LargeBinaryBuilder edits;
  for (const RowVerdict& row : rows) {
    SIKU_TRY(keys.Append(row.key));
    SIKU_TRY(FromArrow(reason.Append(row.reason)));
    SIKU_TRY(FromArrow(detail.Append(row.detail)));
    SIKU_TRY(row.partner.has_value() ? partners.Append(*row.partner) : partners.AppendNull());
    SIKU_TRY(FromArrow(edits.Append(EncodeEdits(row.edits))));
  }
  arrow::ArrayVector columns;
  SIKU_TRY(keys.Finish(columns));
  SIKU_TRY(columns.emplace_back(), FromArrow(reason.Finish()));
  SIKU_TRY(columns.emplace_back(), FromArrow(detail.Finish()));
  SIKU_TRY(partners.Finish(columns));
  SIKU_TRY(columns.emplace_back(), FromArrow(edits.Finish()));
  return arrow::RecordBatch::Make(VerdictSchema(), static_cast<int64_t>(rows.size()), columns);
}

Result<void> ReadInto(const Batch& batch, std::vector<RowVerdict>& verdicts) {
  const Keys keys(batch);
  const auto& reason = static_cast<const arrow::StringArray&>(*batch->column(3));
  const auto& detail = static_cast<const arrow::LargeStringArray&>(*batch->column(4));
  const auto& source = static_cast<const arrow::Int32Array&>(*batch->column(5));
  const auto& position = static_cast<const arrow::Int64Array&>(*batch->column(6));
  const auto& child = static_cast<const arrow::BinaryArray&>(*batch->column(7));
  const auto& edits = static_cast<const arrow::LargeBinaryArray&>(*batch->column(8));
  for (int32_t row = 0; row < batch->num_rows(); ++row) {
    RowVerdict verdict{keys.key(row), reason.GetString(row), detail.GetString(row)};
    if (!source.IsNull(row)) {
      verdict.partner = RowKey{source.Value(row), position.Value(row), child.GetString(row)};
    }
    SIKU_TRY(verdict.edits, DecodeEdits(edits.GetView(row)));
    verdicts.push_back(std::move(verdict));
  }
  return {};
}

}  // namespace

struct VerdictFile::State {
  std::string path;
  std::shared_ptr<arrow::io::FileOutputStream> file;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer;
};

VerdictFile::VerdictFile() : state_(std::make_unique<State>()) {}
VerdictFile::~VerdictFile() = default;

Result<std::unique_ptr<VerdictFile>> VerdictFile::Create(const std::string& path) {
  std::unique_ptr<VerdictFile> file(new VerdictFile());
  State& state = *file->state_;
  state.path = path;
  SIKU_TRY(state.file, FromArrow(arrow::io::FileOutputStream::Open(path)));
  SIKU_TRY(state.writer, FromArrow(arrow::ipc::MakeFileWriter(state.file, VerdictSchema())));
  return file;
}

Result<void> VerdictFile::Add(const std::vector<RowVerdict>& split) {
  SIKU_TRY(auto batch, VerdictBatch(split));
  return FromArrow(state_->writer->WriteRecordBatch(*batch));
}

Result<void> VerdictFile::Close() {
  SIKU_TRY(FromArrow(state_->writer->Close()));
  SIKU_TRY(FromArrow(state_->file->Close()));
  return SyncFile(state_->path);
}

Result<std::vector<RowVerdict>> ReadVerdicts(const std::vector<std::string>& files, int split) {
  std::vector<RowVerdict> verdicts;
  for (const std::string& path : files) {
    SIKU_TRY(Bring(path));
    SIKU_TRY(auto file, FromArrow(arrow::io::ReadableFile::Open(path)));
    SIKU_TRY(auto reader, FromArrow(arrow::ipc::RecordBatchFileReader::Open(file)));
    SIKU_TRY(auto batch, FromArrow(reader->ReadRecordBatch(split)));
    SIKU_TRY(ReadInto(batch, verdicts));
  }
  std::sort(verdicts.begin(), verdicts.end(),
            [](const RowVerdict& a, const RowVerdict& b) { return a.key < b.key; });
  return verdicts;
}

}  // namespace siku::run
