// The operators of all modules, joined: only the program sees several modules.
#pragma once

#include <string>
#include <vector>

#include "arguments.h"
#include "siku/operator.h"

namespace siku::cli {

const OperatorSet& AllOperators();

/// `--plugin FILE`, for commands that look at operators without a recipe.
void DeclarePlugins(Arguments& arguments, std::vector<std::string>& plugins);

}  // namespace siku::cli
