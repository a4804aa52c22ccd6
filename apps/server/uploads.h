// Files on their way in: kept in pieces in the store's folder `uploads` until they are imported.
// What a piece's answer said is on the disk stays there, whatever happens to the server.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "siku/catalog/identity.h"
#include "siku/result.h"

namespace siku::server {

struct Upload {
  std::string id{};
  std::string name{};     // of the file, as the client says
  std::string account{};  // who sends it
  int64_t length = 0;     // bytes it will have
  int64_t offset = 0;     // bytes that are here
  int64_t expires = 0;    // milliseconds since 1970; later with each piece
  std::string result{};   // JSON of what it was imported as; empty: it was not

  bool complete() const { return offset == length; }
};

inline constexpr int64_t kLargestUpload = int64_t{64} << 30;  // bytes
inline constexpr int64_t kUploadQuota = int64_t{128} << 30;   // bytes of one account's files
inline constexpr int kMostUploads = 100;                      // of one account
inline constexpr int64_t kUploadDays = 7;                     // without a piece

/// Safe to use from several threads of the one server of a store. Whose an upload is not does not
/// learn that it is there (kNotFound).
class Uploads {
 public:
  explicit Uploads(std::string folder) : folder_(std::move(folder)) {}
  /// kDenied: no publisher. kLimit: too large, too many. kNoSpace: the disk has not so much left.
  Result<Upload> Create(const catalog::Actor& actor, const std::string& name, int64_t length);
  Result<Upload> Find(const catalog::Actor& actor, const std::string& id) const;
  /// By id.
  Result<std::vector<Upload>> List(const catalog::Actor& actor) const;
  /// Puts bytes behind those that are here. kConflict: `offset` is not where they end. kBusy:
  /// another piece is being written. kInvalid: more than the file has.
  Result<Upload> Append(const catalog::Actor& actor, const std::string& id, int64_t offset,
                        const std::string& bytes);
  Result<void> Remove(const catalog::Actor& actor, const std::string& id);
  /// Keeps the result; the bytes go.
  Result<void> Finish(const catalog::Actor& actor, const std::string& id,
                      const std::string& result);
  std::string DataPath(const std::string& id) const { return folder_ + "/" + id + "/data"; }
  /// Removes what has expired, an hour after it was first seen to have: a clock that jumps deletes
  /// nothing at once.
  void Sweep();

  /// Alone with an upload, as long as it lives.
  class Hold {
   public:
    Hold(Uploads& uploads, std::string id);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    bool taken() const { return taken_; }

   private:
    Uploads& uploads_;
    std::string id_;
    bool taken_;
  };

 private:
  Result<Upload> Load(const std::string& id) const;
  Result<void> Save(const Upload& upload) const;
  std::vector<std::string> Ids() const;
  void SweepLocked();

  std::string folder_;
  std::mutex mutex_{};
  std::set<std::string> held_{};
  std::map<std::string, std::chrono::steady_clock::time_point> expired_{};  // since when
};

}  // namespace siku::server
