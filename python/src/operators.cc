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
}

}  // namespace siku::python
