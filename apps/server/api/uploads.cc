// Uploads by tus 1.0 (tus.io: core, creation, termination, expiration), and what is made of them.
#include <sodium.h>

#include <array>
#include <charconv>
#include <ctime>
#include <optional>

#include "api/api.h"

namespace siku::server {
namespace {

using nlohmann::json;

constexpr const char* kTusVersion = "1.0.0";
constexpr const char* kUploadsPath = "/api/v1/uploads";

/// Base64 as RFC 4648 has it, with or without padding. Nothing: it is none.
std::optional<std::string> FromBase64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out(text.size(), '\0');
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                        text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

/// `Upload-Metadata: filename 5paHLmNzdg==,…`. Nothing: no such key, or no base64.
std::optional<std::string> Metadata(const std::string& header, std::string_view key) {
  for (size_t at = 0; at < header.size();) {
    const size_t end = std::min(header.find(',', at), header.size());
    std::string_view pair = std::string_view(header).substr(at, end - at);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    const size_t space = pair.find(' ');
    if (space != std::string_view::npos && pair.substr(0, space) == key) {
      return FromBase64(pair.substr(space + 1));
    }
    at = end + 1;
  }
  return std::nullopt;
}

Result<int64_t> HeaderNumber(const Request& request, const char* name) {
  const std::string text = request.Header(name);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0) {
    return Fail(Code::kInvalid, "a header has no whole number", text, name);
  }
  return value;
}

void AddTusHeaders(const Upload& upload, Response& response) {
  response.headers.emplace_back("Tus-Resumable", kTusVersion);
  response.headers.emplace_back("Upload-Offset", std::to_string(upload.offset));
  response.headers.emplace_back("Upload-Length", std::to_string(upload.length));
  response.headers.emplace_back("Cache-Control", "no-store");
}

/// What another version of the protocol is told; nothing: it is this one, or does not say.
std::optional<Response> OtherVersion(const Request& request) {
  const std::string version = request.Header("tus-resumable");
  if (version.empty() || version == kTusVersion) return std::nullopt;
  Response response = TextResponse(412, "tus 1.0.0\n");
  response.headers.emplace_back("Tus-Version", kTusVersion);
  return response;
}

/// As HTTP writes dates (RFC 9110, 5.6.7), which tus asks for.
std::string HttpDate(int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 40> text{};
  const size_t length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text.data(), length};
}

json UploadJson(const Services& services, const Upload& upload, const Request& request) {
  const JobState job = services.jobs.State(upload.id);
  json result = job.result;
  if (result.is_null() && !upload.result.empty()) {
    result = json::parse(upload.result, nullptr, false);
  }
  const char* state = !result.is_null()                     ? "imported"
                      : job.running && job.kind == "guess"  ? "guessing"
                      : job.running && job.kind == "import" ? "importing"
                      : upload.complete()                   ? "uploaded"
                                                            : "uploading";
  json error = nullptr;
  if (job.error) error = ProblemJson(*job.error, LanguageOf(request));
  return {{"id", upload.id},
          {"name", upload.name},
          {"length", upload.length},
          {"offset", upload.offset},
          {"expires", catalog::TimeText(upload.expires)},
          {"state", state},
          {"done", job.bytes},
          {"guess", job.guess},
          {"result", std::move(result)},
          {"error", std::move(error)}};
}

Response Describe(const Services& services, const Upload& upload, const Request& request,
                  int status = 200) {
  Response response = JsonResponse(UploadJson(services, upload, request), status);
  AddTusHeaders(upload, response);
  return response;
}

Result<Response> Options() {
  Response response = TextResponse(204, "");
  response.headers = {{"Tus-Resumable", kTusVersion},
                      {"Tus-Version", kTusVersion},
                      {"Tus-Extension", "creation,termination,expiration"},
                      {"Tus-Max-Size", std::to_string(kLargestUpload)}};
  return response;
}

Result<Response> Create(const Services& services, const Call& call) {
  if (auto other = OtherVersion(call.request)) return *std::move(other);
  SIKU_TRY(const int64_t length, HeaderNumber(call.request, "upload-length"));
  const auto name = Metadata(call.request.Header("upload-metadata"), "filename");
  SIKU_TRY(const auto upload,
           services.uploads.Create(call.actor, name.value_or(std::string()), length));
  Response response = Describe(services, upload, call.request, 201);
  response.headers.emplace_back("Location", std::string(kUploadsPath) + "/" + upload.id);
  return response;
}

Result<Response> List(const Services& services, const Call& call) {
  SIKU_TRY(const auto uploads, services.uploads.List(call.actor));
  json list = json::array();
  for (const Upload& upload : uploads) {
    list.push_back(UploadJson(services, upload, call.request));
    list.back()["guess"] = nullptr;  // of each alone
  }
  return JsonResponse({{"uploads", std::move(list)}});
}

Result<Response> Show(const Services& services, const Call& call) {
  if (auto other = OtherVersion(call.request)) return *std::move(other);
  SIKU_TRY(const auto upload, services.uploads.Find(call.actor, call.path.at("id")));
  return Describe(services, upload, call.request);
}

Result<Response> Append(const Services& services, const Call& call) {
  if (auto other = OtherVersion(call.request)) return *std::move(other);
  if (call.request.Header("content-type") != "application/offset+octet-stream") {
    return TextResponse(415, "a piece is application/offset+octet-stream\n");
  }
  SIKU_TRY(const int64_t offset, HeaderNumber(call.request, "upload-offset"));
  SIKU_TRY(const auto upload,
           services.uploads.Append(call.actor, call.path.at("id"), offset, call.request.body));
  Response response = TextResponse(204, "");
  AddTusHeaders(upload, response);
  response.headers.emplace_back("Upload-Expires", HttpDate(upload.expires));
  return response;
}

Result<Response> Remove(const Services& services, const Call& call) {
  if (auto other = OtherVersion(call.request)) return *std::move(other);
  SIKU_TRY(services.uploads.Remove(call.actor, call.path.at("id")));
  services.jobs.Forget(call.path.at("id"));
  Response response = TextResponse(204, "");
  response.headers.emplace_back("Tus-Resumable", kTusVersion);
  return response;
}

Result<Response> Guess(const Services& services, const Call& call) {
  json given = json::object();
  if (!call.request.body.empty()) {
    SIKU_TRY(given, call.Body());
  }
  SIKU_TRY(services.jobs.StartGuess(call.actor, call.path.at("id"), given));
  SIKU_TRY(const auto upload, services.uploads.Find(call.actor, call.path.at("id")));
  return Describe(services, upload, call.request, 202);
}

Result<Response> Import(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto dataset, TextMember(body, "dataset"));
  const auto plan = body.find("plan");
  if (plan == body.end()) return Fail(Code::kInvalid, "the import has no plan", {}, "plan");
  std::string sha256;
  if (body.contains("sha256")) {
    SIKU_TRY(sha256, TextMember(body, "sha256"));
  }
  SIKU_TRY(services.jobs.StartImport(call.actor, call.path.at("id"), dataset, *plan, sha256));
  SIKU_TRY(const auto upload, services.uploads.Find(call.actor, call.path.at("id")));
  return Describe(services, upload, call.request, 202);
}

void AddTusRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back({.method = "OPTIONS",
                    .path = kUploadsPath,
                    .summary = "which version and extensions of tus there are",
                    .answer = [](const Call&) { return Options(); }});
  routes.push_back({.method = "POST",
                    .path = kUploadsPath,
                    .summary = "begin an upload: Upload-Length, and Upload-Metadata with filename",
                    .gives = "Upload",
                    .answer = [&](const Call& call) { return Create(services, call); }});
  routes.push_back({.method = "PATCH",
                    .path = "/api/v1/uploads/{id}",
                    .summary = "a piece of at most 8 MiB at Upload-Offset",
                    .answer = [&](const Call& call) { return Append(services, call); }});
  routes.push_back({.method = "DELETE",
                    .path = "/api/v1/uploads/{id}",
                    .summary = "give the upload up",
                    .answer = [&](const Call& call) { return Remove(services, call); }});
}

}  // namespace

void AddUploadRoutes(Services& services, std::vector<Route>& routes) {
  AddTusRoutes(services, routes);
  routes.push_back({.method = "GET",
                    .path = kUploadsPath,
                    .summary = "one's own uploads",
                    .gives = "Uploads",
                    .answer = [&](const Call& call) { return List(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/uploads/{id}",
                    .summary = "how far it is, what it is taken for, what became of it",
                    .gives = "Upload",
                    .answer = [&](const Call& call) { return Show(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/uploads/{id}/guess",
                    .summary = "begin to guess what the file is; what is given is held to",
                    .takes = "ImportPlan",
                    .gives = "Upload",
                    .answer = [&](const Call& call) { return Guess(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/uploads/{id}/import",
                    .summary = "begin to import the file as the newest version of a dataset",
                    .takes = "ImportOrder",
                    .gives = "Upload",
                    .answer = [&](const Call& call) { return Import(services, call); }});
}

}  // namespace siku::server
