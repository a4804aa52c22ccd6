#include <nlohmann/json.hpp>

#include "task.h"

namespace siku::run {

using nlohmann::json;

json CountsJson(const StepCounts& counts) {
  return {{"in", counts.in},
          {"kept", counts.kept},
          {"rejected", counts.rejected},
          {"merged", counts.merged},
          {"expanded", counts.expanded},
          {"out", counts.out},
          {"reasons", counts.reasons},
          {"edits", counts.edits},
          {"proposed", counts.proposed},
          {"flags", counts.flags},
          {"edited_rows", counts.edited_rows},
          {"reported", counts.reported},
          {"bytes_in", counts.bytes_in},
          {"bytes_out", counts.bytes_out},
          {"reason_bytes", counts.reason_bytes}};
}

StepCounts CountsFromJson(const json& in) {
  StepCounts counts;
  counts.in = in.at("in");
  counts.kept = in.at("kept");
  counts.rejected = in.at("rejected");
  counts.merged = in.at("merged");
  counts.expanded = in.at("expanded");
  counts.out = in.at("out").get<std::vector<int64_t>>();
  in.at("reasons").get_to(counts.reasons);
  in.at("edits").get_to(counts.edits);
  in.at("proposed").get_to(counts.proposed);
  in.at("flags").get_to(counts.flags);
  counts.edited_rows = in.at("edited_rows");
  // Runs of earlier versions have none.
  counts.reported = in.value("reported", std::map<std::string, int64_t>());
  counts.bytes_in = in.value("bytes_in", int64_t{0});
  counts.bytes_out = in.value("bytes_out", std::vector<int64_t>());
  counts.reason_bytes = in.value("reason_bytes", std::map<std::string, int64_t>());
  return counts;
}

std::string TaskJson(const TaskResult& result) {
  json steps = json::object();
  for (const auto& [name, counts] : result.steps) steps[name] = CountsJson(counts);
  json outputs = json::object();
  for (const auto& [dataset, output] : result.outputs) {
    json files = json::array();
    for (const DataFile& file : output.files) {
      files.push_back({{"sha256", file.sha256}, {"bytes", file.bytes}, {"rows", file.rows}});
    }
    outputs[dataset] = {{"rows", output.rows}, {"files", files}, {"digests", output.digests}};
  }
  json ledger = json::array();
  for (const LedgerFile& file : result.ledger) {
    ledger.push_back({{"table", file.table},
                      {"step", file.step},
                      {"file", file.file},
                      {"bytes", file.bytes},
                      {"sha256", file.sha256}});
  }
  json decisions = json::array();
  for (const auto& [number, settled] : result.decisions) {
    decisions.push_back({number, static_cast<int>(settled)});
  }
  return json({{"format", 1},
               {"rows", result.rows},
               {"records", result.records},
               {"record_digests", result.record_digests},
               {"rejected", result.bad},
               {"flags", result.read_flags},
               {"steps", steps},
               {"outputs", outputs},
               {"spools", result.spools},
               {"sketches", result.sketches},
               {"ledger", ledger},
               {"decisions", decisions},
               {"failures", result.failures},
               {"spilled", result.spilled}})
      .dump();
}

Result<TaskResult> TaskFromJson(const std::string& text, const std::string& place) {
  try {
    const json in = json::parse(text);
    TaskResult result;
    in.at("rows").get_to(result.rows);
    in.at("records").get_to(result.records);
    result.record_digests = in.at("record_digests");
    in.at("rejected").get_to(result.bad);
    in.at("flags").get_to(result.read_flags);
    for (const auto& [name, counts] : in.at("steps").items()) {
      result.steps[name] = CountsFromJson(counts);
    }
    for (const auto& [dataset, output] : in.at("outputs").items()) {
      TaskResult::Output& out = result.outputs[dataset];
      out.rows = output.at("rows");
      out.digests = output.at("digests");
      for (const json& file : output.at("files")) {
        out.files.push_back({file.at("sha256"), file.at("bytes"), file.at("rows")});
      }
    }
    in.at("spools").get_to(result.spools);
    in.at("sketches").get_to(result.sketches);
    for (const json& file : in.at("ledger")) {
      result.ledger.push_back({file.at("table"), file.at("step"), file.at("file"), file.at("bytes"),
                               file.at("sha256")});
    }
    // Runs of earlier versions took none.
    for (const json& one : in.value("decisions", json::array())) {
      const int settled = one.at(1);
      if (settled < 0 || settled > static_cast<int>(Settled::kNoRule)) {
        throw std::invalid_argument("decisions");
      }
      result.decisions.emplace_back(one.at(0).get<int>(), static_cast<Settled>(settled));
    }
    result.failures = in.value("failures", std::map<std::string, std::string>());
    result.spilled = in.at("spilled");
    return result;
  } catch (const std::exception& e) {
    return Fail(Code::kData, "a task of the run cannot be read", e.what(), place);
  }
}

}  // namespace siku::run
