#include "recipe_file.h"

#include <filesystem>

#include "repair/input.h"

namespace siku::cli {
namespace {

// The reader of recipes says what is too long; this only keeps a wrong file out of memory.
constexpr size_t kMostBytes = 2 << 20;

}  // namespace

Result<RecipeFile> ReadRecipeFile(const std::string& path,
                                  const std::vector<std::string>& overrides) {
  RecipeFile file{.yaml = {}, .name = path == "-" ? "standard input" : path, .base = {}};
  for (const std::string& text : overrides) {
    SIKU_TRY(auto one, ParseOverride(text));
    file.overrides.push_back(std::move(one));
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return Fail(Code::kInvalid, "a recipe is a file, not a folder", path);
  }
  SIKU_TRY(auto input, Input::Open(path));
  for (bool more = true; more && file.yaml.size() < kMostBytes;) {
    SIKU_TRY(more, input->Read(file.yaml, 64 << 10));
  }
  file.base = std::filesystem::path(path).parent_path().string();
  if (file.base.empty()) file.base = ".";
  return file;
}

}  // namespace siku::cli
