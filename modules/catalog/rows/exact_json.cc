#include "rows/exact_json.h"

#include <charconv>
#include <utility>
#include <vector>

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr size_t kDoubleDigits = 15;  // so many a double always holds

/// 0.digits times ten to the exponent.
struct Decimal {
  std::string digits{};
  int64_t exponent = 0;
  bool operator==(const Decimal&) const = default;
};

/// Of a number as JSON has it; the sign does not matter here.
Decimal DecimalOf(const std::string& text) {
  Decimal decimal;
  bool fraction = false;
  size_t at = text.starts_with('-') ? 1 : 0;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '.') {
      fraction = true;
      continue;
    }
    if (decimal.digits.empty() && text[at] == '0') {
      decimal.exponent -= fraction ? 1 : 0;
      continue;
    }
    decimal.exponent += fraction ? 0 : 1;
    decimal.digits += text[at];
  }
  while (decimal.digits.ends_with('0')) decimal.digits.pop_back();
  if (at < text.size()) {
    const char* begin = text.data() + at + 1;
    begin += *begin == '+' ? 1 : 0;
    int64_t exponent = 0;
    std::from_chars(begin, text.data() + text.size(), exponent);
    decimal.exponent += exponent;
  }
  if (decimal.digits.empty()) decimal.exponent = 0;
  return decimal;
}

bool Holds(double value, const std::string& text) {
  const Decimal wanted = DecimalOf(text);
  return wanted.digits.size() <= kDoubleDigits || DecimalOf(json(value).dump()) == wanted;
}

class Builder final : public nlohmann::json_sax<json> {
 public:
  json root{};

  bool null() override { return Add({}); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t value, const string_t& text) override {
    return Add(Holds(value, text) ? json(value) : json(text));
  }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool binary(binary_t& value) override { return Add(json::binary(std::move(value))); }
  bool start_object(size_t /*elements*/) override { return Open(json::object()); }
  bool end_object() override { return Close(); }
  bool start_array(size_t /*elements*/) override { return Open(json::array()); }
  bool end_array() override { return Close(); }
  bool key(string_t& value) override {
    key_ = std::move(value);
    return true;
  }
  bool parse_error(size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

 private:
  json& Place(json value) {
    if (open_.empty()) return root = std::move(value);
    json& outer = *open_.back();
    if (outer.is_array()) return outer.emplace_back(std::move(value));
    return outer[key_] = std::move(value);
  }
  bool Add(json value) {
    Place(std::move(value));
    return true;
  }
  bool Open(json empty) {
    open_.push_back(&Place(std::move(empty)));
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  std::vector<json*> open_{};  // none of them grows while one within it is open
  std::string key_{};
};

}  // namespace

Result<json> ExactJson(const std::string& text) {
  Builder builder;
  if (json::sax_parse(text, &builder)) return std::move(builder.root);
  return Fail(Code::kData, "not JSON", text.substr(0, 100));
}

}  // namespace siku::catalog
