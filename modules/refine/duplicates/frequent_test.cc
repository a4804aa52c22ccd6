#include "duplicates/frequent.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

namespace siku::refine::duplicates {
namespace {

// Documents of drawn words, ten to a chunk.
class Drawn final : public DocumentUnits {
 public:
  explicit Drawn(int documents) {
    std::mt19937 draw(20261130);
    for (int i = 0; i < documents; ++i) {
      std::vector<int> words(draw() % 12);
      for (int& word : words) word = static_cast<int>(draw() % (draw() % 400 + 1));
      documents_.push_back(std::move(words));
    }
  }
  int chunks() const override { return static_cast<int>(documents_.size() + 9) / 10; }
  void Units(int chunk, std::vector<DocumentUnit>& units) const override {
    units.clear();
    for (size_t i = static_cast<size_t>(chunk) * 10;
         i < documents_.size() && i / 10 == static_cast<size_t>(chunk); ++i) {
      for (const int word : documents_[i]) {
        units.push_back({HashUnit(std::to_string(word)), static_cast<int64_t>(i)});
      }
    }
  }
  const std::vector<std::vector<int>>& documents() const { return documents_; }

 private:
  std::vector<std::vector<int>> documents_;
};

TEST(FrequentUnits, CountsDocumentsWhateverMemoryAndThreads) {
  const Drawn drawn(997);
  std::map<int, std::set<size_t>> places;
  for (size_t i = 0; i < drawn.documents().size(); ++i) {
    for (const int word : drawn.documents()[i]) places[word].insert(i);
  }
  for (const int64_t more_than : {0, 20}) {
    for (const int64_t memory : {int64_t{1} << 30, int64_t{200'000}}) {
      for (const int threads : {1, 3}) {
        const FrequentUnits frequent(drawn, more_than, {.threads = threads, .memory = memory});
        int64_t number = 0;
        for (size_t i = 0; i < drawn.documents().size(); ++i) {
          if (i % 10 == 0) {
            EXPECT_EQ(frequent.first(static_cast<int>(i) / 10), number);
          }
          for (const int word : drawn.documents()[i]) {
            const bool expected = static_cast<int64_t>(places[word].size()) > more_than;
            ASSERT_EQ(frequent.Frequent(number++), expected) << word;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace siku::refine::duplicates
