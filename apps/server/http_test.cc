#include "http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "multipart.h"

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

TEST(Forms, HavePartsAndFiles) {
  constexpr std::string_view kType = "multipart/form-data; boundary=\"a b\"";
  constexpr std::string_view kBody =
      "--a b\r\nContent-Disposition: form-data; name=\"package_id\"\r\n\r\nstops\r\n"
      "--a b\r\ncontent-disposition: form-data; name=\"upload\"; filename=\"a;\\\"b.pdf\"\r\n"
      "Content-Type: application/pdf\r\n\r\n--a b\r\n--a\r\n\r\n"
      "--a b\r\nContent-Disposition: form-data; name=u; filename*=utf-8''%E7%AB%99.txt\r\n\r\n\r\n"
      "--a b--\r\n";
  ASSERT_TRUE(IsForm(kType));
  EXPECT_FALSE(IsForm("application/json"));
  const auto parts = ParseForm(kType, kBody);
  ASSERT_TRUE(parts.has_value());
  ASSERT_EQ(parts->size(), 3U);
  EXPECT_EQ((*parts)[0].name, "package_id");
  EXPECT_EQ((*parts)[0].bytes, "stops");
  EXPECT_EQ((*parts)[1].filename, "a;\"b.pdf");
  EXPECT_EQ((*parts)[1].bytes, "--a b\r\n--a\r\n");
  EXPECT_EQ((*parts)[2].filename, "站.txt");
  EXPECT_EQ((*parts)[2].bytes, "");
}

TEST(Forms, ThatAreNotWholeAreNone) {
  constexpr std::string_view kType = "multipart/form-data; boundary=x";
  for (const char* body :
       {"", "--x", "--x\r\n", "--x\r\nA: b\r\n\r\nbytes", "--y--\r\n", "--x\r\n\r\nbytes\r\n--x"}) {
    EXPECT_FALSE(ParseForm(kType, body).has_value()) << body;
  }
  EXPECT_TRUE(ParseForm(kType, "--x--\r\n")->empty());
  EXPECT_FALSE(ParseForm("multipart/form-data", "--x--").has_value());
  std::string many;
  for (int i = 0; i < 201; ++i) many += "--x\r\nA: b\r\n\r\n\r\n";
  EXPECT_FALSE(ParseForm(kType, many + "--x--").has_value());
}

}  // namespace
}  // namespace siku::server
