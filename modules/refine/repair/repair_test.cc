#include "siku/refine/repair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "repair/damaging_converter.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::filesystem::path Example(const std::string& name) {
  return std::filesystem::path(Variable("SIKU_SOURCE_DIR")) / "examples/first-light" / name;
}

const std::shared_ptr<const Tables>& TheTables() {
  static const auto tables = [] {
    auto path = Tables::Find();
    EXPECT_TRUE(path.has_value());
    return Tables::Open(*path).value();
  }();
  return tables;
}

Repaired Found(std::string_view text, const RepairOptions& options = {}) {
  return Repairer(TheTables(), options).Repair(text);
}

std::string Fixed(std::string_view text, const RepairOptions& options = {}) {
  return ApplyEdits(text, Found(text, options).edits);
}

TEST(RepairPage, ComesBackAsPrinted) {
  const std::string page = ReadFile(Example("pages/policy-news.damaged.txt"));
  EXPECT_EQ(Fixed(page), ReadFile(Example("expected/policy-news.txt")));
  EXPECT_TRUE(Found(page).flags.empty());
}

TEST(RepairPage, EachEditIsExplainedByARule) {
  std::map<Rule, int> count;
  const std::string page = ReadFile(Example("pages/policy-news.damaged.txt"));
  for (const TextEdit& edit : Found(page).edits) {
    ++count[edit.rule];
    EXPECT_GE(edit.confidence, 0.9);
  }
  EXPECT_EQ(count[Rule::kShiftedRun], 3);
  EXPECT_EQ(count[Rule::kRestoreReading], 1);
  EXPECT_GT(count[Rule::kStripAnnotation], 100);
  EXPECT_GT(count[Rule::kSimplify], 100);
}

}  // namespace
}  // namespace siku::refine
