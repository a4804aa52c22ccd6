// One maker for every command; each is written in the file of its name.
#pragma once

#include <memory>

#include "command.h"

namespace siku::cli {

std::unique_ptr<Command> MakeRepair();
std::unique_ptr<Command> MakeOps();
std::unique_ptr<Command> MakeVersion();

}  // namespace siku::cli
