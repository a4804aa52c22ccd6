#include "tally.h"

#include <nlohmann/json.hpp>

#include "record_digests.h"
#include "siku/sha256.h"

namespace siku::run {
namespace {

using nlohmann::json;

constexpr const char* kNothing = "nothing was committed; report it with the run's folder";

}  // namespace

Result<void> Tally::Read() {
  const int splits = static_cast<int>(prepared_.file.splits.size());
  for (int stage = 0; stage < prepared_.plan.stages(); ++stage) {
    for (int split = 0; split < splits; ++split) {
      SIKU_TRY(const auto task, LoadTask(folder_, stage, split));
      for (const auto& [input, rows] : task.rows) {
        flow_[input] += rows;
        sums_.rows += rows;
      }
      for (const auto& [reason, count] : task.bad) sums_.rejected[reason] += count;
      for (const auto& [kind, count] : task.read_flags) sums_.read_flags[kind] += count;
      for (const auto& [name, counts] : task.steps) steps_[name].Add(counts);
      for (const LedgerFile& table : task.ledger) sums_.ledger_bytes += table.bytes;
      sums_.spilled_bytes += task.spilled;
      failures_.insert(task.failures.begin(), task.failures.end());
      settled_.insert(settled_.end(), task.decisions.begin(), task.decisions.end());
      AddOutputs(task);
      SIKU_TRY(AddRecords(task));
    }
  }
  for (const auto& [step, said] : failures_) {
    SIKU_TRY(CheckFailures(step, steps_.at(step), said));
  }
  return Balance();
}

// What a step was given is what the ports before it gave, and each row of it has one fate.
Result<void> Tally::Balance() {
  const auto& nodes = prepared_.plan.nodes();
  for (const Node& node : nodes) {
    if (node.op == nullptr) continue;
    StepCounts& counts = steps_[node.name];
    counts.out.resize(node.ports.size());
    int64_t arrived = 0;
    for (const PortId port : node.from) arrived += flow_[prepared_.plan.PortName(port)];
    if (!counts.Balances() || counts.in != arrived) {
      return Fail(Code::kUnbalanced, "rows were lost or made in a step", node.name, {}, kNothing);
    }
    for (size_t i = 0; i < counts.out.size(); ++i) {
      const PortId port{static_cast<int>(&node - nodes.data()), static_cast<int>(i)};
      flow_[prepared_.plan.PortName(port)] = counts.out[i];
    }
  }
  for (const PlannedOutput& output : prepared_.plan.outputs()) {
    if (totals_[output.dataset] != flow_[prepared_.plan.PortName(output.port)]) {
      return Fail(Code::kUnbalanced, "rows were lost or made before an output", output.dataset, {},
                  kNothing);
    }
  }
  return {};
}

RunSummary Tally::Summary(const std::string& run) const {
  const RunFile& file = prepared_.file;
  RunSummary summary = sums_;
  summary.run = run;
  summary.recipe = file.recipe_name;
  summary.sources = Summaries(file);
  summary.input_bytes = InputBytes(file);
  summary.limit = file.limit;
  summary.decisions = prepared_.decisions.Summary(settled_);
  for (size_t i = 0; i < file.sources.size(); ++i) {
    summary.sources[i].digest = SourceDigest(file.sources[i].ordinal);
  }
  for (const Node& node : prepared_.plan.nodes()) {
    if (node.op == nullptr) continue;
    const Record& record = node.op->record();
    summary.steps.push_back({node.name, record.name, record.version, steps_.at(node.name)});
  }
  return summary;
}

// The digests of a source's records, over all splits it was cut into.
Result<void> Tally::AddRecords(const TaskResult& task) {
  if (task.record_digests.empty()) return {};
  // Sources come in runs of records; a piece of the file may end inside one.
  size_t next = 0;
  int64_t left = task.records.empty() ? 0 : task.records.front().second;
  bool whole = true;
  SIKU_TRY(DigestFile::Read(
      folder_ + "/parts/" + task.record_digests,
      [&](auto digests) {
        while (!digests.empty() && whole) {
          while (left == 0 && ++next < task.records.size()) left = task.records[next].second;
          whole = left > 0;
          const size_t count = std::min(digests.size(), static_cast<size_t>(left));
          if (whole) records_[task.records[next].first].Add(digests.first(count));
          digests = digests.subspan(count);
          left -= static_cast<int64_t>(count);
        }
      },
      prepared_.key));
  if (whole && left == 0 && next + 1 >= task.records.size()) return {};
  return Fail(Code::kUnbalanced, "a digest is missing for some rows", task.record_digests);
}

std::string Tally::SourceDigest(int ordinal) const {
  const auto found = records_.find(ordinal);
  return (found == records_.end() ? ContentDigest() : found->second).Finish("[]");
}

void Tally::AddOutputs(const TaskResult& task) {
  for (const auto& [dataset, output] : task.outputs) {
    totals_[dataset] += output.rows;
    auto& files = files_[dataset];
    files.insert(files.end(), output.files.begin(), output.files.end());
    if (!output.digests.empty()) digests_[dataset].push_back(output.digests);
  }
}

std::string Tally::Lineage() const {
  const RunFile& file = prepared_.file;
  json inputs = json::object();
  for (size_t input = 0; input < file.inputs.size(); ++input) {
    json list = json::array();
    for (size_t i = 0; i < file.sources.size(); ++i) {
      if (file.sources[i].input != static_cast<int>(input)) continue;
      list.push_back({file.sources[i].relative, SourceDigest(file.sources[i].ordinal)});
    }
    inputs[file.inputs[input]] = {{"files", list.size()}, {"sha256", Sha256Hex(list.dump())}};
  }
  json tables = json::object();
  for (const auto& [name, hash] : file.tables) tables[name] = hash;
  json lineage = {{"recipe", json::parse(file.canonical)}, {"tables", tables}, {"inputs", inputs}};
  if (file.limit >= 0) lineage["limit"] = file.limit;
  if (!file.decisions.empty()) lineage["decisions"] = Sha256Hex(file.decisions);
  return lineage.dump();
}

Result<VersionDraft> Tally::Draft(const PlannedOutput& output) const {
  VersionDraft draft;
  draft.dataset = output.dataset;
  SIKU_TRY(draft.manifest.schema, CanonicalSchema(prepared_.plan.schema(output.port)));
  ContentDigest digest;
  std::vector<DataFile> files;
  if (const auto found = digests_.find(output.dataset); found != digests_.end()) {
    files = files_.at(output.dataset);
    for (const std::string& name : found->second) {
      SIKU_TRY(DigestFile::Read(folder_ + "/parts/" + name,
                                [&](std::span<const Digest> rows) { digest.Add(rows); }));
    }
  }
  if (digest.rows() != totals_.at(output.dataset)) {
    return Fail(Code::kUnbalanced, "a digest is missing for some rows", output.dataset);
  }
  draft.manifest.content = digest.Finish(draft.manifest.schema);
  draft.manifest.rows = digest.rows();
  draft.manifest.digest = digest.state();
  draft.manifest.segments = {{digest.rows(), std::move(files)}};
  draft.manifest.lineage = Lineage();
  return draft;
}

Result<std::vector<VersionDraft>> Tally::Drafts() const {
  std::vector<VersionDraft> drafts;
  for (const PlannedOutput& output : prepared_.plan.outputs()) {
    SIKU_TRY(auto draft, Draft(output));
    drafts.push_back(std::move(draft));
  }
  return drafts;
}

}  // namespace siku::run
