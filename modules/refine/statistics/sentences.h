// Sentences as DataTrove has them from spaCy: a sentence begins at the first word behind an end
// mark that is a word of its own.
#pragma once

#include <string_view>
#include <vector>

#include "statistics/word_stream.h"

namespace siku::refine::statistics {

/// Splits a text into sentences. Thread-safe.
class SentenceSplitter {
 public:
  virtual ~SentenceSplitter() = default;
  /// Appends the sentences, none empty, none with blanks at its ends.
  virtual void Split(std::string_view text, std::vector<std::string_view>& sentences) const = 0;
};

/// Words by spaCy's English rules, in what matters to sentences: `Mr.` and `e.g.` end none.
const SentenceSplitter& EnglishSentences();

/// Words by another splitter, as spaCy's Chinese has them from jieba.
class WordSentences final : public SentenceSplitter {
 public:
  explicit WordSentences(const WordSplitter& words) : words_(words) {}
  void Split(std::string_view text, std::vector<std::string_view>& sentences) const override;

 private:
  const WordSplitter& words_;
};

/// str.isdecimal, \d of regular expressions.
bool IsDecimal(char32_t c);

}  // namespace siku::refine::statistics
