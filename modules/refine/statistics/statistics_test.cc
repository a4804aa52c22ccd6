// What each statistic is, by hand; and that measuring together changes nothing.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <random>

#include "statistics/measurer.h"

namespace siku::refine::statistics {
namespace {

const std::array<const WordSplitter*, 1> kSplitters{&SpaceSplitter()};

Statistic Parsed(std::string_view name) { return ParseStatistic(name, kSplitters).value(); }

double Measured(std::string_view name, std::string_view text) {
  const std::array statistics{Parsed(name)};
  double value = 0;
  Measurer(statistics).Measure(text, {&value, 1});
  return value;
}

double Listed(const std::vector<std::string>& words, std::string_view text,
              Augmentation augmentation = {}) {
  const std::array statistics{
      Statistic{.kind = Kind::kListedWordsRatio,
                .list = std::make_shared<const WordList>("flagged_words_ratio", words),
                .augmentation = std::move(augmentation)}};
  double value = 0;
  Measurer(statistics).Measure(text, {&value, 1});
  return value;
}

TEST(Statistics, CountCharactersNotBytes) {
  EXPECT_EQ(Measured("text_len", "a字😀"), 3);
  EXPECT_EQ(Measured("alnum_ratio", "a字😀。"), 0.5);
  EXPECT_EQ(Measured("special_char_ratio", "a字 1"), 0.5);
  EXPECT_EQ(Measured("han_ratio", "字a〇々"), 0.25);
}

TEST(Statistics, TheCharacterRepetitionTakesTheRootOfTheGrams) {
  // ab ba ab ba ab: two grams, the root is 1, the most frequent one three of five.
  EXPECT_EQ(Measured("char_rep_ratio(2)", "ababab"), 0.6);
  EXPECT_EQ(Measured("char_rep_ratio(2)", "abcdef"), 0);
  EXPECT_EQ(Measured("char_rep_ratio(10)", "abc"), 0);
}

TEST(Statistics, LinesEndWhereSplitlinesSplits) {
  EXPECT_EQ(Measured("max_line_length", "a\r\nbcd\u2028ef\x1c"), 3);
  EXPECT_EQ(Measured("avg_line_length", "ab\n\ncd"), 2);  // six characters, three lines
  EXPECT_EQ(Measured("avg_line_length", ""), 0);
  EXPECT_TRUE(std::isnan(Measured("bullet_line_ratio", "")));
  EXPECT_EQ(Measured("bullet_line_ratio", "  - a\n\u2022 b\nc\nd"), 0.5);
  EXPECT_EQ(Measured("ellipsis_line_ratio", "a... \nb\u2026\nc\nd"), 0.5);
}

TEST(Statistics, DuplicateLinesAndParagraphs) {
  EXPECT_EQ(Measured("dup_line_frac", "ab\n\nab\ncd"), 1.0 / 3);
  EXPECT_EQ(Measured("dup_line_char_frac", "ab\n\nab\ncd"), 2.0 / 9);
  EXPECT_EQ(Measured("dup_para_frac", "\n\nab\n\n\nab\n\nc\nd"), 1.0 / 3);
  EXPECT_EQ(Measured("char_dup_ratio", "ab\nab\n \ncd"), 2.0 / 7);
  EXPECT_EQ(Measured("line_punct_ratio", "好。\n \nno\n"), 0.5);
  EXPECT_EQ(Measured("short_line_ratio(2)", "好。\n \nlong\n"), 0.5);
}

TEST(Statistics, TheTopGramIsJoinedBySpacesTheDuplicateOneByNothing) {
  // "a b" twice, three characters each, of eleven.
  EXPECT_EQ(Measured("top_2_gram(space)", "a b c a b d"), 6.0 / 11);
  // Each gram once: the first of them.
  EXPECT_EQ(Measured("top_2_gram(space)", "aaa b c"), 5.0 / 7);
  // "ab"+"c" is "a"+"bc" where nothing joins them.
  EXPECT_EQ(Measured("duplicated_2_n_grams(space)", "ab c x a bc"), 3.0 / 11);
}

TEST(Statistics, WordsOfGopher) {
  EXPECT_EQ(Measured("gopher_words(space)", "one , two ..."), 2);
  EXPECT_EQ(Measured("avg_word_length(space)", "one , seven"), 4);
  EXPECT_EQ(Measured("alpha_word_ratio(space)", "one 2 a1 ."), 0.5);
  EXPECT_TRUE(std::isnan(Measured("avg_word_length(space)", " ")));
}

TEST(Statistics, WordsAreLoweredAndStrippedAsTheListHasThem) {
  EXPECT_EQ(Listed({"bad"}, "BAD, good (bad) no"), 0.5);
  EXPECT_EQ(Listed({"坏事"}, "坏 事", {.group_sizes = {2}, .join = ""}), 1.0 / 3);
  EXPECT_EQ(Listed({"ΟΔΟς"}, "x"), 0);
  EXPECT_EQ(Listed({"οδος"}, "ΟΔΟΣ"), 1);         // the last sigma is a final one
  EXPECT_EQ(Measured("num_words", "Г word"), 1);  // a capital of the list of special characters
  EXPECT_EQ(Measured("word_rep_ratio(1)", "Г г word"), 2.0 / 3);
}

TEST(Statistics, NamesSayAllThatANumberDependsOn) {
  for (const std::string& name : UsualStatistics(kSplitters)) EXPECT_EQ(Parsed(name).Name(), name);
  EXPECT_FALSE(ParseStatistic("alnum", kSplitters).has_value());
  EXPECT_FALSE(ParseStatistic("char_rep_ratio", kSplitters).has_value());
  EXPECT_FALSE(ParseStatistic("char_rep_ratio(0)", kSplitters).has_value());
  EXPECT_FALSE(ParseStatistic("top_2_gram(jieba)", kSplitters).has_value());
  const WordList a("stopwords_ratio", {"x", "y"}), b("stopwords_ratio", {"y", "x", "x"}),
      c("stopwords_ratio", {"x"});
  EXPECT_EQ(a.name(), b.name());
  EXPECT_NE(a.name(), c.name());
}

std::string RandomText(std::mt19937& random) {
  const std::vector<std::string> pieces{"a",  "B",    " ",      "\n",      "\n\n",        "。",
                                        "字", "词语", "...",    "…",       "#",           "-",
                                        "1",  "😀",    "\u2028", "of the ", "同一句话。\n"};
  std::string text;
  for (auto left = random() % 400; left > 0; --left) text += pieces[random() % pieces.size()];
  return text;
}

TEST(Statistics, MeasuredTogetherAsMeasuredAlone) {
  std::vector<Statistic> all;
  for (const std::string& name : UsualStatistics(kSplitters)) all.push_back(Parsed(name));
  Measurer together(all);
  std::mt19937 random(5);
  std::vector<double> values(all.size());
  for (int round = 0; round < 200; ++round) {
    const std::string text = RandomText(random);
    together.Measure(text, values);
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(std::bit_cast<uint64_t>(values[i]),
                std::bit_cast<uint64_t>(Measured(all[i].Name(), text)))
          << all[i].Name() << " of " << text;
    }
  }
}

// Longer than the table takes at once: each gram is still counted once and in full. A gram of 20
// holds a whole number, so that those of one half differ from one another.
TEST(Statistics, ALongTextIsWalkedInParts) {
  std::string half;
  for (int i = 1000000; i < 1213000; ++i) half += std::to_string(i) + ',';
  const auto length = static_cast<double>(half.size());
  // Each gram of the first half comes again: of the different ones, as many as the root count two.
  EXPECT_EQ(Measured("char_rep_ratio(20)", half + half),
            2 * std::floor(std::sqrt(length)) / (2 * length - 19));
  EXPECT_EQ(Measured("char_rep_ratio(20)", half), 0);
}

}  // namespace
}  // namespace siku::refine::statistics
