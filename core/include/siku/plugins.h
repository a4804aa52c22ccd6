// Operators of people's own: shared libraries behind siku/plugin.h, and Python functions in a
// worker process. Guide: docs/own-operators.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "siku/operator.h"
#include "siku/result.h"

namespace siku {

/// The operators of one plug-in: `libwords.so`, `ops.py`, or `package.module:name`. Paths and
/// modules are looked for in `base`. What was loaded stays until the process ends; loading the same
/// file with the same bytes again gives the same operators.
Result<std::vector<const Operator*>> LoadPlugin(const std::string& name, const std::string& base);

/// The Python of worker processes, unless SIKU_PYTHON names another; else `python3` of the search
/// path. Call before anything is loaded.
void UsePython(const std::string& path);
/// The one that is used.
std::string WorkerPython();

/// An operator that this process has loaded from a plug-in; null: none of that name.
const Operator* FindLoadedOperator(std::string_view name);

/// `operators` and those of `plugins`. kConflict where a name is taken.
Result<OperatorSet> WithPlugins(const OperatorSet& operators,
                                const std::vector<std::string>& plugins, const std::string& base);

/// `operators` and those that the recipe names under `plugins`; errors have the place in the
/// recipe. A recipe that cannot be read names none: its reader says what is wrong.
Result<OperatorSet> OperatorsOf(std::string_view recipe, const std::string& file_name,
                                const std::string& base, const OperatorSet& operators);

}  // namespace siku
