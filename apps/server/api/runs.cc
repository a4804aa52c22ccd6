// Runs of recipes: started, watched, stopped and gone on with; their reports; what they may use.
#include <algorithm>

#include "api/api.h"
#include "runs/served_recipe.h"
#include "siku/manual.h"
#include "siku/run.h"

namespace siku::server {
namespace {

using catalog::Role;
using nlohmann::json;

constexpr const char* kSetting = "runs";
constexpr size_t kLongestRecipe = 1 << 20;

Result<void> MaySeeRuns(const catalog::Actor& actor) {
  if (actor.SeesAll() || actor.Is(Role::kOperator) || actor.Is(Role::kAuditor)) return {};
  return Fail(Code::kDenied, "sign in to see runs");
}

Result<void> MayRun(const catalog::Actor& actor) {
  if (actor.Is(Role::kOperator) || actor.Is(Role::kPublisher) || actor.Is(Role::kAdministrator)) {
    return {};
  }
  return Fail(Code::kDenied, "only operators, publishers and administrators run recipes");
}

Result<RunSettings> SettingsOf(const Services& services) {
  RunSettings settings = UsualSettings(services.operators);
  SIKU_TRY(const auto kept, services.catalog.Setting(kSetting));
  if (!kept) return settings;
  json document = json::parse(*kept, nullptr, false);
  if (!document.is_object()) return Fail(Code::kData, "the settings cannot be read", kSetting);
  // An operator that this version no longer has is allowed to nobody.
  if (auto list = document.find("operators"); list != document.end() && list->is_array()) {
    json known = json::array();
    for (const json& one : *list) {
      if (one.is_string() && settings.operators.contains(one.get<std::string>())) {
        known.push_back(one);
      }
    }
    *list = std::move(known);
  }
  SIKU_TRY(ApplySettings(document, services.operators, settings));
  return settings;
}

ProcessLimits LimitsOf(const RunSettings& settings) {
  return {.memory = settings.memory, .disk = settings.disk, .seconds = settings.seconds};
}

/// Whether the actor may use what the recipe reads, and add to what it writes.
Result<void> CheckRights(const Services& services, const catalog::Actor& actor,
                         const Recipe& recipe, bool writes) {
  for (const RecipeInput& input : recipe.inputs) {
    auto may = services.catalog.CheckRunInput(actor, input.dataset);
    if (may.has_value()) continue;
    may.error().place = input.place;
    return may;
  }
  for (const RecipeOutput& output : recipe.outputs) {
    if (!writes) break;
    auto may = services.catalog.CheckRunOutput(actor, output.dataset);
    if (may.has_value()) continue;
    may.error().place = output.place;
    return may;
  }
  return {};
}

/// The same of the versions that a run reads, which later ones of their datasets do not change.
Result<void> CheckVersions(const Services& services, const catalog::Actor& actor,
                           const RunRecipe& given) {
  for (const std::string& version : given.versions) {
    SIKU_TRY(services.catalog.CheckRunInput(actor, version));
  }
  return {};
}

Result<std::string> RecipeIn(const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(auto recipe, TextMember(body, "recipe"));
  if (recipe.size() > kLongestRecipe) {
    return Fail(Code::kLimit, "a recipe may have at most 1 MiB", std::to_string(recipe.size()));
  }
  return recipe;
}

/// The recipe, with every right it takes. The first problem.
Result<Recipe> Checked(const Services& services, const catalog::Actor& actor,
                       const RunRecipe& given, const RunSettings& settings) {
  ServedRecipe served = ReadServedRecipe(given, services.operators, settings);
  if (!served.recipe) return tl::make_unexpected(served.problems.front());
  SIKU_TRY(CheckVersions(services, actor, given));
  SIKU_TRY(CheckRights(services, actor, *served.recipe, true));
  return *std::move(served.recipe);
}

json RunJson(const RunInfo& run) {
  return {{"id", run.id},
          {"state", run.state},
          {"recipe", run.recipe},
          {"created", catalog::TimeText(run.created)}};
}

Result<Response> List(const Services& services, const Call& call) {
  SIKU_TRY(MaySeeRuns(call.actor));
  SIKU_TRY(const auto runs, services.catalog.store().Runs());
  json list = json::array();
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) list.push_back(RunJson(*run));
  return JsonResponse({{"runs", std::move(list)}});
}

Result<Response> Check(const Services& services, const Call& call) {
  SIKU_TRY(MayRun(call.actor));
  SIKU_TRY(const auto yaml, RecipeIn(call));
  SIKU_TRY(const auto settings, SettingsOf(services));
  const ServedRecipe served = ReadServedRecipe({yaml, {}}, services.operators, settings);
  json problems = json::array();
  for (const Error& error : served.problems)
    problems.push_back(ProblemJson(error, LanguageOf(call.request)));
  if (served.recipe) {
    const auto may = CheckRights(services, call.actor, *served.recipe, true);
    if (!may.has_value()) problems.push_back(ProblemJson(may.error(), LanguageOf(call.request)));
  }
  return JsonResponse({{"problems", std::move(problems)}});
}

Result<void> CheckStarted(const Services& services, const catalog::Actor& actor,
                          const std::string& run) {
  SIKU_TRY(const auto given, RecipeOfRun(services.catalog.store(), run));
  return CheckVersions(services, actor, given);
}

Result<Response> Start(Services& services, const Call& call) {
  SIKU_TRY(MayRun(call.actor));
  SIKU_TRY(const auto yaml, RecipeIn(call));
  SIKU_TRY(const auto settings, SettingsOf(services));
  SIKU_TRY(const auto recipe, Checked(services, call.actor, {yaml, {}}, settings));
  SIKU_TRY(const auto run, services.runs.Start(yaml, LimitsOf(settings), settings.at_once));
  // A version may have come between the look and the start.
  if (const auto kept = CheckStarted(services, call.actor, run); !kept.has_value()) {
    (void)services.runs.Stop(run).has_value();
    return tl::make_unexpected(kept.error());
  }
  json inputs = json::array(), outputs = json::array();
  for (const RecipeInput& input : recipe.inputs) inputs.push_back(input.dataset);
  for (const RecipeOutput& output : recipe.outputs) outputs.push_back(output.dataset);
  const json detail = {{"recipe", recipe.name}, {"inputs", inputs}, {"outputs", outputs}};
  if (const auto kept = services.catalog.RecordRun(call.actor, "run.start", run, detail.dump());
      !kept.has_value()) {
    // What is not on record does not go on.
    (void)services.runs.Stop(run).has_value();
    return tl::make_unexpected(kept.error());
  }
  return JsonResponse({{"id", run}}, 201);
}

Result<json> SummaryOf(const Services& services, const RunInfo& run) {
  if (run.state != "done") return json(nullptr);
  SIKU_TRY(const auto summary, ReadSummary(services.catalog.store(), run.id));
  json steps = json::array(), outputs = json::array();
  for (const StepSummary& step : summary.steps) {
    steps.push_back({{"name", step.name},
                     {"operator", step.op},
                     {"in", step.counts.in},
                     {"kept", step.counts.kept},
                     {"rejected", step.counts.rejected},
                     {"edited", step.counts.edited_rows}});
  }
  for (const OutputSummary& output : summary.outputs) {
    outputs.push_back({{"source", output.dataset + "@" + std::to_string(output.ordinal)},
                       {"content", output.content},
                       {"rows", output.rows},
                       {"bytes", output.bytes},
                       {"unchanged", output.unchanged}});
  }
  return json{{"rows", summary.rows},
              {"seconds", summary.seconds},
              {"steps", std::move(steps)},
              {"outputs", std::move(outputs)}};
}

/// Of a run that names files, or is another's work, only the staff sees what is in it.
Result<void> MayLookInto(const Services& services, const catalog::Actor& actor,
                         const RunRecipe& given) {
  if (actor.SeesAll()) return {};
  SIKU_TRY(MayRun(actor));
  RunSettings all = UsualSettings(services.operators);
  const ServedRecipe served = ReadServedRecipe(given, services.operators, all);
  if (!served.recipe) return Fail(Code::kDenied, "the run was not started by the server");
  SIKU_TRY(CheckVersions(services, actor, given));
  return CheckRights(services, actor, *served.recipe, false);
}

/// The run of the address, for who may look into it.
struct Seen {
  RunInfo run{};
  RunRecipe given{};
  std::string account{};  // who started it
};
Result<Seen> LookInto(const Services& services, const Call& call) {
  const Store& store = services.catalog.store();
  Seen seen;
  SIKU_TRY(seen.run, store.FindRun(call.path.at("run")));
  SIKU_TRY(seen.given, RecipeOfRun(store, seen.run.id));
  SIKU_TRY(MayLookInto(services, call.actor, seen.given));
  SIKU_TRY(seen.account, services.catalog.StarterOf(seen.run.id));
  return seen;
}

/// Stopping and going on with it is for who started it, and for the staff.
Result<void> MayEnd(const catalog::Actor& actor, const std::string& account) {
  if (actor.SeesAll() || (!account.empty() && actor.account == account)) return {};
  return Fail(Code::kDenied, "the run is another's", account);
}

Result<void> MayResume(const Services& services, const catalog::Actor& actor, const Seen& seen,
                       const RunSettings& settings) {
  SIKU_TRY(MayEnd(actor, seen.account));
  SIKU_TRY(const auto recipe, Checked(services, actor, seen.given, settings));
  (void)recipe;
  return {};
}

Result<Response> Show(const Services& services, const Call& call) {
  SIKU_TRY(MaySeeRuns(call.actor));
  SIKU_TRY(const auto seen, LookInto(services, call));
  SIKU_TRY(const auto settings, SettingsOf(services));
  const RunInfo& run = seen.run;
  SIKU_TRY(auto summary, SummaryOf(services, run));
  const auto live = services.runs.State(run.id);
  const bool here = live && live->running;
  // One of the server's that nobody works on was killed with it.
  const bool stands = run.state == "interrupted" || run.state == "failed" ||
                      (run.state == "running" && !seen.account.empty());
  json page = RunJson(run);
  page["account"] = seen.account;
  page["yaml"] = seen.given.yaml;
  page["here"] = here;
  page["may_resume"] =
      !here && stands && MayResume(services, call.actor, seen, settings).has_value();
  page["progress"] = here ? live->progress : json(nullptr);
  page["error"] =
      live && live->error ? ProblemJson(*live->error, LanguageOf(call.request)) : json(nullptr);
  page["summary"] = std::move(summary);
  return JsonResponse(page);
}

Result<Response> StopIt(const Services& services, const Call& call) {
  SIKU_TRY(MayRun(call.actor));
  SIKU_TRY(const auto seen, LookInto(services, call));
  SIKU_TRY(MayEnd(call.actor, seen.account));
  SIKU_TRY(services.runs.Stop(seen.run.id));
  SIKU_TRY(services.catalog.RecordRun(call.actor, "run.stop", seen.run.id, "{}"));
  return JsonResponse(json::object());
}

Result<Response> Resume(const Services& services, const Call& call) {
  SIKU_TRY(MayRun(call.actor));
  SIKU_TRY(const auto seen, LookInto(services, call));
  if (seen.run.state == "done") return Fail(Code::kConflict, "the run is finished", seen.run.id);
  SIKU_TRY(const auto settings, SettingsOf(services));
  SIKU_TRY(MayResume(services, call.actor, seen, settings));
  SIKU_TRY(services.catalog.RecordRun(call.actor, "run.resume", seen.run.id, "{}"));
  SIKU_TRY(services.runs.Resume(seen.run.id, LimitsOf(settings), settings.at_once));
  return JsonResponse({{"id", seen.run.id}});
}

/// The page carries its own script and style, so it is held apart: it has no origin, knows no
/// cookie and can ask no server.
Result<Response> Report(const Services& services, const Call& call) {
  SIKU_TRY(MaySeeRuns(call.actor));
  SIKU_TRY(const auto seen, LookInto(services, call));
  Response response{.type = "text/html; charset=utf-8"};
  SIKU_TRY(response.file, services.runs.Report(seen.run.id));
  response.headers = {{"Content-Security-Policy",
                       "sandbox allow-scripts allow-downloads; default-src 'none';"
                       " script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:;"
                       " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
                      {"Cache-Control", "private, no-cache"}};
  return response;
}

Result<Response> ListOperators(const Services& services, const Call& call) {
  SIKU_TRY(const auto settings, SettingsOf(services));
  const bool chinese = LanguageOf(call.request) == Language::kChinese;
  json list = json::array();
  for (const Operator* const op : services.operators.All()) {
    const Record& record = op->record();
    if (!settings.operators.contains(record.name)) continue;
    list.push_back({{"name", record.name},
                    {"summary", chinese ? record.summary_zh : record.summary},
                    {"example", record.example}});
  }
  return JsonResponse({{"operators", std::move(list)}});
}

/// With what could be allowed, for a form.
Response SettingsResponse(const Services& services, const RunSettings& settings) {
  json document = SettingsJson(settings);
  document["all_operators"] = UsualSettings(services.operators).operators;
  return JsonResponse(document);
}

Result<Response> ShowSettings(const Services& services, const Call& call) {
  SIKU_TRY(MayRun(call.actor));
  SIKU_TRY(const auto settings, SettingsOf(services));
  return SettingsResponse(services, settings);
}

Result<Response> ChangeSettings(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(auto settings, SettingsOf(services));
  SIKU_TRY(ApplySettings(body, services.operators, settings));
  SIKU_TRY(services.catalog.Set(call.actor, kSetting, SettingsJson(settings).dump()));
  return SettingsResponse(services, settings);
}

void AddSettingsRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/api/v1/operators",
                    .summary = "operators that recipes of the server may use",
                    .gives = "Operators",
                    .answer = [&](const Call& call) { return ListOperators(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/settings/runs",
                    .summary = "what runs of the server may use and take",
                    .gives = "RunSettings",
                    .answer = [&](const Call& call) { return ShowSettings(services, call); }});
  routes.push_back({.method = "PUT",
                    .path = "/api/v1/settings/runs",
                    .summary = "change some of it",
                    .takes = "RunSettings",
                    .gives = "RunSettings",
                    .answer = [&](const Call& call) { return ChangeSettings(services, call); }});
}

}  // namespace

void AddRunRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/api/v1/runs",
                    .summary = "runs of recipes in the store, the newest first",
                    .gives = "Runs",
                    .answer = [&](const Call& call) { return List(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/recipes/check",
                    .summary = "what is wrong with a recipe, for a run of the server",
                    .takes = "RecipeText",
                    .gives = "RecipeVerdict",
                    .reads = true,
                    .answer = [&](const Call& call) { return Check(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/runs",
                    .summary = "run a recipe over datasets of the store",
                    .takes = "RecipeText",
                    .gives = "RunStarted",
                    .answer = [&](const Call& call) { return Start(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/runs/{run}",
                    .summary = "a run: how far it is, what it did",
                    .gives = "RunPage",
                    .answer = [&](const Call& call) { return Show(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/runs/{run}/stop",
                    .summary = "end a run that the server works on; it can be gone on with",
                    .gives = "Done",
                    .answer = [&](const Call& call) { return StopIt(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/runs/{run}/resume",
                    .summary = "go on with a run that was stopped or failed",
                    .gives = "RunStarted",
                    .answer = [&](const Call& call) { return Resume(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/runs/{run}/report",
                    .summary = "the report of a finished run, a page of its own",
                    .heavy = true,
                    .answer = [&](const Call& call) { return Report(services, call); }});
  AddSettingsRoutes(services, routes);
}

}  // namespace siku::server
