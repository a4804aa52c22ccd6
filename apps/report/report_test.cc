#include "report.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "run/test_operators.h"
#include "sealed.h"
#include "siku/run.h"

namespace siku::report {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPlanted = "planted-4711";

// The operator that it wraps, with a record that says it conceals.
class Concealing final : public Operator {
 public:
  explicit Concealing(const Operator& inner) : inner_(inner), record_(inner.record()) {
    record_.traits.conceals = true;
  }
  const Record& record() const override { return record_; }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input, const Parameters& p) const override {
    return inner_.Bind(input, p);
  }

 private:
  const Operator& inner_;
  Record record_;
};

class ReportTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("siku-report-test-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    store_ = Store::Open((folder_ / "store").string()).value();
    // One is edited, one is too short, one is no row.
    std::ofstream(folder_ / "in.jsonl") << "{\"text\": \"a word " << kPlanted << "\"}\n"
                                        << "{\"text\": \"b\", \"more\": \"" << kPlanted << "\"}\n"
                                        << "no json " << kPlanted << "\n";
    Run("test.rows.drop_short");
  }
  // With `use` as the first of two steps.
  void Run(const std::string& use) {
    const RunRequest request{
        "inputs:\n  in: {path: in.jsonl, columns: {text: text, more: text}}\n"
        "steps:\n  long: {use: " +
            use +
            ", from: in}\n"
            "  loud: {use: test.text.shout, from: long}\noutput: out\n",
        "recipe.yaml", folder_.string()};
    auto summary = StartRun(*store_, run::TestOperators(), request, {});
    ASSERT_TRUE(summary.has_value()) << Describe(summary.error());
    run_ = summary->run;
  }
  void TearDown() override {
    store_.reset();
    fs::remove_all(folder_);
  }
  std::string Html(const OperatorSet& operators) {
    const std::string path = (folder_ / "report.html").string();
    const auto written = WriteReport(*store_, operators, run_, path);
    EXPECT_TRUE(written.has_value()) << Describe(written.error());
    sealed_ = written->sealed;
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // The test operators, the one of that name as `other`; null: without it.
  static OperatorSet With(const std::string& name, const Operator* other) {
    OperatorSet operators;
    for (const Operator* one : run::TestOperators().All()) {
      const Operator* chosen = one->record().name == name ? other : one;
      if (chosen != nullptr) operators.Add(std::span(&chosen, 1));
    }
    return operators;
  }
  static nlohmann::json Data(const std::string& html) {
    const std::string mark = "<script type=\"application/json\" id=\"data\">";
    const size_t begin = html.find(mark) + mark.size();
    return nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
  }

  fs::path folder_;
  std::unique_ptr<Store> store_;
  std::string run_;
  bool sealed_ = false;
};

TEST_F(ReportTest, ShowsTextsThatNothingConceals) {
  const auto data = Data(Html(run::TestOperators()));
  EXPECT_FALSE(sealed_);
  EXPECT_EQ(data.at("pages").size(), 1);
  EXPECT_EQ(data.at("rejects").size(), 2);
  EXPECT_NE(data.dump().find(kPlanted), std::string::npos);
}

TEST_F(ReportTest, HoldsNothingOfAStepThatConcealsNorOfThoseBeforeIt) {
  const Operator& shout = **run::TestOperators().Find("test.text.shout");
  const Concealing concealing(shout);
  const std::string html = Html(With("test.text.shout", &concealing));
  EXPECT_TRUE(sealed_);
  EXPECT_EQ(html.find(kPlanted), std::string::npos);
  const auto data = Data(html);
  EXPECT_EQ(data.dump().find(kPlanted), std::string::npos);
  EXPECT_TRUE(data.at("pages").empty());
  EXPECT_TRUE(data.at("rejects").empty());
  EXPECT_FALSE(data.contains("yaml"));
  // What was done is still counted.
  EXPECT_EQ(data.at("rows"), 2);
  EXPECT_EQ(data.at("steps").at(0).at("counts").at("rejected"), 1);
}

TEST_F(ReportTest, TakesAnOperatorThatItDoesNotKnowForOneThatConceals) {
  const std::string html = Html(With("test.text.shout", nullptr));
  EXPECT_TRUE(sealed_);
  EXPECT_EQ(html.find(kPlanted), std::string::npos);
}

TEST_F(ReportTest, HoldsNumbersOfStepsThatNothingConceals) {
  Run("test.rows.two_bytes");
  const auto data = Data(Html(run::TestOperators()));
  const auto& step = data.at("numbers").at("steps").at(0);
  EXPECT_EQ(step.at("step"), "long");
  EXPECT_EQ(step.at("statistics").at(0).at("min").at(0), 1);  // the row that is "b"
  EXPECT_EQ(step.at("borders").at(0).at("dropped").at(0).at("text"), "b");
  EXPECT_EQ(step.at("intervals").at(0).at("low"), 2);
  EXPECT_EQ(data.at("steps").at(0).at("counts").at("bytes_in"), 7 + 12 + 1);
}

TEST_F(ReportTest, HoldsNoNumbersOfAStepBeforeOneThatConceals) {
  Run("test.rows.two_bytes");
  const Concealing concealing(**run::TestOperators().Find("test.text.shout"));
  const std::string html = Html(With("test.text.shout", &concealing));
  EXPECT_EQ(html.find(kPlanted), std::string::npos);
  EXPECT_TRUE(Data(html).at("numbers").is_null());
}

RunShape ShapeOf(std::vector<RunShape::Step> steps) {
  return {.yaml = {}, .canonical = {}, .tables = {}, .steps = std::move(steps)};
}

SourceSummary SourceOf(std::string input, std::string digest) {
  return {std::move(input), "in.jsonl", "jsonl", "utf-8", 1, std::move(digest)};
}

class SealedTest : public ReportTest {
 protected:
  // The operator of that name conceals, all others do not.
  std::set<std::string> Sealed(std::vector<RunShape::Step> steps,
                               const std::vector<SourceSummary>& sources = {}) {
    const Concealing concealing(**run::TestOperators().Find("test.text.shout"));
    return SealedSteps(ShapeOf(std::move(steps)), With("test.text.shout", &concealing), sources);
  }
  using Names = std::set<std::string>;
};

TEST_F(SealedTest, SealsWhatTakesTheSameRowsOnAnotherWay) {
  const auto sealed = Sealed({{"first", "test.rows.drop_short", "text", {"in"}},
                              {"mask", "test.text.shout", "text", {"first"}},
                              {"beside", "test.rows.drop_short", "text", {"first"}},
                              {"behind", "test.rows.drop_short", "text", {"beside"}},
                              {"after", "test.rows.drop_short", "text", {"mask"}},
                              {"other", "test.rows.drop_short", "text", {"else"}}});
  EXPECT_EQ(sealed, Names({"", "in", "first", "mask", "beside", "behind"}));
}

TEST_F(SealedTest, SealsWhatMixesRowsThatAreConcealedElsewhere) {
  const auto sealed = Sealed({{"mask", "test.text.shout", "text", {"in"}},
                              {"both", "test.rows.drop_short", "text", {"mask", "in"}}});
  EXPECT_TRUE(sealed.contains("both"));
}

TEST_F(SealedTest, SealsTheSameFileUnderAnotherName) {
  const auto sealed = Sealed({{"mask", "test.text.shout", "text", {"a"}},
                              {"same", "test.rows.drop_short", "text", {"b"}},
                              {"other", "test.rows.drop_short", "text", {"c"}}},
                             {SourceOf("a", "1"), SourceOf("b", "1"), SourceOf("c", "2")});
  EXPECT_TRUE(sealed.contains("same"));
  EXPECT_FALSE(sealed.contains("other"));
}

TEST_F(SealedTest, SealsNothingWhereNothingConceals) {
  const auto sealed = SealedSteps(ShapeOf({{"a", "test.text.shout", "text", {"in"}}}),
                                  run::TestOperators(), {SourceOf("in", "1")});
  EXPECT_TRUE(sealed.empty());
}

TEST_F(ReportTest, GivesTheSameBytesForTheSameRun) {
  EXPECT_EQ(Html(run::TestOperators()), Html(run::TestOperators()));
}

}  // namespace
}  // namespace siku::report
