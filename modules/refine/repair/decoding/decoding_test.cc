#include "repair/decoding/decoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "repair/decoding/charset.h"
#include "repair/scan.h"
#include "siku/encoding.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

using testing::IsEmpty;

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

std::string Fixed(std::string_view text) { return ApplyEdits(text, Found(text).edits); }

// ---- damage, written from the encodings alone ---------------------------------------------------

std::string Bytes(std::string_view text, Encoding encoding) {
  const auto bytes = Encode(text, encoding);
  EXPECT_TRUE(bytes.has_value()) << text;
  return bytes.value_or("");
}

enum class Missing { kControl, kReplacement };

std::string ReadAs(std::string_view bytes, SingleByte encoding,
                   Missing missing = Missing::kControl) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    const char32_t code = DecodeByte(byte, encoding);
    const bool open = code == 0 && byte != 0;
    utf8::Append(!open ? code : missing == Missing::kControl ? byte : char32_t{0xFFFD}, text);
  }
  return text;
}

std::string ReadAs(std::string_view bytes, Encoding encoding) {
  return Decode(bytes, encoding).text;
}

std::string Replaced(std::string text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string Utf8AsGb(std::string_view text) { return ReadAs(text, Encoding::kGb18030); }
std::string Utf8AsLatin1(std::string_view text) { return ReadAs(text, SingleByte::kLatin1); }
std::string Utf8AsCp1252(std::string_view text) { return ReadAs(text, SingleByte::kCp1252); }
std::string Utf8AsCp874(std::string_view text) { return ReadAs(text, SingleByte::kCp874); }
std::string Latin1Twice(std::string_view text) { return Utf8AsLatin1(Utf8AsLatin1(text)); }
std::string Cp1252Twice(std::string_view text) { return Utf8AsCp1252(Utf8AsCp1252(text)); }
std::string Mixed(std::string_view text) { return Utf8AsCp1252(Utf8AsLatin1(text)); }
std::string SpacedCp1252(std::string_view text) {
  return Replaced(Utf8AsCp1252(text), "\u00A0", " ");
}
std::string GbkAsLatin1(std::string_view text) {
  return ReadAs(Bytes(text, Encoding::kGb18030), SingleByte::kLatin1);
}
std::string GbkAsCp1252(std::string_view text) {
  return ReadAs(Bytes(text, Encoding::kGb18030), SingleByte::kCp1252);
}
std::string GbkAsBig5(std::string_view text) {
  return ReadAs(Bytes(text, Encoding::kGb18030), Encoding::kBig5);
}
std::string Big5AsGb(std::string_view text) {
  return ReadAs(Bytes(text, Encoding::kBig5), Encoding::kGb18030);
}

struct Pair {
  const char* name;
  std::string (*damage)(std::string_view);
  bool traditional = false;
};

class Pairs : public testing::TestWithParam<Pair> {};

constexpr std::string_view kFirst = "据报道，经济发展的质量进一步提升，产业结构不断优化。";
constexpr std::string_view kSecond = "他们第二天早上就到公园里散步，天气又非常好，大家也都很高兴。";
constexpr std::string_view kFirstOld = "根據報導，經濟發展的品質進一步提升，產業結構不斷改善。";
constexpr std::string_view kSecondOld =
    "他們第二天早上就到公園裡散步，天氣又非常好，大家也都很高興。";

TEST_P(Pairs, WholeTextComesBack) {
  const Pair& pair = GetParam();
  const std::string text = std::string(pair.traditional ? kFirstOld : kFirst) + "\n" +
                           std::string(pair.traditional ? kSecondOld : kSecond) + "\n";
  const std::string damaged = pair.damage(text);
  ASSERT_NE(damaged, text);
  EXPECT_EQ(Fixed(damaged), text) << damaged;
}

TEST_P(Pairs, ParagraphComesBackAndNothingElseIsTouched) {
  const Pair& pair = GetParam();
  const std::string first(pair.traditional ? kFirstOld : kFirst);
  const std::string second(pair.traditional ? kSecondOld : kSecond);
  const std::string damaged = first + "\n" + pair.damage(second) + "\n" + first;
  EXPECT_EQ(Fixed(damaged), first + "\n" + second + "\n" + first) << damaged;
}

TEST_P(Pairs, SentenceBetweenSoundOnesComesBack) {
  const Pair& pair = GetParam();
  const std::string first(pair.traditional ? kFirstOld : kFirst);
  const std::string second(pair.traditional ? kSecondOld : kSecond);
  const std::string damaged = first + pair.damage(second) + first;
  EXPECT_EQ(Fixed(damaged), first + second + first) << damaged;
}

TEST_P(Pairs, StretchBetweenAsciiComesBack) {
  const Pair& pair = GetParam();
  // The last byte of an odd number stands alone before ASCII.
  std::string second(pair.traditional ? kSecondOld : kSecond);
  second.resize(second.size() - 3);
  if (pair.damage(second).find("\uFFFD") != std::string::npos) second.resize(second.size() - 3);
  const std::string damaged = "<p>(1) " + pair.damage(second) + "</p>";
  EXPECT_EQ(Fixed(damaged), "<p>(1) " + second + "</p>") << damaged;
}

TEST_P(Pairs, EditsSayWhatTheyAre) {
  const Pair& pair = GetParam();
  const std::string damaged = pair.damage(pair.traditional ? kSecondOld : kSecond);
  const Repaired repaired = Found(damaged);
  ASSERT_FALSE(repaired.edits.empty());
  for (const TextEdit& edit : repaired.edits) {
    EXPECT_EQ(edit.rule, Rule::kDecode);
    EXPECT_GE(edit.confidence, 0.9);
    EXPECT_LT(edit.confidence, 1);
  }
}

TEST_P(Pairs, NothingIsDoneTwice) {
  const Pair& pair = GetParam();
  const std::string once = Fixed(pair.damage(pair.traditional ? kSecondOld : kSecond));
  EXPECT_THAT(Found(once).edits, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Decoding, Pairs,
    testing::Values(Pair{"Utf8AsGb", Utf8AsGb}, Pair{"Utf8AsLatin1", Utf8AsLatin1},
                    Pair{"Utf8AsCp1252", Utf8AsCp1252}, Pair{"Utf8AsCp874", Utf8AsCp874},
                    Pair{"Latin1Twice", Latin1Twice}, Pair{"Cp1252Twice", Cp1252Twice},
                    Pair{"Mixed", Mixed}, Pair{"SpacedCp1252", SpacedCp1252},
                    Pair{"GbkAsLatin1", GbkAsLatin1}, Pair{"GbkAsCp1252", GbkAsCp1252},
                    Pair{"GbkAsBig5", GbkAsBig5}, Pair{"Big5AsGb", Big5AsGb, true}),
    [](const auto& made) { return std::string(made.param.name); });

// ---- lost bytes ---------------------------------------------------------------------------------

TEST(LostBytes, ComeBackWhereBytesAndLanguageSayWhich) {
  const std::string text(kSecond);
  EXPECT_EQ(Fixed(ReadAs(text, SingleByte::kCp1252, Missing::kReplacement)), text);
}

TEST(LostBytes, LastOneOfASentenceIsFoundOrAsked) {
  // 。 has three bytes: the last stands alone before the line feed and becomes U+FFFD.
  const std::string damaged = Utf8AsGb("今天天气很好。\n明天我们一起去公园散步，大家都很高兴。");
  ASSERT_NE(damaged.find("\uFFFD"), std::string::npos);
  const Repaired repaired = Found(damaged);
  const std::string fixed = ApplyEdits(damaged, repaired.edits);
  EXPECT_TRUE(fixed.starts_with("今天天气很好")) << fixed;
  if (fixed.find("很好。\n") == std::string::npos) {
    ASSERT_FALSE(repaired.flags.empty());
    EXPECT_TRUE(repaired.flags[0].proposal.has_value());
  }
}

TEST(LostBytes, ThatCouldBeSeveralAreAskedWithAlternatives) {
  // What stood before the Latin word is one of many characters with the bytes E7 94.
  const std::string damaged = Utf8AsGb("他说这个句子的最后一个字是用") + " abc";
  const Repaired repaired = Found(damaged);
  for (const TextFlag& flag : repaired.flags) {
    if (!flag.proposal) continue;
    EXPECT_LT(flag.proposal->confidence, 0.9);
    EXPECT_LE(flag.proposal->alternatives.size(), 4U);
  }
  EXPECT_TRUE(ApplyEdits(damaged, repaired.edits).starts_with("他说这个句子的最后一个字是"));
}

// Says that no edit that is applied gives a character that the sentence does not have.
void ExpectNothingInvented(std::string_view damaged, std::string_view text) {
  const Repaired repaired = Found(damaged);
  EXPECT_THAT(repaired.edits, testing::Not(IsEmpty()));
  for (const TextEdit& edit : repaired.edits) {
    EXPECT_NE(text.find(edit.after), text.npos) << edit.after << " at " << edit.confidence;
  }
}

TEST(LostBytes, AreNotReplacedByRareCharacters) {
  // The GBK of code page 936 has no private characters: AF before B4 and A7 before 8D are lost.
  constexpr std::string_view text =
      "种粮大户刘建华说，今年他种了三百多亩小麦，亩产比去年增加了五十斤。";
  constexpr std::string_view ignored =
      "绉嶇伯澶ф埛鍒樺缓鍗庤达紝浠婂勾浠栫嶄簡涓夌櫨澶氫憨灏忛害锛屼憨浜ф瘮鍘诲勾澧炲姞浜嗕簲鍗佹枻"
      "銆";
  constexpr std::string_view replaced =
      "绉嶇伯澶ф埛鍒樺缓鍗庤\uFFFD达紝浠婂勾浠栫\uFFFD嶄簡涓夌櫨澶氫憨灏忛害锛屼憨浜ф瘮鍘诲勾澧炲姞"
      "浜嗕簲鍗佹"
      "枻銆\uFFFD";
  ExpectNothingInvented(ignored, text);
  ExpectNothingInvented(replaced, text);
}

// As a decoder shows it that leaves out what it has no character for.
std::string Ignoring(std::string_view text, SingleByte encoding) {
  return Replaced(ReadAs(text, encoding, Missing::kReplacement), "\uFFFD", "");
}

TEST(LostBytes, MayBeInTheMiddleOfACharacter) {
  for (const std::string_view text :
       {"多吃新鲜蔬菜和水果，少吃肥肉、动物内脏和腌制食品，坚持每周三到五次的运动。",
        "每亩用腐熟的鸡粪三千公斤，再加入五十公斤复合肥，深翻以后耙平做垄。",
        "为了减少对周围居民的影响，夜间停止一切噪声较大的作业。"}) {
    ExpectNothingInvented(Ignoring(text, SingleByte::kCp1252), text);
  }
}

TEST(LostBytes, DoNotTakeTheSoundMarkBehindThem) {
  // What code page 936 has no character for was left out; 。 stands as it was.
  const std::string first = "棰勮℃槑骞村叚鏈堝簳寮濮嬭瘯杩愯。";
  const std::string second = "鎴戜滑杩樺湪浜夎猴紝璋佷篃涓嶆効鎰忕诲紑鏁欏。";
  ExpectNothingInvented(first, "预计明年六月底开始试运行。");
  ExpectNothingInvented(second, "我们还在争论，谁也不愿意离开教室。");
}

TEST(LostBytes, WhereMostAreGoneNothingIsInvented) {
  const std::string damaged = "���餈���舀芋�����������嗅��韏唬�����";
  EXPECT_THAT(Found(damaged).edits, IsEmpty());
}

// ---- what must not change -----------------------------------------------------------------------

TEST(SoundText, StaysByteForByte) {
  for (const std::string_view text : {
           "Les élèves créés à l’école: « être », naïveté, garçon, œuvre, Noël, où ça?",
           "Größenwahn: Äpfel, Öl, Übermut, Straße – „Zitat“ für 5 €, 20 °C ± 3 µm.",
           "Não há informações: ação, coração, ÀÉÍÓÚ, SÃO PAULO, IRMÃ, AMANHÃ À NOITE.",
           "Tiếng Việt có dấu: người, được, không, nghĩa là, Đặng Thái Sơn.",
           "ภาษาไทยเป็นภาษาที่มีระดับเสียงของคำแน่นอน ใช้ในประเทศไทย",
           "Ελληνικά κείμενα με τόνους· και ελληνικοί αριθμοί.",
           "Русский текст и ещё немного текста для проверки.",
           "日本語のテキストです。カタカナとひらがな、漢字も混ざっています。髙橋さんと﨑山さん。",
           "한국어 문장입니다. 漢字도 섞여 있습니다.",
           "網路上的資訊與軟體，這是臺灣的繁體中文，並沒有損壞。鏡頭、鋼鐵、鑰匙、鍵盤、錯誤。",
           "子曰：「學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？」",
           "朱镕基、陶喆、龚鹏程、邓婕、郝蕾、李玹雨、王翀、𠮷田、張飝、陈堃。",
           "鱻：音仙。龘：音沓。麤：音粗。羴：音山。馫：音欣。驫：音标。灥：音循。飍：音休。猋：音"
           "标。",
           "魑魅魍魉、饕餮、貔貅、囹圄、耄耋、踟蹰、龃龉、觊觎、潋滟、氤氲、旖旎、婀娜、逶迤。",
           "\uE000\uE001 首页 \uE050 \uE145\uE15B 设置 \uE161 \uE2C4\uE3AF\uE3B0 搜索 \uE410\uE56C",
           "\uE145\uE15B\uE161\uE2C4\uE3AF\uE3B0\uE410\uE56C\uE5CD\uE5D2\uE5D3\uE5D8",
           "x ≤ 5 × 10³, ½ ¼ ¾, £5, ¥100, §3, ©2024 ®, “quotes” – dash — ellipsis…",
           "int main() { return a[0] ? b : c; }  // 注释：返回值",
       }) {
    const Repaired repaired = RestoreDecodings(text, *TheTables(), {});
    EXPECT_THAT(repaired.edits, IsEmpty()) << text;
    EXPECT_THAT(repaired.flags, IsEmpty()) << text;
    EXPECT_EQ(Fixed(text), text);
  }
}

TEST(SoundText, MayQuoteDamage) {
  for (const std::string_view text : {
           "锟斤拷是 Unicode 与 GBK 之间的转换造成的乱码。",
           "乱码的例子：“浣犲ソ涓栫晫”是“你好世界”的 UTF-8 编码被当成 GBK 解码的结果。",
           "ä½ å¥½ is 你好 as Latin-1, and that is all there is to say.",
           "常见的乱码如下：\nÄãºÃÊÀ½ç£¬ÕâÊÇÒ»¸öÀý×Ó£¬ËµÃ÷ÎÄ×Ö±»´íÎóµØ½âÂë¡£\n这是 GBK 被当作 "
           "Latin-1 的样子。",
           "文字化けの例：縺ゅ＞縺 や 譁?蟄怜喧縺 など。",
       }) {
    EXPECT_EQ(Fixed(text), text);
  }
}

TEST(SoundText, MayQuoteDamageOfAnyLength) {
  constexpr std::array<std::string_view, 7> kFrames = {
      "原文：{sound}\n显示：{damaged}",
      "这就是典型的乱码：{damaged}。",
      "网页上显示“{damaged}”，不知道是什么意思，请大家看一看。",
      "他發來的信裡寫著「{damaged}」，我完全看不懂。",
      "用 UTF-8 写的文件按 gbk 打开，看到的是：\n\n{damaged}\n\n这种情况很常见。",
      "日志里写着：\n```\n{damaged}\n```\n谁能告诉我这是什么？",
      "The text {damaged} is mojibake and nothing else."};
  for (const std::string_view sound :
       std::initializer_list<std::string_view>{"北京市，今天天气很好，我们去公园玩吧", kSecond}) {
    for (const auto damage : {Utf8AsLatin1, Utf8AsCp1252, Utf8AsGb, GbkAsLatin1, GbkAsBig5}) {
      for (const std::string_view frame : kFrames) {
        const std::string text =
            Replaced(Replaced(std::string(frame), "{sound}", sound), "{damaged}", damage(sound));
        EXPECT_EQ(Fixed(text), text);
      }
    }
  }
}

TEST(DamagedText, ThatQuotesComesBack) {
  const std::string quoting = "他说：“今天的天气非常好。”然后（和大家一起）到公园里去散步。";
  const std::string first(kFirst);
  for (const auto damage : {Utf8AsLatin1, Utf8AsCp1252}) {
    EXPECT_EQ(Fixed(damage(quoting)), quoting);
    EXPECT_EQ(Fixed(first + "\n" + damage(quoting) + "\n" + first),
              first + "\n" + quoting + "\n" + first);
  }
}

TEST(DamagedText, MayNameItsEncodingInATag) {
  const std::string tag = "<meta charset=\"utf-8\">\n";
  EXPECT_EQ(Fixed(tag + Utf8AsLatin1(kSecond)), tag + std::string(kSecond));
}

TEST(SoundText, ThaiIsNotCutForAFewDamagedLetters) {
  const std::string text = "ประเทศไทยเป็นประเทศในเอเชียตะวันออกเฉียงใต้ ภาษาไทย เธเธ เนเธ";
  EXPECT_EQ(Fixed(text), text);
}

TEST(SoundText, MayListSamplesOfDamage) {
  for (const std::string_view text : {"ÄÃ ÖÐ ÊÇ Â° Ã© â€™ are what you see",
                                      "If you see Â° Ã© â€™ on a page, its encoding is wrong."}) {
    EXPECT_EQ(Fixed(text), text);
  }
}

TEST(SoundText, AFewCharactersAmongOthersAreAtMostProposed) {
  const std::string text = "他在信里写了“浣犲ソ”，没有人知道那是什么意思。";
  EXPECT_EQ(Fixed(text), text);
}

// ---- proposals ----------------------------------------------------------------------------------

// A proposal fits only the text it was made for.
void ExpectProposalsHold(std::string_view text) {
  const Repaired repaired = Found(text);
  size_t flagged_to = 0;
  for (const TextFlag& flag : repaired.flags) {
    EXPECT_GE(flag.begin, flagged_to) << text;
    flagged_to = flag.end;
    if (!flag.proposal) continue;
    for (const TextEdit& edit : repaired.edits) {
      EXPECT_TRUE(edit.end <= flag.begin || edit.begin >= flag.end)
          << text << ": " << edit.after << " inside of " << flag.proposal->after;
    }
  }
}

TEST(Proposals, AreNotDamagedByEditsInThem) {
  for (const char* quoted : {"北京市", "多吃水果", "一二三四五，六七八"}) {
    for (const auto damage : {Utf8AsLatin1, Utf8AsCp1252, Latin1Twice, Utf8AsGb}) {
      const std::string text =
          "屏幕上全是这样的字：“" + damage(quoted) + "”，我只好请他重新发一次。";
      ExpectProposalsHold(text);
      EXPECT_EQ(Fixed(text), text);
    }
  }
}

TEST(Proposals, OfWhateverRuleStandApartFromEdits) {
  const RepairOptions cautious{.min_confidence = 0.995};
  for (const std::string& text : {Utf8AsLatin1(kFirst) + "&ldquo;十四五&rdquo;\u200B规划",
                                  "他说ldquo;好rdquo;就走了" + Utf8AsLatin1("北京"),
                                  std::string("屏幕上是“") + Utf8AsLatin1("你好&nbsp;世界") +
                                      "”，第一段&hellip;&hellip;第二段"}) {
    const Repaired repaired = Found(text, cautious);
    for (const TextFlag& flag : repaired.flags) {
      if (!flag.proposal) continue;
      for (const TextEdit& edit : repaired.edits) {
        EXPECT_TRUE(edit.end <= flag.begin || edit.begin >= flag.end) << text;
      }
    }
  }
}

// ---- other scripts ------------------------------------------------------------------------------

TEST(WesternText, ComesBackWhereItsBytesSaySo) {
  const std::string text = "It’s a “quoted” word – and café, naïve, déjà vu.";
  EXPECT_EQ(Fixed(Utf8AsCp1252(text)), text);
}

// ---- options ------------------------------------------------------------------------------------

TEST(Options, TurnDecodingOff) {
  const std::string damaged = Utf8AsCp1252(kFirst);
  for (const TextEdit& edit : Found(damaged, {.decoding = false}).edits) {
    EXPECT_NE(edit.rule, Rule::kDecode);
  }
}

TEST(Options, MinimumConfidenceProposes) {
  const Repaired repaired = Found(Utf8AsCp1252(kFirst), {.min_confidence = 1.0});
  EXPECT_THAT(repaired.edits, IsEmpty());
  ASSERT_FALSE(repaired.flags.empty());
  EXPECT_EQ(repaired.flags[0].kind, FlagKind::kProposed);
  EXPECT_EQ(repaired.flags[0].detail, "restore_decoding");
  ASSERT_TRUE(repaired.flags[0].proposal.has_value());
  EXPECT_EQ(repaired.flags[0].proposal->after, kFirst);
}

// ---- any text -----------------------------------------------------------------------------------

void ExpectOrderly(std::string_view text, const Repaired& repaired) {
  size_t at = 0;
  for (const TextEdit& edit : repaired.edits) {
    ASSERT_LE(at, edit.begin);
    ASSERT_LT(edit.begin, edit.end);
    ASSERT_LE(edit.end, text.size());
    ASSERT_TRUE(utf8::AtBorder(text, edit.begin) && utf8::AtBorder(text, edit.end));
    ASSERT_TRUE(utf8::Valid(edit.after));
    at = edit.end;
  }
  size_t flag_at = 0;
  for (const TextFlag& flag : repaired.flags) {
    ASSERT_LE(flag_at, flag.begin);
    ASSERT_TRUE(flag.begin <= flag.end && flag.end <= text.size());
    flag_at = flag.begin;
  }
}

TEST(AnyText, GivesOrderlyEdits) {
  std::mt19937 engine(20261125);
  const std::vector<std::string> sources = {
      Utf8AsGb(kFirst),    Utf8AsCp1252(kFirst), GbkAsLatin1(kSecond), GbkAsBig5(kSecond),
      Utf8AsCp874(kFirst), Big5AsGb(kFirstOld),  Cp1252Twice(kSecond), std::string(kFirst)};
  const std::vector<std::string> between = {"\uFFFD", "?",      "\n", " ",     "a",
                                            "。",     "\uE4C7", "Ã",  "\u00A0"};
  for (int round = 0; round < 400; ++round) {
    std::string text;
    for (size_t parts = 1 + engine() % 6; parts > 0; --parts) {
      const std::string& source = sources[engine() % sources.size()];
      size_t first = engine() % source.size();
      while (!utf8::AtBorder(source, first)) ++first;
      size_t last = std::min(source.size(), first + engine() % 60);
      while (!utf8::AtBorder(source, last)) ++last;
      text += source.substr(first, last - first) + between[engine() % between.size()];
    }
    ExpectOrderly(text, RestoreDecodings(text, *TheTables(), {}));
  }
}

TEST(AnyText, OfOneLongLineComesBack) {
  std::string text;
  while (text.size() < (200U << 10)) text += std::string(kFirst) + " " + std::string(kSecond);
  EXPECT_EQ(Fixed(Utf8AsLatin1(text)), text);
}

// Crafted to keep many readings alive; twice the text may take no more than about twice the steps.
TEST(AnyText, TakesTimeInProportion) {
  for (const std::string_view piece :
       {"Ã", "Ã¤Âº", "å", "鐢\uFFFD", "鍖\uFFFD椾", "\uFFFD", "?", "鐢?", "擂笢弊\uFFFD",
        "沮い\uE4C7", "ไ\uFFFD\uFFFD", "ๅ\uFFFD", "ÊÐ ", "莋", "銆"}) {
    std::string text;
    while (text.size() < (64U << 10)) text += piece;
    ExpectOrderly(text, RestoreDecodings(text, *TheTables(), {}));
    for (size_t at = 3000; at < text.size(); at += 3000) {
      while (!utf8::AtBorder(text, at)) ++at;
      text.insert(at, "\n");
    }
    ExpectOrderly(text, RestoreDecodings(text, *TheTables(), {}));
  }
}

// ---- the parts ----------------------------------------------------------------------------------

TEST(Charset, ReadsBackWhatDecodersShow) {
  for (const Wrong wrong : {Wrong::kGbk, Wrong::kBig5}) {
    const Encoding encoding = wrong == Wrong::kBig5 ? Encoding::kBig5 : Encoding::kGb18030;
    for (unsigned lead = 0x81; lead <= 0xFE; ++lead) {
      for (unsigned trail = 0x40; trail <= 0xFE; ++trail) {
        const std::string pair = {static_cast<char>(lead), static_cast<char>(trail)};
        const Decoded decoded = Decode(pair, encoding);
        if (!decoded.broken.empty()) continue;
        size_t at = 0;
        const char32_t code = utf8::Next(decoded.text, at);
        if (at < decoded.text.size() || code > 0xFFFF || code < 0x80) continue;
        const ByteOptions options = OptionsOf(code, wrong);
        bool found = false;
        for (size_t i = 0; i < options.count; ++i) {
          found |= options.bytes[i].size == 2 && options.bytes[i].byte[0] == lead &&
                   options.bytes[i].byte[1] == trail;
        }
        EXPECT_TRUE(found) << std::hex << lead << trail;
      }
    }
  }
}

TEST(Charset, PutsCharactersTogether) {
  const std::string text = "é中😀A";
  Assembly assembly;
  std::u32string out;
  for (const char c : text) {
    const auto outcome = assembly.Take(static_cast<uint8_t>(c), Right::kUtf8);
    ASSERT_NE(outcome, Assembly::Outcome::kDead);
    if (outcome == Assembly::Outcome::kWhole) out.push_back(assembly.character);
  }
  EXPECT_EQ(out, U"é中😀A");
  EXPECT_EQ(Assembly().Take(0x80, Right::kUtf8), Assembly::Outcome::kDead);
  Assembly overlong;
  EXPECT_EQ(overlong.Take(0xE0, Right::kUtf8), Assembly::Outcome::kOpen);
  EXPECT_EQ(overlong.Take(0x80, Right::kUtf8), Assembly::Outcome::kDead);
}

}  // namespace
}  // namespace siku::refine
