// The embedded engine: the tasks of a run on threads of this process.
#include <arrow/memory_pool.h>
#include <sys/statvfs.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "../base/durable.h"
#include "../objects/mirror.h"
#include "pool.h"
#include "prepare.h"
#include "run_state.h"
#include "siku/digest.h"
#include "siku/run_tasks.h"
#include "take_over.h"
#include "tally.h"
#include "task.h"

namespace siku {
namespace {

using namespace run;
using nlohmann::json;

int64_t FreeBytes(const std::string& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) return 0;
  return static_cast<int64_t>(info.f_bavail) * static_cast<int64_t>(info.f_frsize);
}

// Measured on Chinese text: Parquet with zstd takes some four tenths, LZ4 spools six, the ledger of
// a page full of damage three.
int64_t EstimateDisk(const Prepared& prepared) {
  int64_t tenths = 1;
  tenths += 4 * static_cast<int64_t>(prepared.plan.outputs().size());
  for (int stage = 0; stage < prepared.plan.stages(); ++stage) {
    for (const PortId port : prepared.plan.Spooled(stage)) {
      tenths += prepared.plan.IsMapped(port) ? 10 : 6;
    }
  }
  tenths += static_cast<int64_t>(prepared.plan.discards().size()) * 4;
  return InputBytes(prepared.file) / 10 * tenths;
}

Result<std::string> Create(Store& store, const Prepared& prepared) {
  const int64_t needed = EstimateDisk(prepared), free = FreeBytes(store.path());
  // Text may pack better than we think: only what cannot fit by far is refused beforehand.
  if (needed / 4 > free) {
    return Fail(Code::kNoSpace, "the disk has too little room for this run: {} bytes of about {}",
                std::to_string(free) + '\x1F' + std::to_string(needed), store.path());
  }
  SIKU_TRY(auto id, store.CreateRun(prepared.file.recipe_name));
  const std::string path = store.RunFolder(id) + "/run.json";
  SIKU_TRY(ReplaceDurably(path, RunFileJson(prepared.file)));
  SIKU_TRY(Share(path));
  return id;
}

// The id of a new run and the number of tasks that it need not do.
Result<std::pair<std::string, int>> Begin(Store& store, const OperatorSet& operators,
                                          const RunRequest& request, Prepared& prepared) {
  std::unique_ptr<Predecessor> from;
  if (!request.take_over.empty()) {
    SIKU_TRY(from, OpenPredecessor(store, operators, request.take_over));
    const auto splits = static_cast<int>(from->prepared.file.splits.size());
    if (request.options.splits == 0 && std::ssize(prepared.file.splits) != splits) {
      RunRequest alike = request;
      alike.options.splits = splits;
      SIKU_TRY(prepared, Prepare(store, operators, alike));
    }
  }
  SIKU_TRY(SealRun(prepared, request.options.seal_key));
  SIKU_TRY(auto id, Create(store, prepared));
  int taken = 0;
  if (from != nullptr) {
    SIKU_TRY(taken, TakeOver(store, *from, prepared, id));
  }
  return std::pair{std::move(id), taken};
}

class Execution {
 public:
  Execution(Store& store, std::string id, Prepared prepared, const Sizing& sizing,
            const RunOptions& options, const RunHooks& hooks)
      : store_(store),
        id_(std::move(id)),
        folder_(store.RunFolder(id_)),
        prepared_(std::move(prepared)),
        threads_(sizing.threads),
        elsewhere_(options.elsewhere),
        hooks_(hooks) {
    state_ = StateOf(prepared_, store_, id_, sizing, options, stop_, meter_);
  }

  Result<RunSummary> Run() {
    started_ = std::chrono::steady_clock::now();
    SIKU_TRY(lock_.Take(folder_));
    SIKU_TRY(const auto alone, store_.LockRun(id_));
    SIKU_TRY(const auto lease, store_.Hold("run " + id_));
    SIKU_TRY(store_.SetRunState(id_, "running"));
    auto done = Stages();
    if (!done.has_value()) {
      const bool interrupted = done.error().code == Code::kInterrupted;
      // Whatever failed is what must be said, also where the state cannot be written.
      (void)store_.SetRunState(id_, interrupted ? "interrupted" : "failed").has_value();
      return done;
    }
    SIKU_TRY(store_.SetRunState(id_, "done"));
    DropFolder(folder_ + "/parts");
    return done;
  }

 private:
  Result<RunSummary> Stages() {
    for (int stage = 0; stage < prepared_.plan.stages(); ++stage) {
      SIKU_TRY(Reduce(stage));
      SIKU_TRY(Tasks(stage));
    }
    // Tasks looked at their own sources; those done before a resumption did long ago.
    for (const Source& source : prepared_.file.sources) SIKU_TRY(CheckUnchanged(source));
    Tally tally(prepared_, folder_);
    SIKU_TRY(tally.Read());
    RunSummary summary = tally.Summary(id_);
    SIKU_TRY(Commit(tally, summary));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
    summary.seconds = elsewhere_ + took.count();
    SIKU_TRY(ReplaceDurably(folder_ + "/summary.json", SummaryJson(summary)));
    SIKU_TRY(Share(folder_ + "/summary.json"));
    return summary;
  }

  void Watch(const char* phase, int total, const std::atomic<int>& done) {
    if (hooks_.stop != nullptr && hooks_.stop->load()) stop_.store(true);
    if (!hooks_.progress) return;
    hooks_.progress({phase, InputBytes(prepared_.file), meter_.bytes.load(), meter_.rows.load(),
                     total, done.load()});
  }

  Result<void> Each(const char* phase, const std::vector<int>& wanted,
                    const std::function<Result<void>(int)>& task) {
    std::atomic<int> done{0};
    const int total = static_cast<int>(wanted.size());
    return ForAll(
        total, threads_, stop_,
        [&](int i) -> Result<void> {
          SIKU_TRY(task(wanted[static_cast<size_t>(i)]));
          ++done;
          return {};
        },
        [&] { Watch(phase, total, done); });
  }

  Result<void> Reduce(int stage) {
    for (const int node : prepared_.plan.Steps(stage)) {
      const Node& step = prepared_.plan.nodes()[static_cast<size_t>(node)];
      if (!step.exchanges()) continue;
      // What the tasks before left in the allocator would count beside what is mapped now.
      arrow::default_memory_pool()->ReleaseUnused();
      SIKU_TRY(const auto missing, ReducesLeft(state_, node));
      SIKU_TRY(Each("reduce", missing, [&](int i) { return RunReduce(state_, node, i); }));
    }
    return {};
  }

  Result<void> Tasks(int stage) {
    SIKU_TRY(const auto missing, TasksLeft(state_, stage));
    return Each(stage == 0 ? "read" : "settle", missing,
                [&](int i) { return RunTask(state_, stage, i); });
  }

  Result<void> Commit(const Tally& tally, RunSummary& summary) {
    SIKU_TRY(const auto drafts, tally.Drafts());
    std::vector<std::string> heads;
    for (const VersionDraft& draft : drafts) {
      const auto head = store_.FindVersion(draft.dataset);
      heads.push_back(head.has_value() ? head->content : "");
    }
    SIKU_TRY(const auto versions, store_.Commit(drafts, id_));
    for (size_t i = 0; i < versions.size(); ++i) {
      const VersionInfo& version = versions[i];
      const std::string port = prepared_.plan.PortName(prepared_.plan.outputs()[i].port);
      summary.outputs.push_back({version.dataset, version.ordinal, version.content, version.rows,
                                 version.bytes, heads[i] == version.content && version.run != id_,
                                 state_.sealed.contains(port)});
    }
    return {};
  }

  Store& store_;
  std::string id_;
  std::string folder_;
  Prepared prepared_;
  int threads_;
  double elsewhere_;
  const RunHooks& hooks_;
  RunLock lock_{};
  RunState state_{};
  Meter meter_{};
  std::atomic<bool> stop_{false};
  std::chrono::steady_clock::time_point started_{};
};

}  // namespace

Result<RunPreview> PreviewRun(Store& store, const OperatorSet& operators,
                              const RunRequest& request) {
  SIKU_TRY(const auto sizing, SizeRun(request.options));
  SIKU_TRY(const auto prepared, Prepare(store, operators, request));
  RunPreview preview;
  preview.sources = Summaries(prepared.file);
  for (const Node& node : prepared.plan.nodes()) {
    RunPreview::Node shown{node.name, node.op == nullptr ? "" : node.op->record().name, node.stage};
    SIKU_TRY(const auto columns, CanonicalSchema(node.ports.front()));
    for (const json& column : json::parse(columns)) {
      shown.columns.emplace_back(column.at("name"), column.at("type"));
    }
    preview.nodes.push_back(std::move(shown));
  }
  for (const auto& [dataset, port] : prepared.file.outputs) preview.outputs.push_back(dataset);
  preview.splits = static_cast<int>(prepared.file.splits.size());
  preview.stages = prepared.plan.stages();
  preview.threads = sizing.threads;
  preview.input_bytes = InputBytes(prepared.file);
  preview.disk_bytes = EstimateDisk(prepared);
  preview.disk_free = FreeBytes(store.path());
  return preview;
}

Result<RunSummary> StartRun(Store& store, const OperatorSet& operators, const RunRequest& request,
                            const RunHooks& hooks) {
  SIKU_TRY(const auto sizing, SizeRun(request.options));
  SIKU_TRY(auto prepared, Prepare(store, operators, request));
  SIKU_TRY(const auto begun, Begin(store, operators, request, prepared));
  const auto& [id, taken] = begun;
  if (hooks.started) hooks.started(id);
  if (hooks.taken_over && !request.take_over.empty()) hooks.taken_over(taken);
  return Execution(store, id, std::move(prepared), sizing, request.options, hooks).Run();
}

Result<RunSummary> ResumeRun(Store& store, const OperatorSet& operators, const std::string& run,
                             const RunOptions& options, const RunHooks& hooks) {
  SIKU_TRY(const auto sizing, SizeRun(options));
  SIKU_TRY(const auto info, store.FindRun(run));
  if (info.state == "done") return ReadSummary(store, info.id);
  SIKU_TRY(auto file, ReadRunFile(store.RunFolder(info.id)));
  SIKU_TRY(auto prepared, PrepareAgain(operators, std::move(file), options.seal_key));
  SIKU_TRY(MakeRunFolders(store.RunFolder(info.id)));
  if (hooks.started) hooks.started(info.id);
  return Execution(store, info.id, std::move(prepared), sizing, options, hooks).Run();
}

Result<std::string> PlanRun(Store& store, const OperatorSet& operators, const RunRequest& request) {
  SIKU_TRY(auto prepared, Prepare(store, operators, request));
  SIKU_TRY(auto begun, Begin(store, operators, request, prepared));
  return std::move(begun.first);
}

}  // namespace siku
