#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "repair/destroyed.h"
#include "repair/residue/reference.h"
#include "repair/residue/residue.h"
#include "siku/refine/tables.h"

namespace siku::refine {
namespace {

const Tables& TheTables() {
  static const auto tables = [] {
    auto path = Tables::Find();
    EXPECT_TRUE(path.has_value());
    return Tables::Open(*path).value();
  }();
  return *tables;
}

Repaired Clean(std::string_view text) {
  Repaired references = DecodeReferences(text, {});
  const std::string decoded = ApplyEdits(text, references.edits);
  return Compose(text, std::move(references), CleanResidue(decoded, {}));
}
std::string Cleaned(std::string_view text) { return ApplyEdits(text, Clean(text).edits); }

struct Case {
  const char* text;
  const char* becomes;
};

TEST(Entities, BecomeWhatTheyStandFor) {
  for (const Case& c : std::initializer_list<Case>{
           {"&ldquo;十四五&rdquo;规划", "“十四五”规划"},
           {"他说&#8220;好&#8221;就走了", "他说“好”就走了"},
           {"他说&#x201C;好&#x201d;就走了", "他说“好”就走了"},
           {"第一段&hellip;&hellip;第二段", "第一段……第二段"},
           {"他说&amp;ldquo;好&amp;rdquo;就走了", "他说“好”就走了"},
           {"他说&amp;amp;#8220;好&amp;amp;#8221;就走了", "他说“好”就走了"},
           {"他说&#147;好&#148;就走了", "他说“好”就走了"},
           {"他说ldquo;好rdquo;就走了", "他说“好”就走了"},
           {"他说#8220;好#8221;就走了", "他说“好”就走了"},
           {"nbsp;nbsp;记者报道hellip;hellip;", "\u00A0\u00A0记者报道……"},
           {"首页 &gt; 新闻 &gt; 正文", "首页 > 新闻 > 正文"},
           {"约翰&middot;史密斯与玛丽&middot;琼斯", "约翰·史密斯与玛丽·琼斯"},
           {"&lt;通知&gt;全文如下，与AT&amp;T合作", "<通知>全文如下，与AT&T合作"}}) {
    EXPECT_EQ(Cleaned(c.text), c.becomes);
  }
}

TEST(Entities, StayWhereTextSpeaksOfThemOrIsCode) {
  for (const char* text : {"用 &nbsp; 表示空格",
                           "用&nbsp;表示空格，用&lt;表示小于号。",
                           "HTML里写&ldquo;和&rdquo;。",
                           "例如&lt;div&gt;标签用来分块，&lt;p&gt;用来分段。",
                           "<p>第一段&nbsp;&nbsp;文字</p>",
                           "见 http://a.cn/?a=1&copy=2&lt=3 这个网址",
                           "AT&T公司与R&D部门",
                           "a=1&b=2;c=3",
                           "变量int;返回copy;",
                           "if (a &lt; b) { return; }",
                           "Tom &amp; Jerry",
                           "输入“&copy;”即可得到版权符",
                           "版权符写成`&copy;`，注册商标写成`&reg;`",
                           "Q&A环节；R&B音乐",
                           "times;new roman;",
                           "变量 lt; 和 gt; 以及 amp; 在模板里要转义",
                           "变量 lt; 和 gt; 都行",
                           "他说nbsp;不是空格",
                           "用ldquo;表示左引号",
                           "三个数字`&#22269;&#21153;&#38498;`"}) {
    EXPECT_EQ(Cleaned(text), text);
  }
}

TEST(Entities, OfRowsOfNumbersAreSure) {
  for (const Case& c : std::initializer_list<Case>{
           {"&#22269;&#21153;&#38498;", "国务院"},
           {"title: &#22269;&#21153;&#38498;&#65292;&#x4EBA;&#x6C11;", "title: 国务院，人民"},
           {"标题:&#22269;&#21153;&#38498;", "标题:国务院"}}) {
    const Repaired found = Clean(c.text);
    EXPECT_EQ(ApplyEdits(c.text, found.edits), c.becomes);
    for (const TextEdit& edit : found.edits) EXPECT_DOUBLE_EQ(edit.confidence, 0.99);
  }
}

std::string WithoutCommas(std::string_view text) {
  return ApplyEdits(text, RemoveCommasInWords(text, TheTables(), {}).edits);
}

TEST(Commas, GoWhereTheyStandInWordsAgainAndAgain) {
  EXPECT_EQ(WithoutCommas("我们的经，济发展很快，人民的生，活水平提高了，这是改，革开放的成果。"),
            "我们的经济发展很快，人民的生活水平提高了，这是改革开放的成果。");
  EXPECT_EQ(WithoutCommas("我们的经,济发展很快，人民的生,活水平提高了，这是改,革开放的成果。"),
            "我们的经济发展很快，人民的生活水平提高了，这是改革开放的成果。");
}

TEST(Commas, StayWhereTheyBelong) {
  for (const char* text :
       {"我们的经济发展很快，人民的生活水平提高了，这是改革开放的成果。",
        "我们的经，济发展很快，人民的生活水平提高了。", "春眠不觉晓，处处闻啼鸟。",
        "苹果,香蕉,橘子,西瓜,葡萄", "请用下列字组词:国,家,人,民,生,活", "会写字:文,化,历,史,社,会",
        "北,京,上,海,广,州", "关键字段,姓,名,电,话,地,址", "要发,展,展经,济",
        "我们的经,济发展\n人民的生,活水平\n这是改,革开放\n"}) {
    EXPECT_EQ(WithoutCommas(text), text);
  }
}

TEST(Invisible, GoesWhereItMeansNothing) {
  EXPECT_EQ(Cleaned("中\u200B国\u2060人\uFEFF民\u00AD共\u200E和\u202A国\u202C"), "中国人民共和国");
  EXPECT_EQ(Cleaned("第一行\n\uFEFFsecond\n"), "第一行\nsecond\n");
}

TEST(Invisible, StaysWhereItMeansSomething) {
  for (const char* text :
       {"\uFEFF开头", "👩\u200D👩\u200D👧\u200D👦一家", "❤\uFE0F爱", "می\u200Cخواهم", "क्\u200Dष",
        "葛\U000E0100城市", "辻\uFE00", "ᠮᠣᠩᠭᠣᠯ\u180E\u1820", "ภาษา\u200Bไทย",
        "中文 \u200Fשלום\u200F 中文", "Donau\u00ADdampf", "零宽空格（\u200B）看不见"}) {
    EXPECT_EQ(Cleaned(text), text);
  }
}

TEST(Controls, GoFromProse) {
  EXPECT_EQ(Cleaned(std::string_view("北\0京\x01市\x1f人\x7f民\u0081网", 24)), "北京市人民网");
  EXPECT_EQ(Cleaned("他\bshi说"), "他shi说");
}

TEST(Controls, StayWhereTheyAreContent) {
  for (const char* text : {"\x1b[31m红色\x1b[0m的字", "第一页完。\f第二页开始", "标题\v副标题",
                           "姓名\x01年龄\x01城市\n张三\x01三十\x01北京\n"}) {
    EXPECT_EQ(Cleaned(text), text);
  }
}

TEST(LineEnds, BecomeThoseOfTheMajority) {
  EXPECT_EQ(Cleaned("甲\r\n乙\n丙\n"), "甲\n乙\n丙\n");
  EXPECT_EQ(Cleaned("甲\r\n乙\r\n丙\n"), "甲\n乙\n丙\n");
  EXPECT_EQ(Cleaned("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9\r\n十\n"),
            "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9\r\n十\r\n");
  EXPECT_EQ(Cleaned("甲\n乙\r丙\n"), "甲\n乙\n丙\n");
  EXPECT_EQ(Cleaned("甲\r\r\n乙\n丙\n"), "甲\n乙\n丙\n");
  for (const char* text : {"甲\r\n乙\r\n", "甲\r乙\r", "甲\n乙\n", " 10%\r 20%\r100%\n"}) {
    EXPECT_EQ(Cleaned(text), text);
  }
}

TEST(LineEnds, OfTablesStay) {
  const char* text = "价目表：\n编号,名称,单价\r\n001,钢笔,12.50\r\n以上。\n";
  EXPECT_EQ(Cleaned(text), text);
}

TEST(Strays, BeforeStopsAreFlaggedAndStay) {
  const std::string text =
      "让我们使用软件包作为示例漆池。软件包的本地更改肼池，文件中也会需要更新辶锰，"
      "这个文件包含了描述榛邵。特别是湖夼，这个文件控制依赖的列表罹徘，必须在构建时填入卉妒。";
  const Repaired found = FlagStrays(text, TheTables());
  ASSERT_EQ(found.flags.size(), 7U);
  EXPECT_EQ(text.substr(found.flags[0].begin, 6), "漆池");
  EXPECT_TRUE(found.edits.empty());
}

TEST(Strays, AreNotSeenInVerse) {
  EXPECT_TRUE(FlagStrays("遵彼汝墳，伐其條枚。未見君子，惄如調飢。遵彼汝墳，伐其條肄。"
                         "既見君子，不我遐棄。魴魚赬尾，王室如燬。雖則如燬，父母孔邇。",
                         TheTables())
                  .flags.empty());
}

TEST(PrivateUse, OfGbkBecomesItsCharacter) {
  EXPECT_EQ(Cleaned("演员刘\uE863主演"), "演员刘䶮主演");
  EXPECT_EQ(Cleaned("一\uE7C7二"), "一ḿ二");
  EXPECT_EQ(Cleaned("首页\uE600新闻\uE863返回"), "首页\uE600新闻\uE863返回");
}

TEST(PrivateUse, OfNoKnownSourceIsFlaggedBetweenChinese) {
  const Repaired found = Clean("首页\uE600新闻");
  ASSERT_EQ(found.flags.size(), 1U);
  EXPECT_EQ(found.flags[0].kind, FlagKind::kPrivateUse);
  EXPECT_TRUE(Clean("\uF015 Home").flags.empty());
}

TEST(Marks, BetweenChineseBecomeFullWidth) {
  const auto restored = [](std::string_view text) {
    return ApplyEdits(text, RestoreMarks(text, {}).edits);
  };
  EXPECT_EQ(restored("他说:我们走吧!好不好?(不好)他问,她答;完."),
            "他说：我们走吧！好不好？（不好）他问，她答；完。");
  EXPECT_EQ(restored("真的吗?!不会吧"), "真的吗？！不会吧");
  EXPECT_EQ(restored("“好,走吧.”他说"), "“好，走吧。”他说");
  for (const char* text :
       {"3.14 和 1,000,000 以及 12:30", "见 http://例子.中国/路径?甲=乙,丙", "foo(中文,乙);",
        "他说\"好,走吧\"", "Hello, world. (see below)", "版本1.2,第3章", "等等...然后",
        "若 `甲,乙` 则", "苹果(apple)很好", "文件.txt"}) {
    EXPECT_EQ(restored(text), text);
  }
}

// Processor time of cleaning `count` references and as many ends of lines, in seconds.
double CleaningTime(std::size_t count) {
  std::string text = "中文";
  for (std::size_t i = 0; i < count; ++i) text += i % 2 == 0 ? "&nbsp;" : " &amp;amp;amp;lt;";
  const std::clock_t begin = std::clock();
  EXPECT_EQ(FindReferences(text).size(), count);
  (void)Clean(text);
  (void)Clean("中文\n" + std::string(2 * count, '\r') + std::string(2 * count, '\x01') + "中");
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

TEST(References, AreFoundInLinearTime) {
  // Eight times as many: eight times the time, or 64 if it were quadratic.
  const double few = CleaningTime(20'000);
  EXPECT_LT(CleaningTime(160'000), 24 * few);
}

}  // namespace
}  // namespace siku::refine
