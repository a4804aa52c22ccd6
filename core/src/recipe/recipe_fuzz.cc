// Recipes and --set of any bytes: read or refused with places, soon, and what is read is whole.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "operators_test.h"

namespace {

using siku::recipe::TestOperators;

void Expect(bool holds) {
  if (!holds) __builtin_trap();
}

void ReadOne(std::string_view yaml, const std::vector<siku::RecipeOverride>& overrides) {
  const auto reading = siku::ReadRecipe(yaml, "r.yaml", TestOperators(), overrides);
  Expect(reading.recipe.has_value() == reading.errors.empty());
  Expect(reading.errors.size() <= 20);
  for (const siku::Error& error : reading.errors) {
    Expect(!error.place.empty());
    Expect(siku::Describe(error, siku::Language::kChinese).size() < 2000);
  }
  if (!reading.recipe.has_value()) return;
  for (const siku::RecipeStep& step : reading.recipe->steps) {
    Expect(step.parameters.values().size() == step.op->record().parameters.size());
    for (const auto& from : step.from) Expect(!from.node.empty());
  }
  Expect(!siku::CanonicalJson(*reading.recipe).empty());
}

}  // namespace

// Lines that begin with `--set ` are given as such; the rest is the recipe.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view kSet = "--set ";
  std::vector<siku::RecipeOverride> overrides;
  while (text.starts_with(kSet)) {
    const std::string_view line = text.substr(0, text.find('\n'));
    auto parsed = siku::ParseOverride(line.substr(kSet.size()));
    if (parsed.has_value()) overrides.push_back(*std::move(parsed));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  ReadOne(text, overrides);
  return 0;
}
