// Runs from Python.
#pragma once

#include <nanobind/nanobind.h>

#include <optional>
#include <string>

#include "siku/result.h"
#include "siku/seal_key.h"

namespace siku::python {

/// The owner's key in a file; none where the path is empty.
Result<std::optional<SealKey>> ReadKey(const std::string& path);

void BindRuns(nanobind::module_& module);

}  // namespace siku::python
