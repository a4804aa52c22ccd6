// Plug-ins in Python: a file or a module, run by worker processes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "siku/operator.h"
#include "siku/result.h"

namespace siku::plugin {

struct PythonPlugin {
  std::string sha256;
  std::vector<std::unique_ptr<Operator>> operators{};
};

/// `name`: `ops.py` or `package.module:name`, looked for in `base`.
Result<PythonPlugin> LoadPython(const std::string& name, const std::string& base);

}  // namespace siku::plugin
