// Any line that parses gives its members' places, valid UTF-8 and, from columns and residue, its
// own bytes again; and the line the writer makes of it parses to the same values.
#include <arrow/api.h>

#include <cstdint>
#include <cstdlib>

#include "json_columns.h"
#include "json_line.h"
#include "row_writers.h"
#include "siku/utf8.h"

namespace siku::io {
namespace {

const std::vector<std::pair<std::string, ColumnKind>> kColumns = {{"t", ColumnKind::kText},
                                                                  {"n", ColumnKind::kInt},
                                                                  {"r", ColumnKind::kReal},
                                                                  {"b", ColumnKind::kBool},
                                                                  {"j", ColumnKind::kJson}};

struct Row {
  std::string residue;
  Batch values;
};

// Nothing where the line is no object.
std::optional<Row> ReadRow(std::string_view line) {
  JsonLine parsed;
  if (!parsed.Parse(line)) {
    if (parsed.error().empty() || parsed.error_at() > line.size()) std::abort();
    return std::nullopt;
  }
  size_t behind = 0;
  for (const Member& member : parsed.members()) {
    if (member.begin < behind || member.end <= member.begin || member.end > line.size()) {
      std::abort();
    }
    behind = member.end;
    if (!utf8::Valid(member.key) || !utf8::Valid(member.text)) std::abort();
    JsonLine alone;
    const std::string raw(line.substr(member.begin, member.end - member.begin));
    if (!alone.Parse("{\"x\":" + raw + "}") || alone.members().size() != 1 ||
        alone.members()[0].kind != member.kind || alone.members()[0].text != member.text) {
      std::abort();
    }
  }
  JsonColumns columns(kColumns);
  const auto filled = columns.Append(parsed, line, 0);
  if (!filled.has_value()) std::abort();
  Row row;
  row.residue = MakeJsonResidue((*filled)->holes, (*filled)->tail, Encoding::kUtf8, std::nullopt);
  arrow::ArrayVector arrays;
  if (!columns.Finish(arrays).has_value()) std::abort();
  arrow::FieldVector fields;
  for (size_t i = 0; i < arrays.size(); ++i) {
    fields.push_back(arrow::field(kColumns[i].first, arrays[i]->type()));
  }
  row.values = arrow::RecordBatch::Make(arrow::schema(fields), 1, arrays);
  if (!row.values->ValidateFull().ok()) std::abort();
  return row;
}

JsonValueOf ValuesOf(const Row& row, const UserColumns& columns) {
  return [&](std::string_view name, Spelling spelling) -> std::optional<std::string> {
    const size_t i = columns.Find(name, 0);
    std::string value;
    columns[i].AppendValue(*row.values->column(static_cast<int>(i)), 0, spelling, value);
    return value;
  };
}

}  // namespace
}  // namespace siku::io

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siku;
  using namespace siku::io;
  const std::string line =
      Decode({reinterpret_cast<const char*>(data), size}, Encoding::kUtf8).text;
  const auto row = ReadRow(line);
  if (!row.has_value()) return 0;
  const UserColumns columns(*row->values->schema());
  if (RestoreJsonRecord(row->residue, ValuesOf(*row, columns)) != line) std::abort();
  const auto filled = FillJsonLine(row->residue, ValuesOf(*row, columns), "\"added\":[1]");
  if (!filled.has_value()) std::abort();
  const auto again = ReadRow(*filled);
  if (!again.has_value() ||
      !again->values->Equals(*row->values, false,
                             arrow::EqualOptions::Defaults().nans_equal(true))) {
    std::abort();
  }
  return 0;
}
