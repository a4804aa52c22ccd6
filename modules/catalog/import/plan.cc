// The document of an import: what a person may correct of it.
#include "import/plan.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "siku/utf8.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr std::array kTypes = {"text",      "integer", "number", "real", "date",
                               "timestamp", "boolean", "kept",   "none"};
constexpr std::array kFormatNames = {"csv", "xlsx", "json", "parquet"};  // by ImportFormat
constexpr size_t kLongestName = 1000;                                    // bytes

tl::unexpected<Error> Wrong(const char* message, const json& value, std::string place,
                            const char* hint = "") {
  return Fail(Code::kInvalid, message, value.dump(-1, ' ', false, json::error_handler_t::replace),
              std::move(place), hint);
}

Result<int64_t> CountOf(const json& value, const char* name, int64_t most) {
  if (!value.is_number_integer() || value.get<int64_t>() < 0 || value.get<int64_t>() > most) {
    return Wrong("not a whole number in range", value, name);
  }
  return value.get<int64_t>();
}

Result<ImportColumn> ColumnOf(const json& value, const std::string& place) {
  if (!value.is_object()) return Wrong("not an object", value, place);
  ImportColumn column;
  const auto name = value.find("name");
  if (name == value.end() || !name->is_string() || name->get_ref<const std::string&>().empty() ||
      !utf8::Valid(name->get_ref<const std::string&>()) ||
      name->get_ref<const std::string&>().starts_with(kHiddenPrefix)) {
    return Wrong("not a name of a column", name == value.end() ? json() : *name, place + ".name");
  }
  column.name = name->get<std::string>();
  const json type = value.value("type", json("text"));
  if (!type.is_string() ||
      std::find(kTypes.begin(), kTypes.end(), type.get<std::string>()) == kTypes.end()) {
    return Wrong("not a type of a column", type, place + ".type",
                 "text, integer, number, real, date, timestamp, boolean, or none to leave it out");
  }
  column.type = type.get<std::string>();
  column.key = column.name;
  if (const auto key = value.find("key"); key != value.end()) {
    if (!key->is_string()) return Wrong("not a text", *key, place + ".key");
    column.key = key->get<std::string>();
  }
  if (const auto scale = value.find("scale"); scale != value.end()) {
    SIKU_TRY(const int64_t digits, CountOf(*scale, (place + ".scale").c_str(), 37));
    column.scale = static_cast<int>(digits);
  }
  if (const auto empty = value.find("empty"); empty != value.end()) {
    if (!empty->is_array()) return Wrong("not a list of texts", *empty, place + ".empty");
    for (const json& mark : *empty) {
      if (!mark.is_string()) return Wrong("not a text", mark, place + ".empty");
      column.empty.push_back(mark.get<std::string>());
    }
  }
  return column;
}

Result<std::optional<std::string>> GivenText(const json& document, const char* key) {
  const auto value = document.find(key);
  if (value == document.end() || value->is_null()) return std::optional<std::string>();
  if (!value->is_string() || value->get_ref<const std::string&>().size() > kLongestName) {
    return Wrong("not a text", *value, key);
  }
  return std::optional(value->get<std::string>());
}

Result<std::optional<bool>> GivenTruth(const json& document, const char* key) {
  const auto value = document.find(key);
  if (value == document.end()) return std::optional<bool>();
  if (!value->is_boolean()) return Wrong("not true or false", *value, key);
  return std::optional(value->get<bool>());
}

Result<std::optional<ImportFormat>> FormatIn(const json& document) {
  SIKU_TRY(const auto name, GivenText(document, "format"));
  if (!name) return std::optional<ImportFormat>();
  const auto* const known = std::find(kFormatNames.begin(), kFormatNames.end(), *name);
  if (known == kFormatNames.end()) {
    return Wrong("not a format of an import", *name, "format", "csv, xlsx, json or parquet");
  }
  return std::optional(static_cast<ImportFormat>(known - kFormatNames.begin()));
}

/// How the format's files are read, all of which a plan says.
Result<void> CheckWhole(const GivenLayout& given, ImportFormat format) {
  const auto lacks = [](const char* what) {
    return Fail(Code::kInvalid, "the plan does not say how the file is read", {}, {}, what);
  };
  const bool table = given.titles && given.headers;
  if (format == ImportFormat::kCsv &&
      (!given.encoding || !given.delimiter || !given.quotes || !table)) {
    return lacks("it needs encoding, delimiter, quotes, titles and headers: take what was guessed");
  }
  if (format == ImportFormat::kXlsx && (!given.sheet || given.sheet->empty() || !table)) {
    return lacks("it needs sheet, titles and headers: take what was guessed");
  }
  if (format == ImportFormat::kJson && !given.lines.value_or(false) && !given.array) {
    return lacks("it needs lines or array: take what was guessed");
  }
  return {};
}

/// What each column of the format must have, and none of another.
Result<void> CheckColumns(const ImportPlan& plan) {
  std::set<std::string> keys;
  for (size_t i = 0; i < plan.columns.size(); ++i) {
    const ImportColumn& column = plan.columns[i];
    const std::string place = "columns[" + std::to_string(i) + "]";
    const bool kept = column.type == "kept" || column.type == "none";
    if (plan.format == ImportFormat::kParquet ? !kept : column.type == "kept") {
      return Wrong("not a type of a column", column.type, place + ".type",
                   "Parquet's columns are kept or none, others are not kept");
    }
    if (plan.format == ImportFormat::kJson && !keys.insert(column.key).second) {
      return Wrong("two columns are made of one key", column.key, place + ".key");
    }
  }
  return {};
}

}  // namespace

const char* FormatName(ImportFormat format) { return kFormatNames[static_cast<size_t>(format)]; }

Result<GivenLayout> ParseLayout(const json& document) {
  if (!document.is_object()) return Wrong("not an object", document, {});
  GivenLayout given;
  SIKU_TRY(given.format, FormatIn(document));
  SIKU_TRY(given.sheet, GivenText(document, "sheet"));
  SIKU_TRY(given.array, GivenText(document, "array"));
  SIKU_TRY(given.lines, GivenTruth(document, "lines"));
  SIKU_TRY(given.quotes, GivenTruth(document, "quotes"));
  if (const auto value = document.find("encoding"); value != document.end()) {
    const auto encoding =
        value->is_string() ? EncodingFromName(value->get<std::string>()) : std::nullopt;
    if (!encoding) return Wrong("unknown encoding", *value, "encoding");
    given.encoding = *encoding;
  }
  if (const auto value = document.find("delimiter"); value != document.end()) {
    const std::string text = value->is_string() ? value->get<std::string>() : "";
    if (text.size() != 1 || static_cast<uint8_t>(text[0]) >= 0x80 || text[0] == '"' ||
        text[0] == '\n' || text[0] == '\r' || text[0] == '\0') {
      return Wrong("a delimiter is one ASCII character", *value, "delimiter");
    }
    given.delimiter = text[0];
  }
  if (const auto value = document.find("titles"); value != document.end()) {
    SIKU_TRY(given.titles, CountOf(*value, "titles", 1000));
  }
  if (const auto value = document.find("headers"); value != document.end()) {
    SIKU_TRY(given.headers, CountOf(*value, "headers", 10));
  }
  return given;
}

Result<std::vector<ImportColumn>> ParseColumns(const json& document) {
  std::vector<ImportColumn> columns;
  const auto list = document.find("columns");
  if (list == document.end()) return columns;
  if (!list->is_array() || list->size() > kMostColumns) {
    return Wrong("not a list of columns", json(list->type_name()), "columns");
  }
  std::set<std::string> names;
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string place = "columns[" + std::to_string(i) + "]";
    SIKU_TRY(auto column, ColumnOf((*list)[i], place));
    if (column.type != "none" && !names.insert(column.name).second) {
      return Wrong("two columns have one name", column.name, place + ".name");
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

Result<ImportPlan> ParsePlan(const json& document) {
  SIKU_TRY(const auto given, ParseLayout(document));
  ImportPlan plan;
  SIKU_TRY(plan.columns, ParseColumns(document));
  const bool any = std::any_of(plan.columns.begin(), plan.columns.end(),
                               [](const ImportColumn& one) { return one.type != "none"; });
  if (!any) return Fail(Code::kInvalid, "the plan has no columns", {}, "columns");
  plan.format = given.format.value_or(ImportFormat::kCsv);
  SIKU_TRY(CheckWhole(given, plan.format));
  SIKU_TRY(CheckColumns(plan));
  if (plan.format == ImportFormat::kCsv) {
    plan.encoding = *given.encoding;
    plan.dialect = {.delimiter = *given.delimiter, .quotes = *given.quotes};
  }
  if (plan.format == ImportFormat::kXlsx) plan.sheet = *given.sheet;
  plan.lines = given.lines.value_or(false);
  if (!plan.lines) plan.array = given.array.value_or("");
  plan.titles = given.titles.value_or(0);
  plan.headers = given.headers.value_or(0);
  return plan;
}

tl::unexpected<Error> InFile(const std::string& name, Error error) {
  const bool line = error.place.find(" (byte ") != std::string::npos && error.place[0] >= '0' &&
                    error.place[0] <= '9';
  if (line) error.place = name + ":" + error.place;
  return tl::unexpected<Error>(std::move(error));
}

json PlanJson(const ImportPlan& plan) {
  json columns = json::array();
  for (const ImportColumn& column : plan.columns) {
    json& one = columns.emplace_back(json{{"name", column.name}, {"type", column.type}});
    if (plan.format == ImportFormat::kJson) one["key"] = column.key;
    if (column.type == "number") one["scale"] = column.scale;
    if (plan.format != ImportFormat::kParquet) one["empty"] = column.empty;
  }
  json document = {{"format", FormatName(plan.format)}, {"columns", std::move(columns)}};
  switch (plan.format) {
    case ImportFormat::kCsv:
      document["encoding"] = EncodingName(plan.encoding);
      document["delimiter"] = std::string(1, plan.dialect.delimiter);
      document["quotes"] = plan.dialect.quotes;
      break;
    case ImportFormat::kXlsx:
      document["sheet"] = plan.sheet;
      break;
    case ImportFormat::kJson:
      document["lines"] = plan.lines;
      if (!plan.lines) document["array"] = plan.array;
      return document;
    case ImportFormat::kParquet:
      return document;
  }
  document["titles"] = plan.titles;
  document["headers"] = plan.headers;
  return document;
}

}  // namespace siku::catalog
