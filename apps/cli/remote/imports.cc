#include "remote/imports.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "remote/transfer_line.h"
#include "stop.h"

namespace siku::cli {
namespace {

using nlohmann::json;

std::string PathOf(const Server& server, const UploadedFile& file) {
  return "/uploads/" + server.Encoded(file.id);
}

/// Asks until the server is no longer in `state`; what it says then.
Result<json> WaitWhile(const Server& server, const UploadedFile& file, const std::string& state,
                       const char* phase, const Context& context) {
  TransferLine line(context, phase);
  for (int wait = 20;; wait = std::min(2 * wait, 1'000)) {
    SIKU_TRY(auto told, server.Ask("GET", PathOf(server, file)));
    try {
      if (told.at("state") != state) {
        const json& error = told.at("error");
        if (error.is_null()) return told;
        return server.ErrorIn(error);
      }
      line.Begin(told.at("done").get<int64_t>(), told.at("length").get<int64_t>());
    } catch (const json::exception&) {
      return NotACatalogue(server);
    }
    if (Stopping()) return Fail(Code::kInterrupted, "interrupted");
    std::this_thread::sleep_for(std::chrono::milliseconds(wait));
  }
}

}  // namespace

Result<json> GuessUpload(const Server& server, const UploadedFile& file, const json& given,
                         const Context& context) {
  SIKU_TRY(server.Ask("POST", PathOf(server, file) + "/guess", {}, given));
  SIKU_TRY(const auto told, WaitWhile(server, file, "guessing", "guess", context));
  const auto guess = told.find("guess");
  if (guess == told.end() || !guess->is_object()) return NotACatalogue(server);
  return *guess;
}

Result<json> ImportUpload(const Server& server, const UploadedFile& file,
                          const std::string& dataset, const json& plan, const Context& context) {
  SIKU_TRY(server.Ask("POST", PathOf(server, file) + "/import", {},
                      {{"dataset", dataset}, {"plan", plan}, {"sha256", file.sha256}}));
  SIKU_TRY(const auto told, WaitWhile(server, file, "importing", "import", context));
  const auto result = told.find("result");
  if (result == told.end() || !result->is_object()) {
    return Fail(Code::kIo, "the server ended before the import did", {}, server.url(),
                "the same command goes on");
  }
  return *result;
}

void GiveUp(const Server& server, const UploadedFile& file) {
  const auto removed = server.Send({.method = "DELETE",
                                    .path = PathOf(server, file),
                                    .headers = {{"Tus-Resumable", "1.0.0"}},
                                    .body = {}});
  (void)removed;  // it goes by itself after some days
}

}  // namespace siku::cli
