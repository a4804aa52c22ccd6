// Conversions as OpenCC 1.4.2 makes them; what is expected is its own output.
#include "siku/refine/script_converter.h"

#include <gmock/gmock.h>

namespace siku::refine {
namespace {

struct Change {
  uint64_t begin, end;
  std::string after;
};

// The changes of a conversion, which must lead from the text to what it made of it.
std::vector<Change> Changes(std::string_view configuration, std::string_view text,
                            std::string* whole = nullptr) {
  const auto converter = ScriptConverter::Load(configuration);
  EXPECT_TRUE(converter.has_value()) << Describe(converter.error(), Language::kEnglish);
  ConvertedText made;
  if (converter.has_value()) (*converter)->Convert(text, made);
  std::vector<Change> changes;
  std::string out;
  uint64_t at = 0;
  for (size_t i = 0; i < made.changes(); ++i) {
    const ConvertedText::Change change = made.change(i);
    changes.push_back({change.begin.before, change.end.before, std::string(made.after(change))});
    EXPECT_GE(change.begin.before, at);
    EXPECT_LT(change.begin.before, change.end.before);
    out += text.substr(at, change.begin.before - at);
    out += made.after(change);
    at = change.end.before;
  }
  EXPECT_EQ(out + std::string(text.substr(at)), made.text());
  if (whole != nullptr) *whole = made.text();
  return changes;
}

std::string Converted(std::string_view configuration, std::string_view text) {
  std::string whole;
  Changes(configuration, text, &whole);
  return whole;
}

TEST(ScriptConverter, ChoosesByThePhrase) {
  EXPECT_EQ(Converted("s2t", "头发发财，皇后以后"), "頭髮發財，皇后以後");
  EXPECT_EQ(Converted("t2s", "頭髮發財，皇后以後"), "头发发财，皇后以后");
}

TEST(ScriptConverter, ConvertsTermsBehindCharacters) {
  EXPECT_EQ(Converted("s2twp", "鼠标里面的硅二极管坏了"), "滑鼠裡面的矽二極體壞了");
  EXPECT_EQ(Converted("tw2sp", "滑鼠裡面的矽二極體壞了"), "鼠标里面的硅二极管坏了");
}

TEST(ScriptConverter, NormalizesCompatibilityIdeographsFirst) {
  EXPECT_EQ(Converted("t2s", "\uF902\uF907"), "车龟");
  EXPECT_EQ(Converted("tw2sp", "\uF902"), "车");
}

// A long word, a short one that begins it, and neither, with what is not Chinese between.
TEST(ScriptConverter, TakesTheLongestWordWhateverFollows) {
  EXPECT_EQ(Converted("s2t", "人民代表abcdefgh人民，人云亦云"), "人民代表abcdefgh人民，人云亦云");
  EXPECT_EQ(Converted("s2t", "干a干净干"), "幹a乾淨幹");
  EXPECT_EQ(Converted("s2t", "出一本剧"), "出一本劇");
  EXPECT_EQ(Converted("s2t", "一出戏"), "一齣戲");
}

TEST(ScriptConverter, NormalizesFarDownAndBeyondThePlane) {
  const std::string before = std::string(300, 'x') + "这";
  EXPECT_EQ(Converted("t2s", before + "\uF902"), before + "车");
  EXPECT_EQ(Converted("s2t", "发\U0002F800😀"), "發麗😀");
}

TEST(ScriptConverter, KeepsDescriptionSequencesWhole) {
  EXPECT_EQ(Converted("t2s", "⿰言車言車"), "⿰言車言车");
  EXPECT_EQ(Converted("t2s", "⿰車"), "⿰车");
}

TEST(ScriptConverter, GivesOneChangeForNeighbours) {
  const auto changes = Changes("t2s", "這裏的東西");
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].begin, 0U);
  EXPECT_EQ(changes[0].end, 6U);
  EXPECT_EQ(changes[0].after, "这里");
  EXPECT_EQ(changes[1].after, "东");
}

TEST(ScriptConverter, LeavesAloneWhatIsInTheScriptAlready) {
  EXPECT_THAT(Changes("t2s", "这里的东西 abc 😀"), ::testing::IsEmpty());
  EXPECT_THAT(Changes("s2t", ""), ::testing::IsEmpty());
}

TEST(ScriptConverter, KnowsEveryConfiguration) {
  const auto names = ScriptConverter::Configurations();
  ASSERT_TRUE(names.has_value());
  EXPECT_THAT(*names, ::testing::ElementsAre("hk2s", "hk2sp", "hk2t", "jp2t", "s2hk", "s2hkp",
                                             "s2t", "s2tw", "s2twp", "t2hk", "t2jp", "t2s", "t2tw",
                                             "tw2s", "tw2sp", "tw2t"));
  EXPECT_EQ(ScriptConverter::Load("x2y").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace siku::refine
