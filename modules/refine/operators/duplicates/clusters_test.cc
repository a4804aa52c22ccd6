// What comparing rows may take.
#include "operators/duplicates/clusters.h"

#include <gtest/gtest.h>

#include <string>

namespace siku::refine {
namespace {

// Rows that are only counted.
class CountedRows final : public AllRows {
 public:
  CountedRows(int64_t size, int64_t memory) : size_(size), memory_(memory) {}
  int64_t size() const override { return size_; }
  RowKey key(int64_t) const override { return {}; }
  int pieces() const override { return 0; }
  int64_t first(int) const override { return 0; }
  Result<Batch> piece(int) const override { return Batch(); }
  void Release() const override {}
  const std::string& spill_folder() const override { return folder_; }
  int64_t memory() const override { return memory_; }
  int threads() const override { return 1; }
  bool stopping() const override { return false; }

 private:
  int64_t size_;
  int64_t memory_;
  std::string folder_{};
};

TEST(Room, MoreRowsThanTheMemoryHoldsAreRefusedWithWhatItTakes) {
  const CountedRows rows(10'000'000, int64_t{256} << 20);
  EXPECT_EQ(CountCompared(rows).value(), 10'000'000U);
  EXPECT_TRUE(CheckRoom(rows, 300'000).has_value());
  const auto many_go = CheckRoom(rows, 500'000);
  ASSERT_FALSE(many_go.has_value());
  EXPECT_EQ(many_go.error().code, Code::kLimit);
  EXPECT_EQ(Describe(many_go.error(), Language::kEnglish),
            "to compare 10000000 rows takes --memory 570000000 or more");
  EXPECT_FALSE(CountCompared(CountedRows(20'000'000, int64_t{256} << 20)).has_value());
  const auto unnamed = CountCompared(CountedRows(int64_t{1} << 32, int64_t{1} << 40));
  ASSERT_FALSE(unnamed.has_value());
  EXPECT_STREQ(unnamed.error().message, "too many rows to compare with each other");
}

}  // namespace
}  // namespace siku::refine
