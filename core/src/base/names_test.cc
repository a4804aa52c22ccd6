#include "siku/names.h"

#include <gtest/gtest.h>

#include <string>

namespace siku {
namespace {

TEST(Names, HoldLowerCaseLettersDigitsAndThreeSigns) {
  EXPECT_TRUE(IsDatasetName("news.2023_clean-v2"));
  EXPECT_TRUE(IsDatasetName("4seasons"));
  for (const char* name : {"", "News", "a b", "a/b", "..", "-a", "_a", ".a", "新闻", "a\n"}) {
    EXPECT_FALSE(IsDatasetName(name)) << name;
  }
}

TEST(Names, AreAtMost128BytesLong) {
  EXPECT_TRUE(IsDatasetName(std::string(128, 'a')));
  EXPECT_FALSE(IsDatasetName(std::string(129, 'a')));
}

TEST(Names, OfStepsHoldNoDot) {
  EXPECT_TRUE(IsStepName("collapse_space-2"));
  EXPECT_FALSE(IsStepName("parts.outline"));
}

}  // namespace
}  // namespace siku
