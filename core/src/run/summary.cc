#include <algorithm>
#include <nlohmann/json.hpp>

#include "../base/durable.h"
#include "../objects/mirror.h"
#include "run_file.h"
#include "siku/run.h"
#include "task.h"

namespace siku {
namespace {

using nlohmann::json;

constexpr int64_t kSummaryLimit = int64_t{4} << 30;

void AddTo(std::map<std::string, int64_t>& to, const std::map<std::string, int64_t>& from) {
  for (const auto& [name, count] : from) to[name] += count;
}

// Runs of earlier versions took none.
DecisionSummary DecisionsFrom(const json& in) {
  DecisionSummary decisions;
  if (!in.contains("decisions")) return decisions;
  const json& given = in.at("decisions");
  decisions.sha256 = given.at("sha256");
  decisions.total = given.at("total");
  decisions.applied = given.at("applied");
  decisions.idle = given.at("idle");
  for (const json& one : given.at("unfit")) {
    DecisionSummary::Unfit unfit{.number = one.at("number"),
                                 .step = one.at("step"),
                                 .source = one.at("source"),
                                 .begin = one.at("begin"),
                                 .end = one.at("end"),
                                 .reason = one.at("reason")};
    unfit.key.position = one.at("position");
    for (const json& ordinal : one.value("child", json::array())) {
      unfit.key.child += run::BigEndian(ordinal.get<uint32_t>());
    }
    decisions.unfit.push_back(std::move(unfit));
  }
  return decisions;
}

RunSummary SummaryFrom(const json& in) {
  RunSummary summary;
  summary.run = in.at("run");
  summary.recipe = in.at("recipe");
  for (const json& source : in.at("sources")) {
    summary.sources.push_back({source.at("input"), source.at("relative"), source.at("format"),
                               source.at("encoding"), source.at("bytes"), source.at("digest")});
  }
  const json& read = in.at("read");
  summary.rows = read.at("rows");
  read.at("rejected").get_to(summary.rejected);
  read.at("flags").get_to(summary.read_flags);
  summary.limit = read.at("limit");
  for (const json& step : in.at("steps")) {
    summary.steps.push_back({step.at("name"), step.at("operator"), step.at("version"),
                             run::CountsFromJson(step.at("counts"))});
  }
  for (const json& output : in.at("outputs")) {
    summary.outputs.push_back({output.at("dataset"), output.at("ordinal"), output.at("version"),
                               output.at("rows"), output.at("bytes"), output.at("unchanged"),
                               output.value("unmasked", false)});
  }
  summary.input_bytes = read.at("bytes");
  summary.ledger_bytes = in.at("ledger_bytes");
  summary.spilled_bytes = in.at("spilled_bytes");
  summary.seconds = in.at("seconds");
  summary.decisions = DecisionsFrom(in);
  return summary;
}

// Of a key's child, four big-endian bytes each.
json Ordinals(std::string_view child) {
  json ordinals = json::array();
  for (; child.size() >= 4; child.remove_prefix(4)) {
    uint32_t ordinal = 0;
    for (const char byte : child.substr(0, 4)) {
      ordinal = ordinal << 8U | static_cast<unsigned char>(byte);
    }
    ordinals.push_back(ordinal);
  }
  return ordinals;
}

// Of an output without rows: the step that rejected and merged most; empty where none did.
json EmptiedJson(const RunSummary& summary) {
  std::string step;
  int64_t removed = 0;
  for (const StepSummary& one : summary.steps) {
    const int64_t gone = one.counts.rejected + one.counts.merged;
    if (gone > removed) step = one.name;
    removed = std::max(removed, gone);
  }
  return {{"emptied_by", step}, {"removed", removed}};
}

json DecisionsJson(const DecisionSummary& decisions) {
  json unfit = json::array();
  for (const DecisionSummary::Unfit& one : decisions.unfit) {
    unfit.push_back({{"number", one.number},
                     {"step", one.step},
                     {"source", one.source},
                     {"position", one.key.position},
                     {"begin", one.begin},
                     {"end", one.end},
                     {"reason", one.reason}});
    if (!one.key.child.empty()) unfit.back()["child"] = Ordinals(one.key.child);
  }
  return {{"sha256", decisions.sha256},
          {"total", decisions.total},
          {"applied", decisions.applied},
          {"idle", decisions.idle},
          {"unfit", unfit}};
}

}  // namespace

void StepCounts::Add(const StepCounts& other) {
  in += other.in;
  kept += other.kept;
  rejected += other.rejected;
  merged += other.merged;
  expanded += other.expanded;
  out.resize(std::max(out.size(), other.out.size()));
  for (size_t i = 0; i < other.out.size(); ++i) out[i] += other.out[i];
  AddTo(reasons, other.reasons);
  AddTo(edits, other.edits);
  AddTo(proposed, other.proposed);
  AddTo(flags, other.flags);
  AddTo(reported, other.reported);
  edited_rows += other.edited_rows;
  bytes_in += other.bytes_in;
  bytes_out.resize(std::max(bytes_out.size(), other.bytes_out.size()));
  for (size_t i = 0; i < other.bytes_out.size(); ++i) bytes_out[i] += other.bytes_out[i];
  AddTo(reason_bytes, other.reason_bytes);
}

std::string SummaryJson(const RunSummary& summary) {
  json sources = json::array();
  for (const SourceSummary& source : summary.sources) {
    sources.push_back({{"input", source.input},
                       {"relative", source.relative},
                       {"format", source.format},
                       {"encoding", source.encoding},
                       {"bytes", source.bytes},
                       {"digest", source.digest}});
  }
  json steps = json::array();
  for (const StepSummary& step : summary.steps) {
    steps.push_back({{"name", step.name},
                     {"operator", step.op},
                     {"version", step.version},
                     {"counts", run::CountsJson(step.counts)}});
  }
  json outputs = json::array();
  for (const OutputSummary& output : summary.outputs) {
    outputs.push_back({{"dataset", output.dataset},
                       {"ordinal", output.ordinal},
                       {"version", output.content},
                       {"rows", output.rows},
                       {"bytes", output.bytes},
                       {"unchanged", output.unchanged},
                       {"unmasked", output.unmasked}});
    if (output.rows == 0) outputs.back().update(EmptiedJson(summary));
  }
  json all = {{"run", summary.run},
              {"recipe", summary.recipe},
              {"sources", sources},
              {"read",
               {{"rows", summary.rows},
                {"bytes", summary.input_bytes},
                {"rejected", summary.rejected},
                {"flags", summary.read_flags},
                {"limit", summary.limit}}},
              {"steps", steps},
              {"outputs", outputs},
              {"ledger_bytes", summary.ledger_bytes},
              {"spilled_bytes", summary.spilled_bytes},
              {"seconds", summary.seconds}};
  if (!summary.decisions.sha256.empty()) all["decisions"] = DecisionsJson(summary.decisions);
  return all.dump(1);
}

Result<RunSummary> ReadSummary(const Store& store, const std::string& run) {
  SIKU_TRY(const auto info, store.FindRun(run));
  if (info.state != "done") {
    return Fail(Code::kConflict, "the run is not finished", info.id + ": " + info.state, {},
                "`siku run --resume RUN` continues it");
  }
  const std::string path = store.RunFolder(info.id) + "/summary.json";
  SIKU_TRY(Bring(path));
  SIKU_TRY(const auto text, ReadWhole(path, kSummaryLimit));
  try {
    return SummaryFrom(json::parse(text));
  } catch (const std::exception& e) {
    return Fail(Code::kData, "the run's summary cannot be read", e.what(), PlaceOf(path));
  }
}

Result<RunRecipe> RecipeOfRun(const Store& store, const std::string& run) {
  SIKU_TRY(const auto info, store.FindRun(run));
  const std::string folder = store.RunFolder(info.id);
  SIKU_TRY(Bring(folder + "/run.json"));
  SIKU_TRY(auto file, run::ReadRunFile(folder));
  RunRecipe given{.yaml = std::move(file.recipe), .overrides = std::move(file.overrides)};
  for (const Source& source : file.sources) {
    if (!source.stored) continue;
    if (given.versions.empty() || given.versions.back() != source.relative) {
      given.versions.push_back(source.relative);
    }
  }
  return given;
}

}  // namespace siku
