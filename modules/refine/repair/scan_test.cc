#include "repair/scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace siku::refine {
namespace {

TEST(LookAt, SeesNoWrongDecodingInCleanText) {
  for (const std::string_view text :
       {"", "a",
        "据报道，经济发展的质量进一步提升（见下文）。“你好”——他说：好！\n第二段 (see below)；",
        "網路爬蟲與資料庫的關係，這些標準字體都要顯示。", "日本語のテキスト、カタカナも。",
        "한국어 텍스트입니다.", "Café, naïve, façade, São Paulo, Zürich: 25 °C · ±3",
        "朱镕基与陶喆、龚鹏程", "😀 emoji 𠮷野家"}) {
    EXPECT_FALSE(LookAt(text).decoding) << text;
  }
}

TEST(LookAt, SeesWrongDecodings) {
  for (const std::string_view text : {
           "åŒ—äº¬å¸‚",                          // UTF-8 as cp1252
           "Ã¥Å’â€”Ã¤ÂºÂ¬",                      // twice
           "±±¾©ÊÐÈËÃñ",                         // GBK as Latin-1
           "ๅŒ—ไบฌ",                             // UTF-8 as cp874
           "鍖椾含甯備汉姘戞斂搴滃彂甯冮€氱煡",  // UTF-8 as GBK
           "控儔庈佽揖淉葬楷票籵眭",             // GBK as Big5
           "硂琌タ砰い癚阶瞷篈",                 // Big5 as GBK
       }) {
    EXPECT_TRUE(LookAt(text).decoding) << text;
  }
}

TEST(LookAt, AgreesWithALookAtEveryByte) {
  const std::vector<std::string> pieces = {
      "的",     "中",     "，",     "。",     "“",  "（", "(",      ")",      "a",      "z",
      " ",      "\n",     "\t",     "\r",     "?",  "&",  ";",      "1",      "#",      "é",
      "Ã",      "\u00A0", "\u0081", "\u00AD", "ā",  "ไ",  "\u200B", "\u202E", "\u2060", "\uFEFF",
      "\uFFFD", "\uE000", "\uF8FF", "烫",     "屯", "锟", "嚙",     "踝",     "쏙",     "燙",
      "葺",     "铪",     "錕",     "鉿",     "浣", "犲", "鍖",     "椾",     "骞",     "庈",
      "佽",     "𠮷",     "😀",      "！",     "；", "x"};
  std::mt19937 engine(20261125);
  for (int round = 0; round < 20'000; ++round) {
    // A few kinds of pieces each, so that nothing is found in many.
    std::vector<std::string> some;
    for (int i = 0; i < 4; ++i) some.push_back(pieces[engine() % pieces.size()]);
    some.insert(some.end(), 12, "国");
    std::string text;
    for (size_t n = engine() % 40; n > 0; --n) text += some[engine() % some.size()];
    const Look fast = LookAt(text), plain = LookAtEveryByte(text);
    ASSERT_EQ(fast.decoding, plain.decoding) << text;
    ASSERT_EQ(fast.reference, plain.reference) << text;
    ASSERT_EQ(fast.residue, plain.residue) << text;
    ASSERT_EQ(fast.page, plain.page) << text;
  }
}

TEST(IsRare, KnowsWhatIsCommonInEitherScript) {
  for (const char32_t c : std::u32string_view(U"的一國国體体镜鏡們们")) {
    EXPECT_FALSE(IsRare(c)) << static_cast<uint32_t>(c);
  }
  for (const char32_t c : std::u32string_view(U"鍖椾浣犲庈佽")) {
    EXPECT_TRUE(IsRare(c)) << static_cast<uint32_t>(c);
  }
  EXPECT_FALSE(IsRare(U'a'));
  EXPECT_FALSE(IsRare(U'𠮷'));
}

}  // namespace
}  // namespace siku::refine
