#include "remote/server_option.h"

#include <sys/stat.h>

#include <cstdlib>

#include "durable.h"
#include "stop.h"

namespace siku::cli {
namespace {

constexpr int64_t kLargestKey = 4'096;  // bytes

std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<std::string> ReadKey(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
      (about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail(Code::kDenied, "others can read the file of the key", path, "--key-file",
                "chmod 600 keeps it to you");
  }
  SIKU_TRY(auto key, ReadWhole(path, kLargestKey));
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
  if (key.empty()) return Fail(Code::kInvalid, "not an API key", {}, path);
  return key;
}

}  // namespace

void ServerOption::Declare(Arguments& arguments) {
  arguments.Option(
      "--server", "URL", given_,
      {"ask this catalogue server instead of a store; else $SIKU_SERVER. Its API key "
       "is in $SIKU_KEY",
       "改向此目录服务器请求，不用存储；默认 $SIKU_SERVER。其 API 密钥放在 $SIKU_KEY"});
  arguments.Option("--key-file", "FILE", key_file_,
                   {"the API key is in this file, which nobody else may read",
                    "API 密钥所在的文件，其他人不可读"},
                   Offer::kFile);
}

bool ServerOption::IsNamed(const StoreOption& store) const {
  return !given_.empty() || (!store.IsGiven() && !Environment("SIKU_SERVER").empty());
}

Result<std::unique_ptr<Server>> ServerOption::Connect(const StoreOption& store) const {
  if (store.IsGiven()) {
    return Fail(Code::kInvalid, "give a store or a server, not both", {}, "--server");
  }
  std::string key = Environment("SIKU_KEY");
  if (!key_file_.empty()) {
    SIKU_TRY(key, ReadKey(key_file_));
  }
  SIKU_TRY(auto http, Http::Open(given_.empty() ? Environment("SIKU_SERVER") : given_, key));
  CatchStops();
  return std::make_unique<Server>(std::move(http));
}

std::string ServerOption::ForCommand() const { return given_.empty() ? "" : " --server " + given_; }

}  // namespace siku::cli
