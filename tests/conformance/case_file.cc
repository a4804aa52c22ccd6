#include "case_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace siku::conformance {
namespace {

Cell CellOf(const YAML::Node& node) {
  if (node.IsNull()) return std::nullopt;
  return node.as<std::string>();
}

std::vector<Row> RowsOf(const YAML::Node& list, std::vector<std::string>* order) {
  std::vector<Row> rows;
  for (const auto& item : list) {
    Row row;
    for (const auto& cell : item) {
      const auto name = cell.first.as<std::string>();
      row[name] = CellOf(cell.second);
      if (order != nullptr && std::find(order->begin(), order->end(), name) == order->end()) {
        order->push_back(name);
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void ReadRows(const YAML::Node& node, Case& out) {
  if (const auto text = node["text"]) {
    out.rows = {{{"text", CellOf(text)}}};
    out.order = {"text"};
  } else {
    out.rows = RowsOf(node["rows"], &out.order);
  }
  if (const auto expect = node["expect"]) {
    out.expect = RowsOf(expect, nullptr);
  } else if (const auto becomes = node["becomes"]) {
    out.expect = std::vector<Row>{{{"text", CellOf(becomes)}}};
  } else {
    out.expect = out.rows;
  }
  for (const auto& port : node["outputs"]) {
    out.outputs[port.first.as<std::string>()] = RowsOf(port.second, nullptr);
  }
}

void ReadNotes(const YAML::Node& node, Case& out) {
  for (const auto& reject : node["rejects"]) {
    ExpectedReject expected{.row = reject["row"].as<int64_t>(),
                            .reason = reject["reason"].as<std::string>(),
                            .into = std::nullopt};
    if (reject["into"]) expected.into = reject["into"].as<int64_t>();
    out.rejects.push_back(std::move(expected));
  }
  for (const auto& flag : node["flags"]) {
    out.flags.push_back({.row = flag["row"] ? flag["row"].as<int64_t>() : 0,
                         .kind = flag["kind"].as<std::string>(),
                         .at = flag["at"].as<std::string>()});
  }
  for (const auto& rule : node["rules"]) out.rules.push_back(rule.as<std::string>());
  std::sort(out.rejects.begin(), out.rejects.end());
  std::sort(out.flags.begin(), out.flags.end());
  std::sort(out.rules.begin(), out.rules.end());
}

void CheckKeys(const YAML::Node& node, const std::set<std::string>& known) {
  for (const auto& entry : node) {
    if (!known.contains(entry.first.as<std::string>())) {
      throw std::runtime_error("unknown key: " + entry.first.as<std::string>());
    }
  }
}

}  // namespace

std::vector<Case> ReadCases(const std::filesystem::path& file) {
  const YAML::Node root = YAML::LoadFile(file.string());
  CheckKeys(root, {"operator", "cases"});
  std::vector<Case> cases;
  for (const auto& node : root["cases"]) {
    CheckKeys(node, {"name", "with", "columns", "text", "becomes", "rows", "expect", "outputs",
                     "rejects", "flags", "rules"});
    Case out;
    out.op = root["operator"].as<std::string>();
    out.name = node["name"].as<std::string>();
    if (node["with"]) {
      YAML::Emitter emitter;
      emitter << YAML::Flow << node["with"];
      out.with = emitter.c_str();
    }
    for (const auto& column : node["columns"]) {
      out.columns[column.first.as<std::string>()] = column.second.as<std::string>();
    }
    ReadRows(node, out);
    ReadNotes(node, out);
    cases.push_back(std::move(out));
  }
  return cases;
}

std::vector<std::filesystem::path> FindCaseFiles(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().string().ends_with(".cases.yaml")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace siku::conformance
