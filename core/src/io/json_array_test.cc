#include "json_array.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "read_back.h"

namespace siku::io {
namespace {

using ::testing::ElementsAre;

class JsonArray : public ::testing::Test {
 protected:
  Result<ReadAll> Read(std::string_view bytes, ReadOptions options = {}) {
    return ReadFiles({folder_.Write("a.json", bytes)},
                     {.source = {.format = "jsonl"}, .options = options});
  }
  static std::vector<std::string> Texts(const ReadAll& all) {
    std::vector<std::string> texts;
    for (const Batch& batch : all.batches) {
      const auto column = batch->GetColumnByName("text");
      const auto& values = static_cast<const arrow::LargeStringArray&>(*column);
      for (int64_t row = 0; row < values.length(); ++row) texts.push_back(values.GetString(row));
    }
    return texts;
  }
  // Bytes in, the same bytes out.
  void Expect(std::string_view bytes, const std::vector<std::string>& texts, size_t bad = 0) {
    const auto all = Read(bytes);
    ASSERT_TRUE(all.has_value()) << bytes;
    EXPECT_EQ(Texts(*all), texts) << bytes;
    EXPECT_EQ(all->bad.size(), bad) << bytes;
    EXPECT_EQ(RestoreBytes(*all).value(), bytes);
  }

 private:
  TemporaryFolder folder_{};
};

TEST_F(JsonArray, HasARowForEachElement) {
  Expect(R"([{"text":"a"},{"text":"b"}])", {"a", "b"});
  Expect("[\n  {\n    \"text\": \"a\"\n  },\n  {\n    \"text\": \"b\"\n  }\n]\n", {"a", "b"});
  Expect("\xEF\xBB\xBF [ {\"text\": \"甲\", \"n\": [1, {\"x\": \"],[\"}]} ]\n\n", {"甲"});
  Expect(R"([{"text":"\"],{"} , {"n":1,"text":"\\"}])", {"\"],{", "\\"});
}

TEST_F(JsonArray, KeepsWhatIsNoObject) {
  Expect(R"([{"text":"a"},1,[2,3],"x",null,{"text":"b"}])", {"a", "b"}, 4);
  Expect(R"([{"text":"a"},])", {"a"}, 1);
  Expect("[{\"text\":\"a\"}]\n{\"text\":\"b\"}\n", {"a"}, 1);
  Expect(R"([{"text":"a"},{"text":)", {"a"}, 1);
}

TEST_F(JsonArray, TellsThatItsEndIsMissing) {
  const auto flags = [&](std::string_view bytes) { return Read(bytes).value().flags; };
  EXPECT_TRUE(flags(R"([{"text":"a"},{"text":"b"}])").empty());
  EXPECT_TRUE(flags("[{\"text\":\"a\"} ]\n").empty());
  const auto cut = flags(R"([{"text":"a"},{"text":"b"})");
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_EQ(cut[0].kind, "array_cut_off");
  EXPECT_EQ(cut[0].position, 13);
}

TEST_F(JsonArray, IsNotTakenForLines) {
  const auto all = Read("{\"text\":\"a\"}\n{\"text\":\"b\"}\n").value();
  EXPECT_THAT(Texts(all), ElementsAre("a", "b"));
  EXPECT_FALSE(Read("[]").has_value());  // no row tells the columns
}

TEST_F(JsonArray, PassesOverWhatIsTooLong) {
  const std::string longer(1000, 'x');
  const auto all =
      Read("[{\"text\":\"a\"},{\"text\":\"" + longer + "\"},{\"text\":\"b\"}]", {.max_record = 100})
          .value();
  EXPECT_THAT(Texts(all), ElementsAre("a", "b"));
  ASSERT_EQ(all.bad.size(), 1U);
  EXPECT_EQ(all.bad[0].reason, "too_long");
  EXPECT_EQ(all.bad[0].bytes, 1012);
}

TEST_F(JsonArray, IsReadAcrossTheBordersOfReads) {
  std::string bytes = "[";
  std::vector<std::string> texts;
  for (int i = 0; i < 3000; ++i) {
    texts.push_back(std::string(static_cast<size_t>(i % 97), ',') + std::to_string(i) + "]\"{");
    bytes +=
        (i == 0 ? "\n" : ",\n  ") + std::string("{\"text\": ") + JsonString(texts.back()) + "}";
  }
  Expect(bytes + "\n]\n", texts);
}

TEST(LineOfElement, LeavesLinesAsTheyAre) {
  EXPECT_EQ(LineOfElement("{\"a\": 1}\n"), std::nullopt);
  EXPECT_EQ(LineOfElement(" {\"a\": 1}\n"), std::nullopt);
  EXPECT_EQ(LineOfElement(",\n {\n \"a\": \"x \\\" ,\" ,\n \"b\": [1, 2]\n }\n]\n"),
            "{\"a\":\"x \\\" ,\",\"b\":[1,2]}");
}

}  // namespace
}  // namespace siku::io
