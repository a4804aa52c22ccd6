#include "server_error.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace siku {
namespace {

constexpr const char* kCredentials =
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile of the AWS tools, hold them";
constexpr const char* kServer = "--s3-endpoint, SIKU_S3_ENDPOINT or AWS_ENDPOINT_URL names it";
constexpr size_t kLongestDetail = 200;

struct Meaning {
  std::string_view name;
  Code code;
  const char* message;
  const char* hint;
};
constexpr const char* kFailed = "the S3 server could not do it";
constexpr const char* kNone = "no credentials for the S3 server are set";
constexpr const char* kRefused = "the S3 server refuses the credentials";
constexpr std::array kMeanings = {
    Meaning{"ACCESS_DENIED", Code::kDenied, kRefused, kCredentials},
    Meaning{"INVALID_ACCESS_KEY_ID", Code::kDenied, kRefused, kCredentials},
    Meaning{"SIGNATURE_DOES_NOT_MATCH", Code::kDenied, kRefused, kCredentials},
    Meaning{"INVALID_CLIENT_TOKEN_ID", Code::kDenied, kRefused, kCredentials},
    Meaning{"UNRECOGNIZED_CLIENT", Code::kDenied, kRefused, kCredentials},
    Meaning{"MISSING_AUTHENTICATION_TOKEN", Code::kDenied, kRefused, kCredentials},
    Meaning{"NO_SUCH_BUCKET", Code::kNotFound, "there is no such bucket", ""},
    Meaning{"NO_SUCH_KEY", Code::kNotFound, "no such file or folder", ""},
    Meaning{"RESOURCE_NOT_FOUND", Code::kNotFound, "no such file or folder", ""},
    Meaning{"NETWORK_CONNECTION", Code::kIo, "the S3 server cannot be reached", kServer},
};

// What the client says behind `NAME during Operation operation: `.
std::string AfterwardsIn(const std::string& message, size_t begin) {
  constexpr std::string_view kColon = "operation: ";
  const size_t found = message.find(kColon, begin);
  return message.substr(found == std::string::npos ? begin : found + kColon.size(), kLongestDetail);
}

}  // namespace

std::optional<Error> ServerError(const std::string& message) {
  constexpr std::string_view kMark = "AWS Error ";
  const size_t mark = message.find(kMark);
  if (mark == std::string::npos) return std::nullopt;
  const size_t begin = mark + kMark.size();
  const std::string name = message.substr(begin, message.find(' ', begin) - begin);
  for (const Meaning& meaning : kMeanings) {
    if (meaning.name != name) continue;
    std::string value = name;
    // Why not: no such host, refused, a certificate that nobody vouches for.
    if (name == "NETWORK_CONNECTION") value = AfterwardsIn(message, begin);
    return Error{
        .code = meaning.code, .message = meaning.message, .value = value, .hint = meaning.hint};
  }
  return Error{
      .code = Code::kIo, .message = kFailed, .value = message.substr(begin, kLongestDetail)};
}

bool MayLackCredentials(const Error& error) {
  return error.message == kRefused || error.message == kFailed;
}

Error NoCredentials() { return {.code = Code::kDenied, .message = kNone, .hint = kCredentials}; }

bool IsServerError(const Error& error) {
  return error.message == kFailed || error.message == kNone ||
         std::any_of(kMeanings.begin(), kMeanings.end(),
                     [&](const Meaning& meaning) { return error.message == meaning.message; });
}

}  // namespace siku
