#include "scalar.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace siku::recipe {
namespace {

struct Context {
  const ParameterSpec& spec;
  const std::string& owner;
  const std::string& place;
};

tl::unexpected<Error> Wrong(const Context& c, const char* what, const std::string& value) {
  return Fail(Code::kInvalid, what, value, c.place + ": " + c.owner + " " + c.spec.name);
}

Result<void> CheckRange(const Context& c, double value, const std::string& shown) {
  if ((c.spec.minimum && value < *c.spec.minimum) || (c.spec.maximum && value > *c.spec.maximum)) {
    const auto bound = [](const std::optional<double>& b) {
      return b.has_value() ? fmt::format("{}", *b) : std::string("…");
    };
    return Wrong(
        c, "the value is outside its range",
        fmt::format("{}, not in [{}, {}]", shown, bound(c.spec.minimum), bound(c.spec.maximum)));
  }
  return {};
}

Result<int64_t> Integer(const Context& c, const std::string& text) {
  const size_t digits = text.starts_with('-') ? 1 : 0;
  if (text.size() > digits + 1 && text[digits] == '0') {
    return Wrong(c, "a whole number may not begin with 0", text);
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    return Wrong(c, "the whole number does not fit 64 bits", text);
  }
  if (error != std::errc() || end != text.data() + text.size()) {
    return Wrong(c, "this takes a whole number", text);
  }
  return value;
}

Result<double> Real(const Context& c, const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return Wrong(c, "this takes a number", text);
  }
  return value;
}

Result<std::string> Text(const Context& c, const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kScalar) return Wrong(c, "this takes a text", "a collection");
  return node.scalar;
}

Result<ParameterValue> TextList(const Context& c, const YamlNode& node) {
  std::vector<std::string> texts;
  if (node.kind == YamlNode::Kind::kMap) return Wrong(c, "this takes a list of texts", "a map");
  if (node.kind == YamlNode::Kind::kScalar) return ParameterValue(std::vector{node.scalar});
  for (const YamlNode& item : node.list) {
    SIKU_TRY(auto text, Text(c, item));
    texts.push_back(std::move(text));
  }
  return ParameterValue(std::move(texts));
}

}  // namespace

Result<ParameterValue> TypedValue(const YamlNode& node, const ParameterSpec& spec,
                                  const std::string& owner, const std::string& place) {
  const Context c{spec, owner, place};
  if (spec.type == ParameterType::kTextList) return TextList(c, node);
  SIKU_TRY(const auto text, Text(c, node));
  if (spec.type == ParameterType::kText) {
    if (!spec.choices.empty() &&
        std::find(spec.choices.begin(), spec.choices.end(), text) == spec.choices.end()) {
      return Wrong(c, "the value is none of its choices",
                   fmt::format("{}, not one of {}", text, fmt::join(spec.choices, ", ")));
    }
    return ParameterValue(text);
  }
  if (node.quoted) return Wrong(c, "a quoted value is a text, and this takes none", text);
  switch (spec.type) {
    case ParameterType::kBool:
      if (text != "true" && text != "false") return Wrong(c, "this takes true or false", text);
      return ParameterValue(text == "true");
    case ParameterType::kInt: {
      SIKU_TRY(const int64_t value, Integer(c, text));
      SIKU_TRY(CheckRange(c, static_cast<double>(value), text));
      return ParameterValue(value);
    }
    default: {
      SIKU_TRY(const double value, Real(c, text));
      SIKU_TRY(CheckRange(c, value, text));
      return ParameterValue(value);
    }
  }
}

}  // namespace siku::recipe
