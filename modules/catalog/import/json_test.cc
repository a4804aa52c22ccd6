#include <nlohmann/json.hpp>

#include "import/cell.h"
#include "import/importing_for_tests.h"
#include "import/json_elements.h"

namespace siku::catalog {
namespace {

TEST(Numbers, ExponentsAreWrittenOutExactly) {
  EXPECT_EQ(PlainNumber("1e5"), "100000");
  EXPECT_EQ(PlainNumber("-1.25E-3"), "-0.00125");
  EXPECT_EQ(PlainNumber("4.4030119900101126E+17"), "440301199001011260");
  EXPECT_EQ(PlainNumber("12.50e1"), "125.0");
  for (const char* const none : {"1", "1e99999999999", "1e39", "1e-39", "e5", "1e", "x"}) {
    EXPECT_EQ(PlainNumber(none), std::nullopt) << none;
  }
  EXPECT_EQ(CellReal("1e300"), 1e300);
  EXPECT_EQ(CellReal("1,234.5"), 1234.5);
  EXPECT_EQ(CellReal("1e999"), std::nullopt);
  EXPECT_EQ(CellReal("0x10"), std::nullopt);
}

TEST_F(Importing, JsonHasItsTypesAndItsOrder) {
  const auto guess = Guess(
      R"([{"b":1,"a":"007","n":0.10,"t":true},{"a":"8","z":{"x":[1, 2]},"b":440301199001011234}])");
  EXPECT_EQ(guess["format"], "json");
  EXPECT_EQ(guess["array"], "");
  EXPECT_THAT(Columns(guess),
              ElementsAre("b integer all_integers", "a text all_text", "n number all_numbers",
                          "t boolean all_booleans", "z text nested"));
  const auto imported =
      Must(Import(R"([{"b":1,"a":"007","n":0.10},{"a":"","z":{"x":[1, 2]},"b":440301199001011234},
                      {"a":null,"n":1.5e1}])"));
  EXPECT_EQ(Rows(imported.version),
            "{\"b\":1,\"a\":\"007\",\"n\":0.10}\n"
            "{\"b\":440301199001011234,\"a\":\"\",\"z\":\"{\\\"x\\\":[1, 2]}\"}\n"
            "{\"n\":15.00}\n");
}

TEST_F(Importing, JsonNumbersThatNoDecimalHoldsAreReal) {
  EXPECT_THAT(Columns(Guess(R"([{"a":1e300,"b":1e-30,"c":12345678901234567890123},
                                {"a":2,"b":1e30,"c":1}])")),
              ElementsAre("a real all_numbers", "b real all_numbers", "c number all_numbers"));
  const auto imported = Must(Import(R"([{"a":1e300},{"a":0.5}])"));
  EXPECT_EQ(Rows(imported.version), "{\"a\":1e+300}\n{\"a\":0.5}\n");
}

TEST_F(Importing, TheArrayWithinAnObjectIsFoundAndCanBeChosen) {
  const std::string text =
      R"({"code":0,"few":[{"x":1}],"data":{"a/b":[{"y":1},{"y":2}],"no":[1,2,3]}})";
  const auto guess = Guess(text);
  EXPECT_EQ(guess["array"], "/data/a~1b");
  EXPECT_EQ(guess["arrays"].dump(),
            R"([{"array":"/few","rows":1},{"array":"/data/a~1b","rows":2}])");
  EXPECT_THAT(Columns(Guess(text, {{"array", "/few"}})), ElementsAre("x integer all_integers"));
  const auto none = GuessImport(Write(text), "a", {{"array", "/none"}});
  EXPECT_STREQ(none.error().message, "the file has no such array");
}

TEST_F(Importing, JsonLinesHaveRejectsWithLineAndByte) {
  const auto imported =
      Must(Import("{\"a\":1}\n\n{\"a\":2,}\n[1]\n{\"a\":3,\"a\":4}\n{\"a\":5}\n"));
  EXPECT_EQ(Rows(imported.version), "{\"a\":1}\n{\"a\":5}\n");
  EXPECT_EQ(imported.blank_rows, 1);
  EXPECT_EQ(Rows(imported.rejects),
            "{\"line\":3,\"reason\":\"not_json\",\"value\":\"{\\\"a\\\":2,}\",\"byte\":16}\n"
            "{\"line\":4,\"reason\":\"not_object\",\"value\":\"[1]\",\"byte\":18}\n"
            "{\"line\":5,\"reason\":\"duplicate_key\",\"value\":\"{\\\"a\\\":3,\\\"a\\\":4}\","
            "\"byte\":22}\n");
}

TEST_F(Importing, MembersThatThePlanDoesNotKnowAreRejects) {
  const auto guess = Guess(R"([{"a":1}])");
  const auto plan = Must(ParsePlan(guess));
  const auto imported = Must(ImportFile(*store_, Write(R"([{"a":1,"b":[2]}])"), plan,
                                        {.dataset = "table", .name = "b.json"}));
  EXPECT_EQ(Rows(imported.version), "{\"a\":1}\n");
  EXPECT_EQ(Rows(imported.rejects),
            "{\"line\":1,\"row\":1,\"column\":\"b\",\"reason\":\"unknown_key\",\"value\":\"[2]\","
            "\"byte\":1}\n");
}

TEST_F(Importing, JsonThatEndsEarlyIsAnErrorWithItsPlace) {
  for (const char* const text : {"[{\"a\":1},\n{\"a\"", "[{\"a\":1},\n", "{\"d\":[{\"a\":1}]",
                                 "[{\"a\":1}] x", "[{\"a\":1}]]"}) {
    const auto failed = Import(text);
    ASSERT_FALSE(failed.has_value()) << text;
    EXPECT_EQ(failed.error().code, Code::kData) << text;
    EXPECT_THAT(failed.error().place, HasSubstr("表.csv:")) << text;
  }
  EXPECT_TRUE(Must(store_->Datasets()).empty());
}

TEST_F(Importing, HostileJsonEndsInWordsOrRejects) {
  std::string wide = "[{";
  for (int i = 0; i < 100'000; ++i) wide += "\"k" + std::to_string(i) + "\":1,";
  wide += "\"z\":1}]";
  EXPECT_EQ(Import(wide).error().code, Code::kLimit);
  const std::string deep(200'000, '[');
  EXPECT_EQ(Import(deep).error().code, Code::kData);
  const auto nested =
      Must(Import("[{\"a\":1},{\"a\":" + std::string(600, '[') + std::string(600, ']') + "}]"));
  EXPECT_EQ(nested.rejected_rows, 1);
  const auto broken = Must(Import("[{\"a\":\"x\xFF\"},{\"a\":\"\\ud800\"},{\"a\":\"y\"}]"));
  EXPECT_EQ(broken.rejected_rows, 1);
  EXPECT_EQ(broken.rejected_values, 1);
  EXPECT_STREQ(Import(Gbk("[{\"名\":\"甲\"}]")).error().message, "JSON is read in UTF-8 only");
  const std::string pointer =
      "{" + std::string(2000, ' ') + "\"" + std::string(5000, 'k') + "\":[{\"a\":1}]}";
  EXPECT_FALSE(Guess(pointer)["arrays"].empty());
}

TEST_F(Importing, PacksAndOldFormatsAreToldInWords) {
  EXPECT_STREQ(Import("\x1F\x8B\x08 ").error().message, "the file is an archive");
  const std::string office("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
  EXPECT_STREQ(Import(office).error().message, "Excel's binary formats are not read");
  const std::string name("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 32);
  // Over the border of two pieces that are read.
  EXPECT_STREQ(
      Import(office + std::string((1 << 20) + (64 << 10) - 20, 'x') + name).error().message,
      "the file is encrypted");
}

TEST_F(Importing, PlansOfAFormatHaveWhatItNeeds) {
  const auto parse = [](const char* plan) { return ParsePlan(json::parse(plan)); };
  const auto plain = parse(R"({"format":"json","lines":true,"columns":[{"name":"a"}]})");
  EXPECT_EQ(Must(plain).columns[0].key, "a");
  EXPECT_TRUE(parse(R"({"format":"json","array":"","columns":[{"name":"a","key":"b"}]})"));
  for (
      const char* const wrong :
      {R"({"format":"xml","columns":[{"name":"a"}]})",
       R"({"format":"json","columns":[{"name":"a"}]})",
       R"({"format":"xlsx","titles":0,"headers":1,"columns":[{"name":"a"}]})",
       R"({"format":"parquet","columns":[{"name":"a","type":"text"}]})",
       R"({"format":"json","lines":true,"columns":[{"name":"a","type":"kept"}]})",
       R"({"format":"json","lines":true,"columns":[{"name":"a","key":"x"},{"name":"b","key":"x"}]})"}) {
    EXPECT_EQ(parse(wrong).error().code, Code::kInvalid) << wrong;
  }
}

}  // namespace
}  // namespace siku::catalog
