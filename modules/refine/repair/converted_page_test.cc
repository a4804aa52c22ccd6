// Pages that a converter made, told from pages of people, and brought back.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "repair/damaging_converter.h"
#include "repair/evidence.h"
#include "siku/refine/repair.h"

namespace siku::refine {
namespace {

const std::shared_ptr<const Tables>& TheTables() {
  static const auto tables = Tables::Open(Tables::Find().value()).value();
  return tables;
}

std::string Fixed(std::string_view text, const RepairOptions& options = {}) {
  return ApplyEdits(text, Repairer(TheTables(), options).Repair(text).edits);
}

double Confidence(std::string_view text) { return JudgePage(Page(text), *TheTables()).confidence; }

constexpr double kTaken = 0.9;

// ---- the verdict --------------------------------------------------------------------------------

// No word of it is spelt in a way that gives a converter away.
constexpr std::string_view kStory =
    "图书馆位于城市的东边，每天从早上九点开放到晚上八点。馆中有许多历史和经济方面的书，也有给孩子们"
    "读的"
    "图画书。进门以后，请把书包交给门口的工作人员，然后选择座位。每个读者可以借五本书，时间是一个月"
    "。"
    "如果书还没有读完，可以再续一个月。图书馆还经常举办讲座，请专家介绍各国的历史和现在的经济问题。"
    "讲座的时间写在门口的通知上，读者们都可以参加，不过请务必准时到场，讲座开始以后不能进门。";

// What a person does who knows common characters: those that change and cost `least` or more carry
// a reading, everywhere.
std::string Annotated(std::string_view simplified, int least, std::string_view open,
                      std::string_view close) {
  const Tables& tables = *TheTables();
  std::string text;
  for (const char32_t c : Page(simplified).characters) {
    const auto old = tables.ToOld(c);
    const bool changes = !old.empty() && old[0] != c;
    text += ToUtf8(std::u32string(1, changes ? char32_t{old[0]} : c));
    if (!changes || tables.UnigramCost(tables.Id(c)) < least) continue;
    text.append(open).append(tables.TonedText(tables.Readings(c)[0])).append(close);
  }
  return text;
}

TEST(ConvertedPage, WithWideMarksIsTakenWhereNoPersonWouldHaveChosenSo) {
  for (const uint64_t seed : {2U, 3U, 5U, 7U}) {
    const std::string page = Damaged(kStory, *TheTables(), {.narrow = false, .seed = seed});
    EXPECT_EQ(Fixed(page), kStory) << page;
  }
}

TEST(ConvertedPage, IsNoLessonThatAnnotatesAllThatDiffers) {
  const std::string lesson = Annotated(kStory, 0, "(", ")");
  EXPECT_LT(Confidence(lesson), kTaken);
  EXPECT_LT(Confidence(Narrow(lesson)), kTaken);
}

TEST(ConvertedPage, IsNoLessonThatAnnotatesTheHarderCharacters) {
  for (const int least : {95, 105, 115}) {
    EXPECT_LT(Confidence(Annotated(kStory, least, "(", ")")), kTaken) << least;
  }
}

TEST(ConvertedPage, HasNoWideBracketsBesideWideMarks) {
  std::string page = Damaged(kStory, *TheTables(), {.narrow = false, .seed = 2});
  ASSERT_GE(Confidence(page), kTaken);
  for (const auto& [narrow, wide] : {std::pair{"(", "（"}, std::pair{")", "）"}}) {
    for (size_t at = 0; (at = page.find(narrow, at)) != std::string::npos;) {
      page.replace(at, 1, wide);
    }
  }
  EXPECT_LT(Confidence(page), kTaken);
}

// ---- what comes back ----------------------------------------------------------------------------

struct Line {
  const char* converted;
  const char* simplified;
};

class LinesOfConvertedPages : public testing::TestWithParam<Line> {};

TEST_P(LinesOfConvertedPages, ComeBack) {
  const std::string page =
      "據(jù)報(bào)道,經(jīng)濟(jì)發(fā)展的質(zhì)量進(jìn)一步提升,產(chǎn)業(yè)結(jié)構("
      "gòu)"
      "優(yōu)化。\n";
  EXPECT_EQ(
      Fixed(page + GetParam().converted),
      std::string("据报道,经济发展的质量进一步提升,产业结构优化。\n") + GetParam().simplified);
}

// What carries its reading, or stands before a mark, has swallowed no letter.
INSTANTIATE_TEST_SUITE_P(
    RareCharacters, LinesOfConvertedPages,
    testing::Values(Line{"田豐、荀諶(chén)、許攸爲謀士。", "田丰、荀谌、许攸为谋士。"},
                    Line{"太守雍闓,乃漢朝侯爵之後。", "太守雍闿,乃汉朝侯爵之后。"}));

// The mark before the reading was narrowed; a dropped pair before a torn end; a run begins behind a
// rare character.
INSTANTIATE_TEST_SUITE_P(ReadingsInside, LinesOfConvertedPages,
                         testing::Values(Line{"如果輸入錯誤,?chàng)t(zé)會在單元格中看到。",
                                              "如果输入错误,则会在单元格中看到。"},
                                         Line{"如果是橢圓的球?céng)ぃ?qǐng)在拖動時按下按鍵。",
                                              "如果是椭圆的球壳，请在拖动时按下按键。"},
                                         Line{"數日之內,大排筵?zhí)?huì),孫夫人與玄德結親。",
                                              "数日之内,大排筵会,孙夫人与玄德结亲。"}));

// What no converter writes stands for itself; what the model does not know is no rival.
INSTANTIATE_TEST_SUITE_P(Forms, LinesOfConvertedPages,
                         testing::Values(Line{"已拚一死報劉璋。", "已拚一死报刘璋。"},
                                         Line{"飲幾杯,全靠着將軍哩。", "饮几杯,全靠着将军哩。"},
                                         Line{"商議徵進的日子。", "商议征进的日子。"},
                                         Line{"用黑線標記出來。", "用黑线标记出来。"},
                                         Line{"及時選劃海洋傾倒區。", "及时选划海洋倾倒区。"}));

// The bracket of a run closes the narrowed one before it.
TEST(ConvertedPage, KnowsWhichBracketIsOpen) {
  const std::string page =
      "據(jù)報(bào)道,經(jīng)濟(jì)發(fā)展的質(zhì)量進(jìn)一步提升。\n"
      "下載軟件(讓我們?yǎn)用埽┓桨柑峁┝嗣赓M和證書。";
  EXPECT_TRUE(Fixed(page, {.min_confidence = 0}).find("让我们加密）方案") != std::string::npos);
}

}  // namespace
}  // namespace siku::refine
