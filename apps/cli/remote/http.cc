#include "remote/http.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "remote/libcurl.h"
#include "stop.h"

namespace siku::cli {
namespace {

constexpr size_t kLargestBody = size_t{256} << 20;  // bytes
constexpr size_t kMostHeaders = 200;
constexpr long kConnectSeconds = 15;
/// Without a byte: a file is made when it is first asked for.
constexpr long kSilentSeconds = 600;

/// The parts of a URL that the rules are about.
struct Address {
  std::string scheme;
  std::string host;
};

bool IsLoopback(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127;
  in6_addr six{};
  if (::inet_pton(AF_INET6, host.c_str(), &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six) != 0;
  return host == "localhost" || host.ends_with(".localhost");
}

/// Nothing: it is not the address of a server, of which only scheme, host, port and path are given.
std::optional<Address> ParseUrl(const Libcurl& curl, const std::string& text) {
  const std::unique_ptr<CURLU, decltype(curl.url_cleanup)> url(curl.url(), curl.url_cleanup);
  if (url == nullptr || curl.url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return std::nullopt;
  }
  const auto part = [&](CURLUPart which) -> std::optional<std::string> {
    char* found = nullptr;
    if (curl.url_get(url.get(), which, &found, 0) != CURLUE_OK) return std::nullopt;
    std::string copy(found);
    curl.free(found);
    return copy;
  };
  for (const CURLUPart none :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (part(none).has_value()) return std::nullopt;
  }
  const auto scheme = part(CURLUPART_SCHEME);
  const auto host = part(CURLUPART_HOST);
  if (!scheme || !host || (*scheme != "http" && *scheme != "https")) return std::nullopt;
  return Address{*scheme, *host};
}

bool IsKey(const std::string& key) {
  return std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
}

/// What the callbacks of one request fill.
struct Transfer {
  HttpAnswer answer{};
  const BodySink* sink = nullptr;
  std::optional<Error> failure{};
};

std::string Trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  return std::string(text);
}

size_t OnHeader(char* bytes, size_t one, size_t count, void* to) {
  auto& transfer = *static_cast<Transfer*>(to);
  const std::string_view line(bytes, one * count);
  if (line.starts_with("HTTP/")) {
    // Of the last answer alone: 100 Continue and a proxy's come before.
    transfer.answer.headers.clear();
    const size_t space = line.find(' ');
    const std::string status = space == std::string_view::npos ? "" : Trimmed(line.substr(space));
    std::from_chars(status.data(), status.data() + status.size(), transfer.answer.status);
    return line.size();
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  if (transfer.answer.headers.size() >= kMostHeaders) return 0;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  transfer.answer.headers[name] = Trimmed(line.substr(colon + 1));
  return line.size();
}

size_t OnBody(char* bytes, size_t one, size_t count, void* to) {
  auto& transfer = *static_cast<Transfer*>(to);
  const std::string_view chunk(bytes, one * count);
  HttpAnswer& answer = transfer.answer;
  if (transfer.sink != nullptr && *transfer.sink && answer.status >= 200 && answer.status < 300) {
    const auto taken = (*transfer.sink)(answer, chunk);
    if (taken.has_value()) return chunk.size();
    transfer.failure = taken.error();
    return 0;
  }
  if (answer.body.size() + chunk.size() > kLargestBody) {
    transfer.failure = Error{.code = Code::kLimit, .message = "the answer is larger than 256 MiB"};
    return 0;
  }
  answer.body.append(chunk);
  return chunk.size();
}

int OnProgress(void* /*to*/, curl_off_t /*down*/, curl_off_t /*had*/, curl_off_t /*up*/,
               curl_off_t /*sent*/) {
  return Stopping() ? 1 : 0;
}

class CurlHttp final : public Http {
 public:
  CurlHttp(const Libcurl& curl, std::string url, std::string key, bool loopback)
      : curl_(curl),
        easy_(curl.init()),
        url_(std::move(url)),
        key_(std::move(key)),
        loopback_(loopback) {}
  ~CurlHttp() override { curl_.cleanup(easy_); }
  CurlHttp(const CurlHttp&) = delete;
  CurlHttp& operator=(const CurlHttp&) = delete;

  Result<HttpAnswer> Send(const HttpRequest& request, const BodySink& sink) override {
    if (easy_ == nullptr) return Fail(Code::kLimit, "out of memory");
    curl_slist* headers = nullptr;
    const auto add = [&](const std::string& line) {
      headers = curl_.append(headers, line.c_str());
    };
    if (!key_.empty()) add("Authorization: " + key_);
    for (const auto& [name, value] : request.headers) add(name + ": " + value);
    add("Expect:");  // no waiting for 100 Continue
    Transfer transfer{.answer = {}, .sink = &sink, .failure = {}};
    Prepare(request, headers, transfer);
    const CURLcode done = curl_.perform(easy_);
    curl_.free_all(headers);
    if (transfer.failure) return tl::make_unexpected(*std::move(transfer.failure));
    if (done != CURLE_OK) return Broken(done);
    return std::move(transfer.answer);
  }

  const std::string& url() const override { return url_; }

  std::string Encoded(std::string_view text) const override {
    if (text.empty()) return {};
    char* const encoded = curl_.escape(easy_, text.data(), static_cast<int>(text.size()));
    if (encoded == nullptr) return {};
    std::string copy(encoded);
    curl_.free(encoded);
    return copy;
  }

 private:
  void Prepare(const HttpRequest& request, curl_slist* headers, Transfer& transfer) {
    curl_.reset(easy_);  // connections stay
    const std::string address = url_ + request.path;
    curl_.set(easy_, CURLOPT_URL, address.c_str());
    curl_.set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_.set(easy_, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_.set(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_.set(easy_, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_.set(easy_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_.set(easy_, CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
    curl_.set(easy_, CURLOPT_USERAGENT, "siku/" SIKU_VERSION);
    curl_.set(easy_, CURLOPT_HTTPHEADER, headers);
    if (loopback_) curl_.set(easy_, CURLOPT_PROXY, "");
    if (const char* trusted = std::getenv("SSL_CERT_FILE");
        trusted != nullptr && *trusted != '\0') {
      curl_.set(easy_, CURLOPT_CAINFO, trusted);
    }
    curl_.set(easy_, CURLOPT_HEADERFUNCTION, &OnHeader);
    curl_.set(easy_, CURLOPT_HEADERDATA, &transfer);
    curl_.set(easy_, CURLOPT_WRITEFUNCTION, &OnBody);
    curl_.set(easy_, CURLOPT_WRITEDATA, &transfer);
    curl_.set(easy_, CURLOPT_NOPROGRESS, 0L);
    curl_.set(easy_, CURLOPT_XFERINFOFUNCTION, &OnProgress);
    if (request.method == "HEAD") {
      curl_.set(easy_, CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET") {
      curl_.set(easy_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
      if (request.method != "DELETE") {
        curl_.set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_.set(easy_, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
      }
    }
  }

  tl::unexpected<Error> Broken(CURLcode done) const {
    if (done == CURLE_ABORTED_BY_CALLBACK) return Fail(Code::kInterrupted, "interrupted");
    if (done == CURLE_OPERATION_TIMEDOUT) {
      return Fail(Code::kIo, "the server did not answer in time", {}, url_);
    }
    return Fail(Code::kIo, "the connection to the server failed", curl_.error(done), url_,
                "is `siku serve` running there?");
  }

  const Libcurl& curl_;
  CURL* easy_;
  std::string url_;
  std::string key_;
  bool loopback_;
};

}  // namespace

std::string HttpAnswer::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

int64_t HttpAnswer::Length() const {
  const std::string text = Header("content-length");
  int64_t length = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc() && end == text.data() + text.size() ? length : -1;
}

Result<std::unique_ptr<Http>> Http::Open(const std::string& url, const std::string& key) {
  const Libcurl* const curl = Libcurl::Find();
  if (curl == nullptr) {
    return Fail(Code::kUnsupported, "servers are asked by libcurl, which is not here",
                "libcurl.so.4", {}, "Debian and Ubuntu have it in the package libcurl4");
  }
  const auto address = ParseUrl(*curl, url);
  if (!address) {
    // A part before @ is a secret that must not be shown.
    return Fail(Code::kInvalid, "not the address of a server",
                url.find('@') == std::string::npos ? url : "", "--server",
                "as http://127.0.0.1:8600");
  }
  if (!IsKey(key)) return Fail(Code::kInvalid, "not an API key");
  const bool loopback = IsLoopback(address->host);
  if (!key.empty() && address->scheme == "http" && !loopback) {
    return Fail(Code::kDenied, "others on the network would read the key", {}, url,
                "give the server's https address");
  }
  std::string base = url;
  while (base.ends_with('/')) base.pop_back();
  return std::unique_ptr<Http>(std::make_unique<CurlHttp>(*curl, std::move(base), key, loopback));
}

}  // namespace siku::cli
