// A store in S3 as one machine sees it: a folder that mirrors it. What is published is sent after
// it is complete here; what is read and not here is brought. For paths of any other folder all of
// this does nothing, or looks at the folder itself.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "objects.h"
#include "siku/result.h"

namespace siku {

/// Thread-safe; several processes may have the same one.
class Mirror {
 public:
  /// `url`: s3://bucket/prefix. Its folder lies below SIKU_CACHE, else XDG_CACHE_HOME/siku, else
  /// ~/.cache/siku, named by the hash of the URL; it is made. One at a time in a process, of one
  /// server: kConflict. kInvalid, kDenied: the cache is a file, or somebody else's.
  static Result<std::shared_ptr<Mirror>> Open(const std::string& url);
  Mirror(const Mirror&) = delete;
  Mirror& operator=(const Mirror&) = delete;
  /// That of a file below its folder; null: it lies in none.
  static std::shared_ptr<Mirror> Of(std::string_view path);

  const std::string& folder() const { return folder_; }
  const std::string& url() const { return url_; }
  /// The server, as the environment named it at Open; empty: Amazon's.
  const std::string& endpoint() const { return endpoint_; }
  /// The object of a path below the folder.
  std::string UrlOf(std::string_view path) const;
  /// The other way round.
  std::string PathOf(std::string_view url) const;

  Result<void> Push(const std::string& path);
  /// A file of a name that is used once is brought if it is not here, or not as it was: the first
  /// time in a process its SHA-256 is compared where that is known, by its name or by Expect, else
  /// its size; afterwards size and time of change. Any other is brought once a process. One that is
  /// nowhere is not here afterwards, either; opening it will tell. kData: the object is damaged.
  Result<void> Bring(const std::string& path);
  Result<void> BringAnew(const std::string& path);
  /// Some record has the SHA-256 of a file whose name does not.
  void Expect(const std::string& path, const std::string& sha256);
  Result<bool> Has(const std::string& path);
  /// Everything below a folder; none is no error.
  Result<std::vector<objects::ObjectInfo>> Below(const std::string& folder);
  /// What a listing says of one file.
  Result<objects::ObjectInfo> Listed(const std::string& path);
  /// kNotFound: no such bucket.
  Result<void> CheckBucket();
  Result<void> Drop(const std::string& path);
  /// What cannot be removed stays.
  void DropFolder(const std::string& folder);

 private:
  Mirror(std::string url, std::string folder)
      : url_(std::move(url)), folder_(std::move(folder)), endpoint_(objects::Endpoint()) {}
  struct Copy {
    int64_t bytes = -1;    // none is here
    int64_t modified = 0;  // nanoseconds
    bool operator==(const Copy&) const = default;
  };
  static Copy LookAt(const std::string& path);
  void Know(const std::string& path, const Copy& copy);
  bool Knows(const std::string& path, const Copy& copy);
  /// Hex; empty: not known.
  std::string ExpectedOf(const std::string& path);
  Result<bool> IsSound(const std::string& path, const Copy& copy);
  Result<void> CheckNew(const std::string& file, const std::string& path);

  std::string url_;
  std::string folder_;
  std::string endpoint_;
  std::mutex mutex_{};
  std::map<std::string, Copy> known_{};  // brought, sent or checked by this process
  std::map<std::string, std::string> expected_{};
};

/// Sends a complete file, over what stands there.
Result<void> Share(const std::string& path);
Result<void> Bring(const std::string& path);
Result<void> BringAnew(const std::string& path);
/// As Mirror::Expect.
void Expect(const std::string& path, const std::string& sha256);
/// What people look for a file by: its object, or its path.
std::string PlaceOf(const std::string& path);
/// Gives `temporary` its name unless somebody else was first, as PublishOnce.
Result<void> ShareOnce(const std::string& temporary, const std::string& path);
/// Whether the file is in the store.
Result<bool> IsShared(const std::string& path);
/// Names of the files in a folder of the store.
Result<std::set<std::string>> NamesIn(const std::string& folder);
/// Removes a file of the store. No error where there is none.
Result<void> Drop(const std::string& path);
/// Removes a folder of the store and all in it; what cannot be removed stays.
void DropFolder(const std::string& folder);

}  // namespace siku
