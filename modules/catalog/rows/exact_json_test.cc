#include "rows/exact_json.h"

#include <gtest/gtest.h>

namespace siku::catalog {
namespace {

std::string Read(const std::string& text) {
  const auto read = ExactJson(text);
  return read.has_value() ? read->dump() : "none";
}

TEST(ExactJson, ReadsWhatEveryReaderReads) {
  for (const char* text :
       {"null", "true", "[]", "{}", R"({"a":[1,{"b":[[],"x"]}],"c":-2.5})", "18446744073709551615",
        "-9223372036854775808", "0.1", "1e+300", "5e-324", "1.7976931348623157e+308",
        "9007199254740993", R"("123456789012345678901")", "0.30000000000000004"}) {
    EXPECT_EQ(Read(text), nlohmann::json::parse(text).dump()) << text;
  }
}

TEST(ExactJson, KeepsTheDigitsThatADoubleDoesNotHold) {
  for (const char* text : {"12345678901234567890.123", "-0.1000000000000000055",
                           "18446744073709551616", "99999999999999999999999999999999999999",
                           "1.00000000000000000001", "0.12345678901234567"}) {
    EXPECT_EQ(Read(text), '"' + std::string(text) + '"');
    EXPECT_EQ(Read('[' + std::string(text) + ']'), "[\"" + std::string(text) + "\"]");
  }
}

TEST(ExactJson, TakesNumbersThatAreOnlyWrittenLong) {
  EXPECT_EQ(Read("1.50000000000000000000000"), "1.5");
  EXPECT_EQ(Read("0.000000000000000000000000000001"), "1e-30");
  EXPECT_EQ(Read("10000000000000000000000"), "1e+22");
  EXPECT_EQ(Read("0.00000000000000000000000"), "0.0");
}

TEST(ExactJson, RefusesWhatIsNone) {
  for (const char* text : {"", "{", "[1,]", "01", "{\"a\":1}x", "nul"}) {
    EXPECT_EQ(Read(text), "none") << text;
  }
}

}  // namespace
}  // namespace siku::catalog
