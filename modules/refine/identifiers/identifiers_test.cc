#include "identifiers/identifiers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "identifiers/checksums.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

IdentifierSet All() {
  IdentifierSet all;
  for (int i = 0; i < kIdentifierKinds; ++i) all.Add(static_cast<IdentifierKind>(i));
  return all;
}

std::vector<Identifier> Find(std::string_view text) {
  std::vector<Identifier> found;
  FindIdentifiers(text, All(), found);
  return found;
}

// "kind spelling" of all that stands in a text.
std::vector<std::string> Spellings(std::string_view text) {
  std::vector<std::string> spellings;
  for (const Identifier& one : Find(text)) {
    spellings.push_back(std::string(IdentifierName(one.kind)) + " " +
                        std::string(text.substr(one.begin, one.end - one.begin)));
  }
  return spellings;
}

// Weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2 over 1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2:
// 7+9+0+5+0+20+2+9+24+27+7+18+30+5+0+0+4 = 167 = 15 * 11 + 2, and remainder 2 is written X.
TEST(ResidentId, HasTheCheckCharacterOfTheStandardsExample) {
  EXPECT_TRUE(IsResidentId("11010519491231002X"));
  for (const char c : std::string_view("0123456789")) {
    EXPECT_FALSE(IsResidentId(std::string("11010519491231002") + c)) << c;
  }
}
// 7*4+9*4+10*0+5*5+8*2+4*4+2*1+1*8+6*8+3*0+7*0+9*1+10*0+5*1+8*0+4*0+2*1 = 195 = 17 * 11 + 8: 4.
TEST(ResidentId, KnowsThePersonOf1880InTheStandard) {
  EXPECT_TRUE(IsResidentId("440524188001010014"));
}
TEST(ResidentId, RefusesADayThatDoesNotExist) {
  // 29 February of 2021 and of 2020, with every check character.
  int valid = 0;
  for (const char c : std::string_view("0123456789X")) {
    EXPECT_FALSE(IsResidentId(std::string("11010520210229001") + c)) << c;
    valid += IsResidentId(std::string("11010520200229001") + c) ? 1 : 0;
  }
  EXPECT_EQ(valid, 1);
}
TEST(ResidentId, RefusesAProvinceThatDoesNotExist) {
  for (const char c : std::string_view("0123456789X")) {
    EXPECT_FALSE(IsResidentId(std::string("16010519491231002") + c)) << c;
  }
}

// 9*1+1*3+3*9+5*27+0+1*26+0+0+M(21)*20+0+0+0+1*8+0+0+Y(30)*30+4*28
//   = 9+3+27+135+26+420+8+900+112 = 1640 = 52 * 31 + 28, and 31 - 28 = 3.
TEST(CreditCode, HasTheCheckCharacterOfTheStandardsExample) {
  EXPECT_TRUE(IsCreditCode("91350100M000100Y43"));
  for (const char c : std::string_view("012456789ABCDEFGHJKLMNPQRTUWXY")) {
    EXPECT_FALSE(IsCreditCode(std::string("91350100M000100Y4") + c)) << c;
  }
}
TEST(CreditCode, HasNoLetterThatTheAlphabetLeavesOut) {
  EXPECT_FALSE(IsCreditCode("91350100M000100I43"));
}
// D(13)*3+2*7+1*9+4*10+3*5+5*8+6*4+9*2 = 39+14+9+40+15+40+24+18 = 199 = 18 * 11 + 1: 11-1 = 10: X.
TEST(OrganisationCode, HasTheCheckCharacterOfTheStandardsExample) {
  EXPECT_TRUE(IsOrganisationCode("D2143569X"));
  EXPECT_FALSE(IsOrganisationCode("D21435690"));
}
// From the right: 3 1*2=2 7 8*2=16:7 9 3*2=6 7 2*2=4 9 9*2=18:9 7: 3+2+7+7+9+6+7+4+9+9+7 = 70.
TEST(Luhn, PassesTheTextbookNumber) {
  EXPECT_TRUE(PassesLuhn("79927398713"));
  for (const char c : std::string_view("012456789")) {
    EXPECT_FALSE(PassesLuhn(std::string("7992739871") + c)) << c;
  }
}
TEST(AreaCode, HasTwoDigitsBehindTheZeroOfTheLargestCities) {
  EXPECT_EQ(AreaCodeLength("010-8765"), 3);
  EXPECT_EQ(AreaCodeLength("02187654321"), 3);
  EXPECT_EQ(AreaCodeLength("0571-8765"), 4);
  EXPECT_EQ(AreaCodeLength("0261-8765"), 0);
  EXPECT_EQ(AreaCodeLength("0361-8765"), 0);
}

TEST(FindIdentifiers, ReadsAResidentIdInAnyDress) {
  EXPECT_THAT(Spellings("身份证11010519491231002X。"),
              ElementsAre("resident_id 11010519491231002X"));
  EXPECT_THAT(Spellings("号１１０１０５１９４９１２３１００２Ｘ，"),
              ElementsAre("resident_id １１０１０５１９４９１２３１００２Ｘ"));
  EXPECT_THAT(Spellings("110105 19491231 002x"), ElementsAre("resident_id 110105 19491231 002x"));
  EXPECT_EQ(Find("１１０１０５－１９４９１２３１－００２ｘ").at(0).canonical, "11010519491231002X");
}
TEST(FindIdentifiers, TakesAnOldResidentIdWhereAWordAnnouncesIt) {
  EXPECT_THAT(Spellings("身份证号110105491231002"), ElementsAre("old_resident_id 110105491231002"));
  EXPECT_THAT(Spellings("共110105491231002"), IsEmpty());
}
TEST(FindIdentifiers, ReadsMobileNumbersInAnyDress) {
  for (const char* mobile :
       {"13812345678", "138-1234-5678", "138 1234 5678", "+8613812345678", "+86 138 1234 5678",
        "(+86)138-1234-5678", "0086-13812345678", "8613812345678", "１３８１２３４５６７８",
        "＋８６１３８１２３４５６７８", "138‑1234‑5678"}) {
    const std::string text = "请致电" + std::string(mobile) + "。";
    EXPECT_THAT(Spellings(text), ElementsAre("mobile " + std::string(mobile)));
    EXPECT_EQ(Find(text).at(0).canonical, "13812345678");
  }
}
TEST(FindIdentifiers, KnowsTheRangesOfMobileNumbers) {
  for (const char* mobile : {"16212345678", "19912345678", "14712345678", "17012345678"}) {
    EXPECT_THAT(Spellings(mobile), ElementsAre("mobile " + std::string(mobile)));
  }
  for (const char* other : {"12012345678", "15412345678", "16112345678", "19412345678"}) {
    EXPECT_THAT(Spellings(other), IsEmpty());
  }
}
TEST(FindIdentifiers, ReadsLandlinesWithTheirAreaCode) {
  for (const char* landline :
       {"010-87654321", "(010)87654321", "（010）87654321", "0571-87654321", "0571 8765 4321",
        "0373-5551234", "+86-10-87654321", "+86 571 87654321", "010-87654321-801"}) {
    EXPECT_THAT(Spellings(std::string("传真：") + landline + "。"),
                ElementsAre("landline " + std::string(landline)));
  }
  EXPECT_THAT(Spellings("电话01087654321"), ElementsAre("landline 01087654321"));
  EXPECT_THAT(Spellings("计数01087654321"), IsEmpty());
}
TEST(FindIdentifiers, ReadsBankCards) {
  EXPECT_THAT(Spellings("6222021234567890128"), ElementsAre("bank_card 6222021234567890128"));
  EXPECT_THAT(Spellings("4111 1111 1111 1111"), ElementsAre("bank_card 4111 1111 1111 1111"));
  EXPECT_THAT(Spellings("卡号4111111111111111"), ElementsAre("bank_card 4111111111111111"));
  EXPECT_THAT(Spellings("共4111111111111111"), IsEmpty());
  EXPECT_THAT(Spellings("订单号6222021234567890128"), IsEmpty());
}
TEST(FindIdentifiers, ReadsPlates) {
  for (const char* plate : {"京A12345", "粤B·D1234", "粤B·D12345", "沪AD12345", "沪A12345D",
                            "粤Z1234港", "京A1234学", "川L78328"}) {
    EXPECT_THAT(Spellings(plate), ElementsAre("plate " + std::string(plate)));
  }
  EXPECT_THAT(Spellings("粤B·D1234F，云S2024，新A1，京I12345"), IsEmpty());
}
TEST(FindIdentifiers, TakesAPassportWhereAWordAnnouncesIt) {
  EXPECT_THAT(Spellings("护照号码E12345678"), ElementsAre("passport E12345678"));
  EXPECT_THAT(Spellings("Passport No. EA1234567"), ElementsAre("passport EA1234567"));
  EXPECT_THAT(Spellings("型号E12345678"), IsEmpty());
}
TEST(FindIdentifiers, ReadsCreditCodes) {
  EXPECT_THAT(Spellings("代码91350100M000100Y43，"), ElementsAre("credit_code 91350100M000100Y43"));
}
TEST(FindIdentifiers, ReadsEmailAddresses) {
  EXPECT_THAT(Spellings("信箱zhang.san_2024+a@mail.example.com.cn。"),
              ElementsAre("email zhang.san_2024+a@mail.example.com.cn"));
  EXPECT_THAT(Spellings("13812345678@qq.com"), ElementsAre("email 13812345678@qq.com"));
  EXPECT_THAT(Spellings("ａｂ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
              ElementsAre("email ａｂ＠ｅｘａｍｐｌｅ．ｃｏｍ"));
  EXPECT_THAT(Spellings("logo@2x.png pkg@1.2.3 git@github.com:a/b @张三 a@b"), IsEmpty());
}
TEST(FindIdentifiers, ReadsAddressesOfMachines) {
  EXPECT_THAT(Spellings("http://192.168.1.100:8080/"), ElementsAre("ip_address 192.168.1.100"));
  EXPECT_THAT(Spellings("2001:db8:85a3::8a2e:370:7334"),
              ElementsAre("ip_address 2001:db8:85a3::8a2e:370:7334"));
  EXPECT_THAT(Spellings("FE80::1%eth0"), ElementsAre("ip_address FE80::1"));
  EXPECT_THAT(Spellings("127.0.0.1 0.0.0.0 255.255.255.0 256.1.1.10 1.2.3.4.50 3.2.1.4 节"),
              IsEmpty());
  EXPECT_THAT(Spellings("版本10.20.30.40 v10.20.30.40 std::a1 12:30:45 00:1a:2b:3c:4d:5e a1::b2"),
              IsEmpty());
}
TEST(FindIdentifiers, LeavesLookAlikesAlone) {
  for (const char* text :
       {"金额13812345678元", "¥13812345678", "3.13812345678", "13812345678.50", "138123456789",
        "2024-13812345678", "订单号：13812345678", "快递单号 13812345678", "a13812345678",
        "13812345678abc", "ISBN 978-7-111-54742-6", "9787111547426", "20241130123456789",
        "2024-11-30 12:30:45", "1,234,567,890", "550e8400-e29b-41d4-a716-446655440000",
        "https://example.com/item/13812345678", "x_13812345678", "138 1234 5678 90 12"}) {
    EXPECT_THAT(Spellings(text), IsEmpty()) << text;
  }
}
TEST(FindIdentifiers, PassesOverWhatHasNoWidth) {
  for (const char* mobile :
       {"138\u200b1234\u200b5678", "138\u00ad12345678", "1381234567\ufeff8", "138\u200d-1234-5678",
        "+86\u206013812345678", "138\u202d1234\u202c5678"}) {
    EXPECT_THAT(Spellings("电话" + std::string(mobile) + "\u200b。"),
                ElementsAre("mobile " + std::string(mobile)));
    EXPECT_EQ(Find(mobile).at(0).canonical, "13812345678");
  }
  EXPECT_THAT(Spellings("11010519491231\u200b002X"),
              ElementsAre("resident_id 11010519491231\u200b002X"));
  EXPECT_THAT(Spellings("12\u200b34@qq\u00ad.com"), ElementsAre("email 12\u200b34@qq\u00ad.com"));
  EXPECT_THAT(Spellings("\u200bli\u200bsi@example.com\u200bMore"),
              ElementsAre("email li\u200bsi@example.com"));
  // And where it parts a number from its neighbours, it is a border.
  EXPECT_THAT(Spellings("QQ\u200b13812345678\u200babc"), ElementsAre("mobile 13812345678"));
  EXPECT_THAT(Spellings("13812345678\u200b90"), ElementsAre("mobile 13812345678"));
  EXPECT_THAT(Spellings("订单号138\u200b12345678，3.138\u200b12345678"), IsEmpty());
}
TEST(FindIdentifiers, ReadsMobileNumbersWithDotsAndInTwoParts) {
  for (const char* mobile : {"138.1234.5678", "138·1234·5678", "138 12345678", "+86 138.1234.5678",
                             "１３８．１２３４．５６７８"}) {
    EXPECT_THAT(Spellings("张伟" + std::string(mobile) + "，"),
                ElementsAre("mobile " + std::string(mobile)));
  }
  EXPECT_THAT(Spellings("电话138 20231130"), ElementsAre("mobile 138 20231130"));
  EXPECT_THAT(Spellings("共138 20231130，138.0.7204.157，2.138.1234.5678，138.1234.5678.9"),
              IsEmpty());
}
TEST(FindIdentifiers, TakesANumberBeforeAUnitWhereAWordAnnouncesIt) {
  EXPECT_THAT(Spellings("电话13812345678元旦快乐"), ElementsAre("mobile 13812345678"));
  EXPECT_THAT(Spellings("联系13812345678万经理"), ElementsAre("mobile 13812345678"));
  EXPECT_THAT(Spellings("手机：13812345678。"), ElementsAre("mobile 13812345678"));
  EXPECT_THAT(Spellings("合计13812345678元，电话费￥13812345678，13812345678万"), IsEmpty());
}
TEST(FindIdentifiers, TakesANumberThatIsEmphasised) {
  EXPECT_THAT(Spellings("_13812345678_ 或 __138-1234-5678__，*13812345678*"),
              ElementsAre("mobile 13812345678", "mobile 138-1234-5678", "mobile 13812345678"));
  EXPECT_THAT(Spellings("_192.168.1.100_"), ElementsAre("ip_address 192.168.1.100"));
  EXPECT_THAT(Spellings("x_13812345678_ _13812345678_1 img_13812345678 _13812345678"), IsEmpty());
}
TEST(FindIdentifiers, LeavesCountersAlone) {
  EXPECT_THAT(
      Spellings("阅读13812345678，播放量：13812345678，浏览 13812345678，点击数为13812345678"),
      IsEmpty());
  EXPECT_THAT(Spellings("阅读原文请联系13812345678，播放器客服 13812345678"),
              ElementsAre("mobile 13812345678", "mobile 13812345678"));
}
TEST(FindIdentifiers, ReadsPlatesOfTheArmedPolice) {
  for (const char* plate : {"WJ京12345", "WJ·京1234X", "WJ京·12345", "WJ 京 1234B", "WJ01-12345",
                            "WJ31-0123X", "ＷＪ京１２３４５"}) {
    EXPECT_THAT(Spellings("一辆" + std::string(plate) + "，"),
                ElementsAre("plate " + std::string(plate)));
  }
  EXPECT_THAT(Spellings("车牌WJ12345"), ElementsAre("plate WJ12345"));
  EXPECT_THAT(Spellings("型号WJ12345，WJ34-12345，SWJ京12345，WJ京123456，京12345，WJ01-123456"),
              IsEmpty());
}
TEST(FindIdentifiers, ReadsMailboxesWithChineseNames) {
  EXPECT_THAT(Spellings("邮箱：用户＠ｅｘａｍｐｌｅ．ｃｏｍ。"),
              ElementsAre("email 用户＠ｅｘａｍｐｌｅ．ｃｏｍ"));
  EXPECT_THAT(Spellings("请发邮件至客服@example.com"), ElementsAre("email 客服@example.com"));
  EXPECT_THAT(Spellings("转自@example.com，关注@weibo.com，你好@张三"), IsEmpty());
}
TEST(FindIdentifiers, TakesAnAddressOfSingleDigitsWhereAWordAnnouncesIt) {
  EXPECT_THAT(Spellings("IP地址：1.2.3.4，IP:8.8.8.8，DNS 1.1.1.1"),
              ElementsAre("ip_address 1.2.3.4", "ip_address 8.8.8.8", "ip_address 1.1.1.1"));
  EXPECT_THAT(Spellings("第1.2.3.4节，iPad 1.2.3.4，IP版本1.2.3.4，IP地址0.0.0.0"), IsEmpty());
}
TEST(FindIdentifiers, FindsSeveralInARow) {
  EXPECT_THAT(Spellings("13812345678/13987654321、13712345678 13612345678"),
              ElementsAre("mobile 13812345678", "mobile 13987654321", "mobile 13712345678",
                          "mobile 13612345678"));
}
TEST(FindIdentifiers, LooksForTheKindsAskedFor) {
  IdentifierSet kinds;
  kinds.Add(IdentifierKind::kEmail);
  std::vector<Identifier> found;
  FindIdentifiers("13812345678 a@example.com", kinds, found);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, IdentifierKind::kEmail);
}

// What stands around a text that has a line end on both sides changes nothing in it, and what is
// found is sorted, disjoint and on character borders.
TEST(FindIdentifiers, IsIndifferentToOtherLines) {
  std::mt19937 random(20241130);
  constexpr std::string_view kPieces[] = {
      "1",      "138",      "1234", "5678",   "86",
      "+",      "-",        " ",    "（",     "）",
      "010",    "87654321", "京A",  "·",      "@",
      "qq.com", "a",        "：",   "身份证", "11010519491231002X",
      ".",      "1.1",      "::",   "fe80",   "１",
      "Ｘ",     "，",       "6222", "订单号", "\u200b",
      "\u00ad", "_",        "WJ"};
  for (int round = 0; round < 20000; ++round) {
    std::string line;
    for (size_t n = 0; n < 12; ++n) line += kPieces[random() % std::size(kPieces)];
    const auto alone = Find(line);
    const std::string text = "电话13812345678\n" + line + "\n卡号4111111111111111";
    const auto inside = Find(text);
    ASSERT_EQ(inside.size(), alone.size() + 2) << line;
    const size_t shift = text.find('\n') + 1;
    size_t at = 0;
    for (size_t i = 0; i < alone.size(); ++i) {
      ASSERT_EQ(inside[i + 1].begin, alone[i].begin + shift) << line;
      ASSERT_EQ(inside[i + 1].end, alone[i].end + shift) << line;
      ASSERT_LE(at, alone[i].begin) << line;
      ASSERT_LT(alone[i].begin, alone[i].end) << line;
      ASSERT_TRUE(utf8::AtBorder(line, alone[i].begin) && utf8::AtBorder(line, alone[i].end))
          << line;
      at = alone[i].end;
    }
  }
}

}  // namespace
}  // namespace siku::refine
