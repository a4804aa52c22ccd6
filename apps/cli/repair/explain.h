// A text with its repairs shown in place, for a person.
#pragma once

#include <string>

#include "context.h"
#include "repair/product.h"

namespace siku::cli {

/// Colour: what was there in red and struck out, what stands there now in green, rule and
/// confidence behind it. Else `{before→after|rule 0.99}`, and `{?text|kind}` for flags.
std::string Explain(const Document& document, bool color);
/// `== pages.jsonl line 12 ("id")`
std::string ExplainHead(const Place& place, bool color);
/// Rules and kinds with their number and meaning.
std::string ExplainCounts(const RepairCounts& counts, const Context& context);
/// All of it in one line.
std::string CountsLine(const RepairCounts& counts, const Context& context);

}  // namespace siku::cli
