// Files of versions, beside their tables.
#include <array>

#include "api/api.h"

namespace siku::server {
namespace {

using nlohmann::json;

/// As RFC 8187 writes a value that is not ASCII.
std::string Encoded(const std::string& text) {
  constexpr std::string_view kPlain = "-._~";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || kPlain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return out;
}

Result<Response> Give(const Services& services, const Call& call) {
  SIKU_TRY(const int64_t ordinal, OrdinalOf(call.path.at("version")));
  SIKU_TRY(const auto found, services.catalog.FindFile(call.actor, call.path.at("name"), ordinal,
                                                       call.path.at("file")));
  const auto& [file, path] = found;
  Response response{.type = "application/octet-stream", .file = path};
  response.headers = {{"Content-Disposition", "attachment; filename*=utf-8''" + Encoded(file.name)},
                      {"ETag", "\"" + file.sha256 + "\""},
                      // Whatever opens it all the same runs nothing of it.
                      {"Content-Security-Policy", "sandbox; default-src 'none'"}};
  return response;
}

Result<Response> Add(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto id, TextMember(body, "upload"));
  const Uploads::Hold hold(services.uploads, id);
  if (!hold.taken()) return Fail(Code::kBusy, "the upload is being written or imported", id);
  SIKU_TRY(const auto upload, services.uploads.Find(call.actor, id));
  if (!upload.complete()) {
    return Fail(Code::kConflict, "the file is not complete yet", std::to_string(upload.offset));
  }
  if (!upload.result.empty()) return Fail(Code::kConflict, "the file was imported already", id);
  catalog::VersionFile file{.name = upload.name};
  for (const auto& [member, to] :
       {std::pair{"name", &file.name}, std::pair{"title", &file.title}}) {
    if (!body.contains(member)) continue;
    SIKU_TRY(*to, TextMember(body, member));
  }
  const std::string& name = call.path.at("name");
  SIKU_TRY(const auto version,
           services.catalog.AddFile(call.actor, name, services.uploads.DataPath(id), file, true));
  const json result = {{"dataset", name}, {"file", file.name}};
  SIKU_TRY(services.uploads.Finish(call.actor, id, result.dump()));
  return JsonResponse(VersionJson(version), 201);
}

Result<Response> Remove(const Services& services, const Call& call) {
  SIKU_TRY(const auto version,
           services.catalog.RemoveFile(call.actor, call.path.at("name"), call.path.at("file")));
  return JsonResponse(VersionJson(version));
}

}  // namespace

void AddFileRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}/versions/{version}/files/{file}",
                    .summary = "a file of a version; ranges and ETag to resume",
                    .answer = [&](const Call& call) { return Give(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/datasets/{name}/files",
                    .summary = "a version with an uploaded file beside the newest one's",
                    .takes = "FileFields",
                    .gives = "Version",
                    .heavy = true,
                    .answer = [&](const Call& call) { return Add(services, call); }});
  routes.push_back({.method = "DELETE",
                    .path = "/api/v1/datasets/{name}/files/{file}",
                    .summary = "a version without this file of the newest one",
                    .gives = "Version",
                    .answer = [&](const Call& call) { return Remove(services, call); }});
}

}  // namespace siku::server
