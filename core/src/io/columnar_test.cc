#include "columnar.h"

#include <arrow/io/api.h>
#include <arrow/ipc/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include "read_back.h"
#include "siku/residue.h"
#include "siku/writer.h"

namespace siku::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Without the hidden columns.
Batch UserRows(Batch rows) {
  while (rows->schema()->field(0)->name().starts_with(kHiddenPrefix)) {
    rows = rows->RemoveColumn(0).ValueOrDie();
  }
  return rows;
}

Batch BatchOf(const std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), arrays.at(0)->length(), arrays);
}

class Columnar : public testing::Test {
 protected:
  // Written by Arrow itself: what other programs make.
  std::string Parquet(const std::string& name, const std::vector<Batch>& groups) {
    const auto out = arrow::io::FileOutputStream::Open(folder_.Path(name)).ValueOrDie();
    auto writer = parquet::arrow::FileWriter::Open(
                      *groups[0]->schema(), arrow::default_memory_pool(), out,
                      parquet::default_writer_properties(),
                      parquet::ArrowWriterProperties::Builder().store_schema()->build())
                      .ValueOrDie();
    for (const Batch& group : groups) {
      const auto table = arrow::Table::FromRecordBatches({group}).ValueOrDie();
      EXPECT_TRUE(writer->WriteTable(*table, 1 << 20).ok());
    }
    EXPECT_TRUE(writer->Close().ok());
    EXPECT_TRUE(out->Close().ok());
    return folder_.Path(name);
  }
  std::string Ipc(const std::string& name, const std::vector<Batch>& batches, bool stream) {
    const auto out = arrow::io::FileOutputStream::Open(folder_.Path(name)).ValueOrDie();
    auto writer = (stream ? arrow::ipc::MakeStreamWriter(out, batches[0]->schema())
                          : arrow::ipc::MakeFileWriter(out, batches[0]->schema()))
                      .ValueOrDie();
    for (const Batch& batch : batches) EXPECT_TRUE(writer->WriteRecordBatch(*batch).ok());
    EXPECT_TRUE(writer->Close().ok());
    EXPECT_TRUE(out->Close().ok());
    return folder_.Path(name);
  }
  // The batches in every form a file can have.
  std::vector<std::string> Files(const std::vector<Batch>& batches) {
    return {Parquet("a.parquet", batches), Ipc("a.arrow", batches, false),
            Ipc("a.arrows", batches, true)};
  }
  static std::vector<std::string> Column(const ReadAll& all, const std::string& name) {
    std::vector<std::string> values;
    for (const Batch& batch : all.batches) {
      const auto column = batch->GetColumnByName(name);
      for (int64_t i = 0; i < batch->num_rows(); ++i) {
        values.push_back(column->GetScalar(i).ValueOrDie()->ToString());
      }
    }
    return values;
  }
  TemporaryFolder folder_;
};

TEST_F(Columnar, ReadsRowsByTheirIndex) {
  const Batch first = BatchOf({{"n", Values(arrow::int32(), "[1, 2, 3]")}});
  const Batch second = BatchOf({{"n", Values(arrow::int32(), "[4, 5]")}});
  for (const std::string& path : Files({first, second})) {
    const auto all = ReadFiles({path}, {.options = {.batch_rows = 2}});
    ASSERT_TRUE(all.has_value()) << Describe(all.error());
    EXPECT_THAT(Column(*all, "n"), ElementsAre("1", "2", "3", "4", "5")) << path;
    EXPECT_THAT(Column(*all, "_siku_position"), ElementsAre("0", "1", "2", "3", "4")) << path;
    for (const Batch& batch : all->batches) EXPECT_LE(batch->num_rows(), 2);
  }
}

TEST_F(Columnar, ReadsPartsByGroups) {
  std::vector<Batch> groups;
  for (int i = 0; i < 4; ++i) {
    groups.push_back(BatchOf({{"n", Values(arrow::int32(), "[" + std::to_string(i) + ", 0]")}}));
  }
  for (const std::string& path : Files(groups)) {
    auto whole = ReadFiles({path});
    ASSERT_TRUE(whole.has_value());
    for (const int64_t size : {1, 100'000}) {
      const auto splits = PlanSplits(whole->sources, size).value();
      const bool cuttable = !path.ends_with(".arrows");
      EXPECT_EQ(splits.size(), size == 1 && cuttable ? 4U : 1U) << path;
      ReadAll parts;
      parts.sources = whole->sources;
      parts.schemas = whole->schemas;
      for (const Split& split : splits) ASSERT_TRUE(ReadSplit(split, {}, parts).has_value());
      EXPECT_EQ(Column(parts, "n"), Column(*whole, "n"));
      EXPECT_EQ(Column(parts, "_siku_position"), Column(*whole, "_siku_position"));
    }
  }
}

TEST_F(Columnar, MakesTextOfEveryLayoutOfText) {
  const std::string json = R"(["甲", null, "一个超过十二个字节的字符串", "甲"])";
  const Batch batch =
      BatchOf({{"a", Values(arrow::utf8(), json)},
               {"b", Values(arrow::large_utf8(), json)},
               {"c", Values(arrow::dictionary(arrow::int8(), arrow::utf8()), json)},
               {"d", Values(arrow::utf8_view(), json)},
               {"e", Values(arrow::binary(), json)},
               {"f", Values(arrow::dictionary(arrow::int32(), arrow::large_utf8()), json)}});
  for (const std::string& path : Files({batch, batch->Slice(1, 2)})) {
    const auto all = ReadFiles({path});
    ASSERT_TRUE(all.has_value()) << path << " " << Describe(all.error());
    const auto& user = *all->schemas[0].user;
    EXPECT_EQ(user.ToString(false),
              "a: large_string\nb: large_string\nc: large_string\nd: large_string\n"
              "e: large_binary\nf: large_string")
        << path;
    const auto expected = Column(*all, "b");
    EXPECT_THAT(expected, ElementsAre("甲", "null", "一个超过十二个字节的字符串", "甲", "null",
                                      "一个超过十二个字节的字符串"));
    for (const std::string name : {"a", "c", "d", "f"}) EXPECT_EQ(Column(*all, name), expected);
  }
}

TEST_F(Columnar, ReadsNestedValues) {
  const auto type =
      arrow::list(arrow::struct_({arrow::field("s", arrow::utf8()),
                                  arrow::field("m", arrow::map(arrow::utf8(), arrow::int8()))}));
  const auto values =
      Values(type, R"([[{"s": "甲", "m": [["k", 1]]}], [], null, [{"s": null, "m": []}]])");
  for (const std::string& path : Files({BatchOf({{"v", values}})})) {
    const auto all = ReadFiles({path});
    ASSERT_TRUE(all.has_value()) << path << " " << Describe(all.error());
    ASSERT_EQ(all->rows(), 4);
    for (int64_t row = 0; row < 4; ++row) {
      EXPECT_EQ(RowJson(all->batches.at(0), row).value(),
                RowJson(BatchOf({{"v", values}}), row).value())
          << path;
    }
  }
}

const std::vector<std::string> kBroken = {"good", "bad \xFF\xFE", "", "\xE4\xB8中\xF0\x9F", "good"};

// One text column in every layout of text.
std::vector<Batch> BrokenTexts() {
  std::vector<Batch> batches;
  const auto add = [&](arrow::ArrayBuilder& builder) {
    batches.push_back(BatchOf({{"n", Values(arrow::int32(), "[1, 2, 3, 4, 5, 6]")},
                               {"text", builder.Finish().ValueOrDie()}}));
  };
  const auto fill = [&](auto&& builder) {
    for (const std::string& text : kBroken) EXPECT_TRUE(builder.Append(text).ok());
    EXPECT_TRUE(builder.AppendNull().ok());
    add(builder);
  };
  fill(arrow::StringBuilder());
  fill(arrow::LargeStringBuilder());
  fill(arrow::StringViewBuilder());
  fill(arrow::StringDictionaryBuilder());
  return batches;
}

TEST_F(Columnar, KeepsBrokenTextAndItsBytes) {
  for (const Batch& batch : BrokenTexts()) {
    for (const std::string& path : Files({batch})) {
      const auto all = ReadFiles({path}, {.options = {.batch_rows = 3}});
      ASSERT_TRUE(all.has_value()) << batch->schema()->ToString() << Describe(all.error());
      EXPECT_THAT(Column(*all, "text"),
                  ElementsAre("good", "bad \uFFFD\uFFFD", "", "\uFFFD中\uFFFD", "good", "null"));
      EXPECT_THAT(Column(*all, "n"), ElementsAre("1", "2", "3", "4", "5", "6"));
      std::vector<std::string> flags;
      for (const ReadFlag& flag : all->flags) {
        flags.push_back(flag.kind + " " + flag.column + " " + std::to_string(flag.position) + " " +
                        std::to_string(flag.begin) + " " + std::to_string(flag.end));
      }
      EXPECT_THAT(flags, ElementsAre("undecodable text 1 4 7", "undecodable text 1 7 10",
                                     "undecodable text 3 0 3", "undecodable text 3 6 9"));
      std::vector<std::string> texts;
      int kept = 0;
      for (const Batch& rows : all->batches) {
        EXPECT_TRUE(rows->ValidateFull().ok());
        kept += static_cast<int>(rows->num_rows() -
                                 rows->GetColumnByName("_siku_residue")->null_count());
        const Batch restored = RestoreColumns(rows).value();
        const auto column = restored->GetColumnByName("text");
        for (int64_t row = 0; row < column->length(); ++row) {
          if (column->IsNull(row)) continue;
          texts.emplace_back(static_cast<const arrow::LargeStringArray&>(*column).GetView(row));
        }
      }
      EXPECT_EQ(kept, 2);
      EXPECT_EQ(texts, kBroken);
    }
  }
}

TEST_F(Columnar, WritesBrokenTextAgainAsItWas) {
  const auto all = ReadFiles({Parquet("a.parquet", {BrokenTexts()[0]})});
  ASSERT_TRUE(all.has_value()) << Describe(all.error());
  const Batch rows = UserRows(RestoreColumns(all->batches.at(0)).value());
  for (const std::string name : {"b.parquet", "b.arrow"}) {
    auto writer =
        RowWriter::Open(folder_.Path(name), rows->schema(), {.format = *FormatOfFile(name)});
    ASSERT_TRUE(writer.has_value()) << Describe(writer.error());
    ASSERT_TRUE((*writer)->Write(rows).has_value());
    ASSERT_TRUE((*writer)->Close().has_value());
    const auto again = ReadFiles({folder_.Path(name)});
    ASSERT_TRUE(again.has_value()) << Describe(again.error());
    EXPECT_TRUE(again->batches.at(0)->Equals(*all->batches.at(0))) << name;
    EXPECT_EQ(again->flags.size(), 4U);
  }
}

TEST_F(Columnar, LeavesTextThatWasChangedAsItIs) {
  const auto all = ReadFiles({Parquet("a.parquet", {BrokenTexts()[0]})});
  ASSERT_TRUE(all.has_value()) << Describe(all.error());
  const Batch rows = all->batches.at(0);
  const auto other = Values(arrow::large_utf8(), R"(["a", "b", "c", "d", "e", "f"])");
  const int column = rows->schema()->GetFieldIndex("text");
  const Batch changed = rows->SetColumn(column, rows->schema()->field(column), other).ValueOrDie();
  EXPECT_TRUE(RestoreColumns(changed).value()->Equals(*changed));
  const Batch without = rows->RemoveColumn(column).ValueOrDie();
  EXPECT_TRUE(RestoreColumns(without).value()->Equals(*without));
}

TEST_F(Columnar, RefusesDamagedResidues) {
  const std::string good = MakeColumnsResidue({{"text", "a\xFF"}});
  for (size_t size = 1; size < good.size(); ++size) {
    arrow::LargeBinaryBuilder residues;
    ASSERT_TRUE(residues.Append(good.substr(0, size)).ok());
    const Batch rows = BatchOf({{"_siku_residue", residues.Finish().ValueOrDie()},
                                {"text", Values(arrow::large_utf8(), R"(["a"])")}});
    EXPECT_FALSE(RestoreColumns(rows).has_value()) << size;
  }
}

TEST_F(Columnar, RefusesBrokenTextInsideListsAndSaysWhere) {
  arrow::ListBuilder lists(arrow::default_memory_pool(), std::make_shared<arrow::StringBuilder>());
  ASSERT_TRUE(lists.Append().ok());
  ASSERT_TRUE(static_cast<arrow::StringBuilder&>(*lists.value_builder()).Append("\xFF").ok());
  const Batch nested = BatchOf({{"text", lists.Finish().ValueOrDie()}});
  for (const std::string& path : Files({nested})) {
    const auto all = ReadFiles({path});
    ASSERT_FALSE(all.has_value()) << path;
    EXPECT_EQ(all.error().code, Code::kData);
    EXPECT_THAT(all.error().place, HasSubstr("a."));
    EXPECT_THAT(Describe(all.error()), HasSubstr("row 0")) << path;
  }
  // The same bytes are welcome where no text is promised.
  arrow::BinaryBuilder binary;
  ASSERT_TRUE(binary.Append("\xFF").ok());
  EXPECT_TRUE(ReadFiles({Parquet("b.parquet", {BatchOf({{"v", binary.Finish().ValueOrDie()}})})})
                  .has_value());
}

TEST_F(Columnar, RefusesFilesThatAreDamaged) {
  const Batch batch = BatchOf({{"n", Values(arrow::int32(), "[1, 2, 3]")}});
  for (const std::string& path : Files({batch})) {
    const std::string bytes = BytesOf(path);
    const std::string name = std::filesystem::path(path).filename().string();
    for (const size_t size : {size_t{0}, size_t{4}, bytes.size() / 2, bytes.size() - 4}) {
      // A stream may end without its mark of the end.
      if (name == "a.arrows" && size + 8 > bytes.size()) continue;
      folder_.Write(name, bytes.substr(0, size));
      const auto all = ReadFiles({path});
      ASSERT_FALSE(all.has_value()) << name << " " << size;
      EXPECT_EQ(all.error().code, Code::kData) << Describe(all.error());
      EXPECT_THAT(Describe(all.error()), HasSubstr(name));
    }
  }
  EXPECT_EQ(ReadFiles({folder_.Write("b.parquet", "PAR1 no such thing PAR1")}).error().code,
            Code::kData);
}

TEST_F(Columnar, SaysThatAPageIsDamaged) {
  arrow::Int32Builder builder;
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(builder.Append(i * 7919).ok());
  const auto path = Parquet("a.parquet", {BatchOf({{"n", builder.Finish().ValueOrDie()}})});
  const std::string bytes = BytesOf(path);
  int refused = 0;
  // The pages lie before the footer; 64 bytes of them are gone.
  for (size_t at = 4; at + 64 < bytes.size() / 2; at += bytes.size() / 16) {
    folder_.Write("b.parquet", std::string(bytes).replace(at, 64, std::string(64, '\xA5')));
    const auto all = ReadFiles({folder_.Path("b.parquet")});
    if (all.has_value()) continue;  // values are no less values for being others
    ++refused;
    EXPECT_EQ(all.error().code, Code::kData) << at << " " << Describe(all.error());
    EXPECT_THAT(all.error().place, HasSubstr("b.parquet"));
  }
  EXPECT_GT(refused, 0);
}

TEST_F(Columnar, NamesTheColumnAndFileOfATypeThatIsNotKept) {
  const auto months = Values(arrow::month_interval(), "[1]");
  const auto listed = Values(arrow::list(arrow::month_interval()), "[[1]]");
  for (const auto& column : {months, listed}) {
    for (const bool stream : {false, true}) {
      const auto all = ReadFiles({Ipc("a.arrow", {BatchOf({{"when", column}})}, stream)});
      ASSERT_FALSE(all.has_value());
      EXPECT_EQ(all.error().code, Code::kUnsupported);
      EXPECT_THAT(all.error().place, HasSubstr("a.arrow"));
      EXPECT_THAT(all.error().value, HasSubstr("when: "));
    }
  }
}

TEST_F(Columnar, ReadsFilesWithoutRows) {
  const Batch batch = BatchOf({{"n", Values(arrow::int32(), "[]")}});
  for (const std::string& path : Files({batch})) {
    const auto all = ReadFiles({path});
    ASSERT_TRUE(all.has_value()) << path;
    EXPECT_EQ(all->rows(), 0);
  }
}

TEST_F(Columnar, RefusesColumnsThatLookHidden) {
  const Batch batch = BatchOf({{"_siku_source", Values(arrow::int32(), "[1]")}});
  for (const std::string& path : Files({batch})) {
    const auto all = ReadFiles({path});
    ASSERT_FALSE(all.has_value());
    EXPECT_EQ(all.error().code, Code::kInvalid);
    EXPECT_THAT(Describe(all.error()), HasSubstr("_siku_source"));
  }
}

TEST_F(Columnar, WantsTheSameColumnsInAllFilesOfAnInput) {
  const auto one = Parquet("a.parquet", {BatchOf({{"n", Values(arrow::int32(), "[1]")}})});
  const auto two = Parquet("b.parquet", {BatchOf({{"n", Values(arrow::int64(), "[1]")}})});
  const auto same = Parquet("c.parquet", {BatchOf({{"n", Values(arrow::int32(), "[2]")}})});
  EXPECT_EQ(ReadFiles({one, two}).error().code, Code::kInvalid);
  const auto both = ReadFiles({one, same});
  ASSERT_TRUE(both.has_value());
  EXPECT_THAT(Column(*both, "_siku_source"), ElementsAre("0", "1"));
}

}  // namespace
}  // namespace siku::io
