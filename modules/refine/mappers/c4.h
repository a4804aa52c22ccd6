// What C4 keeps of a page: lines that look like prose. DataTrove's reading of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mappers/change.h"
#include "statistics/sentences.h"

namespace siku::refine::mappers {

struct C4Options {
  bool by_lines = true;  // else by sentences
  bool remove_citations = true;
  bool terminal_marks = true;  // only lines that end with one
  int64_t min_sentences = 5;
  int64_t min_words = 3;           // of a line
  int64_t max_word_length = 1000;  // in characters; -1: any
  bool lorem_ipsum = true, javascript = true, curly_bracket = true, policy = true;
  const statistics::SentenceSplitter* sentences = nullptr;
};

enum class C4Reason : uint16_t { kTooFewSentences, kLoremIpsum, kCurlyBracket };
enum C4Rule : uint16_t { kC4Line, kC4Citation };

/// Why the page goes, or the changes that leave its good lines.
std::optional<C4Reason> KeepC4Lines(std::string_view text, const C4Options& options,
                                    Changes& changes);

}  // namespace siku::refine::mappers
