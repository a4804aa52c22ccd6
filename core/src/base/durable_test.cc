#include "durable.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>
#include <thread>
#include <vector>

namespace siku {
namespace {

namespace fs = std::filesystem;

class Durable : public testing::Test {
 protected:
  Durable() {
    std::string pattern = (fs::temp_directory_path() / "siku-test-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Durable() override { fs::remove_all(folder_); }
  std::vector<std::string> Names() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) names.insert(entry.path().filename());
    return {names.begin(), names.end()};
  }
  std::string folder_;
};

TEST_F(Durable, WhatIsWrittenIsRead) {
  const std::string bytes(100'000, 'x');
  ASSERT_TRUE(WriteDurably(folder_ + "/a", bytes).has_value());
  EXPECT_EQ(ReadWhole(folder_ + "/a", 100'000).value(), bytes);
  EXPECT_EQ(ReadWhole(folder_ + "/a", 99'999).error().code, Code::kLimit);
  EXPECT_EQ(ReadWhole(folder_ + "/b", 1).error().code, Code::kNotFound);
}

TEST_F(Durable, AFullDiskIsSaidToBe) {
  EXPECT_EQ(WriteDurably("/dev/full", "x").error().code, Code::kNoSpace);
  EXPECT_STREQ(WriteDurably("/dev/full", "x").error().message, "the disk is full");
  struct stat info {};
  EXPECT_EQ(::stat("/dev/full", &info), 0) << "the device stays";
}

TEST_F(Durable, ReplacingLeavesTheNewBytesAndNothingElse) {
  ASSERT_TRUE(ReplaceDurably(folder_ + "/a", "one").has_value());
  ASSERT_TRUE(ReplaceDurably(folder_ + "/a", "two").has_value());
  EXPECT_EQ(ReadWhole(folder_ + "/a", 10).value(), "two");
  EXPECT_EQ(Names(), std::vector<std::string>{"a"});
  // Onto a folder that is not empty: refused, and no trace.
  fs::create_directories(folder_ + "/full/x");
  EXPECT_FALSE(ReplaceDurably(folder_ + "/full", "three").has_value());
  EXPECT_EQ(Names(), (std::vector<std::string>{"a", "full"}));
}

TEST_F(Durable, OneOfManyReplacersIsSeenWhole) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(ReplaceDurably(folder_ + "/a", std::string(1000, static_cast<char>('a' + t)))
                        .has_value());
        const std::string seen = ReadWhole(folder_ + "/a", 2000).value();
        EXPECT_EQ(seen, std::string(1000, seen[0]));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Names(), std::vector<std::string>{"a"});
}

TEST_F(Durable, TheFirstToPublishWins) {
  ASSERT_TRUE(WriteDurably(folder_ + "/1", "first").has_value());
  ASSERT_TRUE(WriteDurably(folder_ + "/2", "second").has_value());
  EXPECT_TRUE(PublishOnce(folder_ + "/1", folder_ + "/a").value());
  EXPECT_FALSE(PublishOnce(folder_ + "/2", folder_ + "/a").value());
  EXPECT_EQ(ReadWhole(folder_ + "/a", 10).value(), "first");
  EXPECT_EQ(Names(), std::vector<std::string>{"a"});
}

TEST_F(Durable, ErrorsOfTheSystemBecomeOurs) {
  const auto code = [](int number) {
    errno = number;
    return Result<void>(Errno("cannot write", "p")).error().code;
  };
  EXPECT_EQ(code(ENOSPC), Code::kNoSpace);
  EXPECT_EQ(code(EDQUOT), Code::kNoSpace);
  EXPECT_EQ(code(EACCES), Code::kDenied);
  EXPECT_EQ(code(EROFS), Code::kDenied);
  EXPECT_EQ(code(ENOENT), Code::kNotFound);
  EXPECT_EQ(code(EIO), Code::kIo);
}

TEST_F(Durable, NamesAreUnique) {
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) names.insert(UniqueName());
  EXPECT_EQ(names.size(), 1000U);
}

}  // namespace
}  // namespace siku
