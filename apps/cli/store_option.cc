#include "store_option.h"

#include <cstdlib>
#include <filesystem>
#include <regex>

#include "objects/objects.h"

namespace siku::cli {
namespace {

std::string Environment(const char* name) {
  const char* set = std::getenv(name);
  return set == nullptr ? "" : set;
}

}  // namespace

void StoreOption::Declare(Arguments& arguments) {
  arguments.Option("--store", "DIR", given_,
                   {"where datasets and runs are kept, a folder or s3://bucket/prefix; else "
                    "$SIKU_STORE, else ./.siku",
                    "存放数据集和运行的目录或 s3://桶/前缀；默认 $SIKU_STORE，再默认 ./.siku"},
                   Offer::kFolder);
  arguments.Option("--index", "URL", index_,
                   {"a PostgreSQL database with the store's index; else $SIKU_INDEX, else SQLite "
                    "in the store",
                    "存放数据仓索引的 PostgreSQL 数据库；默认 $SIKU_INDEX，再默认仓内的 SQLite"},
                   Offer::kNothing);
  arguments.Option("--s3-endpoint", "URL", endpoint_,
                   {"the server of s3:// paths; else $SIKU_S3_ENDPOINT, else $AWS_ENDPOINT_URL",
                    "s3:// 路径所在的服务器；默认 $SIKU_S3_ENDPOINT，再默认 $AWS_ENDPOINT_URL"},
                   Offer::kNothing);
}

Result<void> StoreOption::UseEndpoint() const {
  if (endpoint_.empty()) return {};
  SIKU_TRY(objects::CheckEndpoint(endpoint_, "--s3-endpoint"));
  ::setenv(objects::kEndpointVariable, endpoint_.c_str(), 1);
  return {};
}

std::string StoreOption::index() const {
  return index_.empty() ? Environment("SIKU_INDEX") : index_;
}

std::string StoreOption::path() const {
  if (!given_.empty()) return given_;
  const std::string set = Environment("SIKU_STORE");
  return set.empty() ? ".siku" : set;
}

bool StoreOption::IsGiven() const {
  return !given_.empty() || !index_.empty() || !endpoint_.empty();
}

bool StoreOption::IsNamed() const { return !given_.empty() || !Environment("SIKU_STORE").empty(); }

bool StoreOption::IsThere() const {
  std::error_code ignored;
  return objects::IsObject(path()) || std::filesystem::exists(path(), ignored);
}

std::string StoreOption::AbsolutePath() const {
  if (objects::IsObject(path())) return path();
  return std::filesystem::absolute(path()).string();
}

std::string StoreOption::ForCommand() const {
  std::string options;
  if (!given_.empty()) options += " --store " + given_;
  // A password in the URL, before the host or as a parameter, is nobody's to print.
  static const std::regex before_host(R"((://[^/@:]*):[^/@]*@)"), parameter(R"(password=[^&]*&?)");
  if (!index_.empty()) {
    const std::string url = std::regex_replace(index_, before_host, "$1@");
    options += " --index '" + std::regex_replace(url, parameter, "") + "'";
  }
  if (!endpoint_.empty()) options += " --s3-endpoint " + endpoint_;
  return options;
}

Result<std::unique_ptr<Store>> StoreOption::Create() const {
  SIKU_TRY(UseEndpoint());
  return Store::Open(path(), true, index());
}

Result<std::unique_ptr<Store>> StoreOption::Open() const {
  SIKU_TRY(UseEndpoint());
  if (!IsThere()) {
    return Fail(Code::kNotFound, "there is no store here", path(), {},
                "`siku run` makes one; --store or SIKU_STORE names another");
  }
  return Store::Open(path(), false, index());
}

}  // namespace siku::cli
