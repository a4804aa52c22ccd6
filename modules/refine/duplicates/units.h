// Where lines, paragraphs and sentences of a text lie.
#pragma once

#include <string_view>
#include <vector>

#include "duplicates/texts.h"

namespace siku::refine::duplicates {

/// A stretch of text, and in it what counts when it is compared: without blanks around it.
struct Unit {
  Span whole;  // with its line ends
  Span core;
};

/// Lines that have at least `shortest` code points between their blanks.
void Lines(std::string_view text, int shortest, std::vector<Unit>& units);
/// Paragraphs likewise: lines without a blank line between them.
void Paragraphs(std::string_view text, int shortest, std::vector<Unit>& units);

/// Where sentences end, ascending: behind 。！？… ! ? and behind a full stop before a blank, with
/// the closing quotes and brackets that follow; behind each line feed; at the end of the text.
void SentenceEnds(std::string_view text, std::vector<int64_t>& ends);

/// The whole sentences within each span; spans without one go.
std::vector<Span> WholeSentences(std::string_view text, const std::vector<Span>& spans);

/// Whether anything but white space is left when the spans are taken out.
bool AnythingLeft(std::string_view text, const std::vector<Span>& spans);

}  // namespace siku::refine::duplicates
