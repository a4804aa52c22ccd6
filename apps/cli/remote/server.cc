#include "remote/server.h"

#include <charconv>

#include "table.h"

namespace siku::cli {
namespace {

using nlohmann::json;

constexpr size_t kLongestWords = 2'000;  // bytes of an error that a server tells

/// For answers without words of ours: by a proxy, or by the server before it looks at a request.
Code CodeOf(int status) {
  switch (status) {
    case 401:
    case 403:
      return Code::kDenied;
    case 404:
      return Code::kNotFound;
    case 409:
      return Code::kConflict;
    case 413:
    case 431:
      return Code::kLimit;
    case 429:
    case 503:
    case 504:
      return Code::kBusy;
    case 501:
      return Code::kUnsupported;
    case 507:
      return Code::kNoSpace;
    default:
      return status >= 500 ? Code::kIo : Code::kInvalid;
  }
}

/// As a terminal may be given it.
std::string TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return Plain(found->get<std::string>().substr(0, kLongestWords));
}

constexpr const char* kRefused = "the server refuses the request";

tl::unexpected<Error> ErrorOf(const json& error, const std::string& url) {
  Code code = CodeNamed(TextOf(error, "code"));
  // A server that is ended is not a user's Ctrl-C.
  if (code == Code::kInterrupted) code = Code::kBusy;
  const std::string message = TextOf(error, "message");
  const char* const known = FindMessage(message);
  const char* const hint = FindMessage(TextOf(error, "hint"));
  std::string value = TextOf(error, "value");
  if (known != nullptr) {
    return Fail(code, known, std::move(value), TextOf(error, "place"), hint == nullptr ? "" : hint);
  }
  return Fail(code, kRefused, value.empty() ? message : message + ": " + value, url);
}

tl::unexpected<Error> Refused(const HttpAnswer& answer, const std::string& url) {
  const json told = json::parse(answer.body, nullptr, false);
  const auto error = told.is_object() ? told.find("error") : told.end();
  if (!told.is_object() || error == told.end() || !error->is_object()) {
    return Fail(CodeOf(answer.status), kRefused, "HTTP " + std::to_string(answer.status), url);
  }
  return ErrorOf(*error, url);
}

}  // namespace

tl::unexpected<Error> NotACatalogue(const Server& server) {
  return Fail(Code::kData, "the answer is not a catalogue's", {}, server.url(),
              "is the address that of `siku serve`?");
}

tl::unexpected<Error> Server::ErrorIn(const json& problem) const { return ErrorOf(problem, url()); }

VersionName SplitVersion(const std::string& text) {
  const size_t at = text.rfind('@');
  if (at == std::string::npos || at + 1 == text.size()) return {text, ""};
  return {text.substr(0, at), text.substr(at + 1)};
}

Result<HttpAnswer> Server::Send(HttpRequest request, const Query& query,
                                const BodySink& sink) const {
  request.path = "/api/v1" + request.path;
  char sign = '?';
  for (const auto& [name, value] : query) {
    request.path += sign + name + "=" + http_->Encoded(value);
    sign = '&';
  }
  // In English, whose sentences the table of translations is found by.
  request.headers.emplace_back("Accept-Language", "en");
  SIKU_TRY(auto answer, http_->Send(request, sink));
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (answer.status >= 400) return Refused(answer, url());
  return Fail(Code::kDenied, "the server redirects, and the key does not go there",
              Plain(answer.Header("location").substr(0, kLongestWords)), url(),
              "give --server that address if it is the server's");
}

Result<json> Server::Ask(const std::string& method, const std::string& path, const Query& query,
                         const json& body) const {
  HttpRequest request{.method = method, .path = path, .headers = {}, .body = {}};
  std::string text;
  if (!body.is_null()) {
    text = body.dump(-1, ' ', false, json::error_handler_t::replace);
    request.body = text;
    request.headers.emplace_back("Content-Type", "application/json");
  }
  SIKU_TRY(const auto answer, Send(std::move(request), query));
  json told = json::parse(answer.body, nullptr, false);
  if (!told.is_object()) return NotACatalogue(*this);
  return told;
}

Result<json> Server::Dataset(const std::string& name) const {
  // A proxy would take these for other addresses.
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
    return Fail(Code::kNotFound, "dataset not found", name);
  }
  return Ask("GET", Path(name));
}

Result<int64_t> Server::Ordinal(const json& dataset, const VersionName& name) const {
  const auto versions = dataset.find("versions");
  if (versions == dataset.end() || !versions->is_array()) return NotACatalogue(*this);
  try {
    if (name.version.empty()) {
      const auto newest = dataset.at("version").get<int64_t>();
      if (newest > 0) return newest;
      return Fail(Code::kNotFound, "the dataset has no version", name.dataset);
    }
    int64_t number = 0;
    const char* const end = name.version.data() + name.version.size();
    const auto [rest, error] = std::from_chars(name.version.data(), end, number);
    const bool is_number = error == std::errc() && rest == end && name.version.size() < 10;
    for (const json& one : *versions) {
      const auto ordinal = one.at("ordinal").get<int64_t>();
      if (is_number ? ordinal == number : TextOf(one, "content").starts_with(name.version)) {
        return ordinal;
      }
    }
  } catch (const json::exception&) {
    return NotACatalogue(*this);
  }
  return Fail(Code::kNotFound, "version not found", name.dataset + "@" + name.version);
}

std::string Server::Path(const std::string& dataset) const {
  return "/datasets/" + http_->Encoded(dataset);
}

std::string Server::Path(const std::string& dataset, int64_t ordinal) const {
  return Path(dataset) + "/versions/" + std::to_string(ordinal);
}

}  // namespace siku::cli
