#include "operators.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "error.h"
#include "siku/manual.h"
#include "siku/plugins.h"
#include "siku/recipe.h"
#include "siku/refine/data_juicer.h"
#include "siku/refine/operators.h"

namespace nb = nanobind;

namespace siku::python {

namespace {

// Threads without the GIL read a set while another one is made; the few there are stay.
std::atomic<const OperatorSet*>& TheSet() {
  static std::atomic<const OperatorSet*> set = [] {
    auto* const made = new OperatorSet();
    made->Add(refine::Operators());
    AddRecipeDialect(refine::DataJuicerRecipes());
    return made;
  }();
  return set;
}

std::vector<std::string> LoadOwn(const std::string& name, const std::string& base) {
  static std::mutex one_at_a_time;
  auto loaded = [&]() -> Result<std::vector<const Operator*>> {
    const nb::gil_scoped_release unlocked;
    const std::lock_guard locked(one_at_a_time);
    SIKU_TRY(auto set, WithPlugins(AllOperators(), {name}, base));
    TheSet().store(new OperatorSet(std::move(set)));
    return LoadPlugin(name, base);
  }();
  std::vector<std::string> records;
  for (const Operator* op : OrRaise(std::move(loaded))) records.push_back(RecordJson(op->record()));
  return records;
}

}  // namespace

const OperatorSet& AllOperators() { return *TheSet().load(); }

Result<Parameters> ReadParameters(const Operator& op, const std::string& parameters) {
  const std::string& name = op.record().name;
  // JSON is YAML. A step that is all of a recipe says what its parameters mean.
  std::string discard;
  for (size_t port = 1; port < op.record().outputs.size(); ++port) {
    discard += (port > 1 ? ", " : "") + ("\"step." + op.record().outputs[port] + "\"");
  }
  const std::string recipe = R"({"inputs": {"input": "x"}, "outputs": {"output": "step"},)"
                             R"( "discard": [)" +
                             discard + R"(], "steps": {"step": {"use": ")" + name +
                             R"(", "from": "input", "with": )" + parameters + "}}}";
  RecipeReading reading = ReadRecipe(recipe, name, AllOperators());
  if (!reading.errors.empty()) {
    Error error = std::move(reading.errors.front());
    error.place = name;
    return tl::unexpected<Error>(std::move(error));
  }
  return std::move(reading.recipe->steps.front().parameters);
}

void BindOperators(nb::module_& module) {
  module.def(
      "operator_records",
      [] {
        std::vector<std::string> records;
        for (const Operator* op : AllOperators().All()) records.push_back(RecordJson(op->record()));
        return records;
      },
      "The records of all operators as JSON, sorted by name.");
  module.def(
      "check_parameters",
      [](const std::string& name, const std::string& parameters) {
        OrRaise(ReadParameters(*OrRaise(AllOperators().Find(name)), parameters));
      },
      nb::arg("name"), nb::arg("parameters"), "Raises what is wrong with them (JSON).");
  module.def("load_plugin", &LoadOwn, nb::arg("name"), nb::arg("base"),
             "The records of its operators as JSON.");
  module.def("use_python", &UsePython, nb::arg("path"),
             "The Python of worker processes, unless SIKU_PYTHON names another.");
}

}  // namespace siku::python
