// siku._siku: what the package in python/siku is made of.
#include <arrow/compute/initialize.h>
#include <nanobind/nanobind.h>

#include "apply.h"
#include "error.h"
#include "frame.h"
#include "objects/objects.h"
#include "operators.h"
#include "outcome.h"
#include "recipe.h"
#include "run.h"
#include "store.h"
#include "tasks.h"

NB_MODULE(_siku, module) {
  // Frames may live in tables of other libraries until the interpreter is gone.
  nanobind::set_leak_warnings(false);
  module.def("version", [] { return SIKU_VERSION; });
  // Fails only where a kernel is registered twice, which would be Arrow's own bug.
  (void)arrow::compute::Initialize();
  nanobind::module_::import_("atexit").attr("register")(
      nanobind::cpp_function([] { siku::objects::Close(); }));
  siku::python::BindErrors(module);
  siku::python::BindFrames(module);
  siku::python::BindOperators(module);
  siku::python::BindOutcomes(module);
  siku::python::BindApply(module);
  siku::python::BindRecipes(module);
  siku::python::BindStores(module);
  siku::python::BindRuns(module);
  siku::python::BindTasks(module);
}
