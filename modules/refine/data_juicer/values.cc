#include "data_juicer/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "siku/names.h"

namespace siku::refine::data_juicer {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

// The words of YAML 1.1, which theirs is read by.
std::optional<bool> Boolean(std::string_view text) {
  const std::string word = Lower(text);
  for (const char* yes : {"true", "yes", "on"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"false", "no", "off"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

std::optional<double> Number(std::string text) {
  std::erase(text, '_');
  std::string_view rest = text;
  if (rest.starts_with('+')) rest.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc() || end != rest.data() + rest.size()) return std::nullopt;
  return value;
}

// Beyond 2^53 not every whole number is a double; such a bound means "no bound" to either.
std::string WholeText(double value) {
  constexpr auto kMost = std::numeric_limits<int64_t>::max();
  if (value >= 9.2e18) return std::to_string(kMost);
  if (value <= -9.2e18) return std::to_string(-kMost);
  return std::to_string(static_cast<int64_t>(value));
}

std::string RealText(double value) {
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

}  // namespace

bool IsNull(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kScalar || node.quoted) return false;
  const std::string word = Lower(node.scalar);
  return node.missing || word == "null" || word == "~" || word == "none";
}

bool IsNothing(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kList:
      return node.list.empty();
    case YamlNode::Kind::kMap:
      return node.map.empty();
    case YamlNode::Kind::kScalar:
      return node.scalar.empty() || IsNull(node) || node.scalar == "0" ||
             Boolean(node.scalar) == false;
  }
  return false;
}

bool IsOneOf(const YamlNode& node, std::string_view values) {
  if (node.kind != YamlNode::Kind::kScalar) return false;
  if (IsNull(node)) return true;
  std::string word = node.scalar;
  if (const auto boolean = Boolean(word)) word = *boolean ? "true" : "false";
  if (word.empty()) word = "''";
  for (size_t begin = 0; begin <= values.size();) {
    const size_t end = std::min(values.find('|', begin), values.size());
    if (values.substr(begin, end - begin) == word) return true;
    begin = end + 1;
  }
  return false;
}

YamlNode Named(const YamlNode& node, std::string_view names) {
  YamlNode named = node;
  const std::string wanted = node.scalar + "=";
  for (size_t begin = 0; begin < names.size() && node.kind == YamlNode::Kind::kScalar;) {
    const size_t end = std::min(names.find('|', begin), names.size());
    const std::string_view one = names.substr(begin, end - begin);
    if (one.starts_with(wanted)) named.scalar = one.substr(wanted.size());
    begin = end + 1;
  }
  return named;
}

YamlNode AsOurs(const YamlNode& node, const ParameterSpec& spec) {
  YamlNode ours = node;
  if (node.kind != YamlNode::Kind::kScalar || node.quoted) return ours;
  if (spec.type == ParameterType::kBool) {
    if (const auto value = Boolean(node.scalar)) ours.scalar = *value ? "true" : "false";
  } else if (spec.type == ParameterType::kInt || spec.type == ParameterType::kReal) {
    const auto value = Number(node.scalar);
    if (!value || !std::isfinite(*value)) return ours;
    if (spec.type == ParameterType::kReal) {
      ours.scalar = RealText(*value);
    } else if (*value == std::floor(*value)) {
      ours.scalar = WholeText(*value);
    }
  }
  return ours;
}

std::string Ending(std::string_view path) {
  std::string name = Lower(path.substr(path.rfind('/') + 1));
  for (const char* compressed : {".gz", ".zst"}) {
    if (name.ends_with(compressed)) name.resize(name.size() - std::string_view(compressed).size());
  }
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(dot + 1);
}

std::string DatasetName(std::string_view project) {
  std::string name;
  for (const char c : Lower(project)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    if (plain) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return IsDatasetName(name) ? name : "data-juicer";
}

}  // namespace siku::refine::data_juicer
