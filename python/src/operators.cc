#include "operators.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <vector>

#include "siku/manual.h"
#include "siku/recipe.h"
#include "siku/refine/operators.h"

namespace nb = nanobind;

namespace siku::python {

const OperatorSet& AllOperators() {
  static const OperatorSet set = [] {
    OperatorSet made;
    made.Add(refine::Operators());
    return made;
  }();
  return set;
}

Result<Parameters> ReadParameters(const Operator& op, const std::string& parameters) {
  const std::string& name = op.record().name;
  // JSON is YAML. One step alone says what its parameters mean.
  const std::string recipe = R"({"inputs": {"input": "x"}, "steps": {"step": {"use": ")" + name +
                             R"(", "from": "input", "with": )" + parameters +
                             R"(}}, "outputs": {"output": "step"}})";
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
}

}  // namespace siku::python
