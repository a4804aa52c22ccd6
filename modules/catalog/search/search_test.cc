// The index equals looking at every text.
#include "siku/catalog/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "search/query.h"

namespace siku::catalog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> Find(const SearchIndex& index, const std::string& text,
                              std::vector<std::string> filters = {}) {
  auto hits = index.Search({.text = text, .filters = std::move(filters), .limit = 1000});
  EXPECT_TRUE(hits.has_value()) << text;
  return hits->ids;
}

Entry Make(const std::string& id, const std::string& title, const std::string& summary = "",
           std::vector<std::pair<std::string, std::string>> values = {}) {
  Entry entry{.id = id, .values = std::move(values)};
  entry.texts[static_cast<size_t>(Field::kTitle)] = title;
  entry.texts[static_cast<size_t>(Field::kSummary)] = summary;
  entry.texts[static_cast<size_t>(Field::kName)] = id + "\n";
  return entry;
}

TEST(Search, FindsTermsOfAnyLengthInsideLongerWords) {
  SearchIndex index;
  index.Put(Make("a", "深圳市公共数据开放平台目录"));
  index.Put(Make("b", "南山区医疗机构", "含地铁口距离"));
  EXPECT_THAT(Find(index, "公共数据"), ElementsAre("a"));
  EXPECT_THAT(Find(index, "数"), ElementsAre("a"));
  EXPECT_THAT(Find(index, "地铁"), ElementsAre("b"));
  EXPECT_THAT(Find(index, "南山 医疗机构"), ElementsAre("b"));
  EXPECT_THAT(Find(index, "南山医疗"), IsEmpty());
}

TEST(Search, FoldsScriptsWidthAndCase) {
  SearchIndex index;
  index.Put(Make("a", "５Ｇ基站與臺灣鐵路"));
  for (const char* text : {"5g基站", "５G基站", "台湾铁路", "臺灣鐵路", "與台", "5"}) {
    EXPECT_THAT(Find(index, text), ElementsAre("a")) << text;
  }
}

TEST(Search, RanksTitlesBeforeSummaries) {
  SearchIndex index;
  index.Put(Make("a", "站点", "地铁"));
  index.Put(Make("b", "地铁站点"));
  EXPECT_THAT(Find(index, "地铁"), ElementsAre("b", "a"));
}

TEST(Search, UnderstandsWhatHarvestersSend) {
  SearchIndex index;
  Entry bus = Make("bus", "公交", "", {{"organisation", "jtj"}, {"keyword", "交通"}});
  bus.modified = 1'767'225'600'000;  // 2026-01-01
  index.Put(bus);
  index.Put(Make("metro", "地铁", "", {{"organisation", "dtj"}, {"format", "CSV"}}));
  EXPECT_THAT(Find(index, "*:*", {"organization:jtj"}), ElementsAre("bus"));
  EXPECT_THAT(Find(index, "", {"-organization:jtj"}), ElementsAre("metro"));
  EXPECT_THAT(Find(index, "", {"organization:(jtj OR dtj)"}), UnorderedElementsAre("bus", "metro"));
  EXPECT_THAT(Find(index, "", {"metadata_modified:[2026-01-01T00:00:00Z TO *]"}),
              ElementsAre("bus"));
  EXPECT_THAT(Find(index, "", {"+res_format:C* +state:active"}), ElementsAre("metro"));
  EXPECT_THAT(Find(index, "tags:\"交通\" OR title:地铁"), UnorderedElementsAre("bus", "metro"));
  EXPECT_THAT(Find(index, "name:bus"), ElementsAre("bus"));
  EXPECT_FALSE(index.Search({.text = "metadata_modified:[x TO y]"}).has_value());
}

TEST(Search, TakesWhatPeopleTypeAsText) {
  SearchIndex index;
  index.Put(Make("a", "C++ (草案) \"引号 http://x.cn/a:b"));
  for (const char* text :
       {"C++", "(草案", "\"引号", "http://x.cn/a:b", "OR 草案", "草案 OR", "草案)"}) {
    EXPECT_THAT(Find(index, text), ElementsAre("a")) << text;
  }
}

TEST(Search, OperatorsWithoutOperandsAreText) {
  SearchIndex index;
  index.Put(Make("a", "IF NOT EXISTS"));
  EXPECT_THAT(Find(index, "NOT"), ElementsAre("a"));
  EXPECT_THAT(Find(index, "exists NOT"), ElementsAre("a"));
  EXPECT_THAT(Find(index, "-"), IsEmpty());
}

TEST(Search, ForgetsWhatIsReplacedOrRemoved) {
  SearchIndex index;
  for (int round = 0; round < 3000; ++round) {
    index.Put(Make("a", round % 2 == 0 ? "地铁" : "公交"));
  }
  EXPECT_THAT(Find(index, "地铁"), IsEmpty());
  EXPECT_THAT(Find(index, "公交"), ElementsAre("a"));
  index.Remove("a");
  EXPECT_THAT(Find(index, "公交"), IsEmpty());
  EXPECT_EQ(index.size(), 0U);
}

TEST(Search, CapsWhatAQueryMayCost) {
  SearchIndex index;
  EXPECT_FALSE(index.Search({.text = std::string(5000, 'a')}).has_value());
  EXPECT_FALSE(index.Search({.text = std::string(100, '(') + "a" + std::string(100, ')')}));
  std::string many;
  for (int i = 0; i < 300; ++i) many += "a ";
  EXPECT_FALSE(index.Search({.text = many}).has_value());
}

TEST(Search, HighlightsInCodePoints) {
  using Spans = std::vector<std::pair<size_t, size_t>>;
  EXPECT_EQ(Highlights("地鐵 5G", "𠮷地铁５Ｇ"), (Spans{{1, 5}}));
  EXPECT_EQ(Highlights("-地铁", "地铁"), Spans{});
}

/// Made of few characters, so that queries hit and nearly hit.
std::string RandomText(std::mt19937& random, size_t longest) {
  static const std::vector<std::string> kCharacters = {"地", "鐵", "铁", "公", "交", "数",
                                                       "據", "a",  "Ｂ", "5",  "𠮷"};
  std::string text;
  for (size_t n = 1 + random() % longest; n > 0; --n) {
    text += kCharacters[random() % kCharacters.size()];
  }
  return text;
}

TEST(Search, EqualsBruteForce) {
  std::mt19937 random(20261130);
  SearchIndex index;
  std::vector<std::vector<std::u32string>> texts;
  for (int i = 0; i < 500; ++i) {
    Entry entry{.id = std::to_string(i)};
    auto& folded = texts.emplace_back();
    for (auto& text : entry.texts) {
      text = RandomText(random, 12);
      folded.push_back(Fold(text));
    }
    index.Put(entry);
  }
  for (int round = 0; round < 400; ++round) {
    const std::string first = RandomText(random, 4);
    const std::string second = RandomText(random, 3);
    std::vector<std::string> expected;
    for (size_t i = 0; i < texts.size(); ++i) {
      const auto has = [&](const std::string& term) {
        return std::any_of(texts[i].begin(), texts[i].end(), [&](const std::u32string& text) {
          return text.find(Fold(term)) != std::u32string::npos;
        });
      };
      if (has(first) && !has(second)) expected.push_back(std::to_string(i));
    }
    EXPECT_THAT(Find(index, first + " -" + second), testing::UnorderedElementsAreArray(expected))
        << first << " -" << second;
  }
}

}  // namespace
}  // namespace siku::catalog
