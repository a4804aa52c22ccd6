// `siku recipe check` and `siku recipe schema`.
#include "siku/recipe.h"

#include <fmt/format.h>

#include "amount.h"
#include "commands/commands.h"
#include "operators.h"
#include "recipe_exports.h"
#include "recipe_file.h"
#include "siku/plugins.h"

namespace siku::cli {
namespace {

class Check final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("RECIPE", path_,
                         {"a recipe in YAML; - : standard input", "YAML 配方；- 为标准输入"},
                         Offer::kFile);
    arguments.Options("--set", "KEY=VALUE", overrides_,
                      {"with this parameter or path changed", "改动这个参数或路径后再检查"});
    arguments.Shows("siku recipe check recipe.yaml",
                    {"every mistake with its place; exit code 2 where there is one",
                     "每个错误及其位置；有错误时退出码为 2"});
  }

  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto file, ReadRecipeFile(path_, overrides_));
    SIKU_TRY(const auto known, OperatorsOf(file.yaml, file.name, file.base, AllOperators()));
    const RecipeReading reading = ReadRecipe(file.yaml, file.name, known, file.overrides);
    for (const Error& error : reading.errors) context.Complain(error);
    if (!reading.errors.empty() || !reading.recipe.has_value()) {
      context.Note(Count(context, static_cast<int64_t>(reading.errors.size()), "mistake",
                         "mistakes", "个错误"));
      return static_cast<int>(Code::kInvalid);
    }
    SayNotes(file, context);
    const Recipe& recipe = *reading.recipe;
    std::string outputs;
    for (const RecipeOutput& output : recipe.outputs) {
      outputs += (outputs.empty() ? "" : ", ") + output.dataset;
    }
    context.Line(fmt::format(
        fmt::runtime(context.Say({"{}: {}, {} into {}", "{}：{}，{}，输出到 {}"})), file.name,
        Count(context, static_cast<int64_t>(recipe.inputs.size()), "input", "inputs", "个输入"),
        Count(context, static_cast<int64_t>(recipe.steps.size()), "step", "steps", "个步骤"),
        outputs));
    return 0;
  }

 private:
  std::string path_;
  std::vector<std::string> overrides_{};
};

class SchemaOf final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    DeclarePlugins(arguments, plugins_);
    arguments.Shows("siku recipe schema > recipe.schema.json",
                    {"an editor that knows JSON Schema then completes and checks recipes",
                     "认识 JSON Schema 的编辑器就能补全和检查配方"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto known, WithPlugins(AllOperators(), plugins_, "."));
    std::string schema = RecipeSchema(known);
    if (!schema.ends_with('\n')) schema += '\n';
    context.Print(schema);
    return 0;
  }

 private:
  std::vector<std::string> plugins_{};
};

}  // namespace

std::unique_ptr<Command> MakeRecipeCheck() { return Make<Check>(); }
std::unique_ptr<Command> MakeRecipeSchema() { return Make<SchemaOf>(); }

}  // namespace siku::cli
