// The quality of a version, and the rows behind what was found.
#include "siku/catalog/quality.h"

#include <algorithm>

#include "api/api.h"
#include "clock.h"

namespace siku::server {
namespace {

using nlohmann::json;

/// As the request names it, else as the publisher does.
Result<void> FindReference(const Services& services, const Call& call,
                           catalog::QualityQuestion& question) {
  const std::string asked = call.request.Parameter("reference");
  if (!asked.empty()) {
    const size_t at = std::min(asked.find('@'), asked.size());
    const std::string version = at < asked.size() ? asked.substr(at + 1) : "newest";
    catalog::QualityReference reference{.readable = {}, .key = call.request.Parameters("key")};
    if (reference.key.empty()) {
      return Fail(Code::kInvalid, "a reference needs a key: columns of both", {}, "key");
    }
    SIKU_TRY(const int64_t ordinal, OrdinalOf(version));
    SIKU_TRY(reference.readable, services.catalog.Read(call.actor, asked.substr(0, at), ordinal));
    question.reference = std::move(reference);
    return {};
  }
  const auto named = ReferenceOf(question.listed.dataset);
  if (!named) return {};
  auto readable = services.catalog.Read(call.actor, named->dataset, named->ordinal);
  question.unreadable = !readable.has_value();
  if (readable.has_value()) question.reference = {*std::move(readable), named->key};
  return {};
}

Result<catalog::QualityQuestion> QuestionOf(const Services& services, const Call& call) {
  catalog::QualityQuestion question;
  SIKU_TRY(question.readable, ReadVersion(services, call));
  const std::string& name = call.path.at("name");
  SIKU_TRY(question.listed, services.catalog.Find(call.actor, name));
  const auto everybody =
      services.catalog.Read(catalog::Actor{}, name, question.readable.version.ordinal);
  if (everybody.has_value()) question.everybody = *everybody;
  SIKU_TRY(FindReference(services, call, question));
  question.day = catalog::TimeText(NowMilliseconds()).substr(0, 10);
  return question;
}

Result<Response> Quality(const Services& services, const Call& call) {
  SIKU_TRY(const auto question, QuestionOf(services, call));
  SIKU_TRY(auto told, catalog::VersionQuality(services.catalog.store(), question));
  told["version"] = question.readable.version.ordinal;
  told["hidden"] = question.readable.withheld;
  return JsonResponse(told);
}

Result<Response> Rows(const Services& services, const Call& call) {
  SIKU_TRY(const auto question, QuestionOf(services, call));
  SIKU_TRY(const int64_t offset, call.Number("offset", 0, 0, INT64_MAX / 2));
  SIKU_TRY(const int64_t limit, call.Number("limit", 50, 1, 1000));
  SIKU_TRY(auto page, catalog::QualityRows(services.catalog.store(), question,
                                           call.request.Parameter("finding"), offset, limit));
  page["offset"] = offset;
  page["hidden"] = question.readable.withheld;
  return JsonResponse(page);
}

std::vector<RouteParameter> References() {
  return {{"reference", "string",
           "a dataset, or dataset@version, whose values are right [the one that the publisher "
           "names]"},
          {"key", "string", "a column that tells which row is which, in both", true}};
}

}  // namespace

void AddQualityRoutes(Services& services, std::vector<Route>& routes) {
  std::vector<RouteParameter> of_rows = {{"finding", "string", "id of a measure that has rows"},
                                         {"offset", "integer", "rows to skip"},
                                         {"limit", "integer", "rows, at most 1,000 [50]"}};
  for (const RouteParameter& one : References()) of_rows.push_back(one);
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}/versions/{version}/quality",
                    .summary = "six dimensions of GB/T 36344-2018, with formula, numerator and "
                               "denominator of each measure, and the score of its metadata",
                    .query = References(),
                    .gives = "Quality",
                    .heavy = true,
                    .answer = [&](const Call& call) { return Quality(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}/versions/{version}/quality/rows",
                    .summary = "the rows that a measure found wanting",
                    .query = std::move(of_rows),
                    .gives = "Rows",
                    .heavy = true,
                    .answer = [&](const Call& call) { return Rows(services, call); }});
}

}  // namespace siku::server
