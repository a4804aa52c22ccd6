// RedPajama-V2's quality signals that need neither model nor list: docs/filters.md.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace siku::refine::statistics {

inline constexpr std::array<std::string_view, 20> kRedPajamaSignals = {
    "rps_doc_curly_bracket",
    "rps_doc_frac_all_caps_words",
    "rps_doc_frac_chars_dupe_10grams",
    "rps_doc_frac_chars_dupe_5grams",
    "rps_doc_frac_chars_dupe_6grams",
    "rps_doc_frac_chars_dupe_7grams",
    "rps_doc_frac_chars_dupe_8grams",
    "rps_doc_frac_chars_dupe_9grams",
    "rps_doc_frac_chars_top_2gram",
    "rps_doc_frac_chars_top_3gram",
    "rps_doc_frac_chars_top_4gram",
    "rps_doc_frac_lines_end_with_ellipsis",
    "rps_doc_frac_no_alph_words",
    "rps_doc_frac_unique_words",
    "rps_doc_lorem_ipsum",
    "rps_doc_mean_word_length",
    "rps_doc_num_sentences",
    "rps_doc_symbol_to_word_ratio",
    "rps_doc_unigram_entropy",
    "rps_doc_word_count",
};

/// All signals of a text, in the order of kRedPajamaSignals, rounded to eight places as theirs
/// are; NaN where theirs is None.
class RedPajamaStream {
 public:
  void Walk(std::string_view text);
  double signal(size_t index) const { return signals_[index]; }

 private:
  void WalkWords(std::string_view text);
  void WalkNormalized(std::string_view text);
  void CountGrams();
  double TopGram(size_t n, const std::vector<uint32_t>& counts) const;
  double DuplicateGrams(size_t n, const std::vector<uint32_t>& counts) const;
  double Entropy() const;
  double& at(std::string_view name);

  std::array<double, kRedPajamaSignals.size()> signals_{};
  std::string normalized_{};         // lower case, no ASCII marks, NFD, single spaces
  std::vector<uint32_t> lengths_{};  // of its words, in characters
  std::vector<uint32_t> words_{};    // each by its first place among different ones
  std::vector<uint32_t> grams_{};    // the same of the grams that begin at a word
  uint64_t characters_ = 0;          // of all words
  uint32_t different_ = 0;           // words
  std::unordered_map<uint64_t, uint32_t> pairs_{};
};

/// Their signals of a line and its end: [begin, end, score] each, in characters of the text.
struct RedPajamaLine {
  uint64_t begin = 0, end = 0;
  bool terminal_mark = false, bullet = false;
  uint64_t javascript = 0, words = 0;
  double numerical = 0, uppercase = 0;
};
std::vector<RedPajamaLine> RedPajamaLines(std::string_view text);

/// The text lowered, without ASCII marks, blanks at its ends and more than one blank, in NFD.
void AppendRedPajamaForm(std::string_view text, std::string& out);

}  // namespace siku::refine::statistics
