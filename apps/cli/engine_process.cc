#include "engine_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "../base/durable.h"
#include "siku/plugins.h"

namespace siku::cli {
namespace {

using nlohmann::json;

constexpr const char* kInstall =
    "set SIKU_PYTHON to a Python that has the package siku and the engine (docs/scale.md)";
constexpr int kLookMilliseconds = 100;
constexpr size_t kLongestEvent = size_t{1} << 20;

class Pipe {
 public:
  ~Pipe() {
    Close(0);
    Close(1);
  }
  Result<void> Open() {
    if (::pipe2(ends_, O_CLOEXEC) == 0) return {};
    return Errno("cannot make a pipe", "");
  }
  int end(int which) const { return ends_[which]; }
  void Close(int which) {
    if (ends_[which] >= 0) ::close(ends_[which]);
    ends_[which] = -1;
  }

 private:
  int ends_[2] = {-1, -1};
};

class Process {
 public:
  ~Process() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    (void)Wait();
  }

  Result<void> Start(const json& request, const std::string& log_file) {
    SIKU_TRY(asked_.Open());
    SIKU_TRY(said_.Open());
    const int log = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0) return Errno("cannot write", log_file);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, asked_.end(0), 0);
    ::posix_spawn_file_actions_adddup2(&actions, said_.end(1), 1);
    ::posix_spawn_file_actions_adddup2(&actions, log, 2);
    const std::string python = WorkerPython();
    std::string words[] = {python, "-m", "siku.engines"};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    const int failed =
        ::posix_spawnp(&process_, python.c_str(), &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(log);
    asked_.Close(0);
    said_.Close(1);
    if (failed != 0) {
      process_ = 0;
      return Fail(failed == ENOENT ? Code::kNotFound : Code::kDenied, "Python cannot be started",
                  std::strerror(failed), python, kInstall);
    }
    return Ask(request);
  }

  // An event; none at the end.
  Result<std::optional<json>> Next(const std::atomic<bool>* stop) {
    for (;;) {
      const size_t end = buffer_.find('\n');
      if (end != std::string::npos) {
        auto event = json::parse(buffer_.substr(0, end), nullptr, false);
        buffer_.erase(0, end + 1);
        if (event.is_object()) return std::optional<json>(std::move(event));
        continue;
      }
      if (stop != nullptr && stop->load() && !stopped_) {
        stopped_ = true;
        asked_.Close(1);  // it ends its tasks, and itself
      }
      pollfd ready{said_.end(0), POLLIN, 0};
      if (::poll(&ready, 1, kLookMilliseconds) <= 0) continue;
      char bytes[4096];
      const ssize_t count = ::read(said_.end(0), bytes, sizeof bytes);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0 || buffer_.size() > kLongestEvent) return std::optional<json>();
      buffer_.append(bytes, static_cast<size_t>(count));
    }
  }

  bool stopped() const { return stopped_; }
  int Wait() {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  }

 private:
  Result<void> Ask(const json& request) {
    const std::string line = request.dump() + "\n";
    // Less than a pipe holds: this does not wait, and a process that is gone is seen by Next.
    if (::write(asked_.end(1), line.data(), line.size()) == static_cast<ssize_t>(line.size()) ||
        errno == EPIPE) {
      return {};
    }
    return Errno("cannot write", "siku.engines");
  }

  Pipe asked_{};
  Pipe said_{};
  pid_t process_ = 0;
  std::string buffer_{};
  bool stopped_ = false;
};

void Show(const json& said, const RunHooks& hooks) {
  if (!hooks.progress) return;
  const std::string phase = said.value("phase", "");
  hooks.progress({phase.c_str(), said.value("bytes_total", int64_t{0}),
                  said.value("bytes_done", int64_t{0}), said.value("rows", int64_t{0}),
                  said.value("tasks_total", int64_t{0}), said.value("tasks_done", int64_t{0})});
}

// Texts of errors are static; what a process says of itself once stays.
const char* Kept(std::string text) {
  static std::set<std::string> kept;
  return kept.insert(std::move(text)).first->c_str();
}

tl::unexpected<Error> ErrorOf(const json& said) {
  return tl::unexpected<Error>(Error{.code = CodeNamed(said.value("code", "")),
                                     .message = Kept(said.value("message", "")),
                                     .value = said.value("value", ""),
                                     .place = said.value("place", ""),
                                     .hint = Kept(said.value("hint", ""))});
}

// The last event, after all progress was shown.
Result<json> Converse(const json& request, const std::string& log, const RunHooks& hooks) {
  Process process;
  SIKU_TRY(process.Start(request, log));
  bool began = false;
  for (;;) {
    SIKU_TRY(auto event, process.Next(hooks.stop));
    if (!event.has_value()) break;
    if (event->contains("began")) {
      began = true;
      if (hooks.progress) hooks.progress({.phase = "connect"});
      continue;
    }
    if (event->contains("error")) return ErrorOf(event->at("error"));
    if (!event->contains("progress")) return *std::move(event);
    Show(event->at("progress"), hooks);
  }
  const int status = process.Wait();
  if (process.stopped()) return Fail(Code::kInterrupted, "the run was asked to stop");
  if (!began) {
    return Fail(Code::kUnsupported, "the Python that drives engines did not start",
                "exit " + std::to_string(status), log, kInstall);
  }
  return Fail(Code::kIo, "the engine ended before the run did", "exit " + std::to_string(status),
              log);
}

}  // namespace

Result<void> DriveByEngine(const EngineRequest& request, const RunHooks& hooks) {
  const json asked = {{"engine", request.engine},
                      {"address", request.address},
                      {"threads", request.threads},
                      {"store", request.store},
                      {"index", request.index},
                      {"run", request.run},
                      {"seal_key", request.seal_key},
                      {"memory", request.memory},
                      {"spill_limit", request.spill_limit}};
  SIKU_TRY(const auto done, Converse(asked, request.folder + "/engine.log", hooks));
  return {};
}

Result<std::string> ExamineCluster(const ClusterRequest& request, const std::string& log,
                                   const RunHooks& hooks) {
  const json asked = {{"doctor", true},
                      {"engine", request.engine},
                      {"address", request.address},
                      {"threads", 0},
                      {"store", request.store},
                      {"index", request.index},
                      {"memory", request.memory}};
  SIKU_TRY(const auto done, Converse(asked, log, hooks));
  return done.at("examined").dump(1);
}

}  // namespace siku::cli
