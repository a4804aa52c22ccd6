#include "siku/refine/data_juicer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "data_juicer/mapping.h"
#include "data_juicer/nearest.h"
#include "data_juicer/values.h"
#include "siku/operator.h"
#include "siku/refine/operators.h"

namespace siku::refine {
namespace {

const OperatorSet& Known() {
  static const OperatorSet set = [] {
    OperatorSet made;
    made.Add(Operators());
    return made;
  }();
  return set;
}

bool Declares(const Record& record, std::string_view name) {
  for (const ParameterSpec& spec : record.parameters) {
    if (spec.name == name) return true;
  }
  return false;
}

TEST(DataJuicerMapping, NamesParametersThatOurOperatorsHave) {
  for (const auto& mapping : data_juicer::Mappings()) {
    const auto found = Known().Find(mapping.ours);
    if (!found.has_value()) continue;
    const Record& record = (*found)->record();
    for (const auto& renamed : mapping.renamed) {
      EXPECT_TRUE(Declares(record, renamed.ours)) << mapping.theirs << ": " << renamed.ours;
    }
    for (const auto& fixed : mapping.fixed) {
      EXPECT_TRUE(Declares(record, fixed.ours)) << mapping.theirs << ": " << fixed.ours;
    }
  }
}

TEST(DataJuicerMapping, NamesANearestThatIsThere) {
  for (const char* theirs :
       {"image_size_filter", "perplexity_filter", "nested_aggregator", "agent_tool_type_mapper",
        "random_selecter", "", "_", "中文", "s3_upload_file_mapper", "key_value_grouper"}) {
    const std::string nearest = data_juicer::NearestTo(theirs).name;
    bool there = Known().Find(nearest).has_value();
    for (const auto& mapping : data_juicer::Mappings()) there = there || mapping.theirs == nearest;
    EXPECT_TRUE(there) << theirs << ": " << nearest;
  }
}

TEST(DataJuicerMapping, HasNoOperatorTwice) {
  for (const auto& lacking : data_juicer::Lackings()) {
    for (const auto& mapping : data_juicer::Mappings()) EXPECT_NE(lacking.theirs, mapping.theirs);
  }
}

TEST(DataJuicerValues, TakesWhatTheirReaderTakes) {
  const auto as = [](const char* text, ParameterType type) {
    YamlNode node;
    node.scalar = text;
    ParameterSpec spec;
    spec.type = type;
    return data_juicer::AsOurs(node, spec).scalar;
  };
  EXPECT_EQ(as("True", ParameterType::kBool), "true");
  EXPECT_EQ(as("no", ParameterType::kBool), "false");
  EXPECT_EQ(as("1e3", ParameterType::kInt), "1000");
  EXPECT_EQ(as("1_000", ParameterType::kInt), "1000");
  EXPECT_EQ(as("1.5", ParameterType::kInt), "1.5");
  EXPECT_EQ(as(".5", ParameterType::kReal), "0.5");
  EXPECT_EQ(as("9223372036854775807", ParameterType::kInt), "9223372036854775807");
  EXPECT_EQ(as("True", ParameterType::kText), "True");
}

TEST(DataJuicerValues, MakesNamesOfDatasets) {
  EXPECT_EQ(data_juicer::DatasetName("My Project 1"), "my-project-1");
  EXPECT_EQ(data_juicer::DatasetName("中文"), "data-juicer");
  EXPECT_EQ(data_juicer::Ending("a/B.JSONL.zst"), "jsonl");
}

// The page ends with the tables; SIKU_UPDATE_DOCS=1 writes them.
TEST(DataJuicerPage, HasTheTables) {
  const std::string path = std::string(std::getenv("SIKU_SOURCE_DIR")) + "/docs/data-juicer.md";
  std::ifstream file(path);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  constexpr std::string_view kMark = "<!-- tables";
  const size_t mark = page.find(kMark);
  ASSERT_NE(mark, std::string::npos);
  const size_t begin = page.find('\n', mark) + 1;
  const std::string tables = "\n" + DataJuicerTables();
  if (std::getenv("SIKU_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << page.substr(0, begin) << tables;
    return;
  }
  EXPECT_EQ(page.substr(begin), tables) << "SIKU_UPDATE_DOCS=1 writes it";
}

}  // namespace
}  // namespace siku::refine
