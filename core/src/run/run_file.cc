#include "run_file.h"

#include <arrow/api.h>
#include <sys/stat.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "../base/durable.h"
#include "../objects/mirror.h"
#include "decisions.h"

namespace siku::run {
namespace {

using nlohmann::json;

constexpr int kRunFormat = 1;
constexpr int64_t kRunFileLimit = int64_t{4} << 30;  // five million sources
constexpr std::string_view kKinds[] = {"input", "row", "expand", "keyed", "global"};

json PortJson(PortId port) { return json::array({port.node, port.port}); }
PortId PortFrom(const json& in) { return {in.at(0), in.at(1)}; }

json SourceJson(const Source& s) {
  json source = {{"path", s.path},
                 {"relative", s.relative},
                 {"input", s.input},
                 {"ordinal", s.ordinal},
                 {"bytes", s.bytes},
                 {"modified", s.modified},
                 {"format", FormatName(s.format)},
                 {"compression", static_cast<int>(s.compression)},
                 {"encoding", EncodingName(s.encoding)},
                 {"encoding_given", s.encoding_given},
                 {"bom", s.bom},
                 {"first_position", s.first_position},
                 {"stored", s.stored}};
  if (!s.etag.empty()) source["etag"] = s.etag;
  return source;
}

Source SourceFrom(const json& in) {
  Source s;
  s.path = in.at("path");
  s.relative = in.at("relative");
  s.input = in.at("input");
  s.ordinal = in.at("ordinal");
  s.bytes = in.at("bytes");
  s.modified = in.at("modified");
  s.format = FormatFromName(in.at("format").get<std::string>()).value();
  s.compression = static_cast<Compression>(in.at("compression").get<int>());
  s.encoding = EncodingFromName(in.at("encoding").get<std::string>()).value();
  s.encoding_given = in.at("encoding_given");
  s.bom = in.at("bom");
  s.first_position = in.at("first_position");
  s.stored = in.at("stored");
  s.etag = in.value("etag", "");
  return s;
}

// JSON has no infinity: a side without a border is null.
json BorderJson(double border) { return std::isfinite(border) ? json(border) : json(); }

json IntervalJson(const KeptInterval& kept) {
  return {{"statistic", kept.statistic},          {"low", BorderJson(kept.low)},
          {"high", BorderJson(kept.high)},        {"low_closed", kept.low_closed},
          {"high_closed", kept.high_closed},      {"reversed", kept.reversed},
          {"zero_passes", kept.zero_passes},      {"low_parameter", kept.low_parameter},
          {"high_parameter", kept.high_parameter}};
}

KeptInterval IntervalFrom(const json& in) {
  KeptInterval kept{.statistic = in.at("statistic")};
  if (!in.at("low").is_null()) kept.low = in.at("low");
  if (!in.at("high").is_null()) kept.high = in.at("high");
  kept.low_closed = in.at("low_closed");
  kept.high_closed = in.at("high_closed");
  kept.reversed = in.at("reversed");
  kept.zero_passes = in.at("zero_passes");
  kept.low_parameter = in.at("low_parameter");
  kept.high_parameter = in.at("high_parameter");
  return kept;
}

json NodeJson(const GraphNode& node) {
  json from = json::array();
  for (const PortId port : node.from) from.push_back(PortJson(port));
  json intervals = json::array();
  for (const KeptInterval& kept : node.intervals) intervals.push_back(IntervalJson(kept));
  return {{"name", node.name},
          {"kind", kKinds[static_cast<size_t>(node.kind)]},
          {"op", node.op},
          {"version", node.version},
          {"column", node.column},
          {"from", from},
          {"branches", node.branches},
          {"stage", node.stage},
          {"inputs", node.inputs},
          {"ports", node.ports},
          {"columns", node.columns},
          {"rules", node.rules},
          {"conceals", node.conceals},
          {"intervals", intervals}};
}

GraphNode NodeFrom(const json& in) {
  GraphNode node;
  node.name = in.at("name");
  const std::string kind = in.at("kind");
  while (kKinds[static_cast<size_t>(node.kind)] != kind) {
    if (node.kind == GraphNode::Kind::kGlobal) throw std::invalid_argument("kind " + kind);
    node.kind = static_cast<GraphNode::Kind>(static_cast<int>(node.kind) + 1);
  }
  node.op = in.at("op");
  node.version = in.at("version");
  node.column = in.at("column");
  for (const json& port : in.at("from")) node.from.push_back(PortFrom(port));
  node.branches = in.at("branches");
  node.stage = in.at("stage");
  in.at("inputs").get_to(node.inputs);
  in.at("ports").get_to(node.ports);
  in.at("columns").get_to(node.columns);
  in.at("rules").get_to(node.rules);
  node.conceals = in.value("conceals", false);
  // Runs of earlier versions have none.
  for (const json& kept : in.value("intervals", json::array())) {
    node.intervals.push_back(IntervalFrom(kept));
  }
  return node;
}

Result<bool> IsSameFile(const Source& source) {
  struct stat info {};
  if (::stat(source.path.c_str(), &info) != 0) return false;
  const int64_t modified = int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
  return info.st_size == source.bytes && (source.stored || modified == source.modified);
}

// The time of an object is of whole seconds; its ETag is of its content.
Result<bool> IsSameObject(const Source& source) {
  const auto now = objects::Look(source.path);
  if (!now.has_value() && now.error().code == Code::kNotFound) return false;
  if (!now.has_value()) return tl::unexpected<Error>(now.error());
  if (source.stored) return now->bytes == source.bytes;
  return now->bytes == source.bytes && now->etag == source.etag && now->modified == source.modified;
}

}  // namespace

std::vector<GraphNode> GraphOf(const Plan& plan) {
  std::vector<GraphNode> graph;
  for (const Node& node : plan.nodes()) {
    GraphNode out;
    out.name = node.name;
    out.from = node.from;
    out.branches = node.branches;
    out.stage = node.stage;
    out.inputs.assign(node.inputs.begin(), node.inputs.end());
    if (node.op != nullptr) {
      const Record& record = node.op->record();
      const bool expands = record.traits.cardinality == Cardinality::kExpand;
      out.kind = node.keyed() != nullptr    ? GraphNode::Kind::kKeyed
                 : node.global() != nullptr ? GraphNode::Kind::kGlobal
                 : expands                  ? GraphNode::Kind::kExpand
                                            : GraphNode::Kind::kRow;
      out.conceals = record.traits.conceals;
      out.op = record.name;
      out.version = record.version;
      out.column = node.bound->column();
      out.ports = record.outputs;
      out.rules = RulesWithDecided(record);
      if (const auto* keeps = dynamic_cast<const KeepsIntervals*>(node.bound.get())) {
        out.intervals = keeps->intervals();
      }
    }
    for (const Schema& schema : node.ports) out.columns.push_back(schema->field_names());
    graph.push_back(std::move(out));
  }
  return graph;
}

std::string RunFileJson(const RunFile& file) {
  json overrides = json::array();
  for (const RecipeOverride& o : file.overrides) {
    overrides.push_back({{"key", o.key}, {"value", o.value}});
  }
  json sources = json::array();
  for (const Source& source : file.sources) sources.push_back(SourceJson(source));
  json splits = json::array();
  for (const Split& split : file.splits) {
    json parts = json::array();
    for (const SplitPart& part : split) {
      parts.push_back(json::array({part.source, part.begin, part.end}));
    }
    splits.push_back(std::move(parts));
  }
  json graph = json::array();
  for (const GraphNode& node : file.graph) graph.push_back(NodeJson(node));
  json outputs = json::array();
  for (const auto& [dataset, port] : file.outputs) {
    outputs.push_back({{"dataset", dataset}, {"from", PortJson(port)}});
  }
  json discards = json::array();
  for (const PortId port : file.discards) discards.push_back(PortJson(port));
  json tables = json::object();
  for (const auto& [name, hash] : file.tables) tables[name] = hash;
  json seal = json::object();
  if (!file.seal.empty()) {
    seal = {{"key", file.seal.key_id},
            {"run_key", file.seal.run_key},
            {"decisions", file.sealed_decisions},
            {"sealed", file.sealed}};
  }
  return json({{"format", kRunFormat},
               {"name", file.recipe_name},
               {"recipe",
                {{"yaml", file.recipe},
                 {"file", file.recipe_file},
                 {"base", file.base},
                 {"set", overrides},
                 {"canonical", json::parse(file.canonical)}}},
               {"decisions", file.seal.empty() ? file.decisions : ""},
               {"seal", seal},
               {"max_record", file.max_record},
               {"limit", file.limit},
               {"tables", tables},
               {"inputs", file.inputs},
               {"columns", file.columns},
               {"schemas", file.schemas},
               {"sources", sources},
               {"splits", splits},
               {"partitions", file.partitions},
               {"graph", graph},
               {"outputs", outputs},
               {"discards", discards}})
      .dump(1);
}

Result<RunFile> RunFileFromJson(const std::string& text, const std::string& place) {
  try {
    const json in = json::parse(text);
    if (in.at("format").get<int>() > kRunFormat) {
      return Fail(Code::kUnsupported, "the run has a newer format", in.at("format").dump(), place);
    }
    RunFile file;
    file.recipe_name = in.at("name");
    const json& recipe = in.at("recipe");
    file.recipe = recipe.at("yaml");
    file.recipe_file = recipe.at("file");
    file.base = recipe.at("base");
    file.canonical = recipe.at("canonical").dump();
    for (const json& o : recipe.at("set")) file.overrides.push_back({o.at("key"), o.at("value")});
    file.decisions = in.value("decisions", "");
    if (const json seal = in.value("seal", json::object()); !seal.empty()) {
      file.seal = {seal.at("key"), seal.at("run_key")};
      file.sealed_decisions = seal.at("decisions");
      seal.at("sealed").get_to(file.sealed);
    }
    file.max_record = in.at("max_record");
    file.limit = in.at("limit");
    for (const auto& [name, hash] : in.at("tables").items()) file.tables.emplace_back(name, hash);
    in.at("inputs").get_to(file.inputs);
    in.at("columns").get_to(file.columns);
    in.at("schemas").get_to(file.schemas);
    for (const json& source : in.at("sources")) file.sources.push_back(SourceFrom(source));
    for (const json& parts : in.at("splits")) {
      Split split;
      for (const json& part : parts) split.push_back({part.at(0), part.at(1), part.at(2)});
      file.splits.push_back(std::move(split));
    }
    file.partitions = in.at("partitions");
    for (const json& node : in.at("graph")) file.graph.push_back(NodeFrom(node));
    for (const json& output : in.at("outputs")) {
      file.outputs.emplace_back(output.at("dataset"), PortFrom(output.at("from")));
    }
    for (const json& port : in.at("discards")) file.discards.push_back(PortFrom(port));
    return file;
  } catch (const std::exception& e) {
    return Fail(Code::kData, "the run's description cannot be read", e.what(), place);
  }
}

Result<RunFile> ReadRunFile(const std::string& folder) {
  const std::string path = folder + "/run.json";
  SIKU_TRY(Bring(path));
  auto text = ReadWhole(path, kRunFileLimit);
  if (!text.has_value() && text.error().code == Code::kNotFound) {
    return Fail(Code::kNotFound, "the run was ended before it began; start it again",
                PlaceOf(path));
  }
  if (!text.has_value()) return tl::unexpected<Error>(text.error());
  return RunFileFromJson(*text, PlaceOf(path));
}

int StagesOf(const RunFile& file) {
  int stages = 1;
  for (const GraphNode& node : file.graph) stages = std::max(stages, node.stage + 1);
  return stages;
}

Result<void> CheckUnchanged(const Source& source) {
  const bool object = objects::IsObject(source.path);
  SIKU_TRY(const bool same, object ? IsSameObject(source) : IsSameFile(source));
  if (same) return {};
  return Fail(Code::kConflict, "a source is not what it was when the run began",
              object ? source.path : source.relative, {}, "start a new run");
}

const Source* SourceNamed(const RunFile& file, int ordinal) {
  const auto found =
      std::lower_bound(file.sources.begin(), file.sources.end(), ordinal,
                       [](const Source& source, int wanted) { return source.ordinal < wanted; });
  return found == file.sources.end() || found->ordinal != ordinal ? nullptr : &*found;
}

}  // namespace siku::run
