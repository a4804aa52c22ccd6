// Sentences out of words, their spans, and what is left where spans came before.
#include "duplicates/sentences.h"

#include <gmock/gmock.h>

namespace siku::refine::duplicates {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Texts(std::string_view text, const std::vector<Span>& spans) {
  std::vector<std::string> parts;
  for (const Span& span : spans) {
    parts.emplace_back(
        text.substr(static_cast<size_t>(span.begin), static_cast<size_t>(span.end - span.begin)));
  }
  return parts;
}

std::vector<std::string> OfWords(std::string_view text,
                                 const std::vector<std::string_view>& lengths) {
  std::vector<std::string_view> words;
  size_t at = 0;
  for (const std::string_view word : lengths) {
    at = text.find(word, at);
    words.push_back(text.substr(at, word.size()));
    at += word.size();
  }
  std::vector<Span> sentences;
  WordSentences(text, words, sentences);
  return Texts(text, sentences);
}

TEST(Sentences, BeginAtTheFirstWordBehindAStop) {
  EXPECT_THAT(OfWords("天晴。”他说", {"天晴", "。", "”", "他", "说"}),
              ElementsAre("天晴。”", "他说"));
  EXPECT_THAT(OfWords("好！？走", {"好", "！", "？", "走"}), ElementsAre("好！？", "走"));
  EXPECT_THAT(OfWords("3.14", {"3.14"}), ElementsAre("3.14"));
}

TEST(Sentences, TakeBlanksForWordsButForOneSpace) {
  EXPECT_THAT(OfWords("一。 二", {"一", "。", "二"}), ElementsAre("一。", "二"));
  EXPECT_THAT(OfWords("一。  二", {"一", "。", "二"}), ElementsAre("一。", " 二"));
  EXPECT_THAT(OfWords("一。\n二。\n", {"一", "。", "二", "。"}),
              ElementsAre("一。", "\n二。", "\n"));
  EXPECT_THAT(OfWords("", {}), IsEmpty());
  EXPECT_THAT(OfWords(" ", {}), ElementsAre(" "));
}

TEST(Sentences, OfBlanksAreInNoSpan) {
  const std::string_view text = "一。\n二。\n";
  const std::vector<Span> sentences = {{0, 6}, {6, 13}, {13, 14}};
  std::vector<UnitHash> hashes;
  SentenceSpanHashes(text, sentences, 2, hashes);
  EXPECT_EQ(hashes.size(), 1u);
  SentenceSpanHashes(text, sentences, 3, hashes);
  EXPECT_THAT(hashes, IsEmpty());
}

TEST(Sentences, SpansAreComparedSimplified) {
  const auto hash = [](std::string_view text) {
    std::vector<Span> sentences;
    std::vector<UnitHash> hashes;
    PlainSentences(text, sentences);
    SentenceSpanHashes(text, sentences, 2, hashes);
    return hashes.at(0);
  };
  EXPECT_EQ(hash("Call 12. Now!"), hash("call  345.\nNOW?"));
  EXPECT_FALSE(hash("Call 12. Now!") == hash("Call 12. New!"));
  EXPECT_EQ(hash("。！ 。"), UnitHash{});
}

TEST(Sentences, GoWithTheBlanksBeforeThem) {
  const std::string_view text = "A. B.  C. D. E. ";
  std::vector<Span> sentences;
  PlainSentences(text, sentences);
  ASSERT_EQ(sentences.size(), 5u);
  const auto left = [&](const std::vector<int>& seen) {
    return Without(text, SentencesToRemove(text, sentences, seen, 2));
  };
  EXPECT_EQ(left({1}), "A. D. E.");
  EXPECT_EQ(left({0}), "C. D. E.");
  EXPECT_EQ(left({0, 1}), "D. E.");
  EXPECT_EQ(left({0, 2, 3}), "");
}

}  // namespace
}  // namespace siku::refine::duplicates
