// Files from a server and to it, over breaks and kills.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "context.h"
#include "remote/server.h"

namespace siku::cli {

/// Writes the file that `path` of the API answers to `target`; its bytes. It grows in a hidden file
/// beside `target`, which the next call goes on with, and gets its name when it is whole and on the
/// disk. kBusy: another process does this. kConflict: it changes all the time.
Result<int64_t> Download(const Server& server, const std::string& path, const Query& query,
                         const std::string& target, const Context& context);

/// The same to `write`, in order, each byte once.
Result<int64_t> Download(const Server& server, const std::string& path, const Query& query,
                         const std::function<Result<void>(std::string_view)>& write);

struct UploadedFile {
  std::string id{};
  std::string sha256{};  // of the file here
};

/// Sends a file by tus 1.0, going on with what the server has of one of the same name and length;
/// its id there. kConflict: the file grows or shrinks meanwhile.
Result<UploadedFile> Upload(const Server& server, const std::string& file, const Context& context);

}  // namespace siku::cli
