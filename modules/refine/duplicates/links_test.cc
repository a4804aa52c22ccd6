// Clusters: the same whatever the order of the documents, the threads and the memory; every member
// that goes has a partner it resembles.
#include "duplicates/links.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <tuple>

#include "duplicates/first_seen.h"
#include "duplicates/shingles.h"
#include "duplicates/signer.h"
#include "duplicates/simhash.h"
#include "duplicates/union_find.h"
#include "duplicates/units.h"
#include "siku/utf8.h"

namespace siku::refine::duplicates {
namespace {

using ::testing::ElementsAre;

struct Document {
  std::string id, text;
};

class Corpus final : public Documents {
 public:
  Corpus(std::vector<Document> documents, const Signer& signer, size_t rows_in_piece)
      : documents_(std::move(documents)), signer_(signer), rows_in_piece_(rows_in_piece) {
    const auto bands = static_cast<size_t>(signer.options().shape.bands);
    keys_.resize(bands, std::vector<uint64_t>(documents_.size()));
    Signer::Scratch scratch;
    std::vector<uint64_t> keys(bands);
    for (size_t i = 0; i < documents_.size(); ++i) {
      signer.Keys(documents_[i].text, keys, scratch);
      for (size_t band = 0; band < bands; ++band) keys_[band][i] = keys[band];
    }
  }
  uint32_t size() const override { return static_cast<uint32_t>(documents_.size()); }
  int pieces() const override {
    return static_cast<int>((documents_.size() + rows_in_piece_ - 1) / rows_in_piece_);
  }
  std::span<const uint64_t> Keys(int band, int piece) const override {
    const std::span<const uint64_t> all = keys_[static_cast<size_t>(band)];
    const size_t begin = static_cast<size_t>(piece) * rows_in_piece_;
    return all.subspan(begin, std::min(rows_in_piece_, all.size() - begin));
  }
  uint64_t Key(int band, uint32_t document) const override {
    return keys_[static_cast<size_t>(band)][document];
  }
  bool Before(uint32_t a, uint32_t b) const override { return documents_[a].id < documents_[b].id; }
  bool SameText(uint32_t a, uint32_t b) const override {
    return documents_[a].text == documents_[b].text;
  }
  uint64_t TextHash(uint32_t document) const override {
    return HashUnit(documents_[document].text).low;
  }
  std::vector<uint64_t> Shingles(uint32_t document) const override {
    ++sets_made;
    Signer::Scratch scratch;
    return signer_.ShingleSet(documents_[document].text, scratch);
  }
  const Document& at(uint32_t i) const { return documents_[i]; }
  mutable std::atomic<size_t> sets_made = 0;

 private:
  std::vector<Document> documents_;
  const Signer& signer_;
  size_t rows_in_piece_;
  std::vector<std::vector<uint64_t>> keys_;
};

std::string RandomText(std::mt19937_64& random, size_t length) {
  std::string text;
  for (size_t i = 0; i < length; ++i)
    utf8::Append(U'一' + static_cast<char32_t>(random() % 3000), text);
  return text;
}

// 40 texts, each with changed copies that drift away from each other.
std::vector<Document> Drifting(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Document> documents;
  for (int i = 0; i < 40; ++i) {
    std::string text = RandomText(random, 300);
    const int copies = static_cast<int>(random() % 9);
    for (int copy = 0; copy <= copies; ++copy) {
      documents.push_back({std::to_string(100 + i) + "-" + std::to_string(copy), text});
      for (int change = 0; change < 3; ++change) text.replace((random() % 300) * 3, 3, "改");
    }
  }
  return documents;
}

using LinkTuples = std::vector<std::tuple<uint32_t, uint32_t, float>>;
LinkTuples Tuples(const std::vector<Link>& links) {
  LinkTuples tuples;
  for (const Link& link : links) tuples.emplace_back(link.a, link.b, link.similarity);
  return tuples;
}

// Groups of each band, found in so many ranges, and the views of them.
struct Beforehand {
  Beforehand(const Documents& documents, const LinkOptions& options, uint64_t ranges) {
    for (int band = 0; band < options.bands; ++band) {
      for (uint64_t range = 0; range < ranges; ++range) {
        found.push_back(FindGroups(documents, options, band, range, ranges));
      }
    }
    for (size_t i = 0; i < found.size(); ++i) {
      if (i % ranges == 0) lists.emplace_back();
      lists.back().push_back(found[i].list());
    }
  }
  std::vector<Groups> found{};
  std::vector<std::vector<GroupList>> lists{};
};

struct Settings {
  double threshold = 0.8;
  bool direct = false;
  int threads = 1;
  int64_t memory = int64_t{64} << 20;
  size_t rows_in_piece = 1000;
  int64_t largest = 0;
};

// Of each document that goes: survivor, partner, similarity; by ids.
std::map<std::string, std::string> Gone(const std::vector<Document>& documents,
                                        const Signer& signer, const Settings& how) {
  const Corpus corpus(documents, signer, how.rows_in_piece);
  const auto links = FindLinks(corpus, {.bands = signer.options().shape.bands,
                                        .threshold = how.threshold,
                                        .threads = how.threads,
                                        .memory = how.memory});
  const auto members =
      Settle(corpus.size(), links,
             {.before = [&](uint32_t a, uint32_t b) { return corpus.Before(a, b); },
              .documents = &corpus,
              .bands = signer.options().shape.bands,
              .threshold = how.threshold,
              .direct = how.direct,
              .largest = how.largest,
              .threads = how.threads});
  std::map<std::string, std::string> gone;
  for (const Member& member : members) {
    if (member.document == member.survivor) continue;
    EXPECT_GE(Similarity(corpus, member.document, member.partner), how.threshold);
    if (how.direct) {
      EXPECT_EQ(member.partner, member.survivor);
    }
    EXPECT_FALSE(corpus.Before(member.document, member.survivor));
    gone[corpus.at(member.document).id] = corpus.at(member.survivor).id + " " +
                                          corpus.at(member.partner).id + " " +
                                          std::to_string(member.similarity);
  }
  return gone;
}

TEST(Clusters, AreTheSameForAnyOrderThreadsMemoryAndPieces) {
  const Signer signer(SignerOptions{});
  auto documents = Drifting(1);
  for (const bool direct : {false, true}) {
    const auto expected = Gone(documents, signer, {.direct = direct});
    EXPECT_GT(expected.size(), 50U);
    std::mt19937_64 random(2);
    for (int turn = 0; turn < 4; ++turn) {
      std::shuffle(documents.begin(), documents.end(), random);
      EXPECT_EQ(Gone(documents, signer,
                     {.direct = direct,
                      .threads = turn + 1,
                      .memory = turn % 2 == 0 ? 4096 : int64_t{64} << 20,
                      .rows_in_piece = static_cast<size_t>(1 + 13 * turn)}),
                expected);
    }
  }
}

TEST(Clusters, AreChainsUnlessAskedToBeDirect) {
  const Signer signer(SignerOptions{.shape = {128, 2}});
  std::mt19937_64 random(4);
  std::vector<Document> chain = {{"0", RandomText(random, 300)}};
  for (int i = 1; i < 8; ++i) {
    std::string text = chain.back().text;
    text.replace(static_cast<size_t>(i) * 90, 36, RandomText(random, 12));
    chain.push_back({std::to_string(i), text});
  }
  EXPECT_EQ(Gone(chain, signer, {}).size(), 7U);
  const auto direct = Gone(chain, signer, {.direct = true});
  EXPECT_LT(direct.size(), 7U);
  EXPECT_EQ(Gone(chain, signer, {.largest = 5}), direct);
}

TEST(Clusters, HaveEqualTextsWhateverTheirNumber) {
  const Signer signer(SignerOptions{});
  std::mt19937_64 random(7);
  const std::string text = RandomText(random, 50);
  std::vector<Document> documents;
  for (int i = 0; i < 500; ++i) documents.push_back({std::to_string(1000 + i), text});
  documents.push_back({"2000", "短"});
  const auto gone = Gone(documents, signer, {.threads = 2});
  EXPECT_EQ(gone.size(), 499U);
  EXPECT_EQ(gone.begin()->second.substr(0, 9), "1000 1000");
}

// Rows of one form: they share most bands, and resemble each other less than the threshold asks.
std::vector<Document> Form(size_t rows, size_t copies) {
  std::mt19937_64 random(8);
  const std::string form = RandomText(random, 255);
  std::vector<Document> documents;
  for (size_t i = 0; i < rows; ++i) {
    const std::string text = form + RandomText(random, 45);
    for (size_t copy = 0; copy <= copies; ++copy) {
      documents.push_back({std::to_string(10000 + i) + "-" + std::to_string(copy), text});
    }
  }
  return documents;
}

TEST(Clusters, HaveEqualTextsWhateverElseSharesTheirKeys) {
  const Signer signer(SignerOptions{});
  const auto documents = Form(200, 1);
  const auto gone = Gone(documents, signer, {.threads = 2});
  EXPECT_EQ(gone.size(), 200U);
  for (const auto& [id, how] : gone) EXPECT_EQ(how.substr(0, 7), id.substr(0, 5) + "-0");
}

TEST(Links, AreTheSameWithGroupsFoundInAnyNumberOfRanges) {
  const Signer signer(SignerOptions{});
  auto documents = Drifting(3);
  for (const Document& one : Form(60, 2)) documents.push_back(one);
  const Corpus corpus(documents, signer, 50);
  for (const bool verify : {true, false}) {
    LinkOptions options{.bands = signer.options().shape.bands, .threshold = 0.8, .verify = verify};
    const LinkTuples expected = Tuples(FindLinks(corpus, options));
    EXPECT_GT(expected.size(), 100U);
    for (const uint64_t ranges : {1U, 2U, 7U}) {
      for (const int64_t memory : {int64_t{1000}, int64_t{1} << 24}) {
        options.memory = memory;
        const Beforehand beforehand(corpus, options, ranges);
        LinkOptions with = options;
        with.groups = beforehand.lists;
        with.threads = static_cast<int>(ranges);
        EXPECT_EQ(Tuples(FindLinks(corpus, with)), expected) << ranges << " " << memory;
      }
    }
  }
}

// What is known is not looked at; whatever part of it is known, the links are the same.
TEST(Links, AreTheSameWithSimilaritiesFoundBeforehand) {
  const Signer signer(SignerOptions{});
  auto documents = Drifting(5);
  for (const Document& one : Form(60, 1)) documents.push_back(one);
  const Corpus corpus(documents, signer, documents.size());
  std::map<std::pair<uint32_t, uint32_t>, double> seen;
  LinkOptions options{.bands = signer.options().shape.bands, .threshold = 0.8};
  options.compared = [&](uint32_t a, uint32_t b, double similarity) { seen[{a, b}] = similarity; };
  const LinkTuples expected = Tuples(FindLinks(corpus, options));
  for (const uint32_t every : {1U, 3U}) {
    options.known = [&](uint32_t, uint32_t a, uint32_t b) -> std::optional<double> {
      const auto found = seen.find({a, b});
      if (found == seen.end() || (a + b) % every != 0) return std::nullopt;
      return found->second;
    };
    options.compared = nullptr;
    const size_t before = corpus.sets_made;
    EXPECT_EQ(Tuples(FindLinks(corpus, options)), expected);
    EXPECT_EQ(corpus.sets_made == before, every == 1);
  }
}

TEST(Clusters, TakeTimeInProportionToTheRowsOfAForm) {
  const Signer signer(SignerOptions{});
  std::vector<double> made;
  for (const size_t rows : {400U, 1600U}) {
    const Corpus corpus(Form(rows, 0), signer, rows);
    const int bands = signer.options().shape.bands;
    EXPECT_TRUE(FindLinks(corpus, {.bands = bands, .threshold = 0.8}).empty());
    made.push_back(static_cast<double>(corpus.sets_made) / static_cast<double>(rows));
  }
  EXPECT_LT(made[1], 1.5 * made[0]);
}

// Each differs a little from the one before, and hardly resembles the tenth.
TEST(Clusters, TakeTimeInProportionToALongChain) {
  std::mt19937_64 random(9);
  std::vector<uint32_t> members;
  std::vector<Document> chain;
  std::string text = RandomText(random, 300);
  for (uint32_t i = 0; i < 1000; ++i) {
    members.push_back(i);
    chain.push_back({std::to_string(10000 + i), text});
    for (int change = 0; change < 4; ++change) {
      text.replace((random() % 300) * 3, 3, RandomText(random, 1));
    }
  }
  const Signer signer(SignerOptions{});
  const Corpus corpus(chain, signer, chain.size());
  const auto settled = SettleDirectly(members, {.before = {},
                                                .documents = &corpus,
                                                .bands = signer.options().shape.bands,
                                                .threshold = 0.8});
  EXPECT_GT(settled.size(), 600U);
  EXPECT_LT(corpus.sets_made, 10 * chain.size());
  for (const Member& member : settled) {
    EXPECT_GE(Similarity(corpus, member.document, member.survivor), 0.8);
  }
}

TEST(Simhash, GivesWhatSimhashPybindGives) {
  // simhash.compute of the MD5 of windows of six characters.
  EXPECT_EQ(Fingerprint("这是一个用于测试的句子，内容无关紧要。",
                        {.shingle = ShingleKind::kCharacter, .length = 6, .lowercase = true})
                .value(),
            8422864283973980409U);
  EXPECT_FALSE(Fingerprint("五个字的句", {.length = 6}).has_value());
}

TEST(Simhash, FindsAllPairsWithinTheDistance) {
  std::mt19937_64 random(3);
  std::set<uint64_t> made;
  for (int i = 0; i < 60; ++i) {
    const uint64_t base = random();
    made.insert(base);
    for (int k = 0; k < 5; ++k) {
      uint64_t near = base;
      for (uint64_t bit = 0; bit < random() % 7; ++bit) near ^= uint64_t{1} << (random() % 64);
      made.insert(near);
    }
  }
  const std::vector<uint64_t> fingerprints(made.begin(), made.end());
  std::set<std::pair<uint32_t, uint32_t>> expected, found;
  for (uint32_t a = 0; a < fingerprints.size(); ++a) {
    for (uint32_t b = a + 1; b < fingerprints.size(); ++b) {
      if (std::popcount(fingerprints[a] ^ fingerprints[b]) <= 4) expected.insert({a, b});
    }
  }
  ForEachNearPair(fingerprints, 6, 4, [&](NearPair pair) {
    found.insert({std::min(pair.a, pair.b), std::max(pair.a, pair.b)});
  });
  EXPECT_EQ(found, expected);
  EXPECT_GT(expected.size(), 100U);
}

std::vector<std::string> Cores(std::string_view text, const std::vector<Unit>& units) {
  std::vector<std::string> cores;
  for (const Unit& unit : units) {
    cores.emplace_back(text.substr(static_cast<size_t>(unit.core.begin),
                                   static_cast<size_t>(unit.core.end - unit.core.begin)));
  }
  return cores;
}

TEST(Units, AreLinesAndParagraphsWithoutTheirBlanks) {
  const std::string_view text = "\n 甲行 \n乙\n\n\t\n丙行\r\n丁行";
  std::vector<Unit> units;
  Lines(text, 1, units);
  EXPECT_THAT(Cores(text, units), ElementsAre("甲行", "乙", "丙行", "丁行"));
  Lines(text, 2, units);
  EXPECT_THAT(Cores(text, units), ElementsAre("甲行", "丙行", "丁行"));
  Paragraphs(text, 1, units);
  EXPECT_THAT(Cores(text, units), ElementsAre("甲行 \n乙", "丙行\r\n丁行"));
  EXPECT_EQ(text.substr(0, static_cast<size_t>(units[1].whole.begin)), "\n 甲行 \n乙\n\n\t\n");
}

TEST(SeenUnits, AreAllButTheFirstForAnyMemoryAndThreads) {
  class Numbers final : public Units {
   public:
    int chunks() const override { return 37; }
    void Hashes(int chunk, std::vector<UnitHash>& hashes) const override {
      hashes.clear();
      std::mt19937_64 random(static_cast<uint64_t>(chunk));
      for (int i = 0; i < chunk * 7 % 90; ++i) {
        hashes.push_back(HashUnit(std::to_string(random() % 700)));
      }
      if (chunk % 5 == 0) hashes.push_back({});
    }
  };
  const Numbers numbers;
  std::vector<bool> expected;
  std::set<std::pair<uint64_t, uint64_t>> seen;
  std::vector<UnitHash> hashes;
  for (int chunk = 0; chunk < numbers.chunks(); ++chunk) {
    numbers.Hashes(chunk, hashes);
    for (const UnitHash& hash : hashes)
      expected.push_back(!seen.insert({hash.high, hash.low}).second);
  }
  for (const int64_t memory : {int64_t{1000}, int64_t{1} << 24}) {
    for (const int threads : {1, 3}) {
      const SeenUnits units(numbers, {.threads = threads, .memory = memory});
      std::vector<bool> found;
      for (int64_t i = 0; i < static_cast<int64_t>(expected.size()); ++i) {
        found.push_back(units.Before(i));
      }
      EXPECT_EQ(found, expected);
    }
  }
}

}  // namespace
}  // namespace siku::refine::duplicates
