// A catalogue server's API (docs/server.md), asked by the program.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "remote/http.h"

namespace siku::cli {

using Query = std::vector<std::pair<std::string, std::string>>;

/// Which version of a dataset: `NAME`, `NAME@3`, `NAME@` with the beginning of a digest.
struct VersionName {
  std::string dataset{};
  std::string version{};  // empty: the newest
};
VersionName SplitVersion(const std::string& text);

/// One thread at a time. What the server refuses comes back as the error it names (docs/errors.md).
class Server {
 public:
  explicit Server(std::unique_ptr<Http> http) : http_(std::move(http)) {}

  /// The JSON that is answered. `path` is behind /api/v1, encoded. kData: it is none.
  Result<nlohmann::json> Ask(const std::string& method, const std::string& path,
                             const Query& query = {}, const nlohmann::json& body = nullptr) const;
  /// An answer of success.
  Result<HttpAnswer> Send(HttpRequest request, const Query& query = {},
                          const BodySink& sink = {}) const;
  /// A dataset with its versions.
  Result<nlohmann::json> Dataset(const std::string& name) const;
  /// The number of a version that can be named. kNotFound.
  Result<int64_t> Ordinal(const nlohmann::json& dataset, const VersionName& name) const;
  /// `/datasets/NAME`, and of a version of it.
  std::string Path(const std::string& dataset) const;
  std::string Path(const std::string& dataset, int64_t ordinal) const;
  /// What a Problem of the API tells.
  tl::unexpected<Error> ErrorIn(const nlohmann::json& problem) const;
  std::string Encoded(std::string_view text) const { return http_->Encoded(text); }
  const std::string& url() const { return http_->url(); }

 private:
  std::unique_ptr<Http> http_;
};

/// What a value of the answer should have been of another kind.
tl::unexpected<Error> NotACatalogue(const Server& server);

}  // namespace siku::cli
