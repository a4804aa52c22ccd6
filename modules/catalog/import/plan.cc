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

constexpr std::array kTypes = {"text", "integer", "number", "date", "timestamp", "boolean", "none"};

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
                 "text, integer, number, date, timestamp, boolean, or none to leave it out");
  }
  column.type = type.get<std::string>();
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

}  // namespace

Result<GivenLayout> ParseLayout(const json& document) {
  if (!document.is_object()) return Wrong("not an object", document, {});
  GivenLayout given;
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
  if (const auto value = document.find("quotes"); value != document.end()) {
    if (!value->is_boolean()) return Wrong("not true or false", *value, "quotes");
    given.quotes = value->get<bool>();
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
  if (!given.encoding || !given.delimiter || !given.quotes || !given.titles || !given.headers) {
    return Fail(Code::kInvalid, "the plan does not say how the file is read", {}, {},
                "it needs encoding, delimiter, quotes, titles and headers: take what was guessed");
  }
  plan.encoding = *given.encoding;
  plan.dialect = {.delimiter = *given.delimiter, .quotes = *given.quotes};
  plan.titles = *given.titles;
  plan.headers = *given.headers;
  return plan;
}

json PlanJson(const ImportPlan& plan) {
  json columns = json::array();
  for (const ImportColumn& column : plan.columns) {
    json& one = columns.emplace_back(json{{"name", column.name}, {"type", column.type}});
    if (column.type == "number") one["scale"] = column.scale;
    one["empty"] = column.empty;
  }
  return {{"format", "csv"},
          {"encoding", EncodingName(plan.encoding)},
          {"delimiter", std::string(1, plan.dialect.delimiter)},
          {"quotes", plan.dialect.quotes},
          {"titles", plan.titles},
          {"headers", plan.headers},
          {"columns", std::move(columns)}};
}

}  // namespace siku::catalog
