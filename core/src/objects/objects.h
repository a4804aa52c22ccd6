// Objects by `s3://bucket/key`, through Arrow's file system for S3 and servers that speak like it.
// Nothing of it is started before the first such path. Credentials and region come from where the
// AWS tools have them; the server from SIKU_S3_ENDPOINT, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL;
// whose certificates to trust from AWS_CA_BUNDLE, SSL_CERT_FILE or where Linux systems keep them.
#pragma once

#include <arrow/filesystem/type_fwd.h>
#include <arrow/io/interfaces.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "siku/result.h"

namespace siku::objects {

/// What `--s3-endpoint` sets, so that processes that this one starts have it, too.
inline constexpr const char* kEndpointVariable = "SIKU_S3_ENDPOINT";

/// The server that the environment names; empty: Amazon's.
std::string Endpoint();
/// kInvalid: it is no URL of a server; `place` is where it was said.
Result<void> CheckEndpoint(const std::string& url, const std::string& place);
/// Has what this thread begins meanwhile use a server, whatever the environment says.
class ServerScope {
 public:
  explicit ServerScope(const std::string& endpoint);
  ~ServerScope();
  ServerScope(const ServerScope&) = delete;
  ServerScope& operator=(const ServerScope&) = delete;

 private:
  const std::string* before_;
};

/// It begins with `s3://`.
bool IsObject(std::string_view path);

struct ObjectInfo {
  std::string path;      // s3://bucket/key
  int64_t bytes = 0;     // of the object
  int64_t modified = 0;  // nanoseconds since 1970; of Look only where there is no ETag
  std::string etag{};    // of Look only; empty where the server gives none
};

/// Errors of all of these name the path: kInvalid: no bucket, or no URL of a server. kNotFound: no
/// such bucket or object. kDenied: the server refuses the credentials, or there are none. kIo: it
/// cannot be reached within about half a minute, or fails. kUnsupported: an Arrow without S3.
Result<ObjectInfo> Look(const std::string& path);
/// One object, or all whose keys continue the path behind a `/`. kNotFound: none.
Result<std::vector<ObjectInfo>> List(const std::string& path);
/// kNotFound: no such bucket.
Result<void> CheckBucket(const std::string& path);
/// `bytes`: its size where it is known, which saves asking; else -1.
Result<std::shared_ptr<arrow::io::RandomAccessFile>> Open(const std::string& path,
                                                          int64_t bytes = -1);
/// From `begin` on, read ahead by `buffer` bytes: servers are slow to begin.
Result<std::shared_ptr<arrow::io::InputStream>> OpenStream(const std::string& path, int64_t bytes,
                                                           int64_t begin, int64_t buffer);

/// An object that appears whole, at Finish, or not at all.
class Upload {
 public:
  static Result<std::unique_ptr<Upload>> Create(const std::string& path);
  /// Without Finish what was sent is given up.
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  const std::shared_ptr<arrow::io::OutputStream>& stream() { return stream_; }
  Result<void> Finish();

 private:
  Upload(std::string path, std::shared_ptr<arrow::fs::S3FileSystem> system)
      : path_(std::move(path)), system_(std::move(system)) {}
  std::string path_;
  std::shared_ptr<arrow::fs::S3FileSystem> system_;
  std::shared_ptr<arrow::io::OutputStream> stream_{};
};

/// No error where there is none.
Result<void> Remove(const std::string& path);
Result<void> RemoveBelow(const std::string& path);

/// How long the one request that has waited longest has had no answer; 0: none waits. Nothing ends
/// its waiting but the server, the network or the end of the process.
double SecondsWaiting();

/// A program that may have used any of this says so before it returns from `main`: Arrow's threads
/// must not outlive what they stand on. Nothing works afterwards.
void Close();

}  // namespace siku::objects
