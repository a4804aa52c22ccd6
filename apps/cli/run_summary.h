// What a run did, for people.
#pragma once

#include <set>
#include <string>

#include "context.h"
#include "siku/run.h"

namespace siku::cli {

/// What was read, where the rows of each step went, what was changed and flagged, outputs.
std::string SummaryText(const RunSummary& summary, const Context& context);
/// By step: rules with what was repaired and proposed, kinds of flags, reasons of rejects.
std::string FindingsText(const RunSummary& summary, const Context& context);
std::string OutputsText(const RunSummary& summary, const Context& context);
/// A line for each output without rows: what took them. Empty where each has some.
std::string EmptyText(const RunSummary& summary, const Context& context);

/// A line for each step that compares texts and found some too short for it, with advice where most
/// are.
std::string ShortText(const RunSummary& summary, const Context& context);
/// That names which begin with a point are not read, the first of them named.
std::string HiddenText(const std::set<std::string>& names, const Context& context);

}  // namespace siku::cli
