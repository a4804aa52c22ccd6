// Where tasks say that they are done, and what they made.
#include <filesystem>

#include "../base/durable.h"
#include "task.h"

namespace siku::run {
namespace {

namespace fs = std::filesystem;

// A task of many steps says little; a larger file is none of ours.
constexpr int64_t kMarkerLimit = int64_t{64} << 20;

Result<bool> IsDone(const RunState& state, int stage, int split) {
  const std::string marker = TaskMarker(state.folder, stage, split);
  if (!fs::exists(marker)) return false;
  SIKU_TRY(const auto task, LoadTask(state.folder, stage, split));
  for (const auto& [dataset, output] : task.outputs) {
    for (const DataFile& file : output.files) {
      if (fs::exists(state.store->DataPath(file.sha256))) continue;
      fs::remove(marker);
      return false;
    }
  }
  return true;
}

}  // namespace

std::string TaskMarker(const std::string& folder, int stage, int split) {
  return folder + "/tasks/" + std::to_string(stage) + "-" + std::to_string(split) + ".json";
}

std::string ReduceMarker(const RunState& state, int node, int partition) {
  return state.folder + "/parts/" + state.plan->nodes()[static_cast<size_t>(node)].name + "." +
         std::to_string(partition) + ".verdicts";
}

Result<TaskResult> LoadTask(const std::string& folder, int stage, int split) {
  const std::string path = TaskMarker(folder, stage, split);
  const auto text = ReadWhole(path, kMarkerLimit);
  if (!text.has_value() && text.error().code == Code::kNotFound) {
    return Fail(Code::kConflict, "a task that this needs is not done", path, {},
                "tasks of a phase need all of the phases before it");
  }
  if (!text.has_value()) return tl::unexpected<Error>(text.error());
  return TaskFromJson(*text, path);
}

Result<std::vector<int>> TasksLeft(const RunState& state, int stage) {
  std::vector<int> left;
  for (int split = 0; split < static_cast<int>(state.splits.size()); ++split) {
    SIKU_TRY(const bool done, IsDone(state, stage, split));
    if (!done) left.push_back(split);
  }
  return left;
}

std::vector<int> ReducesLeft(const RunState& state, int node) {
  std::vector<int> left;
  const Node& step = state.plan->nodes()[static_cast<size_t>(node)];
  for (int i = 0; i < ReduceTasks(state, step); ++i) {
    if (!fs::exists(ReduceMarker(state, node, i))) left.push_back(i);
  }
  return left;
}

}  // namespace siku::run
