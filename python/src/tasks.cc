#include "tasks.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "error.h"
#include "operators.h"
#include "run.h"
#include "siku/run_tasks.h"
#include "store.h"

namespace nb = nanobind;

namespace siku::python {
namespace {

// Keeps the store open for as long as its tasks are.
struct OpenTasks {
  std::shared_ptr<Store> store;
  std::unique_ptr<RunTasks> tasks;
};

OpenTasks Open(const OpenStore& open, const std::string& run, const std::string& seal_key,
               int64_t memory, int64_t spill_limit) {
  OpenTasks opened{.store = open.get(), .tasks = nullptr};
  RunOptions options{.threads = 1, .memory = memory, .spill_limit = spill_limit};
  auto tasks = [&]() -> Result<std::unique_ptr<RunTasks>> {
    const nb::gil_scoped_release unlocked;
    SIKU_TRY(options.seal_key, ReadKey(seal_key));
    return RunTasks::Open(*opened.store, AllOperators(), run, options);
  }();
  opened.tasks = OrRaise(std::move(tasks));
  return opened;
}

std::vector<std::tuple<int, std::string, int>> Phases(const OpenTasks& open) {
  std::vector<std::tuple<int, std::string, int>> phases;
  for (const RunPhase& phase : open.tasks->phases()) {
    phases.emplace_back(phase.stage, phase.step, phase.tasks);
  }
  return phases;
}

std::pair<int64_t, int64_t> Do(OpenTasks& open, int stage, const std::string& step, int task) {
  auto done = [&] {
    const nb::gil_scoped_release unlocked;
    return open.tasks->Do({stage, step}, task);
  }();
  const auto measure = OrRaise(std::move(done));
  return {measure.rows, measure.bytes};
}

}  // namespace

void BindTasks(nb::module_& module) {
  nb::class_<OpenTasks>(module, "RunTasks", "The tasks of an unfinished run. Used by one thread.")
      .def_prop_ro("run", [](const OpenTasks& open) { return open.tasks->run(); })
      .def_prop_ro("input_bytes", [](const OpenTasks& open) { return open.tasks->input_bytes(); })
      .def("phases", &Phases, "Stage, step and number of tasks of each, in their order.")
      .def(
          "lock", [](OpenTasks& open) { OrRaise(open.tasks->Lock()); },
          "Only one driver works on a run.")
      .def(
          "ended", [](OpenTasks& open, const std::string& code) { open.tasks->Ended(code); },
          nb::arg("code"), "The driver's attempt ended, with an error of that code.")
      .def(
          "left",
          [](OpenTasks& open, int stage, const std::string& step) {
            return OrRaise(open.tasks->Left({stage, step}));
          },
          nb::arg("stage"), nb::arg("step"), "Tasks that are not done.")
      .def("do", &Do, nb::arg("stage"), nb::arg("step"), nb::arg("task"), "Rows and bytes read.");
  module.def("open_tasks", &Open, nb::arg("store"), nb::arg("run"), nb::arg("seal_key"),
             nb::arg("memory"), nb::arg("spill_limit"));
}

}  // namespace siku::python
