#include "siku/ledger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace siku {
namespace {

// A text whose characters are unique where copied, so that a wrong map shows.
std::string RandomText(std::mt19937& random, size_t length) {
  std::string text(length, ' ');
  for (char& c : text) c = static_cast<char>('a' + static_cast<int>(random() % 26));
  return text;
}

std::vector<Edit> RandomEdits(std::mt19937& random, const std::string& text) {
  std::vector<Edit> edits;
  int64_t at = 0;
  const auto size = static_cast<int64_t>(text.size());
  while (at <= size && random() % 8 != 0) {
    Edit edit;
    edit.begin = std::min<int64_t>(size, at + static_cast<int64_t>(random() % 6));
    edit.end = std::min<int64_t>(size, edit.begin + static_cast<int64_t>(random() % 4));
    edit.after = RandomText(random, random() % 5);
    edit.rule = static_cast<uint16_t>(random() % 300);
    edit.confidence = static_cast<uint16_t>(random() % 1001);
    if (random() % 5 == 0) edit.alternatives = {RandomText(random, 2), ""};
    at = edit.end + (edit.end == edit.begin ? 1 : 0);
    edits.push_back(edit);
  }
  return edits;
}

TEST(Delta, RevertGivesTheInputBack) {
  std::mt19937 random(20261124);
  for (int round = 0; round < 2000; ++round) {
    const std::string input = RandomText(random, random() % 60);
    const auto edits = RandomEdits(random, input);
    const auto output = ApplyEdits(input, edits);
    ASSERT_TRUE(output.has_value());
    const auto delta = EncodeDelta(input, edits);
    ASSERT_TRUE(delta.has_value());
    EXPECT_EQ(RevertDelta(*output, *delta).value(), input);
    const auto stored = DecodeDelta(*delta).value();
    ASSERT_EQ(stored.size(), edits.size());
    for (size_t i = 0; i < edits.size(); ++i) {
      EXPECT_EQ(stored[i].rule, edits[i].rule);
      EXPECT_EQ(stored[i].confidence, edits[i].confidence);
      EXPECT_EQ(stored[i].alternatives, edits[i].alternatives);
      EXPECT_EQ(output->substr(static_cast<size_t>(stored[i].out_begin),
                               static_cast<size_t>(stored[i].out_end - stored[i].out_begin)),
                edits[i].after);
    }
  }
}

TEST(Delta, RefusesEditsThatOverlapOrLeaveTheText) {
  const std::vector<Edit> overlapping = {{.begin = 0, .end = 3}, {.begin = 2, .end = 4}};
  EXPECT_EQ(ApplyEdits("abcdef", overlapping).error().code, Code::kInternal);
  const std::vector<Edit> outside = {{.begin = 5, .end = 7}};
  EXPECT_EQ(EncodeDelta("abcdef", outside).error().code, Code::kInternal);
}

TEST(Delta, AnyTruncationIsRefused) {
  const std::vector<Edit> edits = {{.begin = 1, .end = 3, .after = "xyz", .alternatives = {"q"}},
                                   {.begin = 4, .end = 4, .after = "w"}};
  const std::string delta = EncodeDelta("abcdef", edits).value();
  for (size_t n = 0; n < delta.size(); ++n) {
    EXPECT_FALSE(DecodeDelta(delta.substr(0, n)).has_value()) << n;
  }
  EXPECT_FALSE(DecodeDelta(delta + "x").has_value());
}

TEST(Delta, NumbersOutOfRangeAreRefused) {
  const std::vector<Edit> edits = {{.begin = 0, .end = 1, .after = "x"}};
  const std::string delta = EncodeDelta("a", edits).value();
  // 01, n, gap, replaced, replacing, rule, confidence (two bytes), "a", choices
  ASSERT_EQ(delta, std::string("\x01\x01\x00\x01\x01\x00\xe8\x07\x61\x00", 10));
  std::string other = delta;
  other[9] = 2;
  EXPECT_FALSE(DecodeDelta(other).has_value());
  other = delta;
  other[6] = '\xe9';  // 1001 per mille
  EXPECT_FALSE(DecodeDelta(other).has_value());
  other = delta;
  other.replace(5, 1, "\x80\x80\x04");  // rule 65536
  EXPECT_FALSE(DecodeDelta(other).has_value());
}

// Which input byte each output byte is a copy of, computed the slow way; -1 where it is new.
std::vector<int64_t> CopyOrigins(const std::string& input, const std::vector<Edit>& edits) {
  std::vector<int64_t> origins;
  int64_t at = 0;
  for (const Edit& edit : edits) {
    for (; at < edit.begin; ++at) origins.push_back(at);
    origins.insert(origins.end(), edit.after.size(), -1);
    at = edit.end;
  }
  for (; at < static_cast<int64_t>(input.size()); ++at) origins.push_back(at);
  return origins;
}

TEST(SpanMap, ComposedOverRandomChainsMapsCopiedBytesExactlyBothWays) {
  std::mt19937 random(7);
  for (int round = 0; round < 1500; ++round) {
    const std::string original = RandomText(random, 1 + random() % 80);
    std::string text = original;
    SpanMap map(static_cast<int64_t>(text.size()));
    std::vector<int64_t> origins(text.size());
    for (size_t i = 0; i < origins.size(); ++i) origins[i] = static_cast<int64_t>(i);
    const int steps = 1 + static_cast<int>(random() % 5);
    for (int step = 0; step < steps; ++step) {
      const auto edits = RandomEdits(random, text);
      const std::string delta = EncodeDelta(text, edits).value();
      map = map.Then(
          SpanMap::FromEdits(DecodeDelta(delta).value(), static_cast<int64_t>(text.size())));
      std::vector<int64_t> through;
      for (const int64_t from : CopyOrigins(text, edits)) {
        through.push_back(from < 0 ? -1 : origins[static_cast<size_t>(from)]);
      }
      origins = through;
      text = ApplyEdits(text, edits).value();
    }
    ASSERT_EQ(map.output_length(), static_cast<int64_t>(text.size()));
    ASSERT_EQ(map.input_length(), static_cast<int64_t>(original.size()));
    for (int64_t i = 0; i < static_cast<int64_t>(origins.size()); ++i) {
      const int64_t from = origins[static_cast<size_t>(i)];
      const Span back = map.ToInput({i, i + 1});
      if (from < 0) continue;
      // A byte copied by every step maps to itself, or to a replacement that swallowed it.
      EXPECT_LE(back.begin, from);
      EXPECT_GE(back.end, from + 1);
      const Span forth = map.ToOutput({from, from + 1});
      EXPECT_LE(forth.begin, i);
      EXPECT_GE(forth.end, i + 1);
    }
    for (int64_t a = 0; a <= map.output_length(); ++a) {
      for (int64_t b = a + 1; b <= std::min(map.output_length(), a + 9); ++b) {
        const Span in = map.ToInput({a, b});
        ASSERT_LE(in.begin, in.end);
        const auto inserted = [&](int64_t byte) {
          const Span one = map.ToInput({byte, byte + 1});
          return one.begin == one.end;
        };
        // What was inserted at the rim of a span has no original, so it cannot come back.
        int64_t first = a, last = b;
        while (first < last && inserted(first)) ++first;
        while (first < last && inserted(last - 1)) --last;
        if (first == last) continue;
        const Span again = map.ToOutput(in);
        EXPECT_LE(again.begin, first);
        EXPECT_GE(again.end, last);
      }
    }
  }
}

TEST(SpanMap, KeepsSeparateEditsSeparate) {
  const std::string text = "abcdefgh";
  const std::vector<Edit> edits = {{.begin = 1, .end = 2, .after = "XX"},
                                   {.begin = 2, .end = 3, .after = "Y"}};
  const auto stored = DecodeDelta(EncodeDelta(text, edits).value()).value();
  const SpanMap map = SpanMap::FromEdits(stored, 8).Then(SpanMap(9));
  EXPECT_EQ(map.ToInput({1, 2}), (Span{1, 2}));
  EXPECT_EQ(map.ToInput({3, 4}), (Span{2, 3}));
  EXPECT_EQ(map.ToInput({0, 1}), (Span{0, 1}));
  EXPECT_EQ(map.ToOutput({1, 2}), (Span{1, 3}));
}

TEST(SpanMap, OfASliceMapsIntoItsParent) {
  const SpanMap map = SpanMap::FromSlice({10, 20}, 30);
  EXPECT_EQ(map.ToInput({2, 5}), (Span{12, 15}));
  EXPECT_EQ(map.ToOutput({12, 15}), (Span{2, 5}));
  EXPECT_EQ(map.ToOutput({0, 4}), (Span{0, 0}));
}

TEST(Parts, JoinGivesTheParentBackWithGapsAndOverlaps) {
  std::mt19937 random(11);
  for (int round = 0; round < 1000; ++round) {
    const std::string parent = RandomText(random, random() % 50);
    std::vector<ChildPart> parts;
    for (uint32_t ordinal = 0; ordinal < random() % 6; ++ordinal) {
      const int64_t begin = static_cast<int64_t>(random() % (parent.size() + 1));
      const int64_t end =
          begin + static_cast<int64_t>(random() % (parent.size() + 1 - static_cast<size_t>(begin)));
      parts.push_back({static_cast<uint16_t>(random() % 2), ordinal, {begin, end}});
    }
    const auto stored = DecodeParts(EncodeParts(parent, parts).value()).value();
    std::vector<std::string_view> children;
    for (const ChildPart& part : stored.parts) {
      children.push_back(
          std::string_view(parent).substr(static_cast<size_t>(part.span.begin),
                                          static_cast<size_t>(part.span.end - part.span.begin)));
    }
    EXPECT_EQ(JoinParts(stored, children).value(), parent);
  }
}

}  // namespace
}  // namespace siku
