#include "prepare.h"

#include <arrow/api.h>
#include <arrow/ipc/api.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "../base/arrow_internal.h"
#include "../base/cipher.h"
#include "concealed_columns.h"
#include "siku/plugins.h"
#include "siku/recipe_dialect.h"

namespace siku::run {
namespace {

// What a thread has in hand at once: a batch at every step, a row group, a record at the cap.
constexpr int64_t kThreadMemory = int64_t{512} << 20;
constexpr int64_t kLeastMemory = int64_t{512} << 20;
// Of memory: a record is in hand several times, as bytes, as text, in a batch, in a row group.
constexpr int64_t kRecordShare = 8;
constexpr int64_t kMostBatch = int64_t{1} << 20;
constexpr int64_t kLeastBatch = int64_t{256} << 10;
// Sketches are some 40 bytes a row; a partition of this much input fits many times over.
constexpr int64_t kPartitionBytes = int64_t{256} << 20;
constexpr int64_t kMostPartitions = 256;
// By ColumnKind.
constexpr const char* kKinds[] = {"text", "int", "real", "bool", "json"};

tl::unexpected<Error> At(const std::string& place, Error error) {
  error.place = error.place.empty() ? place : place + " (" + error.place + ")";
  return tl::unexpected<Error>(std::move(error));
}

Result<SourceList> StoredSources(const Store& store, const RecipeInput& input, int index) {
  SIKU_TRY(const auto version, store.FindVersion(input.dataset));
  SIKU_TRY(const auto manifest, store.ReadManifest(version));
  SourceList sources;
  int64_t rows = 0;
  for (const Segment& segment : manifest.segments) {
    for (const DataFile& file : segment.files) {
      Source source;
      source.path = store.DataSource(file.sha256);
      source.relative = version.dataset + "@" + std::to_string(version.ordinal);
      source.input = index;
      source.bytes = file.bytes;
      source.format = Format::kParquet;
      source.first_position = rows;
      source.stored = true;
      rows += file.rows;
      sources.push_back(std::move(source));
    }
  }
  return sources;
}

Result<SourceList> SourcesOf(Store& store, const RecipeInput& input, int index,
                             const std::string& base, HiddenNames& hidden) {
  if (!input.dataset.empty()) return StoredSources(store, input, index);
  return FindSources(
      input.paths, base, index,
      {.format = input.format, .encoding = input.encoding, .compression = input.compression},
      &hidden);
}

// Who does a task, or goes on with the run, may be in another folder.
std::string FromAnywhere(const std::string& path) {
  std::error_code ignored;
  const bool url = path.find("://") != std::string::npos;
  return url ? path : std::filesystem::absolute(path, ignored).string();
}

// Sources of all inputs end to end; files of one version share an ordinal.
void Append(SourceList& all, SourceList more) {
  int next = all.empty() ? 0 : all.back().ordinal + 1;
  for (size_t i = 0; i < more.size(); ++i) {
    if (i > 0 && !more[i].stored) ++next;
    more[i].ordinal = next;
    more[i].path = FromAnywhere(more[i].path);
    all.push_back(std::move(more[i]));
  }
}

Result<void> BindPlan(const Recipe& recipe, Prepared& prepared) {
  std::vector<Schema> user;
  auto& columns = prepared.file.columns;
  columns.clear();
  prepared.file.schemas.clear();
  for (size_t i = 0; i < recipe.inputs.size(); ++i) {
    auto schema = InferSchema(prepared.file.sources, static_cast<int>(i), recipe.inputs[i].columns);
    if (!schema.has_value()) return At(recipe.inputs[i].place, std::move(schema).error());
    user.push_back(schema->user);
    SIKU_TRY(const auto bytes, FromArrow(arrow::ipc::SerializeSchema(*schema->user)));
    prepared.file.schemas.push_back(bytes->ToHexString());
    columns.emplace_back();
    for (const auto& [name, kind] : schema->kinds) {
      columns.back().emplace_back(name, kKinds[static_cast<size_t>(kind)]);
    }
    prepared.schemas.push_back(*std::move(schema));
  }
  SIKU_TRY(prepared.plan, Plan::Make(recipe, user));
  SIKU_TRY(CheckOrder(recipe, prepared.plan));
  SIKU_TRY(CheckColumnsMadeBefore(recipe, prepared.plan));
  SIKU_TRY(prepared.decisions, Decisions::Bind(prepared.file.decisions, recipe.name, prepared.plan,
                                               prepared.file.sources));
  return {};
}

// With a limit one task takes all sources in order, so that "the first n rows" means what it says.
Result<std::vector<Split>> CutSplits(const SourceList& sources, const RunOptions& options) {
  if (options.limit >= 0) {
    Split all;
    for (size_t i = 0; i < sources.size(); ++i) all.push_back({static_cast<int>(i), 0, -1});
    return std::vector<Split>{std::move(all)};
  }
  return options.splits > 0 ? PlanSplitCount(sources, options.splits) : PlanSplits(sources);
}

std::vector<std::pair<std::string, std::string>> TablesOf(const Recipe& recipe) {
  std::set<std::pair<std::string, std::string>> tables;
  for (const RecipeStep& step : recipe.steps) {
    for (auto& table : step.op->TableHashes()) tables.insert(std::move(table));
    for (auto& file : step.op->FileHashes(step.parameters)) tables.insert(std::move(file));
  }
  return {tables.begin(), tables.end()};
}

void SetFolder(Recipe& recipe, const std::string& folder) {
  for (RecipeStep& step : recipe.steps) step.parameters.SetFolder(folder);
}

}  // namespace

Result<Prepared> Prepare(Store& store, const OperatorSet& operators, const RunRequest& request) {
  SIKU_TRY(const auto known,
           OperatorsOf(request.recipe, request.recipe_file, request.base, operators));
  SIKU_TRY(auto recipe, ParseRecipe(request.recipe, request.recipe_file, known, request.overrides));
  Prepared prepared;
  RunFile& file = prepared.file;
  const bool dialect = ReadBesides(request.recipe, request.recipe_file, operators).has_value();
  const std::string base = dialect ? "." : request.base;
  HiddenNames hidden;
  for (size_t i = 0; i < recipe.inputs.size(); ++i) {
    auto found = SourcesOf(store, recipe.inputs[i], static_cast<int>(i), base, hidden);
    if (!found.has_value()) return At(recipe.inputs[i].place, std::move(found).error());
    Append(file.sources, *std::move(found));
    file.inputs.push_back(recipe.inputs[i].name);
  }
  if (!hidden.empty() && request.hidden) request.hidden(hidden);
  file.decisions = request.decisions;
  // A run may be resumed from another folder; its plug-ins and lists are looked for again.
  std::error_code ignored;
  file.base = std::filesystem::absolute(base.empty() ? "." : base, ignored).string();
  SetFolder(recipe, file.base);
  SIKU_TRY(BindPlan(recipe, prepared));
  SIKU_TRY(file.splits, CutSplits(file.sources, request.options));
  file.recipe_name = recipe.name;
  file.recipe = request.recipe;
  file.recipe_file = request.recipe_file;
  file.overrides = request.overrides;
  file.max_record = request.options.max_record;
  file.limit = request.options.limit;
  file.canonical = CanonicalJson(recipe);
  file.tables = TablesOf(recipe);
  file.partitions = static_cast<int>(
      std::clamp<int64_t>(InputBytes(file) / kPartitionBytes + 1, 1, kMostPartitions));
  file.graph = GraphOf(prepared.plan);
  for (const PlannedOutput& output : prepared.plan.outputs()) {
    file.outputs.emplace_back(output.dataset, output.port);
  }
  file.discards = prepared.plan.discards();
  const auto sealed = SealedNames(prepared.plan);
  file.sealed = {sealed.begin(), sealed.end()};
  return prepared;
}

Result<void> SealRun(Prepared& prepared, const std::optional<SealKey>& owner) {
  RunFile& file = prepared.file;
  if (file.sealed.empty()) {
    if (!owner.has_value()) return {};
    return Fail(Code::kInvalid, "nothing in the recipe conceals; there is nothing to seal",
                file.recipe_name, "--seal-key");
  }
  if (!owner.has_value()) {
    return Fail(Code::kInvalid, "the recipe conceals texts; what the run keeps of them needs a key",
                file.recipe_name, {}, "`siku key new FILE` makes one; then give --seal-key FILE");
  }
  std::tie(prepared.key, file.seal) = NewRunKey(*owner);
  if (GiveSecrets(prepared.plan, *owner)) file.tables.emplace_back("seal key", owner->id());
  file.sealed_decisions = HexOf(SealValue(*prepared.key, file.decisions));
  return {};
}

Result<Prepared> PrepareAgain(const OperatorSet& operators, RunFile file,
                              const std::optional<SealKey>& owner) {
  SIKU_TRY(auto key, OpenRunKey(file.seal, owner));
  if (key != nullptr) {
    const auto sealed = FromHex(file.sealed_decisions);
    auto decisions = sealed.has_value() ? OpenValue(*key, *sealed) : std::nullopt;
    if (!decisions.has_value()) {
      return Fail(Code::kData, "the run's key cannot be opened; its description is damaged",
                  file.seal.key_id);
    }
    file.decisions = *std::move(decisions);
  }
  for (const Source& source : file.sources) SIKU_TRY(CheckUnchanged(source));
  SIKU_TRY(const auto known, OperatorsOf(file.recipe, file.recipe_file, file.base, operators));
  SIKU_TRY(auto recipe, ParseRecipe(file.recipe, file.recipe_file, known, file.overrides));
  SetFolder(recipe, file.base);
  Prepared prepared;
  prepared.file = std::move(file);
  SIKU_TRY(BindPlan(recipe, prepared));
  prepared.key = std::move(key);
  auto tables = TablesOf(recipe);
  if (prepared.key != nullptr && GiveSecrets(prepared.plan, *owner)) {
    tables.emplace_back("seal key", owner->id());
  }
  if (nlohmann::json::parse(CanonicalJson(recipe)) !=
          nlohmann::json::parse(prepared.file.canonical) ||
      tables != prepared.file.tables) {
    return Fail(Code::kConflict, "operators or tables are not what they were when the run began",
                prepared.file.recipe_file, {}, "start a new run");
  }
  return prepared;
}

std::vector<SourceSummary> Summaries(const RunFile& file) {
  std::vector<SourceSummary> summaries;
  for (const Source& source : file.sources) {
    summaries.push_back({file.inputs[static_cast<size_t>(source.input)], source.relative,
                         std::string(FormatName(source.format)),
                         std::string(EncodingName(source.encoding)), source.bytes});
  }
  return summaries;
}

int64_t InputBytes(const RunFile& file) {
  int64_t bytes = 0;
  for (const Source& source : file.sources) bytes += source.bytes;
  return bytes;
}

Result<Sizing> SizeRun(const RunOptions& options) {
  if (options.memory < kLeastMemory) {
    return Fail(Code::kInvalid, "a run needs more memory than that", std::to_string(options.memory),
                "--memory", "give at least 512MiB");
  }
  if (options.max_record > options.memory / kRecordShare) {
    return Fail(Code::kInvalid, "a record may have at most an eighth of the memory",
                std::to_string(options.max_record), "--max-record", "give more --memory");
  }
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const int wanted = options.threads > 0 ? options.threads : cores;
  Sizing sizing;
  sizing.threads = static_cast<int>(std::clamp<int64_t>(options.memory / kThreadMemory, 1, wanted));
  sizing.batch_bytes = std::clamp(options.memory / sizing.threads / 64, kLeastBatch, kMostBatch);
  return sizing;
}

}  // namespace siku::run

namespace siku {

OperatorSet OperatorsOfRun(const Store& store, const OperatorSet& operators,
                           const std::string& run) {
  const auto file = run::ReadRunFile(store.RunFolder(run));
  if (!file.has_value()) return operators;
  auto known = OperatorsOf(file->recipe, file->recipe_file, file->base, operators);
  if (!known.has_value()) return operators;
  for (const Operator* op : known->All()) {
    if (operators.Find(op->record().name).has_value()) continue;
    for (const auto& table : op->TableHashes()) {
      if (std::find(file->tables.begin(), file->tables.end(), table) == file->tables.end()) {
        return operators;
      }
    }
  }
  return *std::move(known);
}

}  // namespace siku
