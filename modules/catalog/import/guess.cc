// What a file is taken for: format, layout, columns, and the evidence for a person's eye.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "import/evidence.h"
#include "import/format.h"
#include "import/json_table.h"
#include "import/parquet.h"
#include "import/plan.h"
#include "import/table.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr int64_t kProgressRecords = 4096;
constexpr int64_t kGuessRecord = 16 << 20;  // bytes, as ImportOptions has it

json RowsJson(const std::vector<std::vector<std::string>>& rows) {
  json out = json::array();
  for (const auto& row : rows) {
    json& one = out.emplace_back(json::array());
    for (const std::string& cell : row) one.push_back(ShownText(cell));
  }
  return out;
}

/// The table behind its header, whose names are given to `names`.
Result<Table> OpenRows(const TableSource& source, const Layout& layout,
                       std::vector<std::vector<std::string>>& above,
                       std::vector<std::string>& names, std::vector<ImportNote>& notes) {
  SIKU_TRY(auto table, OpenTable(source, layout, kGuessRecord));
  if (layout.format == ImportFormat::kJson) {
    names = NamesOf(source.keys, &notes);
    return table;
  }
  SIKU_TRY(names, ReadHeader(*table.file, source, layout, &above, &notes));
  if (layout.headers > 0) return table;
  notes.push_back({.what = "no_header"});
  // Without a header the record that ReadHeader looked at is a row.
  SIKU_TRY(table, OpenTable(source, layout, kGuessRecord));
  CsvRecord title;
  for (int64_t i = 0; i < layout.titles; ++i) {
    SIKU_TRY(const bool more, table.file->Next(title));
    if (!more) break;
  }
  return table;
}

Result<json> LookAt(const TableSource& source, const Layout& layout, std::vector<ImportNote> notes,
                    const ImportProgress& progress, int64_t& open_line) {
  std::vector<std::vector<std::string>> above;
  std::vector<std::string> names;
  SIKU_TRY(const auto table, OpenRows(source, layout, above, names, notes));
  TableEvidence evidence(layout.format, std::move(names), std::move(notes));
  CsvRecord record;
  for (int64_t records = 1;; ++records) {
    SIKU_TRY(const bool more, table.file->Next(record));
    if (!more) break;
    if (records % kProgressRecords == 0 && progress && !progress(table.file->bytes_done())) {
      return Fail(Code::kInterrupted, "the import was ended");
    }
    if (!evidence.Look(record, table)) {
      open_line = evidence.open_line();
      break;
    }
  }
  json told = evidence.Told();
  told["above"] = RowsJson(above);
  for (size_t i = 0; i < source.keys.size(); ++i) told["columns"][i]["key"] = source.keys[i];
  return told;
}

/// What the person said of columns goes over what was guessed; the evidence stays.
void Overlay(const std::vector<ImportColumn>& given, json& columns) {
  for (size_t i = 0; i < given.size() && given.size() == columns.size(); ++i) {
    json& column = columns[i];
    column["name"] = given[i].name;
    if (given[i].type != column["type"]) column["why"] = "given";
    column["type"] = given[i].type;
    if (column.contains("empty")) column["empty"] = given[i].empty;
    column.erase("scale");
    if (given[i].type == "number") column["scale"] = given[i].scale;
  }
}

/// CSV: with quotes as text where one of them never closes.
Result<json> GuessText(const TableSource& source, GivenLayout said, const ImportProgress& progress,
                       Layout& layout) {
  std::vector<ImportNote> notes;
  SIKU_TRY(layout, GuessLayout(source, said, notes));
  int64_t open_line = 0;
  SIKU_TRY(auto told, LookAt(source, layout, notes, progress, open_line));
  if (open_line > 0 && !said.quotes) {
    said.quotes = false;
    notes.clear();
    SIKU_TRY(layout, GuessLayout(source, said, notes));
    notes.push_back({.what = "quotes_are_text", .line = open_line});
    SIKU_TRY(told, LookAt(source, layout, notes, progress, open_line));
  } else if (open_line > 0) {
    told["notes"].push_back({{"what", "open_quote"}, {"line", open_line}, {"count", 1}});
  }
  return told;
}

/// What of the workbook is beside the sheet's cells.
void TellSheet(const Sheet& sheet, json& told) {
  told["sheets"] = sheet.sheets();
  for (const json& note : sheet.notes()) {
    told["notes"].push_back(NoteJson({.what = note.at("what").get<std::string>(),
                                      .value = note.at("value").get<std::string>(),
                                      .line = note.at("line").get<int64_t>(),
                                      .count = note.at("count").get<int64_t>()}));
  }
  if (sheet.merge_count() == 0) return;
  json note = {{"what", "merged_cells"}, {"count", sheet.merge_count()}};
  if (!sheet.merges().empty()) note["line"] = sheet.merges().front().top;
  told["notes"].push_back(std::move(note));
}

Result<json> GuessSheet(const std::string& path, const GivenLayout& said,
                        const ImportProgress& progress, ImportPlan& plan, Layout& layout) {
  SIKU_TRY(const auto source,
           PrepareTable(path, ImportFormat::kXlsx, said.sheet.value_or(""), progress));
  std::vector<ImportNote> notes;
  SIKU_TRY(layout, GuessLayout(source, said, notes));
  int64_t never = 0;
  SIKU_TRY(auto told, LookAt(source, layout, notes, progress, never));
  plan.sheet = source.sheet->name();
  TellSheet(*source.sheet, told);
  return told;
}

Result<json> GuessObjects(const std::string& path, const GivenLayout& said,
                          const ImportProgress& progress, Layout& layout) {
  json arrays;
  SIKU_TRY(layout, GuessJsonLayout(path, said, arrays, progress));
  TableSource source{.path = path};
  SIKU_TRY(source.keys, KeysOf(path, layout, progress));
  if (source.keys.empty()) return Fail(Code::kData, "the file has no array of JSON objects");
  int64_t never = 0;
  SIKU_TRY(auto told, LookAt(source, layout, {}, progress, never));
  told.update(arrays);
  return told;
}

/// As the format has it; what of the layout belongs into a plan goes there.
Result<json> GuessTable(const std::string& path, const GivenLayout& said,
                        const ImportProgress& progress, ImportPlan& plan, Layout& layout) {
  switch (plan.format) {
    case ImportFormat::kXlsx:
      return GuessSheet(path, said, progress, plan, layout);
    case ImportFormat::kJson:
      return GuessObjects(path, said, progress, layout);
    case ImportFormat::kParquet:
      return GuessParquet(path, progress);
    default:
      return GuessText({.path = path}, said, progress, layout);
  }
}

}  // namespace

bool IsNoRow(const CsvRecord& record) {
  return !record.problem.empty() && record.problem != "undecodable" &&
         record.problem != "open_quote";
}

bool FitsColumns(const CsvRecord& record, size_t columns) {
  // Delimiters behind the last column, with nothing between them, lose nothing.
  return record.fields.size() >= columns &&
         std::all_of(record.fields.begin() + static_cast<ptrdiff_t>(columns), record.fields.end(),
                     [](const auto& one) { return one.text.empty() && !one.quoted; });
}

Result<json> GuessImport(const std::string& path, const std::string& name, const json& given,
                         const ImportProgress& progress) {
  SIKU_TRY(const auto said, ParseLayout(given));
  SIKU_TRY(const auto columns, ParseColumns(given));
  ImportPlan plan;
  if (said.format) {
    plan.format = *said.format;
  } else {
    SIKU_TRY(plan.format, FormatOf(path));
  }
  Layout layout;
  auto guessed = GuessTable(path, said, progress, plan, layout);
  if (!guessed.has_value()) return InFile(name, std::move(guessed).error());
  json told = *std::move(guessed);
  Overlay(columns, told["columns"]);
  plan.encoding = layout.encoding;
  plan.dialect = layout.dialect;
  plan.array = layout.array;
  plan.lines = layout.lines;
  plan.titles = layout.titles;
  plan.headers = layout.headers;
  json document = PlanJson(plan);
  document.update(told);
  std::error_code ignored;
  document["file"] = {{"name", name}, {"bytes", std::filesystem::file_size(path, ignored)}};
  return document;
}

}  // namespace siku::catalog
