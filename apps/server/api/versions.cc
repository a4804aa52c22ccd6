// Publishing and withdrawing versions; their rows and files.
#include "api/api.h"
#include "siku/catalog/rows.h"

namespace siku::server {
namespace {

using nlohmann::json;

Result<Response> Lineage(const Services& services, const Call& call) {
  SIKU_TRY(const auto readable, ReadVersion(services, call));
  int64_t files = 0;
  for (const Segment& segment : readable.manifest.segments) {
    files += static_cast<int64_t>(segment.files.size());
  }
  const std::string& content = readable.version.content;
  return JsonResponse({{"ordinal", readable.version.ordinal},
                       {"content", content.empty() ? json() : json(content)},
                       {"files", files},
                       {"lineage", json::parse(readable.manifest.lineage, nullptr, false)}});
}

Result<Response> Differences(const Services& services, const Call& call) {
  const std::string& name = call.path.at("name");
  SIKU_TRY(const int64_t first, OrdinalOf(call.request.Parameter("before")));
  SIKU_TRY(const int64_t second, OrdinalOf(call.request.Parameter("after")));
  SIKU_TRY(const int64_t samples, call.Number("limit", 20, 0, 200));
  SIKU_TRY(const auto before, services.catalog.Read(call.actor, name, first));
  SIKU_TRY(const auto after, services.catalog.Read(call.actor, name, second));
  SIKU_TRY(const auto told, catalog::VersionDifferences(services.catalog.store(), before, after,
                                                        static_cast<size_t>(samples)));
  return JsonResponse(told);
}

Result<Response> Download(const Services& services, const Call& call) {
  SIKU_TRY(const auto readable, ReadVersion(services, call));
  const std::string format = call.request.Parameter("format");
  Response response;
  SIKU_TRY(response.file, catalog::ExportFile(services.catalog.store(), readable, format));
  response.type = catalog::FindDownloadFormat(format)->media_type;
  if (response.type.starts_with("text/")) response.type += "; charset=utf-8";
  const std::string name =
      call.path.at("name") + "-" + std::to_string(readable.version.ordinal) + "." + format;
  // The name came from the address and was found: a-z 0-9 _ - alone.
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  const std::string tag = response.file.substr(response.file.rfind('/') + 1);
  response.headers.emplace_back("ETag", "\"" + tag + "\"");
  return response;
}

Result<Response> Publish(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  const auto source = body.find("source");
  if (source == body.end() || !source->is_string()) {
    return Fail(Code::kInvalid, "a text is missing in the request", "source");
  }
  SIKU_TRY(const auto version,
           services.catalog.Publish(call.actor, call.path.at("name"), source->get<std::string>()));
  services.signer.Ask({}, call.path.at("name"), version.ordinal);
  return JsonResponse(VersionJson(version), 201);
}

Result<Response> Withdraw(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto reason, TextMember(body, "reason"));
  int64_t ordinal = 0;
  if (const auto given = body.find("ordinal"); given != body.end() && !given->is_null()) {
    if (!given->is_number_integer() || given->get<int64_t>() < 1) {
      return Fail(Code::kInvalid, "not a version", given->dump(), "ordinal");
    }
    ordinal = given->get<int64_t>();
  }
  SIKU_TRY(services.catalog.Withdraw(call.actor, call.path.at("name"), ordinal, reason));
  return JsonResponse(json::object());
}

Result<Response> Withhold(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto columns, ListMember(body, "columns"));
  SIKU_TRY(services.catalog.WithholdColumns(call.actor, call.path.at("name"), columns));
  return JsonResponse(json::object());
}

}  // namespace

void AddVersionRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back({.method = "POST",
                    .path = "/api/v1/datasets/{name}/versions",
                    .summary = "publish a version of the store",
                    .takes = "Source",
                    .gives = "Version",
                    .answer = [&](const Call& call) { return Publish(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/datasets/{name}/withdrawal",
                    .summary = "withdraw a version or the whole dataset",
                    .takes = "Withdrawal",
                    .gives = "Done",
                    .answer = [&](const Call& call) { return Withdraw(services, call); }});
  routes.push_back({.method = "PUT",
                    .path = "/api/v1/datasets/{name}/withheld",
                    .summary = "columns that only the staff reads, in all versions",
                    .takes = "Withheld",
                    .gives = "Done",
                    .answer = [&](const Call& call) { return Withhold(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}/versions/{version}/lineage",
                    .summary = "what a version was made of: recipe, operators, tables, inputs",
                    .gives = "Lineage",
                    .answer = [&](const Call& call) { return Lineage(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}/differences",
                    .summary = "what changed between two versions: columns and rows",
                    .query = {{"before", "string", "a version's number"},
                              {"after", "string", "another, or newest"},
                              {"limit", "integer", "samples of rows, at most 200 [20]"}},
                    .gives = "Differences",
                    .heavy = true,
                    .answer = [&](const Call& call) { return Differences(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}/versions/{version}/download",
                    .summary = "the version as a file; ranges and ETag to resume",
                    .query = {{"format", "string", "csv, jsonl or parquet"}},
                    .heavy = true,
                    .answer = [&](const Call& call) { return Download(services, call); }});
}

}  // namespace siku::server
