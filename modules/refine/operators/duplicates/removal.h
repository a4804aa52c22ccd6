// Takes spans out of the texts of all rows: edits where enough is left, rejects where it is not.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "operators/duplicates/all_texts.h"
#include "siku/operator.h"

namespace siku::refine {

/// The spans to take out of each row of a piece, sorted and apart; asked on several threads.
using SpansOfPiece = std::function<std::vector<std::vector<duplicates::Span>>(int piece)>;

/// Why a row goes of which these spans are taken out: the number of the reason, or kStays.
using ReasonToDrop =
    std::function<int(std::string_view text, const std::vector<duplicates::Span>& spans)>;
inline constexpr int kStays = -1;
/// Reason 0 where only white space would be left.
int NothingLeft(std::string_view text, const std::vector<duplicates::Span>& spans);

/// Edits are of rule 0.
Result<void> RemoveSpans(const AllRows& rows, const AllTexts& texts, const SpansOfPiece& spans,
                         VerdictSink& verdicts, const ReasonToDrop& reason = NothingLeft);

}  // namespace siku::refine
