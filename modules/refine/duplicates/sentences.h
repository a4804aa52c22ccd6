// Sentences as DataTrove's deduplication by spans of sentences takes them, and what goes where a
// span came before.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "duplicates/first_seen.h"
#include "duplicates/texts.h"

namespace siku::refine::duplicates {

/// Sentences from words, as spaCy's sentencizer makes them: one begins at the first word behind a
/// full stop, exclamation or question mark that is not punctuation itself; white space counts as
/// such a word, but for a single space behind a word. `words`: parts of `text`, in order.
void WordSentences(std::string_view text, std::span<const std::string_view> words,
                   std::vector<Span>& sentences);
/// Sentences by the characters alone (SentenceEnds), without blanks around them.
void PlainSentences(std::string_view text, std::vector<Span>& sentences);

/// The hash of each span of `count` sentences, simplified as DataTrove does; {0, 0} for a span of
/// which nothing is left then. None for a text of fewer sentences.
void SentenceSpanHashes(std::string_view text, std::span<const Span> sentences, int count,
                        std::vector<UnitHash>& hashes);

/// The parts to take out where spans that begin at sentences `seen`, ascending, came before: each
/// sentence of them with the blanks before it, blanks behind the last sentence, and those that
/// would then begin the text.
std::vector<Span> SentencesToRemove(std::string_view text, std::span<const Span> sentences,
                                    std::span<const int> seen, int count);

/// `text` without the spans.
std::string Without(std::string_view text, std::span<const Span> spans);

}  // namespace siku::refine::duplicates
