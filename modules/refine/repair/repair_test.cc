#include "siku/refine/repair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "repair/damaging_converter.h"
#include "repair/scan.h"
#include "repair/walk.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

using testing::Each;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

std::filesystem::path Examples() {
  const char* root = std::getenv("SIKU_SOURCE_DIR");
  return std::filesystem::path(root == nullptr ? "." : root) / "examples/first-light";
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Example(const std::string& name) { return ReadFile(Examples() / name); }

std::vector<std::filesystem::path> Pages() {
  std::vector<std::filesystem::path> pages;
  for (const auto& entry : std::filesystem::directory_iterator(Examples() / "pages")) {
    if (entry.path().extension() == ".txt") pages.push_back(entry.path());
  }
  std::sort(pages.begin(), pages.end());
  return pages;
}

const std::shared_ptr<const Tables>& TheTables() {
  static const auto tables = [] {
    auto path = Tables::Find();
    EXPECT_TRUE(path.has_value());
    return Tables::Open(*path).value();
  }();
  return tables;
}

Repaired Found(std::string_view text, const RepairOptions& options = {}) {
  return Repairer(TheTables(), options).Repair(text);
}

std::string Fixed(std::string_view text, const RepairOptions& options = {}) {
  return ApplyEdits(text, Found(text, options).edits);
}

// With every proposal accepted.
std::string Likeliest(std::string_view text) { return Fixed(text, {.min_confidence = 0}); }

// Enough annotations that a page is known for what it is.
constexpr std::string_view kConverted =
    "據(jù)報(bào)道,經(jīng)濟(jì)發(fā)展的質(zhì)量進(jìn)一步提升,產(chǎn)業(yè)結(jié)構(gòu)"
    "優(yōu)化。這個目標是我們從兩年前開始的,現在看來很好。";
constexpr std::string_view kConvertedBack =
    "据报道,经济发展的质量进一步提升,产业结构优化。这个目标是我们从两年前开始的,现在看来很好。";

std::string OnConvertedPage(std::string_view text) {
  const std::string fixed = Fixed(std::string(kConverted) + "\n" + std::string(text));
  EXPECT_TRUE(fixed.starts_with(std::string(kConvertedBack) + "\n")) << fixed;
  return fixed.substr(std::min(fixed.size(), kConvertedBack.size() + 1));
}

// A page that a converter has certainly been over, and `text` in it.
std::string ConvertedWith(std::string_view text, Habits habits) {
  const std::string page =
      "据报道，经济发展的质量进一步提升，产业结构优化，农业和贸易的规模继续扩大，"
      "许多企业开始运用新的技术。\n" +
      std::string(text);
  return Damaged(page, *TheTables(), habits);
}

void ExpectOrderly(std::string_view text, const Repaired& repaired) {
  size_t at = 0;
  for (const TextEdit& edit : repaired.edits) {
    EXPECT_LE(at, edit.begin);
    EXPECT_LE(edit.begin, edit.end);
    ASSERT_LE(edit.end, text.size());
    EXPECT_TRUE(utf8::Valid(text.substr(edit.begin, edit.end - edit.begin)));
    EXPECT_TRUE(utf8::Valid(edit.after));
    EXPECT_NE(edit.after, text.substr(edit.begin, edit.end - edit.begin));
    at = edit.end;
  }
  EXPECT_TRUE(
      std::is_sorted(repaired.flags.begin(), repaired.flags.end(),
                     [](const TextFlag& a, const TextFlag& b) { return a.begin < b.begin; }));
}

// ---- the real page ------------------------------------------------------------------------------

TEST(RepairPage, ComesBackAsPrinted) {
  const std::string page = Example("pages/policy-news.damaged.txt");
  EXPECT_EQ(Fixed(page), Example("expected/policy-news.txt"));
  EXPECT_THAT(Found(page).flags, IsEmpty());
}

TEST(RepairPage, EachEditIsExplainedByARule) {
  std::map<Rule, int> count;
  for (const TextEdit& edit : Found(Example("pages/policy-news.damaged.txt")).edits) {
    ++count[edit.rule];
    EXPECT_GE(edit.confidence, 0.9);
  }
  EXPECT_EQ(count[Rule::kShiftedRun], 3);
  EXPECT_EQ(count[Rule::kRestoreReading], 1);
  EXPECT_GT(count[Rule::kStripAnnotation], 100);
  EXPECT_GT(count[Rule::kSimplify], 100);
}

// Between readings, and before marks, too.
TEST(RepairPage, CharactersLostBesideReadingsComeBack) {
  std::string page = Example("pages/policy-news.damaged.txt");
  for (const auto& [written, lost] : std::vector<std::pair<std::string, std::string>>{
           {"數(shù)據(jù),利", "數(shù) ju,利"},
           {"環(huán)節(jié),為", "環(huán) jie,為"},
           {"統(tǒng)計(jì),202", "統(tǒng) ji,202"}}) {
    const size_t at = page.find(written);
    ASSERT_NE(at, std::string::npos) << written;
    page.replace(at, written.size(), lost);
  }
  EXPECT_EQ(Fixed(page), Example("expected/policy-news.txt"));
}

// ---- the example pages --------------------------------------------------------------------------

TEST(RepairExamples, DamagedPagesSayWhatTheySaid) {
  for (const char* name : {"toneless", "random", "destroyed"}) {
    EXPECT_EQ(Fixed(Example("pages/" + std::string(name) + ".damaged.txt")),
              Example("expected/" + std::string(name) + ".txt"))
        << name;
  }
}

TEST(RepairExamples, RunsOnAnnotatedAndOnBarePagesSayWhatTheySaid) {
  for (const char* name : {"mixed", "shifted-traditional"}) {
    const std::string page = Example("pages/" + std::string(name) + ".damaged.txt");
    EXPECT_EQ(Fixed(page), Example("expected/" + std::string(name) + ".txt")) << name;
    EXPECT_THAT(Found(page).edits, Each(Field(&TextEdit::confidence, testing::Ge(0.9)))) << name;
  }
}

// 老 has the bytes that are left of 拉上: both fit, so neither is put in.
TEST(RepairExamples, WhatFitsNoBetterThanAnotherIsProposed) {
  const std::string page = Example("pages/marks.damaged.txt");
  const Repaired found = Found(page);
  ASSERT_EQ(found.flags.size(), 1U);
  const TextFlag& flag = found.flags[0];
  ASSERT_TRUE(flag.proposal.has_value());
  EXPECT_THAT(flag.proposal->alternatives, testing::Contains("。可以在中午拉上窗帘"));
  std::string fixed = ApplyEdits(page, found.edits);
  const std::string damaged = page.substr(flag.begin, flag.end - flag.begin);
  fixed.replace(fixed.find(damaged), damaged.size(), "。可以在中午拉上窗帘");
  EXPECT_EQ(fixed, Example("expected/marks.txt"));
}

TEST(RepairExamples, LookAlikesComeBackByteForByte) {
  int seen = 0;
  for (const auto& page : Pages()) {
    if (page.filename().string().find(".damaged.") != std::string::npos) continue;
    ++seen;
    const std::string text = ReadFile(page);
    EXPECT_THAT(Found(text).edits, IsEmpty()) << page;
    // The one that quotes damage is right to be flagged.
    if (page.filename() == "mojibake-explained.txt") continue;
    EXPECT_THAT(Found(text).flags, IsEmpty()) << page;
  }
  EXPECT_GE(seen, 18);
}

TEST(RepairExamples, RepairingTwiceChangesNothingMore) {
  for (const auto& page : Pages()) {
    const std::string text = ReadFile(page);
    ExpectOrderly(text, Found(text));
    const std::string once = Fixed(text);
    EXPECT_EQ(Fixed(once), once) << page;
  }
}

TEST(RepairExamples, TheScanPassesNothingThatWouldBeTouched) {
  for (const auto& path : Pages()) {
    const std::string text = ReadFile(path);
    if (NeedsLook(text)) continue;
    const Page page(text);
    const RepairOptions options;
    const Repaired repaired = Walk(page, *TheTables(), options).Run();
    EXPECT_TRUE(repaired.edits.empty() && repaired.flags.empty()) << path;
  }
}

// ---- shifted runs -------------------------------------------------------------------------------

struct Slip {
  char32_t mark;
  const char* text;
};

class RunsBegunBy : public testing::TestWithParam<Slip> {};

TEST_P(RunsBegunBy, ComeBack) {
  const Habits habits{.marks = std::u32string(1, GetParam().mark), .seed = 11};
  const std::string damaged = ConvertedWith(GetParam().text, habits);
  Habits without = habits;
  without.marks.clear();
  ASSERT_NE(damaged, ConvertedWith(GetParam().text, without)) << "no slip in the sample";
  EXPECT_TRUE(Likeliest(damaged).ends_with(Narrow(GetParam().text))) << damaged << "\n"
                                                                     << Likeliest(damaged);
}

INSTANTIATE_TEST_SUITE_P(
    Marks, RunsBegunBy,
    testing::Values(Slip{U'！', "他们积极推动城市发展。《北京市加快建设方案》已经公布。"},
                    Slip{U'，', "这项工作已经完成。现在可以开始下一步了。"},
                    Slip{U'；', "公司的目标是实现规模化产业化发展。"},
                    Slip{U'？', "这是一本好书。可以与朋友一起阅读。"},
                    Slip{U'：', "种花的方法非常简单，只要按时浇水。"}));

TEST(ShiftedRun, StandsAloneOnATraditionalPage) {
  const std::string page =
      "各級政府應當及時發布預警信息?!侗本┦屑涌旖ㄔO具有全球影響力的創新策源地方案》提出新的目標。";
  const auto repaired = Found(page, {.min_confidence = 0.5});
  ASSERT_THAT(repaired.edits, SizeIs(1));
  EXPECT_EQ(repaired.edits[0].after, "。《北京市加快建設");
  EXPECT_EQ(repaired.edits[0].rule, Rule::kShiftedRun);
}

TEST(ShiftedRun, TangledWithAReadingInsideACharacter) {
  // 準 annotated and 鏈 not: some pages have such a table.
  int seen = 0;
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    const std::string damaged = ConvertedWith("打造知识图谱构建的全链式平台。",
                                              {.annotated = 0.6, .across = true, .seed = seed});
    if (damaged.find("?zhǔn)") == std::string::npos) continue;
    ++seen;
    EXPECT_TRUE(Likeliest(damaged).ends_with("打造知识图谱构建的全链式平台。"))
        << damaged << "\n"
        << Likeliest(damaged);
  }
  EXPECT_GE(seen, 5);
}

TEST(ShiftedRun, EndsTornBeforeADigit) {
  const Habits habits{.marks = U"！", .seed = 3};
  const std::string damaged =
      ConvertedWith("他们积极推动城市发展。《北京市加快建设方案》2023年公布。", habits);
  EXPECT_TRUE(Likeliest(damaged).ends_with("《北京市加快建设方案》2023年公布。")) << damaged;
}

TEST(ShiftedRun, DroppedPairsComeBackWhereOnlyOneOriginalFits) {
  EXPECT_EQ(OnConvertedPage("人工智能規(guī)?;a(chǎn)業(yè)化發(fā)展"),
            "人工智能规模化产业化发展");
}

TEST(ShiftedRun, OfWhichSeveralOriginalsFitIsFlaggedAndLeft) {
  const std::string page =
      std::string(kConverted) +
      "\n產(chǎn)品遠銷四十多個國家和地區?!吨圃熘芸吩浺匀摰钠鶊?bào)道過它的故事。";
  const auto repaired = Found(page);
  ASSERT_THAT(repaired.flags, SizeIs(1));
  ASSERT_TRUE(repaired.flags[0].proposal.has_value());
  EXPECT_EQ(repaired.flags[0].proposal->rule, Rule::kShiftedRun);
  EXPECT_FALSE(repaired.flags[0].proposal->alternatives.empty());
  EXPECT_NE(Fixed(page).find("?!吨圃熘芸"), std::string::npos);
}

TEST(ShiftedRun, IsTakenOnlyIfItsDamageComesOutExactly) {
  // One character of the run is another: no original gives this page.
  const std::string page = std::string(kConverted) + "\n發(fā)展?!侗本龘屑涌旖ㄔO(shè)具有影響。";
  EXPECT_EQ(Fixed(page).find("《北京市加快建设"), std::string::npos);
}

TEST(ShiftedRun, OnATraditionalPageOfWhichACharacterReadsBadlyIsNotApplied) {
  const std::string page =
      "國務院辦公廳日前印發意見，要求各地區抓好貫徹落實?!洞胧饭蔡岢龆隧椚蝿眨婕笆袌鰷嗜搿⑷谫Y"
      "支持、權益保護等方面，並明確了責任單位。";
  EXPECT_THAT(Found(page).edits, IsEmpty());
}

TEST(ShiftedRun, TornAtItsEndTakesTheSpaceBehindItsReadingAlong) {
  const std::string page =
      "近年來,隨(sui) 着城市軌(gui) 道交通的快速發展,地鐵已經(jing) 成為(wei) "
      "市民出行的重要選(xuan) "
      "擇。運營公司調(diao) 整了列車時刻表,增開了臨時客車,換(huan) 乘通道的意見(jian) 進(jin) "
      "行了認(ren) 真研究,構建現代化基礎設(she) 施體系?!缎袆?dong) 方案》提出,要著力突破關鍵技術。";
  const std::string fixed = Fixed(page);
  EXPECT_NE(fixed.find("体系。《行动方案》提出"), std::string::npos) << fixed;
}

// ---- annotations --------------------------------------------------------------------------------

constexpr std::string_view kStory =
    "大运河是世界上最长的人工河流，北起北京，南到杭州，全长约一千八百公里。运河的开通把几条江河"
    "连接起来，对经济和文化的交流发挥了巨大的作用。过去运河上的船只来来往往，两岸的城市因为运河而"
    "繁荣起来。现在，运河的一部分河道仍然可以通航，两岸建起了公园和博物馆。人们来到运河边散步，"
    "了解运河的历史。专家认为，保护运河不只是保护河道，也要保护运河上的人和他们的生活。";

TEST(Annotation, WithTones) {
  EXPECT_EQ(Fixed(Damaged(kStory, *TheTables(), {.seed = 2})), Narrow(kStory));
}

TEST(Annotation, WithoutTones) {
  EXPECT_EQ(Fixed(Damaged(kStory, *TheTables(), {.tones = false, .seed = 3})), Narrow(kStory));
}

TEST(Annotation, WithASpaceBehind) {
  EXPECT_EQ(Fixed(Damaged(kStory, *TheTables(), {.tones = false, .space_behind = true, .seed = 4})),
            Narrow(kStory));
}

TEST(Annotation, AtRandomAlsoOnCharactersThatDoNotChange) {
  for (const uint64_t seed : {1U, 2U, 3U}) {
    const std::string damaged =
        Damaged(kStory, *TheTables(), {.annotated = 0.3, .at_random = true, .seed = seed});
    EXPECT_EQ(Fixed(damaged), Narrow(kStory)) << damaged;
  }
}

TEST(Annotation, ByPeopleStays) {
  for (const std::string_view text : {
           "冼(xiǎn)星海和尉迟(yùchí)恭",
           "名(míng)花(huā)傾(qīng)國(guó)兩(liǎng)相(xiāng)歡(huān)，"
           "長(cháng)得(dé)君(jūn)王(wáng)帶(dài)笑(xiào)看(kàn)。",
           "龜(guī)裂的土地上長出了饕(tāo)餮(tiè)草",
           "這條河很長(cháng)。他是我的長(zhǎng)輩。音樂(yuè)會很快樂(lè)。"
           "還(huán)書的人還(hái)沒有來。到處(chù)都難以相處(chǔ)。",
       }) {
    EXPECT_THAT(Found(text).edits, IsEmpty()) << text;
  }
}

// Pages by people, of which many common characters carry readings.
TEST(Annotation, InTextbooksAndGlossariesStays) {
  for (const std::string_view text : {
           // A primer: marks of print, readings for new characters only.
           "奶奶問(wèn)：「你們(men)幾點(diǎn)開(kāi)會(huì)？」爺爺說(shuō)：「下午開(kāi)會(huì)"
           "，"
           "我們(men)坐車(chē)去。」妹妹聽(tīng)見(jiàn)了，也說(shuō)要去。",
           // A glossary: the word again, bare, in its example.
           "1. 飛(fēi)機：飛機起飛。2. 電(diàn)話(huà)：打電話。3. 醫(yī)生：看醫生。"
           "4. 銀(yín)行：去銀行。5. 園(yuán)丁：花園。6. 燈(dēng)火：電燈。7. 雞(jī)蛋。8. "
           "錢(qián)包。",
           // A dictionary of ASCII marks, each head word in a line.
           "馬(mǎ),動物名.\n魚(yú),水中動物.\n鳥(niǎo),有羽.\n龍(lóng),鱗蟲.\n"
           "貝(bèi),介蟲.\n車(chē),舟車.\n門(mén),門戶.\n風(fēng),氣也.\n雲(yún),山川氣.\n",
           // A list in the running line.
           "今天學十個生字：飛(fēi)、見(jiàn)、長(cháng)、電(diàn)、燈(dēng)、銀(yín)、錢(qián)、"
           "園(yuán)、醫(yī)、機(jī)。請大家抄寫。",
           // Typed with narrow marks; the reading comes with the first of each.
           "我們(men)來學(xué)國(guó)語(yǔ),請讀(dú)書(shū).老師(shī)說(shuō)得對(duì),"
           "我們說國語,讀國語書,聽老師說,寫對了就對.",
           // Narrow marks; one reading for whatever character is new.
           "媽媽買(mǎi)菜(cài),爸爸開(kāi)車(chē),我們(men)看(kàn)書(shū),弟弟聽(tīng)話(huà),"
           "爺爺講(jiǎng)故(gù)事,奶奶種(zhòng)花,妹妹寫(xiě)字,姐姐畫(huà)畫(huà).",
           // A song, English notes, a rhyme.
           "歌詞：風(fēng)兒吹，鳥(niǎo)兒飛，風(fēng)兒吹過長(cháng)江水。"
           "風(fēng)兒問(wèn)：鳥(niǎo)兒歸(guī)不歸(guī)？龍(lóng)舟來，馬(mǎ)車(chē)回。",
           "Unit 2. 買(mǎi) to buy; 賣(mài) to sell; 飛(fēi)機(jī) plane; 電(diàn)話(huà) phone; "
           "買(mǎi)書(shū), 賣(mài)書(shū), 讀(dú)書(shū), 寫(xiě)書(shū), 聽(tīng)書(shū), "
           "講(jiǎng)書(shū).",
           "天對(duì)地，雨對(duì)風(fēng)，大陸(lù)對(duì)長(cháng)空。山花對(duì)海樹(shù)，"
           "赤日對(duì)蒼(cāng)穹(qióng)。雷隱(yǐn)隱(yǐn)，霧(wù)濛濛，日下對(duì)天中。",
       }) {
    EXPECT_THAT(Found(text).edits, IsEmpty()) << text;
  }
}

// What ends a run is known by the reading behind it: that stays until the run is repaired.
TEST(Annotation, BehindARunThatIsOnlyProposedStays) {
  const std::string page = std::string(kConverted) + "\n走遍全國,不用客氣?!眴诉^(guò)的人都說好。";
  const auto repaired = Repairer(TheTables(), {.min_confidence = 0.9999}).Repair(page);
  const std::string fixed = ApplyEdits(page, repaired.edits);
  EXPECT_NE(fixed.find("?!眴诉^(guò)"), std::string::npos) << fixed;
}

// ---- lost characters ----------------------------------------------------------------------------

TEST(LostCharacter, ComesBackFromItsReading) {
  EXPECT_EQ(OnConvertedPage("舉措, ze強(qiáng)調(diào)高質(zhì)量發(fā)展。"),
            "举措,则强调高质量发展。");
}

TEST(LostCharacter, IsNotAnEnglishWordBetweenSpaces) {
  EXPECT_NE(OnConvertedPage("請(qǐng)閱讀 man 手冊(cè)頁。").find(" man "), std::string::npos);
}

// 实为 is a commoner word than what was printed.
TEST(LostCharacter, OfWhichARivalMakesABetterWordIsNotApplied) {
  EXPECT_EQ(OnConvertedPage("租賃期限的, shi為不定期租賃。").find("实为"), std::string::npos);
}

TEST(LostCharacter, IsNotSoughtOnACleanPage) {
  EXPECT_THAT(Found("这是一篇介绍, ze强调的是质量(quality)。").edits, IsEmpty());
}

// ---- simplification -----------------------------------------------------------------------------

struct Words {
  const char* converted;
  const char* simplified;
};

class Simplification : public testing::TestWithParam<Words> {};

// Words as converters that know phrases write them need a page that is known without them.
TEST_P(Simplification, GoesByWords) {
  const std::string page = Example("pages/policy-news.damaged.txt");
  EXPECT_EQ(Fixed(page + GetParam().converted),
            Example("expected/policy-news.txt") + GetParam().simplified);
}

INSTANTIATE_TEST_SUITE_P(
    Words, Simplification,
    testing::Values(
        Words{"著力推動", "着力推动"}, Words{"隨著時代的發展", "随着时代的发展"},
        Words{"占比顯著提升", "占比显著提升"}, Words{"中國的古典名著", "中国的古典名著"},
        Words{"他的學術著作", "他的学术著作"}, Words{"清朝乾隆皇帝", "清朝乾隆皇帝"},
        Words{"衣服洗乾淨了", "衣服洗干净了"}, Words{"幹部和群眾", "干部和群众"},
        Words{"以後再說", "以后再说"}, Words{"皇后和太后", "皇后和太后"},
        Words{"頭髮很長", "头发很长"}, Words{"歷史悠久", "历史悠久"},
        Words{"房間裡有人", "房间里有人"}, Words{"三公里以外", "三公里以外"},
        Words{"十二點鍾", "十二点钟"}, Words{"登高瞭望", "登高瞭望"},
        Words{"他因此託疾在家", "他因此托疾在家"}, Words{"希臘神話中的神祇", "希腊神话中的神祇"},
        Words{"父子二人俱在軍中", "父子二人俱在军中"}, Words{"向客戶回覆信件", "向客户回覆信件"}));

TEST(Simplification, LeavesAPageAloneThatNoConverterMade) {
  const std::string text = Example("pages/taiwan.txt");
  EXPECT_EQ(Fixed(text), text);
}

// Twenty characters that differ between the scripts, beside the words that a test is about.
constexpr std::string_view kTraditionalSentence =
    "這項規定對於發現問題、處理問題的時間與責任都寫得非常詳細，實際執行時還應該聽取專業團體的意見"
    "。";

TEST(Spelling, OfSeveralWordsProvesAConverter) {
  const std::string text =
      std::string(kTraditionalSentence) + "有關系統已經獲得批準，雙方聯系密切，關系簡單而不復雜。";
  EXPECT_THAT(Fixed(text), testing::HasSubstr("获得批准，双方联系密切，关系简单而不复杂"));
}

TEST(Spelling, OfOneWordProvesNothing) {
  const std::string text = std::string(kTraditionalSentence) + "雙方的關系很好。";
  EXPECT_EQ(Fixed(text), text);
}

TEST(Spelling, OfPeopleBesideSomeMistakesIsLeftAlone) {
  const std::string text = std::string(kTraditionalSentence) +
                           "經批准後雙方聯繫密切，製造業複製了這套程序，可是關系不復雜。";
  EXPECT_EQ(Fixed(text), text);
}

// 裏 and 里, 後 and 后: no converter of single characters writes two forms of one.
TEST(Spelling, WithTwoFormsOfACharacterIsNoConverters) {
  const std::string text =
      std::string(kTraditionalSentence) + "太后説，三公里外的屋裏有人，之後批準了雙方的聯系。";
  EXPECT_EQ(Fixed(text), text);
}

TEST(Spelling, OfJapaneseIsLeftAlone) {
  std::string text;
  for (int i = 0; i < 4; ++i)
    text += "復雜な関係を説明する書類を準備し、國會の議論を聞く。批準と復雜。";
  EXPECT_EQ(Fixed(text), text);
}

// ---- destroyed text -----------------------------------------------------------------------------

TEST(Destroyed, IsFlaggedAndNeverFilledIn) {
  for (const std::string_view text :
       {"会议在锟斤拷锟斤拷楼召开", "会议在\xEF\xBF\xBD\xEF\xBF\xBD楼召开", "会议在烫烫烫烫楼召开",
        "会议在屯屯屯楼召开", "会议在ï¿½ï¿½ï¿½楼召开"}) {
    const auto repaired = Found(text);
    EXPECT_THAT(repaired.edits, IsEmpty()) << text;
    ASSERT_THAT(repaired.flags, SizeIs(1)) << text;
    EXPECT_EQ(repaired.flags[0].kind, FlagKind::kDestroyed);
    EXPECT_EQ(text.substr(0, repaired.flags[0].begin), "会议在");
    EXPECT_EQ(text.substr(repaired.flags[0].end), "楼召开");
  }
}

TEST(Destroyed, IsNotAHotpot) { EXPECT_THAT(Found("水太烫烫手，部队在屯屯扎。").flags, IsEmpty()); }

// ---- confidence ---------------------------------------------------------------------------------

TEST(Confidence, BelowTheOneAskedForGivesAProposal) {
  const std::string page = Example("pages/policy-news.damaged.txt");
  const auto all = Found(page);
  const auto none = Found(page, {.min_confidence = 1.0});
  EXPECT_THAT(none.edits, IsEmpty());
  // Each edit is part of a proposal; that of a run includes the reading behind it.
  for (const TextEdit& edit : all.edits) {
    EXPECT_TRUE(std::any_of(none.flags.begin(), none.flags.end(), [&](const TextFlag& flag) {
      return flag.begin <= edit.begin && edit.end <= flag.end;
    })) << edit.begin;
  }
  for (const TextFlag& flag : none.flags) {
    EXPECT_EQ(flag.kind, FlagKind::kProposed);
    ASSERT_TRUE(flag.proposal.has_value());
  }
}

TEST(Confidence, OfAPageWithFewAnnotationsIsNotEnough) {
  const std::string text = "據(jù)報(bào)道,經(jīng)濟在好轉。";
  const auto repaired = Found(text);
  EXPECT_THAT(repaired.edits, IsEmpty());
  EXPECT_THAT(repaired.flags, testing::Not(IsEmpty()));
}

TEST(Options, TurnEachRuleOff) {
  const std::string page = Example("pages/policy-news.damaged.txt");
  const auto rules = [&](const RepairOptions& options) {
    std::map<Rule, int> count;
    for (const TextEdit& edit : Found(page, options).edits) ++count[edit.rule];
    return count;
  };
  EXPECT_EQ(rules({.shifted = false}).count(Rule::kShiftedRun), 0U);
  EXPECT_EQ(rules({.annotated = false}).count(Rule::kStripAnnotation), 0U);
  EXPECT_EQ(rules({.readings = false}).count(Rule::kRestoreReading), 0U);
  EXPECT_EQ(rules({.simplify = false}).count(Rule::kSimplify), 0U);
}

// ---- work ---------------------------------------------------------------------------------------

int64_t Work(const std::string& text) {
  const Page page(text);
  const RepairOptions options;
  Walk walk(page, *TheTables(), options);
  ExpectOrderly(text, walk.Run());
  return Walk::AllowanceOf(page.size()) - walk.allowance_left();
}

std::string Times(std::string_view piece, size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += piece;
  return text;
}

TEST(Work, GrowsWithTheTextAndNotFaster) {
  for (const std::string_view piece : {"?",
                                       "(",
                                       "?！",
                                       "?!",
                                       "a(",
                                       "中",
                                       "?(",
                                       "!",
                                       "。?！侗本┦屑涌旖ㄔ",
                                       "侗本┦屑涌旖ㄔ",
                                       "據(jù",
                                       "據(jù)",
                                       "?zhǔn)",
                                       "?;",
                                       "([{",
                                       " ze",
                                       "烫",
                                       "\xEF\xBF\xBD",
                                       "？！；，",
                                       "?侗"}) {
    constexpr size_t kSize = 24 << 10;
    const int64_t once = Work(Times(piece, kSize)), twice = Work(Times(piece, 2 * kSize));
    EXPECT_LE(twice, 2 * once + 50'000) << piece;
    EXPECT_LE(twice, Walk::AllowanceOf(2 * kSize) + 500'000) << piece;
  }
}

TEST(Work, OfAMegabyteIsDone) {
  for (const std::string_view piece : {"?", "(", "?！", "a(", "中", "侗本┦屑涌旖ㄔ", "據(jù)"}) {
    const std::string text = Times(piece, 1 << 20);
    ExpectOrderly(text, Found(text));
  }
}

}  // namespace
}  // namespace siku::refine
