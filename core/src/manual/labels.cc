#include "labels.h"

#include <fmt/format.h>

#include <algorithm>

namespace siku::manual {

const std::string& In(Language language, const std::string& english, const std::string& chinese) {
  return language == Language::kChinese && !chinese.empty() ? chinese : english;
}

std::string Say(const char* english, Language language, const std::vector<std::string>& values) {
  // Describe fills gaps and translates; an error without code, place or hint is only its message.
  return Describe(Error{Code::kOk, english, fmt::format("{}", fmt::join(values, "\x1F"))},
                  language);
}

std::string_view TypeName(ParameterType type) {
  switch (type) {
    case ParameterType::kBool:
      return "bool";
    case ParameterType::kInt:
      return "int";
    case ParameterType::kReal:
      return "real";
    case ParameterType::kText:
      return "text";
    case ParameterType::kTextList:
      break;
  }
  return "text_list";
}

namespace {

// Single quotes of YAML: only the quote itself is written twice.
std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string TypeText(const ParameterSpec& spec, Language language) {
  switch (spec.type) {
    case ParameterType::kBool:
      return Say("true or false", language);
    case ParameterType::kTextList:
      return Say("list of texts", language);
    case ParameterType::kText:
      return spec.choices.empty()
                 ? Say("text", language)
                 : Say("one of {}", language, {fmt::format("{}", fmt::join(spec.choices, ", "))});
    default:
      break;
  }
  std::string text =
      spec.type == ParameterType::kInt ? Say("whole number", language) : Say("number", language);
  const auto shown = [](double bound) { return fmt::format("{}", bound); };
  if (spec.minimum && spec.maximum) {
    text += Say(" from {} to {}", language, {shown(*spec.minimum), shown(*spec.maximum)});
  } else if (spec.minimum) {
    text += Say(" from {} up", language, {shown(*spec.minimum)});
  } else if (spec.maximum) {
    text += Say(" up to {}", language, {shown(*spec.maximum)});
  }
  return text;
}

}  // namespace

std::string ValueText(const ParameterValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string>(&value)) return Quoted(*text);
  std::vector<std::string> items;
  for (const auto& text : std::get<std::vector<std::string>>(value)) items.push_back(Quoted(text));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string ParameterText(const ParameterSpec& spec, Language language) {
  std::string text = TypeText(spec, language);
  if (!spec.unit.empty()) text += Say(", unit {}", language, {Say(spec.unit.c_str(), language)});
  if (spec.default_value) {
    text += Say(", default {}", language, {ValueText(*spec.default_value)});
  } else {
    text += Say(", must be given", language);
  }
  return text;
}

std::string ColumnsText(const std::vector<std::string>& columns, Language language) {
  std::vector<std::string> texts;
  for (const std::string& column : columns) {
    const bool by_parameter = column.starts_with('$');
    texts.push_back(by_parameter ? Say("the one that `{}` names", language, {column.substr(1)})
                                 : "`" + column + "`");
  }
  return fmt::format("{}", fmt::join(texts, language == Language::kChinese ? "、" : ", "));
}

std::vector<std::string> TraitTexts(const Traits& traits, Language language) {
  std::vector<const char*> texts;
  if (traits.cardinality == Cardinality::kMap) texts.push_back("Keeps every row.");
  if (traits.cardinality == Cardinality::kFilter) texts.push_back("Drops rows.");
  if (traits.cardinality == Cardinality::kExpand) texts.push_back("Makes several rows of one.");
  if (traits.scope == Scope::kRow) texts.push_back("Looks at each row alone.");
  if (traits.scope == Scope::kKeyed) {
    texts.push_back("Compares rows that share a key, wherever they stand.");
  }
  if (traits.scope == Scope::kAll) texts.push_back("Looks at all rows together.");
  if (traits.completion == Completion::kDeferred) texts.push_back("Waits for people.");
  if (traits.completion == Completion::kJoint) texts.push_back("Waits for another institution.");
  if (!traits.deterministic) texts.push_back("May give other rows when run again.");
  if (traits.conceals) texts.push_back("Seals what it replaces.");
  if (traits.effects) texts.push_back("Acts on the world outside.");
  std::vector<std::string> said;
  for (const char* text : texts) said.push_back(Say(text, language));
  return said;
}

}  // namespace siku::manual
