// Runs from Python.
#pragma once

#include <nanobind/nanobind.h>

namespace siku::python {

void BindRuns(nanobind::module_& module);

}  // namespace siku::python
