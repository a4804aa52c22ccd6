// Search inside the rows of one version, and of all that who asks may read.
#include "siku/catalog/row_search.h"

#include <algorithm>

#include "api/api.h"

namespace siku::server {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr auto kLongest = std::chrono::seconds(5);  // of one version
constexpr auto kLongestOfAll = std::chrono::seconds(3);
constexpr auto kLongestOfEach = std::chrono::milliseconds(500);
constexpr int64_t kRowsOfEach = 3;

/// Asks for the signatures that it has not, for the next one.
Result<json> Search(const Services& services, const Call& call, const std::string& name,
                    const catalog::Readable& readable, const catalog::RowSearch& search) {
  const Store& store = services.catalog.store();
  SIKU_TRY(auto found, SearchRows(store, readable, search));
  if (!HasSignatures(store, readable)) {
    services.signer.Ask(call.actor, name, readable.version.ordinal);
  }
  return found;
}

/// A dataset's rows that fit; null where none do.
Result<json> RowsOf(const Services& services, const Call& call, const std::string& name,
                    Clock::time_point until) {
  SIKU_TRY(const auto readable, services.catalog.Read(call.actor, name, 0));
  const catalog::RowSearch search{.text = call.request.Parameter("q"),
                                  .limit = kRowsOfEach,
                                  .until = std::min(until, Clock::now() + kLongestOfEach)};
  SIKU_TRY(auto found, Search(services, call, name, readable, search));
  if (found["total"] == 0 && found["complete"] == true) return json();
  SIKU_TRY(const auto listed, services.catalog.Find(call.actor, name));
  found["name"] = name;
  found["title"] = listed.dataset.title;
  found["version"] = readable.version.ordinal;
  return found;
}

/// Who may not read a dataset, or none of its columns, does not find it here.
bool IsSkipped(const Error& error) {
  return error.code == Code::kDenied || error.code == Code::kNotFound;
}

Result<Response> SearchAll(const Services& services, const Call& call) {
  SIKU_TRY(const int64_t offset, call.Number("offset", 0, 0, 1'000'000'000));
  SIKU_TRY(const int64_t limit, call.Number("limit", 10, 1, 100));
  SIKU_TRY(const auto names, services.catalog.NamesWithRows(call.actor));
  const auto until = Clock::now() + kLongestOfAll;
  json datasets = json::array();
  auto at = static_cast<size_t>(offset);
  for (; at < names.size() && static_cast<int64_t>(datasets.size()) < limit; ++at) {
    if (Clock::now() > until) break;
    auto found = RowsOf(services, call, names[at], until);
    if (!found.has_value() && !IsSkipped(found.error())) return tl::make_unexpected(found.error());
    if (found.has_value() && !found->is_null()) datasets.push_back(*std::move(found));
  }
  return JsonResponse(
      {{"datasets", std::move(datasets)}, {"next", at < names.size() ? json(at) : json(nullptr)}});
}

}  // namespace

Result<json> FoundRows(const Services& services, const Call& call,
                       const catalog::Readable& readable, int64_t offset, int64_t limit) {
  const catalog::RowSearch search{.text = call.request.Parameter("q"),
                                  .offset = offset,
                                  .limit = limit,
                                  .until = Clock::now() + kLongest};
  return Search(services, call, call.path.at("name"), readable, search);
}

void AddRowSearchRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back(
      {.method = "GET",
       .path = "/api/v1/rows",
       .summary = "find rows of the newest versions of all datasets that who asks may read",
       .query = {{"q", "string", "what people type: terms are substrings of cells"},
                 {"offset", "integer", "datasets to skip: `next` of the answer before"},
                 {"limit", "integer", "datasets that have such rows, at most 100 [10]"}},
       .gives = "RowHits",
       .heavy = true,
       .answer = [&](const Call& call) { return SearchAll(services, call); }});
}

}  // namespace siku::server
