// Cuts as jieba 0.42.1 makes them; the words expected are its own.
#include "siku/refine/segmenter.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace siku::refine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

std::shared_ptr<const Segmenter> Loaded(std::span<const std::string> dictionaries = {}) {
  auto segmenter = Segmenter::Load(dictionaries);
  EXPECT_TRUE(segmenter.has_value()) << Describe(segmenter.error(), Language::kEnglish);
  return segmenter.value_or(nullptr);
}

Words Cut(const Segmenter& segmenter, std::string_view text, bool hmm = true) {
  std::vector<uint32_t> ends;
  segmenter.Cut(text, hmm, ends);
  Words words;
  uint32_t begin = 0;
  for (const uint32_t end : ends) {
    words.emplace_back(text.substr(begin, end - begin));
    begin = end;
  }
  EXPECT_EQ(begin, text.size());
  return words;
}

/// A dictionary of the user, in a file of its own.
class UserDictionary {
 public:
  explicit UserDictionary(std::string_view contents)
      : path_((std::filesystem::temp_directory_path() /
               ("siku-words-" +
                std::string(::testing::UnitTest::GetInstance()->current_test_info()->name())))
                  .string()) {
    std::ofstream(path_, std::ios::binary) << contents;
  }
  ~UserDictionary() { std::filesystem::remove(path_); }
  std::vector<std::string> paths() const { return {path_}; }

 private:
  std::string path_;
};

Error Refused(std::string_view contents) {
  const UserDictionary dictionary(contents);
  const auto loaded = Segmenter::Load(dictionary.paths());
  EXPECT_FALSE(loaded.has_value());
  return loaded.has_value() ? Error{} : loaded.error();
}

TEST(Segmenter, FindsTheLikeliestPathThroughTheDictionary) {
  EXPECT_THAT(Cut(*Loaded(), "我来到北京清华大学"), ElementsAre("我", "来到", "北京", "清华大学"));
}

TEST(Segmenter, FindsUnlistedWordsWithTheModelOnly) {
  const auto segmenter = Loaded();
  EXPECT_THAT(Cut(*segmenter, "他来到了网易杭研大厦"),
              ElementsAre("他", "来到", "了", "网易", "杭研", "大厦"));
  EXPECT_THAT(Cut(*segmenter, "他来到了网易杭研大厦", false),
              ElementsAre("他", "来到", "了", "网易", "杭", "研", "大厦"));
}

TEST(Segmenter, PartsNumbersAndSignsAsTheTwoModesDo) {
  const auto segmenter = Loaded();
  EXPECT_THAT(Cut(*segmenter, "3.14% a.b"), ElementsAre("3.14%", " ", "a", ".", "b"));
  EXPECT_THAT(Cut(*segmenter, "3.14% a.b", false),
              ElementsAre("3", ".", "14", "%", " ", "a", ".", "b"));
}

TEST(Segmenter, KeepsALineEndOfTwoCharactersWhole) {
  EXPECT_THAT(Cut(*Loaded(), "\r\n\n\r 😀"), ElementsAre("\r\n", "\n", "\r", " ", "😀"));
}

TEST(Segmenter, FindsListedWordsOfLettersAndSigns) {
  EXPECT_THAT(Cut(*Loaded(), "AT&T用C++"), ElementsAre("AT&T", "用", "C++"));
}

TEST(Segmenter, GivesNothingForNothing) { EXPECT_THAT(Cut(*Loaded(), ""), ElementsAre()); }

TEST(Segmenter, GivesShorterWordsBeforeLongerOnesForSearch) {
  constexpr std::string_view kText = "中国科学院";
  std::vector<Segmenter::Span> spans;
  Loaded()->CutForSearch(kText, true, spans);
  Words words;
  for (const auto& span : spans)
    words.emplace_back(kText.substr(span.begin, span.end - span.begin));
  EXPECT_THAT(words, ElementsAre("中国", "科学", "学院", "科学院", "中国科学院"));
}

TEST(Segmenter, KeepsWordsOfAUser) {
  const UserDictionary dictionary("\xEF\xBB\xBF石墨烯\n\n凱特琳 nz\r\n云计算 5\n");
  const auto segmenter = Loaded(dictionary.paths());
  EXPECT_THAT(Cut(*segmenter, "凱特琳用石墨烯作云计算", false),
              ElementsAre("凱特琳", "用", "石墨烯", "作", "云计算"));
  ASSERT_EQ(segmenter->hashes().size(), 2U);
  EXPECT_EQ(segmenter->hashes()[1].second.size(), 64U);
}

TEST(Segmenter, TakesAWordOfFrequencyZeroApart) {
  const UserDictionary dictionary("我们 0\n");
  EXPECT_THAT(Cut(*Loaded(), "我们"), ElementsAre("我们"));
  EXPECT_THAT(Cut(*Loaded(dictionary.paths()), "我们"), ElementsAre("我", "们"));
}

TEST(Segmenter, NamesTheLineOfABrokenDictionary) {
  EXPECT_THAT(Refused("好 1\n\xFF 2\n").place, HasSubstr(":2"));
  EXPECT_THAT(Refused("好 1\n\n坏\t2\n").place, HasSubstr(":3"));
  EXPECT_THAT(Refused("好 99999999999999999999999\n").place, HasSubstr(":1"));
  EXPECT_EQ(Segmenter::Load(std::vector<std::string>{"/nowhere/words.txt"}).error().code,
            Code::kNotFound);
}

// Longer than the window of the best path, with words across its border.
TEST(Segmenter, CutsALongBlockAsItsRepeatedPart) {
  const auto segmenter = Loaded();
  std::string text;
  Words expected;
  for (int i = 0; i < 3000; ++i) {
    text += "清华大学来到北京";
    expected.insert(expected.end(), {"清华大学", "来到", "北京"});
  }
  EXPECT_EQ(Cut(*segmenter, text), expected);
}

TEST(Segmenter, ServesThreadsAtOnce) {
  const auto segmenter = Loaded();
  const std::string text = "他来到了网易杭研大厦，3.14%的小明硕士毕业于中国科学院计算所。";
  const Words alone = Cut(*segmenter, text);
  std::vector<Words> found(4);
  std::vector<std::thread> threads;
  for (Words& words : found) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) words = Cut(*segmenter, text);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(found, ::testing::Each(alone));
}

}  // namespace
}  // namespace siku::refine
