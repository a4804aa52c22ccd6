// Takes spans out of the texts of all rows: edits where something is left, rejects where nothing
// is.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "operators/duplicates/all_texts.h"
#include "siku/operator.h"

namespace siku::refine {

/// The spans to take out of each row of a piece, sorted and apart; asked on several threads.
using SpansOfPiece = std::function<std::vector<std::vector<duplicates::Span>>(int piece)>;

/// Edits are of rule 0; a row of which only white space would be left is dropped for reason 0.
Result<void> RemoveSpans(const AllRows& rows, const AllTexts& texts, const SpansOfPiece& spans,
                         VerdictSink& verdicts);

}  // namespace siku::refine
