#include "broken_text.h"

#include <arrow/api.h>

#include <algorithm>
#include <map>

#include "../base/arrow_internal.h"
#include "../base/varint.h"
#include "siku/encoding.h"
#include "siku/residue.h"
#include "siku/utf8.h"

namespace siku {
namespace {

constexpr char kColumnsResidue = 'C';
constexpr int64_t kReplacementBytes = 3;

// The same values, none of them said to be text.
std::shared_ptr<arrow::ArrayData> AsBytes(const std::shared_ptr<arrow::ArrayData>& data) {
  auto bytes = data->Copy();
  switch (data->type->id()) {
    case arrow::Type::STRING:
      bytes->type = arrow::binary();
      break;
    case arrow::Type::LARGE_STRING:
      bytes->type = arrow::large_binary();
      break;
    case arrow::Type::STRING_VIEW:
      bytes->type = arrow::binary_view();
      break;
    case arrow::Type::DICTIONARY: {
      const auto& type = static_cast<const arrow::DictionaryType&>(*data->type);
      bytes->dictionary = AsBytes(data->dictionary);
      bytes->type = arrow::dictionary(type.index_type(), bytes->dictionary->type, type.ordered());
      break;
    }
    default:
      break;
  }
  return bytes;
}

// A column with other texts in some of its rows.
Result<std::shared_ptr<arrow::Array>> WithTexts(const arrow::LargeStringArray& texts,
                                                const std::map<int64_t, std::string>& others) {
  arrow::LargeStringBuilder builder;
  SIKU_TRY(FromArrow(builder.Reserve(texts.length())));
  auto other = others.begin();
  for (int64_t row = 0; row < texts.length(); ++row) {
    if (other != others.end() && other->first == row) {
      SIKU_TRY(FromArrow(builder.Append((other++)->second)));
    } else if (texts.IsNull(row)) {
      SIKU_TRY(FromArrow(builder.AppendNull()));
    } else {
      SIKU_TRY(FromArrow(builder.Append(texts.GetView(row))));
    }
  }
  return FromArrow(builder.Finish());
}

const arrow::LargeStringArray* TextsOf(const arrow::RecordBatch& rows, int column) {
  if (column < 0 || rows.column(column)->type_id() != arrow::Type::LARGE_STRING) return nullptr;
  return static_cast<const arrow::LargeStringArray*>(rows.column(column).get());
}

Result<std::vector<BrokenText>> ReadColumnsResidue(std::string_view residue) {
  VarintReader in(residue.substr(1));
  std::vector<BrokenText> broken(in.Count());
  for (BrokenText& one : broken) {
    one.column = in.Bytes(in.Integer());
    one.bytes = in.Bytes(in.Integer());
  }
  if (!in.done()) return Fail(Code::kData, "a residue cannot be read");
  return broken;
}

}  // namespace

std::string MakeColumnsResidue(const std::vector<BrokenText>& broken) {
  std::string out(1, kColumnsResidue);
  PutVarint(out, broken.size());
  for (const BrokenText& one : broken) {
    for (const std::string_view bytes : {one.column, one.bytes}) {
      PutVarint(out, bytes.size());
      out.append(bytes);
    }
  }
  return out;
}

Result<Batch> RestoreColumns(const Batch& batch) {
  const auto residues = std::dynamic_pointer_cast<arrow::LargeBinaryArray>(
      batch->GetColumnByName(std::string(kResidueColumn)));
  if (residues == nullptr) return batch;
  std::map<int, std::map<int64_t, std::string>> originals;  // by column and row
  for (int64_t row = 0; row < batch->num_rows(); ++row) {
    if (residues->IsNull(row) || !residues->GetView(row).starts_with(kColumnsResidue)) continue;
    SIKU_TRY(const auto broken, ReadColumnsResidue(residues->GetView(row)));
    for (const BrokenText& one : broken) {
      const int column = batch->schema()->GetFieldIndex(std::string(one.column));
      const auto* texts = TextsOf(*batch, column);
      if (texts == nullptr || texts->IsNull(row)) continue;
      // A text that was changed since stays as it is.
      if (Decode(one.bytes, Encoding::kUtf8).text != texts->GetView(row)) continue;
      originals[column].emplace(row, one.bytes);
    }
  }
  Batch restored = batch;
  for (const auto& [column, texts] : originals) {
    SIKU_TRY(const auto whole, WithTexts(*TextsOf(*batch, column), texts));
    SIKU_TRY(restored,
             FromArrow(restored->SetColumn(column, batch->schema()->field(column), whole)));
  }
  return restored;
}

namespace io {

bool OnlyTextIsBroken(const Batch& batch) {
  for (const auto& column : batch->column_data()) {
    if (!arrow::MakeArray(AsBytes(column))->ValidateFull().ok()) return false;
  }
  return true;
}

Result<Batch> MendTexts(const Batch& rows, std::vector<ReadFlag>& flags) {
  const auto& sources = static_cast<const arrow::Int32Array&>(*rows->column(0));
  const auto& positions = static_cast<const arrow::Int64Array&>(*rows->column(1));
  std::map<int64_t, std::vector<BrokenText>> broken;     // by row, columns in order
  std::map<int, std::map<int64_t, std::string>> mended;  // by column and row
  std::vector<ReadFlag> found;
  for (int column = 0; column < rows->num_columns(); ++column) {
    const auto* texts = TextsOf(*rows, column);
    if (texts == nullptr) continue;
    const std::string& name = rows->schema()->field(column)->name();
    for (int64_t row = 0; row < texts->length(); ++row) {
      if (texts->IsNull(row) || utf8::Valid(texts->GetView(row))) continue;
      broken[row].push_back({name, texts->GetView(row)});
      Decoded decoded = Decode(texts->GetView(row), Encoding::kUtf8);
      for (const size_t at : decoded.broken) {
        const auto begin = static_cast<int64_t>(at);
        found.push_back({sources.Value(row), positions.Value(row), "undecodable", name, begin,
                         begin + kReplacementBytes});
      }
      mended[column].emplace(row, std::move(decoded.text));
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const ReadFlag& a, const ReadFlag& b) { return a.position < b.position; });
  flags.insert(flags.end(), found.begin(), found.end());
  if (broken.empty()) return rows;
  arrow::LargeBinaryBuilder residues;
  for (int64_t row = 0; row < rows->num_rows(); ++row) {
    const auto one = broken.find(row);
    SIKU_TRY(FromArrow(one == broken.end() ? residues.AppendNull()
                                           : residues.Append(MakeColumnsResidue(one->second))));
  }
  const int residue = rows->schema()->GetFieldIndex(std::string(kResidueColumn));
  SIKU_TRY(const auto kept, FromArrow(residues.Finish()));
  SIKU_TRY(Batch sound, FromArrow(rows->SetColumn(residue, rows->schema()->field(residue), kept)));
  for (const auto& [column, texts] : mended) {
    SIKU_TRY(const auto whole, WithTexts(*TextsOf(*rows, column), texts));
    SIKU_TRY(sound, FromArrow(sound->SetColumn(column, rows->schema()->field(column), whole)));
  }
  return sound;
}

}  // namespace io
}  // namespace siku
