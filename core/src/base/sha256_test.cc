#include "siku/sha256.h"

#include <gtest/gtest.h>

namespace siku {
namespace {

// Vectors of FIPS 180-4 and NIST's examples.
constexpr std::string_view kOfEmpty =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kOfMillionA =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, MatchesThePublishedVectors) {
  EXPECT_EQ(Sha256Hex(""), kOfEmpty);
  EXPECT_EQ(Sha256Hex("abc"), kOfAbc);
  EXPECT_EQ(Sha256Hex(std::string(1000000, 'a')), kOfMillionA);
}

TEST(Sha256, DoesNotDependOnHowTheBytesCome) {
  Sha256 hash;
  for (int i = 0; i < 1000; ++i) hash.Update(std::string(1000, 'a'));
  EXPECT_EQ(Hex(hash.Finish()), kOfMillionA);
}

TEST(Sha256, IsAsNewAfterFinish) {
  Sha256 hash;
  hash.Update("something");
  hash.Finish();
  hash.Update("abc");
  EXPECT_EQ(Hex(hash.Finish()), kOfAbc);
}

}  // namespace
}  // namespace siku
