#include "siku/batch.h"

#include <gtest/gtest.h>

namespace siku {
namespace {

TEST(RowKey, ShowsSourceAndPosition) { EXPECT_EQ(ToString(RowKey{3, 4096, ""}), "3:4096"); }

TEST(RowKey, ShowsEachLevelOfChildren) {
  const std::string child("\0\0\0\0\0\0\1\2", 8);
  EXPECT_EQ(ToString(RowKey{3, 4096, child}), "3:4096/0/258");
}

TEST(RowKey, OrdersBySourceThenPositionThenChild) {
  EXPECT_LT((RowKey{0, 900, "\xff"}), (RowKey{1, 0, ""}));
  EXPECT_LT((RowKey{1, 9, "\xff"}), (RowKey{1, 10, ""}));
  EXPECT_LT((RowKey{1, 9, ""}), (RowKey{1, 9, "a"}));
}

TEST(RowKey, OrdersChildrenAsUnsignedBytes) {
  EXPECT_LT((RowKey{1, 9, std::string("\0\0\0\x7f", 4)}),
            (RowKey{1, 9, std::string("\0\0\0\x80", 4)}));
}

}  // namespace
}  // namespace siku
