#include "siku/residue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json_line.h"
#include "read_back.h"
#include "siku/utf8.h"

namespace siku::io {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;

class Residue : public testing::Test {
 protected:
  ReadAll Read(std::string_view bytes, const HowToRead& how = {},
               const std::string& name = "in.jsonl") {
    auto all = ReadFiles({folder_.Write(name, bytes)}, how);
    EXPECT_TRUE(all.has_value()) << Describe(all.error());
    return all.has_value() ? *std::move(all) : ReadAll{};
  }
  // Every row is kept, and restores to the bytes it was read from.
  ReadAll ExpectExact(const std::string& bytes, const HowToRead& how = {},
                      const std::string& name = "in.jsonl") {
    const ReadAll all = Read(bytes, how, name);
    const auto restored = RestoreBytes(all);
    EXPECT_TRUE(restored.has_value()) << Describe(restored.error());
    EXPECT_EQ(restored.value_or(""), bytes);
    for (const Batch& batch : all.batches) EXPECT_TRUE(batch->ValidateFull().ok());
    return all;
  }
  static std::string TextOf(const ReadAll& all, int64_t row, const std::string& column = "text") {
    const auto array = all.batches.at(0)->GetColumnByName(column);
    return static_cast<const arrow::LargeStringArray&>(*array).GetString(row);
  }
  TemporaryFolder folder_;
};

// The columns by kind, each declared, so that one odd line does not change what the others are.
const HowToRead kTyped = {
    .columns = {{"text", "text"}, {"n", "int"}, {"r", "real"}, {"b", "bool"}, {"j", "json"}}};

TEST_F(Residue, KeepsSpacesOrderAndOtherMembers) {
  const ReadAll all = ExpectExact(
      "{\"text\":\"甲\",\"n\":1}\n"
      " { \"other\" : [1, {\"text\": 2}] ,\t\"text\" : \"乙\" , \"n\" :  2 } \n"
      "{}\n"
      "{ }\n"
      "{\"n\":3}",
      kTyped);
  EXPECT_EQ(all.rows(), 5);
  EXPECT_EQ(TextOf(all, 1), "乙");
}

TEST_F(Residue, KeepsDuplicateMembersAndReadsTheLast) {
  const ReadAll all = ExpectExact(
      "{\"text\":\"first\",\"text\":\"last\",\"n\":1,\"n\":2}\n"
      "{\"text\":\"first\",\"text\":null}\n"
      "{\"te\\u0078t\":\"escaped name\"}\n",
      kTyped);
  EXPECT_EQ(TextOf(all, 0), "last");
  EXPECT_EQ(TextOf(all, 2), "escaped name");
}

TEST_F(Residue, KeepsEveryEscape) {
  const ReadAll all = ExpectExact(
      R"({"text":"\/ \" \\ \b \f \n \r \t \u0000 \u001f \u007f \u4e2d \u4E2D \ud83d\ude00"})"
      "\n"
      R"({"text":"\u4e2d\u6587 \ud83d\ude00 ascii\n"})"
      "\n"
      R"({"text":"\u4e2d文"})"
      "\n"
      R"({"text":"\n中"})"
      "\n"
      R"({"text":"\u000a"})"
      "\n"
      R"({"text":"\u0041"})"
      "\n"
      R"({"text":"\uD83D\uDE00 \ud83d\uDE00"})"
      "\n",
      kTyped);
  EXPECT_EQ(TextOf(all, 0), "/ \" \\ \b \f \n \r \t \0 \x1F \x7F 中 中 😀"s);
  EXPECT_EQ(TextOf(all, 1), "中文 😀 ascii\n");
}

TEST_F(Residue, KeepsHalfSurrogatesOutOfTheTextButInTheLine) {
  for (const std::string text :
       {R"(a\ud800b)", R"(a\udc00b)", R"(a\uDC00\uD800b)", R"(a\ud83d)", R"(\ud83d\u0041)",
        R"(\ud83d\ud83d\ude00)", R"(\\\ud800)", R"(\ud800\n)"}) {
    const ReadAll all = ExpectExact("{\"text\":\"" + text + "\",\"j\":\"\\udead\"}\n", kTyped);
    ASSERT_EQ(all.rows(), 1) << text;
    EXPECT_TRUE(utf8::Valid(TextOf(all, 0))) << text;
    EXPECT_THAT(TextOf(all, 0), HasSubstr("\uFFFD")) << text;
    ASSERT_FALSE(all.flags.empty()) << text;
    EXPECT_EQ(all.flags[0].kind, "undecodable");
    EXPECT_EQ(TextOf(all, 0).substr(static_cast<size_t>(all.flags[0].begin), 3), "\uFFFD");
  }
  // Two backslashes make no escape.
  const ReadAll all = ExpectExact("{\"text\":\"\\\\ud800\"}\n", kTyped);
  EXPECT_EQ(TextOf(all, 0), "\\ud800");
  EXPECT_TRUE(all.flags.empty());
}

TEST_F(Residue, KeepsHalfSurrogatesInNames) {
  const ReadAll all = ExpectExact("{\"\\ud800\":1,\"text\":\"a\"}\n", kTyped);
  EXPECT_EQ(all.rows(), 1);
}

TEST_F(Residue, KeepsEverySpellingOfNumbers) {
  std::string lines;
  for (const std::string number : {"0",
                                   "-0",
                                   "1",
                                   "-1",
                                   "1.0",
                                   "1.0e3",
                                   "1E3",
                                   "1e+3",
                                   "1e-3",
                                   "0.1",
                                   "0.10",
                                   "-0.0",
                                   "1e400",
                                   "100000",
                                   "1e+16",
                                   "1e16",
                                   "10000000000000000",
                                   "1e-5",
                                   "0.00001",
                                   "123456789012345678",
                                   "9223372036854775807",
                                   "9223372036854775808",
                                   "-9223372036854775808",
                                   "9007199254740993",
                                   "12345678901234567890123",
                                   "0.1000000000000000055511151231257827",
                                   "5e-324",
                                   "2.5e-324"}) {
    lines.append("{\"n\":").append(number).append(",\"r\":").append(number);
    lines.append(",\"j\":").append(number).append(",\"text\":").append(number).append("}\n");
  }
  const ReadAll all = ExpectExact(lines, kTyped);
  const auto& n = static_cast<const arrow::Int64Array&>(*all.batches[0]->GetColumnByName("n"));
  const auto& r = static_cast<const arrow::DoubleArray&>(*all.batches[0]->GetColumnByName("r"));
  EXPECT_EQ(n.Value(1), 0);
  EXPECT_TRUE(n.IsNull(4));
  EXPECT_EQ(r.Value(5), 1000);
  EXPECT_TRUE(r.IsNull(12));  // no double is so large
  EXPECT_EQ(n.Value(20), 9223372036854775807);
  EXPECT_TRUE(n.IsNull(21));
}

TEST_F(Residue, KeepsNumbersBeyondADouble) {
  const std::string figures(400, '7');
  const ReadAll all =
      ExpectExact("{\"o\":[1e999,-" + figures + ", " + figures + ".5e9 ],\"r\":1E400,\"n\":-" +
                      figures + "}\n{\"r\":-1e309 ,\"text\":\"a\\u0041\"}\n",
                  kTyped);
  EXPECT_EQ(all.rows(), 2);
  EXPECT_EQ(TextOf(all, 1), "aA");
  // More of them than anybody writes on a line.
  std::string many = "{\"o\":[1e999";
  for (int i = 0; i < 100; ++i) many += ",1e999";
  EXPECT_EQ(ExpectExact(many + "]}\n", kTyped).bad.size(), 1U);
}

TEST_F(Residue, InfersColumnsThatHoldTheNumbersThere) {
  const ReadAll all = ExpectExact(
      "{\"a\":1,\"b\":1,\"c\":9223372036854775808}\n{\"a\":2,\"b\":100000.5}\n"
      "{\"a\":100000,\"b\":100000,\"c\":1}\n");
  EXPECT_EQ(all.schemas[0].user->field(0)->type()->id(), arrow::Type::INT64);
  EXPECT_EQ(all.schemas[0].user->field(1)->type()->id(), arrow::Type::DOUBLE);
  EXPECT_TRUE(all.flags.empty());
}

TEST_F(Residue, LeavesValuesOfOtherTypesInTheLine) {
  const ReadAll all = ExpectExact(
      "{\"text\":1,\"n\":\"1\",\"r\":true,\"b\":0,\"j\":null}\n"
      "{\"text\":null,\"n\":null,\"r\":null,\"b\":null}\n"
      "{\"text\":[\"a\"],\"n\":{},\"r\":[],\"b\":\"true\",\"j\":{ \"a\" : [ ] }}\n",
      kTyped);
  EXPECT_EQ(all.rows(), 3);
  EXPECT_EQ(all.flags.size(), 8U);
  for (const ReadFlag& flag : all.flags) EXPECT_EQ(flag.kind, "type_mismatch");
  EXPECT_EQ(TextOf(all, 0, "j"), "null");
  EXPECT_EQ(TextOf(all, 2, "j"), "{ \"a\" : [ ] }");
}

TEST_F(Residue, KeepsWhatIsNoJsonAsItIs) {
  const ReadAll all = ExpectExact(
      "{\"text\":\"ok\"}\n"
      "NaN\n{\"n\":NaN}\n{\"r\":Infinity}\n[1]\n\"text\"\n12\nnull\n"
      "\n \t\r\n{\"text\":\"a\"} {\"text\":\"b\"}\n{\"text\":\"a\",}\n{'text':'a'}\n"
      "{\"text\":\"a\tb\"}\n{\"text\":\"\\x\"}\n{\"text\":\"\\u12\"}\n{\"text\n{\"n\":01}\n"
      "{\"text\":\"z\0z\"}\n{\"text\":\"a\"}\0\n\0\n{\"text\":\"ok\"}"s,
      kTyped);
  EXPECT_EQ(all.rows(), 2);
  EXPECT_EQ(all.bad.size(), 20U);
  EXPECT_EQ(all.bad[0].reason, "not_json");
  EXPECT_EQ(all.bad[3].reason, "not_object");
  EXPECT_EQ(all.bad[4].reason, "not_object");
  EXPECT_EQ(all.bad[5].reason, "not_object");
  EXPECT_EQ(all.bad[6].reason, "not_object");
  EXPECT_EQ(all.bad[7].reason, "blank_line");
  EXPECT_EQ(all.bad[8].reason, "blank_line");
}

TEST_F(Residue, RefusesEveryRawControlInAString) {
  for (char control = 0; control < 0x20; ++control) {
    if (control == '\n') continue;
    // Behind and within the sixteen bytes that a SIMD parser takes at once.
    for (const size_t before : {0, 3, 14, 40}) {
      std::string line =
          "{\"text\":\"" + std::string(before, 'x') + "y" + std::string(40, 'z') + "\"}\n";
      line[9 + before] = control;
      const ReadAll all = ExpectExact(line, kTyped);
      EXPECT_EQ(all.rows(), 0) << int{control} << " " << before;
    }
  }
  EXPECT_EQ(ExpectExact("\t{\t\"text\"\t:\t\"\x7F\"\r}\n", kTyped).rows(), 1);
}

TEST_F(Residue, HasALimitOfDepthAndNoneOfWidth) {
  const auto nested = [](size_t depth) {
    return "{\"j\":" + std::string(depth, '[') + std::string(depth, ']') + ",\"text\":\"a\"}\n";
  };
  const ReadAll all = ExpectExact(nested(511) + nested(512) + nested(100'000), kTyped);
  EXPECT_EQ(all.rows(), 1);
  ASSERT_EQ(all.bad.size(), 2U);
  EXPECT_THAT(all.bad[1].detail, HasSubstr("nested too deep"));
  std::string wide = "{\"text\":\"a\"";
  for (int i = 0; i < 20'000; ++i) wide += ",\"m" + std::to_string(i) + "\":[[]]";
  EXPECT_EQ(ExpectExact(wide + "}\n", kTyped).rows(), 1);
}

TEST_F(Residue, LeavesMembersWithHiddenNamesInTheLine) {
  const ReadAll all =
      ExpectExact("{\"_siku_source\":7,\"text\":\"a\",\"_siku_residue\":\"x\",\"_siku_x\":1}\n");
  EXPECT_EQ(all.schemas[0].user->num_fields(), 1);
  EXPECT_EQ(all.batches[0]->num_columns(), 5);
  const auto refused = ReadFiles({folder_.Path("in.jsonl")}, {.columns = {{"_siku_x", "int"}}});
  EXPECT_FALSE(refused.has_value());
}

TEST_F(Residue, KeepsLineEndsMarksAndTheMissingLastLineEnd) {
  for (const std::string bytes :
       {"{\"text\":\"a\"}\r\n{\"text\":\"b\"}\r\n", "{\"text\":\"a\"}\n{\"text\":\"b\"}",
        "\xEF\xBB\xBF{\"text\":\"a\"}\n{\"text\":\"b\"}\r\n", "\xEF\xBB\xBF{\"text\":\"a\"}"}) {
    EXPECT_GE(ExpectExact(bytes).rows(), 1);
  }
}

TEST_F(Residue, KeepsBrokenBytesOfJson) {
  const ReadAll all = ExpectExact(
      "{\"text\":\"中文的文本\xFF在这里\",\"n\":1}\n"
      "{\"text\":\"好\",\"o\":\"\xE4\xB8\"}\n{\"te\xFFxt\":\"好\",\"n\":2}\n{\"text\":"
      "\"\xED\xA0\x80\"}\n",
      kTyped);
  EXPECT_EQ(all.rows(), 4);
  EXPECT_EQ(TextOf(all, 0), "中文的文本\uFFFD在这里");
  ASSERT_GE(all.flags.size(), 1U);
  EXPECT_EQ(all.flags[0].begin, 15);
  EXPECT_EQ(all.flags[0].end, 18);
}

TEST_F(Residue, KeepsJsonInOtherEncodings) {
  const std::string lines =
      "{\"text\":\"这是我们的第一行，\\n它是中文\",\"n\":1}\r\n{\"n\":2,\"text\":"
      "\"第二行也是中文。\"}\n";
  for (const Encoding encoding :
       {Encoding::kGb18030, Encoding::kUtf16Le, Encoding::kUtf16Be, Encoding::kUtf8}) {
    const ReadAll all = ExpectExact(Encode(lines, encoding).value(), kTyped);
    EXPECT_EQ(all.rows(), 2);
    EXPECT_EQ(TextOf(all, 0), "这是我们的第一行，\n它是中文");
    const ReadAll marked = ExpectExact(Encode("\uFEFF" + lines, encoding).value(), kTyped);
    EXPECT_EQ(TextOf(marked, 1), "第二行也是中文。");
  }
  std::string broken = Encode(lines, Encoding::kGb18030).value();
  broken.insert(14, "\xFF");
  EXPECT_EQ(ExpectExact(broken, kTyped).rows(), 2);
  const std::string big5 = Encode("{\"text\":\"這是我們的第一行\"}\n", Encoding::kBig5).value();
  EXPECT_EQ(TextOf(ExpectExact(big5), 0), "這是我們的第一行");
  // The euro of code page 936 is spelled otherwise by GB18030.
  HowToRead how = kTyped;
  how.source.encoding = "gb18030";
  EXPECT_EQ(TextOf(ExpectExact("{\"text\":\"\x80\"}\n", how), 0), "€");
}

TEST_F(Residue, KeepsTextsAndLinesOfEveryKind) {
  const std::string texts[] = {
      "",
      "a",
      "甲\n乙",
      "甲\r\n乙\n\n",
      "\xEF\xBB\xBF甲\n",
      "好的文本，有\xFF\x80一些坏字节在中间\n",
      "\r\n\r\r\n",
      "\n\n",
      "a\0b\n"s,
      Encode("这是我们的第一行，\n它是中文\r\n", Encoding::kGb18030).value(),
      Encode("這是我們的第一行，\n它是中文\r\n", Encoding::kBig5).value(),
      Encode("\uFEFF这是第一行\r\n上下\n", Encoding::kUtf16Le).value(),
      Encode("\uFEFF这是第一行\r\n上下\n", Encoding::kUtf16Be).value(),
      Encode("\uFEFF这是第一行\r\n上下", Encoding::kUtf16Le).value() + "x",
  };
  for (const std::string& text : texts) {
    ExpectExact(text, {}, "in.txt");
    ExpectExact(text, {.source = {.format = "lines"}}, "in.txt");
  }
}

// What the writer puts into a line: the values of today in the spelling of then.
TEST(FillJsonLine, PutsNewValuesInPlace) {
  const std::string residue = MakeJsonResidue(
      {{"text", "{ \"text\": ", Spelling::kCanonical}, {"n", ", \"n\":", Spelling::kRaw, "1.0e3"}},
      ", \"o\": [ ] }\r\n", Encoding::kUtf8, std::nullopt);
  const auto line = [&](std::string text, std::string n, std::string_view extra) {
    return FillJsonLine(
               residue, [&](std::string_view name, Spelling) { return name == "text" ? text : n; },
               extra)
        .value();
  };
  EXPECT_EQ(line("\"甲\"", "1000.0", ""), "{ \"text\": \"甲\", \"n\":1.0e3, \"o\": [ ] }\r\n");
  EXPECT_EQ(line("\"乙\"", "1001.0", "\"x\":1"),
            "{ \"text\": \"乙\", \"n\":1001.0, \"o\": [ ] ,\"x\":1}\r\n");
}

TEST(FillJsonLine, RefusesWhatIsNoResidue) {
  const auto none = [](std::string_view, Spelling) { return std::optional<std::string>(); };
  for (const std::string bad : {"", "J", "T", "J\x09", "Jxxxx", "J\0\xFF\xFF\xFF\xFF\x0F"}) {
    EXPECT_FALSE(FillJsonLine(bad, none, "").has_value());
    EXPECT_FALSE(RestoreJsonRecord(bad, none).has_value());
    EXPECT_FALSE(RestoreTextRecord(bad, "text", "").has_value());
  }
}

TEST(RealText, IsWhatPythonWrites) {
  EXPECT_EQ(RealText(0), "0.0");
  EXPECT_EQ(RealText(-0.0), "-0.0");
  EXPECT_EQ(RealText(1), "1.0");
  EXPECT_EQ(RealText(100000), "100000.0");
  EXPECT_EQ(RealText(0.1), "0.1");
  EXPECT_EQ(RealText(0.0001), "0.0001");
  EXPECT_EQ(RealText(0.00001), "1e-05");
  EXPECT_EQ(RealText(123456789.125), "123456789.125");
  EXPECT_EQ(RealText(1e15), "1000000000000000.0");
  EXPECT_EQ(RealText(1e16), "1e+16");
  EXPECT_EQ(RealText(-1.5e300), "-1.5e+300");
  EXPECT_EQ(RealText(5e-324), "5e-324");
}

}  // namespace
}  // namespace siku::io
