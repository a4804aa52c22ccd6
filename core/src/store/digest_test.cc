#include "siku/digest.h"

#include <arrow/compute/api.h>
#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "rows_for_tests.h"

namespace siku {
namespace {

std::vector<Keyed> Keys(int64_t count) {
  std::vector<Keyed> keys;
  for (int64_t i = 0; i < count; ++i) keys.push_back({0, i * 10});
  return keys;
}

std::vector<Digest> OfColumn(const std::shared_ptr<arrow::Array>& column) {
  return Must(
      RowDigests(WithKeys(Keys(column->length()), {arrow::field("c", column->type())}, {column})));
}

std::shared_ptr<arrow::Array> Json(const std::shared_ptr<arrow::DataType>& type,
                                   const std::string& values) {
  return Must(arrow::json::ArrayFromJSONString(type, values));
}

std::string ContentOf(const std::vector<Batch>& batches) {
  ContentDigest digest;
  for (const Batch& batch : batches) digest.Add(Must(RowDigests(batch)));
  return digest.Finish("[]");
}

TEST(RowDigests, SeesKeyResidueAndEveryColumn) {
  const Digest base = Must(RowDigests(TextRows(1, 1))).front();
  EXPECT_NE(Must(RowDigests(TextRows(1, 1, "row", 1))).front(), base) << "source";
  EXPECT_NE(Must(RowDigests(TextRows(2, 1))).front(), base) << "position";
  EXPECT_NE(Must(RowDigests(TextRows(1, 1, "raw"))).front(), base) << "text";
  const auto text = Json(arrow::large_utf8(), R"(["a"])");
  const auto of_key = [&](const Keyed& key) {
    return Must(RowDigests(WithKeys({key}, {arrow::field("t", text->type())}, {text}))).front();
  };
  EXPECT_NE(of_key({0, 10, std::string(4, '\0')}), of_key({0, 10}));
  EXPECT_NE(of_key({0, 9}), of_key({0, 10})) << "position 9 has a residue, too";
}

TEST(RowDigests, SlicesDoNotShow) {
  const Batch rows = TextRows(0, 50);
  const auto whole = Must(RowDigests(rows));
  for (const int64_t from : {1, 7, 49}) {
    const auto part = Must(RowDigests(rows->Slice(from)));
    for (size_t i = 0; i < part.size(); ++i) {
      EXPECT_EQ(part[i], whole[i + static_cast<size_t>(from)]);
    }
  }
  const auto nested = Json(arrow::struct_({arrow::field("l", arrow::list(arrow::utf8()))}),
                           R"([{"l":["a"]},{"l":["b",null]},null,{"l":[]}])");
  const auto all = OfColumn(nested);
  const Batch batch = WithKeys(Keys(4), {arrow::field("c", nested->type())}, {nested});
  EXPECT_EQ(Must(RowDigests(batch->Slice(1, 2)))[0], all[1]);
  EXPECT_EQ(Must(RowDigests(batch->Slice(2, 2)))[1], all[3]);
}

TEST(RowDigests, DictionariesViewsAndOffsetWidthsDoNotShow) {
  const auto text = Json(arrow::large_utf8(), R"(["水","火",null,"水",""])");
  const auto digests = OfColumn(text);
  EXPECT_EQ(OfColumn(Json(arrow::utf8(), R"(["水","火",null,"水",""])")), digests);
  EXPECT_EQ(OfColumn(Json(arrow::utf8_view(), R"(["水","火",null,"水",""])")), digests);
  const auto dictionary =
      Must(arrow::compute::DictionaryEncode(Json(arrow::utf8(), R"(["水","火",null,"水",""])")));
  EXPECT_EQ(OfColumn(dictionary.make_array()), digests);
  const auto list = R"([["a","b"],[],null,[null]])";
  const auto lists = OfColumn(Json(arrow::large_list(arrow::large_utf8()), list));
  EXPECT_EQ(OfColumn(Json(arrow::list(arrow::utf8()), list)), lists);
  EXPECT_EQ(OfColumn(Json(arrow::fixed_size_list(arrow::int8(), 2), "[[1,2],null]")),
            OfColumn(Json(arrow::list(arrow::int8()), "[[1,2],null]")));
}

TEST(RowDigests, BytesUnderNullsDoNotShow) {
  const auto values = Json(arrow::int64(), "[1,2,3]");
  const auto others = Json(arrow::int64(), "[1,77,3]");
  const auto bitmap = arrow::Buffer::FromString(std::string(1, '\x05'));
  const auto masked = [&](const std::shared_ptr<arrow::Array>& array) {
    return arrow::MakeArray(
        arrow::ArrayData::Make(array->type(), 3, {bitmap, array->data()->buffers[1]}));
  };
  EXPECT_EQ(OfColumn(masked(values)), OfColumn(masked(others)));
  const auto list = [&](const std::shared_ptr<arrow::Array>& items) {
    const auto offsets = Json(arrow::int64(), "[0,1,2,3]");
    return arrow::MakeArray(arrow::ArrayData::Make(arrow::large_list(arrow::int64()), 3,
                                                   {bitmap, offsets->data()->buffers[1]},
                                                   {items->data()}));
  };
  EXPECT_EQ(OfColumn(list(values)), OfColumn(list(others))) << "items of a null list";
}

TEST(RowDigests, EveryNaNIsOneAndMinusZeroIsZero) {
  const auto of = [](double value) {
    arrow::DoubleBuilder wide;
    arrow::FloatBuilder narrow;
    (void)wide.Append(value);
    (void)narrow.Append(static_cast<float>(value));
    return std::pair(OfColumn(Must(wide.Finish())), OfColumn(Must(narrow.Finish())));
  };
  uint64_t bits = 0xFFF8'0000'0000'BEEFULL;
  double odd = 0;
  std::memcpy(&odd, &bits, sizeof odd);
  EXPECT_EQ(of(odd), of(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_EQ(of(-0.0), of(0.0));
  EXPECT_NE(of(1.0), of(0.0));
  const auto half = [](uint16_t value) {
    arrow::HalfFloatBuilder builder;
    (void)builder.Append(value);
    return OfColumn(Must(builder.Finish()));
  };
  EXPECT_EQ(half(0xFE01), half(0x7E00));
  EXPECT_EQ(half(0x8000), half(0));
  EXPECT_NE(half(0x7C00), half(0x7E00)) << "infinity is no NaN";
}

TEST(RowDigests, NullEmptyAndZeroDiffer) {
  const auto text = OfColumn(Json(arrow::utf8(), R"(["x","",null])"));
  EXPECT_NE(text[1], text[2]);
  // Same key, so that the values alone decide.
  const auto one = [](const std::shared_ptr<arrow::Array>& array) { return OfColumn(array)[0]; };
  EXPECT_NE(one(Json(arrow::utf8(), R"([""])")), one(Json(arrow::utf8(), "[null]")));
  EXPECT_NE(one(Json(arrow::int32(), "[0]")), one(Json(arrow::int32(), "[null]")));
  EXPECT_NE(one(Json(arrow::list(arrow::int8()), "[[]]")),
            one(Json(arrow::list(arrow::int8()), "[null]")));
  EXPECT_NE(one(Json(arrow::list(arrow::utf8()), R"([["ab"]])")),
            one(Json(arrow::list(arrow::utf8()), R"([["a","b"]])")));
}

TEST(RowDigests, LongTextsCountLikeShortOnes) {
  // Around every length at which texts begin to be hashed in place, against the definition.
  for (const size_t length : {0, 1, 55, 56, 63, 64, 2047, 2048, 2049, 100'000}) {
    const std::string value(length, 'x');
    arrow::LargeStringBuilder text;
    (void)text.Append(value);
    const auto array = Must(text.Finish());
    std::string bytes("\x01\0\0\0\0\x01\x0a\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\x01", 25);
    for (int shift = 0; shift < 64; shift += 8) {
      bytes.push_back(static_cast<char>((length >> shift) & 0xFFU));
    }
    const Batch row = WithKeys({{0, 10}}, {arrow::field("t", array->type())}, {array});
    EXPECT_EQ(Hex(Must(RowDigests(row)).front()), Sha256Hex(bytes + value)) << length;
  }
}

TEST(RowDigests, TypesThatCannotBeStoredAreRefused) {
  const auto interval = Must(arrow::MakeArrayOfNull(arrow::month_interval(), 1));
  const Batch rows = WithKeys(Keys(1), {arrow::field("c", interval->type())}, {interval});
  EXPECT_EQ(RowDigests(rows).error().code, Code::kUnsupported);
  EXPECT_EQ(CanonicalSchema(rows->schema()).error().code, Code::kUnsupported);
  EXPECT_EQ(CanonicalSchema(rows->schema()).error().place, "c");
}

TEST(ContentDigest, BatchBordersDoNotShowButOrderDoes) {
  const Batch rows = TextRows(0, 2000);
  const std::string whole = ContentOf({rows});
  std::mt19937 random(20261124);
  for (int round = 0; round < 5; ++round) {
    std::vector<Batch> parts;
    for (int64_t at = 0; at < rows->num_rows();) {
      const auto length = static_cast<int64_t>(random() % 600);
      parts.push_back(rows->Slice(at, length));
      at += length;
    }
    EXPECT_EQ(ContentOf(parts), whole);
  }
  EXPECT_NE(ContentOf({rows->Slice(1000), rows->Slice(0, 1000)}), whole);
  EXPECT_NE(ContentOf({rows->Slice(0, 1999)}), whole);
}

TEST(ContentDigest, ContinuesFromItsStateExactly) {
  const auto digests = Must(RowDigests(TextRows(0, 256 * 9 + 5)));
  const std::span<const Digest> all(digests);
  ContentDigest whole;
  whole.Add(all);
  for (const size_t cut : {0U, 1U, 255U, 256U, 257U, 512U, 1023U, 1024U, 1025U, 2304U, 2309U}) {
    ContentDigest first;
    first.Add(all.first(cut));
    auto second = ContentDigest::From(first.state());
    EXPECT_EQ(second.Finish("[]"), first.Finish("[]")) << cut;
    second.Add(all.subspan(cut));
    EXPECT_EQ(second.Finish("[]"), whole.Finish("[]")) << cut;
    EXPECT_EQ(second.state().peaks, whole.state().peaks) << cut;
    EXPECT_EQ(second.state().tail, whole.state().tail) << cut;
  }
}

TEST(ContentDigest, TheColumnsAreOfTheIdentity) {
  ContentDigest digest;
  digest.Add(Must(RowDigests(TextRows(0, 3))));
  EXPECT_NE(digest.Finish(R"([{"name":"a","type":"text"}])"),
            digest.Finish(R"([{"name":"b","type":"text"}])"));
}

TEST(CanonicalSchema, NamesTypesThatHoldTheSameValuesAlike) {
  const auto schema = [](const arrow::FieldVector& fields) {
    return Must(CanonicalSchema(arrow::schema(fields)));
  };
  EXPECT_EQ(
      schema({arrow::field("_siku_source", arrow::int32()), arrow::field("t", arrow::utf8(), false),
              arrow::field("j", arrow::large_utf8(), true,
                           arrow::key_value_metadata({{"siku.json", "1"}}))}),
      R"([{"name":"t","type":"text"},{"name":"j","type":"json"}])");
  EXPECT_EQ(schema({arrow::field("d", arrow::dictionary(arrow::int8(), arrow::utf8()))}),
            schema({arrow::field("d", arrow::utf8_view())}));
  EXPECT_EQ(
      schema({arrow::field(
          "s", arrow::struct_({arrow::field(
                   "x, y", arrow::list(arrow::timestamp(arrow::TimeUnit::SECOND, "UTC")))}))}),
      R"([{"name":"s","type":{"struct":[{"name":"x, y","type":)"
      R"({"list":{"timestamp":"ms","zone":"UTC"}}}]}}])");
}

TEST(CanonicalSchema, RefusesNamesThatCannotTellColumnsApart) {
  EXPECT_EQ(CanonicalSchema(
                arrow::schema({arrow::field("a", arrow::int8()), arrow::field("a", arrow::utf8())}))
                .error()
                .code,
            Code::kInvalid);
  EXPECT_EQ(CanonicalSchema(arrow::schema({arrow::field("\xff", arrow::int8())})).error().code,
            Code::kInvalid);
}

}  // namespace
}  // namespace siku
