// Who am I, signing in and out, accounts and keys.
#include "api/api.h"

namespace siku::server {
namespace {

using catalog::Role;
using nlohmann::json;

json RolesJson(const std::vector<Role>& roles) {
  json names = json::array();
  for (const Role role : roles) names.push_back(RoleName(role));
  return names;
}

Result<std::vector<Role>> RolesIn(const json& body) {
  SIKU_TRY(const auto names, ListMember(body, "roles"));
  std::vector<Role> roles;
  for (const std::string& one : names) {
    SIKU_TRY(const Role role, catalog::ParseRole(one));
    roles.push_back(role);
  }
  return roles;
}

json Me(const Services& services, const catalog::Actor& actor, const std::string& csrf) {
  json account = nullptr;
  if (!actor.account.empty()) {
    account = {{"name", actor.account}, {"roles", RolesJson(actor.roles)}};
  }
  return {{"account", std::move(account)},
          {"csrf", csrf},
          {"title", services.title},
          {"version", SIKU_VERSION}};
}

Result<Response> SignIn(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto name, TextMember(body, "name"));
  SIKU_TRY(const auto password, TextMember(body, "password"));
  SIKU_TRY(const auto session, services.catalog.SignIn(name, password));
  SIKU_TRY(const auto known, services.catalog.BySession(session.token));
  Response response = JsonResponse(Me(services, known.first, session.csrf));
  response.headers.emplace_back("Set-Cookie", SessionCookie(session.token));
  return response;
}

Result<Response> SignOut(const Services& services, const Call& call) {
  SIKU_TRY(services.catalog.SignOut(call.request.Cookie(kSessionCookie)));
  Response response = JsonResponse(json::object());
  response.headers.emplace_back("Set-Cookie", SessionCookie(""));
  return response;
}

Result<Response> CreateAccount(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto name, TextMember(body, "name"));
  SIKU_TRY(const auto password, TextMember(body, "password"));
  SIKU_TRY(const auto roles, RolesIn(body));
  SIKU_TRY(services.catalog.CreateAccount(call.actor, name, password, roles));
  return JsonResponse(json::object());
}

Result<Response> ListAccounts(const Services& services, const Call& call) {
  SIKU_TRY(const auto accounts, services.catalog.Accounts(call.actor));
  json list = json::array();
  for (const auto& account : accounts) {
    list.push_back({{"name", account.name},
                    {"roles", RolesJson(account.roles)},
                    {"created", catalog::TimeText(account.created)},
                    {"locked", account.locked_until > 0}});
  }
  return JsonResponse({{"accounts", std::move(list)}});
}

Result<Response> SetRoles(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto roles, RolesIn(body));
  SIKU_TRY(services.catalog.SetRoles(call.actor, call.path.at("account"), roles));
  return JsonResponse(json::object());
}

Result<Response> SetPassword(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto password, TextMember(body, "password"));
  std::string before;
  if (body.contains("before")) {
    SIKU_TRY(before, TextMember(body, "before"));
  }
  SIKU_TRY(services.catalog.SetPassword(call.actor, call.path.at("account"), before, password));
  return JsonResponse(json::object());
}

Result<Response> ListKeys(const Services& services, const Call& call) {
  if (call.actor.account.empty()) return Fail(Code::kDenied, "sign in to see your keys");
  SIKU_TRY(const auto keys, services.catalog.Keys(call.actor));
  json list = json::array();
  for (const auto& key : keys) {
    list.push_back({{"id", key.id},
                    {"label", key.label},
                    {"scopes", key.scopes},
                    {"created", catalog::TimeText(key.created)},
                    {"expires", catalog::TimeText(key.expires)}});
  }
  return JsonResponse({{"keys", std::move(list)}});
}

Result<Response> EndKey(const Services& services, const Call& call) {
  SIKU_TRY(services.catalog.EndKey(call.actor, call.path.at("key")));
  return JsonResponse(json::object());
}

Result<Response> CreateKey(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto label, TextMember(body, "label"));
  SIKU_TRY(const auto scopes, ListMember(body, "scopes"));
  const auto days = body.find("days");
  if (days == body.end() || !days->is_number_integer()) {
    return Fail(Code::kInvalid, "a whole number is missing in the request", "days");
  }
  SIKU_TRY(const auto key,
           services.catalog.CreateKey(call.actor, label, scopes, days->get<int64_t>()));
  return JsonResponse({{"key", key}, {"id", catalog::KeyId(key)}});
}

}  // namespace

std::string SessionCookie(const std::string& session) {
  std::string cookie =
      std::string(kSessionCookie) + "=" + session + "; Path=/; HttpOnly; SameSite=Strict";
  if (session.empty()) cookie += "; Max-Age=0";
  return cookie;
}

void AddSessionRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/api/v1/me",
                    .summary = "who is signed in, and the token that writes carry",
                    .gives = "Me",
                    .answer = [&services](const Call& call) -> Result<Response> {
                      return JsonResponse(Me(services, call.actor, call.csrf));
                    }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/session",
                    .summary = "sign in",
                    .takes = "Credentials",
                    .gives = "Me",
                    .heavy = true,
                    .answer = [&](const Call& call) { return SignIn(services, call); }});
  routes.push_back({.method = "DELETE",
                    .path = "/api/v1/session",
                    .summary = "sign out",
                    .gives = "Done",
                    .answer = [&](const Call& call) { return SignOut(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/accounts",
                    .summary = "all accounts, for administrators",
                    .gives = "Accounts",
                    .answer = [&](const Call& call) { return ListAccounts(services, call); }});
  routes.push_back({.method = "PUT",
                    .path = "/api/v1/accounts/{account}/roles",
                    .summary = "what an account is from now on; no roles: it can do nothing",
                    .takes = "Roles",
                    .gives = "Done",
                    .answer = [&](const Call& call) { return SetRoles(services, call); }});
  routes.push_back({.method = "PUT",
                    .path = "/api/v1/accounts/{account}/password",
                    .summary = "one's own, or as administrator another's; its sessions end",
                    .takes = "NewPassword",
                    .gives = "Done",
                    .heavy = true,
                    .answer = [&](const Call& call) { return SetPassword(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/keys",
                    .summary = "one's own API keys, without what opens",
                    .gives = "Keys",
                    .answer = [&](const Call& call) { return ListKeys(services, call); }});
  routes.push_back({.method = "DELETE",
                    .path = "/api/v1/keys/{key}",
                    .summary = "end an API key of one's own, by its id",
                    .gives = "Done",
                    .answer = [&](const Call& call) { return EndKey(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/accounts",
                    .summary = "create an account",
                    .takes = "AccountFields",
                    .gives = "Done",
                    .answer = [&](const Call& call) { return CreateAccount(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/keys",
                    .summary = "make an API key of one's own",
                    .takes = "KeyFields",
                    .gives = "Key",
                    .answer = [&](const Call& call) { return CreateKey(services, call); }});
}

}  // namespace siku::server
