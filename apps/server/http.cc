#include "http.h"

#include <algorithm>
#include <charconv>

namespace siku::server {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> Decoded(std::string_view text, bool plus) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (plus && c == '+') {
      c = ' ';
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  return out;
}

bool HasDotSegment(const std::string& path) {
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at + 1), path.size());
    const std::string_view segment = std::string_view(path).substr(at + 1, end - at - 1);
    if (segment == "." || segment == "..") return true;
    at = end;
  }
  return false;
}

}  // namespace

std::string Request::Parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

std::vector<std::string> Request::Parameters(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : query) {
    if (key == name && !value.empty()) values.push_back(value);
  }
  return values;
}

std::string Request::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::string Request::Cookie(std::string_view name) const {
  const std::string all = Header("cookie");
  for (size_t at = 0; at < all.size();) {
    const size_t end = std::min(all.find(';', at), all.size());
    std::string_view one = std::string_view(all).substr(at, end - at);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
      return std::string(one.substr(name.size() + 1));
    }
    at = end + 1;
  }
  return {};
}

Response TextResponse(int status, std::string text) {
  Response response{.status = status, .type = "text/plain; charset=utf-8"};
  response.body = std::move(text);
  return response;
}

std::optional<Request> ParseTarget(std::string_view target) {
  if (!target.starts_with('/')) return std::nullopt;
  Request request;
  const size_t mark = std::min(target.find('?'), target.size());
  const auto path = Decoded(target.substr(0, mark), false);
  if (!path || HasDotSegment(*path)) return std::nullopt;
  request.path = *path;
  for (size_t at = mark + 1; at < target.size();) {
    const size_t end = std::min(target.find('&', at), target.size());
    const std::string_view part = target.substr(at, end - at);
    const size_t equals = std::min(part.find('='), part.size());
    const auto key = Decoded(part.substr(0, equals), true);
    const auto value =
        Decoded(equals < part.size() ? part.substr(equals + 1) : std::string_view(), true);
    if (!key || !value) return std::nullopt;
    if (!key->empty()) request.query.emplace_back(*key, *value);
    at = end + 1;
  }
  return request;
}

std::optional<std::pair<uint64_t, uint64_t>> ParseRange(std::string_view range, uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!range.starts_with(kUnit)) return std::nullopt;
  range.remove_prefix(kUnit.size());
  // Several ranges: RFC 9110 lets a server send all, and so nobody has it read a file many times.
  const size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto number = [](std::string_view text, uint64_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
  };
  uint64_t first = 0;
  uint64_t last = 0;
  const auto from = range.substr(0, dash);
  const auto to = range.substr(dash + 1);
  if (from.empty()) {
    if (!number(to, last)) return std::nullopt;
    if (last == 0 || size == 0) return std::pair<uint64_t, uint64_t>(0, 0);
    return std::pair(size - std::min(last, size), size);
  }
  if (!number(from, first) || (!to.empty() && !number(to, last))) return std::nullopt;
  if (to.empty()) last = UINT64_MAX - 1;
  if (last < first) return std::nullopt;
  if (first >= size) return std::pair<uint64_t, uint64_t>(0, 0);
  return std::pair(first, std::min(last + 1, size));
}

}  // namespace siku::server
