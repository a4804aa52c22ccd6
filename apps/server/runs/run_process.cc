#include "runs/run_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "durable.h"
#include "words.h"

namespace siku::server {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr auto kBetweenLooks = std::chrono::seconds(1);
constexpr int kPollMilliseconds = 100;
// From being asked to being killed.
constexpr auto kGrace = std::chrono::seconds(10);
constexpr size_t kLongestLine = 1 << 20;
// The program plans with its memory; code, libraries and what allocators keep come on top.
constexpr int64_t kBesides = int64_t{512} << 20;
// What a run leaves to the server, its index and its uploads.
constexpr uint64_t kLeftFree = uint64_t{256} << 20;
constexpr int kNiceness = 5;

/// All of the child between fork and exec: nothing here may allocate or lock, for another thread
/// may have been about to.
struct Prepared {
  const char* program;
  char* const* words;
  char* const* variables;
  int input;
  int events;
  pid_t parent;
};

[[noreturn]] void BecomeChild(const Prepared& prepared) {
  // Comes for each thread of the server that ends after the one that called: SIGHUP may.
  ::prctl(PR_SET_PDEATHSIG, SIGHUP);
  if (::getppid() != prepared.parent) ::_exit(127);  // it died before that
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::setpriority(PRIO_PROCESS, 0, kNiceness);
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(prepared.input >= 0 ? prepared.input : null, 0);
  ::dup2(null, 1);
  ::dup2(prepared.events, 2);
  ::close_range(3, ~0U, 0);
  (void)!::chdir("/");
  sigset_t all;
  ::sigemptyset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::signal(SIGHUP, SIG_DFL);  // a server under nohup ignores it
  // What it says once the server is gone does not end it before it has ended in order.
  ::signal(SIGPIPE, SIG_IGN);
  ::execve(prepared.program, prepared.words, prepared.variables);
  ::_exit(127);
}

/// Those of the server, without the catalogue's password, and with `more` in their place.
std::vector<std::string> Variables(std::vector<std::string> more) {
  more.emplace_back("SIKU_LANG=en");
  std::vector<std::string> all = more;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view variable = *one;
    const std::string_view name = variable.substr(0, variable.find('=') + 1);
    bool replaced = name == "SIKU_CATALOGUE=";
    for (const std::string& other : more) replaced = replaced || other.starts_with(name);
    if (!replaced) all.emplace_back(variable);
  }
  return all;
}

/// A descriptor that reads `text`; -1: there is none.
Result<int> InputOf(const std::string& text) {
  if (text.empty()) return -1;
  const int descriptor = ::memfd_create("siku-input", MFD_CLOEXEC);
  if (descriptor < 0) return Errno("cannot make a file in memory", "");
  if (::write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    ::close(descriptor);
    return Fail(Code::kIo, "cannot make a file in memory");
  }
  ::lseek(descriptor, 0, SEEK_SET);
  return descriptor;
}

int64_t ResidentBytes(pid_t process) {
  int64_t all = 0, resident = 0, mapped = 0;  // pages; mapped files are not the process's alone
  std::ifstream("/proc/" + std::to_string(process) + "/statm") >> all >> resident >> mapped;
  return (resident - mapped) * static_cast<int64_t>(::sysconf(_SC_PAGESIZE));
}

int64_t FolderBytes(const std::string& folder) {
  int64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code gone;
    const auto size = at->is_regular_file(gone) ? at->file_size(gone) : 0;
    if (!gone) bytes += static_cast<int64_t>(size);
  }
  return bytes;
}

Error ErrorOf(const json& said) {
  const auto text = [&](const char* key) {
    const auto found = said.find(key);
    return found != said.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const char* const message = FindMessage(text("message"));
  const char* const hint = FindMessage(text("hint"));
  Error error{.code = CodeNamed(text("code")), .message = message, .value = text("value")};
  if (message == nullptr) {
    error.message = "the run failed";
    error.value = text("message");
  }
  error.place = text("place");
  if (hint != nullptr) error.hint = hint;
  return error;
}

}  // namespace

Result<std::unique_ptr<RunProcess>> RunProcess::Start(const Order& order) {
  std::error_code error;
  const std::string program = fs::read_symlink("/proc/self/exe", error).string();
  std::vector<std::string> words = {program};
  words.insert(words.end(), order.words.begin(), order.words.end());
  std::vector<std::string> variables = Variables(order.variables);
  const auto word_pointers = WordPointers(words);
  const auto variable_pointers = WordPointers(variables);
  SIKU_TRY(const int input, InputOf(order.input));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    if (input >= 0) ::close(input);
    return Errno("cannot make a pipe", "");
  }
  const Prepared prepared{
      program.c_str(), word_pointers.data(), variable_pointers.data(), input, ends[1], ::getpid()};
  const pid_t process = ::fork();
  if (process == 0) BecomeChild(prepared);
  const int failed = errno;
  ::close(ends[1]);
  if (input >= 0) ::close(input);
  if (process < 0) {
    ::close(ends[0]);
    return Fail(Code::kLimit, "cannot start a process", std::strerror(failed));
  }
  return std::unique_ptr<RunProcess>(new RunProcess(process, ends[0], order.limits));
}

RunProcess::~RunProcess() {
  ::close(events_);
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void RunProcess::TakeLines(const std::function<void(const json&)>& event) {
  for (size_t end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
    const json said = json::parse(buffer_.substr(0, end), nullptr, false);
    buffer_.erase(0, end + 1);
    if (!said.is_object()) continue;
    if (const auto told = said.find("error"); told != said.end()) {
      if (!error_) error_ = ErrorOf(*told);
    } else {
      event(said);
    }
  }
  if (buffer_.size() > kLongestLine) buffer_.clear();
}

void RunProcess::Kill(const Error& why) {
  if (!error_) error_ = why;
  ::kill(process_, SIGKILL);
}

void RunProcess::AskToEnd() {
  if (asked_) return;
  asked_ = Clock::now();
  ::kill(process_, SIGTERM);
}

void RunProcess::Look(const std::string& folder) {
  const auto number = [](int64_t value) { return std::to_string(value); };
  if (ResidentBytes(process_) > limits_.memory + limits_.memory / 4 + kBesides) {
    return Kill(
        {Code::kLimit, "the run took more memory than it may, in bytes", number(limits_.memory)});
  }
  if (folder.empty()) return;
  if (FolderBytes(folder) > limits_.disk) {
    return Kill(
        {Code::kLimit, "the run took more disk than it may, in bytes", number(limits_.disk)});
  }
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) == 0 && disk.f_bavail * disk.f_frsize < kLeftFree) {
    Kill({Code::kNoSpace, "the disk is full"});
  }
}

void RunProcess::Follow(const std::function<void(const json&)>& event,
                        const std::function<bool()>& stopping,
                        const std::function<std::string()>& folder) {
  for (;;) {
    pollfd ready{events_, POLLIN, 0};
    if (::poll(&ready, 1, kPollMilliseconds) > 0) {
      char bytes[16384];
      const ssize_t count = ::read(events_, bytes, sizeof bytes);
      if (count == 0) break;
      if (count > 0) buffer_.append(bytes, static_cast<size_t>(count));
      TakeLines(event);
    }
    const auto now = Clock::now();
    if (stopping()) AskToEnd();
    if (now > end_) {
      if (!error_) {
        error_ = Error{Code::kLimit, "the run took longer than it may, in seconds",
                       std::to_string(limits_.seconds)};
      }
      AskToEnd();
    }
    if (asked_ && now > *asked_ + kGrace) ::kill(process_, SIGKILL);
    if (now >= next_look_) {
      next_look_ = now + kBetweenLooks;
      Look(folder());
    }
  }
  while (::waitpid(process_, &status_, 0) < 0 && errno == EINTR) {
  }
  process_ = 0;
}

bool RunProcess::WasKilled() const { return WIFSIGNALED(status_); }

std::optional<Error> RunProcess::Ended() const {
  if (error_) return error_;
  if (WIFEXITED(status_) && WEXITSTATUS(status_) == 0) return std::nullopt;
  if (asked_) return Error{Code::kInterrupted, "the run was asked to stop"};
  const std::string how = WIFSIGNALED(status_) ? "signal " + std::to_string(WTERMSIG(status_))
                                               : "exit " + std::to_string(WEXITSTATUS(status_));
  return Error{Code::kInternal, "the process of the run ended", how};
}

}  // namespace siku::server
