// A run's tasks, for engines that schedule them.
#pragma once

#include <nanobind/nanobind.h>

namespace siku::python {

void BindTasks(nanobind::module_& module);

}  // namespace siku::python
