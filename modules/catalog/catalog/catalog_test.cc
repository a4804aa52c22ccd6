#include "siku/catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include "catalog/catalog_for_tests.h"
#include "database/database.h"

namespace siku::catalog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Actor kAnybody{};

class CatalogTest : public WithCatalog {
 protected:
  Dataset Make(const std::string& name, const std::string& title, const char* state = "published") {
    return Dataset{.name = name, .organisation = "jtj", .title = title, .state = state};
  }
  std::vector<std::string> Found(const std::string& text, const Actor& actor = kAnybody) {
    std::vector<std::string> names;
    const auto found = catalog_->Search(actor, {.text = text}).value();
    for (const Listed& listed : found.datasets) {
      names.push_back(listed.dataset.name);
    }
    return names;
  }
};

TEST_F(CatalogTest, FindsWhatIsPublishedAndNothingElse) {
  ASSERT_TRUE(catalog_->CreateDataset(kPublisher, Make("bus", "公交站点")).has_value());
  ASSERT_TRUE(catalog_->CreateDataset(kPublisher, Make("metro", "地铁站点", "draft")).has_value());
  Dataset closed = Make("secret", "涉密站点");
  closed.open_class = OpenClass::kClosed;
  ASSERT_TRUE(catalog_->CreateDataset(kPublisher, closed).has_value());
  EXPECT_THAT(Found("站点"), ElementsAre("bus"));
  EXPECT_EQ(Found("站点", kPublisher).size(), 3U);
  EXPECT_THAT(*catalog_->Names(kAnybody), ElementsAre("bus"));
  for (const char* name : {"metro", "secret"}) {
    EXPECT_EQ(catalog_->Find(kAnybody, name).error().code, Code::kNotFound) << name;
  }
}

TEST_F(CatalogTest, KeepsAcrossProcesses) {
  Dataset bus = Make("bus", "公交站点");
  bus.keywords = {"交通"};
  bus.contacts = {{"林", "lin@example.cn", ""}};
  bus.links = {{"", "站点", "https://example.cn/a.csv", "CSV", ""}};
  ASSERT_TRUE(catalog_->CreateDataset(kPublisher, bus).has_value());
  catalog_ = Catalog::Open(database(), *store_).value();
  EXPECT_THAT(Found("交通"), ElementsAre("bus"));
  const auto found = catalog_->Find(kAnybody, "bus").value();
  EXPECT_EQ(found.organisation_title, "交通局");
  EXPECT_EQ(found.dataset.contacts.at(0).email, "lin@example.cn");
  EXPECT_EQ(found.dataset.links.at(0).format, "CSV");
}

TEST_F(CatalogTest, RefusesWhatMayNotOrCannotBe) {
  EXPECT_EQ(catalog_->CreateDataset(kAnybody, Make("bus", "公交")).error().code, Code::kDenied);
  EXPECT_EQ(catalog_->CreateDataset(kPublisher, Make("Bus", "公交")).error().code, Code::kInvalid);
  Dataset script = Make("bus", "公交");
  script.links = {{"", "", "javascript:alert(1)", "", ""}};
  EXPECT_EQ(catalog_->CreateDataset(kPublisher, script).error().code, Code::kInvalid);
  Dataset nobody = Make("bus", "公交");
  nobody.organisation = "none";
  EXPECT_EQ(catalog_->CreateDataset(kPublisher, nobody).error().code, Code::kNotFound);
  ASSERT_TRUE(catalog_->CreateDataset(kPublisher, Make("bus", "公交")).has_value());
  EXPECT_EQ(catalog_->CreateDataset(kPublisher, Make("bus", "公交")).error().code, Code::kConflict);
}

TEST_F(CatalogTest, WithdrawsWithoutForgetting) {
  ASSERT_TRUE(catalog_->CreateDataset(kPublisher, Make("bus", "公交站点")).has_value());
  ASSERT_TRUE(catalog_->Withdraw(kPublisher, "bus", 0, "含个人信息").has_value());
  EXPECT_THAT(Found("公交"), IsEmpty());
  EXPECT_EQ(catalog_->Find(kAnybody, "bus").error().code, Code::kNotFound);
  EXPECT_EQ(catalog_->Find(kPublisher, "bus")->dataset.state, "withdrawn");
  EXPECT_EQ(catalog_->Audit(kAdministrator, 0, 10)->back().action, "version.withdraw");
}

TEST_F(CatalogTest, AuditChainShowsWhatWasChangedOrTakenOut) {
  for (const char* name : {"aa", "bb", "cc"}) {
    ASSERT_TRUE(catalog_->CreateDataset(kPublisher, Make(name, "题")).has_value());
  }
  EXPECT_EQ(catalog_->VerifyAudit()->entries, 4);
  EXPECT_FALSE(catalog_->VerifyAudit()->broken.has_value());
  const auto tamper = [&](const char* sql) {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(database().c_str(), &raw), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(raw);
  };
  tamper("UPDATE audit SET account = 'somebody' WHERE number = 2");
  EXPECT_EQ(catalog_->VerifyAudit()->broken, 2);
  tamper("UPDATE audit SET account = 'lin' WHERE number = 2");
  EXPECT_FALSE(catalog_->VerifyAudit()->broken.has_value());
  tamper("DELETE FROM audit WHERE number = 3");
  EXPECT_EQ(catalog_->VerifyAudit()->broken, 4);
}

TEST_F(CatalogTest, SignsInAndLocksAfterFailures) {
  const std::string password = "一二三四五六七八九十甲乙";
  ASSERT_TRUE(catalog_->CreateAccount(kAdministrator, "lin", password, {Role::kPublisher}));
  EXPECT_EQ(catalog_->CreateAccount(kAdministrator, "wu", "short", {}).error().code,
            Code::kInvalid);
  EXPECT_EQ(catalog_->CreateAccount(kPublisher, "wu", password, {}).error().code, Code::kDenied);
  const auto session = catalog_->SignIn("lin", password).value();
  EXPECT_TRUE(catalog_->BySession(session.token)->first.Is(Role::kPublisher));
  ASSERT_TRUE(catalog_->SignOut(session.token).has_value());
  EXPECT_EQ(catalog_->BySession(session.token).error().code, Code::kDenied);
  EXPECT_EQ(catalog_->SignIn("nobody", password).error().code, Code::kDenied);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(catalog_->SignIn("lin", "wrong").error().code, Code::kDenied);
  }
  EXPECT_EQ(catalog_->SignIn("lin", password).error().code, Code::kBusy);
}

TEST_F(CatalogTest, KeysHaveScopes) {
  const std::string password = "correct horse battery";
  ASSERT_TRUE(catalog_->CreateAccount(kAdministrator, "lin", password, {Role::kPublisher}));
  const auto key = catalog_->CreateKey(kPublisher, "script", {"read"}, 30).value();
  EXPECT_EQ(catalog_->ByKey(key, false)->account, "lin");
  EXPECT_EQ(catalog_->ByKey(key, true).error().code, Code::kDenied);
  EXPECT_EQ(catalog_->ByKey("siku_" + std::string(64, '0'), false).error().code, Code::kDenied);
  EXPECT_EQ(catalog_->CreateKey(kPublisher, "x", {"admin"}, 30).error().code, Code::kInvalid);
}

TEST_F(CatalogTest, SaysWhyATransactionFailedThatSqliteUndidByItself) {
  const auto database = OpenSqliteDatabase(folder_ + "/other.db").value();
  // More than the cache has, so that it goes to the disk before the commit.
  const auto fill = [&]() -> Result<void> {
    for (int i = 0; i < 100; ++i) {
      SIKU_TRY(const auto done,
               database->Ask("INSERT INTO meta VALUES ($1, $2)",
                             {"key" + std::to_string(i), std::string(100'000, 'x')}));
      (void)done;
    }
    return {};
  };
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit low{1 << 20, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &low);
  const auto failed = database->Write(fill);
  setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, Code::kIo);
  EXPECT_THAT(failed.error().value, testing::HasSubstr("disk I/O error"));
  EXPECT_EQ(database->Ask("SELECT 1 FROM meta")->size(), 1U);
  EXPECT_TRUE(database->Write(fill).has_value());
  EXPECT_EQ(database->Ask("SELECT 1 FROM meta")->size(), 101U);
}

}  // namespace
}  // namespace siku::catalog
