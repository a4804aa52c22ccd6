#include "siku/catalog/row_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "import/importing_for_tests.h"
#include "row_search/signatures.h"
#include "row_search/terms.h"
#include "siku/catalog/rows.h"
#include "siku/catalog/search.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

constexpr int64_t kRows = 6000;  // more than are looked at without signatures
constexpr int kQueries = 220;
constexpr size_t kPage = 50;

const std::vector<std::string> kWords = {
    "地铁", "公交", "站",   "南山区", "福田區", "臺灣", "台湾",      "ＡＢ", "ab",
    "数据", "開放", "开放", "𠮷",     "5G基站", "😀",    "é",         "疫苗", "号线",
    "-",    "2024", ".5",   "的",     "了",     "。",   "《北京市》"};

std::string Text(std::mt19937& random, size_t most) {
  std::string text;
  for (size_t words = random() % most; words > 0; --words) {
    text += kWords[random() % kWords.size()];
    if (random() % 5 == 0) text += std::to_string(random() % 100);
  }
  return text;
}

class RowSearchTest : public Importing {
 protected:
  /// A version of the store with texts, numbers, dates and gaps.
  Readable Make() {
    std::mt19937 random(7);
    std::string lines;
    for (int64_t i = 0; i < kRows; ++i) {
      json row = {{"n", i * 37}, {"text", Text(random, 12)}, {"note", Text(random, 3)}};
      if (i % 3 != 0) row["share"] = static_cast<double>(i) / 8;
      row["day"] = "2024-0" + std::to_string(1 + i % 9) + "-11";
      if (i % 1000 == 500) row["text"] = "独一" + std::to_string(i);
      lines += row.dump() + "\n";
    }
    const auto version = Must(Import(lines)).version;
    Readable readable;
    readable.manifest = Must(store_->ReadManifest(version));
    readable.version.content = version.content;
    readable.version.rows = kRows;
    return readable;
  }
  std::string Folder() const { return folder_ + "/store/signatures"; }

  json Search(const Readable& readable, const std::string& query, int64_t offset = 0,
              int64_t limit = 1000) {
    const auto found = SearchRows(
        *store_, readable,
        {query, offset, limit, std::chrono::steady_clock::now() + std::chrono::seconds(60)});
    EXPECT_TRUE(found.has_value()) << query;
    return found.value_or(json());
  }
};

/// Places of the rows that have the text in a cell, found without any of the search's own parts.
std::vector<int64_t> Having(const json& page, const std::string& text) {
  std::vector<int64_t> places;
  const std::u32string wanted = Fold(text);
  for (size_t row = 0; row < page.size(); ++row) {
    const bool has = std::any_of(page[row].begin(), page[row].end(), [&](const json& cell) {
      const std::string shown = cell.is_string() ? cell.get<std::string>() : cell.dump();
      return !cell.is_null() && Fold(shown).find(wanted) != std::u32string::npos;
    });
    if (has) places.push_back(static_cast<int64_t>(row));
  }
  return places;
}

/// One to four characters that stand side by side somewhere, or now and then nowhere.
std::string Query(const json& page, std::mt19937& random) {
  const json& row = page[random() % page.size()];
  const json& cell = row[random() % row.size()];
  const std::string shown = cell.is_string() ? cell.get<std::string>() : cell.dump();
  const size_t length = utf8::Length(shown);
  if (length == 0 || random() % 20 == 0) return "无此词" + std::to_string(random() % 10);
  const size_t from = random() % length;
  std::string_view rest = shown;
  rest.remove_prefix(utf8::Prefix(rest, from).size());
  return std::string(utf8::Prefix(rest, 1 + random() % 4));
}

TEST_F(RowSearchTest, EqualsLookingAtAllRows) {
  const Readable readable = Make();
  const json page = RowsPage(*store_, readable, 0, kRows).value();
  ASSERT_EQ(page.size(), kRows);
  for (const bool signed_ : {false, true}) {
    if (signed_) {
      ASSERT_FALSE(HasSignatures(*store_, readable));
      ASSERT_TRUE(MakeSignatures(*store_, readable, false).has_value());
      ASSERT_TRUE(HasSignatures(*store_, readable));
    }
    std::mt19937 random(11);
    for (int i = 0; i < (signed_ ? kQueries : kQueries / 10); ++i) {
      const std::string text = Query(page, random);
      if (text.find('"') != std::string::npos) continue;
      const json found = Search(readable, '"' + text + '"', 0, kPage);
      auto wanted = Having(page, text);
      ASSERT_EQ(found["total"], wanted.size()) << text;
      wanted.resize(std::min(wanted.size(), kPage));
      ASSERT_EQ(found["numbers"].get<std::vector<int64_t>>(), wanted) << text;
      ASSERT_EQ(found["complete"], true);
      for (size_t row = 0; row < wanted.size(); ++row) {
        ASSERT_EQ(found["rows"][row], page[static_cast<size_t>(wanted[row])]);
      }
    }
  }
}

TEST_F(RowSearchTest, JoinsAndExcludesTerms) {
  const Readable readable = Make();
  ASSERT_TRUE(MakeSignatures(*store_, readable, false).has_value());
  const json page = RowsPage(*store_, readable, 0, kRows).value();
  const auto places = [&](const std::string& text) {
    const auto having = Having(page, text);
    return std::set<int64_t>(having.begin(), having.end());
  };
  std::vector<int64_t> both, without, either;
  const auto metro = places("地铁"), bus = places("公交");
  for (int64_t row = 0; row < kRows; ++row) {
    if (metro.contains(row) && bus.contains(row)) both.push_back(row);
    if (metro.contains(row) && !bus.contains(row)) without.push_back(row);
    if (metro.contains(row) || bus.contains(row)) either.push_back(row);
  }
  ASSERT_FALSE(both.empty());
  EXPECT_EQ(Search(readable, "地铁 公交", 0, kRows)["numbers"], json(both));
  EXPECT_EQ(Search(readable, "地铁 -公交", 0, kRows)["numbers"], json(without));
  EXPECT_EQ(Search(readable, "地铁 OR 公交", 0, kRows)["numbers"], json(either));
}

TEST_F(RowSearchTest, PagesAndMarks) {
  const Readable readable = Make();
  const json all = Search(readable, "独一");
  EXPECT_EQ(all["numbers"], json({500, 1500, 2500, 3500, 4500, 5500}));
  const json page = Search(readable, "獨一", 2, 3);  // as it is written elsewhere
  EXPECT_EQ(page["numbers"], json({2500, 3500, 4500}));
  EXPECT_EQ(page["total"], 6);
  const auto& columns = all["columns"];
  const auto text = std::find_if(columns.begin(), columns.end(),
                                 [](const json& column) { return column["name"] == "text"; });
  const auto place = static_cast<size_t>(text - columns.begin());
  EXPECT_EQ(page["highlights"][0][place], json({{0, 2}}));
}

TEST_F(RowSearchTest, KeepsBackWhatIsWithheld) {
  Readable readable = Make();
  ASSERT_TRUE(MakeSignatures(*store_, readable, false).has_value());
  readable.withheld = {"text"};
  EXPECT_EQ(Search(readable, "独一")["total"], 0);
  EXPECT_FALSE(HasSignatures(*store_, readable));
  readable.withheld.clear();
  readable.conditions = {{"n", "lt", {std::to_string(37 * 2000)}}};
  readable.whole = readable.manifest;
  EXPECT_EQ(Search(readable, "独一")["numbers"], json({500, 1500}));
  ASSERT_TRUE(MakeSignatures(*store_, readable, false).has_value());
  EXPECT_EQ(Search(readable, "独一")["numbers"], json({500, 1500}));
  EXPECT_EQ(Search(readable, std::to_string(37 * 3500))["total"], 0);
}

TEST_F(RowSearchTest, LooksItselfWhereSignaturesAreDamaged) {
  const Readable readable = Make();
  ASSERT_TRUE(MakeSignatures(*store_, readable, false).has_value());
  for (const auto& file : std::filesystem::directory_iterator(Folder())) {
    std::filesystem::resize_file(file.path(), std::filesystem::file_size(file.path()) - 9);
  }
  EXPECT_EQ(Search(readable, "独一")["total"], 6);
  EXPECT_FALSE(HasSignatures(*store_, readable));  // it is gone, and can be made again
  EXPECT_TRUE(MakeSignatures(*store_, readable, false).has_value());
}

TEST_F(RowSearchTest, StopsAndSaysWhatIsNotComplete) {
  const Readable readable = Make();
  EXPECT_EQ(MakeSignatures(*store_, readable, true).error().code, Code::kInterrupted);
  EXPECT_TRUE(std::filesystem::is_empty(Folder()));
  const auto late = SearchRows(*store_, readable, {"地铁", 0, 10, {}});
  EXPECT_EQ(late.value()["complete"], false);
}

TEST(RowTerms, NeedsOneThatRowsHave) {
  for (const char* none : {"", " ", "*:*", "-公交", "NOT 公交", "地铁 OR -公交", "theme:交通"}) {
    EXPECT_FALSE(RowTerms::Parse(none).has_value()) << none;
  }
  for (const char* some : {"a", "地铁 -公交", "地铁 OR 公交", "theme:交通 地铁", "\"a b\""}) {
    EXPECT_TRUE(RowTerms::Parse(some).has_value()) << some;
  }
}

}  // namespace
}  // namespace siku::catalog
