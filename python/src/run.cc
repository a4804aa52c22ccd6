#include "run.h"

#include <arrow/api.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <vector>

#include "capsule.h"
#include "durable.h"
#include "error.h"
#include "operators.h"
#include "recipe.h"
#include "scratch.h"
#include "signals.h"
#include "siku/run_tasks.h"
#include "store.h"

namespace nb = nanobind;

namespace siku::python {
namespace {

struct Options {
  RunOptions run{};
  nb::object progress{};  // callable or None
};

nb::dict ProgressDict(const RunProgress& progress) {
  nb::dict dict;
  dict["phase"] = progress.phase;
  dict["bytes_total"] = progress.bytes_total;
  dict["bytes_done"] = progress.bytes_done;
  dict["rows"] = progress.rows;
  dict["tasks_total"] = progress.tasks_total;
  dict["tasks_done"] = progress.tasks_done;
  return dict;
}

// What the engine calls while it works without the GIL.
class Hooks {
 public:
  Hooks(Signals& signals, const nb::object& progress) : signals_(signals), progress_(progress) {}
  RunHooks Make() {
    return {.started = [this](const std::string& id) { run_ = id; },
            .progress =
                [this](const RunProgress& progress) {
                  signals_.Look([&] {
                    if (!progress_.is_none()) progress_(ProgressDict(progress));
                  });
                },
            .stop = &signals_.stop()};
  }
  const std::string& run() const { return run_; }

 private:
  Signals& signals_;
  const nb::object& progress_;
  std::string run_{};
};

// Ctrl-C is said in our words; what a callback raised goes on as it is.
std::string Finish(Result<RunSummary> summary, const Signals& signals, const std::string& run) {
  if (signals.raised() != nullptr) {
    bool by_key = false;
    try {
      signals.Rethrow();
    } catch (const nb::python_error& error) {
      by_key = error.matches(PyExc_KeyboardInterrupt);
    }
    const bool stopped = !summary.has_value() && summary.error().code == Code::kInterrupted;
    if (!by_key || !stopped) signals.Rethrow();
  }
  if (!summary.has_value()) Raise(summary.error(), run);
  return SummaryJson(*summary);
}

RunOptions OptionsOf(int threads, int64_t memory, int64_t spill_limit, int64_t max_record,
                     int64_t limit, int splits) {
  return {.threads = threads,
          .memory = memory,
          .spill_limit = spill_limit,
          .max_record = max_record,
          .limit = limit,
          .splits = splits};
}

using Frames = std::vector<std::pair<std::string, nb::object>>;

struct NamedReader {
  std::string input;
  BatchReader rows;
};

constexpr int64_t kMostDecisions = int64_t{64} << 20;  // as the program

Result<std::string> ReadDecisions(const std::string& path) {
  if (path.empty()) return std::string();
  SIKU_TRY(auto decisions, ReadWhole(path, kMostDecisions));
  if (!decisions.empty()) return decisions;
  return Fail(Code::kInvalid, "this is no file of decisions", path);
}

// Each frame becomes the only file of its input.
Result<void> GiveFrames(const std::vector<NamedReader>& frames, Scratch& scratch, Signals& signals,
                        std::vector<RecipeOverride>& overrides) {
  for (const auto& [input, rows] : frames) {
    SIKU_TRY(auto path, scratch.Write(input, *rows, signals));
    overrides.push_back({"inputs." + input + ".path", std::move(path)});
    overrides.push_back({"inputs." + input + ".format", "arrow"});
    overrides.push_back({"inputs." + input + ".compression", "none"});
  }
  return {};
}

// The summary; with `plan_only` the run is made, nothing of it is done, and this is its id.
std::string Run(const OpenStore& open, const std::string& yaml, const std::string& file,
                const std::string& base, const Overrides& overrides, const Frames& frames,
                const std::string& decisions, const std::string& seal_key, int threads,
                int64_t memory, int64_t spill_limit, int64_t max_record, int64_t limit, int splits,
                bool plan_only, const std::string& take_over, const nb::object& progress) {
  const auto store = open.get();
  std::vector<NamedReader> readers;
  for (const auto& [input, frame] : frames) {
    readers.push_back({input, TakeFrame(frame, "inputs." + input)});
  }
  RunRequest request{.recipe = yaml,
                     .recipe_file = file,
                     .base = base,
                     .overrides = ToOverrides(overrides),
                     .options = OptionsOf(threads, memory, spill_limit, max_record, limit, splits),
                     .take_over = take_over};
  Signals signals;
  Hooks hooks(signals, progress);
  std::string planned;
  Result<RunSummary> summary = [&]() -> Result<RunSummary> {
    const nb::gil_scoped_release unlocked;
    // The collector leaves alone what is younger than this, until the run has a lease of its own.
    SIKU_TRY(const auto lease, store->Hold("frames"));
    Scratch scratch(*store);
    SIKU_TRY(request.options.seal_key, ReadKey(seal_key));
    SIKU_TRY(request.decisions, ReadDecisions(decisions));
    SIKU_TRY(GiveFrames(readers, scratch, signals, request.overrides));
    if (plan_only) {
      SIKU_TRY(planned, PlanRun(*store, AllOperators(), request));
      scratch.Keep();
      return RunSummary();
    }
    auto done = StartRun(*store, AllOperators(), request, hooks.Make());
    if (!done.has_value() && !hooks.run().empty()) scratch.Keep();
    return done;
  }();
  if (plan_only && summary.has_value()) return planned;
  return Finish(std::move(summary), signals, hooks.run());
}

std::string Resume(const OpenStore& open, const std::string& run, const std::string& seal_key,
                   int threads, int64_t memory, int64_t spill_limit, double elsewhere,
                   const nb::object& progress) {
  const auto store = open.get();
  Signals signals;
  Hooks hooks(signals, progress);
  RunOptions options{
      .threads = threads, .memory = memory, .spill_limit = spill_limit, .elsewhere = elsewhere};
  std::string id = run;
  Result<RunSummary> summary = [&]() -> Result<RunSummary> {
    const nb::gil_scoped_release unlocked;
    SIKU_TRY(options.seal_key, ReadKey(seal_key));
    SIKU_TRY(const auto found, store->FindRun(run));
    id = found.id;
    auto done = ResumeRun(*store, AllOperators(), id, options, hooks.Make());
    if (done.has_value()) RemoveScratchOf(*store, id);
    return done;
  }();
  return Finish(std::move(summary), signals, id);
}

}  // namespace

Result<std::optional<SealKey>> ReadKey(const std::string& path) {
  if (path.empty()) return std::optional<SealKey>();
  SIKU_TRY(auto key, SealKey::Load(path));
  return std::optional<SealKey>(std::move(key));
}

void BindRuns(nb::module_& module) {
  const RunOptions defaults;
  module.attr("DEFAULT_MEMORY") = defaults.memory;
  module.attr("DEFAULT_MAX_RECORD") = defaults.max_record;
  module.def("run", &Run, nb::arg("store"), nb::arg("yaml"), nb::arg("file"), nb::arg("base"),
             nb::arg("overrides"), nb::arg("frames"), nb::arg("decisions"), nb::arg("seal_key"),
             nb::arg("threads"), nb::arg("memory"), nb::arg("spill_limit"), nb::arg("max_record"),
             nb::arg("limit"), nb::arg("splits"), nb::arg("plan_only"), nb::arg("take_over"),
             nb::arg("progress").none(), "The summary as JSON, or the id of what was planned.");
  module.def("resume", &Resume, nb::arg("store"), nb::arg("run"), nb::arg("seal_key"),
             nb::arg("threads"), nb::arg("memory"), nb::arg("spill_limit"), nb::arg("elsewhere"),
             nb::arg("progress").none(),
             "The summary as JSON. `elsewhere`: seconds that an engine worked on the run.");
  module.def(
      "read_summary",
      [](const OpenStore& open, const std::string& run) {
        const auto store = open.get();
        Result<RunSummary> summary = [&]() -> Result<RunSummary> {
          const nb::gil_scoped_release unlocked;
          SIKU_TRY(const auto found, store->FindRun(run));
          return ReadSummary(*store, found.id);
        }();
        return SummaryJson(OrRaise(std::move(summary)));
      },
      nb::arg("store"), nb::arg("run"));
  module.def(
      "undo",
      [](const OpenStore& open, const std::string& run, const std::string& folder,
         const std::string& seal_key) {
        const auto store = open.get();
        Result<UndoReport> report = [&]() -> Result<UndoReport> {
          const nb::gil_scoped_release unlocked;
          SIKU_TRY(const auto found, store->FindRun(run));
          SIKU_TRY(const auto key, ReadKey(seal_key));
          return UndoRun(*store, found.id, folder, key);
        }();
        const auto made = OrRaise(std::move(report));
        return nb::make_tuple(made.files, made.bytes, made.rows);
      },
      nb::arg("store"), nb::arg("run"), nb::arg("folder"), nb::arg("seal_key"),
      nb::sig("def undo(store: Store, run: str, folder: str, seal_key: str) -> tuple[int, int, "
              "int]"),
      "Files, bytes, rows.");
}

}  // namespace siku::python
