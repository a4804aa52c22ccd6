#include "complete.h"

#include <algorithm>
#include <filesystem>

#include "command.h"
#include "operators.h"
#include "recipe_file.h"
#include "siku/plugins.h"
#include "siku/store.h"
#include "store_option.h"

namespace siku::cli {
namespace {

using Words = std::vector<std::string>;

// Datasets and runs of the store that the line names, or of the usual one.
std::unique_ptr<Store> StoreOf(const Words& words) {
  std::string path = StoreOption().path();
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "--store") path = words[i + 1];
  }
  // Nobody waits for a server between two keys: those in S3 are not there for it.
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return nullptr;
  auto store = Store::Open(path, false, StoreOption().index());
  return store.has_value() ? std::move(*store) : nullptr;
}

class Completion {
 public:
  Completion(const Words& words, Context& context)
      : words_(words), typed_(words.back()), context_(context) {}

  void Go() {
    if (words_.size() == 1) return Commands(std::string());
    for (const CommandGroup& group : CommandGroups()) {
      if (words_[0] != group.name) continue;
      if (words_.size() == 2) return Commands(words_[0] + " ");
      return ArgumentsOf(words_[0] + " " + words_[1], 2);
    }
    ArgumentsOf(words_[0], 1);
  }

 private:
  void Put(std::string_view candidate, std::string_view what = {}) {
    if (!candidate.starts_with(typed_)) return;
    context_.Print(candidate);
    if (!what.empty()) {
      context_.Print("\t");
      context_.Print(what);
    }
    context_.Print("\n");
  }

  void Commands(const std::string& group) {
    for (const CommandEntry& entry : cli::Commands()) {
      const std::string_view name = entry.name;
      if (!name.starts_with(group)) continue;
      const std::string_view rest = name.substr(group.size());
      if (rest.find(' ') == std::string_view::npos) Put(rest, context_.Say(entry.summary));
    }
    if (!group.empty()) return;
    for (const CommandGroup& one : CommandGroups()) Put(one.name, context_.Say(one.summary));
    Put("help", context_.Say({"help of the program or of a command", "程序或命令的说明"}));
  }

  void ArgumentsOf(const std::string& name, size_t first) {
    const auto all = cli::Commands();
    const auto entry = std::find_if(all.begin(), all.end(),
                                    [&](const CommandEntry& one) { return name == one.name; });
    if (entry == all.end()) return;
    const auto command = entry->make();
    Arguments arguments(name);
    command->Declare(arguments);
    const auto& specs = arguments.specs();
    size_t positional = 0;
    const ArgumentSpec* open = nullptr;  // an option that waits for its value
    for (size_t i = first; i + 1 < words_.size(); ++i) {
      if (open != nullptr) {
        open = nullptr;
      } else if (words_[i].starts_with("-") && words_[i] != "-") {
        open = OptionOf(specs, words_[i]);
        if (open != nullptr && open->value.empty()) open = nullptr;
      } else {
        ++positional;
      }
    }
    if (open != nullptr) return Values(*open);
    if (typed_.starts_with("-")) return Options(specs);
    for (const ArgumentSpec& spec : specs) {
      if (!spec.positional) continue;
      if (positional == 0 || spec.many) return Values(spec);
      --positional;
    }
  }

  static const ArgumentSpec* OptionOf(const std::vector<ArgumentSpec>& specs,
                                      const std::string& word) {
    for (const ArgumentSpec& spec : specs) {
      const std::string names = "," + spec.names + ",";
      if (!spec.positional && names.find("," + word + ",") != std::string::npos) return &spec;
    }
    return nullptr;
  }

  void Options(const std::vector<ArgumentSpec>& specs) {
    for (const ArgumentSpec& spec : specs) {
      if (!spec.positional) {
        Put(spec.names.substr(spec.names.rfind(',') + 1), context_.Say(spec.help));
      }
    }
    Put("--help", context_.Say({"this text", "显示本说明"}));
  }

  void Values(const ArgumentSpec& spec) {
    for (const std::string& choice : spec.choices) Put(choice);
    switch (spec.offer) {
      case Offer::kFile:
        return context_.Print(":files\n");
      case Offer::kFolder:
        return context_.Print(":folders\n");
      case Offer::kOperator:
        for (const Operator* op : AllOperators().All()) {
          const Record& record = op->record();
          Put(record.name, context_.chinese() ? record.summary_zh : record.summary);
        }
        return;
      case Offer::kEncoding:
        for (const char* name : {"utf-8", "gb18030", "big5", "utf-16le", "utf-16be"}) Put(name);
        return;
      case Offer::kOverride:
        return Overrides();
      case Offer::kDataset:
        return Datasets();
      case Offer::kRun:
        return Runs();
      default:
        return;
    }
  }

  // Of the first word of the line that is a recipe: what may be set, up to the sign.
  void Overrides() {
    for (size_t i = 1; i + 1 < words_.size(); ++i) {
      std::error_code ignored;
      if (!std::filesystem::is_regular_file(words_[i], ignored)) continue;
      const auto file = ReadRecipeFile(words_[i], {});
      if (!file.has_value()) continue;
      const auto known = OperatorsOf(file->yaml, file->name, file->base, AllOperators());
      if (!known.has_value()) continue;
      const auto recipe = ParseRecipe(file->yaml, file->name, *known);
      if (!recipe.has_value()) continue;
      for (const RecipeInput& input : recipe->inputs) {
        if (!input.paths.empty()) Put("inputs." + input.name + ".path=");
      }
      for (const RecipeStep& step : recipe->steps) {
        for (const ParameterSpec& spec : step.op->record().parameters) {
          Put(step.name + "." + spec.name + "=",
              context_.chinese() ? spec.summary_zh : spec.summary);
        }
      }
      return;
    }
  }

  void Datasets() {
    const auto store = StoreOf(words_);
    if (store == nullptr) return;
    const auto datasets = store->Datasets();
    if (!datasets.has_value()) return;
    for (const VersionInfo& one : *datasets) Put(one.dataset);
  }

  void Runs() {
    Put("last", context_.Say({"the newest run", "最近一次运行"}));
    const auto store = StoreOf(words_);
    if (store == nullptr) return;
    const auto runs = store->Runs();
    if (!runs.has_value()) return;
    for (const RunInfo& run : *runs) Put(run.id, run.recipe);
  }

  const Words& words_;
  const std::string& typed_;
  Context& context_;
};

}  // namespace

void PrintCompletions(const std::vector<std::string>& words, Context& context) {
  if (!words.empty()) Completion(words, context).Go();
}

}  // namespace siku::cli
