#include "store_option.h"

#include <cstdlib>
#include <filesystem>

namespace siku::cli {

void StoreOption::Declare(Arguments& arguments) {
  arguments.Option("--store", "DIR", given_,
                   {"where datasets and runs are kept; else $SIKU_STORE, else ./.siku",
                    "存放数据集和运行的目录；默认 $SIKU_STORE，再默认 ./.siku"},
                   Offer::kFolder);
}

std::string StoreOption::path() const {
  if (!given_.empty()) return given_;
  const char* set = std::getenv("SIKU_STORE");
  return set != nullptr && *set != '\0' ? set : ".siku";
}

std::string StoreOption::ForCommand() const {
  return given_.empty() ? std::string() : " --store " + given_;
}

Result<std::unique_ptr<Store>> StoreOption::Create() const { return Store::Open(path()); }

Result<std::unique_ptr<Store>> StoreOption::Open() const {
  std::error_code ignored;
  if (!std::filesystem::exists(path(), ignored)) {
    return Fail(Code::kNotFound, "there is no store here", path(), {},
                "`siku run` makes one; --store or SIKU_STORE names another");
  }
  return Store::Open(path(), false);
}

}  // namespace siku::cli
