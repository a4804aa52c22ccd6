// Windows against a suffix array: the same duplicates for any threads, memory and pieces.
#include "duplicates/windows.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>

#include "duplicates/units.h"
#include "siku/utf8.h"

namespace siku::refine::duplicates {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Rows final : public Texts {
 public:
  Rows(const std::vector<std::string>& rows, size_t rows_in_piece) {
    for (size_t begin = 0; begin < rows.size(); begin += rows_in_piece) {
      bytes_.emplace_back();
      offsets_.push_back({0});
      for (size_t i = begin; i < std::min(rows.size(), begin + rows_in_piece); ++i) {
        bytes_.back() += rows[i];
        offsets_.back().push_back(static_cast<int64_t>(bytes_.back().size()));
      }
    }
  }
  int pieces() const override { return static_cast<int>(bytes_.size()); }
  TextPiece Piece(int i) const override {
    return {bytes_[static_cast<size_t>(i)], offsets_[static_cast<size_t>(i)]};
  }
  void Touched(int64_t) const override {}

 private:
  std::vector<std::string> bytes_;
  std::vector<std::vector<int64_t>> offsets_;
};

std::vector<std::vector<Span>> Found(const Texts& texts, const WindowOptions& options) {
  const SeenWindows seen(texts, options);
  std::vector<std::vector<Span>> all;
  for (int i = 0; i < texts.pieces(); ++i) {
    for (auto& spans : seen.SpansOf(i)) all.push_back(std::move(spans));
  }
  return all;
}

// All suffixes of all rows, sorted; neighbours that share `length` code points are one group, and
// all but its first place begin a window seen before.
std::vector<std::vector<Span>> BySuffixArray(const std::vector<std::string>& rows, size_t length) {
  std::u32string text;
  std::vector<size_t> ends;  // of the row of each place
  std::vector<std::pair<size_t, size_t>> place_bytes;
  std::vector<size_t> row_begins;
  for (const std::string& row : rows) {
    row_begins.push_back(text.size());
    const size_t end = text.size() + utf8::Length(row);
    for (size_t at = 0; at < row.size();) {
      const size_t here = at;
      text += utf8::Next(row, at);
      ends.push_back(end);
      place_bytes.emplace_back(here, at);
    }
  }
  const std::u32string_view all = text;
  const auto suffix = [&](size_t i) { return all.substr(i, ends[i] - i); };
  std::vector<size_t> order(text.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return suffix(a) < suffix(b); });
  std::vector<bool> covered(text.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin + 1;
    const auto head = suffix(order[begin]).substr(0, length);
    while (end < order.size() && suffix(order[end]).substr(0, length) == head) ++end;
    if (head.size() == length) {
      const size_t first = *std::min_element(order.begin() + static_cast<ptrdiff_t>(begin),
                                             order.begin() + static_cast<ptrdiff_t>(end));
      for (size_t i = begin; i < end; ++i) {
        if (order[i] == first) continue;
        for (size_t k = 0; k < length; ++k) covered[order[i] + k] = true;
      }
    }
    begin = end;
  }
  std::vector<std::vector<Span>> spans(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    const size_t last = row + 1 < rows.size() ? row_begins[row + 1] : text.size();
    for (size_t i = row_begins[row]; i < last; ++i) {
      if (!covered[i]) continue;
      const Span byte{static_cast<int64_t>(place_bytes[i].first),
                      static_cast<int64_t>(place_bytes[i].second)};
      auto& own = spans[row];
      if (own.empty() || own.back().end != byte.begin) own.push_back({byte.begin, byte.begin});
      own.back().end = byte.end;
    }
  }
  return spans;
}

std::vector<std::string> RandomRows(uint64_t seed, size_t count) {
  std::mt19937_64 random(seed);
  const std::string letters[] = {"a", "é", "汉", "字", "𠀀", "\n"};
  std::vector<std::string> rows(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t length = random() % 60;
    for (size_t k = 0; k < length; ++k) rows[i] += letters[random() % 6];
    if (i > 3 && random() % 3 == 0) rows[i] += rows[random() % i];
  }
  return rows;
}

TEST(SeenWindows, AreThoseOfASuffixArray) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const auto rows = RandomRows(seed, 120);
    for (const int length : {1, 3, 8, 40}) {
      const auto expected = BySuffixArray(rows, static_cast<size_t>(length));
      for (const size_t rows_in_piece : {1U, 7U, 1000U}) {
        EXPECT_EQ(Found(Rows(rows, rows_in_piece), {.length = length}), expected)
            << "seed " << seed << " length " << length;
      }
    }
  }
}

TEST(SeenWindows, AreTheSameForAnyMemoryAndThreads) {
  const auto rows = RandomRows(9, 600);
  const Texts& texts = Rows(rows, 100);
  const auto expected = Found(texts, {.length = 12});
  for (const int64_t memory : {int64_t{20000}, int64_t{300000}}) {
    for (const int threads : {1, 2, 5}) {
      EXPECT_EQ(Found(texts, {.length = 12, .threads = threads, .memory = memory}), expected);
    }
  }
}

// Longer than a block of the walk, so that windows cross the border of blocks inside one row.
TEST(SeenWindows, CrossBlocksInsideALongRow) {
  std::string row;
  std::mt19937_64 random(3);
  for (int i = 0; i < 150000; ++i)
    utf8::Append(U'一' + static_cast<char32_t>(random() % 20000), row);
  const std::string copy = row.substr(300, 240000);
  const auto found = Found(Rows({row, "甲" + copy + "乙"}, 2), {.length = 50, .threads = 2});
  EXPECT_THAT(found[0], IsEmpty());
  EXPECT_THAT(found[1], ElementsAre(Span{3, 3 + 240000}));
}

TEST(SeenWindows, TakeALoopForWhatItRepeats) {
  const auto found = Found(Rows({std::string(20, 'a')}, 1), {.length = 5});
  EXPECT_THAT(found[0], ElementsAre(Span{1, 20}));
}

TEST(WholeSentences, KeepsPartsOfSentences) {
  const std::string text = "第一句。第二句！“第三句？”第四句";
  const auto at = [&](const char* part) { return static_cast<int64_t>(text.find(part)); };
  const Span from_inside_first{3, at("第四句") + 3};
  EXPECT_THAT(WholeSentences(text, {from_inside_first}),
              ElementsAre(Span{at("第二句"), at("第四句")}));
  EXPECT_THAT(WholeSentences(text, {Span{3, 9}}), IsEmpty());
}

}  // namespace
}  // namespace siku::refine::duplicates
