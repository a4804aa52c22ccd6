// A catalogue over an empty store, with one organisation, in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "siku/catalog/catalog.h"

namespace siku::catalog {

inline const Actor kPublisher{"lin", {Role::kPublisher}, {}};
inline const Actor kAdministrator{"root", {Role::kAdministrator}, {}};

class WithCatalog : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = testing::TempDir() + test->test_suite_name() + "-" + test->name();
    std::filesystem::remove_all(folder_);
    store_ = Store::Open(folder_).value();
    catalog_ = Catalog::Open(database(), *store_).value();
    Organisation office{.name = "jtj", .title = "交通局"};
    ASSERT_TRUE(catalog_->CreateOrganisation(kAdministrator, office).has_value());
  }
  std::string database() const { return folder_ + "/catalogue.db"; }

  std::string folder_;
  std::unique_ptr<Store> store_{};
  std::unique_ptr<Catalog> catalog_{};
};

}  // namespace siku::catalog
