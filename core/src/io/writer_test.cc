#include "siku/writer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "json_line.h"
#include "read_back.h"

namespace siku::io {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Batch OneColumn(const std::string& name, const std::shared_ptr<arrow::Array>& values) {
  return arrow::RecordBatch::Make(arrow::schema({arrow::field(name, values->type())}),
                                  values->length(), arrow::ArrayVector{values});
}

class Writer : public testing::Test {
 protected:
  ReadAll Read(const std::string& path, const HowToRead& how = {}) {
    auto all = ReadFiles({path}, how);
    EXPECT_TRUE(all.has_value()) << Describe(all.error());
    return all.has_value() ? *std::move(all) : ReadAll{};
  }
  void Write(const std::string& path, const std::vector<Batch>& batches,
             const WriteOptions& options) {
    auto writer = RowWriter::Open(path, batches.at(0)->schema(), options);
    ASSERT_TRUE(writer.has_value()) << Describe(writer.error());
    for (const Batch& batch : batches) {
      const auto wrote = (*writer)->Write(batch);
      ASSERT_TRUE(wrote.has_value()) << Describe(wrote.error());
    }
    const auto bytes = (*writer)->Close();
    ASSERT_TRUE(bytes.has_value()) << Describe(bytes.error());
    EXPECT_EQ(*bytes, static_cast<int64_t>(std::filesystem::file_size(path)));
  }
  // Rows of `bytes` written as JSONL.
  std::string Rewritten(const std::string& bytes, const HowToRead& how = {}) {
    const ReadAll all = Read(folder_.Write("in.jsonl", bytes), how);
    Write(folder_.Path("out.jsonl"), all.batches, {});
    return BytesOf(folder_.Path("out.jsonl"));
  }
  std::string JsonOf(const std::shared_ptr<arrow::Array>& values) {
    Write(folder_.Path("out.jsonl"), {OneColumn("v", values)}, {});
    return BytesOf(folder_.Path("out.jsonl"));
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
      names.push_back(file.path().filename().string());
    }
    return names;
  }
  TemporaryFolder folder_;
};

using JsonWriter = Writer;
using TextWriter = Writer;
using ColumnarWriter = Writer;

TEST_F(JsonWriter, KeepsLinesNobodyChanged) {
  const std::string lines =
      "{\"id\": 1, \"text\": \"甲\\u4e59\\/\", \"o\": {\"a\" : [1.50]}, \"r\": 1.0e3}\n"
      " {\"text\":null,\"id\":-0,\"id\":2}\r\n"
      "{\"_siku_x\":1,\"id\":\"three\",\"text\":4}\n"
      "{\"text\":\"\\ud800\"}\n";
  EXPECT_EQ(Rewritten(lines), lines);
  EXPECT_EQ(Rewritten(lines + "{\"id\":5}"), lines + "{\"id\":5}\n");
  EXPECT_EQ(Rewritten("\xEF\xBB\xBF" + lines), "\xEF\xBB\xBF" + lines);
}

TEST_F(JsonWriter, WritesUtf8WhateverWasRead) {
  const std::string lines =
      "{\"text\": \"这是我们的第一行\", \"n\":1}\r\n{\"text\": \"他们的第二行\"}\n";
  EXPECT_EQ(Rewritten(Encode(lines, Encoding::kGb18030).value()), lines);
  EXPECT_EQ(Rewritten(Encode(lines, Encoding::kUtf16Le).value()), lines);
  EXPECT_EQ(Rewritten("{\"text\": \"好的\xFF\"}\n"), "{\"text\": \"好的\uFFFD\"}\n");
}

TEST_F(JsonWriter, DropsTheMarkOfLaterFiles) {
  const std::string one = folder_.Write("a.jsonl", "\xEF\xBB\xBF{\"n\":1}\n");
  const std::string two = folder_.Write("b.jsonl", "\xEF\xBB\xBF{\"n\":2}\n");
  const auto all = ReadFiles({one, two});
  ASSERT_TRUE(all.has_value());
  Write(folder_.Path("out.jsonl"), all->batches, {});
  EXPECT_EQ(BytesOf(folder_.Path("out.jsonl")), "\xEF\xBB\xBF{\"n\":1}\n{\"n\":2}\n");
}

// What an operator does to a batch: one column replaced, one added.
Batch Changed(const Batch& batch, const std::string& text, const std::string& added,
              const std::shared_ptr<arrow::Array>& values) {
  auto columns = batch->columns();
  auto fields = batch->schema()->fields();
  const auto index = static_cast<size_t>(batch->schema()->GetFieldIndex("text"));
  columns[index] = Values(arrow::large_utf8(), text);
  columns.push_back(values);
  fields.push_back(arrow::field(added, values->type()));
  return arrow::RecordBatch::Make(arrow::schema(fields), batch->num_rows(), columns);
}

TEST_F(JsonWriter, PutsChangesIntoTheLine) {
  const ReadAll all = Read(folder_.Write(
      "in.jsonl",
      "{ \"text\" : \"\\u7532\" , \"o\":[ ] }\n{ \"text\" : \"\\u4E59\" }\r\n{\"text\":\"\"}\n"));
  const Batch changed = Changed(all.batches[0], R"(["丙", "丁", null])", "length",
                                Values(arrow::int64(), "[1, null, 0]"));
  Write(folder_.Path("out.jsonl"), {changed}, {});
  EXPECT_EQ(BytesOf(folder_.Path("out.jsonl")),
            "{ \"text\" : \"\\u4e19\" , \"o\":[ ],\"length\":1 }\n"
            "{ \"text\" : \"丁\" }\r\n"
            "{\"text\":null,\"length\":0}\n");
}

TEST_F(JsonWriter, ReplacesAMemberOfTheNameOfANewColumn) {
  const ReadAll all = Read(folder_.Write("in.jsonl",
                                         "{\"lang\":\"?\",\"text\":\"a\",\"lang\" : \"x{}\" }\n"
                                         "{\"text\":\"a\"}\n{\"lang\":\"kept\",\"text\":\"a\"}\n"),
                           {.columns = {{"text", "text"}}});
  const Batch changed = Changed(all.batches[0], R"(["a", "b", "c"])", "lang",
                                Values(arrow::utf8(), R"(["zh", "en", null])"));
  Write(folder_.Path("out.jsonl"), {changed}, {});
  EXPECT_EQ(BytesOf(folder_.Path("out.jsonl")),
            "{\"lang\":\"?\",\"text\":\"a\",\"lang\" : \"zh\" }\n"
            "{\"text\":\"b\",\"lang\":\"en\"}\n{\"lang\":\"kept\",\"text\":\"c\"}\n");
}

TEST_F(JsonWriter, LeavesNullWhereAColumnWasDropped) {
  const ReadAll all = Read(folder_.Write("in.jsonl", "{\"n\": 1, \"text\":\"a\"}\n"));
  const Batch batch = all.batches[0];
  const auto dropped = batch->RemoveColumn(batch->schema()->GetFieldIndex("n"));
  Write(folder_.Path("out.jsonl"), {*dropped}, {});
  EXPECT_EQ(BytesOf(folder_.Path("out.jsonl")), "{\"n\": null, \"text\":\"a\"}\n");
}

TEST_F(JsonWriter, WritesRowsOfTextFilesColumnByColumn) {
  const ReadAll all = Read(folder_.Write("in.txt", "\xEF\xBB\xBF甲\t\"乙\"\n"));
  Write(folder_.Path("out.jsonl"), all.batches, {});
  EXPECT_EQ(BytesOf(folder_.Path("out.jsonl")),
            "{\"path\":\"in.txt\",\"text\":\"甲\\t\\\"乙\\\"\\n\"}\n");
}

TEST_F(JsonWriter, EscapesWhatMustBeWhereverItStands) {
  for (size_t before = 0; before < 20; ++before) {
    for (int c = 0; c < 0x80; ++c) {
      std::string text = std::string(before, 'x') + static_cast<char>(c) + "中文字符串";
      const bool plain = c >= 0x20 && c != '"' && c != '\\';
      const std::string json = JsonString(text);
      EXPECT_EQ(json.size() == text.size() + 2, plain) << before << " " << c;
      JsonLine line;
      ASSERT_TRUE(line.Parse("{\"v\":" + json + "}")) << json;
      EXPECT_EQ(line.members().at(0).text, text);
      EXPECT_EQ(TextSpelling(json), Spelling::kCanonical) << json;
      EXPECT_EQ(TextSpelling(JsonString(text, true)), Spelling::kAscii) << json;
    }
  }
}

TEST_F(JsonWriter, LeavesNullsOut) {
  EXPECT_EQ(JsonOf(Values(arrow::utf8(), R"(["a", null, "b"])")),
            "{\"v\":\"a\"}\n{}\n{\"v\":\"b\"}\n");
}

TEST_F(JsonWriter, WritesEveryTypeThatHasAForm) {
  const struct {
    std::shared_ptr<arrow::DataType> type;
    std::string in, out;
  } cases[] = {
      {arrow::boolean(), "[true]", "true"},
      {arrow::int8(), "[-128]", "-128"},
      {arrow::uint64(), "[18446744073709551615]", "18446744073709551615"},
      {arrow::float64(), "[0.1]", "0.1"},
      {arrow::float64(), "[1]", "1.0"},
      {arrow::float64(), "[NaN]", "null"},
      {arrow::float32(), "[0.1]", "0.1"},
      {arrow::float32(), "[-Inf]", "null"},
      {arrow::decimal128(10, 3), R"(["-12.340"])", "-12.340"},
      {arrow::utf8_view(), R"(["一个不短的中文字符串\u0001\u007f"])",
       "\"一个不短的中文字符串\\u0001\x7F\""},
      {arrow::binary(), R"(["\u0000\u0001abc"])", "\"AAFhYmM=\""},
      {arrow::fixed_size_binary(2), R"(["ab"])", "\"YWI=\""},
      {arrow::date32(), "[0]", "\"1970-01-01\""},
      {arrow::date32(), "[-719468]", "\"0000-03-01\""},
      {arrow::date32(), "[-719529]", "\"-0001-12-31\""},
      {arrow::date32(), "[2932897]", "\"+10000-01-01\""},
      {arrow::date64(), "[951782400000]", "\"2000-02-29\""},
      {arrow::timestamp(arrow::TimeUnit::SECOND), "[\"2024-02-29 23:59:59\"]",
       "\"2024-02-29T23:59:59\""},
      {arrow::timestamp(arrow::TimeUnit::MILLI, "Asia/Shanghai"), "[-1]",
       "\"1969-12-31T23:59:59.999Z\""},
      {arrow::timestamp(arrow::TimeUnit::NANO), "[1]", "\"1970-01-01T00:00:00.000000001\""},
      {arrow::time32(arrow::TimeUnit::SECOND), "[3661]", "\"01:01:01\""},
      {arrow::time64(arrow::TimeUnit::MICRO), "[1]", "\"00:00:00.000001\""},
      {arrow::duration(arrow::TimeUnit::SECOND), "[-5]", "-5"},
      {arrow::list(arrow::utf8()), R"([["a", null, "\"b"]])", R"(["a",null,"\"b"])"},
      {arrow::large_list(arrow::list(arrow::int8())), "[[[1], [], null]]", "[[1],[],null]"},
      {arrow::fixed_size_list(arrow::int8(), 2), "[[1, 2]]", "[1,2]"},
      {arrow::struct_({arrow::field("a", arrow::int8()), arrow::field("乙\"", arrow::utf8()),
                       arrow::field("c", arrow::null())}),
       R"([{"a": 1, "乙\"": "x"}])", R"({"a":1,"乙\"":"x"})"},
      {arrow::map(arrow::utf8(), arrow::int8()), R"([[["a", 1], ["b", null]]])",
       R"({"a":1,"b":null})"},
      {arrow::map(arrow::int8(), arrow::utf8()), R"([[[1, "x"]]])", R"([[1,"x"]])"},
      {arrow::dictionary(arrow::int8(), arrow::utf8()), R"(["x"])", "\"x\""},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(JsonOf(Values(one.type, one.in)), "{\"v\":" + one.out + "}\n")
        << one.type->ToString() << " " << one.in;
    const Batch batch = OneColumn("v", Values(one.type, one.in));
    EXPECT_EQ(RowJson(batch, 0).value(), "{\"v\":" + one.out + "}") << one.type->ToString();
  }
}

TEST_F(JsonWriter, WritesSlicesAsWhatTheyShow) {
  const auto lists = Values(arrow::list(arrow::utf8()), R"([["a"], ["b", "c"], null, ["d"]])");
  EXPECT_EQ(JsonOf(lists->Slice(1)), "{\"v\":[\"b\",\"c\"]}\n{}\n{\"v\":[\"d\"]}\n");
  const auto structs = Values(arrow::struct_({arrow::field("a", arrow::int8())}),
                              R"([{"a": 1}, {"a": 2}, {"a": null}])");
  EXPECT_EQ(JsonOf(structs->Slice(1)), "{\"v\":{\"a\":2}}\n{\"v\":{}}\n");
}

TEST_F(JsonWriter, WritesJsonColumnsAsTheJsonTheyHold) {
  const auto field =
      arrow::field("v", arrow::large_utf8(), true, arrow::key_value_metadata({{"siku.json", "1"}}));
  const auto values = Values(arrow::large_utf8(), R"(["{\"a\" :\n1}", "null", "\"x\"", null])");
  const Batch batch = arrow::RecordBatch::Make(arrow::schema({field}), 4, {values});
  Write(folder_.Path("out.jsonl"), {batch}, {});
  EXPECT_EQ(BytesOf(folder_.Path("out.jsonl")),
            "{\"v\":{\"a\" : 1}}\n{\"v\":null}\n{\"v\":\"x\"}\n{}\n");
}

TEST_F(JsonWriter, RefusesTypesWithoutAForm) {
  const auto type = arrow::dense_union({arrow::field("a", arrow::int8())});
  const auto schema = arrow::schema({arrow::field("v", arrow::list(type))});
  const auto refused = RowWriter::Open(folder_.Path("out.jsonl"), schema, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_THAT(refused.error().value, HasSubstr("v"));
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(JsonWriter, LeavesHiddenColumnsOutOfRowJson) {
  const ReadAll all = Read(folder_.Write("in.jsonl", "{ \"n\" : 1.50, \"x\": \"\\u7532\" }\n"));
  EXPECT_EQ(RowJson(all.batches[0], 0).value(), "{\"n\":1.5,\"x\":\"甲\"}");
}

TEST_F(JsonWriter, CompressesAsTheOptionSays) {
  std::string lines;
  for (int i = 0; i < 200'000; ++i) lines += "{\"n\":" + std::to_string(i) + "}\n";
  const ReadAll all = Read(folder_.Write("in.jsonl", lines));
  const std::string gz = folder_.Path("a.jsonl.gz"), zst = folder_.Path("b.jsonl.zst");
  Write(gz, all.batches, {.compression = Compression::kGzip});
  Write(zst, all.batches, {.compression = Compression::kZstd});
  EXPECT_LT(std::filesystem::file_size(gz), lines.size() / 3);
  for (const std::string& path : {gz, zst}) {
    const ReadAll again = Read(path);
    EXPECT_EQ(RestoreBytes(again).value(), lines);
  }
  Write(folder_.Path("c.jsonl.gz"), all.batches, {.compression = Compression::kGzip});
  EXPECT_EQ(BytesOf(gz), BytesOf(folder_.Path("c.jsonl.gz")));
}

TEST_F(TextWriter, WritesALineARow) {
  const Batch batch = OneColumn("text", Values(arrow::large_utf8(), R"(["甲", null, "", "a\n"])"));
  Write(folder_.Path("out.txt"), {batch}, {.format = Format::kLines});
  EXPECT_EQ(BytesOf(folder_.Path("out.txt")), "甲\n\n\na\n\n");
  const ReadAll lines =
      Read(folder_.Write("in.txt", "一\n\n二\r\n三"), {.source = {.format = "lines"}});
  Write(folder_.Path("out.txt"), lines.batches, {.format = Format::kLines});
  EXPECT_EQ(BytesOf(folder_.Path("out.txt")), "一\n\n二\n三\n");
}

TEST_F(TextWriter, PutsAnEmptyLineBetweenTexts) {
  const Batch batch = OneColumn("text", Values(arrow::utf8(), R"(["甲\n乙\n", null, "丙", "丁"])"));
  Write(folder_.Path("out.txt"), {batch, batch}, {.format = Format::kText});
  EXPECT_EQ(BytesOf(folder_.Path("out.txt")), "甲\n乙\n\n丙\n\n丁\n\n甲\n乙\n\n丙\n\n丁\n");
}

TEST_F(TextWriter, NeedsAColumnOfText) {
  const auto open = [&](const Schema& schema) {
    return RowWriter::Open(folder_.Path("out.txt"), schema, {.format = Format::kText});
  };
  const auto missing = open(arrow::schema({arrow::field("body", arrow::utf8())}));
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  const auto number = open(arrow::schema({arrow::field("text", arrow::int8())}));
  EXPECT_EQ(number.error().code, Code::kInvalid);
}

TEST_F(ColumnarWriter, GivesBackValuesAndTypes) {
  const auto columns = arrow::ArrayVector{
      Values(arrow::large_utf8(), R"(["甲", null, ""])"),
      Values(arrow::int32(), "[1, null, -1]"),
      Values(arrow::float64(), "[0.1, NaN, -0.0]"),
      Values(arrow::list(arrow::large_utf8()), R"([["a", null], [], null])"),
      Values(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), "[0, 1, null]"),
      Values(arrow::struct_({arrow::field("x", arrow::boolean())}), R"([{"x": true}, null, {}])"),
  };
  arrow::FieldVector fields;
  for (const auto& column : columns) {
    fields.push_back(arrow::field("c" + std::to_string(fields.size()), column->type()));
  }
  const Batch batch = arrow::RecordBatch::Make(arrow::schema(fields), 3, columns);
  const std::pair<Format, std::string> files[] = {{Format::kParquet, "out.parquet"},
                                                  {Format::kArrow, "out.arrow"}};
  for (const auto& [format, name] : files) {
    Write(folder_.Path(name), {batch, batch->Slice(1), batch->Slice(0, 0)}, {.format = format});
    const ReadAll all = Read(folder_.Path(name));
    EXPECT_EQ(all.rows(), 5);
    int64_t row = 0;
    for (const Batch& read : all.batches) {
      for (int64_t i = 0; i < read->num_rows(); ++i, ++row) {
        const int64_t from = row < 3 ? row : row - 2;
        for (int c = 0; c < 6; ++c) {
          const auto equal =
              arrow::EqualOptions::Defaults().nans_equal(true).signed_zeros_equal(false);
          EXPECT_TRUE(read->column(c + 4)->RangeEquals(batch->column(c), i, i + 1, from, equal))
              << name << " " << row << " " << c;
        }
      }
    }
  }
}

TEST_F(ColumnarWriter, KeepsHiddenColumnsOnlyWhenAsked) {
  const ReadAll all = Read(folder_.Write("in.jsonl", "{\"n\": 1.0}\n"));
  Write(folder_.Path("a.parquet"), all.batches, {.format = Format::kParquet});
  EXPECT_EQ(Read(folder_.Path("a.parquet")).schemas[0].user->num_fields(), 1);
  Write(folder_.Path("b.parquet"), all.batches, {.format = Format::kParquet, .keep_hidden = true});
  // Hidden columns belong to no file of a user.
  EXPECT_FALSE(ReadFiles({folder_.Path("b.parquet")}).has_value());
}

TEST_F(ColumnarWriter, StartsARowGroupInTime) {
  const std::string text(1 << 20, 'x');
  arrow::LargeStringBuilder builder;
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(builder.Append(text).ok());
  const Batch batch = OneColumn("text", builder.Finish().ValueOrDie());
  Write(folder_.Path("out.parquet"), {batch, batch, batch, batch}, {.format = Format::kParquet});
  const auto sources = FindSources({folder_.Path("out.parquet")}, "", 0, {});
  EXPECT_EQ(PlanSplits(*sources, 1).value().size(), 2U);
}

TEST_F(Writer, LeavesNothingBehindWithoutClose) {
  const std::string path = folder_.Write("out.jsonl", "before");
  for (const Format format : {Format::kJsonl, Format::kParquet, Format::kArrow}) {
    const Batch batch = OneColumn("v", Values(arrow::int8(), "[1]"));
    auto writer = RowWriter::Open(path, batch->schema(), {.format = format});
    ASSERT_TRUE(writer.has_value());
    ASSERT_TRUE((*writer)->Write(batch).has_value());
    EXPECT_EQ(BytesOf(path), "before");
    writer->reset();
    EXPECT_THAT(Names(), testing::ElementsAre("out.jsonl"));
  }
}

TEST_F(Writer, WritesThroughLinksAndRefusesFolders) {
  const std::string path = folder_.Write("real.jsonl", "before");
  std::filesystem::create_symlink("real.jsonl", folder_.Path("link.jsonl"));
  const Batch batch = OneColumn("v", Values(arrow::int8(), "[1]"));
  Write(folder_.Path("link.jsonl"), {batch}, {});
  EXPECT_TRUE(std::filesystem::is_symlink(folder_.Path("link.jsonl")));
  EXPECT_EQ(BytesOf(path), "{\"v\":1}\n");
  EXPECT_EQ(RowWriter::Open(folder_.path(), batch->schema(), {}).error().code, Code::kInvalid);
  const auto missing = RowWriter::Open(folder_.Path("no/such/x"), batch->schema(), {});
  EXPECT_EQ(missing.error().code, Code::kNotFound);
}

TEST_F(Writer, WritesToStandardOutput) {
  const Batch batch = OneColumn("v", Values(arrow::int8(), "[1, 2]"));
  for (const Format format : {Format::kJsonl, Format::kParquet}) {
    const std::string path = folder_.Write("out", "");
    std::fflush(stdout);
    const int saved = ::dup(STDOUT_FILENO);
    ASSERT_NE(std::freopen(path.c_str(), "w", stdout), nullptr);
    auto writer = RowWriter::Open("-", batch->schema(), {.format = format});
    const auto wrote = (*writer)->Write(batch);
    const auto bytes = (*writer)->Close();
    writer->reset();
    // Standard output stays open for those who write to it next.
    const bool open = ::fcntl(STDOUT_FILENO, F_GETFD) >= 0;
    ::dup2(saved, STDOUT_FILENO);
    ::close(saved);
    EXPECT_TRUE(wrote.has_value() && open);
    EXPECT_EQ(bytes.value(), static_cast<int64_t>(std::filesystem::file_size(path)));
    const auto all = ReadFiles({path}, {.source = {.format = std::string(FormatName(format))}});
    ASSERT_TRUE(all.has_value()) << Describe(all.error());
    EXPECT_EQ(all->rows(), 2);
  }
}

TEST_F(Writer, SaysThatTheDiskIsFull) {
  const Batch batch = OneColumn("text", Values(arrow::large_utf8(), "[\"a\"]"));
  for (const Format format : {Format::kJsonl, Format::kText, Format::kParquet, Format::kArrow}) {
    auto writer = RowWriter::Open("/dev/full", batch->schema(), {.format = format});
    if (!writer.has_value()) {
      EXPECT_EQ(writer.error().code, Code::kNoSpace);
      continue;
    }
    auto done = (*writer)->Write(batch);
    const auto closed = done.has_value() ? (*writer)->Close() : Result<int64_t>(0);
    const Error& error = done.has_value() ? closed.error() : done.error();
    EXPECT_EQ(error.code, Code::kNoSpace);
    EXPECT_STREQ(error.message, "the disk is full");
    EXPECT_EQ(error.place, "/dev/full");
  }
}

TEST_F(Writer, RefusesRowsOfOtherColumns) {
  const Batch batch = OneColumn("v", Values(arrow::int8(), "[1]"));
  auto writer = RowWriter::Open(folder_.Path("out.jsonl"), batch->schema(), {});
  ASSERT_TRUE(writer.has_value());
  EXPECT_FALSE((*writer)->Write(OneColumn("w", Values(arrow::int8(), "[1]"))).has_value());
  const WriteOptions twice = {.format = Format::kParquet, .compression = Compression::kGzip};
  EXPECT_FALSE(RowWriter::Open(folder_.Path("x"), batch->schema(), twice).has_value());
}

}  // namespace
}  // namespace siku::io
