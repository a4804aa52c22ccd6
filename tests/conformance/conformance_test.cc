// Takes the cases of every operator through the engine, whole and one row a batch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

#include "case_file.h"
#include "engine_runner.h"
#include "siku/recipe.h"
#include "siku/refine/operators.h"

namespace siku::conformance {
namespace {

std::filesystem::path Root() {
  const char* root = std::getenv("SIKU_SOURCE_DIR");
  return root == nullptr ? "." : root;
}

std::vector<Case> AllCases() {
  std::vector<Case> all;
  for (const char* folder : {"modules", "examples"}) {
    for (const auto& file : FindCaseFiles(Root() / folder)) {
      for (Case& found : ReadCases(file)) all.push_back(std::move(found));
    }
  }
  return all;
}

std::optional<double> NumberOf(const std::string& cell) {
  if (cell == ".nan" || cell == "nan") return std::nan("");
  if (cell == ".inf" || cell == "inf") return HUGE_VAL;
  if (cell == "-.inf" || cell == "-inf") return -HUGE_VAL;
  char* end = nullptr;
  const double value = std::strtod(cell.c_str(), &end);
  if (end == cell.c_str() || *end != '\0') return std::nullopt;
  return value;
}

// Numbers may be written in more than one way.
bool SameCell(const Cell& expected, const Cell& found) {
  if (expected == found) return true;
  if (!expected || !found) return false;
  const auto a = NumberOf(*expected), b = NumberOf(*found);
  return a && b && expected->find('.') != std::string::npos &&
         (*a == *b || (std::isnan(*a) && std::isnan(*b)));
}

void ExpectRows(const std::vector<Row>& expected, const std::vector<Row>& found) {
  ASSERT_EQ(expected.size(), found.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    for (const auto& [column, cell] : expected[i]) {
      const auto at = found[i].find(column);
      ASSERT_NE(at, found[i].end()) << "no column " << column;
      EXPECT_TRUE(SameCell(cell, at->second))
          << "row " << i << ", " << column << "\n  expected: " << cell.value_or("null")
          << "\n  found:    " << at->second.value_or("null");
    }
  }
}

std::string Show(const ExpectedFlag& flag) {
  return std::to_string(flag.row) + " " + flag.kind + " " + flag.at;
}
std::string Show(const ExpectedReject& reject) {
  return std::to_string(reject.row) + " " + reject.reason + " " +
         (reject.into ? std::to_string(*reject.into) : "-");
}
template <class T>
std::vector<std::string> Shown(const std::vector<T>& items) {
  std::vector<std::string> shown;
  for (const T& item : items) shown.push_back(Show(item));
  return shown;
}

class CaseTest : public testing::Test {
 public:
  explicit CaseTest(Case given) : given_(std::move(given)) {}
  void TestBody() override {
    for (const int64_t rows_per_batch : {int64_t{1000}, int64_t{1}}) {
      const auto outcome = RunCase(given_, rows_per_batch);
      ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
      if (given_.expect) ExpectRows(*given_.expect, outcome->outputs.at(outcome->first_output));
      for (const auto& [port, rows] : given_.outputs) {
        ASSERT_TRUE(outcome->outputs.contains(port)) << port;
        ExpectRows(rows, outcome->outputs.at(port));
      }
      EXPECT_EQ(Shown(given_.rejects), Shown(outcome->rejects));
      EXPECT_EQ(Shown(given_.flags), Shown(outcome->flags));
      EXPECT_EQ(given_.rules, outcome->rules);
    }
  }

 private:
  Case given_;
};

TEST(CaseFiles, CoverEveryOperator) {
  std::set<std::string> covered, names;
  for (const Case& given : AllCases()) {
    covered.insert(given.op);
    EXPECT_TRUE(names.insert(given.op + "/" + given.name).second) << given.op << given.name;
  }
  for (const Operator* op : refine::Operators()) {
    EXPECT_TRUE(covered.contains(op->record().name)) << op->record().name;
  }
}

TEST(ExampleRecipe, IsReadWithoutMistakes) {
  OperatorSet operators;
  operators.Add(refine::Operators());
  const auto file = Root() / "examples/first-light/recipe.yaml";
  std::ifstream stream(file);
  const std::string yaml{std::istreambuf_iterator<char>(stream), {}};
  const auto recipe = ParseRecipe(yaml, "recipe.yaml", operators);
  ASSERT_TRUE(recipe.has_value()) << Describe(recipe.error());
  EXPECT_EQ(recipe->outputs.front().dataset, "first-light");
}

const bool kRegistered = [] {
  for (const Case& given : AllCases()) {
    testing::RegisterTest(given.op.c_str(), given.name.c_str(), nullptr, nullptr, __FILE__,
                          __LINE__, [given]() -> testing::Test* { return new CaseTest(given); });
  }
  return true;
}();

}  // namespace
}  // namespace siku::conformance
