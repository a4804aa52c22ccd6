// What the columns of a table are: types by every one of their cells, with the evidence.
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "import/cell.h"
#include "import/plan.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr int kLongDigits = 16;    // a double, and so a spreadsheet, holds no more than 15
constexpr size_t kCodeDigits = 6;  // 行政区划代码 has as many
constexpr int kMostDecimals = 38;  // of decimal128
constexpr size_t kPreviewRows = 20;
constexpr size_t kPreviewCharacters = 200;
constexpr size_t kSamples = 5;
constexpr int64_t kProgressRecords = 4096;
constexpr int64_t kGuessRecord = 16 << 20;  // bytes, as ImportOptions has it

constexpr std::array<std::string_view, 16> kCodeWords = {
    "代码", "编码", "编号", "证号", "号码", "身份证", "电话",   "手机",
    "邮编", "账号", "卡号", "学号", "工号", "序列号", "车牌号", "统一社会信用"};

bool NamesACode(const std::string& name) {
  return std::any_of(kCodeWords.begin(), kCodeWords.end(),
                     [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

std::string Shown(std::string_view text) {
  std::string shown(utf8::Prefix(text, kPreviewCharacters));
  if (shown.size() < text.size()) shown += "…";
  return shown;
}

/// All that is known of a column's cells.
class ColumnEvidence {
 public:
  void Look(const CsvFields::Field& field, int64_t line) {
    if (field.text.empty() && !field.quoted) {
      ++nulls_;
      return;
    }
    ++values_;
    longest_ = std::max(longest_, utf8::Length(field.text));
    if (samples_.size() < kSamples &&
        std::find(samples_.begin(), samples_.end(), field.text) == samples_.end()) {
      samples_.emplace_back(Shown(field.text));
    }
    if (IsEmptyMark(field.text)) {
      ++marks_[std::string(field.text)];
      return;
    }
    LookAtValue(LookAtCell(field.text), field.text, line);
  }
  json Told(const std::string& name) const;

 private:
  void LookAtValue(const Cell& cell, std::string_view text, int64_t line) {
    ++kinds_[static_cast<size_t>(cell.kind)];
    if (cell.kind == CellKind::kText && odd_line_ == 0) {
      odd_line_ = line;
      odd_ = Shown(text);
    }
    Note("full_width", {}, cell.full_width, line);
    Note("thousands", {}, cell.thousands, line);
    Note("exponents", {}, cell.exponent, line);
    Note("month_only", {}, cell.month, line);
    Note("units", cell.unit, !cell.unit.empty(), line);
    if (cell.kind != CellKind::kInteger && cell.kind != CellKind::kNumber) return;
    Note("leading_zeros", {}, cell.leading_zero, line);
    Note("long_digits", {}, cell.digits >= kLongDigits, line);
    whole_ = std::max(whole_, cell.digits - cell.scale);
    scale_ = std::max(scale_, cell.scale);
    const bool plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    const size_t length = plain ? text.size() : 0;
    code_length_ = code_length_.value_or(length) == length ? length : 0;
  }
  void Note(const char* what, std::string_view value, bool found, int64_t line) {
    if (!found) return;
    ImportNote& note =
        notes_
            .try_emplace({what, std::string(value)}, ImportNote{what, std::string(value), line, 0})
            .first->second;
    ++note.count;
  }
  bool Has(const char* what) const { return notes_.contains({what, ""}); }
  int64_t Kind(CellKind kind) const { return kinds_[static_cast<size_t>(kind)]; }
  /// (type, why).
  std::pair<const char*, const char*> Type(const std::string& name) const;

  int64_t values_ = 0;
  int64_t nulls_ = 0;
  size_t longest_ = 0;
  std::array<int64_t, 6> kinds_{};  // by CellKind
  int whole_ = 0;                   // most digits before the point
  int scale_ = 0;
  std::optional<size_t> code_length_{};  // of digits alone, while all have as many; else 0
  int64_t odd_line_ = 0;                 // of the first text
  std::string odd_{};
  std::vector<std::string> samples_{};
  std::map<std::string, int64_t> marks_{};
  std::map<std::pair<std::string, std::string>, ImportNote> notes_{};
};

std::pair<const char*, const char*> ColumnEvidence::Type(const std::string& name) const {
  int64_t all = 0;
  for (const int64_t kind : kinds_) all += kind;
  const int64_t integers = Kind(CellKind::kInteger);
  const int64_t numbers = integers + Kind(CellKind::kNumber);
  if (all == 0) return {"text", "no_values"};
  if (numbers == all) {
    if (Has("leading_zeros")) return {"text", "leading_zeros"};
    if (Has("long_digits")) return {"text", "long_digits"};
    if (integers == all && NamesACode(name)) return {"text", "name_of_codes"};
    if (integers == all && code_length_.value_or(0) >= kCodeDigits && all > 1)
      return {"text", "equal_length"};
    if (integers == all) return {"integer", "all_integers"};
    if (whole_ + scale_ > kMostDecimals) return {"text", "long_digits"};
    return {"number", "all_numbers"};
  }
  if (Kind(CellKind::kDate) == all) return {"date", "all_dates"};
  if (Kind(CellKind::kTimestamp) == all) return {"timestamp", "all_timestamps"};
  if (Kind(CellKind::kBoolean) == all) return {"boolean", "all_booleans"};
  if (Has("exponents")) return {"text", "exponents"};
  if (Kind(CellKind::kText) < all && Kind(CellKind::kText) > 0) return {"text", "some_text"};
  return {"text", Kind(CellKind::kText) == all ? "all_text" : "mixed"};
}

json NoteJson(const ImportNote& note) {
  json one = {{"what", note.what}, {"count", note.count}};
  if (!note.value.empty()) one["value"] = note.value;
  if (note.line > 0) one["line"] = note.line;
  return one;
}

json ColumnEvidence::Told(const std::string& name) const {
  const auto [type, why] = Type(name);
  const bool typed = std::string_view(type) != "text";
  json out = {{"name", name},        {"type", type},          {"why", why},
              {"values", values_},   {"nulls", nulls_},       {"longest", longest_},
              {"samples", samples_}, {"empty", json::array()}};
  if (std::string_view(type) == "number") out["scale"] = scale_;
  if (std::string_view(why) == "some_text") {
    out["odd"] = {{"line", odd_line_}, {"value", odd_}};
  }
  // Marks of no value stand in the way of a type; in a text they may be text.
  json marks = json::array();
  for (const auto& [mark, count] : marks_) {
    marks.push_back({{"mark", mark}, {"count", count}});
    if (typed) out["empty"].push_back(mark);
  }
  out["marks"] = std::move(marks);
  json notes = json::array();
  for (const auto& [key, note] : notes_) notes.push_back(NoteJson(note));
  out["notes"] = std::move(notes);
  return out;
}

/// A look at every record behind the header.
class TableEvidence {
 public:
  TableEvidence(std::vector<std::string> names, std::vector<ImportNote> notes)
      : names_(std::move(names)), columns_(names_.size()), notes_(std::move(notes)) {}

  /// False: a quote never closes, from where on all is one field.
  bool Look(const CsvRecord& record) {
    if (record.problem == "open_quote") {
      open_line_ = record.problem_line;
      return false;
    }
    const bool empty = std::all_of(record.fields.begin(), record.fields.end(),
                                   [](const auto& one) { return one.text.empty() && !one.quoted; });
    if (record.problem.empty() && empty) return Note("blank", record.line), true;
    if (!record.problem.empty()) Note(record.problem.c_str(), record.problem_line);
    if (record.problem == "too_long" || record.problem == "bad_quotes") return true;
    if (!FitsColumns(record, columns_.size())) return Note("ragged", record.line), true;
    ++rows_;
    for (size_t i = 0; i < columns_.size(); ++i) columns_[i].Look(record.fields[i], record.line);
    if (preview_.size() < kPreviewRows) {
      json& row = preview_.emplace_back(json::array());
      for (size_t i = 0; i < columns_.size(); ++i) {
        const auto& field = record.fields[i];
        row.push_back(field.text.empty() && !field.quoted ? json() : json(Shown(field.text)));
      }
    }
    return true;
  }
  int64_t open_line() const { return open_line_; }
  json Told() const {
    json columns = json::array();
    for (size_t i = 0; i < columns_.size(); ++i) {
      json one = columns_[i].Told(names_[i]);
      const bool unnamed = names_[i] == "column_" + std::to_string(i + 1);
      // What spreadsheets leave right of a table.
      if (unnamed && one["values"] == 0 && columns_.size() > 1) one["type"] = "none";
      columns.push_back(std::move(one));
    }
    json notes = json::array();
    for (const ImportNote& note : notes_) notes.push_back(NoteJson(note));
    return {{"columns", std::move(columns)},
            {"rows", rows_},
            {"notes", std::move(notes)},
            {"preview", preview_}};
  }

 private:
  void Note(const char* what, int64_t line) {
    const auto known = std::find_if(notes_.begin(), notes_.end(),
                                    [&](const ImportNote& one) { return one.what == what; });
    if (known != notes_.end()) {
      ++known->count;
    } else {
      notes_.push_back({.what = what, .line = line});
    }
  }

  std::vector<std::string> names_;
  std::vector<ColumnEvidence> columns_;
  std::vector<ImportNote> notes_;
  int64_t rows_ = 0;
  int64_t open_line_ = 0;
  std::vector<json> preview_{};
};

json RowsJson(const std::vector<std::vector<std::string>>& rows) {
  json out = json::array();
  for (const auto& row : rows) {
    json& one = out.emplace_back(json::array());
    for (const std::string& cell : row) one.push_back(Shown(cell));
  }
  return out;
}

Result<json> LookAt(const std::string& path, const Layout& layout, std::vector<ImportNote> notes,
                    const ImportProgress& progress, int64_t& open_line) {
  SIKU_TRY(const auto opened, OpenTable(path, layout.encoding, layout.dialect, kGuessRecord));
  auto file = opened.get();
  std::vector<std::vector<std::string>> above;
  SIKU_TRY(auto names, ReadHeader(*file, layout, &above, &notes));
  if (layout.headers == 0) notes.push_back({.what = "no_header"});
  TableEvidence evidence(std::move(names), std::move(notes));
  // Without a header the record that ReadHeader looked at is a row.
  std::unique_ptr<CsvFile> again;
  CsvRecord record;
  if (layout.headers == 0) {
    SIKU_TRY(again, OpenTable(path, layout.encoding, layout.dialect, kGuessRecord));
    file = again.get();
    for (int64_t i = 0; i < layout.titles; ++i) {
      SIKU_TRY(const bool more, file->Next(record));
      if (!more) break;
    }
  }
  for (int64_t records = 1;; ++records) {
    SIKU_TRY(const bool more, file->Next(record));
    if (!more) break;
    if (records % kProgressRecords == 0 && progress && !progress(file->bytes_done())) {
      return Fail(Code::kInterrupted, "the import was ended");
    }
    if (!evidence.Look(record)) {
      open_line = evidence.open_line();
      break;
    }
  }
  json told = evidence.Told();
  told["above"] = RowsJson(above);
  return told;
}

/// What the person said of columns goes over what was guessed; the evidence stays.
void Overlay(const std::vector<ImportColumn>& given, json& columns) {
  for (size_t i = 0; i < given.size() && given.size() == columns.size(); ++i) {
    json& column = columns[i];
    column["name"] = given[i].name;
    if (given[i].type != column["type"]) column["why"] = "given";
    column["type"] = given[i].type;
    column["empty"] = given[i].empty;
    column.erase("scale");
    if (given[i].type == "number") column["scale"] = given[i].scale;
  }
}

}  // namespace

bool FitsColumns(const CsvRecord& record, size_t columns) {
  // Delimiters behind the last column, with nothing between them, lose nothing.
  return record.fields.size() >= columns &&
         std::all_of(record.fields.begin() + static_cast<ptrdiff_t>(columns), record.fields.end(),
                     [](const auto& one) { return one.text.empty() && !one.quoted; });
}

Result<json> GuessImport(const std::string& path, const std::string& name, const json& given,
                         const ImportProgress& progress) {
  SIKU_TRY(auto said, ParseLayout(given));
  SIKU_TRY(const auto columns, ParseColumns(given));
  std::vector<ImportNote> notes;
  SIKU_TRY(auto layout, GuessLayout(path, said, notes));
  int64_t open_line = 0;
  SIKU_TRY(auto told, LookAt(path, layout, notes, progress, open_line));
  if (open_line > 0 && !said.quotes) {
    said.quotes = false;
    notes.clear();
    SIKU_TRY(layout, GuessLayout(path, said, notes));
    notes.push_back({.what = "quotes_are_text", .line = open_line});
    SIKU_TRY(told, LookAt(path, layout, notes, progress, open_line));
  } else if (open_line > 0) {
    told["notes"].push_back({{"what", "open_quote"}, {"line", open_line}, {"count", 1}});
  }
  Overlay(columns, told["columns"]);
  ImportPlan plan{.encoding = layout.encoding,
                  .dialect = layout.dialect,
                  .titles = layout.titles,
                  .headers = layout.headers};
  json document = PlanJson(plan);
  document.update(told);
  std::error_code ignored;
  document["file"] = {{"name", name}, {"bytes", std::filesystem::file_size(path, ignored)}};
  return document;
}

}  // namespace siku::catalog
