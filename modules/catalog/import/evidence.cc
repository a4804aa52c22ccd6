#include "import/evidence.h"

#include <algorithm>

#include "import/plan.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr int kLongDigits = 16;    // a double, and so a spreadsheet, holds no more than 15
constexpr int kInt64Digits = 18;   // all numbers of so many digits are of 64 bits
constexpr size_t kCodeDigits = 6;  // 行政区划代码 has as many
constexpr int kMostDecimals = 38;  // of decimal128
constexpr size_t kPreviewRows = 20;
constexpr size_t kPreviewCharacters = 200;
constexpr size_t kSamples = 5;

constexpr std::array<std::string_view, 16> kCodeWords = {
    "代码", "编码", "编号", "证号", "号码", "身份证", "电话",   "手机",
    "邮编", "账号", "卡号", "学号", "工号", "序列号", "车牌号", "统一社会信用"};

bool NamesACode(const std::string& name) {
  return std::any_of(kCodeWords.begin(), kCodeWords.end(),
                     [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

bool IsFigure(const Cell& cell) {
  return cell.kind == CellKind::kInteger || cell.kind == CellKind::kNumber;
}

bool NoValue(const CsvFields::Field& field) { return field.text.empty() && !field.quoted; }

}  // namespace

std::string ShownText(std::string_view text) {
  std::string shown(utf8::Prefix(text, kPreviewCharacters));
  if (shown.size() < text.size()) shown += "…";
  return shown;
}

json NoteJson(const ImportNote& note) {
  json one = {{"what", note.what}, {"count", note.count}};
  if (!note.value.empty()) one["value"] = note.value;
  if (note.line > 0) one["line"] = note.line;
  return one;
}

void ColumnEvidence::Look(const CsvFields::Field& field, Said said, int64_t line) {
  if (NoValue(field)) {
    ++nulls_;
    return;
  }
  if (said == Said::kError) {
    Note(ErrorWord(field.text), {}, true, line);
    return;
  }
  ++values_;
  longest_ = std::max(longest_, utf8::Length(field.text));
  if (samples_.size() < kSamples &&
      std::find(samples_.begin(), samples_.end(), field.text) == samples_.end()) {
    samples_.emplace_back(ShownText(field.text));
  }
  if (said != Said::kValue && said != Said::kNested && IsEmptyMark(field.text)) {
    ++marks_[std::string(field.text)];
    return;
  }
  LookAtValue(field.text, said, line);
}

void ColumnEvidence::LookAtValue(std::string_view text, Said said, int64_t line) {
  Note("nested", {}, said == Said::kNested, line);
  Cell cell = said == Said::kNested ? Cell{} : LookAtCell(text);
  // A text of JSON is a text: who wrote it had numbers, too.
  if (format_ == ImportFormat::kJson && said == Said::kText) cell = Cell{};
  if (said == Said::kValue && cell.exponent) {
    // Not a spreadsheet's way to show it, but the number itself.
    const auto plain = PlainNumber(text);
    cell = plain ? LookAtCell(*plain) : Cell{.kind = CellKind::kNumber};
    exponents_ += plain ? 0 : 1;
  }
  ++kinds_[static_cast<size_t>(cell.kind)];
  if (cell.kind == CellKind::kText && odd_line_ == 0) {
    odd_line_ = line;
    odd_ = ShownText(text);
  }
  Note("full_width", {}, cell.full_width, line);
  Note("thousands", {}, cell.thousands, line);
  Note("exponents", {}, cell.exponent, line);
  Note("month_only", {}, cell.month, line);
  Note("units", cell.unit, !cell.unit.empty(), line);
  if (IsFigure(cell)) LookAtFigure(cell, text, said, line);
}

void ColumnEvidence::LookAtFigure(const Cell& cell, std::string_view text, Said said,
                                  int64_t line) {
  const bool lost = format_ == ImportFormat::kXlsx && said == Said::kValue &&
                    cell.digits - cell.scale >= kLongDigits;
  Note("stored_as_text", {}, said == Said::kText, line);
  Note("leading_zeros", {}, cell.leading_zero, line);
  Note("digits_lost", {}, lost, line);
  Note("long_digits", {}, cell.digits >= kLongDigits && said != Said::kValue, line);
  whole_ = std::max(whole_, cell.digits - cell.scale);
  scale_ = std::max(scale_, cell.scale);
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const size_t length = plain ? text.size() : 0;
  code_length_ = code_length_.value_or(length) == length ? length : 0;
}

void ColumnEvidence::Note(const char* what, std::string_view value, bool found, int64_t line) {
  if (!found) return;
  ImportNote& note =
      notes_.try_emplace({what, std::string(value)}, ImportNote{what, std::string(value), line, 0})
          .first->second;
  ++note.count;
}

int64_t ColumnEvidence::Count(const char* what) const {
  const auto found = notes_.find({what, ""});
  return found == notes_.end() ? 0 : found->second.count;
}

std::pair<const char*, const char*> ColumnEvidence::NumberType(const std::string& name,
                                                               bool whole) const {
  const int64_t all = Kind(CellKind::kInteger) + Kind(CellKind::kNumber);
  if (Has("leading_zeros")) return {"text", "leading_zeros"};
  if (Count("stored_as_text") == all) return {"text", "stored_as_text"};
  if (Has("digits_lost")) return {"text", "digits_lost"};
  if (Has("long_digits")) return {"text", "long_digits"};
  // JSON says what is a number; a spreadsheet makes one of each code.
  if (whole && format_ != ImportFormat::kJson) {
    if (NamesACode(name)) return {"text", "name_of_codes"};
    if (code_length_.value_or(0) >= kCodeDigits && all > 1) return {"text", "equal_length"};
  }
  if (whole && whole_ <= kInt64Digits) return {"integer", "all_integers"};
  if (exponents_ == 0 && whole_ + scale_ <= kMostDecimals) return {"number", "all_numbers"};
  // Whole numbers that a double would round stay as they are.
  if (format_ == ImportFormat::kCsv || whole) return {"text", "long_digits"};
  return {"real", "all_numbers"};
}

std::pair<const char*, const char*> ColumnEvidence::Type(const std::string& name) const {
  int64_t all = 0;
  for (const int64_t kind : kinds_) all += kind;
  const int64_t integers = Kind(CellKind::kInteger);
  if (all == 0) return {"text", "no_values"};
  if (integers + Kind(CellKind::kNumber) == all) return NumberType(name, integers == all);
  if (Kind(CellKind::kDate) == all) return {"date", "all_dates"};
  if (Kind(CellKind::kTimestamp) == all) return {"timestamp", "all_timestamps"};
  // In Excel midnight is the day alone.
  if (format_ == ImportFormat::kXlsx && Kind(CellKind::kTimestamp) + Kind(CellKind::kDate) == all) {
    return {"timestamp", "all_timestamps"};
  }
  if (Kind(CellKind::kBoolean) == all) return {"boolean", "all_booleans"};
  if (Has("nested")) return {"text", "nested"};
  if (Has("exponents")) return {"text", "exponents"};
  if (Kind(CellKind::kText) < all && Kind(CellKind::kText) > 0) return {"text", "some_text"};
  return {"text", Kind(CellKind::kText) == all ? "all_text" : "mixed"};
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

bool TableEvidence::Look(const CsvRecord& record, const Table& table) {
  if (record.problem == "open_quote") {
    open_line_ = record.problem_line;
    return false;
  }
  if (!record.problem.empty()) Note(record.problem.c_str(), record.problem_line);
  if (IsNoRow(record)) return true;
  const bool empty = std::all_of(record.fields.begin(), record.fields.end(), NoValue);
  if (record.problem.empty() && empty) return Note("blank", record.line), true;
  if (!FitsColumns(record, columns_.size())) return Note("ragged", record.line), true;
  ++rows_;
  for (size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].Look(record.fields[i], table.Of(i), record.line);
  }
  if (preview_.size() < kPreviewRows) {
    json& row = preview_.emplace_back(json::array());
    for (size_t i = 0; i < columns_.size(); ++i) {
      const auto& field = record.fields[i];
      row.push_back(NoValue(field) ? json() : json(ShownText(field.text)));
    }
  }
  return true;
}

json TableEvidence::Told() const {
  json columns = json::array();
  for (size_t i = 0; i < columns_.size(); ++i) {
    json one = columns_[i].Told(names_[i]);
    const bool unnamed = names_[i] == "column_" + std::to_string(i + 1);
    // What spreadsheets leave right of a table.
    const bool nothing = one["values"] == 0 && one["notes"].empty();
    if (unnamed && nothing && columns_.size() > 1) one["type"] = "none";
    columns.push_back(std::move(one));
  }
  json notes = json::array();
  for (const ImportNote& note : notes_) notes.push_back(NoteJson(note));
  return {{"columns", std::move(columns)},
          {"rows", rows_},
          {"notes", std::move(notes)},
          {"preview", preview_}};
}

void TableEvidence::Note(const char* what, int64_t line) {
  const auto known = std::find_if(notes_.begin(), notes_.end(),
                                  [&](const ImportNote& one) { return one.what == what; });
  if (known != notes_.end()) {
    ++known->count;
  } else {
    notes_.push_back({.what = what, .line = line});
  }
}

}  // namespace siku::catalog
