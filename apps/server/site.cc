#include "site.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>

#include "api/api.h"
#include "metrics.h"
#include "multipart.h"
#include "portal_files.h"
#include "siku/catalog/ckan.h"

namespace siku::server {
namespace {

using catalog::Actor;
using nlohmann::json;

constexpr const char* kPolicy = "Content-Security-Policy";

std::vector<Route> RoutesOf(Services& services) {
  std::vector<Route> routes;
  AddSessionRoutes(services, routes);
  AddDatasetRoutes(services, routes);
  AddVersionRoutes(services, routes);
  AddFileRoutes(services, routes);
  AddAccessRoutes(services, routes);
  AddQueryRoutes(services, routes);
  AddRowSearchRoutes(services, routes);
  AddQualityRoutes(services, routes);
  AddUploadRoutes(services, routes);
  AddOrganisationRoutes(services, routes);
  AddRunRoutes(services, routes);
  AddAuditRoutes(services, routes);
  return routes;
}

/// Who asks, and the session's token that writes must carry.
struct Caller {
  Actor actor{};
  std::string csrf{};
  bool by_session = false;
};

class TheSite final : public Site {
 public:
  TheSite(const SiteOptions& options, catalog::Catalog& catalog)
      : uploads_(catalog.store().path() + "/uploads"),
        jobs_(catalog, uploads_),
        runs_(catalog.store(), options.store),
        signer_(catalog),
        services_{catalog, options.title, uploads_, jobs_, options.operators, runs_, signer_, {}},
        url_(options.url) {
    uploads_.Sweep();
    (void)catalog.SweepFiles().has_value();  // the next start does
    routes_ = RoutesOf(services_);
  }

  Result<void> LoadPortal(const std::string& folder) {
    if (folder.empty()) return {};
    SIKU_TRY(portal_, PortalFiles::Load(folder));
    return {};
  }

  void Count(const Answered& answered) override { metrics_.Count(answered); }
  void SetUrl(std::string url) override {
    const std::lock_guard lock(url_mutex_);
    url_ = std::move(url);
  }

  Response Answer(const Request& request) override {
    Response response;
    try {
      response = Dispatch(request);
    } catch (const std::exception& e) {
      response = ErrorResponse(
          Error{Code::kInternal, "the server failed at this request", e.what(), {}, ""}, request);
    }
    AddSecurityHeaders(response);
    return response;
  }

 private:
  Response Dispatch(const Request& request) {
    if (request.path == "/healthz") return TextResponse(200, "ok\n");
    if (request.path == "/metrics") return TextResponse(200, metrics_.Text());
    if (request.path.starts_with("/api/v1/")) return Api(request);
    if (request.path.starts_with("/api/")) return Ckan(request);
    if (!request.Reads()) return MethodNotAllowed("GET, HEAD");
    return portal_.Answer(request);
  }

  static Response MethodNotAllowed(const std::string& allowed) {
    Response response = TextResponse(405, "method not allowed\n");
    response.headers.emplace_back("Allow", allowed);
    return response;
  }
  static void AddSecurityHeaders(Response& response) {
    auto& headers = response.headers;
    headers.emplace_back("X-Content-Type-Options", "nosniff");
    headers.emplace_back("Referrer-Policy", "same-origin");
    const auto has_policy = [](const auto& header) { return header.first == kPolicy; };
    if (std::any_of(headers.begin(), headers.end(), has_policy)) return;
    headers.emplace_back(kPolicy,
                         "default-src 'self'; object-src 'none'; base-uri 'none';"
                         " form-action 'self'; frame-ancestors 'none'");
  }

  Response Api(const Request& request) {
    if (request.path == "/api/v1/openapi.json" && request.Reads()) {
      return JsonResponse(OpenApi(routes_));
    }
    const Match match = FindRoute(routes_, request.method, request.path);
    if (match.route == nullptr) {
      if (!match.allowed.empty()) return MethodNotAllowed(match.allowed);
      return ErrorResponse(Error{Code::kNotFound, "no such address", request.path, {}, ""},
                           request);
    }
    const auto answer = Authorised(request, *match.route, match);
    return answer.has_value() ? *answer : ErrorResponse(answer.error(), request);
  }
  Result<Response> Authorised(const Request& request, const Route& route, const Match& match) {
    SIKU_TRY(auto caller, CallerOf(request, !request.Reads() && !route.reads));
    const bool signs_in =
        std::string_view(route.path) == "/api/v1/session" && request.method == "POST";
    // A page elsewhere can have a browser send the cookie, but cannot know the token.
    if (!request.Reads() && caller.by_session && !signs_in &&
        request.Header("x-siku-csrf") != caller.csrf) {
      return Fail(Code::kDenied, "the request does not carry the session's token");
    }
    std::optional<HeavySlot> slot;
    if (route.heavy) SIKU_TRY(slot.emplace(services_.heavy).Check());
    const bool signed_in = !caller.actor.account.empty();
    SIKU_TRY(auto response,
             route.answer(Call{request, match.path, std::move(caller.actor), caller.csrf}));
    // What one may read, a proxy must not give to another.
    if (signed_in) response.headers.emplace_back("Cache-Control", "private");
    return response;
  }

  Result<Caller> CallerOf(const Request& request, bool writes) const {
    Caller caller;
    std::string key = request.Header("authorization");
    if (key.empty()) key = request.Header("x-ckan-api-key");
    if (key.starts_with("Bearer ")) key.erase(0, 7);
    if (!key.empty()) {
      SIKU_TRY(caller.actor, services_.catalog.ByKey(key, writes));
      return caller;
    }
    const std::string session = request.Cookie(kSessionCookie);
    if (session.empty()) return caller;
    auto known = services_.catalog.BySession(session);
    if (!known.has_value()) {
      // One that has ended is nobody's.
      if (known.error().code == Code::kDenied) return caller;
      return tl::make_unexpected(known.error());
    }
    caller.actor = std::move(known->first);
    caller.csrf = std::move(known->second);
    caller.by_session = true;
    return caller;
  }

  Response Ckan(const Request& request) {
    std::string action = request.path;
    for (const char* prefix : {"/api/3/action/", "/api/action/"}) {
      if (action.starts_with(prefix)) action.erase(0, std::string_view(prefix).size());
    }
    if (action.find('/') != std::string::npos) {
      return ErrorResponse(Error{Code::kNotFound, "no such address", request.path, {}, ""},
                           request);
    }
    const auto result = CkanResult(request, action);
    const std::string help = Url() + "/api/3/action/help_show?name=" + action;
    if (result.has_value()) {
      Response response;
      response.body = "{\"help\":" + json(help).dump() + ",\"success\":true,\"result\":";
      response.body += *result;
      response.body += "}\n";
      return response;
    }
    return CkanError(result.error(), help, action);
  }
  Result<std::string> CkanResult(const Request& request, const std::string& action) {
    const bool writes = catalog::CkanWrites(action);
    SIKU_TRY(const auto caller, CallerOf(request, writes));
    if (writes && caller.by_session) {
      return Fail(Code::kDenied, "the request does not carry the session's token");
    }
    json parameters = json::object();
    std::optional<catalog::CkanFile> upload;
    if (request.Reads()) {
      if (writes) return Fail(Code::kInvalid, "this action is asked for by POST", action);
      for (const auto& [key, value] : request.query) parameters[key] = value;
    } else if (IsForm(request.Header("content-type"))) {
      SIKU_TRY(ReadForm(request, parameters, upload.emplace()));
    } else if (!request.body.empty()) {
      SIKU_TRY(parameters, (Call{request, {}, {}, {}}.Body()));
    }
    std::optional<HeavySlot> slot;
    if (catalog::CkanHeavy(action, parameters)) {
      SIKU_TRY(slot.emplace(services_.heavy).Check());
    }
    const bool has_file = upload.has_value() && !upload->name.empty();
    return catalog::CkanAction(services_.catalog, packages_, caller.actor,
                               {action, parameters, has_file ? &*upload : nullptr, Url()});
  }
  /// Texts become parameters; of files, the one that CKAN's clients send.
  static Result<void> ReadForm(const Request& request, json& parameters,
                               catalog::CkanFile& upload) {
    const auto parts = ParseForm(request.Header("content-type"), request.body);
    if (!parts) return Fail(Code::kInvalid, "the body is not a whole form");
    for (const FormPart& part : *parts) {
      if (part.name == "upload" && !part.filename.empty()) {
        upload = {.name = part.filename, .bytes = part.bytes};
      } else {
        parameters[part.name] = std::string(part.bytes);
      }
    }
    return {};
  }
  static Response CkanError(const Error& error, const std::string& help,
                            const std::string& action) {
    if (error.code == Code::kUnsupported) {
      return JsonResponse("Bad request - Action name not known: " + action, 400);
    }
    const std::string type = catalog::CkanErrorType(error.code);
    const std::string words = Describe(error, Language::kEnglish);
    json told = {{"__type", type}, {"message", words}};
    int status = HttpStatus(error.code);
    if (type == "Validation Error") {
      status = 409;
      told[error.place.empty() ? "message" : error.place] = json::array({words});
    }
    return JsonResponse({{"help", help}, {"success", false}, {"error", std::move(told)}}, status);
  }
  std::string Url() const {
    const std::lock_guard lock(url_mutex_);
    return url_;
  }

  Uploads uploads_;
  ImportJobs jobs_;
  RunJobs runs_;
  RowSigner signer_;
  Services services_;
  mutable std::mutex url_mutex_;
  std::string url_;
  std::vector<Route> routes_{};
  PortalFiles portal_{};
  Metrics metrics_{};
  catalog::PackageTexts packages_{};
};

}  // namespace

Result<void> HeavySlot::Check() const {
  if (taken_) return {};
  return Fail(Code::kBusy, "the server does much of this already", {}, {},
              "try again in some seconds");
}

Result<std::unique_ptr<Site>> Site::Open(const SiteOptions& options, catalog::Catalog& catalog) {
  auto site = std::make_unique<TheSite>(options, catalog);
  SIKU_TRY(site->LoadPortal(options.portal));
  return site;
}

}  // namespace siku::server
