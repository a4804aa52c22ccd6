#include "recipe.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "durable.h"
#include "error.h"
#include "operators.h"
#include "siku/plugins.h"
#include "siku/utf8.h"

namespace nb = nanobind;

namespace siku::python {

std::vector<RecipeOverride> ToOverrides(const Overrides& overrides) {
  std::vector<RecipeOverride> made;
  for (const auto& [key, value] : overrides) made.push_back({key, value});
  return made;
}

namespace {

constexpr int64_t kMostBytes = int64_t{2} << 20;  // the reader of recipes caps them lower

Result<std::string> ReadRecipeFile(const std::string& path) {
  SIKU_TRY(auto yaml, ReadWhole(path, kMostBytes));
  if (utf8::Valid(yaml)) return yaml;
  return Fail(Code::kData, "a text is not valid UTF-8",
              "byte " + std::to_string(utf8::FindInvalid(yaml)), path);
}

}  // namespace

void BindRecipes(nb::module_& module) {
  module.def(
      "read_recipe",
      [](const std::string& path) {
        return OrRaise([&] {
          const nb::gil_scoped_release unlocked;
          return ReadRecipeFile(path);
        }());
      },
      nb::arg("path"));
  module.def(
      "check_recipe",
      [](const std::string& yaml, const std::string& file, const std::string& base,
         const Overrides& overrides) {
        RecipeReading reading;
        {
          const nb::gil_scoped_release unlocked;
          const auto known = OperatorsOf(yaml, file, base, AllOperators());
          if (known.has_value()) {
            reading = ReadRecipe(yaml, file, *known, ToOverrides(overrides));
          } else {
            reading.errors = {known.error()};
          }
        }
        nb::list errors;
        for (const Error& error : reading.errors) errors.append(ErrorObject(error));
        return errors;
      },
      nb::arg("yaml"), nb::arg("file"), nb::arg("base"), nb::arg("overrides"),
      nb::sig("def check_recipe(yaml: str, file: str, base: str, overrides: "
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
