#include "repair/worth_walking.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "repair/damaging_converter.h"
#include "repair/walk.h"

namespace siku::refine {
namespace {

const std::shared_ptr<const Tables>& TheTables() {
  static const auto tables = Tables::Open(Tables::Find().value()).value();
  return tables;
}

bool Worth(std::string_view text) {
  static const MisspeltWords misspelt(*TheTables());
  return WorthWalking(Page(text), *TheTables(), misspelt).has_value();
}

bool Finds(std::string_view text) {
  const Page page(text);
  const RepairOptions options;
  const Repaired found = Walk(page, *TheTables(), options).Run();
  return !found.edits.empty() || !found.flags.empty();
}

// The paragraphs of the example pages, each a text of its own.
std::vector<std::string> Paragraphs() {
  const char* root = std::getenv("SIKU_SOURCE_DIR");
  const auto folder =
      std::filesystem::path(root == nullptr ? "." : root) / "examples/first-light/pages";
  std::vector<std::string> paragraphs;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    for (std::string line; std::getline(file, line);) {
      if (!line.empty()) paragraphs.push_back(line);
    }
  }
  return paragraphs;
}

TEST(WorthWalking, LetsNothingPassThatTheWalkFinds) {
  size_t passed = 0;
  for (const std::string& text : Paragraphs()) {
    if (Worth(text)) continue;
    ++passed;
    EXPECT_FALSE(Finds(text)) << text;
  }
  EXPECT_GT(passed, 0U);
}

TEST(WorthWalking, LetsNothingPassThatAConverterDamaged) {
  for (const std::string& text : Paragraphs()) {
    if (!InGbk(text)) continue;
    for (const bool traditional : {false, true}) {
      for (uint64_t seed = 0; seed < 4; ++seed) {
        const Habits habits{.traditional = traditional,
                            .annotated = seed % 2 == 0 ? 0 : 0.6,
                            .marks = U"，、。！",
                            .slips = 0.05,
                            .narrow = seed < 2,
                            .seed = seed};
        const std::string damaged = Damaged(text, *TheTables(), habits);
        if (!Worth(damaged)) {
          EXPECT_FALSE(Finds(damaged)) << damaged;
        }
      }
    }
  }
}

TEST(WorthWalking, PassesNamesQuestionsAndNotesOfPeople) {
  for (const std::string_view text :
       {"记者胡钰衎来自南方报业传媒集团。", "这些标签列表（daemon）由后台启动。",
        "他是政协委员吗?我们并不知道。", "盱眙县盱城镇的房屋已经登记。"}) {
    EXPECT_FALSE(Worth(text)) << text;
  }
}

TEST(WorthWalking, StopsAtWhatTheWalkTakes) {
  for (const std::string_view text :
       {"据(jù)报道", "據(jù)報(bào)道", "他说锟斤拷锟斤拷", "内存里是烫烫烫烫", "一个\uFFFD字"}) {
    EXPECT_TRUE(!Finds(text) || Worth(text)) << text;
  }
}

}  // namespace
}  // namespace siku::refine
