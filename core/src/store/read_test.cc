#include <arrow/compute/api.h>
#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include "folder.h"
#include "metadata.h"
#include "store_for_tests.h"

namespace siku {
namespace {

// ---- reading ------------------------------------------------------------------------------------

using Read = StoreTest;

TEST_F(Read, BeginsAtAnyRow) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 10));
  AppendRows(*store, "a", TextRows(10, 10));
  AppendRows(*store, "a", TextRows(20, 10));
  const Manifest manifest = Must(store->ReadManifest(Must(store->FindVersion("a"))));
  for (int64_t first = 0; first <= 31; ++first) {
    auto reader = Must(VersionReader::Open(*store, manifest, first, 4));
    int64_t next = first;
    while (const auto batch = Must(reader->Next())) {
      EXPECT_LE(batch->num_rows(), 4);
      EXPECT_EQ(Must(RowDigests(batch)), Must(RowDigests(TextRows(next, batch->num_rows()))));
      next += batch->num_rows();
    }
    EXPECT_EQ(next, std::max<int64_t>(first, 30));
  }
}

TEST_F(Read, BeginsInAnyRowGroup) {
  auto store = Open();
  constexpr int64_t kRows = 140'000;  // three groups
  CommitRows(*store, "a", TextRows(0, kRows));
  const Manifest manifest = Must(store->ReadManifest(Must(store->FindVersion("a"))));
  for (const int64_t first : {65'535, 65'536, 65'537, 131'071, 131'072, 139'999, 140'000}) {
    auto reader = Must(VersionReader::Open(*store, manifest, first, 1024));
    int64_t next = first;
    while (const auto batch = Must(reader->Next())) {
      ASSERT_EQ(Must(RowDigests(batch)), Must(RowDigests(TextRows(next, batch->num_rows()))));
      next += batch->num_rows();
    }
    EXPECT_EQ(next, kRows);
  }
}

TEST_F(Read, AnEmptyVersionHasItsColumns) {
  auto store = Open();
  const Batch none = TextRows(0, 0);
  const VersionInfo version = CommitRows(*store, "none", none);
  EXPECT_EQ(version.rows, 0);
  ExpectSameRows(ReadAll(*store, "none"), none);
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
  EXPECT_EQ(Must(store->Compact("none")).content, version.content);
  AppendRows(*store, "none", TextRows(0, 5));
  ExpectSameRows(ReadAll(*store, "none"), TextRows(0, 5));
}

TEST_F(Read, EveryTypeComesBackWithItsValues) {
  auto store = Open();
  const auto list_of = [](std::shared_ptr<arrow::DataType> type) {
    return arrow::list(arrow::field("item", std::move(type)));
  };
  const std::vector<std::pair<std::shared_ptr<arrow::DataType>, std::string>> columns = {
      {arrow::null(), "[null,null,null]"},
      {arrow::boolean(), "[true,null,false]"},
      {arrow::int8(), "[-128,null,127]"},
      {arrow::int16(), "[-1,null,1]"},
      {arrow::int32(), "[-1,null,1]"},
      {arrow::int64(), "[-9223372036854775808,null,1]"},
      {arrow::uint8(), "[255,null,1]"},
      {arrow::uint16(), "[65535,null,1]"},
      {arrow::uint32(), "[4294967295,null,1]"},
      {arrow::uint64(), "[18446744073709551615,null,1]"},
      {arrow::float16(), "[1.5,null,-2]"},
      {arrow::float32(), "[1.5,null,-0.0]"},
      {arrow::float64(), "[0.1,null,-0.0]"},
      {arrow::utf8(), R"(["a",null,""])"},
      {arrow::large_utf8(), R"(["水",null,""])"},
      {arrow::utf8_view(), R"(["水火木金土水火木金土",null,""])"},
      {arrow::binary(), R"(["a",null,""])"},
      {arrow::fixed_size_binary(3), R"(["abc",null,"xyz"])"},
      {arrow::dictionary(arrow::int8(), arrow::utf8()), R"(["a",null,"a"])"},
      {arrow::date32(), "[-1,null,20000]"},
      {arrow::date64(), "[-86400000,null,86400000]"},
      {arrow::time32(arrow::TimeUnit::SECOND), "[1,null,86399]"},
      {arrow::time32(arrow::TimeUnit::MILLI), "[1,null,86399999]"},
      {arrow::time64(arrow::TimeUnit::MICRO), "[1,null,2]"},
      {arrow::time64(arrow::TimeUnit::NANO), "[1,null,2]"},
      {arrow::timestamp(arrow::TimeUnit::SECOND), "[-1,null,1]"},
      {arrow::timestamp(arrow::TimeUnit::MILLI, "Asia/Shanghai"), "[-1,null,1]"},
      {arrow::timestamp(arrow::TimeUnit::MICRO), "[-1,null,1]"},
      {arrow::timestamp(arrow::TimeUnit::NANO, "UTC"), "[-1,null,1]"},
      {arrow::duration(arrow::TimeUnit::SECOND), "[-1,null,1]"},
      {arrow::duration(arrow::TimeUnit::NANO), "[-1,null,1]"},
      {arrow::decimal128(9, 2), R"(["-1.25",null,"3.00"])"},
      {arrow::decimal128(38, 10), R"(["-1.2500000000",null,"3.0000000000"])"},
      {arrow::decimal256(50, 3), R"(["-1.250",null,"3.000"])"},
      {list_of(arrow::utf8()), R"([["a",null],null,[]])"},
      {arrow::large_list(arrow::int16()), "[[1,2],null,[]]"},
      {arrow::fixed_size_list(arrow::float32(), 2), "[[1,2],null,[3,4]]"},
      {arrow::map(arrow::utf8(), arrow::int32()), R"([[["k",1],["l",null]],null,[]])"},
      {arrow::struct_({arrow::field("a", arrow::utf8()),
                       arrow::field("b", list_of(arrow::timestamp(arrow::TimeUnit::SECOND)))}),
       R"([{"a":"x","b":[1,null]},null,{"a":null,"b":null}])"},
      {list_of(arrow::struct_({arrow::field("a", list_of(arrow::utf8()))})),
       R"([[{"a":["x"]},null],null,[{"a":null}]])"}};
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < columns.size(); ++i) {
    fields.push_back(arrow::field("c" + std::to_string(i), columns[i].first));
    arrays.push_back(Must(arrow::json::ArrayFromJSONString(columns[i].first, columns[i].second)));
  }
  const Batch rows = WithKeys({{0, 0}, {0, 10}, {0, 20}}, fields, arrays);
  CommitRows(*store, "all", rows);
  const Batch back = ReadAll(*store, "all");
  ASSERT_TRUE(back->ValidateFull().ok());
  for (int i = 0; i < rows->num_columns(); ++i) {
    const auto stored = rows->schema()->field(i)->type();
    const auto one = [&](const Batch& batch) {
      std::vector<int> which = {0, 1, 2, 3};
      if (i > 3) which.push_back(i);
      return Must(RowDigests(Must(batch->SelectColumns(which))));
    };
    EXPECT_EQ(one(back), one(rows)) << stored->ToString();
  }
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
  // And again, from what was read.
  EXPECT_EQ(CommitRows(*store, "again", back).content, Must(store->FindVersion("all")).content);
}

TEST_F(Read, TextsComeAsLargeStringsAndKeepTheirJsonMark) {
  auto store = Open();
  const auto mark = arrow::key_value_metadata({{"siku.json", "1"}});
  const auto text = Must(arrow::json::ArrayFromJSONString(arrow::utf8(), R"(["{}"])"));
  CommitRows(
      *store, "a",
      WithKeys({{0, 0}},
               {arrow::field("t", arrow::utf8()), arrow::field("j", arrow::utf8(), true, mark)},
               {text, text}));
  const Batch back = ReadAll(*store, "a");
  EXPECT_EQ(back->column(4)->type_id(), arrow::Type::LARGE_STRING);
  EXPECT_FALSE(back->schema()->field(4)->HasMetadata());
  EXPECT_TRUE(back->schema()->field(5)->metadata()->Contains("siku.json"));
}

TEST_F(Read, TheSameRowsMakeTheSameFileHoweverTheyCome) {
  auto store = Open();
  const Batch rows = TextRows(0, 70'000);
  std::vector<std::string> names;
  for (const int64_t step : {70'000, 1024, 65'536, 999}) {
    auto writer = Must(store->NewDataFile(rows->schema()));
    for (int64_t at = 0; at < rows->num_rows(); at += step)
      Must(writer->Append(rows->Slice(at, step)));
    names.push_back(Must(writer->Finish()).sha256);
  }
  EXPECT_THAT(names, testing::Each(names.front()));
}

TEST_F(Read, SaysWhichFileIsGoneOrDamaged) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 10));
  const Manifest manifest = Must(store->ReadManifest(Must(store->FindVersion("a"))));
  const std::string file = store->DataPath(manifest.segments[0].files[0].sha256);
  const std::string bytes = Slurp(file);
  const auto error = [&] {
    auto reader = Must(VersionReader::Open(*store, manifest));
    for (;;) {
      const auto batch = reader->Next();
      if (!batch.has_value()) return batch.error();
      if (*batch == nullptr) return Error{Code::kOk};
    }
  };
  fs::remove(file);
  EXPECT_EQ(error().code, Code::kData);
  EXPECT_EQ(error().place, file);
  for (const size_t length : {size_t{0}, size_t{3}, bytes.size() / 2, bytes.size() - 1}) {
    Write(file, bytes.substr(0, length));
    EXPECT_EQ(error().code, Code::kData) << length;
    EXPECT_EQ(error().place, file);
  }
  const auto more = CommitRows(*store, "b", TextRows(0, 11));
  const Manifest other = Must(store->ReadManifest(more));
  Write(file, Slurp(store->DataPath(other.segments[0].files[0].sha256)));
  EXPECT_EQ(error().code, Code::kData) << "other rows";
}

TEST_F(Read, FindsVersionsByNameOrdinalAndDigest) {
  auto store = Open();
  const VersionInfo first = CommitRows(*store, "news", TextRows(0, 1));
  const VersionInfo second = CommitRows(*store, "news", TextRows(0, 2));
  EXPECT_EQ(Must(store->FindVersion("news")).ordinal, 2);
  EXPECT_EQ(Must(store->FindVersion("news@1")).ordinal, 1);
  EXPECT_EQ(Must(store->FindVersion("news@" + first.content.substr(0, 12))).ordinal, 1);
  EXPECT_EQ(Must(store->FindVersion("news@" + second.content)).ordinal, 2);
  EXPECT_EQ(store->FindVersion("news@3").error().code, Code::kNotFound);
  EXPECT_EQ(store->FindVersion("news@").error().code, Code::kNotFound);
  const auto missing = store->FindVersion("nows");
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_THAT(missing.error().value, testing::HasSubstr("news"));
}

// ---- manifests ----------------------------------------------------------------------------------

using ManifestTest = StoreTest;

TEST_F(ManifestTest, SaysTheSameAfterReading) {
  auto store = Open();
  auto draft = Draft(*store, "a", TextRows(0, 600));
  draft.manifest.lineage = R"({"z": 1.0, "a": ["水", "\u0001"]})";
  const std::string json = Must(ManifestJson(draft.manifest));
  const Manifest again = Must(ManifestFromJson(json, ""));
  EXPECT_EQ(Must(ManifestJson(again)), json);
  EXPECT_EQ(again.digest.peaks, draft.manifest.digest.peaks);
  EXPECT_EQ(again.digest.tail, draft.manifest.digest.tail);
  EXPECT_EQ(again.schema, draft.manifest.schema);
  EXPECT_EQ(again.lineage, "{\"a\":[\"水\",\"\\u0001\"],\"z\":1}");
}

TEST_F(ManifestTest, AnyTruncationOrOddByteIsRefusedOrRead) {
  auto store = Open();
  const std::string json = Must(ManifestJson(Draft(*store, "a", TextRows(0, 300)).manifest));
  for (size_t n = 0; n < json.size(); n += n < 2000 ? 1 : 97) {
    EXPECT_EQ(ManifestFromJson(json.substr(0, n), "m").error().code, Code::kData) << n;
  }
  for (size_t n = 0; n < json.size(); n += 3) {
    std::string odd = json;
    odd[n] = static_cast<char>(odd[n] ^ 0x15);
    (void)ManifestFromJson(odd, "m").has_value();
  }
}

TEST_F(ManifestTest, RefusesNumbersThatDoNotAddUpAndDigestsThatAreNone) {
  auto store = Open();
  const std::string json = Must(ManifestJson(Draft(*store, "a", TextRows(0, 300)).manifest));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = json;
    const size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    changed.replace(at, from.size(), to);
    const auto read = ManifestFromJson(changed, "m.json");
    return read.has_value() ? Code::kOk : read.error().code;
  };
  EXPECT_EQ(with("{", "{"), Code::kOk);
  EXPECT_EQ(with("\"format\":1", "\"format\":2"), Code::kUnsupported);
  EXPECT_EQ(with("\"format\":1", "\"format\":0"), Code::kData);
  EXPECT_EQ(with("\"rows\":300", "\"rows\":301"), Code::kData);
  EXPECT_EQ(with("\"rows\":300", "\"rows\":-300"), Code::kData);
  EXPECT_EQ(with("\"rows\":300", "\"rows\":3e2"), Code::kData);
  EXPECT_EQ(with("\"tail\":[\"", "\"tail\":[\"zz"), Code::kData);
  EXPECT_EQ(with("\"sha256\":\"", "\"sha256\":\"../"), Code::kData);
  EXPECT_EQ(with("\"content\":\"", "\"content\":\"A"), Code::kData);
  EXPECT_EQ(with("\"peaks\":[", "\"peaks\":[1,"), Code::kData);
  EXPECT_EQ(ManifestFromJson("[]", "").error().code, Code::kData);
  EXPECT_EQ(ManifestFromJson("null", "").error().code, Code::kData);
}

}  // namespace
}  // namespace siku
