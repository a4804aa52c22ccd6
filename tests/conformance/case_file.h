// The cases of one operator, read from its YAML file (tests/conformance/README.md).
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace siku::conformance {

/// A cell: nothing for null, else its YAML scalar.
using Cell = std::optional<std::string>;
using Row = std::map<std::string, Cell>;

struct ExpectedReject {
  int64_t row = 0;
  std::string reason;
  std::optional<int64_t> into;
  auto operator<=>(const ExpectedReject&) const = default;
};

struct ExpectedFlag {
  int64_t row = 0;
  std::string kind;
  std::string at;
  auto operator<=>(const ExpectedFlag&) const = default;
};

struct Case {
  std::string op;
  std::string name;
  std::string with;                            // YAML of the parameters, flow style
  std::map<std::string, std::string> columns;  // type by name
  std::vector<std::string> order;              // of the columns, as the rows first name them
  std::vector<Row> rows;
  std::optional<std::vector<Row>> expect;
  std::map<std::string, std::vector<Row>> outputs;
  std::vector<ExpectedReject> rejects;
  std::vector<ExpectedFlag> flags;
  std::vector<std::string> rules;
};

/// Throws std::runtime_error or a YAML exception for a file that breaks the format.
std::vector<Case> ReadCases(const std::filesystem::path& file);

/// Every `*.cases.yaml` under `root`, sorted.
std::vector<std::filesystem::path> FindCaseFiles(const std::filesystem::path& root);

}  // namespace siku::conformance
