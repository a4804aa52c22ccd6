#include "dataset_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "amount.h"
#include "operators.h"
#include "siku/utf8.h"
#include "table.h"

namespace siku::cli {
namespace {

using nlohmann::json;

/// What a server says goes to a terminal without its control characters.
constexpr size_t kWidest = 1'000;

// Whether the parameter stands at its default, in operators that this program has.
bool IsUsual(const std::string& op, const std::string& name, const json& value) {
  const auto known = AllOperators().Find(op);
  if (!known.has_value()) return false;
  for (const ParameterSpec& spec : (*known)->record().parameters) {
    if (spec.name != name || !spec.default_value.has_value()) continue;
    return std::visit([&](const auto& usual) { return json(usual) == value; }, *spec.default_value);
  }
  return false;
}

// A step as a line, without what is as usual: `repaired  refine.text.repair@1 from pages, rows
// column=text`.
std::string StepLine(const std::string& name, const json& step) {
  std::string from;
  for (const auto& node : step.at("from")) {
    from += (from.empty() ? "" : ", ") + node.get<std::string>();
  }
  const auto op = step.at("operator").get<std::string>();
  std::string line =
      fmt::format("  {}  {}@{} <- {}", name, op, step.at("version").get<int>(), from);
  for (const auto& [key, value] : step.at("parameters").items()) {
    if (IsUsual(op, key, value)) continue;
    line +=
        fmt::format("  {}={}", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return line;
}

// Each behind those it takes its rows from; the JSON has them by name.
std::vector<std::string> StepLines(const json& steps) {
  std::vector<std::string> lines;
  std::set<std::string> done;
  while (done.size() < steps.size()) {
    const size_t before = done.size();
    for (const auto& [name, step] : steps.items()) {
      const auto waits = [&](const json& from) {
        const auto text = from.get<std::string>();
        const std::string node = text.substr(0, text.find('.'));
        return steps.contains(node) && !done.contains(node);
      };
      const auto& from = step.at("from");
      if (done.contains(name) || std::any_of(from.begin(), from.end(), waits)) continue;
      done.insert(name);
      lines.push_back(StepLine(name, step));
    }
    if (done.size() == before) break;
  }
  return lines;
}

/// Empty where a digest is not told.
std::string Digest(const json& value) {
  return value.is_string() ? ": sha256 " + value.get<std::string>().substr(0, 16) : "";
}

std::vector<std::string> LineageLines(const json& lineage, const Context& context) {
  std::vector<std::string> lines = StepLines(lineage.at("recipe").at("steps"));
  for (const auto& [name, input] : lineage.at("inputs").items()) {
    std::string line = "  " + name + ": " +
                       Count(context, input.at("files").get<int64_t>(), "file", "files", "个文件");
    if (const std::string digest = Digest(input.value("sha256", json())); !digest.empty()) {
      line += "," + digest.substr(1);
    }
    lines.push_back(std::move(line));
  }
  const json tables = lineage.value("tables", json::object());
  for (const auto& [name, hash] : tables.items()) {
    lines.push_back("  " + name + Digest(hash));
  }
  if (lineage.contains("decisions")) {
    lines.push_back("  " + std::string(context.Say({"decisions", "决定"})) +
                    Digest(lineage.at("decisions")));
  }
  return lines;
}

}  // namespace

void PrintHead(const Text& text, Context& context) {
  context.Line("\n" + context.paint().Bold(context.Say(text)));
}

void PrintColumns(const std::vector<std::pair<std::string, std::string>>& columns,
                  Context& context) {
  PrintHead({"columns", "列"}, context);
  size_t widest = 0;
  for (const auto& [name, type] : columns) widest = std::max(widest, utf8::Width(name));
  for (const auto& [name, type] : columns) {
    context.Line("  " + Fit(Pad(name, std::min(widest, kWidest)) + "  " + type, 2 * kWidest));
  }
}

void PrintLineage(const json& lineage, Context& context) {
  if (lineage.is_object() && !lineage.contains("recipe")) return;
  std::vector<std::string> lines;
  try {
    lines = LineageLines(lineage, context);
  } catch (const json::exception&) {
    // Lineage of another make than ours says what it says: as it stands.
    lines = {"  " + (lineage.is_string() ? lineage.get<std::string>() : lineage.dump())};
  }
  PrintHead({"made by", "做法"}, context);
  for (const std::string& line : lines) context.Line(Fit(line, 10 * kWidest));
}

void PrintVersions(const std::vector<VersionLine>& versions, Context& context) {
  PrintHead({"versions", "版本"}, context);
  for (const VersionLine& one : versions) {
    const std::string rows = one.rows < 0 ? "" : Count(context, one.rows, "row", "rows", "行");
    context.Line(Fit(fmt::format("  @{:<4} {:<16}  {}  {}  {}", one.ordinal,
                                 one.content.substr(0, 16), one.made, rows, one.by),
                     kWidest));
  }
}

void PrintRows(const std::vector<Cells>& rows, const std::vector<std::string>& columns,
               Context& context) {
  context.Print(RowsTable(rows, columns, context));
  if (rows.empty()) context.Line(context.Say({"0 rows", "0 行"}));
}

void PrintAdded(const std::string& row, Context& context) {
  context.Line(context.paint().Green(Fit("+ " + row, static_cast<size_t>(context.columns()))));
}

void PrintRemoved(const std::string& row, Context& context) {
  context.Line(context.paint().Red(Fit("- " + row, static_cast<size_t>(context.columns()))));
}

void PrintChanged(const Cells& before, const Cells& after, Context& context) {
  const auto width = static_cast<size_t>(context.columns());
  const auto print = [&](const Cells& cells, const Cells& others, const char* sign, bool is_new) {
    for (const auto& cell : cells) {
      if (std::find(others.begin(), others.end(), cell) != others.end()) continue;
      const std::string line = Fit(sign + cell.first + ": " + cell.second, width);
      context.Line(is_new ? context.paint().Green(line) : context.paint().Red(line));
    }
  };
  context.Line("~");
  print(before, after, "  - ", false);
  print(after, before, "  + ", true);
}

void PrintCounts(const std::string& before, const std::string& after,
                 const DifferenceCounts& counts, Context& context) {
  context.Line(fmt::format(
      fmt::runtime(context.Say({"{} → {}: {} added, {} removed, {} changed, {} the same",
                                "{} → {}：增加 {}，删除 {}，改动 {}，相同 {}"})),
      before, after, CountText(counts.added), CountText(counts.removed), CountText(counts.changed),
      CountText(counts.same)));
}

}  // namespace siku::cli
