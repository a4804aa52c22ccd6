// Help for people: of the program, of a group of commands, of one command.
#pragma once

#include <string>

#include "arguments.h"
#include "command.h"
#include "context.h"

namespace siku::cli {

std::string ProgramHelp(const Context& context);
std::string GroupHelp(const Context& context, const CommandGroup& group);
std::string CommandHelp(const Context& context, const CommandEntry& entry,
                        const Arguments& arguments);

}  // namespace siku::cli
