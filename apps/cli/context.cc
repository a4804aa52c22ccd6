#include "context.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

namespace siku::cli {
namespace {

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

bool WantsColor(bool terminal) {
  if (const char* value = std::getenv("NO_COLOR"); value != nullptr && *value != '\0') return false;
  if (IsSet("CLICOLOR_FORCE")) return true;
  const char* kind = std::getenv("TERM");
  return terminal && (kind == nullptr || std::string_view(kind) != "dumb");
}

int TerminalColumns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::clamp<int>(size.ws_col, 40, 200);
  }
  return 100;
}

}  // namespace

std::string Paint::Wrap(const char* code, std::string_view text) const {
  if (!on_ || text.empty()) return std::string(text);
  std::string painted = "\x1b[";
  painted.append(code).append("m").append(text).append("\x1b[0m");
  return painted;
}

Context Context::FromEnvironment() {
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  const bool error_terminal = ::isatty(STDERR_FILENO) == 1;
  Context context(WantsColor(terminal), WantsColor(error_terminal));
  context.language_ = UserLanguage();
  context.terminal_ = terminal;
  context.error_terminal_ = error_terminal;
  context.columns_ = TerminalColumns();
  return context;
}

void Context::Print(std::string_view text) {
  if (failed_ != 0 || text.empty()) return;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) failed_ = errno;
}

void Context::Line(std::string_view text) {
  Print(text);
  Print("\n");
}

void Context::Event(const nlohmann::json& event) const {
  using Json = nlohmann::json;
  // In one write: threads speak, too.
  const std::string line = event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void Context::Note(std::string_view text) const {
  if (json_) return Event({{"note", text}});
  std::string line(text);
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void Context::Complain(const Error& error) const {
  if (json_) {
    return Event({{"error",
                   {{"code", CodeName(error.code)},
                    {"message", error.message},
                    {"value", error.value},
                    {"place", error.place},
                    {"hint", error.hint}}}});
  }
  // A place at the start of the line says as much, and editors find it there.
  const std::string mark = error.place.empty() ? error_paint_.Red(Say({"error: ", "错误："})) : "";
  Note(mark + Describe(error, language_));
}

Result<void> Context::Finish() {
  if (failed_ == 0 && std::fflush(stdout) != 0) failed_ = errno;
  if (failed_ == 0) return {};
  if (failed_ == ENOSPC || failed_ == EDQUOT) {
    return Fail(Code::kNoSpace, "the disk is full", {},
                std::string(Say({"standard output", "标准输出"})));
  }
  return Fail(Code::kIo, "standard output does not take what is written", std::strerror(failed_));
}

}  // namespace siku::cli
