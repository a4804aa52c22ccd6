#include "text_bytes.h"

#include <arrow/api.h>

#include <algorithm>
#include <set>

namespace siku::run {
namespace {

using Texts = std::vector<const arrow::LargeStringArray*>;

Texts TextsOf(const std::vector<std::string>& columns, const Batch& batch) {
  Texts texts;
  for (int i = kHiddenColumns; i < batch->num_columns(); ++i) {
    const auto& column = batch->column(i);
    const std::string& name = batch->schema()->field(i)->name();
    if (column->type_id() != arrow::Type::LARGE_STRING) continue;
    if (columns.empty() || std::find(columns.begin(), columns.end(), name) != columns.end()) {
      texts.push_back(static_cast<const arrow::LargeStringArray*>(column.get()));
    }
  }
  return texts;
}

int64_t BytesOf(const std::vector<std::string>& columns, const Batch& batch) {
  int64_t bytes = 0;
  for (const auto* text : TextsOf(columns, batch)) bytes += text->total_values_length();
  return bytes;
}

}  // namespace

std::vector<std::string> TextColumns(const Plan& plan) {
  std::set<std::string> columns;
  for (const Node& node : plan.nodes()) {
    if (node.op != nullptr && !node.bound->column().empty()) columns.insert(node.bound->column());
  }
  return {columns.begin(), columns.end()};
}

void CountBytes(const std::vector<std::string>& columns, const Batch& input,
                const StepOutput& output, StepCounts& counts) {
  counts.bytes_in += BytesOf(columns, input);
  counts.bytes_out.resize(std::max(counts.bytes_out.size(), output.ports.size()));
  for (size_t port = 0; port < output.ports.size(); ++port) {
    counts.bytes_out[port] += BytesOf(columns, output.ports[port]);
  }
  const auto& rejects = output.ledger.rejects;
  if (rejects.empty()) return;
  for (const auto* text : TextsOf(columns, output.ledger.rejected_rows)) {
    for (size_t i = 0; i < rejects.size(); ++i) {
      counts.reason_bytes[rejects[i].reason] += text->value_length(static_cast<int64_t>(i));
    }
  }
}

}  // namespace siku::run
