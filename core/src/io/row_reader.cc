#include "row_reader.h"

#include <arrow/api.h>

#include <algorithm>

#include "../base/arrow_internal.h"
#include "csv_cells.h"
#include "csv_line.h"
#include "json_array.h"
#include "json_columns.h"
#include "record_stream.h"
#include "siku/residue.h"
#include "siku/utf8.h"

namespace siku::io {
namespace {

// The hidden columns of the rows being read.
class KeyColumns {
 public:
  Result<void> Append(int source, int64_t position, std::optional<std::string_view> residue) {
    SIKU_TRY(FromArrow(source_.Append(source)));
    SIKU_TRY(FromArrow(position_.Append(position)));
    SIKU_TRY(FromArrow(child_.Append("", 0)));
    return FromArrow(residue.has_value() ? residue_.Append(*residue) : residue_.AppendNull());
  }
  int64_t rows() const { return source_.length(); }
  Result<void> Finish(arrow::FieldVector& fields, arrow::ArrayVector& columns) {
    const auto add = [&](std::string_view name, arrow::ArrayBuilder& builder,
                         bool nullable) -> Result<void> {
      SIKU_TRY(auto array, FromArrow(builder.Finish()));
      fields.push_back(arrow::field(std::string(name), array->type(), nullable));
      columns.push_back(std::move(array));
      return {};
    };
    SIKU_TRY(add(kSourceColumn, source_, false));
    SIKU_TRY(add(kPositionColumn, position_, false));
    SIKU_TRY(add(kChildColumn, child_, false));
    return add(kResidueColumn, residue_, true);
  }

 private:
  arrow::Int32Builder source_;
  arrow::Int64Builder position_;
  arrow::BinaryBuilder child_;
  arrow::LargeBinaryBuilder residue_;
};

BadRow MakeBad(int source, const Record& record, std::string reason, std::string detail) {
  BadRow bad{.source = source,
             .position = record.position,
             .reason = std::move(reason),
             .detail = std::move(detail),
             .bytes = record.length};
  if (record.too_long) {
    bad.sha256 = record.sha256;
  } else {
    bad.raw = record.bytes;
  }
  return bad;
}

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

ReadFlag Undecodable(int source, int64_t position, std::string_view column, size_t at) {
  return {source,
          position,
          "undecodable",
          std::string(column),
          static_cast<int64_t>(at),
          static_cast<int64_t>(at + kReplacement.size())};
}

// Where the U+FFFD of a text that stand for what was broken are, and not those that the file itself
// has. Its JSON `raw` begins at byte `offset` of the line, whose broken places are `broken`.
std::vector<size_t> BrokenPlaces(std::string_view text, std::string_view raw, size_t offset,
                                 const std::vector<size_t>& broken) {
  std::vector<size_t> places;
  size_t in_text = 0;  // behind the last U+FFFD
  const auto found = [&](bool is_broken) {
    const size_t at = text.find(kReplacement, in_text);
    if (at == std::string_view::npos) return;
    if (is_broken) places.push_back(at);
    in_text = at + kReplacement.size();
  };
  for (size_t at = 0; at < raw.size();) {
    if (raw.substr(at).starts_with(kReplacement)) {
      found(std::binary_search(broken.begin(), broken.end(), offset + at));
      at += kReplacement.size();
    } else if (raw[at] != '\\') {
      ++at;
    } else if (const char32_t unit = UnitAt(raw, at); unit == 0) {
      at += 2;
    } else {
      const char32_t next = UnitAt(raw, at + 6);
      const bool pair = unit >= 0xD800 && unit < 0xDC00 && next >= 0xDC00 && next < 0xE000;
      const bool half = !pair && unit >= 0xD800 && unit < 0xE000;
      if (half || unit == 0xFFFD) found(half);
      at += pair ? 12 : 6;
    }
  }
  return places;
}

class Base : public RowReader {
 public:
  Base(const Source& source, int ordinal, const InputSchema& schema, const ReadOptions& options)
      : source_(source), ordinal_(ordinal), schema_(schema), options_(options) {}

  Result<void> Next(Read& read) override {
    KeyColumns keys;
    int64_t bytes = 0;
    Record record;
    while (keys.rows() < options_.batch_rows && bytes < options_.batch_bytes) {
      // A rejected record's bytes are held too.
      SIKU_TRY(const bool more, records_->Next(record));
      if (!more) break;
      bytes += static_cast<int64_t>(record.bytes.size());
      if (record.too_long) {
        read.bad.push_back(MakeBad(ordinal_, record, "too_long", {}));
        continue;
      }
      SIKU_TRY(Add(record, keys, read));
    }
    if (keys.rows() == 0) return {};
    arrow::FieldVector fields;
    arrow::ArrayVector columns;
    const int64_t rows = keys.rows();
    SIKU_TRY(keys.Finish(fields, columns));
    SIKU_TRY(FinishColumns(columns));
    for (const auto& field : schema_.user->fields()) fields.push_back(field);
    read.rows =
        arrow::RecordBatch::Make(arrow::schema(std::move(fields)), rows, std::move(columns));
    return {};
  }
  int64_t bytes_done() const override { return records_->bytes_done(); }

 protected:
  virtual Result<void> Add(const Record& record, KeyColumns& keys, Read& read) = 0;
  virtual Result<void> FinishColumns(arrow::ArrayVector& columns) = 0;

  const Source& source_;
  int ordinal_;
  const InputSchema& schema_;
  ReadOptions options_;
  std::unique_ptr<RecordStream> records_{};
};

// `text`: a file is a row. `lines`: a line is one.
class TextRows final : public Base {
 public:
  TextRows(const Source& source, const SplitPart& part, const InputSchema& schema,
           const ReadOptions& options, std::unique_ptr<RecordStream> records)
      : Base(source, part.source, schema, options), lines_(source.format == Format::kLines) {
    records_ = std::move(records);
  }

 private:
  Result<void> Add(const Record& record, KeyColumns& keys, Read& read) override {
    const std::string_view bytes = record.bytes;
    const auto bom = static_cast<size_t>(record.position == 0 ? source_.bom : 0);
    std::string_view body = bytes.substr(std::min(bom, bytes.size()));
    const std::string_view end = lines_ ? LineEnd(body) : std::string_view();
    body.remove_suffix(end.size());
    // Sound UTF-8 is the usual case and needs no second copy.
    if (source_.encoding == Encoding::kUtf8 && utf8::Valid(body)) {
      const auto residue = MakeTextResidue(bytes, body, Encoding::kUtf8, bytes.substr(0, bom), end,
                                           lines_ ? "\n" : "");
      return Put(record, body, residue, keys);
    }
    const Decoded decoded = Decode(body, source_.encoding);
    for (const size_t at : decoded.broken) {
      read.flags.push_back(Undecodable(ordinal_, record.position, "text", at));
    }
    const auto residue = MakeTextResidue(bytes, decoded.text, source_.encoding,
                                         bytes.substr(0, bom), end, lines_ ? "\n" : "");
    return Put(record, decoded.text, residue, keys);
  }
  Result<void> Put(const Record& record, std::string_view text,
                   const std::optional<std::string>& residue, KeyColumns& keys) {
    SIKU_TRY(keys.Append(ordinal_, record.position, residue));
    SIKU_TRY(FromArrow(path_.Append(source_.relative)));
    return FromArrow(text_.Append(text));
  }
  std::string_view LineEnd(std::string_view line) const {
    using std::string_view_literals::operator""sv;
    const bool little = source_.encoding == Encoding::kUtf16Le;
    const bool wide = little || source_.encoding == Encoding::kUtf16Be;
    static constexpr std::string_view kEnds[3][2] = {
        {"\r\n"sv, "\n"sv}, {"\r\0\n\0"sv, "\n\0"sv}, {"\0\r\0\n"sv, "\0\n"sv}};
    for (const std::string_view end : kEnds[!wide ? 0 : little ? 1 : 2]) {
      if (line.ends_with(end)) return line.substr(line.size() - end.size());
    }
    return {};
  }
  Result<void> FinishColumns(arrow::ArrayVector& columns) override {
    SIKU_TRY(auto path, FromArrow(path_.Finish()));
    SIKU_TRY(auto text, FromArrow(text_.Finish()));
    columns.push_back(std::move(path));
    columns.push_back(std::move(text));
    return {};
  }

  bool lines_;
  arrow::LargeStringBuilder path_;
  arrow::LargeStringBuilder text_;
};

class JsonRows final : public Base {
 public:
  JsonRows(const Source& source, const SplitPart& part, const InputSchema& schema,
           const ReadOptions& options, std::unique_ptr<RecordStream> records, bool elements)
      : Base(source, part.source, schema, options), elements_(elements), columns_(schema.kinds) {
    records_ = std::move(records);
  }

 private:
  Result<void> Add(const Record& record, KeyColumns& keys, Read& read) override {
    std::string_view line = record.bytes;
    std::optional<std::string_view> original;
    Decoded decoded;
    if (source_.encoding != Encoding::kUtf8 || !utf8::Valid(line)) {
      decoded = Decode(line, source_.encoding);
      const auto again = Encode(decoded.text, source_.encoding);
      if (!again.has_value() || *again != line) original = line;
      line = decoded.text;
    }
    const std::string_view body = BodyOf(record, line);
    const auto skip = static_cast<size_t>(body.data() - line.data());
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
      read.bad.push_back(MakeBad(ordinal_, record, "blank_line", {}));
      return {};
    }
    if (record.behind_array) {
      read.bad.push_back(MakeBad(ordinal_, record, "not_json", "behind the end of the array"));
      return {};
    }
    if (!line_.Parse(body)) {
      const bool object = line_.error() != "not an object";
      read.bad.push_back(MakeBad(
          ordinal_, record, object ? "not_json" : "not_object",
          object ? "byte " + std::to_string(line_.error_at() + skip) + ": " + line_.error() : ""));
      return {};
    }
    SIKU_TRY(const auto* filled, columns_.Append(line_, line, skip));
    if (record.cut_off) read.flags.push_back({ordinal_, record.position, "array_cut_off", {}});
    for (const size_t column : filled->mismatched) {
      read.flags.push_back(
          {ordinal_, record.position, "type_mismatch", schema_.kinds[column].first});
    }
    if (!decoded.broken.empty() || line_.lone_surrogates()) {
      for (const JsonColumns::Text& text : filled->texts) {
        for (const size_t at :
             BrokenPlaces(text.value, line.substr(text.begin, text.end - text.begin), text.begin,
                          decoded.broken)) {
          read.flags.push_back(Undecodable(ordinal_, record.position, text.column, at));
        }
      }
    }
    const std::string residue =
        MakeJsonResidue(filled->holes, filled->tail, source_.encoding, original);
    return keys.Append(ordinal_, record.position, residue);
  }
  // The object of a line, or of an array's element.
  std::string_view BodyOf(const Record& record, std::string_view line) const {
    if (elements_) return ElementOf(line, record.ends_array);
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    const bool marked = record.position == 0 && line.starts_with(kMark);
    return line.substr(marked ? kMark.size() : 0);
  }
  Result<void> FinishColumns(arrow::ArrayVector& columns) override {
    return columns_.Finish(columns);
  }

  bool elements_;
  JsonLine line_{};
  JsonColumns columns_;
};

// Behind the header, which the first row keeps in its residue.
class CsvRows final : public Base {
 public:
  CsvRows(const Source& source, const SplitPart& part, const InputSchema& schema,
          const ReadOptions& options, std::unique_ptr<RecordStream> records)
      : Base(source, part.source, schema, options),
        line_(source.encoding, source.bom, {}),
        cells_(schema.kinds) {
    records_ = std::move(records);
  }

  Result<void> Next(Read& read) override {
    SIKU_TRY(Base::Next(read));
    if (read.rows == nullptr && read.bad.empty()) GiveHeader("no_rows", read);
    return {};
  }

 private:
  Result<void> Add(const Record& record, KeyColumns& keys, Read& read) override {
    if (!begun_) {
      begun_ = true;
      header_ = record.bytes;
      return {};
    }
    const bool sound = line_.Parse(record);
    const auto& fields = line_.fields().fields();
    if (!sound) {
      const std::string place = "byte " + std::to_string(line_.RawOffset(line_.fields().at()));
      return Reject(record, line_.fields().problem(),
                    place + ", field " + std::to_string(fields.size()), read);
    }
    const size_t columns = cells_.size();
    if (columns > 1 && line_.text().empty()) return Reject(record, "blank_line", {}, read);
    if (fields.size() != columns) {
      return Reject(
          record, "ragged",
          std::to_string(fields.size()) + " fields, " + std::to_string(columns) + " columns", read);
    }
    // A row stands where its header does if that comes with it.
    const int64_t position = header_.empty() ? record.position : 0;
    SIKU_TRY(const auto misfits, cells_.Append(fields));
    for (const size_t column : misfits) {
      read.flags.push_back({ordinal_, position, "type_mismatch", schema_.kinds[column].first});
    }
    FlagBroken(position, read);
    const auto residue = MakeCsvResidue(header_, record.bytes, source_.encoding, line_.end(),
                                        cells_.values(), cells_.quoted());
    header_.clear();
    return keys.Append(ordinal_, position, residue);
  }
  Result<void> Reject(const Record& record, const char* reason, std::string detail, Read& read) {
    GiveHeader("header", read);
    read.bad.push_back(MakeBad(ordinal_, record, reason, std::move(detail)));
    return {};
  }
  void GiveHeader(const char* reason, Read& read) {
    if (header_.empty()) return;
    const auto bytes = static_cast<int64_t>(header_.size());
    read.bad.push_back({.source = ordinal_, .reason = reason, .raw = header_, .bytes = bytes});
    header_.clear();
  }
  void FlagBroken(int64_t position, Read& read) const {
    for (const size_t at : line_.broken()) {
      const auto& fields = line_.fields().fields();
      for (size_t i = 0; i < fields.size(); ++i) {
        if (at < fields[i].begin || at >= fields[i].end) continue;
        const auto before =
            line_.text().substr(fields[i].begin, at - fields[i].begin);  // its quote, too
        const auto quotes = std::count(before.begin(), before.end(), '"');
        const size_t skipped = fields[i].quoted ? static_cast<size_t>((quotes + 1) / 2) : 0;
        read.flags.push_back(
            Undecodable(ordinal_, position, schema_.kinds[i].first, before.size() - skipped));
      }
    }
  }
  Result<void> FinishColumns(arrow::ArrayVector& columns) override {
    return cells_.Finish(columns);
  }

  CsvLine line_;
  CsvCells cells_;
  std::string header_{};  // until a row has it
  bool begun_ = false;
};

}  // namespace

Result<std::unique_ptr<RowReader>> RowReader::Open(const Source& source, const SplitPart& part,
                                                   const InputSchema& schema,
                                                   const ReadOptions& options) {
  if (source.format == Format::kText) {
    SIKU_TRY(auto records, RecordStream::Whole(source, options.max_record));
    return std::make_unique<TextRows>(source, part, schema, options, std::move(records));
  }
  if (source.format == Format::kCsv) {
    SIKU_TRY(auto records, RecordStream::Csv(source, {}, options.max_record));
    return std::make_unique<CsvRows>(source, part, schema, options, std::move(records));
  }
  SIKU_TRY(const bool array, IsJsonArray(source));
  if (array) {
    SIKU_TRY(auto records, RecordStream::Elements(source, part.begin, options.max_record));
    return std::make_unique<JsonRows>(source, part, schema, options, std::move(records), true);
  }
  SIKU_TRY(auto records, RecordStream::Lines(source, part.begin, part.end, options.max_record));
  if (source.format == Format::kLines) {
    return std::make_unique<TextRows>(source, part, schema, options, std::move(records));
  }
  return std::make_unique<JsonRows>(source, part, schema, options, std::move(records), false);
}

}  // namespace siku::io
