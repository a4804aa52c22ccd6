// Signatures against what the peers themselves give (numpy 2.4, xxhash 4.1, Python 3.11), and wide
// registers against the definition.
#include "duplicates/signer.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "duplicates/digest_lanes.h"
#include "duplicates/folding.h"
#include "duplicates/links.h"
#include "duplicates/shingles.h"

namespace siku::refine::duplicates {
namespace {

using ::testing::ElementsAre;

TEST(DigestLanes, GiveWhatHashlibGives) {
  const std::string x(55, 'x'), y(56, 'y'), z(130, 'z');
  const std::string_view messages[] = {"abc", "", "这是一个测试句子", x, y, z};
  uint64_t hashes[6];
  Sha1Hashes(messages, hashes);
  EXPECT_THAT(hashes,
              ElementsAre(7674422142938552745U, 957977401221134810U, 12028616618637376716U,
                          5126398754889725902U, 17346278016452592265U, 14553216321928392654U));
  Md5Hashes(messages, hashes);
  EXPECT_THAT(hashes,
              ElementsAre(10376663631224000432U, 15284527576400310788U, 13363572915236367382U,
                          303504932921430319U, 7819104773195389147U, 17618735745583549500U));
}

TEST(Permutations, AreThoseOfDataJuicer) {
  Signer signer(
      {.hashing = Hashing::kDataJuicer, .shape = {25, 10}, .permutations = 256, .seed = 42});
  Signer::Scratch scratch;
  std::vector<uint64_t> signature(256);
  ASSERT_TRUE(
      signer.Signature("Hello，世界！ΑΣ Σ 这是一个测试句子，用于计算签名。", signature, scratch));
  EXPECT_THAT(std::span(signature).first(6),
              ElementsAre(50666, 234245205, 172953487, 199424912, 98327413, 87642484));
  EXPECT_THAT(std::span(signature).last(2), ElementsAre(70848265, 27612816));
}

TEST(Permutations, AreThoseOfDataTrove) {
  SignerOptions options{.hashing = Hashing::kDataTrove, .shape = {14, 8}, .seed = 1};
  options.words = SpacedWords;
  Signer signer(options);
  Signer::Scratch scratch;
  std::vector<uint64_t> signature(112);
  ASSERT_TRUE(signer.Signature("Ab, cd ef gh ij – kl.", signature, scratch));
  EXPECT_THAT(std::span(signature).first(4),
              ElementsAre(156296109159373177U, 1494487488426503874U, 1016073929247123985U,
                          263848250278876882U));
  EXPECT_THAT(std::span(signature).last(2), ElementsAre(1726333020503859695U, 495980196155569061U));
  EXPECT_FALSE(signer.Signature("only four words here", signature, scratch));
}

TEST(Permutations, AreTheSameInWideRegisters) {
  std::mt19937_64 random(11);
  for (const int count : {1, 7, 32, 112, 256, 300}) {
    const Permutations both[] = {Permutations::DataJuicer(count), Permutations::DataTrove(count),
                                 Permutations::DataTrove(count, 3, 32)};
    std::vector<uint64_t> hashes(50);
    for (uint64_t& hash : hashes) hash = random() >> (random() % 40);
    hashes.insert(hashes.end(), {0, 1, ~uint64_t{0}, (uint64_t{1} << 61) - 1});
    for (const Permutations& permutations : both) {
      std::vector<uint64_t> wide(static_cast<size_t>(count)), plain(wide.size());
      permutations.Minima(hashes, wide);
      permutations.PlainMinima(hashes, plain);
      EXPECT_EQ(wide, plain);
    }
  }
}

TEST(Sketcher, SeesTheSetOfShingles) {
  const Signer signer(SignerOptions{});
  Signer::Scratch scratch;
  const auto keys = [&](std::string_view repeated, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += repeated;
    std::vector<uint64_t> all(static_cast<size_t>(signer.options().shape.bands));
    EXPECT_TRUE(signer.Keys(text, all, scratch));
    return all;
  };
  EXPECT_EQ(keys("啊", 5), keys("啊", 20000));
  EXPECT_EQ(keys("哈呵", 3), keys("哈呵", 5000));
  EXPECT_NE(keys("啊", 5), keys("呀", 5));
}

TEST(Folding, SimplifiesAsDataTroveDoes) {
  EXPECT_EQ(SimplifyText("Ｈello，世界！１２３.45 和 3,5。\tÉtude naïve — 2024年"),
            "ｈello 世界 0 和 0 etude naive 0年");
  EXPECT_EQ(SimplifyText("ΟΔΟΣ ΑΣ. Σ İstanbul"), "οδος ας σ istanbul");
  EXPECT_EQ(SimplifyText("가각 がぎ ẛ̣ ①②"), "\u1100\u1161\u1100\u1161\u11A8 かき ſ ①②");
  EXPECT_EQ(SimplifyText("  "), "");
  EXPECT_EQ(SimplifyText("a\u0301\u0323b \u302e\u0323x"), "ab \u302ex");
  EXPECT_EQ(SimplifyText("１.２.３ 1.2.3"), "0 0 0 0");
  EXPECT_EQ(SimplifyText("\u0301 abc \u0301"), "abc");
  EXPECT_EQ(SimplifyText("x\u2028y\x1cz\x0bw"), "x y z w");
}

TEST(Folding, SplitsAsDataJuicerDoes) {
  std::vector<std::string_view> parts;
  SplitAtPunctuation("甲，乙。。丙", parts);
  EXPECT_THAT(parts, ElementsAre("甲", "乙", "", "丙"));
  SplitAtSpaces("  a b\tc  d ", parts);
  EXPECT_THAT(parts, ElementsAre("a", "b\tc", "d"));
}

TEST(Bands, AreThoseOfTheirRules) {
  EXPECT_EQ(OptimalBands(0.7, 256).bands, 25);
  EXPECT_EQ(OptimalBands(0.7, 256).rows, 10);
  const BandShape chosen = ChooseBands(0.8, 256);
  EXPECT_LE(chosen.bands * chosen.rows, 256);
  EXPECT_GE(CollisionProbability(0.8, chosen), 0.99);
  EXPECT_GE(CollisionProbability(0.85, chosen), 0.999);
}

TEST(Shingles, AreHashesOfWindowsAlone) {
  std::vector<uint32_t> room;
  std::vector<uint64_t> long_text, part;
  CharacterShingles("今天天气很好，明天天气也好", 3, room, long_text);
  EXPECT_EQ(long_text.size(), 11U);
  CharacterShingles("天气", 2, room, part);
  CharacterShingles("今天天气很好，明天天气也好", 2, room, long_text);
  EXPECT_EQ(std::count(long_text.begin(), long_text.end(), part[0]), 2);
  CharacterShingles("短", 2, room, part);
  EXPECT_TRUE(part.empty());
}

// Sets of known similarity share bins as often as they should: within four standard deviations.
TEST(Sketch, EstimatesJaccard) {
  std::mt19937_64 random(5);
  constexpr int kBins = 208, kTrials = 60;
  for (const size_t size : {20U, 150U, 5000U}) {
    double share = 0;
    const size_t shared = size * 8 / 10;  // of size + size - shared: Jaccard 2/3
    for (int trial = 0; trial < kTrials; ++trial) {
      const Sketcher sketcher(kBins, random());
      std::vector<uint64_t> a(size);
      for (uint64_t& x : a) x = random();
      std::vector<uint64_t> b(a.begin(), a.begin() + static_cast<ptrdiff_t>(shared));
      while (b.size() < size) b.push_back(random());
      std::vector<uint64_t> first(kBins), second(kBins);
      sketcher.Fill(a, first);
      std::reverse(b.begin(), b.end());
      b.insert(b.end(), b.begin(), b.begin() + 5);  // order and repeats change nothing
      sketcher.Fill(b, second);
      for (int i = 0; i < kBins; ++i) {
        share += first[static_cast<size_t>(i)] == second[static_cast<size_t>(i)];
      }
    }
    share /= kBins * kTrials;
    const double expected = static_cast<double>(shared) / static_cast<double>(2 * size - shared);
    const double deviation = std::sqrt(expected * (1 - expected) / (kBins * kTrials));
    EXPECT_NEAR(share, expected, 4 * deviation) << size;
  }
}

TEST(Signer, KnowsTextsTooShort) {
  const Signer signer(SignerOptions{});
  Signer::Scratch scratch;
  std::vector<uint64_t> keys(26, 7);
  EXPECT_FALSE(signer.Keys("四个汉字", keys, scratch));
  EXPECT_THAT(keys, ::testing::Each(kNoKey));
  EXPECT_TRUE(signer.Keys("五个汉字了", keys, scratch));
  EXPECT_THAT(keys, ::testing::Each(::testing::Ne(kNoKey)));
}

}  // namespace
}  // namespace siku::refine::duplicates
