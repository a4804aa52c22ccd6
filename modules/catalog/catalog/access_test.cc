#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "catalog/catalog_for_tests.h"
#include "catalog/inheritance.h"
#include "rows/conditions.h"
#include "siku/catalog/catalog.h"
#include "siku/catalog/rows.h"

namespace siku::catalog {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const Actor kReader{.account = "yu", .roles = {Role::kReader}};
const Actor kAnybody{};

/// number, text, day and measure; the second row is null.
Batch Rows() {
  arrow::Int64Builder numbers;
  arrow::LargeStringBuilder texts;
  arrow::Date32Builder days;
  arrow::DoubleBuilder measures;
  EXPECT_TRUE(numbers.AppendValues({1, 0, 3, 4}, {true, false, true, true}).ok());
  EXPECT_TRUE(texts.Append("南山").ok() && texts.AppendNull().ok());
  EXPECT_TRUE(texts.Append("福田").ok() && texts.Append("").ok());
  EXPECT_TRUE(days.AppendValues({0, 0, 19'723, 2}, {true, false, true, true}).ok());
  EXPECT_TRUE(measures.AppendValues({0.5, 0, NAN, 2}, {true, false, true, true}).ok());
  const auto schema = arrow::schema(
      {arrow::field("number", arrow::int64()), arrow::field("text", arrow::large_utf8()),
       arrow::field("day", arrow::date32()), arrow::field("measure", arrow::float64())});
  return arrow::RecordBatch::Make(
      schema, 4, {*numbers.Finish(), *texts.Finish(), *days.Finish(), *measures.Finish()});
}

/// Numbers of the rows that fit; 0 of the null one.
std::vector<int64_t> Fitting(const std::vector<RowFilter>& filters) {
  const Batch rows = Rows();
  const auto bound = RowConditions::Bind(rows->schema(), filters, "rows");
  EXPECT_TRUE(bound.has_value());
  const Batch kept = bound->Keep(rows).value();
  EXPECT_TRUE(kept->ValidateFull().ok());
  const auto& numbers = static_cast<const arrow::Int64Array&>(*kept->column(0));
  std::vector<int64_t> all;
  for (int64_t i = 0; i < kept->num_rows(); ++i) {
    all.push_back(numbers.IsNull(i) ? 0 : numbers.Value(i));
  }
  return all;
}

TEST(RowConditions, CompareAsTheColumnsTypeDoes) {
  EXPECT_THAT(Fitting({{"number", "ge", {"3"}}}), ElementsAre(3, 4));
  EXPECT_THAT(Fitting({{"number", "in", {"4", "1", "7"}}}), ElementsAre(1, 4));
  EXPECT_THAT(Fitting({{"number", "gt", {"1"}}, {"number", "lt", {"4"}}}), ElementsAre(3));
  EXPECT_THAT(Fitting({{"text", "starts", {"福"}}}), ElementsAre(3));
  EXPECT_THAT(Fitting({{"text", "contains", {"山"}}}), ElementsAre(1));
  EXPECT_THAT(Fitting({{"text", "eq", {""}}}), ElementsAre(4));
  EXPECT_THAT(Fitting({{"day", "eq", {"2024-01-01"}}}), ElementsAre(3));
  EXPECT_THAT(Fitting({}), ElementsAre(1, 0, 3, 4));
}

TEST(RowConditions, NullFitsNullAndNeAlone) {
  EXPECT_THAT(Fitting({{"text", "null", {}}}), ElementsAre(0));
  EXPECT_THAT(Fitting({{"text", "not_null", {}}}), ElementsAre(1, 3, 4));
  EXPECT_THAT(Fitting({{"number", "ne", {"3"}}}), ElementsAre(1, 0, 4));
  for (const char* op : {"eq", "lt", "le", "gt", "ge"}) {
    EXPECT_THAT(Fitting({{"number", op, {"0"}}, {"number", "null", {}}}), IsEmpty()) << op;
  }
}

TEST(RowConditions, NotANumberFitsNeAlone) {
  EXPECT_THAT(Fitting({{"measure", "ne", {"2"}}}), ElementsAre(1, 0, 3));
  EXPECT_THAT(Fitting({{"measure", "gt", {"0"}}}), ElementsAre(1, 4));
  EXPECT_THAT(Fitting({{"measure", "le", {"9"}}}), ElementsAre(1, 4));
}

TEST(RowConditions, RefuseWhatCannotBeJudgedWithItsPlace) {
  const auto refused = [](const RowFilter& filter) {
    const auto bound = RowConditions::Bind(Rows()->schema(), {{"number", "null", {}}, filter}, "r");
    EXPECT_FALSE(bound.has_value());
    return bound.has_value() ? "" : bound.error().place;
  };
  EXPECT_EQ(refused({"none", "null", {}}), "r[1].field");
  EXPECT_EQ(refused({"number", "eq", {"1.5"}}), "r[1].value");
  EXPECT_EQ(refused({"number", "eq", {"1 OR 1"}}), "r[1].value");
  EXPECT_EQ(refused({"day", "eq", {"2024-02-30"}}), "r[1].value");
  EXPECT_EQ(refused({"number", "contains", {"1"}}), "r[1].op");
  EXPECT_EQ(refused({"number", "eq", {}}), "r[1]");
  EXPECT_EQ(refused({"number", "like", {"1"}}), "r[1]");
}

TEST(AccessJson, IsReadAsItIsWritten) {
  const json list = json::parse(R"([{"who": "role:reader", "columns": ["phone"], "nothing": false,
    "rows": [{"field": "n", "op": "in", "value": ["1", "2"]}, {"field": "n", "op": "null"},
             {"field": "t", "op": "eq", "value": "x"}]}])");
  EXPECT_EQ(AccessRulesJson(ReadAccessRules(list, "rules").value()), list);
  for (const char* bad :
       {"{}", "[1]", R"([{"who": 1, "nothing": true}])",
        R"([{"who": "everybody", "columns": "phone"}])",
        R"([{"who": "everybody", "columns": [""]}])", R"([{"who": "everybody", "nothing": "yes"}])",
        R"([{"who": "everybody", "rows": [{"field": "n", "op": "eq",
                               "value": {"sql": "1"}}]}])"}) {
    EXPECT_EQ(ReadAccessRules(json::parse(bad), "rules").error().code, Code::kInvalid) << bad;
  }
}

TEST(Inheritance, ARuleThatCannotBeJudgedLetsNothingBeRead) {
  const AccessRule rule{.who = "everybody", .keeps = {{"text", "gone"}, {{"number", "gt", {"2"}}}}};
  AccessRule of_gone = rule;
  of_gone.keeps.rows.push_back({"gone", "eq", {"x"}});
  AccessRule of_other_type = rule;
  of_other_type.keeps.rows = {{"number", "eq", {"南山"}}};
  const AccessRule only_gone{.who = "role:reader", .keeps = {{"gone"}, {}}};
  const auto fitting = RulesFor(Rows()->schema(), {rule, of_gone, of_other_type, only_gone});
  ASSERT_EQ(fitting.size(), 3U);
  EXPECT_THAT(fitting[0].keeps.columns, ElementsAre("text"));
  EXPECT_EQ(fitting[0].keeps.rows.size(), 1U);
  EXPECT_FALSE(fitting[0].nothing);
  EXPECT_TRUE(fitting[1].nothing && fitting[2].nothing);
}

class AccessTest : public WithCatalog {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(WithCatalog::SetUp());
    Dataset dataset{.name = "bus", .organisation = "jtj", .title = "公交"};
    dataset.open_class = OpenClass::kConditional;
    ASSERT_TRUE(catalog_->CreateDataset(kPublisher, dataset).has_value());
    ASSERT_TRUE(
        catalog_->CreateAccount(kAdministrator, "yu", "correct horse battery", {Role::kReader}));
  }
  void Sql(const char* sql) {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(database().c_str(), &raw), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(raw);
  }
  static Grant To(const std::string& who) { return {.who = who, .purpose = "研究"}; }
};

TEST_F(AccessTest, OnlyTheStaffSeesAndSets) {
  EXPECT_EQ(catalog_->Access(kReader, "bus").error().code, Code::kDenied);
  EXPECT_EQ(catalog_->SetAccess(kAnybody, "bus", {}).error().code, Code::kDenied);
  EXPECT_EQ(catalog_->GrantAccess(kReader, "bus", To("account:yu"), 1).error().code, Code::kDenied);
  EXPECT_EQ(catalog_->RevokeGrant(kReader, "bus", "x").error().code, Code::kDenied);
  EXPECT_THAT(catalog_->Access(kPublisher, "bus")->rules, IsEmpty());
}

TEST_F(AccessTest, ANewGrantEndsTheOneBefore) {
  ASSERT_TRUE(catalog_->GrantAccess(kPublisher, "bus", To("account:yu"), 1).has_value());
  const auto second = catalog_->GrantAccess(kPublisher, "bus", To("account:yu"), 30);
  ASSERT_TRUE(second.has_value());
  const auto grants = catalog_->Access(kPublisher, "bus")->grants;
  ASSERT_EQ(grants.size(), 2U);
  EXPECT_EQ(
      std::count_if(grants.begin(), grants.end(), [](const Grant& one) { return one.ended == 0; }),
      1);
  // A draft is there for the staff alone, whatever is granted.
  EXPECT_EQ(catalog_->Read(kReader, "bus", 0).error().code, Code::kNotFound);
  EXPECT_TRUE(catalog_->RevokeGrant(kPublisher, "bus", second->id).has_value());
  EXPECT_EQ(catalog_->RevokeGrant(kPublisher, "bus", second->id).error().code, Code::kNotFound);
}

TEST_F(AccessTest, RulesAreKeptWithTheirDateAndAuthor) {
  const AccessRule rule{.who = "account:yu", .keeps = {{"phone"}, {}}};
  ASSERT_TRUE(catalog_->SetAccess(kPublisher, "bus", {rule}).has_value());
  catalog_ = Catalog::Open(database(), *store_).value();
  const auto policy = catalog_->Access(kPublisher, "bus").value();
  ASSERT_EQ(policy.rules.size(), 1U);
  EXPECT_THAT(policy.rules[0].keeps.columns, ElementsAre("phone"));
  EXPECT_EQ(policy.by, "lin");
  EXPECT_GT(policy.since, 0);
  EXPECT_EQ(catalog_->Audit(kAdministrator, 0, 100)->back().action, "access.rules");
  EXPECT_EQ(catalog_->SetAccess(kPublisher, "bus", {{.who = "account:wu", .nothing = true}})
                .error()
                .place,
            "rules[0].who");
}

TEST_F(AccessTest, ADamagedRuleOpensNothing) {
  ASSERT_TRUE(
      catalog_->SetAccess(kPublisher, "bus", {{.who = "everybody", .nothing = true}}).has_value());
  Sql("UPDATE records SET body = '{' WHERE kind = 'access'");
  EXPECT_FALSE(catalog_->Read(kReader, "bus", 0).has_value());
  EXPECT_FALSE(catalog_->Read(kPublisher, "bus", 0).has_value());
}

TEST_F(AccessTest, CataloguesOfFormatsBeforeAreTakenOverAndANewerOneRefused) {
  catalog_.reset();
  Sql("DROP TABLE version_files; UPDATE meta SET value = '2' WHERE key = 'format'");
  catalog_ = Catalog::Open(database(), *store_).value();
  EXPECT_TRUE(catalog_->Find(kPublisher, "bus").has_value());
  catalog_.reset();
  Sql("DROP TABLE version_files; DROP TABLE grants; UPDATE meta SET value = '1'"
      " WHERE key = 'format'");
  catalog_ = Catalog::Open(database(), *store_).value();
  EXPECT_EQ(catalog_->Find(kPublisher, "bus")->dataset.title, "公交");
  EXPECT_TRUE(catalog_->GrantAccess(kPublisher, "bus", To("account:yu"), 1).has_value());
  catalog_.reset();
  Sql("UPDATE meta SET value = '99' WHERE key = 'format'");
  EXPECT_EQ(Catalog::Open(database(), *store_).error().code, Code::kUnsupported);
}

TEST_F(AccessTest, ACopyHasRulesAndGrants) {
  ASSERT_TRUE(
      catalog_->SetAccess(kPublisher, "bus", {{.who = "everybody", .nothing = true}}).has_value());
  ASSERT_TRUE(catalog_->GrantAccess(kPublisher, "bus", To("account:yu"), 1).has_value());
  const std::string copy = folder_ + "/copy.db";
  ASSERT_TRUE(CopyCatalogue(database(), copy).has_value());
  const auto policy = Catalog::Open(copy, *store_).value()->Access(kPublisher, "bus").value();
  EXPECT_EQ(AccessPolicyJson(policy), AccessPolicyJson(*catalog_->Access(kPublisher, "bus")));
}

}  // namespace
}  // namespace siku::catalog
