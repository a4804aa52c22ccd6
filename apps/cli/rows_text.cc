#include "rows_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "siku/utf8.h"
#include "siku/writer.h"
#include "table.h"

namespace siku::cli {
namespace {

constexpr size_t kLeastColumn = 6;
// A cell shows at most this much of a text: the rest would be cut anyway.
constexpr size_t kMostCharacters = 400;

}  // namespace

Result<Cells> CellsOf(const Batch& rows, int64_t row) {
  SIKU_TRY(const auto text, RowJson(rows, row));
  Cells cells;
  try {
    const auto json = nlohmann::ordered_json::parse(text);
    for (const auto& [name, value] : json.items()) {
      const std::string shown =
          value.is_string()
              ? value.get<std::string>()
              : value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
      cells.emplace_back(name, utf8::Prefix(shown, kMostCharacters));
    }
  } catch (const nlohmann::json::exception& e) {
    return Fail(Code::kInternal, "a row does not read as JSON", e.what());
  }
  return cells;
}

std::string RowsTable(const std::vector<Cells>& rows, const std::vector<std::string>& columns,
                      const Context& context) {
  const auto cell = [](const Cells& cells, const std::string& name) -> std::string {
    const auto found = std::find_if(cells.begin(), cells.end(),
                                    [&](const auto& one) { return one.first == name; });
    return found == cells.end() ? "" : found->second;
  };
  std::vector<size_t> widths;
  for (const std::string& name : columns) {
    size_t width = utf8::Width(name);
    for (const Cells& row : rows) width = std::max(width, utf8::Width(cell(row, name)));
    widths.push_back(width);
  }
  const size_t gaps = columns.empty() ? 0 : 2 * (columns.size() - 1);
  const auto room = static_cast<size_t>(context.columns());
  while (!widths.empty() && std::accumulate(widths.begin(), widths.end(), gaps) > room) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kLeastColumn) break;
    --*widest;
  }
  std::vector<std::string> head;
  for (size_t i = 0; i < columns.size(); ++i) head.push_back(Fit(columns[i], widths[i]));
  Table table(std::move(head));
  for (const Cells& row : rows) {
    std::vector<std::string> line;
    for (size_t i = 0; i < columns.size(); ++i)
      line.push_back(Fit(cell(row, columns[i]), widths[i]));
    table.Add(std::move(line));
  }
  return table.Print(room, context.paint().on());
}

}  // namespace siku::cli
