#include "import/cell.h"
#include "import/importing_for_tests.h"

namespace siku::catalog {
namespace {

TEST(Cells, AreWhatTheySay) {
  struct Case {
    const char* text;
    CellKind kind;
  };
  for (const Case& one : {Case{"12", CellKind::kInteger},
                          Case{"-1,234,567", CellKind::kInteger},
                          Case{"１２", CellKind::kInteger},
                          Case{"1,23", CellKind::kText},
                          Case{",123", CellKind::kText},
                          Case{"1234,567", CellKind::kText},
                          Case{"12.50", CellKind::kNumber},
                          Case{"12.", CellKind::kText},
                          Case{".5", CellKind::kText},
                          Case{"1e5", CellKind::kText},
                          Case{"1.2万", CellKind::kText},
                          Case{"5%", CellKind::kText},
                          Case{"2024年1月5日", CellKind::kDate},
                          Case{"2024/1/5", CellKind::kDate},
                          Case{"２０２４－０１－０５", CellKind::kDate},
                          Case{"2024-02-30", CellKind::kText},
                          Case{"2023年1月", CellKind::kText},
                          Case{"1/5/2024", CellKind::kText},
                          Case{"2024-01-05 8:30", CellKind::kTimestamp},
                          Case{"2024年1月5日 8时30分15秒", CellKind::kTimestamp},
                          Case{"2024-01-05T24:00", CellKind::kText},
                          Case{"TRUE", CellKind::kBoolean},
                          Case{"是", CellKind::kText},
                          Case{"", CellKind::kText}}) {
    EXPECT_EQ(LookAtCell(one.text).kind, one.kind) << one.text;
  }
  EXPECT_EQ(LookAtCell("1.2万").unit, "万");
  EXPECT_EQ(LookAtCell("3,000亿元").unit, "亿");
  EXPECT_TRUE(LookAtCell("4.40301E+17").exponent);
  EXPECT_EQ(CellDate("1970-01-02"), 1);
  EXPECT_EQ(CellTimestamp("1970-01-01 00:01:00.5"), 60'500);
  EXPECT_EQ(CellDecimal("-0012.50", 2), "-1250");
  EXPECT_EQ(CellDecimal("12.505", 2), std::nullopt);
  EXPECT_EQ(CellDecimal("12.500", 2), "1250");
  EXPECT_EQ(CellInteger("9223372036854775808"), std::nullopt);
}

TEST_F(Importing, TypesAreWhatEveryCellSays) {
  const auto guess = Guess(
      "行政区划代码,身份证,序号,电话,金额,日期,时间,人口,备注,有无\n"
      "440305,44030519900101001X,1,13800138000,\"1,234.50\",2024年1月5日,2024-01-05 "
      "8:30,12,1.2万,true\n"
      "440306,440305199001010011,２,13800138001,0.5,2024/1/6,2024/1/6 12:00:01,3456,无,FALSE\n"
      "440307,440305199001010012,3,13900138001,-,2024-01-07,2024-01-07 00:00,7,2023年1月,true\n");
  EXPECT_THAT(
      Columns(guess),
      ElementsAre("行政区划代码 text name_of_codes", "身份证 text some_text",
                  "序号 integer all_integers", "电话 text name_of_codes", "金额 number all_numbers",
                  "日期 date all_dates", "时间 timestamp all_timestamps",
                  "人口 integer all_integers", "备注 text all_text", "有无 boolean all_booleans"));
  EXPECT_EQ(guess["columns"][4]["scale"], 2);
  EXPECT_EQ(guess["columns"][4]["empty"], json({"-"}));
  EXPECT_THAT(Notes(guess["columns"][4]), ElementsAre("thousands 2 1"));
  EXPECT_THAT(Notes(guess["columns"][2]), ElementsAre("full_width 3 1"));
  EXPECT_THAT(Notes(guess["columns"][8]), ElementsAre("month_only 4 1", "units 2 1"));
  EXPECT_EQ(guess["columns"][8]["marks"][0]["mark"], "无");
  EXPECT_EQ(guess["columns"][8]["empty"], json::array());
}

TEST_F(Importing, CodesStayText) {
  struct Case {
    const char* cells;
    const char* why;
  };
  for (const Case& one :
       {Case{"007,x\n8,y\n", "leading_zeros"}, Case{"4403051990010100,x\n1,y\n", "long_digits"},
        Case{"4.40E+17,x\n1,y\n", "exponents"}, Case{"440305,x\n440306,y\n", "equal_length"},
        Case{"1,x\n0164A,y\n", "some_text"}}) {
    EXPECT_EQ(Columns(Guess(std::string("甲,乙\n") + one.cells))[0],
              std::string("甲 text ") + one.why);
  }
}

TEST_F(Importing, AValueFarDownCounts) {
  std::string text = "编,数\n";
  for (int i = 0; i < 20'000; ++i) text += "a," + std::to_string(i) + "\n";
  const auto guess = Guess(text + "b,0164A\n");
  EXPECT_EQ(guess["columns"][1]["type"], "text");
  EXPECT_EQ(guess["columns"][1]["odd"], json({{"line", 20'002}, {"value", "0164A"}}));
  EXPECT_EQ(guess["rows"], 20'001);
}

TEST_F(Importing, EncodingsAndDelimitersAreFound) {
  const std::string text =
      "名称;区;备注\n地铁站的公共数据;福田区;这是一个说明\n公交站;南山区;没有\n";
  for (const Encoding encoding :
       {Encoding::kUtf8, Encoding::kGb18030, Encoding::kUtf16Le, Encoding::kUtf16Be}) {
    for (const bool mark : {false, true}) {
      const bool wide = encoding >= Encoding::kUtf16Le;
      if (wide && !mark) continue;
      const auto guess = Guess(Encode((mark ? "\uFEFF" : "") + text, encoding).value());
      EXPECT_EQ(guess["encoding"], EncodingName(encoding));
      EXPECT_EQ(guess["delimiter"], ";");
      EXPECT_EQ(guess["columns"][0]["name"], "名称") << EncodingName(encoding) << mark;
      EXPECT_EQ(guess["preview"][1], json({"公交站", "南山区", "没有"}));
    }
  }
  EXPECT_EQ(Guess("a\tb\n1,5\t2\n3\t4,5\n")["delimiter"], "\t");
}

TEST_F(Importing, GbkFarBehindAsciiIsFound) {
  std::string text = "code,name\n";
  while (text.size() < 600'000) text += "A1,plain\n";
  const auto guess = Guess(text + Gbk("A2,深圳市的公共数据开放平台\n"));
  EXPECT_EQ(guess["encoding"], "gb18030");
}

TEST_F(Importing, TitlesAndHeadersOfSeveralLinesAreFound) {
  const auto guess =
      Guess(Gbk("深圳市2024年统计表,,,,\n单位：人,,,,\n区,人口,,面积,\n,男,女,,\n"
                "福田,1,2,3.5,\n南山,4,5,6,\n"));
  EXPECT_EQ(guess["titles"], 2);
  EXPECT_EQ(guess["headers"], 2);
  EXPECT_THAT(Columns(guess), ElementsAre("区 text all_text", "人口/男 integer all_integers",
                                          "人口/女 integer all_integers", "面积 number all_numbers",
                                          "column_5 none no_values"));
  EXPECT_EQ(guess["above"][0][0], "深圳市2024年统计表");
}

TEST_F(Importing, HeadersAreTakenAsTheyAreGiven) {
  const auto years = Guess("区,2023,2024\n福田,1,2\n南山,3,4\n");
  EXPECT_EQ(years["headers"], 1);
  EXPECT_EQ(years["columns"][1]["name"], "2023");
  const auto none = Guess("福田,12,2\n南山,30,4\n");
  EXPECT_EQ(none["headers"], 0);
  EXPECT_EQ(none["rows"], 2);
  EXPECT_EQ(none["columns"][0]["name"], "column_1");
  const auto told = Guess("福田,12,2\n南山,30,4\n", {{"headers", 1}});
  EXPECT_EQ(told["columns"][1]["name"], "12");
  const auto three = Guess("甲,,\n乙,,丙\n丁,戊,己\n1,2,3\n", {{"titles", 0}, {"headers", 3}});
  EXPECT_EQ(three["columns"][1]["name"], "甲/乙/戊");
  EXPECT_EQ(three["columns"][2]["name"], "甲/丙/己");
}

TEST_F(Importing, WhatIsOddIsNotedWithItsLine) {
  const auto guess = Guess("a,a,b\n1,2,3\n\n1,2\n1,\"2\"x,3\n4,5,6,7\n4,5,6,,\n");
  EXPECT_THAT(Notes(guess),
              ElementsAre("name_twice 0 1", "blank 3 1", "ragged 4 2", "bad_quotes 5 1"));
  EXPECT_EQ(guess["rows"], 2);
  const auto open = Guess("a,b\n\"5\" disk,1\n\"6,2\n7,3\n");
  EXPECT_EQ(open["quotes"], false);
  EXPECT_THAT(Notes(open), testing::Contains(HasSubstr("quotes_are_text")));
}

TEST_F(Importing, RowsHaveTheTypesThatWereAgreed) {
  const auto imported =
      Must(Import("代码,数,金额,日期,文\n007,\"1,200\",0.50,2024年1月5日, 原样 "
                  "\n008,-,12,2024/2/29,\"\"\n009,,,,\n"));
  EXPECT_EQ(
      Rows(imported.version),
      "{\"代码\":\"007\",\"数\":1200,\"金额\":0.50,\"日期\":\"2024-01-05\",\"文\":\" 原样 \"}\n"
      "{\"代码\":\"008\",\"金额\":12.00,\"日期\":\"2024-02-29\",\"文\":\"\"}\n"
      "{\"代码\":\"009\"}\n");
  EXPECT_EQ(imported.emptied, 1);
  EXPECT_EQ(imported.rejects.dataset, "");
}

TEST_F(Importing, WhatDoesNotFitIsKeptWithItsPlace) {
  const std::string text = "a,b\n1,x\n2,y,z\n3,4\n\xFF,5\n";
  const auto imported =
      Must(Import(text, {{"encoding", "utf-8"},
                         {"columns", {{{"name", "a"}}, {{"name", "b"}, {"type", "integer"}}}}}));
  EXPECT_EQ(Rows(imported.version), "{\"a\":\"1\"}\n{\"a\":\"3\",\"b\":4}\n{\"b\":5}\n");
  EXPECT_EQ(imported.rejected_rows, 1);
  EXPECT_EQ(imported.rejected_values, 2);
  EXPECT_EQ(Rows(imported.rejects),
            "{\"line\":2,\"row\":1,\"column\":\"b\",\"reason\":\"misfit\",\"value\":\"x\"}\n"
            "{\"line\":3,\"reason\":\"ragged\",\"value\":\"2,y,z\\n\"}\n"
            "{\"line\":5,\"row\":3,\"column\":\"a\",\"reason\":\"undecodable\","
            "\"value\":\"\xEF\xBF\xBD\",\"bytes\":\"/yw1Cg==\"}\n");
  const auto lineage = json::parse(Must(store_->ReadManifest(imported.version)).lineage)["import"];
  EXPECT_EQ(lineage["file"]["bytes"], text.size());
  EXPECT_EQ(lineage["rejects"], imported.rejects.content);
  EXPECT_EQ(lineage["plan"]["columns"][1]["type"], "integer");
}

TEST_F(Importing, TheSameFileIsTheSameVersion) {
  const auto once = Must(Import("a,b\n1,2\n"));
  const auto twice = Must(Import("a,b\n1,2\n"));
  EXPECT_EQ(twice.version.ordinal, once.version.ordinal);
  EXPECT_EQ(Must(store_->Datasets()).size(), 1U);
}

TEST_F(Importing, AQuoteThatNeverClosesIsAnErrorWithItsPlace) {
  const auto failed = Import("a,b\n1,2\n3,\"4\n5,6\n", {{"quotes", true}});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, Code::kData);
  EXPECT_EQ(failed.error().place, "表.csv:3 (byte 10)");
  EXPECT_TRUE(Must(store_->Datasets()).empty());
}

TEST_F(Importing, HostileFilesEndInWordsOrRejects) {
  EXPECT_EQ(Import("").error().code, Code::kData);
  EXPECT_EQ(Import(std::string(5000, '\0')).error().code, Code::kData);
  EXPECT_EQ(Import(std::string(3000, ',') + "\n").error().code, Code::kLimit);
  const auto zeros = Must(Import(std::string("a,b\nx\0y,2\n", 10)));
  EXPECT_EQ(Rows(zeros.version), "{\"a\":\"x\\u0000y\",\"b\":2}\n");
  // A lone surrogate, in UTF-16 and as CESU would have it.
  auto wide = Encode("\uFEFF名称,数量\n公交站,1\n", Encoding::kUtf16Le).value();
  wide.append("\x00\xD8,\0", 4).append("2\0\n\0", 4);
  EXPECT_EQ(Must(Import(wide)).rejected_values, 1);
  EXPECT_EQ(Must(Import("名称,数量\n\xED\xA0\x80,1\n公交站,2\n", {{"encoding", "utf-8"}}))
                .rejected_values,
            1);
}

TEST_F(Importing, ALineOfAHundredMegabytesIsNotHeld) {
  const std::string path = Write("a,b\n1,2\n");
  {
    std::ofstream out(path, std::ios::binary | std::ios::app);
    const std::string piece(1 << 20, 'x');
    for (int i = 0; i < 100; ++i) out << piece;
    out << "\n3,4\n";
  }
  const auto plan = Must(ParsePlan(Must(GuessImport(path, "a.csv", json::object()))));
  const auto imported = Must(ImportFile(*store_, path, plan, {.dataset = "long", .name = "a.csv"}));
  EXPECT_EQ(imported.rows, 2);
  EXPECT_EQ(imported.rejected_rows, 1);
  EXPECT_THAT(Rows(imported.rejects), HasSubstr("104857601 bytes"));
}

TEST_F(Importing, PlansAreChecked) {
  const json good = Guess("a,b\n1,2\n");
  const auto refused = [&](const json& change) {
    json plan = good;
    plan.merge_patch(change);
    const auto parsed = ParsePlan(plan);
    return parsed.has_value() ? std::string("taken") : parsed.error().place;
  };
  EXPECT_EQ(refused({{"encoding", "klingon"}}), "encoding");
  EXPECT_EQ(refused({{"delimiter", ",,"}}), "delimiter");
  EXPECT_EQ(refused({{"titles", -1}}), "titles");
  EXPECT_EQ(refused({{"columns", {{{"name", ""}}}}}), "columns[0].name");
  EXPECT_EQ(refused({{"columns", {{{"name", "a"}, {"type", "money"}}}}}), "columns[0].type");
  EXPECT_EQ(refused({{"columns", {{{"name", "a"}}, {{"name", "a"}}}}}), "columns[1].name");
  EXPECT_EQ(refused({{"columns", {{{"name", "a"}, {"type", "none"}}}}}), "columns");
  EXPECT_EQ(refused({{"rows", 7}}), "taken");
}

}  // namespace
}  // namespace siku::catalog
