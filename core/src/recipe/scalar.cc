#include "scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>

namespace siku::recipe {
namespace {

template <class T>
using Typed = tl::expected<T, Complaint>;

struct Context {
  const ParameterSpec& spec;
  const std::string& owner;
  const Where& where;
};

// The gaps of a message: owner, parameter, then `more`.
tl::unexpected<Complaint> Wrong(const Context& c, const YamlNode& node, Error error,
                                std::initializer_list<std::string_view> more = {}) {
  error.value = Parts({c.owner, c.spec.name});
  for (const std::string_view part : more) error.value += '\x1F' + Parts({part});
  return tl::unexpected<Complaint>({c.where.set.empty() ? Where{node.mark} : c.where, error});
}

// Long double holds every int64.
Typed<void> CheckRange(const Context& c, const YamlNode& node, long double value) {
  const auto& low = c.spec.minimum;
  const auto& high = c.spec.maximum;
  if (!(low && value < *low) && !(high && value > *high)) return {};
  const std::string from = low ? fmt::format("{}", *low) : "";
  const std::string to = high ? fmt::format("{}", *high) : "";
  if (low && high) {
    return Wrong(c, node, Error{Code::kInvalid, "{}: {} takes a number from {} to {}, not {}"},
                 {from, to, node.scalar});
  }
  if (low) {
    return Wrong(c, node, Error{Code::kInvalid, "{}: {} takes a number from {} up, not {}"},
                 {from, node.scalar});
  }
  return Wrong(c, node, Error{Code::kInvalid, "{}: {} takes a number up to {}, not {}"},
               {to, node.scalar});
}

// YAML 1.1 reads 010 as 8, and people do not.
bool HasLeadingZero(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

Typed<int64_t> Integer(const Context& c, const YamlNode& node) {
  const std::string& text = node.scalar;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) {
    return Wrong(c, node, Error{Code::kInvalid, "{}: {} takes a whole number, not '{}'"}, {text});
  }
  if (error == std::errc::result_out_of_range) {
    return Wrong(c, node, Error{Code::kInvalid, "{}: {} takes a whole number of 64 bits, not {}"},
                 {text});
  }
  return value;
}

Typed<double> Real(const Context& c, const YamlNode& node) {
  const std::string& text = node.scalar;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return Wrong(c, node, Error{Code::kInvalid, "{}: {} takes a number, not '{}'"}, {text});
  }
  return value + 0.0;  // -0 is 0
}

Typed<std::string> Text(const Context& c, const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kScalar) {
    const bool list = node.kind == YamlNode::Kind::kList;
    return Wrong(c, node,
                 list ? Error{Code::kInvalid, "{}: {} takes a text, not a list"}
                      : Error{Code::kInvalid, "{}: {} takes a text, not a map"});
  }
  return node.scalar;
}

Typed<ParameterValue> Choice(const Context& c, const YamlNode& node) {
  SIKU_TRY(auto text, Text(c, node));
  const auto& choices = c.spec.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
    return Wrong(c, node, Error{Code::kInvalid, "{}: {} takes one of {}, not '{}'"},
                 {fmt::format("{}", fmt::join(choices, ", ")), text});
  }
  return ParameterValue(std::move(text));
}

Typed<ParameterValue> TextList(const Context& c, const YamlNode& node) {
  std::vector<std::string> texts;
  if (node.kind == YamlNode::Kind::kMap) {
    return Wrong(c, node, Error{Code::kInvalid, "{}: {} takes a list of texts, not a map"});
  }
  if (node.kind == YamlNode::Kind::kScalar) return ParameterValue(std::vector{node.scalar});
  for (const YamlNode& item : node.list) {
    SIKU_TRY(auto text, Text(c, item));
    texts.push_back(std::move(text));
  }
  return ParameterValue(std::move(texts));
}

Typed<ParameterValue> Number(const Context& c, const YamlNode& node) {
  if (HasLeadingZero(node.scalar)) {
    return Wrong(c, node, Error{Code::kInvalid, "{}: {} takes a number without leading 0, not {}"},
                 {node.scalar});
  }
  if (c.spec.type == ParameterType::kInt) {
    SIKU_TRY(const int64_t value, Integer(c, node));
    SIKU_TRY(CheckRange(c, node, static_cast<long double>(value)));
    return ParameterValue(value);
  }
  SIKU_TRY(const double value, Real(c, node));
  SIKU_TRY(CheckRange(c, node, value));
  return ParameterValue(value);
}

}  // namespace

Typed<ParameterValue> TypedValue(const YamlNode& node, const ParameterSpec& spec,
                                 const std::string& owner, const Where& where) {
  const Context c{spec, owner, where};
  if (node.missing) {
    return Wrong(c, node, Error{Code::kInvalid, "{}: {} has no value; '' is the empty text"});
  }
  if (spec.type == ParameterType::kTextList) return TextList(c, node);
  if (spec.type == ParameterType::kText) return Choice(c, node);
  const bool is_bool = spec.type == ParameterType::kBool;
  if (node.kind != YamlNode::Kind::kScalar) {
    return Wrong(c, node,
                 is_bool ? Error{Code::kInvalid, "{}: {} takes true or false, not a collection"}
                         : Error{Code::kInvalid, "{}: {} takes a number, not a collection"});
  }
  if (node.quoted) {
    return Wrong(c, node,
                 is_bool ? Error{Code::kInvalid, "{}: {} takes true or false without quotes"}
                         : Error{Code::kInvalid, "{}: {} takes a number without quotes"});
  }
  if (!is_bool) return Number(c, node);
  if (node.scalar != "true" && node.scalar != "false") {
    return Wrong(c, node, Error{Code::kInvalid, "{}: {} takes true or false, not '{}'"},
                 {node.scalar});
  }
  return ParameterValue(node.scalar == "true");
}

}  // namespace siku::recipe
