#include "statistics/redpajama.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

#include "siku/utf8.h"
#include "statistics/characters.h"
#include "statistics/line_stream.h"
#include "statistics/nfd.h"
#include "statistics/word_stream.h"

namespace siku::refine::statistics {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Python's round(value, 8).
double Rounded(double value) {
  char digits[400];
  const auto end = std::to_chars(digits, std::end(digits), value, std::chars_format::fixed, 8);
  double rounded = 0;
  std::from_chars(digits, end.ptr, rounded);
  return rounded;
}

double Ratio(uint64_t part, uint64_t whole, double of_nothing) {
  return whole == 0 ? of_nothing : Rounded(static_cast<double>(part) / static_cast<double>(whole));
}

bool EndsInEllipsis(std::string_view line) {
  line = StrippedRight(line);
  return line.ends_with("...") || line.ends_with("\xE2\x80\xA6");
}

constexpr std::array<std::string_view, 4> kTerminalMarks = {".", "!", "?", "\xE2\x80\x9D"};
// U+2022, 2023, 25B6, 25C0, 25E6, 25A0, 25A1, 25AA, 25AB and the dash U+2013.
constexpr std::array<std::string_view, 10> kBullets = {
    "\xE2\x80\xA2", "\xE2\x80\xA3", "\xE2\x96\xB6", "\xE2\x97\x80", "\xE2\x97\xA6",
    "\xE2\x96\xA0", "\xE2\x96\xA1", "\xE2\x96\xAA", "\xE2\x96\xAB", "\xE2\x80\x93"};

template <class Marks>
bool StartsOrEnds(std::string_view line, const Marks& marks, bool ends) {
  return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
    return ends ? line.ends_with(mark) : line.starts_with(mark);
  });
}

uint64_t CountClass(std::string_view text, Class one) {
  uint64_t count = 0;
  for (size_t at = 0; at < text.size();) {
    count += Characters::Get().is(utf8::Next(text, at), one);
  }
  return count;
}

bool IsSentenceMark(char32_t c) { return c == '.' || c == '!' || c == '?'; }

// Matches of \b[^.!?]+[.!?]*, from left to right.
uint64_t Sentences(std::string_view text) {
  const Characters& characters = Characters::Get();
  uint64_t count = 0;
  bool word_before = false, inside = false, marks = false;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = utf8::Next(text, at);
    const bool word = characters.is(c, kWord), mark = IsSentenceMark(c);
    if (inside && marks && !mark) inside = false;
    if (!inside && !mark && word != word_before) {
      inside = true;
      marks = false;
      ++count;
    }
    marks = inside && mark;
    word_before = word;
  }
  return count;
}

constexpr bool IsAsciiMark(char byte) {
  return (byte >= 0x21 && byte <= 0x2F) || (byte >= 0x3A && byte <= 0x40) ||
         (byte >= 0x5B && byte <= 0x60) || (byte >= 0x7B && byte <= 0x7E);
}

}  // namespace

std::vector<RedPajamaLine> RedPajamaLines(std::string_view text) {
  std::vector<RedPajamaLine> lines;
  std::string form;
  for (size_t begin = 0, characters = 0; begin < text.size();) {
    const size_t newline = text.find('\n', begin);
    const size_t end = newline == std::string_view::npos ? text.size() : newline + 1;
    const std::string_view line = text.substr(begin, end - begin);
    form.clear();
    AppendRedPajamaForm(line, form);
    RedPajamaLine& signals = lines.emplace_back();
    signals.begin = characters;
    characters = signals.end = characters + utf8::Length(line);
    const std::string_view right = StrippedRight(line), left = StrippedLeft(line);
    signals.terminal_mark = StartsOrEnds(right, kTerminalMarks, true);
    signals.bullet = StartsOrEnds(left, kBullets, false);
    std::vector<std::string_view> words;
    SpaceSplitter().Split(form, words);
    signals.words = words.size();
    signals.javascript =
        static_cast<uint64_t>(std::count(words.begin(), words.end(), "javascript"));
    signals.numerical = Ratio(CountClass(form, kNumeric), utf8::Length(form), 0);
    signals.uppercase = Ratio(CountClass(line, kUpper), signals.end - signals.begin, 0);
    begin = end;
  }
  return lines;
}

void AppendRedPajamaForm(std::string_view text, std::string& out) {
  std::string bare, lowered;
  std::copy_if(text.begin(), text.end(), std::back_inserter(bare),
               [](char byte) { return !IsAsciiMark(byte); });
  Characters::Get().AppendLowered(bare, lowered);
  std::vector<std::string_view> words;
  SpaceSplitter().Split(lowered, words);
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += ' ';
    AppendNfd(words[i], out);
  }
}

double& RedPajamaStream::at(std::string_view name) {
  const auto found = std::find(kRedPajamaSignals.begin(), kRedPajamaSignals.end(), name);
  return signals_[static_cast<size_t>(found - kRedPajamaSignals.begin())];
}

void RedPajamaStream::Walk(std::string_view text) {
  at("rps_doc_curly_bracket") =
      Ratio(CountOf("{", text) + CountOf("}", text), utf8::Length(text), 0);
  at("rps_doc_num_sentences") = static_cast<double>(Sentences(text));
  uint64_t lines = 0, ellipses = 0;
  for (size_t begin = 0; begin < text.size(); ++lines) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (EndsInEllipsis(text.substr(begin, end - begin))) ++ellipses;
    begin = end + 1;
  }
  at("rps_doc_frac_lines_end_with_ellipsis") = Ratio(ellipses, lines, kNone);
  WalkWords(text);
  WalkNormalized(text);
  CountGrams();
}

// Their raw words: runs of \w, and runs of what is neither that nor a blank.
void RedPajamaStream::WalkWords(std::string_view text) {
  const Characters& characters = Characters::Get();
  uint64_t words = 0, with_letter = 0, all_caps = 0;
  bool letter = false, upper = false, other_case = false, open = false, of_word = false;
  const auto close = [&] {
    if (!open) return;
    ++words;
    with_letter += letter;
    all_caps += upper && !other_case;
    open = letter = upper = other_case = false;
  };
  for (size_t at = 0; at < text.size();) {
    const char32_t c = utf8::Next(text, at);
    const uint16_t classes = characters.classes(c);
    const bool word = (classes & kWord) != 0;
    if ((classes & kSpace) != 0 || word != of_word) close();
    if ((classes & kSpace) != 0) continue;
    open = true;
    of_word = word;
    letter = letter || (c | 0x20U) - 'a' < 26;
    upper = upper || (classes & kUpper) != 0;
    other_case = other_case || (classes & kLowerOrTitle) != 0;
  }
  close();
  const uint64_t symbols =
      CountOf("#", text) + CountOf("...", text) + CountOf("\xE2\x80\xA6", text);
  at("rps_doc_symbol_to_word_ratio") = Ratio(symbols, words, kNone);
  at("rps_doc_frac_all_caps_words") = Ratio(all_caps, words, kNone);
  at("rps_doc_frac_no_alph_words") =
      words == 0 ? kNone
                 : Rounded(1.0 - static_cast<double>(with_letter) / static_cast<double>(words));
}

void RedPajamaStream::WalkNormalized(std::string_view text) {
  normalized_.clear();
  lengths_.clear();
  words_.clear();
  AppendRedPajamaForm(text, normalized_);
  characters_ = 0;
  std::unordered_map<std::string_view, uint32_t> places;
  for (size_t begin = 0; begin < normalized_.size();) {
    const size_t end = std::min(normalized_.find(' ', begin), normalized_.size());
    const std::string_view word = std::string_view(normalized_).substr(begin, end - begin);
    lengths_.push_back(static_cast<uint32_t>(utf8::Length(word)));
    characters_ += lengths_.back();
    words_.push_back(places.emplace(word, static_cast<uint32_t>(places.size())).first->second);
    begin = end + 1;
  }
  different_ = static_cast<uint32_t>(places.size());
  const uint64_t spaces = words_.empty() ? 0 : words_.size() - 1;
  at("rps_doc_lorem_ipsum") = Ratio(CountOf("lorem ipsum", normalized_), characters_ + spaces, 0);
  at("rps_doc_word_count") = static_cast<double>(words_.size());
  at("rps_doc_mean_word_length") = Ratio(characters_, words_.size(), kNone);
  at("rps_doc_frac_unique_words") = Ratio(different_, words_.size(), kNone);
  at("rps_doc_unigram_entropy") = Entropy();
}

double RedPajamaStream::Entropy() const {
  if (words_.empty()) return kNone;
  std::vector<uint32_t> counts(different_);
  for (const uint32_t word : words_) ++counts[word];
  const auto total = static_cast<double>(words_.size());
  double sum = 0;
  for (const uint32_t count : counts) {
    sum += -static_cast<double>(count) / total * std::log(static_cast<double>(count) / total);
  }
  return Rounded(sum) + 0.0;
}

// A gram of n words is one of n - 1 and a word: their numbers name it without a hash of its text.
void RedPajamaStream::CountGrams() {
  grams_ = words_;
  for (size_t n = 2; n <= 10; ++n) {
    const size_t total = words_.size() < n ? 0 : words_.size() - n + 1;
    grams_.resize(total);
    pairs_.clear();
    std::vector<uint32_t> counts;
    for (size_t i = 0; i < total; ++i) {
      const uint64_t pair = uint64_t{grams_[i]} << 32 | words_[i + n - 1];
      grams_[i] = pairs_.emplace(pair, static_cast<uint32_t>(pairs_.size())).first->second;
      if (grams_[i] == counts.size()) counts.push_back(0);
      ++counts[grams_[i]];
    }
    const std::string number = std::to_string(n);
    if (n <= 4) at("rps_doc_frac_chars_top_" + number + "gram") = TopGram(n, counts);
    if (n >= 5) at("rps_doc_frac_chars_dupe_" + number + "grams") = DuplicateGrams(n, counts);
  }
}

// Of equal counts the first gram; a count of one is none.
double RedPajamaStream::TopGram(size_t n, const std::vector<uint32_t>& counts) const {
  const auto most = std::max_element(counts.begin(), counts.end());
  if (most == counts.end() || *most <= 1) return 0;
  const auto gram = static_cast<uint32_t>(most - counts.begin());
  const auto first = std::find(grams_.begin(), grams_.end(), gram) - grams_.begin();
  uint64_t length = 0;
  for (size_t i = 0; i < n; ++i) length += lengths_[static_cast<size_t>(first) + i];
  return Ratio(length * *most, characters_, 0);
}

double RedPajamaStream::DuplicateGrams(size_t n, const std::vector<uint32_t>& counts) const {
  uint64_t duplicated = 0;
  size_t done = 0;  // words before it were looked at
  for (size_t i = 0; i < grams_.size(); ++i) {
    if (counts[grams_[i]] <= 1) continue;
    for (done = std::max(done, i); done < i + n; ++done) duplicated += lengths_[done];
  }
  return Ratio(duplicated, characters_, 0);
}

}  // namespace siku::refine::statistics
