#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "siku/encoding.h"

namespace siku {
namespace {

using std::string_literals::operator""s;

constexpr std::string_view kSimplified =
    "今天的会议上，大家讨论了如何把旧的档案整理成可以检索的文本。第二天他们就开始工作了。\n";
constexpr std::string_view kTraditional =
    "今天的會議上，大家討論了如何把舊的檔案整理成可以檢索的文本。第二天他們就開始工作了。\n";

void ExpectDetected(std::string_view text, Encoding encoding) {
  const auto bytes = Encode(text, encoding);
  ASSERT_TRUE(bytes.has_value());
  const Detected detected = DetectEncoding(*bytes, true);
  EXPECT_EQ(EncodingName(detected.encoding), EncodingName(encoding)) << text;
  EXPECT_TRUE(detected.certain) << text;
  EXPECT_FALSE(detected.binary) << text;
}

TEST(DetectEncoding, TellsTheFiveApart) {
  for (const Encoding encoding : {Encoding::kUtf8, Encoding::kGb18030, Encoding::kUtf16Le, Encoding::kUtf16Be}) {
    ExpectDetected(kSimplified, encoding);
    ExpectDetected(kTraditional, encoding);
  }
  ExpectDetected(kTraditional, Encoding::kBig5);
}

TEST(DetectEncoding, IsCertainOfShortSentences) {
  ExpectDetected("中文   文本\r\n第二行  \n", Encoding::kGb18030);
  ExpectDetected("你好，世界。", Encoding::kGb18030);
  ExpectDetected("繁體   中文的頁面，這是一個測試  \n", Encoding::kBig5);
}

TEST(DetectEncoding, BelievesTheMark) {
  EXPECT_EQ(DetectEncoding("\xEF\xBB\xBF" "a", true).bom, 3U);
  EXPECT_EQ(DetectEncoding("\xFF\xFE-N", true).encoding, Encoding::kUtf16Le);
  EXPECT_EQ(DetectEncoding("\xFE\xFFN-", true).encoding, Encoding::kUtf16Be);
}

TEST(DetectEncoding, ForgivesACharacterCutByTheEndOfTheSample) {
  const std::string text = std::string(kSimplified) + "\xE4\xB8";
  EXPECT_TRUE(DetectEncoding(text, false).certain);
  EXPECT_EQ(DetectEncoding("abc\xE4\xB8", false).encoding, Encoding::kUtf8);
}

TEST(DetectEncoding, TakesUtf8WithSomeBrokenBytesForUtf8) {
  const Detected detected = DetectEncoding("好的   文本\xFF\x80其余   文本\n", true);
  EXPECT_EQ(detected.encoding, Encoding::kUtf8);
  EXPECT_TRUE(detected.certain);
}

TEST(DetectEncoding, DoesNotTakeAStrayZeroForUtf16) {
  EXPECT_EQ(DetectEncoding("ab\0c\n"s, true).encoding, Encoding::kUtf8);
  EXPECT_EQ(DetectEncoding("{\"a\": \0}\n"s, true).encoding, Encoding::kUtf8);
}

TEST(DetectEncoding, SeesThatRandomBytesAreNoText) {
  std::string bytes;
  uint32_t state = 1;
  for (int i = 0; i < 4096; ++i) {
    state = state * 1664525 + 1013904223;
    bytes.push_back(static_cast<char>(state >> 24));
  }
  EXPECT_TRUE(DetectEncoding(bytes, true).binary);
}

TEST(DetectEncoding, IsNotCertainWithoutEvidence) {
  // Two rare characters in either encoding.
  EXPECT_FALSE(DetectEncoding("\xE6\xE4\xF0\xF1", true).certain);
  EXPECT_FALSE(DetectEncoding("\xFF\xFF\xFF", true).certain);
}

TEST(DetectEncoding, CallsAnEmptyFileUtf8) {
  EXPECT_EQ(DetectEncoding("", true).encoding, Encoding::kUtf8);
  EXPECT_TRUE(DetectEncoding("", true).certain);
}

}  // namespace
}  // namespace siku
