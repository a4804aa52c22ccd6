#include "canonical_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace siku {
namespace {

using nlohmann::json;

std::string Canonical(const std::string& text) {
  return WriteCanonicalJson(ReadJson(text, "").value()).value();
}

// RFC 8785, section 3.2.2, and its appendix B.
TEST(CanonicalJson, WritesNumbersAsEcmaScriptDoes) {
  const std::pair<double, const char*> kCases[] = {
      {0.0, "0"},
      {-0.0, "0"},
      {5e-324, "5e-324"},
      {-5e-324, "-5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {9007199254740992.0, "9007199254740992"},
      {295147905179352830000.0, "295147905179352830000"},
      {9.999999999999997e22, "9.999999999999997e+22"},
      {1e23, "1e+23"},
      {1.0000000000000001e23, "1.0000000000000001e+23"},
      {999999999999999700000.0, "999999999999999700000"},
      {1e21, "1e+21"},
      {9.999999999999997e-7, "9.999999999999997e-7"},
      {0.000001, "0.000001"},
      {333333333.3333332, "333333333.3333332"},
      {-0.0000033333333333333333, "-0.0000033333333333333333"},
      {0.95, "0.95"},
      {100.0, "100"},
      {1.5, "1.5"}};
  for (const auto& [number, text] : kCases) EXPECT_EQ(WriteCanonicalJson(number).value(), text);
}

TEST(CanonicalJson, WritesIntegersInFull) {
  EXPECT_EQ(Canonical("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(Canonical("-12"), "-12");
}

// RFC 8785, section 3.2.3.
TEST(CanonicalJson, SortsKeysByUtf16) {
  EXPECT_EQ(Canonical("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,"
                      "\"\\u0080\":6,\"\\u00f6\":7}"),
            "{\"\\r\":2,\"1\":4,\"\xC2\x80\":6,\"\xC3\xB6\":7,\"\xE2\x82\xAC\":1,"
            "\"\xF0\x9F\x98\x80\":5,\"\xEF\xAC\xB3\":3}");
}

TEST(CanonicalJson, EscapesOnlyWhatItMust) {
  EXPECT_EQ(WriteCanonicalJson("\b\t\n\v\f\r\"\\/\x01\x1f\x7f水").value(),
            "\"\\b\\t\\n\\u000b\\f\\r\\\"\\\\/\\u0001\\u001f\x7f水\"");
}

TEST(CanonicalJson, RefusesWhatItCannotSay) {
  EXPECT_EQ(WriteCanonicalJson(std::string("\xff")).error().code, Code::kInvalid);
  EXPECT_EQ(WriteCanonicalJson(json{{"\xff", 1}}).error().code, Code::kInvalid);
  EXPECT_EQ(WriteCanonicalJson(std::numeric_limits<double>::infinity()).error().code,
            Code::kInvalid);
}

TEST(ReadJson, RefusesDepthAndDoubleKeysWithThePlace) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(ReadJson(deep, "m.json").error().code, Code::kData);
  EXPECT_EQ(ReadJson("{\"a\":1,\"a\":2}", "m.json").error().place, "m.json");
  EXPECT_TRUE(ReadJson("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}", "").has_value());
  EXPECT_FALSE(ReadJson("", "").has_value());
  EXPECT_FALSE(ReadJson("{} x", "").has_value());
}

}  // namespace
}  // namespace siku
