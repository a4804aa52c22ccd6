// JSON lines, CSV and texts.
#include <arrow/api.h>

#include "../base/arrow_internal.h"
#include "csv_cells.h"
#include "json_array.h"
#include "json_line.h"
#include "json_template.h"
#include "json_value.h"
#include "row_writers.h"
#include "siku/csv.h"

namespace siku::io {
namespace {

constexpr size_t kFlushBytes = 1 << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// What the two have in common: bytes that gather until they are worth a write.
class LineWriter : public RowWriter {
 public:
  LineWriter(std::unique_ptr<OutputFile> output, Schema schema)
      : output_(std::move(output)), schema_(std::move(schema)) {}

  Result<void> Write(const Batch& rows) override {
    SIKU_TRY(CheckColumns(*schema_, *rows->schema()));
    Start(*rows);
    for (int64_t row = 0; row < rows->num_rows(); ++row) {
      SIKU_TRY(Append(*rows, row));
      if (buffer_.size() >= kFlushBytes) SIKU_TRY(Flush());
    }
    return {};
  }
  Result<int64_t> Close() override {
    SIKU_TRY(Flush());
    return output_->Finish();
  }

 protected:
  virtual void Start(const arrow::RecordBatch& rows) = 0;
  virtual Result<void> Append(const arrow::RecordBatch& rows, int64_t row) = 0;

  bool first_ = true;  // nothing has been written
  std::string buffer_{};

 private:
  Result<void> Flush() {
    const auto written =
        FromArrow(output_->stream().Write(buffer_.data(), static_cast<int64_t>(buffer_.size())));
    buffer_.clear();
    if (!written.has_value()) return output_->Failed(written.error());
    return {};
  }

  std::unique_ptr<OutputFile> output_;
  Schema schema_;
};

class JsonWriter final : public LineWriter {
 public:
  JsonWriter(std::unique_ptr<OutputFile> output, const Schema& schema)
      : LineWriter(std::move(output), schema),
        columns_(*schema),
        residue_(schema->GetFieldIndex(std::string(kResidueColumn))) {}

 private:
  void Start(const arrow::RecordBatch& rows) override {
    values_.clear();
    for (const UserColumn& column : columns_) values_.push_back(rows.column(column.index));
    residues_ = residue_ < 0
                    ? nullptr
                    : std::dynamic_pointer_cast<arrow::LargeBinaryArray>(rows.column(residue_));
  }
  Result<void> Append(const arrow::RecordBatch&, int64_t row) override {
    const size_t begin = buffer_.size();
    const std::string_view residue = residues_ == nullptr || residues_->IsNull(row)
                                         ? std::string_view()
                                         : residues_->GetView(row);
    if (IsJsonResidue(residue)) {
      SIKU_TRY(Fill(residue, row));
    } else {
      AppendMembers(row);
    }
    // A mark belongs at the start of a file; here other files' lines may come before.
    if (!first_ && std::string_view(buffer_).substr(begin).starts_with(kByteOrderMark)) {
      buffer_.erase(begin, kByteOrderMark.size());
    }
    if (buffer_.back() != '\n') buffer_.push_back('\n');
    first_ = false;
    return {};
  }

  void AppendMembers(int64_t row) {
    buffer_.push_back('{');
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (values_[i]->IsNull(row)) continue;
      if (buffer_.back() != '{') buffer_.push_back(',');
      columns_[i].AppendMember(*values_[i], row, buffer_);
    }
    buffer_.push_back('}');
  }

  // The line as it was, with the values of today.
  Result<void> Fill(std::string_view residue, int64_t row) {
    SIKU_TRY(const JsonTemplate form, ReadTemplate(residue));
    const size_t begin = buffer_.size();
    in_line_.assign(columns_.size(), false);
    size_t guess = 0;
    for (const Hole& hole : form.holes) {
      buffer_.append(hole.literal);
      const size_t column = columns_.Find(hole.column, guess);
      guess = column + 1;
      if (column == columns_.size()) {
        buffer_.append("null");  // the column was dropped
        continue;
      }
      in_line_[column] = true;
      const size_t value = buffer_.size();
      const bool raw = hole.spelling == Spelling::kRaw;
      columns_[column].AppendValue(*values_[column], row,
                                   raw ? Spelling::kCanonical : hole.spelling, buffer_);
      if (raw && SaysTheSame(hole.raw, std::string_view(buffer_).substr(value))) {
        buffer_.replace(value, std::string::npos, hole.raw);
      }
    }
    buffer_.append(form.tail);
    if (const auto line = LineOfElement(std::string_view(buffer_).substr(begin))) {
      buffer_.replace(begin, std::string::npos, *line);
    }
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (!in_line_[i] && !values_[i]->IsNull(row)) return AddMembers(begin, row);
    }
    return {};
  }

  // Columns that an operator added: over a member of the name where the line has one, else behind.
  Result<void> AddMembers(size_t begin, int64_t row) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (in_line_[i] || values_[i]->IsNull(row)) continue;
      std::string_view line = std::string_view(buffer_).substr(begin);
      const size_t mark = line.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
      if (!line_.Parse(line.substr(mark))) {
        return Fail(Code::kData, "a residue cannot be read", line_.error());
      }
      const auto& members = line_.members();
      const auto found = std::find_if(members.rbegin(), members.rend(), [&](const Member& member) {
        return member.key == columns_[i].name;
      });
      added_.clear();
      if (found != members.rend()) {
        columns_[i].AppendValue(*values_[i], row, Spelling::kCanonical, added_);
        buffer_.replace(begin + mark + found->begin, found->end - found->begin, added_);
        continue;
      }
      if (!members.empty()) added_.push_back(',');
      columns_[i].AppendMember(*values_[i], row, added_);
      const size_t end = members.empty() ? line.rfind('}') : mark + members.back().end;
      buffer_.insert(begin + end, added_);
    }
    return {};
  }

  UserColumns columns_;
  int residue_;
  arrow::ArrayVector values_{};
  std::shared_ptr<arrow::LargeBinaryArray> residues_{};
  std::vector<bool> in_line_{};
  JsonLine line_{};
  std::string added_{};
};

// Whether a spreadsheet would take the cell for a formula (OWASP, "CSV Injection").
bool LooksLikeFormula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
}

class CsvWriter final : public LineWriter {
 public:
  CsvWriter(std::unique_ptr<OutputFile> output, const Schema& schema, bool for_spreadsheets)
      : LineWriter(std::move(output), schema),
        columns_(*schema),
        for_spreadsheets_(for_spreadsheets) {
    if (for_spreadsheets_) buffer_ = kByteOrderMark;
    for (const UserColumn& column : columns_) {
      if (&column != &columns_[0]) buffer_.push_back(',');
      AppendCell(column.name);
    }
    EndLine();
  }

 private:
  void Start(const arrow::RecordBatch& rows) override {
    values_.clear();
    for (const UserColumn& column : columns_) values_.push_back(rows.column(column.index));
  }
  Result<void> Append(const arrow::RecordBatch&, int64_t row) override {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) buffer_.push_back(',');
      const arrow::Array& values = *values_[i];
      if (IsText(*values.type())) {
        if (values.IsValid(row)) AppendCell(TextAt(values, row));
      } else if (const auto text = CsvCellText(values, row)) {
        AppendCsvField(*text, ',', false, buffer_);
      }
    }
    EndLine();
    return {};
  }
  void AppendCell(std::string_view text) {
    if (!for_spreadsheets_ || !LooksLikeFormula(text)) {
      return AppendCsvField(text, ',', false, buffer_);
    }
    cell_.assign(1, '\'').append(text);
    AppendCsvField(cell_, ',', false, buffer_);
  }
  void EndLine() { buffer_.append(for_spreadsheets_ ? "\r\n" : "\n"); }

  UserColumns columns_;
  bool for_spreadsheets_;
  arrow::ArrayVector values_{};
  std::string cell_{};
};

class TextWriter final : public LineWriter {
 public:
  TextWriter(std::unique_ptr<OutputFile> output, const Schema& schema, bool blank_between)
      : LineWriter(std::move(output), schema),
        column_(schema->GetFieldIndex("text")),
        blank_between_(blank_between) {}

 private:
  void Start(const arrow::RecordBatch& rows) override { text_ = rows.column(column_); }
  Result<void> Append(const arrow::RecordBatch&, int64_t row) override {
    // In lines, the number of a line is the number of its row.
    if (text_->IsNull(row) && blank_between_) return {};
    if (blank_between_ && !first_) buffer_.push_back('\n');
    first_ = false;
    const size_t begin = buffer_.size();
    if (text_->IsValid(row)) AppendText(*text_, row, buffer_);
    const bool ended = buffer_.size() > begin && buffer_.back() == '\n';
    if (!blank_between_ || !ended) buffer_.push_back('\n');
    return {};
  }

  int column_;
  bool blank_between_;
  std::shared_ptr<arrow::Array> text_{};
};

}  // namespace

Result<std::unique_ptr<RowWriter>> MakeJsonWriter(std::unique_ptr<OutputFile> output,
                                                  const Schema& schema) {
  return std::make_unique<JsonWriter>(std::move(output), schema);
}

Result<std::unique_ptr<RowWriter>> MakeCsvWriter(std::unique_ptr<OutputFile> output,
                                                 const Schema& schema, bool for_spreadsheets) {
  return std::make_unique<CsvWriter>(std::move(output), schema, for_spreadsheets);
}

Result<std::unique_ptr<RowWriter>> MakeTextWriter(std::unique_ptr<OutputFile> output,
                                                  const Schema& schema, bool blank_between) {
  return std::make_unique<TextWriter>(std::move(output), schema, blank_between);
}

}  // namespace siku::io
