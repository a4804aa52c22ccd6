// One operator over data in memory.
#pragma once

#include <nanobind/nanobind.h>

namespace siku::python {

void BindApply(nanobind::module_& module);

}  // namespace siku::python
