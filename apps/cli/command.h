// What a command is, and the list of all of them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "arguments.h"
#include "context.h"
#include "siku/result.h"

namespace siku::cli {

class Command {
 public:
  virtual ~Command() = default;
  virtual void Declare(Arguments& arguments) = 0;
  /// The exit code, or the error to be printed.
  virtual Result<int> Run(Context& context) = 0;
};

struct CommandEntry {
  const char* name;  // "run", "dataset ls"
  Text summary;
  std::unique_ptr<Command> (*make)();
};

/// In the order of the help.
std::span<const CommandEntry> Commands();
/// A first word with commands below it: "dataset".
struct CommandGroup {
  const char* name;
  const char* hint;  // where its commands are listed; a static message
  Text summary;
};
std::span<const CommandGroup> CommandGroups();

template <class T>
std::unique_ptr<Command> Make() {
  return std::make_unique<T>();
}

}  // namespace siku::cli
