#include "http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace siku::server {
namespace {

using Range = std::pair<uint64_t, uint64_t>;

TEST(Target, IsDecodedOnce) {
  const auto request = ParseTarget("/a%20b/c?q=%E5%9C%B0+%E9%93%81&x=1&x=2&empty=&%61=%2526");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->path, "/a b/c");
  EXPECT_EQ(request->Parameter("q"), "地 铁");
  EXPECT_THAT(request->Parameters("x"), testing::ElementsAre("1", "2"));
  EXPECT_EQ(request->Parameter("a"), "%26");
  EXPECT_EQ(request->Parameter("none"), "");
}

TEST(Target, NeverLeavesItsRoot) {
  for (const char* target : {"/..", "/a/../b", "/a/%2e%2e/b", "/%2E%2e", "/a/..", "/./a", "a", "",
                             "http://x/", "/%00", "/a%0", "/a%zz", "*"}) {
    EXPECT_FALSE(ParseTarget(target).has_value()) << target;
  }
  EXPECT_TRUE(ParseTarget("/a..b/...").has_value());
}

TEST(Ranges, AreThoseOfTheStandard) {
  EXPECT_EQ(ParseRange("bytes=0-4", 10), Range(0, 5));
  EXPECT_EQ(ParseRange("bytes=5-", 10), Range(5, 10));
  EXPECT_EQ(ParseRange("bytes=-3", 10), Range(7, 10));
  EXPECT_EQ(ParseRange("bytes=-30", 10), Range(0, 10));
  EXPECT_EQ(ParseRange("bytes=5-100", 10), Range(5, 10));
  EXPECT_EQ(ParseRange("bytes=0-18446744073709551614", 10), Range(0, 10));
}

TEST(Ranges, ThatCannotBeAreSaidToBeSo) {
  EXPECT_EQ(ParseRange("bytes=10-", 10)->second, 0U);
  EXPECT_EQ(ParseRange("bytes=-0", 10)->second, 0U);
  EXPECT_EQ(ParseRange("bytes=0-0", 0)->second, 0U);
}

TEST(Ranges, ThatAreNoneGiveAll) {
  for (const char* range : {"", "bytes=", "bytes=-", "bytes=4-2", "bytes=a-b", "lines=1-2",
                            "bytes=0-1,3-4", "bytes=0-99999999999999999999", "bytes= 1-2"}) {
    EXPECT_FALSE(ParseRange(range, 10).has_value()) << range;
  }
}

TEST(Cookies, AreFoundByTheirWholeName) {
  Request request{.method = "GET", .path = "/"};
  request.headers["cookie"] = "xsiku_session=1; siku_session=abc; siku_session2=2";
  EXPECT_EQ(request.Cookie("siku_session"), "abc");
  EXPECT_EQ(request.Cookie("none"), "");
}

}  // namespace
}  // namespace siku::server
