// What operators' records look like to people and editors: help, manual, JSON.
#pragma once

#include <string>

#include "siku/operator.h"
#include "siku/result.h"

namespace siku {

/// One operator for a terminal: summary, parameters with defaults and ranges, columns, outputs,
/// rules, reasons, flags, example, source. Plain text, at most `columns` wide.
std::string OperatorHelp(const Record& record, Language language, int columns = 100);
/// All of them as Markdown: docs/operators.md.
std::string OperatorManual(const OperatorSet& operators, Language language = Language::kEnglish);
/// The record as JSON, for forms and other front ends.
std::string RecordJson(const Record& record);

}  // namespace siku
