#include "objects.h"

#include <arrow/filesystem/s3fs.h>
#include <arrow/io/buffered.h>
#include <arrow/memory_pool.h>
#include <arrow/util/key_value_metadata.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>

#include "../base/arrow_internal.h"
#include "waiting.h"

namespace siku::objects {
namespace {

constexpr std::string_view kScheme = "s3://";
// A server that is gone is told of after some half a minute, one that stalls after two minutes.
constexpr double kConnectSeconds = 5;
constexpr double kRequestSeconds = 30;
constexpr int64_t kAttempts = 4;

std::string Variable(const char* name) {
  const char* set = std::getenv(name);
  return set == nullptr ? "" : set;
}

struct Server {
  std::string endpoint{};  // empty: Amazon's
  const char* place = "";  // where it was said
};

Server ServerOfEnvironment() {
  for (const char* name : {kEndpointVariable, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}) {
    if (auto set = Variable(name); !set.empty()) return {std::move(set), name};
  }
  return {};
}

thread_local const std::string* scoped_endpoint = nullptr;

struct HostAndScheme {
  std::string scheme;
  std::string host;
};

// `http://host:port`. One with a password in it is not shown.
Result<HostAndScheme> Parse(const std::string& endpoint, const std::string& place) {
  const size_t end = endpoint.find("://");
  HostAndScheme parsed{endpoint.substr(0, end), {}};
  const bool has_scheme =
      end != std::string::npos && (parsed.scheme == "http" || parsed.scheme == "https");
  if (has_scheme) parsed.host = endpoint.substr(end + 3);
  while (parsed.host.ends_with('/')) parsed.host.pop_back();
  if (!parsed.host.empty() && parsed.host.find_first_of("/@?# ") == std::string::npos) {
    return parsed;
  }
  const bool secret = endpoint.find('@') != std::string::npos;
  return Fail(Code::kInvalid, "this is no URL of an S3 server", secret ? "" : endpoint, place,
              "give scheme, host and port alone: http://host:9000");
}

Result<void> SetServer(const Server& server, arrow::fs::S3Options& options) {
  if (server.endpoint.empty()) return {};
  SIKU_TRY(const auto parsed, Parse(server.endpoint, server.place));
  options.scheme = parsed.scheme;
  options.endpoint_override = parsed.host;
  return {};
}

// Arrow's wheel looks where the system that built it has them.
std::string TrustedCertificates() {
  for (const char* name : {"AWS_CA_BUNDLE", "SSL_CERT_FILE"}) {
    if (auto set = Variable(name); !set.empty()) return set;
  }
  for (const char* path : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                           "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
    if (std::error_code error; std::filesystem::exists(path, error)) return path;
  }
  return {};
}

// Servers other than Amazon's do not know its newer checksums.
void PreferPlainRequests() {
  ::setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required", 0);
  ::setenv("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required", 0);
}

Result<void> Start() {
  static const arrow::Status started = [] {
    PreferPlainRequests();
    return arrow::fs::EnsureS3Initialized();
  }();
  return FromArrow(started);
}

using FileSystem = std::shared_ptr<arrow::fs::S3FileSystem>;

Result<FileSystem> Connect() {
  static std::mutex mutex;
  // Never destroyed: Close ends what they hold.
  static auto& made = *new std::map<std::string, FileSystem>();
  const std::lock_guard lock(mutex);
  Server server = ServerOfEnvironment();
  if (scoped_endpoint != nullptr && *scoped_endpoint != server.endpoint)
    server = {*scoped_endpoint};
  if (const auto found = made.find(server.endpoint); found != made.end()) return found->second;
  SIKU_TRY(Start());
  auto options = arrow::fs::S3Options::Defaults();
  SIKU_TRY(SetServer(server, options));
  options.tls_ca_file_path = TrustedCertificates();
  options.connect_timeout = kConnectSeconds;
  options.request_timeout = kRequestSeconds;
  options.retry_strategy = arrow::fs::S3RetryStrategy::GetAwsStandardRetryStrategy(kAttempts);
  options.allow_delayed_open = true;
  SIKU_TRY(auto system, FromArrow(arrow::fs::S3FileSystem::Make(options)));
  made[server.endpoint] = system;
  return system;
}

Result<void> At(const FileSystem& system, const std::string& path, const arrow::Status& status) {
  if (status.ok()) return {};
  Error error = ArrowError(status).value();
  if (error.code == Code::kNotFound && !ServerError(status.message()).has_value()) {
    return Fail(Code::kNotFound, "no such file or folder", path);
  }
  // Only then: what anybody may read needs none.
  if (MayLackCredentials(error) && system->options().GetAccessKey().empty()) {
    error = NoCredentials();
  }
  error.place = path;
  return tl::unexpected<Error>(std::move(error));
}

template <class T>
Result<T> At(const FileSystem& system, const std::string& path, arrow::Result<T> result) {
  SIKU_TRY(At(system, path, result.status()));
  return std::move(result).ValueUnsafe();
}

// `bucket/key` as Arrow names it, without a slash at its end.
Result<std::string> NameOf(const std::string& path) {
  std::string name = path.substr(std::min(kScheme.size(), path.size()));
  if (name.ends_with('/')) name.pop_back();
  if (!IsObject(path) || name.empty() || name.starts_with('/')) {
    return Fail(Code::kInvalid, "a path in S3 names a bucket", path);
  }
  const std::string between = "/" + name + "/";
  for (const char* part : {"//", "/./", "/../"}) {
    if (between.find(part) == std::string::npos) continue;
    return Fail(Code::kInvalid, "a path in S3 has no empty part, and none of dots alone", path);
  }
  return name;
}

int64_t Nanoseconds(const arrow::fs::FileInfo& info) {
  return info.mtime() == arrow::fs::kNoTime ? 0 : info.mtime().time_since_epoch().count();
}

ObjectInfo InfoOf(const arrow::fs::FileInfo& info) {
  return {std::string(kScheme) + info.path(), info.size(), Nanoseconds(info)};
}

// Why nothing is there: a bucket that is not says more than a key that is not.
tl::unexpected<Error> NotThere(const FileSystem& system, const std::string& path,
                               const std::string& name) {
  const std::string bucket = name.substr(0, name.find('/'));
  const auto there = system->GetFileInfo(bucket);
  if (there.ok() && there->type() == arrow::fs::FileType::NotFound) {
    return Fail(Code::kNotFound, "there is no such bucket", bucket, path);
  }
  return Fail(Code::kNotFound, "no such file or folder", path);
}

arrow::fs::FileInfo Known(const std::string& name, int64_t bytes) {
  arrow::fs::FileInfo info(name, arrow::fs::FileType::File);
  info.set_size(bytes);
  return info;
}

}  // namespace

std::string Endpoint() {
  return scoped_endpoint == nullptr ? ServerOfEnvironment().endpoint : *scoped_endpoint;
}

Result<void> CheckEndpoint(const std::string& url, const std::string& place) {
  SIKU_TRY(Parse(url, place));
  return {};
}

ServerScope::ServerScope(const std::string& endpoint) : before_(scoped_endpoint) {
  scoped_endpoint = &endpoint;
}
ServerScope::~ServerScope() { scoped_endpoint = before_; }

bool IsObject(std::string_view path) { return path.starts_with(kScheme); }

Result<ObjectInfo> Look(const std::string& path) {
  SIKU_TRY(const auto name, NameOf(path));
  const Waiting waiting;
  SIKU_TRY(const auto system, Connect());
  auto opened = At(system, path, system->OpenInputFile(name));
  if (!opened.has_value()) {
    if (opened.error().code == Code::kNotFound) return NotThere(system, path, name);
    return tl::make_unexpected(std::move(opened).error());
  }
  ObjectInfo info{.path = path};
  SIKU_TRY(info.bytes, At(system, path, (*opened)->GetSize()));
  SIKU_TRY(const auto words, At(system, path, (*opened)->ReadMetadata()));
  if (words != nullptr) info.etag = words->Get("ETag").ValueOr("");
  if (info.etag.empty()) {
    SIKU_TRY(const auto listed, At(system, path, system->GetFileInfo(name)));
    info.modified = Nanoseconds(listed);
  }
  return info;
}

Result<std::vector<ObjectInfo>> List(const std::string& path) {
  SIKU_TRY(const auto name, NameOf(path));
  const Waiting waiting;
  SIKU_TRY(const auto system, Connect());
  if (!path.ends_with('/')) {
    SIKU_TRY(const auto info, At(system, path, system->GetFileInfo(name)));
    if (info.type() == arrow::fs::FileType::NotFound) return NotThere(system, path, name);
    if (info.IsFile()) return std::vector<ObjectInfo>{InfoOf(info)};
  }
  arrow::fs::FileSelector below;
  below.base_dir = name;
  below.recursive = true;
  below.allow_not_found = true;
  SIKU_TRY(const auto found, At(system, path, system->GetFileInfo(below)));
  std::vector<ObjectInfo> objects;
  for (const auto& info : found) {
    if (info.IsFile()) objects.push_back(InfoOf(info));
  }
  if (objects.empty()) return NotThere(system, path, name);
  std::sort(objects.begin(), objects.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.path < b.path; });
  return objects;
}

Result<void> CheckBucket(const std::string& path) {
  SIKU_TRY(const auto name, NameOf(path));
  const Waiting waiting;
  SIKU_TRY(const auto system, Connect());
  const std::string bucket = name.substr(0, name.find('/'));
  SIKU_TRY(const auto info, At(system, path, system->GetFileInfo(bucket)));
  if (info.type() != arrow::fs::FileType::NotFound) return {};
  return Fail(Code::kNotFound, "there is no such bucket", bucket, path);
}

Result<std::shared_ptr<arrow::io::RandomAccessFile>> Open(const std::string& path, int64_t bytes) {
  SIKU_TRY(const auto name, NameOf(path));
  const Waiting waiting;
  SIKU_TRY(const auto system, Connect());
  SIKU_TRY(std::shared_ptr<arrow::io::RandomAccessFile> file,
           At(system, path,
              bytes < 0 ? system->OpenInputFile(name) : system->OpenInputFile(Known(name, bytes))));
  return Watched(std::move(file));
}

Result<std::shared_ptr<arrow::io::InputStream>> OpenStream(const std::string& path, int64_t bytes,
                                                           int64_t begin, int64_t buffer) {
  SIKU_TRY(const auto file, Open(path, bytes));
  SIKU_TRY(auto raw, FromArrow(arrow::io::RandomAccessFile::GetStream(file, begin, bytes - begin)));
  SIKU_TRY(std::shared_ptr<arrow::io::InputStream> stream,
           FromArrow(arrow::io::BufferedInputStream::Create(buffer, arrow::default_memory_pool(),
                                                            std::move(raw))));
  return stream;
}

Result<std::unique_ptr<Upload>> Upload::Create(const std::string& path) {
  SIKU_TRY(const auto name, NameOf(path));
  const Waiting waiting;
  SIKU_TRY(const auto system, Connect());
  std::unique_ptr<Upload> upload(new Upload(path, system));
  SIKU_TRY(auto stream, At(system, path, system->OpenOutputStream(name)));
  upload->stream_ = Watched(std::move(stream));
  return upload;
}

Upload::~Upload() {
  if (stream_ != nullptr) (void)stream_->Abort().ok();
}

Result<void> Upload::Finish() {
  auto closed = At(system_, path_, stream_->Close());
  if (closed.has_value()) stream_.reset();
  return closed;
}

Result<void> Remove(const std::string& path) {
  SIKU_TRY(const auto name, NameOf(path));
  const Waiting waiting;
  SIKU_TRY(const auto system, Connect());
  auto removed = At(system, path, system->DeleteFile(name));
  if (!removed.has_value() && removed.error().code == Code::kNotFound) return {};
  return removed;
}

Result<void> RemoveBelow(const std::string& path) {
  SIKU_TRY(const auto name, NameOf(path));
  const Waiting waiting;
  SIKU_TRY(const auto system, Connect());
  return At(system, path, system->DeleteDirContents(name, true));
}

void Close() { (void)arrow::fs::EnsureS3Finalized().ok(); }

}  // namespace siku::objects
