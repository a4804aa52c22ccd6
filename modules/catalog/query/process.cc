#include "query/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "durable.h"
#include "siku/plugins.h"
#include "words.h"

namespace siku::catalog {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr const char* kWorker =
#include "query_worker.inc"
    ;
constexpr const char* kStatistics =
#include "query_statistics.inc"
    ;
constexpr const char* kAnswers =
#include "query_answers.inc"
    ;
// First come the limits, then other people's modules; none out of the folder the server runs in.
constexpr const char* kBegin =
    "import sys, types\n"
    "sys.path[:] = [folder for folder in sys.path if folder]\n"
    "def module(name, text):\n"
    "    m = sys.modules[name] = types.ModuleType(name)\n"
    "    exec(compile(text, '<' + name + '>', 'exec'), vars(m))\n"
    "    return m\n"
    "w = module('siku_worker', sys.argv[2])\n"
    "w.confine(int(sys.argv[1]))\n"
    "try:\n"
    "    for name, text in zip(sys.argv[3::2], sys.argv[4::2]):\n"
    "        a = module(name, text)\n"
    "except ImportError as error:\n"
    "    w.lacks(error)\n"
    "w.answer(a.ANSWERS, a.failure)\n";
constexpr const char* kChoose =
    "set SIKU_PYTHON to a Python of 3.11 or newer that has duckdb and pyarrow"
    " (pip install duckdb pyarrow)";
// More than the limits of answers; what is longer is no message of ours.
constexpr uint64_t kLongestPart = uint64_t{64} << 20;
constexpr std::chrono::milliseconds kStopAsked{200};

/// What a Python needs to find its modules; not the database's password that stands beside it.
std::vector<std::string> Environment() {
  std::vector<std::string> variables = {"PYTHONDONTWRITEBYTECODE=1", "OMP_NUM_THREADS=1"};
  for (const char* name : {"PATH", "HOME", "PYTHONPATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr) variables.push_back(std::string(name) + "=" + value);
  }
  return variables;
}

Result<pid_t> Spawn(const std::string& python, int seconds, int standard_input,
                    const WorkerProgram& program) {
  std::vector<std::string> words = {python, "-X", "utf8", "-c", kBegin, std::to_string(seconds),
                                    kWorker};
  for (const auto& [name, text] : program.modules) {
    words.emplace_back(name);
    words.emplace_back(text);
  }
  std::vector<std::string> variables = Environment();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, standard_input, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  // Connections of other people among them.
  ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  pid_t process = 0;
  const int failed = ::posix_spawnp(&process, python.c_str(), &actions, nullptr,
                                    WordPointers(words).data(), WordPointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return Fail(Code::kUnsupported, program.none, std::strerror(failed), {}, program.hint);
  }
  return process;
}

void PutSize(std::string& out, uint64_t size) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(size >> (8 * i) & 0xFFU);
}

uint64_t SizeAt(const unsigned char* bytes) {
  uint64_t size = 0;
  for (int i = 7; i >= 0; --i) size = size << 8U | bytes[i];
  return size;
}

/// `line:column` of a byte of the text, both from 1, columns in characters.
std::string PlaceIn(const std::string& text, int64_t position) {
  if (position < 0 || position > static_cast<int64_t>(text.size())) return {};
  int64_t line = 1, column = 1;
  for (const char c : text.substr(0, static_cast<size_t>(position))) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++column;
    }
  }
  return std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace

const WorkerProgram& QueryProgram() {
  static const auto* const kProgram = new WorkerProgram{
      .modules = {{"siku_statistics", kStatistics}, {"siku_answers", kAnswers}},
      .failures =
          {{"query", Code::kInvalid, "the query cannot be answered"},
           {"statement", Code::kInvalid, "a query is one SELECT"},
           {"table", Code::kDenied, "a query reads the rows of this version alone", "FROM rows"},
           {"deep", Code::kLimit, "the query is nested too deeply"},
           {"memory", Code::kLimit, "the query needs more memory than it may have, in bytes"},
           {"large", Code::kLimit, "the answer is larger than it may be, in bytes",
            "fewer rows or columns, or the download"},
           {"missing", Code::kUnsupported, "queries need DuckDB, which this Python lacks", kChoose},
           {"failed", Code::kInternal, "the query failed"}},
      .none = "queries need a Python, which cannot be started",
      .ended = "the process of a query ended",
      .late = "the query took longer than it may, in seconds",
      .hint = kChoose};
  return *kProgram;
}

Result<std::unique_ptr<QueryProcess>> QueryProcess::Start(const std::string& file, json question,
                                                          const QueryLimits& limits,
                                                          const WorkerProgram& program) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return Errno("cannot make a socket", "");
  }
  auto process = Spawn(WorkerPython(), limits.seconds, ends[1], program);
  ::close(ends[1]);
  if (!process.has_value()) {
    ::close(ends[0]);
    return tl::unexpected<Error>(process.error());
  }
  std::unique_ptr<QueryProcess> started(new QueryProcess(*process, ends[0], limits, program));
  question["memory"] = limits.memory;
  question["bytes"] = limits.bytes;
  started->sql_ = question.value("sql", "");
  SIKU_TRY(started->Ask(file, question));
  return started;
}

QueryProcess::~QueryProcess() {
  ::close(channel_);
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

/// The question with the descriptor of the file.
Result<void> QueryProcess::Ask(const std::string& file, const json& question) {
  const std::string text = question.dump();
  std::string sizes;
  PutSize(sizes, text.size());
  PutSize(sizes, 0);
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0) return Errno("cannot read", file);
  iovec part{sizes.data(), sizes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(head), &opened, sizeof(int));
  // 16 bytes fit into a new socket's buffer.
  const ssize_t sent = ::sendmsg(channel_, &message, MSG_NOSIGNAL);
  ::close(opened);
  if (sent != static_cast<ssize_t>(sizes.size())) return Errno("cannot write", "socket");
  return Send(text.data(), text.size());
}

Result<void> QueryProcess::Wait(short events) const {
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now());
    if (limits_.stop != nullptr) {
      if ((*limits_.stop)()) return Fail(Code::kInterrupted, program_.ended);
      left = std::min(left, kStopAsked);
    }
    pollfd one{.fd = channel_, .events = events, .revents = 0};
    if (left.count() > 0 && ::poll(&one, 1, static_cast<int>(left.count())) > 0) return {};
    if (Clock::now() >= end_) {
      return Fail(Code::kLimit, program_.late, std::to_string(limits_.seconds));
    }
  }
}

Result<void> QueryProcess::Send(const char* data, size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(channel_, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      data += sent;
      size -= static_cast<size_t>(sent);
    } else if (errno == EAGAIN || errno == EINTR) {
      SIKU_TRY(Wait(POLLOUT));
    } else {
      return Fail(Code::kUnsupported, program_.ended, std::strerror(errno), {}, program_.hint);
    }
  }
  return {};
}

Result<void> QueryProcess::Receive(char* data, size_t size) {
  while (size > 0) {
    const ssize_t got = ::recv(channel_, data, size, MSG_DONTWAIT);
    if (got > 0) {
      data += got;
      size -= static_cast<size_t>(got);
    } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      SIKU_TRY(Wait(POLLIN));
    } else {
      // By its own limits of memory and time, most likely.
      return Fail(Code::kLimit, program_.ended, {}, {}, program_.hint);
    }
  }
  return {};
}

Result<QueryProcess::Message> QueryProcess::Next() {
  std::array<unsigned char, 16> sizes{};
  SIKU_TRY(Receive(reinterpret_cast<char*>(sizes.data()), sizes.size()));
  const uint64_t head_size = SizeAt(sizes.data()), body_size = SizeAt(sizes.data() + 8);
  if (head_size > kLongestPart || body_size > kLongestPart) {
    return Fail(Code::kInternal, program_.ended, "message");
  }
  std::string head(head_size, '\0');
  Message message;
  message.body.resize(body_size);
  SIKU_TRY(Receive(head.data(), head.size()));
  SIKU_TRY(Receive(message.body.data(), message.body.size()));
  message.head = json::parse(head, nullptr, false);
  if (!message.head.is_object()) {
    return Fail(Code::kInternal, program_.ended, "message");
  }
  if (message.head.contains("failed")) return Failure(message.head);
  return message;
}

tl::unexpected<Error> QueryProcess::Failure(const json& head) const {
  const std::string name = head.value("failed", "");
  const auto kind = std::find_if(program_.failures.begin(), program_.failures.end() - 1,
                                 [&](const WorkerFailure& one) { return name == one.name; });
  std::string what = head.value("what", "");
  if (name == "memory") what = std::to_string(limits_.memory);
  std::string place = sql_.empty() && name == "query" ? "filter" : "";
  if (const auto at = head.find("at"); at != head.end() && at->is_number_integer()) {
    place = PlaceIn(sql_, at->get<int64_t>());
  }
  return Fail(kind->code, kind->message, std::move(what), std::move(place), kind->hint);
}

}  // namespace siku::catalog
