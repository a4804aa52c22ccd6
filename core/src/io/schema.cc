#include <arrow/api.h>

#include <algorithm>
#include <map>

#include "columnar.h"
#include "csv_line.h"
#include "json_array.h"
#include "json_line.h"
#include "open_source.h"
#include "siku/reader.h"

namespace siku {
namespace {

constexpr int64_t kSampleBytes = 256 << 10;
constexpr int64_t kLongSampleBytes = 64 << 20;
constexpr int kSampleSources = 64;

std::shared_ptr<arrow::Field> FieldOf(const std::string& name, ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kInt:
      return arrow::field(name, arrow::int64());
    case ColumnKind::kReal:
      return arrow::field(name, arrow::float64());
    case ColumnKind::kBool:
      return arrow::field(name, arrow::boolean());
    case ColumnKind::kJson:
      return arrow::field(name, arrow::large_utf8(), true,
                          arrow::key_value_metadata({{"siku.json", "1"}}));
    default:
      return arrow::field(name, arrow::large_utf8());
  }
}

ColumnKind KindOf(const io::Member& member) {
  int64_t integer = 0;
  switch (member.kind) {
    case io::Member::Kind::kString:
      return ColumnKind::kText;
    case io::Member::Kind::kBool:
      return ColumnKind::kBool;
    case io::Member::Kind::kNumber:
      return io::ParseInt(member.text, integer) ? ColumnKind::kInt : ColumnKind::kReal;
    default:
      return ColumnKind::kJson;
  }
}

ColumnKind Joined(ColumnKind a, ColumnKind b) {
  if (a == b) return a;
  const bool numbers = (a == ColumnKind::kInt || a == ColumnKind::kReal) &&
                       (b == ColumnKind::kInt || b == ColumnKind::kReal);
  return numbers ? ColumnKind::kReal : ColumnKind::kJson;
}

// Columns in the order they are first seen.
class Inference {
 public:
  Result<void> Look(const Source& source) {
    SIKU_TRY(const bool cut, LookAt(source, kSampleBytes));
    // A first line longer than the sample: one as long as a record may be.
    if (cut && lines_ == 0) SIKU_TRY(LookAt(source, kLongSampleBytes));
    return {};
  }
  std::vector<std::pair<std::string, ColumnKind>> Columns() const {
    std::vector<std::pair<std::string, ColumnKind>> columns;
    for (const std::string& name : order_) {
      const auto kind = kinds_.find(name);
      // Only ever null: text, the type that any later string fits.
      columns.emplace_back(name, kind == kinds_.end() ? ColumnKind::kText : kind->second);
    }
    return columns;
  }

 private:
  // True where the source goes on behind the sample.
  Result<bool> LookAt(const Source& source, int64_t bytes) {
    SIKU_TRY(auto sample, io::ReadSample(source, bytes));
    std::string text = Decode(sample, source.encoding).text;
    std::string_view rest = text;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    const bool cut = static_cast<int64_t>(sample.size()) >= bytes;
    SIKU_TRY(const bool array, io::IsJsonArray(source));
    io::ElementCutter cutter;
    while (!rest.empty()) {
      size_t end = array ? cutter.Find(rest) : rest.find('\n');
      // The last record may be cut by the sample, unless it is all there is.
      if (end == std::string_view::npos && cut && lines_ > 0) break;
      const bool whole = end == std::string_view::npos;
      end = std::min(end, rest.size());
      const std::string_view record = rest.substr(0, end);
      rest.remove_prefix(whole ? rest.size() : end + (array ? 0 : 1));
      if (!line_.Parse(array ? io::ElementOf(record, cutter.closed()) : record)) continue;
      ++lines_;
      for (const io::Member& member : line_.members()) See(member);
    }
    return cut;
  }
  void See(const io::Member& member) {
    const std::string name(member.key);
    if (name.starts_with(kHiddenPrefix)) return;  // stays in the residue
    if (seen_.emplace(name, true).second) order_.push_back(name);
    if (member.kind == io::Member::Kind::kNull) return;
    const auto [at, fresh] = kinds_.emplace(name, KindOf(member));
    if (!fresh) at->second = Joined(at->second, KindOf(member));
  }
  io::JsonLine line_{};
  std::vector<std::string> order_{};
  std::map<std::string, bool> seen_{};
  std::map<std::string, ColumnKind> kinds_{};
  int64_t lines_ = 0;
};

InputSchema FromColumns(std::vector<std::pair<std::string, ColumnKind>> columns) {
  InputSchema schema;
  arrow::FieldVector fields;
  for (const auto& [name, kind] : columns) fields.push_back(FieldOf(name, kind));
  schema.user = arrow::schema(std::move(fields));
  schema.kinds = std::move(columns);
  return schema;
}

Result<ColumnKind> KindNamed(const std::string& name) {
  static const std::map<std::string, ColumnKind> kKinds = {{"text", ColumnKind::kText},
                                                           {"int", ColumnKind::kInt},
                                                           {"real", ColumnKind::kReal},
                                                           {"bool", ColumnKind::kBool},
                                                           {"json", ColumnKind::kJson}};
  const auto found = kKinds.find(name);
  if (found == kKinds.end()) return Fail(Code::kInvalid, "unknown column type", name);
  return found->second;
}

Result<std::vector<std::string>> CsvHeader(const Source& source) {
  SIKU_TRY(const auto records, io::RecordStream::Csv(source, {}, kLongSampleBytes));
  io::Record record;
  SIKU_TRY(const bool any, records->Next(record));
  io::CsvLine line(source.encoding, source.bom, {});
  if (!any || record.too_long || !line.Parse(record)) {
    return Fail(Code::kData, "the first line names no columns", {}, source.relative);
  }
  std::vector<std::string> names;
  for (const auto& field : line.fields().fields()) {
    const auto refuse = [&](const char* message) {
      return Fail(Code::kData, message, std::string(field.text), source.relative + ":1",
                  "`siku dataset import` reads tables whose header is not one line of names");
    };
    if (field.text.empty()) return refuse("a column has no name");
    if (field.text.starts_with(kHiddenPrefix)) {
      return refuse("column names that begin so are the engine's own");
    }
    if (std::find(names.begin(), names.end(), field.text) != names.end()) {
      return refuse("two columns have one name");
    }
    names.emplace_back(field.text);
  }
  return names;
}

// Texts, but for what is declared.
Result<InputSchema> CsvSchema(const std::vector<const Source*>& sources,
                              const std::vector<std::pair<std::string, std::string>>& declared) {
  SIKU_TRY(const auto names, CsvHeader(*sources[0]));
  for (const Source* source : sources) {
    SIKU_TRY(const auto others, CsvHeader(*source));
    if (others == names) continue;
    return Fail(Code::kInvalid, "the files of one input have different columns",
                sources[0]->relative + ", " + source->relative);
  }
  std::vector<std::pair<std::string, ColumnKind>> columns;
  for (const std::string& name : names) columns.emplace_back(name, ColumnKind::kText);
  for (const auto& [name, type] : declared) {
    SIKU_TRY(const ColumnKind kind, KindNamed(type));
    const auto column =
        std::find_if(columns.begin(), columns.end(),
                     [&wanted = name](const auto& one) { return one.first == wanted; });
    if (column == columns.end()) {
      return Fail(Code::kNotFound, "the rows have no column", name, sources[0]->relative);
    }
    column->second = kind;
  }
  return FromColumns(std::move(columns));
}

}  // namespace

Result<InputSchema> InferSchema(const SourceList& sources, int input,
                                const std::vector<std::pair<std::string, std::string>>& declared) {
  std::vector<const Source*> mine;
  for (const Source& source : sources) {
    if (source.input == input) mine.push_back(&source);
  }
  if (mine.empty()) return Fail(Code::kNotFound, "the input has no file");
  for (const Source* source : mine) {
    const bool texts = source->format == Format::kText || source->format == Format::kLines;
    const bool first_texts = mine[0]->format == Format::kText || mine[0]->format == Format::kLines;
    if (source->format != mine[0]->format && !(texts && first_texts)) {
      return Fail(Code::kInvalid, "the files of one input have different formats",
                  mine[0]->relative + ", " + source->relative);
    }
  }
  if (mine[0]->format == Format::kJsonl) {
    std::vector<std::pair<std::string, ColumnKind>> columns;
    for (const auto& [name, type] : declared) {
      SIKU_TRY(const ColumnKind kind, KindNamed(type));
      if (name.starts_with(kHiddenPrefix)) {
        return Fail(Code::kInvalid, "column names that begin so are the engine's own", name);
      }
      columns.emplace_back(name, kind);
    }
    if (!declared.empty()) return FromColumns(std::move(columns));
    Inference inference;
    for (size_t i = 0; i < mine.size() && i < kSampleSources; ++i)
      SIKU_TRY(inference.Look(*mine[i]));
    columns = inference.Columns();
    if (columns.empty()) {
      return Fail(Code::kData, "no JSON object in the first lines, so the columns are unknown",
                  mine[0]->relative, {}, "declare `columns` for the input");
    }
    return FromColumns(std::move(columns));
  }
  if (mine[0]->format == Format::kCsv) return CsvSchema(mine, declared);
  if (!declared.empty()) {
    return Fail(Code::kInvalid, "only JSONL and CSV inputs take `columns`", mine[0]->relative);
  }
  InputSchema schema;
  if (mine[0]->format == Format::kText || mine[0]->format == Format::kLines) {
    schema.user = arrow::schema(
        {arrow::field("path", arrow::large_utf8()), arrow::field("text", arrow::large_utf8())});
    return schema;
  }
  SIKU_TRY(schema.user, io::ColumnarSchema(*mine[0]));
  for (const Source* source : mine) {
    SIKU_TRY(auto other, io::ColumnarSchema(*source));
    if (!other->Equals(*schema.user, false)) {
      return Fail(Code::kInvalid, "the files of one input have different columns",
                  mine[0]->relative + ", " + source->relative);
    }
  }
  return schema;
}

}  // namespace siku
