#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "operators_test.h"
#include "siku/recipe.h"

namespace siku::recipe {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

const json& Schema() {
  static const json schema = json::parse(RecipeSchema(TestOperators()));
  return schema;
}
const json& Parameter(const std::string& name) {
  return Schema()["$defs"]["parameters.refine.text.repair_encoding"]["properties"][name];
}

void VisitObjects(const json& node, const std::function<void(const json&)>& visit) {
  if (node.is_object()) visit(node);
  if (node.is_structured()) {
    for (const json& child : node) VisitObjects(child, visit);
  }
}

TEST(RecipeSchema, IsOfTheDraftThatEditorsKnow) {
  EXPECT_EQ(Schema()["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(Schema()["additionalProperties"], false);
}

TEST(RecipeSchema, KnowsTypeRangeDefaultAndChoicesOfParameters) {
  EXPECT_EQ(Parameter("min_confidence")["type"], "number");
  EXPECT_EQ(Parameter("min_confidence")["minimum"], 0.0);
  EXPECT_EQ(Parameter("min_confidence")["maximum"], 1.0);
  EXPECT_EQ(Parameter("min_confidence")["default"], 0.9);
  EXPECT_EQ(Parameter("min_confidence")["description"],
            "How sure a repair must be. Unit: ratio.\n修复所需的置信度。");
  EXPECT_EQ(Parameter("window")["type"], "integer");
  EXPECT_FALSE(Parameter("window").contains("maximum"));
  EXPECT_EQ(Parameter("strict")["type"], "boolean");
  EXPECT_EQ(Parameter("strict")["default"], false);
  EXPECT_THAT(Parameter("mode")["enum"], ElementsAre("fast", "careful"));
  EXPECT_EQ(Parameter("words")["default"], json::array());
}

TEST(RecipeSchema, RequiresWhatHasNoDefault) {
  EXPECT_THAT(Schema()["$defs"]["parameters.refine.text.match"]["required"],
              ElementsAre("pattern"));
  EXPECT_FALSE(Schema()["$defs"]["parameters.refine.text.repair_encoding"].contains("required"));
  // Its bare name is no step of a chain.
  EXPECT_THAT(Schema()["$defs"]["chain_step"]["oneOf"][0]["enum"],
              ElementsAre("refine.document.split_paragraphs", "refine.text.repair_encoding"));
}

TEST(RecipeSchema, ClosesEveryObjectWithNamedProperties) {
  VisitObjects(Schema(), [](const json& node) {
    if (node.value("type", json()) == "object" && node.contains("properties")) {
      EXPECT_EQ(node.value("additionalProperties", true), false) << node.dump();
    }
  });
}

TEST(RecipeSchema, RefersOnlyToWhatItDefines) {
  VisitObjects(Schema(), [](const json& node) {
    if (!node.contains("$ref")) return;
    const std::string name = node["$ref"].get<std::string>().substr(8);
    EXPECT_TRUE(Schema()["$defs"].contains(name)) << name;
  });
}

TEST(RecipeSchema, OfNoOperatorsIsStillASchema) {
  EXPECT_TRUE(json::accept(RecipeSchema(OperatorSet())));
}

}  // namespace
}  // namespace siku::recipe
