#include <filesystem>

#include "../objects/mirror.h"
#include "run_file.h"
#include "siku/run.h"
#include "siku/sha256.h"
#include "task.h"

namespace siku {
namespace {

using namespace run;

void VerifyTask(const std::string& folder, int stage, int split, std::vector<Damage>& damages) {
  const auto task = LoadTask(folder, stage, split);
  if (!task.has_value()) {
    damages.push_back({PlaceOf(TaskMarker(folder, stage, split)), Describe(task.error())});
    return;
  }
  for (const LedgerFile& file : task->ledger) {
    const std::string path = folder + "/ledger/" + file.file;
    Expect(path, file.sha256);
    if (auto brought = BringAnew(path); !brought.has_value()) {
      brought.error().place = brought.error().hint = "";
      damages.push_back({PlaceOf(path), Describe(brought.error())});
      continue;
    }
    const auto hash = Sha256HexOfFile(path);
    if (hash.has_value() && *hash == file.sha256) continue;
    damages.push_back(
        {PlaceOf(path), hash.has_value() ? "its SHA-256 is " + *hash : Describe(hash.error())});
  }
}

}  // namespace

Result<std::vector<Damage>> VerifyRuns(Store& store,
                                       const std::function<void(const std::string&)>& progress) {
  std::vector<Damage> damages;
  SIKU_TRY(const auto runs, store.Runs());
  for (const RunInfo& info : runs) {
    if (info.state != "done") continue;
    if (progress) progress(info.id);
    const std::string folder = store.RunFolder(info.id);
    const auto file = ReadRunFile(folder);
    if (!file.has_value()) {
      damages.push_back({PlaceOf(folder + "/run.json"), Describe(file.error())});
      continue;
    }
    for (int stage = 0; stage < StagesOf(*file); ++stage) {
      for (int split = 0; split < static_cast<int>(file->splits.size()); ++split) {
        VerifyTask(folder, stage, split, damages);
      }
    }
  }
  return damages;
}

}  // namespace siku
