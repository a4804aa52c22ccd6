// Plug-ins that are shared libraries: siku/plugin.h from the engine's side.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "siku/operator.h"
#include "siku/result.h"

namespace siku::plugin {

/// `path`: absolute. `name`: as the recipe has it, for errors and hashes.
Result<std::vector<std::unique_ptr<Operator>>> LoadLibrary(const std::string& name,
                                                           const std::string& path,
                                                           const std::string& sha256);

}  // namespace siku::plugin
