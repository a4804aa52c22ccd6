// The program `siku`: finds the command, lets it parse what it is given, and runs it.
#include <algorithm>
#include <csignal>
#include <cstring>
#include <exception>

#include "command.h"
#include "complete.h"
#include "help.h"
#include "objects/objects.h"
#include "siku/process.h"

namespace siku::cli {
namespace {

using Words = std::vector<std::string>;

bool IsHelp(const std::string& word) { return word == "--help" || word == "-h"; }

const CommandEntry* FindCommand(const std::string& name) {
  for (const CommandEntry& entry : Commands()) {
    if (name == entry.name) return &entry;
  }
  return nullptr;
}

const CommandGroup* FindGroup(const std::string& name) {
  for (const CommandGroup& group : CommandGroups()) {
    if (name == group.name) return &group;
  }
  return nullptr;
}

// What may stand at the place of a word: commands, groups; or the commands below `group`.
Words NamesBelow(const std::string& group) {
  Words names;
  for (const CommandEntry& entry : Commands()) {
    const std::string name = entry.name;
    if (group.empty() && name.find(' ') == std::string::npos) names.push_back(name);
    if (!group.empty() && name.starts_with(group + " "))
      names.push_back(name.substr(group.size() + 1));
  }
  if (group.empty()) {
    for (const CommandGroup& below : CommandGroups()) names.emplace_back(below.name);
  }
  return names;
}

Result<int> RunCommand(const CommandEntry& entry, const Words& given, Context& context) {
  const auto command = entry.make();
  Arguments arguments(entry.name);
  command->Declare(arguments);
  const auto end = std::find(given.begin(), given.end(), "--");
  if (std::any_of(given.begin(), end, IsHelp)) {
    context.Print(CommandHelp(context, entry, arguments));
    return 0;
  }
  SIKU_TRY(arguments.Parse(given, context));
  return command->Run(context);
}

Result<int> Dispatch(Words words, Context& context) {
  if (!words.empty() && words[0] == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  if (words.empty() || IsHelp(words[0])) {
    context.Print(ProgramHelp(context));
    return words.empty() ? static_cast<int>(Code::kInvalid) : 0;
  }
  if (words[0] == "complete") {
    PrintCompletions({words.begin() + 1, words.end()}, context);
    return 0;
  }
  if (words[0] == "--version" || words[0] == "-V") words[0] = "version";
  if (const CommandEntry* entry = FindCommand(words[0])) {
    return RunCommand(*entry, {words.begin() + 1, words.end()}, context);
  }
  const CommandGroup* group = FindGroup(words[0]);
  if (group == nullptr) {
    return Fail(Code::kInvalid, "no such command", WithNearest(context, words[0], NamesBelow("")),
                {}, "`siku --help` lists the commands");
  }
  if (words.size() == 1 || IsHelp(words[1])) {
    context.Print(GroupHelp(context, *group));
    return words.size() == 1 ? static_cast<int>(Code::kInvalid) : 0;
  }
  if (const CommandEntry* entry = FindCommand(words[0] + " " + words[1])) {
    return RunCommand(*entry, {words.begin() + 2, words.end()}, context);
  }
  return Fail(Code::kInvalid, "no such command",
              WithNearest(context, words[1], NamesBelow(words[0])), "siku " + words[0],
              group->hint);
}

int Main(int count, char** given) {
  Context context = Context::FromEnvironment();
  Result<int> done = Dispatch(Words(given + 1, given + count), context);
  if (const auto finished = context.Finish(); done.has_value() && !finished.has_value()) {
    done = tl::make_unexpected(finished.error());
  }
  if (done.has_value()) return *done;
  context.Complain(done.error());
  return static_cast<int>(done.error().code);
}

int Guarded(int count, char** given) {
  try {
    return Main(count, given);
  } catch (const std::bad_alloc&) {
    std::fputs("error: out of memory\n", stderr);
    return static_cast<int>(Code::kLimit);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return static_cast<int>(Code::kInternal);
  }
}

}  // namespace
}  // namespace siku::cli

int main(int count, char** given) {
  siku::KeepFreedMemory();
  // A file that may not grow further (ulimit -f) fails the write, not the program.
  ::signal(SIGXFSZ, SIG_IGN);
  const int status = siku::cli::Guarded(count, given);
  siku::objects::Close();
  return status;
}
