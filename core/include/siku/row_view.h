// Single rows of a finished run as reports look at them: the numbers that steps measured, and the
// texts that steps gave.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "siku/batch.h"
#include "siku/result.h"
#include "siku/store.h"

namespace siku {

/// The numbers that a step measured on one row that reached it.
struct NumbersView {
  std::string_view source;  // relative path
  RowKey key{};
  std::span<const std::string> statistics;  // names
  std::span<const double> values;           // one each; NaN: it has none
};
/// What `visit` returns: false stops early.
using NumbersVisitor = std::function<bool(const NumbersView&)>;

/// One row that a step gave.
struct TextView {
  std::string_view source;
  RowKey key{};
  std::optional<std::string_view> text{};  // of the step's column; nothing: null, or no such column
};
using TextVisitor = std::function<bool(const TextView&)>;

/// Rows in key order; none for a step that measures nothing. kNotFound for a step the run has not,
/// kDenied for one whose texts are sealed.
Result<void> ForEachNumbers(Store& store, const std::string& run, const std::string& step,
                            const NumbersVisitor& visit);
/// Those of `keys` (ascending) that left the step, in key order.
Result<void> ForEachText(Store& store, const std::string& run, const std::string& step,
                         std::span<const RowKey> keys, const TextVisitor& visit);

}  // namespace siku
