#include "multipart.h"

#include <algorithm>
#include <cctype>

namespace siku::server {
namespace {

constexpr size_t kMostParts = 200;
constexpr size_t kLongestBoundary = 70;  // RFC 2046, 5.1.1
constexpr size_t kLongestHead = 8'192;   // bytes of a part's headers

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// `value` up to a semicolon that is not inside quotes; takes it off `rest`.
std::string_view NextPiece(std::string_view& rest) {
  bool quoted = false;
  size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ';'); ++end) {
    if (rest[end] == '\\' && quoted && end + 1 < rest.size()) {
      ++end;
    } else if (rest[end] == '"') {
      quoted = !quoted;
    }
  }
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

/// Of `form-data; name="upload"; filename="a.pdf"`. Browsers write %22 for a quote, others \".
std::string ParameterOf(std::string_view header, std::string_view name) {
  NextPiece(header);
  while (!header.empty()) {
    const std::string_view piece = Trimmed(NextPiece(header));
    const size_t equals = piece.find('=');
    if (equals == std::string_view::npos || Lower(Trimmed(piece.substr(0, equals))) != name) {
      continue;
    }
    std::string_view value = Trimmed(piece.substr(equals + 1));
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
    value = value.substr(1, value.size() - 2);
    std::string plain;
    for (size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '\\' && i + 1 < value.size()) ++i;
      plain += value[i];
    }
    return plain;
  }
  return {};
}

/// `filename*=utf-8''%E7%AB%99.pdf` (RFC 8187), which RFC 7578 forbids and some send all the same.
std::string DecodedName(const std::string& given) {
  constexpr std::string_view kUtf8 = "utf-8''";
  if (!Lower(given.substr(0, kUtf8.size())).starts_with(kUtf8)) return {};
  std::string plain;
  for (size_t i = kUtf8.size(); i < given.size(); ++i) {
    const auto digit = [&](size_t at) {
      const auto c = at < given.size() ? static_cast<unsigned char>(given[at]) : 0;
      return std::isxdigit(c) == 0 ? -1 : std::isdigit(c) != 0 ? c - '0' : (c | 0x20) - 'a' + 10;
    };
    if (given[i] == '%' && digit(i + 1) >= 0 && digit(i + 2) >= 0) {
      plain += static_cast<char>(digit(i + 1) * 16 + digit(i + 2));
      i += 2;
    } else {
      plain += given[i];
    }
  }
  return plain;
}

FormPart PartOf(std::string_view head, std::string_view bytes) {
  FormPart part{.bytes = bytes};
  while (!head.empty()) {
    const size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    if (Lower(Trimmed(line.substr(0, colon))) != "content-disposition") continue;
    const std::string_view value = line.substr(colon + 1);
    part.name = ParameterOf(value, "name");
    part.filename = ParameterOf(value, "filename");
    if (const std::string encoded = DecodedName(ParameterOf(value, "filename*"));
        !encoded.empty()) {
      part.filename = encoded;
    }
  }
  return part;
}

}  // namespace

bool IsForm(std::string_view content_type) {
  return Lower(Trimmed(NextPiece(content_type))) == "multipart/form-data";
}

std::optional<std::vector<FormPart>> ParseForm(std::string_view content_type,
                                               std::string_view body) {
  const std::string boundary = ParameterOf(content_type, "boundary");
  if (boundary.empty() || boundary.size() > kLongestBoundary) return std::nullopt;
  const std::string first = "--" + boundary;
  const std::string next = "\r\n" + first;
  if (!body.starts_with(first)) return std::nullopt;
  body.remove_prefix(first.size());
  std::vector<FormPart> parts;
  while (!body.starts_with("--")) {
    if (!body.starts_with("\r\n")) return std::nullopt;
    body.remove_prefix(2);
    const size_t head = body.find("\r\n\r\n");
    if (head == std::string_view::npos || head > kLongestHead) return std::nullopt;
    const size_t begin = head + 4;
    const size_t end = body.find(next, begin);
    if (end == std::string_view::npos) return std::nullopt;
    if (parts.size() == kMostParts) return std::nullopt;
    parts.push_back(PartOf(body.substr(0, head), body.substr(begin, end - begin)));
    body.remove_prefix(end + next.size());
  }
  return parts;
}

}  // namespace siku::server
