#include "siku/plugins.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

#include "../recipe/plugin_names.h"
#include "library.h"
#include "python.h"
#include "siku/sha256.h"

namespace siku {
namespace {

using Operators = std::vector<std::unique_ptr<Operator>>;

// What this process has loaded; steps point into it, so nothing is ever taken out.
struct Loaded {
  std::string sha256;
  Operators operators{};
};
struct Registry {
  std::mutex mutex{};
  std::multimap<std::string, Loaded> plugins{};  // by place and name
};
Registry& TheRegistry() {
  static auto* const registry = new Registry();  // outlives threads that still work at exit
  return *registry;
}

std::vector<const Operator*> Pointers(const Operators& operators) {
  std::vector<const Operator*> pointers;
  for (const auto& op : operators) pointers.push_back(op.get());
  return pointers;
}

const Loaded* FindLoaded(const Registry& registry, const std::string& key,
                         const std::string& sha256) {
  const auto [first, last] = registry.plugins.equal_range(key);
  const auto found =
      std::find_if(first, last, [&](const auto& one) { return one.second.sha256 == sha256; });
  return found == last ? nullptr : &found->second;
}

Result<const Loaded*> LoadSharedLibrary(Registry& registry, const std::string& name,
                                        const std::string& path) {
  std::error_code ignored;
  const std::string real = std::filesystem::canonical(path, ignored).string();
  if (real.empty()) return Fail(Code::kNotFound, "there is no such plug-in", name);
  SIKU_TRY(const auto sha256, Sha256HexOfFile(real));
  if (const Loaded* known = FindLoaded(registry, real, sha256)) return known;
  // The loader of the system would hand out the old one, or tear its pages.
  if (registry.plugins.contains(real)) {
    return Fail(Code::kConflict, "a plug-in changed since this process loaded it", name, {},
                "start the program again");
  }
  SIKU_TRY(auto operators, plugin::LoadLibrary(name, real, sha256));
  return &registry.plugins.emplace(real, Loaded{sha256, std::move(operators)})->second;
}

Result<const Loaded*> LoadPythonPlugin(Registry& registry, const std::string& name,
                                       const std::string& base) {
  std::error_code ignored;
  const std::string path = (std::filesystem::path(base) / name).string();
  if (name.ends_with(".py") && !std::filesystem::is_regular_file(path, ignored)) {
    return Fail(Code::kNotFound, "there is no such plug-in", name);
  }
  SIKU_TRY(auto loaded, plugin::LoadPython(name, base));
  const std::string key = std::filesystem::weakly_canonical(path, ignored).string();
  if (const Loaded* known = FindLoaded(registry, key, loaded.sha256)) return known;
  return &registry.plugins.emplace(key, Loaded{loaded.sha256, std::move(loaded.operators)})->second;
}

bool IsModule(const std::string& name) {
  const auto word = [](char c) {
    return c == '_' || c == '.' || c == ':' || std::isalnum(static_cast<unsigned char>(c)) != 0;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), word) &&
         std::count(name.begin(), name.end(), ':') <= 1;
}

}  // namespace

Result<std::vector<const Operator*>> LoadPlugin(const std::string& name, const std::string& base) {
  Registry& registry = TheRegistry();
  const std::lock_guard locked(registry.mutex);
  Result<const Loaded*> loaded = nullptr;
  if (name.ends_with(".so") || name.ends_with(".dylib")) {
    loaded = LoadSharedLibrary(registry, name, (std::filesystem::path(base) / name).string());
  } else if (name.ends_with(".py") || IsModule(name)) {
    loaded = LoadPythonPlugin(registry, name, base);
  } else {
    return Fail(Code::kInvalid,
                "a plug-in is a shared library (.so), a Python file (.py) or package.module:name",
                name);
  }
  if (!loaded.has_value()) return tl::unexpected<Error>(loaded.error());
  return Pointers((*loaded)->operators);
}

const Operator* FindLoadedOperator(std::string_view name) {
  Registry& registry = TheRegistry();
  const std::lock_guard locked(registry.mutex);
  for (const auto& [key, loaded] : registry.plugins) {
    for (const auto& op : loaded.operators) {
      if (op->record().name == name) return op.get();
    }
  }
  return nullptr;
}

Result<OperatorSet> WithPlugins(const OperatorSet& operators,
                                const std::vector<std::string>& plugins, const std::string& base) {
  OperatorSet all = operators;
  for (const std::string& name : plugins) {
    SIKU_TRY(const auto more, LoadPlugin(name, base));
    for (const Operator* op : more) {
      const auto taken = all.Find(op->record().name);
      if (!taken.has_value() || *taken == op) continue;
      return Fail(Code::kConflict, "a plug-in's operator has a name that is taken",
                  op->record().name, name);
    }
    all.Add(more);
  }
  return all;
}

Result<OperatorSet> OperatorsOf(std::string_view recipe, const std::string& file_name,
                                const std::string& base, const OperatorSet& operators) {
  OperatorSet all = operators;
  for (const auto& [name, place] : recipe::PluginNames(recipe, file_name)) {
    auto more = WithPlugins(all, {name}, base);
    if (!more.has_value()) {
      Error error = std::move(more).error();
      error.place = error.place.empty() ? place : place + " (" + error.place + ")";
      return tl::unexpected<Error>(std::move(error));
    }
    all = *std::move(more);
  }
  return all;
}

}  // namespace siku
