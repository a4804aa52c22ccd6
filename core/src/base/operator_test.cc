#include "siku/operator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace siku {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OnlyAName final : public Operator {
 public:
  explicit OnlyAName(std::string name) { record_.name = std::move(name); }
  const Record& record() const override { return record_; }
  Result<std::unique_ptr<Bound>> Bind(const Schema&, const Parameters&) const override {
    return Fail(Code::kUnsupported, "only a name");
  }

 private:
  Record record_;
};

TEST(Nearest, FindsTheNameWithALetterMissing) {
  const std::vector<std::string> names{"max_length", "min_confidence", "column"};
  EXPECT_THAT(Nearest("min_confidnce", names), ElementsAre("min_confidence"));
}

TEST(Nearest, FindsALongNameByItsLastPart) {
  const std::vector<std::string> names{"refine.text.repair", "refine.document.drop_duplicates"};
  EXPECT_THAT(Nearest("drop_duplicate", names), ElementsAre("refine.document.drop_duplicates"));
}

TEST(Nearest, FindsTheNameWithTwoLettersSwapped) {
  const std::vector<std::string> names{"use", "from", "with"};
  EXPECT_THAT(Nearest("wiht", names), ElementsAre("with"));
}

TEST(Nearest, IsNotMisledByTheFirstPartsThatManyNamesShare) {
  const std::vector<std::string> names{"refine.text.match"};
  EXPECT_THAT(Nearest("refine.text.zebra", names), IsEmpty());
  EXPECT_THAT(Nearest("refine.txt.match", names), ElementsAre("refine.text.match"));
  EXPECT_THAT(Nearest("text.mach", names), ElementsAre("refine.text.match"));
}

TEST(Nearest, OffersNothingForAnUnlikeWord) {
  const std::vector<std::string> names{"column", "min_confidence"};
  EXPECT_THAT(Nearest("zebra", names), IsEmpty());
}

TEST(Nearest, OffersThreeAtMostBestFirst) {
  const std::vector<std::string> names{"aaab", "aaaa", "aabb", "aaac", "aaad"};
  EXPECT_THAT(Nearest("aaaa", names), ElementsAre("aaaa", "aaab", "aaac"));
}

TEST(Nearest, IgnoresATypedNameLongerThanAnyName) {
  const std::vector<std::string> names{"column"};
  EXPECT_THAT(Nearest(std::string(1000, 'c'), names), IsEmpty());
}

TEST(OperatorSet, FindsByName) {
  const OnlyAName repair("refine.text.repair");
  const Operator* list[] = {&repair};
  OperatorSet set;
  set.Add(list);
  EXPECT_EQ(set.Find("refine.text.repair").value(), &repair);
}

TEST(OperatorSet, NamesTheNearestOfAnUnknownName) {
  const OnlyAName repair("refine.text.repair");
  const Operator* list[] = {&repair};
  OperatorSet set;
  set.Add(list);
  const auto found = set.Find("refine.text.repairs");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, Code::kNotFound);
  EXPECT_EQ(found.error().value, "refine.text.repairs; did you mean refine.text.repair?");
}

TEST(OperatorSet, ListsByName) {
  const OnlyAName second("b.text.x"), first("a.text.x");
  const Operator* list[] = {&second, &first};
  OperatorSet set;
  set.Add(list);
  EXPECT_THAT(set.All(), ElementsAre(&first, &second));
}

TEST(Parameters, GivesEachTypeBack) {
  const Parameters parameters({{"strict", true},
                               {"limit", int64_t{7}},
                               {"share", 0.5},
                               {"column", std::string("text")},
                               {"words", std::vector<std::string>{"一", "二"}}});
  EXPECT_TRUE(parameters.boolean("strict"));
  EXPECT_EQ(parameters.integer("limit"), 7);
  EXPECT_EQ(parameters.real("share"), 0.5);
  EXPECT_EQ(parameters.text("column"), "text");
  EXPECT_THAT(parameters.texts("words"), ElementsAre("一", "二"));
}

}  // namespace
}  // namespace siku
