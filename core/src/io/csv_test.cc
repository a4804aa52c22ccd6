#include "siku/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "read_back.h"

namespace siku::io {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;

std::vector<std::string> Fields(std::string_view record, CsvDialect dialect = {}) {
  CsvFields fields(dialect);
  std::vector<std::string> texts;
  if (!fields.Parse(record)) {
    return {fields.problem() + std::string(" at ") + std::to_string(fields.at())};
  }
  for (const auto& field : fields.fields()) {
    texts.push_back(field.text.empty() && !field.quoted ? "(null)" : std::string(field.text));
  }
  return texts;
}

/// Of files that are written, read and put together again.
class Csv : public testing::Test {
 protected:
  ReadAll Read(std::string_view bytes, const HowToRead& how = {}) {
    auto all = ReadFiles({folder_.Write("a.csv", bytes)}, how);
    EXPECT_TRUE(all.has_value()) << Describe(all.error());
    if (!all.has_value()) return {};
    const auto again = RestoreBytes(*all);
    EXPECT_TRUE(again.has_value() && *again == bytes) << again.value_or("(an error)");
    return *std::move(all);
  }
  static std::vector<std::string> Bad(const ReadAll& all) {
    std::vector<std::string> bad;
    for (const BadRow& one : all.bad) {
      bad.push_back(one.reason + (one.detail.empty() ? "" : ": ") + one.detail);
    }
    return bad;
  }
  static std::string Json(const ReadAll& all) {
    std::string lines;
    for (const Batch& batch : all.batches) {
      for (int64_t row = 0; row < batch->num_rows(); ++row) {
        lines += RowJson(batch, row).value() + "\n";
      }
    }
    return lines;
  }
  TemporaryFolder folder_;
};

TEST(CsvFieldsOf, AreTextForText) {
  EXPECT_THAT(Fields("a, b ,\"c\"\"d\",\"\",,007"),
              ElementsAre("a", " b ", "c\"d", "", "(null)", "007"));
  EXPECT_THAT(Fields("\"a\r\nb\",5\" disk"), ElementsAre("a\r\nb", "5\" disk"));
  EXPECT_THAT(Fields("a;b,c", {.delimiter = ';'}), ElementsAre("a", "b,c"));
  EXPECT_THAT(Fields("\"a\",b", {.quotes = false}), ElementsAre("\"a\"", "b"));
  EXPECT_THAT(Fields("\"x\",\"a\"b"), ElementsAre("bad_quotes at 7"));
  EXPECT_THAT(Fields("x,\"a\"\"b"), ElementsAre("open_quote at 2"));
}

TEST(CsvCutterOf, FindsTheSameEndsHoweverBytesCome) {
  const std::string text = "a,\"b\nc\"\"\n\",\"\"\n\"\"\"x\",y\r\n,\"\n,\"\n5\"\nz";
  for (const Encoding encoding : {Encoding::kUtf8, Encoding::kGb18030, Encoding::kBig5,
                                  Encoding::kUtf16Le, Encoding::kUtf16Be}) {
    const std::string bytes = Encode("站,\"港\"\n" + text, encoding).value();
    const size_t wide = encoding >= Encoding::kUtf16Le ? 2 : 1;
    std::vector<size_t> whole;
    for (size_t step : {bytes.size(), size_t{1}, size_t{3}}) {
      CsvCutter cutter(encoding);
      std::vector<size_t> ends;
      for (size_t at = 0; at < bytes.size();) {
        const size_t cut = cutter.Find(std::string_view(bytes).substr(at, step));
        at += cut == std::string::npos ? std::min(step, bytes.size() - at) : cut;
        if (cut != std::string::npos) ends.push_back(at);
      }
      if (whole.empty()) whole = ends;
      EXPECT_EQ(ends, whole) << EncodingName(encoding) << " by " << step;
      EXPECT_EQ(ends.size(), 5U);
      EXPECT_EQ(bytes.size() - ends.back(), wide);
    }
  }
}

TEST(CsvCutterOf, TakesNoSecondByteForASign) {
  // 巪 is 8E 7C in GBK, and 7C is the bar.
  const std::string line = Encode("巪\"x\ny\n", Encoding::kGb18030).value();
  ASSERT_NE(line.find('|'), std::string::npos);
  CsvCutter cutter(Encoding::kGb18030, {.delimiter = '|'});
  EXPECT_EQ(cutter.Find(line), line.find('\n') + 1);
}

TEST_F(Csv, IsTextAndComesBackByteForByte) {
  const auto all = Read("代码,名称\r\n007,\"北京,\"\"西\"\"\"\r\n\"\",\r\n\"012\",\"x\"\r\n");
  EXPECT_EQ(Json(all),
            "{\"代码\":\"007\",\"名称\":\"北京,\\\"西\\\"\"}\n{\"代码\":\"\"}\n"
            "{\"代码\":\"012\",\"名称\":\"x\"}\n");
  EXPECT_THAT(Bad(all), ElementsAre());
}

TEST_F(Csv, ComesBackInEveryEncoding) {
  for (const Encoding encoding : {Encoding::kGb18030, Encoding::kUtf16Le, Encoding::kUtf16Be}) {
    const std::string mark = encoding == Encoding::kGb18030 ? "" : "\uFEFF";
    const std::string text = mark + "名称,数量\n\"地铁站的名字，是我们的\n\",1\n公交车站,2\n";
    const auto all = Read(Encode(text, encoding).value());
    EXPECT_EQ(all.rows(), 2) << EncodingName(encoding);
    EXPECT_THAT(Json(all), testing::StartsWith("{\"名称\":\"地铁站的名字，是我们的\\n\""));
  }
}

TEST_F(Csv, NamesThePlaceOfWhatIsNoRow) {
  const auto all = Read("a,b\n1,2,3\n\nx,\"y\"z\n1,2\n\"open,1\n2,3\n");
  EXPECT_THAT(Bad(all), ElementsAre("header", "ragged: 3 fields, 2 columns", "blank_line",
                                    "bad_quotes: byte 5, field 2", "open_quote: byte 0, field 1"));
  EXPECT_EQ(Json(all), "{\"a\":\"1\",\"b\":\"2\"}\n");
}

TEST_F(Csv, WithoutRowsIsItsHeader) {
  EXPECT_THAT(Bad(Read("a,b\n")), ElementsAre("no_rows"));
  EXPECT_FALSE(ReadFiles({folder_.Write("b.csv", "a,a\n1,2\n")}).has_value());
  EXPECT_FALSE(ReadFiles({folder_.Write("c.csv", "a,\n1,2\n")}).has_value());
}

TEST_F(Csv, OfOneColumnHasRowsWithoutValue) {
  EXPECT_EQ(Json(Read("a\n\nx\n\"\"\n")), "{}\n{\"a\":\"x\"}\n{\"a\":\"\"}\n");
}

TEST_F(Csv, HasTheTypesThatAreDeclared) {
  const auto all = Read("n,r,b,t\n1,2.50,true,1\n7.5,x,yes,2\n",
                        {.columns = {{"n", "int"}, {"r", "real"}, {"b", "bool"}}});
  EXPECT_EQ(Json(all), "{\"n\":1,\"r\":2.5,\"b\":true,\"t\":\"1\"}\n{\"t\":\"2\"}\n");
  ASSERT_EQ(all.flags.size(), 3U);
  EXPECT_EQ(all.flags[2].column, "b");
}

TEST_F(Csv, FlagsBytesThatAreNoText) {
  const auto all = Read("a,b\nok,\"q\"\"\xFF.\"\n", {.source = {.encoding = "utf-8"}});
  ASSERT_EQ(all.flags.size(), 1U);
  EXPECT_EQ(all.flags[0].column, "b");
  EXPECT_EQ(all.flags[0].begin, 2);
}

TEST_F(Csv, ALineOverTheCapIsNotHeld) {
  const std::string bytes = "a\n" + std::string(200'000, 'x') + "\nend\n";
  auto all = ReadFiles({folder_.Write("a.csv", bytes)}, {.options = {.max_record = 1000}});
  ASSERT_TRUE(all.has_value());
  EXPECT_THAT(Bad(*all), ElementsAre("too_long"));
  EXPECT_EQ(all->bad[0].bytes, 200'001);
  EXPECT_EQ(Json(*all), "{\"a\":\"end\"}\n");
}

TEST_F(Csv, IsWrittenSoThatItReadsTheSame) {
  const std::string text = "a,b\n\"x,\"\"y\"\"\n\",\n\"\",=1+1\n,z\n";
  const auto all = Read(text);
  for (const bool sheet : {false, true}) {
    const std::string path = folder_.Path("out.csv");
    WriteOptions options{.format = Format::kCsv, .for_spreadsheets = sheet};
    auto writer = RowWriter::Open(path, all.batches[0]->schema(), options);
    ASSERT_TRUE(writer.has_value());
    ASSERT_TRUE((*writer)->Write(all.batches[0]).has_value());
    ASSERT_TRUE((*writer)->Close().has_value());
    if (!sheet) {
      EXPECT_EQ(BytesOf(path), text);
    } else {
      EXPECT_EQ(BytesOf(path),
                "\xEF\xBB\xBF"
                "a,b\r\n\"x,\"\"y\"\"\n\",\r\n\"\",'=1+1\r\n,z\r\n");
    }
  }
}

TEST_F(Csv, FileSaysLinesAndBytes) {
  const std::string path = folder_.Write("f.csv",
                                         "\xEF\xBB\xBF"
                                         "标题\n\"a\nb\",1\n\n中,\"x\"y\nz,\"never\n");
  const auto file = CsvFile::Open(path, {.bom = 3}).value();
  CsvRecord record;
  std::vector<std::string> told;
  while (file->Next(record).value()) {
    told.push_back(std::to_string(record.line) + "@" + std::to_string(record.position) + " " +
                   std::to_string(record.fields.size()) + (record.blank ? " blank" : "") +
                   (record.problem.empty()
                        ? ""
                        : " " + record.problem + " " + std::to_string(record.problem_byte)));
  }
  EXPECT_THAT(told, ElementsAre("1@0 1", "2@10 2", "4@18 1 blank", "5@19 2 bad_quotes 26",
                                "6@28 2 open_quote 30"));
}

}  // namespace
}  // namespace siku::io
