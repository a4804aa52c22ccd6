// A store in S3 as one machine sees it: a folder that mirrors it. What is published is sent after
// it is complete here; what is read and not here is brought. For paths of any other folder all of
// this does nothing, or looks at the folder itself.
#pragma once

#include <cstdint>
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
  /// ~/.cache/siku, named by the hash of the URL; it is made. One at a time in a process.
  static Result<std::shared_ptr<Mirror>> Open(const std::string& url);
  Mirror(const Mirror&) = delete;
  Mirror& operator=(const Mirror&) = delete;
  /// That of a file below its folder; null: it lies in none.
  static std::shared_ptr<Mirror> Of(std::string_view path);

  const std::string& folder() const { return folder_; }
  const std::string& url() const { return url_; }
  /// The object of a path below the folder.
  std::string UrlOf(std::string_view path) const;
  /// The other way round.
  std::string PathOf(std::string_view url) const;

  Result<void> Push(const std::string& path);
  /// A file of a name that is used once is brought if it is not here; any other once a process.
  /// One that is nowhere is not here afterwards, either; opening it will tell.
  Result<void> Bring(const std::string& path);
  Result<void> BringAnew(const std::string& path);
  Result<bool> Has(const std::string& path);
  /// Everything below a folder; none is no error.
  Result<std::vector<objects::ObjectInfo>> Below(const std::string& folder);
  Result<void> Drop(const std::string& path);

 private:
  Mirror(std::string url, std::string folder) : url_(std::move(url)), folder_(std::move(folder)) {}
  void Know(const std::string& path);

  std::string url_;
  std::string folder_;
  std::mutex mutex_{};
  std::set<std::string> known_{};  // brought or sent by this process
};

/// Sends a complete file, over what stands there.
Result<void> Share(const std::string& path);
Result<void> Bring(const std::string& path);
Result<void> BringAnew(const std::string& path);
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
