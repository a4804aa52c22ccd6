#include "canonical_json.h"

#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <vector>

#include "siku/utf8.h"

namespace siku {
namespace {

using nlohmann::json;

Result<void> PutText(std::string_view text, std::string& out) {
  if (!utf8::Valid(text)) return Fail(Code::kInvalid, "a text in a manifest is not UTF-8");
  static constexpr char kDigits[] = "0123456789abcdef";
  static constexpr std::string_view kShort = "btnufr";  // of U+0008 to U+000D; U+000B has none
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (byte >= 8 && byte <= 13 && byte != 11) {
      out.append({'\\', kShort[byte - 8U]});
    } else if (byte < 0x20) {
      out.append("\\u00").append({kDigits[byte >> 4], kDigits[byte & 15]});
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
  return {};
}

// ECMAScript's Number::toString, which RFC 8785 points to: the shortest digits, and an exponent
// only from 1e21 up and below 1e-6.
std::string NumberText(double value) {
  if (value == 0) return "0";
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value), std::chars_format::scientific)
          .ptr;
  const std::string_view said(buffer, static_cast<size_t>(end - buffer));
  const size_t e = said.find('e');
  std::string digits(said.substr(0, 1));
  if (e > 1) digits.append(said.substr(2, e - 2));
  int exponent = 0;
  const char* from = buffer + e + (said[e + 1] == '+' ? 2 : 1);
  std::from_chars(from, end, exponent);
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  std::string text = value < 0 ? "-" : "";
  if (count <= point && point <= 21) {
    return text + digits + std::string(static_cast<size_t>(point - count), '0');
  }
  if (point > 0 && point <= 21) {
    return text + digits.substr(0, static_cast<size_t>(point)) + "." +
           digits.substr(static_cast<size_t>(point));
  }
  if (point > -6 && point <= 0) {
    return text + "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  }
  text += digits.substr(0, 1);
  if (count > 1) text += "." + digits.substr(1);
  return text + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
}

std::u16string Units(std::string_view key) {
  std::u16string units;
  for (size_t at = 0; at < key.size();) {
    const char32_t c = utf8::Next(key, at);
    if (c < 0x10000) {
      units.push_back(static_cast<char16_t>(c));
    } else {
      units.push_back(static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF)));
    }
  }
  return units;
}

Result<void> Put(const json& value, int depth, std::string& out) {
  if (depth > kMostDepth) return Fail(Code::kInvalid, "a manifest is nested too deeply");
  switch (value.type()) {
    case json::value_t::null:
    case json::value_t::boolean:
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      out.append(value.dump());
      return {};
    case json::value_t::number_float:
      if (!std::isfinite(value.get<double>())) {
        return Fail(Code::kInvalid, "a number in a manifest is not finite");
      }
      out.append(NumberText(value.get<double>()));
      return {};
    case json::value_t::string:
      return PutText(value.get_ref<const std::string&>(), out);
    case json::value_t::array: {
      out.push_back('[');
      for (const json& item : value) {
        if (out.back() != '[') out.push_back(',');
        SIKU_TRY(Put(item, depth + 1, out));
      }
      out.push_back(']');
      return {};
    }
    case json::value_t::object: {
      // By UTF-16 code units, as RFC 8785 says; bytes sort otherwise beyond U+FFFF.
      std::map<std::u16string, json::const_iterator> sorted;
      for (auto it = value.begin(); it != value.end(); ++it) {
        if (!utf8::Valid(it.key())) {
          return Fail(Code::kInvalid, "a text in a manifest is not UTF-8");
        }
        sorted.emplace(Units(it.key()), it);
      }
      out.push_back('{');
      for (const auto& [units, it] : sorted) {
        if (out.back() != '{') out.push_back(',');
        SIKU_TRY(PutText(it.key(), out));
        out.push_back(':');
        SIKU_TRY(Put(it.value(), depth + 1, out));
      }
      out.push_back('}');
      return {};
    }
    default:
      return Fail(Code::kInvalid, "a manifest holds what JSON has no word for");
  }
}

}  // namespace

Result<std::string> WriteCanonicalJson(const json& value) {
  std::string out;
  SIKU_TRY(Put(value, 0, out));
  return out;
}

Result<json> ReadJson(const std::string& text, const std::string& place) {
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > kMostDepth) throw std::length_error("nested too deeply");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      throw std::invalid_argument("a key stands twice: " + parsed.get<std::string>());
    return true;
  };
  try {
    return json::parse(text, check);
  } catch (const std::exception& e) {
    return Fail(Code::kData, "the file is not JSON as Siku writes it", e.what(), place);
  }
}

}  // namespace siku
