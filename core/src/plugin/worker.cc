#include "worker.h"

#include <arrow/api.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "../base/words.h"
#include "siku/plugins.h"

namespace siku::plugin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kOwnSource =
#include "own_source.inc"
    ;
constexpr const char* kWorkerSource =
#include "worker_source.inc"
    ;
// Reads its two modules from the socket that is its standard input, then works.
constexpr const char* kBegin =
    "import os, socket, sys, types\n"
    "s = socket.socket(fileno=os.dup(0))\n"
    "c = s.makefile('rwb')\n"
    "def module(name):\n"
    "    m = types.ModuleType(name)\n"
    "    text = c.read(int.from_bytes(c.read(8), 'little'))\n"
    "    sys.modules[name] = m\n"
    "    exec(compile(text, '<' + name + '>', 'exec'), vars(m))\n"
    "    return m\n"
    "own = module('siku_own')\n"
    "module('siku_worker').work(own, c)\n";

constexpr double kStartSeconds = 60;
constexpr int64_t kLongestHead = int64_t{64} << 20;
constexpr int64_t kLongestBody = int64_t{4} << 30;
constexpr const char* kChoose =
    "set SIKU_PYTHON to a Python of 3.9 or newer that has pyarrow (pip install pyarrow)";

std::string& DefaultInterpreter() {
  static std::string path = "python3";
  return path;
}

// The order of sets and the like shall not differ between workers.
std::vector<std::string> Environment() {
  std::vector<std::string> variables;
  for (char** one = environ; *one != nullptr; ++one) {
    if (std::strncmp(*one, "PYTHONHASHSEED=", 15) != 0) variables.emplace_back(*one);
  }
  variables.emplace_back("PYTHONHASHSEED=0");
  return variables;
}

Result<pid_t> Spawn(const std::string& python, int standard_input) {
  std::vector<std::string> words = {python, "-X", "utf8", "-c", kBegin};
  std::vector<std::string> variables = Environment();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, standard_input, 0);
  pid_t process = 0;
  const int failed = ::posix_spawnp(&process, python.c_str(), &actions, nullptr,
                                    WordPointers(words).data(), WordPointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return Fail(failed == ENOENT ? Code::kNotFound : Code::kDenied, "Python cannot be started",
                std::strerror(failed), python, kChoose);
  }
  return process;
}

std::string Framed(const char* source) {
  const auto size = static_cast<uint64_t>(std::strlen(source));
  std::string framed;
  for (int i = 0; i < 8; ++i) framed += static_cast<char>(size >> (8 * i) & 0xFFU);
  return framed + source;
}

void PutSize(std::string& out, uint64_t size) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(size >> (8 * i) & 0xFFU);
}

int64_t SizeAt(const unsigned char* bytes) {
  uint64_t size = 0;
  for (int i = 7; i >= 0; --i) size = size << 8U | bytes[i];
  return static_cast<int64_t>(size);
}

}  // namespace

class Worker::Deadline {
 public:
  Deadline(double seconds, const RowContext* context)
      : seconds_(seconds),
        end_(Clock::now() +
             std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))),
        context_(context) {}
  /// Waits until the channel can be read or written, and no longer than is allowed.
  Result<void> Wait(int channel, short events) const {
    for (;;) {
      pollfd one{.fd = channel, .events = events, .revents = 0};
      constexpr int kPause = 50;  // milliseconds
      if (::poll(&one, 1, kPause) > 0) return {};
      if (context_ != nullptr && context_->stopping()) {
        return Fail(Code::kInterrupted, "the run was asked to stop");
      }
      if (Clock::now() > end_) {
        return Fail(Code::kLimit,
                    "a Python operator took longer over a batch than it may, in seconds",
                    std::to_string(static_cast<int64_t>(seconds_)), {},
                    "`seconds` of @siku.operator says how long it may take");
      }
    }
  }

 private:
  double seconds_;
  Clock::time_point end_;
  const RowContext* context_;
};

Result<std::unique_ptr<Worker>> Worker::Start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return Errno("Python cannot be started", WorkerPython());
  }
  const std::string python = WorkerPython();
  auto process = Spawn(python, ends[1]);
  ::close(ends[1]);
  if (!process.has_value()) {
    ::close(ends[0]);
    return tl::unexpected<Error>(process.error());
  }
  std::unique_ptr<Worker> worker(new Worker(*process, ends[0]));
  const Deadline deadline(kStartSeconds, nullptr);
  for (const char* source : {kOwnSource, kWorkerSource}) {
    const std::string framed = Framed(source);
    SIKU_TRY(worker->Send(framed.data(), static_cast<int64_t>(framed.size()), deadline));
  }
  SIKU_TRY(const auto ready, worker->Answer(deadline));
  if (!ready.head.value("ok", false)) {
    return Fail(Code::kUnsupported, "this Python cannot run operators: it has no pyarrow",
                ready.head.value("message", ""), python, kChoose);
  }
  return worker;
}

Worker::~Worker() {
  ::close(channel_);
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<void> Worker::Send(const char* data, int64_t size, const Deadline& deadline) {
  while (size > 0) {
    const ssize_t sent =
        ::send(channel_, data, static_cast<size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      data += sent;
      size -= sent;
    } else if (errno == EAGAIN || errno == EINTR) {
      SIKU_TRY(deadline.Wait(channel_, POLLOUT));
    } else {
      return Ended();
    }
  }
  return {};
}

Result<void> Worker::Receive(char* data, int64_t size, const Deadline& deadline) {
  while (size > 0) {
    const ssize_t got = ::recv(channel_, data, static_cast<size_t>(size), MSG_DONTWAIT);
    if (got > 0) {
      data += got;
      size -= got;
    } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      SIKU_TRY(deadline.Wait(channel_, POLLIN));
    } else {
      return Ended();
    }
  }
  return {};
}

tl::unexpected<Error> Worker::Ended() {
  // It closed its channel, so it is about to end, if it is not stuck on the way.
  constexpr int kTries = 100;
  int status = 0;
  pid_t ended = 0;
  for (int i = 0; i < kTries && ended == 0; ++i) {
    ended = ::waitpid(process_, &status, WNOHANG);
    if (ended == 0) ::poll(nullptr, 0, 10);
  }
  std::string how = "it closed its messages";
  if (ended > 0) {
    process_ = 0;
    how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                              : "exit code " + std::to_string(WEXITSTATUS(status));
  }
  return Fail(Code::kInvalid, "the process of a Python plug-in ended", std::move(how),
              WorkerPython(), "what it wrote to its standard error says more");
}

Result<Worker::Reply> Worker::Answer(const Deadline& deadline) {
  unsigned char sizes[16];
  SIKU_TRY(Receive(reinterpret_cast<char*>(sizes), sizeof(sizes), deadline));
  const int64_t head_size = SizeAt(sizes), body_size = SizeAt(sizes + 8);
  if (head_size < 0 || head_size > kLongestHead || body_size < 0 || body_size > kLongestBody) {
    return Fail(Code::kInvalid, "a Python plug-in wrote into the messages of its process", {},
                WorkerPython());
  }
  std::string head(static_cast<size_t>(head_size), '\0');
  SIKU_TRY(Receive(head.data(), head_size, deadline));
  SIKU_TRY(std::shared_ptr<arrow::Buffer> body, FromArrow(arrow::AllocateBuffer(body_size)));
  SIKU_TRY(Receive(reinterpret_cast<char*>(body->mutable_data()), body_size, deadline));
  auto parsed = nlohmann::json::parse(head, nullptr, false);
  if (!parsed.is_object()) {
    return Fail(Code::kInvalid, "a Python plug-in wrote into the messages of its process", {},
                WorkerPython());
  }
  return Reply{std::move(parsed), std::move(body)};
}

Result<Worker::Reply> Worker::Ask(const nlohmann::json& head, const arrow::Buffer* body,
                                  double seconds, const RowContext* context) {
  const Deadline deadline(seconds, context);
  const std::string text = head.dump();
  std::string frame;
  PutSize(frame, text.size());
  PutSize(frame, body == nullptr ? 0 : static_cast<uint64_t>(body->size()));
  frame += text;
  SIKU_TRY(Send(frame.data(), static_cast<int64_t>(frame.size()), deadline));
  if (body != nullptr) {
    SIKU_TRY(Send(reinterpret_cast<const char*>(body->data()), body->size(), deadline));
  }
  return Answer(deadline);
}

}  // namespace siku::plugin

namespace siku {

std::string WorkerPython() {
  const char* const chosen = std::getenv("SIKU_PYTHON");
  return chosen == nullptr || *chosen == '\0' ? plugin::DefaultInterpreter() : chosen;
}

void UsePython(const std::string& path) {
  if (!path.empty()) plugin::DefaultInterpreter() = path;
}

}  // namespace siku
