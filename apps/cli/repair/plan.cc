#include "plan.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "siku/source.h"

namespace siku::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostFiles = 5'000'000;

struct Found {
  fs::path path;
  std::string relative;
  bool in_folder = false;
};

// `skip`: the folder that the output goes into, where that lies inside.
Result<void> Walk(const fs::path& root, const fs::path& skip, std::vector<Found>& found) {
  std::error_code error;
  fs::recursive_directory_iterator it(root, error), end;
  std::vector<Found> here;
  for (; !error && it != end; it.increment(error)) {
    const bool folder = it->is_directory(error);
    const bool hidden = it->path().filename().string().starts_with('.');
    if (folder && (hidden || (!skip.empty() && fs::equivalent(it->path(), skip, error)))) {
      it.disable_recursion_pending();
    }
    error.clear();
    if (hidden || folder || !it->is_regular_file(error)) continue;
    if (found.size() + here.size() >= kMostFiles) {
      return Fail(Code::kLimit, "more files than one input may have", root.string());
    }
    here.push_back({it->path(), it->path().lexically_relative(root).generic_string(), true});
  }
  if (error) {
    const bool denied = error == std::errc::permission_denied;
    return Fail(denied ? Code::kDenied : Code::kIo, denied ? "not readable" : "cannot read",
                error.message(), root.string());
  }
  std::sort(here.begin(), here.end(),
            [](const Found& a, const Found& b) { return a.relative < b.relative; });
  if (here.empty()) return Fail(Code::kNotFound, "the folder holds no file", root.string());
  found.insert(found.end(), here.begin(), here.end());
  return {};
}

Result<RepairFile> Describe(const Found& found, const RepairArguments& arguments) {
  RepairFile file{.path = found.path.string(),
                  .name = found.in_folder ? found.relative : found.path.string(),
                  .found = found.in_folder};
  const auto format = FormatOfFile(file.path);
  const bool columnar = format == Format::kParquet || format == Format::kArrow;
  if (columnar && !found.in_folder) {
    return Fail(Code::kUnsupported, "`siku repair` reads texts and JSON lines", file.name, {},
                "columnar files go through a recipe: `siku run`");
  }
  file.jsonl = arguments.format.empty() ? format == Format::kJsonl : arguments.format == "jsonl";
  return file;
}

using Inode = std::pair<dev_t, ino_t>;

std::optional<Inode> InodeOf(const std::string& path) {
  struct stat status {};
  if (path.empty() || path == "-" || ::stat(path.c_str(), &status) != 0) return {};
  if (!S_ISREG(status.st_mode)) return {};
  return Inode{status.st_dev, status.st_ino};
}

// Nothing else keeps what a text was before its repair.
Result<void> KeepInputs(const std::vector<RepairFile>& files, const std::string& edits) {
  std::set<Inode> inputs;
  for (const RepairFile& file : files) {
    if (const auto inode = InodeOf(file.path)) inputs.insert(*inode);
  }
  const auto check = [&](const std::string& target) -> Result<void> {
    const auto inode = InodeOf(target);
    if (!inode.has_value() || !inputs.contains(*inode)) return {};
    return Fail(Code::kConflict, "an output would replace an input", target, {},
                "give another name by -o; the input is the only copy of what it was");
  };
  for (const RepairFile& file : files) SIKU_TRY(check(file.target));
  return check(edits);
}

// The folder that `output` goes into; a name with a slash at its end is of a folder, too.
Result<void> CheckPlace(const std::string& output) {
  if (output.empty() || output == "-") return {};
  fs::path path = output;
  if (!path.has_filename()) path = path.parent_path();
  path = path.parent_path();
  std::error_code ignored;
  if (path.empty() || fs::is_directory(path, ignored)) return {};
  return Fail(Code::kNotFound, "there is no folder to write into", path.string());
}

}  // namespace

Result<std::vector<RepairFile>> PlanRepair(const RepairArguments& arguments) {
  std::vector<std::string> inputs = arguments.inputs;
  if (inputs.empty()) inputs.emplace_back("-");
  std::error_code ignored;
  bool folders = false;
  for (const std::string& input : inputs) folders = folders || fs::is_directory(input, ignored);
  const std::string& output = arguments.output;
  const bool into_folder =
      !output.empty() &&
      (folders || inputs.size() > 1 || output.ends_with('/') || fs::is_directory(output, ignored));
  if (folders && output.empty() && !arguments.explain && !arguments.count) {
    return Fail(Code::kInvalid, "a folder of texts needs a folder to go into", {}, {},
                "give it by -o FOLDER, or look at the repairs by --explain");
  }
  std::vector<Found> found;
  for (const std::string& input : inputs) {
    if (input == "-" || !fs::is_directory(input, ignored)) {
      found.push_back({input, fs::path(input).filename().string()});
    } else {
      SIKU_TRY(Walk(input, into_folder ? fs::path(output) : fs::path(), found));
    }
  }
  std::vector<RepairFile> files;
  std::map<std::string, std::string> taken;
  for (const Found& one : found) {
    SIKU_TRY(auto file, Describe(one, arguments));
    if (into_folder && file.path == "-") {
      return Fail(Code::kInvalid, "standard input has no name for a file in a folder", output);
    }
    if (into_folder) {
      file.target = (fs::path(output) / one.relative).string();
      file.into_folder = true;
      if (const auto [at, fresh] = taken.emplace(file.target, file.path); !fresh) {
        return Fail(Code::kConflict, "two inputs would go into one file",
                    at->second + ", " + file.path, file.target);
      }
    } else {
      file.target = output;
    }
    files.push_back(std::move(file));
  }
  const auto is_lines = [](const RepairFile& file) { return file.jsonl; };
  if (arguments.flags && std::none_of(files.begin(), files.end(), is_lines)) {
    return Fail(Code::kInvalid, "--flags is for JSON lines", inputs.front(), "--flags",
                "--format jsonl says that the input is JSON lines");
  }
  SIKU_TRY(CheckPlace(output));
  SIKU_TRY(CheckPlace(arguments.edits));
  SIKU_TRY(KeepInputs(files, arguments.edits));
  return files;
}

}  // namespace siku::cli
