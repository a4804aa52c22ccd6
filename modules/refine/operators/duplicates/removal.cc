#include "operators/duplicates/removal.h"

#include <algorithm>

#include "duplicates/parallel.h"
#include "duplicates/units.h"

namespace siku::refine {
namespace {

// What becomes of a row that something is taken out of.
struct Verdict {
  int64_t row = 0;  // of the piece
  int reason = kStays;
  std::vector<duplicates::Span> spans;
};

std::vector<Verdict> VerdictsOf(const AllTexts& texts, int piece, const SpansOfPiece& spans,
                                const ReasonToDrop& reason) {
  std::vector<Verdict> verdicts;
  const duplicates::TextPiece all = texts.Piece(piece);
  auto found = spans(piece);
  for (size_t row = 0; row < found.size(); ++row) {
    if (found[row].empty()) continue;
    const int why = reason(all.row(row), found[row]);
    verdicts.push_back({static_cast<int64_t>(row), why, std::move(found[row])});
  }
  return verdicts;
}

Result<void> Emit(int64_t first, const std::vector<Verdict>& of_piece, VerdictSink& verdicts) {
  for (const Verdict& verdict : of_piece) {
    if (verdict.reason != kStays) {
      SIKU_TRY(verdicts.Drop(first + verdict.row, static_cast<uint16_t>(verdict.reason), -1, {}));
      continue;
    }
    std::vector<Edit> edits;
    for (const duplicates::Span& span : verdict.spans) {
      edits.push_back({.row = 0, .begin = span.begin, .end = span.end});
    }
    SIKU_TRY(verdicts.Change(first + verdict.row, std::move(edits)));
  }
  return {};
}

}  // namespace

int NothingLeft(std::string_view text, const std::vector<duplicates::Span>& spans) {
  return duplicates::AnythingLeft(text, spans) ? kStays : 0;
}

Result<void> RemoveSpans(const AllRows& rows, const AllTexts& texts, const SpansOfPiece& spans,
                         VerdictSink& verdicts, const ReasonToDrop& reason) {
  const int together = 2 * std::max(rows.threads(), 1);
  for (int at = 0; at < texts.pieces(); at += together) {
    SIKU_TRY(CheckStopping(rows));
    const int now = std::min(together, texts.pieces() - at);
    std::vector<std::vector<Verdict>> found(static_cast<size_t>(now));
    duplicates::ParallelFor(rows.threads(), now, [&](int64_t i) {
      found[static_cast<size_t>(i)] = VerdictsOf(texts, at + static_cast<int>(i), spans, reason);
    });
    for (int i = 0; i < now; ++i) {
      SIKU_TRY(Emit(texts.first(at + i), found[static_cast<size_t>(i)], verdicts));
    }
  }
  return {};
}

}  // namespace siku::refine
