#include "recipe.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "error.h"
#include "operators.h"

namespace nb = nanobind;

namespace siku::python {

std::vector<RecipeOverride> ToOverrides(const Overrides& overrides) {
  std::vector<RecipeOverride> made;
  for (const auto& [key, value] : overrides) made.push_back({key, value});
  return made;
}

void BindRecipes(nb::module_& module) {
  module.def(
      "check_recipe",
      [](const std::string& yaml, const std::string& file, const Overrides& overrides) {
        RecipeReading reading;
        {
          const nb::gil_scoped_release unlocked;
          reading = ReadRecipe(yaml, file, AllOperators(), ToOverrides(overrides));
        }
        nb::list errors;
        for (const Error& error : reading.errors) errors.append(ErrorObject(error));
        return errors;
      },
      nb::arg("yaml"), nb::arg("file"), nb::arg("overrides"),
      nb::sig("def check_recipe(yaml: str, file: str, overrides: "
              "collections.abc.Sequence[tuple[str, str]]) -> "
              "list[typing.Any]"),
      "Every mistake, in the order of the file.");
  module.def(
      "parse_override",
      [](const std::string& text) {
        const RecipeOverride override = OrRaise(ParseOverride(text));
        return std::pair(override.key, override.value);
      },
      nb::arg("text"));
  module.def(
      "recipe_schema", [] { return RecipeSchema(AllOperators()); },
      "JSON Schema of recipes over these operators.");
}

}  // namespace siku::python
