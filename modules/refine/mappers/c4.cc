#include "mappers/c4.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "siku/utf8.h"
#include "statistics/characters.h"
#include "statistics/line_stream.h"

namespace siku::refine::mappers {
namespace {

using statistics::Characters;
using statistics::Stripped;
using statistics::StrippedLeft;
using statistics::StrippedRight;

constexpr std::array<std::string_view, 6> kPolicy = {"terms of use",   "privacy policy",
                                                     "cookie policy",  "uses cookies",
                                                     "use of cookies", "use cookies"};

bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool EndsAsProse(std::string_view line) {
  constexpr std::string_view kEnds = ".?!\"'";
  return !line.empty() && kEnds.find(line.back()) != std::string_view::npos &&
         !line.ends_with("...");
}

// Bytes of the citation that begins at a "[": digits, or a word of an encyclopedia.
size_t CitationAt(std::string_view text) {
  for (const std::string_view word : {"[edit]", "[citation needed]"}) {
    if (text.starts_with(word)) return word.size();
  }
  for (size_t at = 1; at < text.size();) {
    const char32_t c = utf8::Next(text, at);
    if (c == ']') return at;
    if (!statistics::IsDecimal(c)) break;
  }
  return 0;
}

// A part of the text that stays.
struct Piece {
  std::string_view text;
  bool begins_line;
};

// The pieces of a line without its citations, at least one.
void AppendPieces(std::string_view line, bool remove_citations, std::vector<Piece>& pieces) {
  size_t begin = 0;
  bool first = true;
  const auto add = [&](size_t end) {
    pieces.push_back({line.substr(begin, end - begin), std::exchange(first, false)});
  };
  size_t open = remove_citations ? line.find('[') : std::string_view::npos;
  while (open != std::string_view::npos) {
    const size_t length = CitationAt(line.substr(open));
    if (length > 0) {
      add(open);
      begin = open + length;
    }
    open = line.find('[', open + std::max<size_t>(length, 1));
  }
  add(line.size());
}

class Page {
 public:
  explicit Page(const C4Options& options) : options_(options) {}

  // False where the page goes.
  bool Add(std::string_view stripped);
  std::optional<C4Reason> reason() const { return reason_; }
  int64_t sentences() const { return sentences_; }
  void Emit(std::string_view text, Changes& changes);

 private:
  bool WordsFit(std::string_view line, int64_t& words) const;

  const C4Options& options_;
  std::optional<C4Reason> reason_{};
  int64_t sentences_ = 0;
  std::vector<Piece> pieces_{};
  std::vector<std::string_view> split_{};
  std::string line_{}, lowered_{};
};

bool Page::WordsFit(std::string_view line, int64_t& words) const {
  std::vector<std::string_view> split;
  statistics::SpaceSplitter().Split(line, split);
  words = static_cast<int64_t>(split.size());
  return options_.max_word_length == -1 ||
         std::none_of(split.begin(), split.end(), [&](std::string_view word) {
           return static_cast<int64_t>(utf8::Length(word)) > options_.max_word_length;
         });
}

bool Page::Add(std::string_view stripped) {
  int64_t words = 0;
  if (!WordsFit(stripped, words)) return true;
  const size_t before = pieces_.size();
  AppendPieces(stripped, options_.remove_citations, pieces_);
  line_.clear();
  for (size_t i = before; i < pieces_.size(); ++i) line_ += pieces_[i].text;
  lowered_.clear();
  Characters::Get().AppendLowered(line_, lowered_);
  bool kept = (!options_.terminal_marks || EndsAsProse(line_)) && words >= options_.min_words;
  if (kept && options_.lorem_ipsum && Holds(lowered_, "lorem ipsum")) {
    reason_ = C4Reason::kLoremIpsum;
    return false;
  }
  kept = kept && !(options_.javascript && Holds(lowered_, "javascript"));
  if (kept && options_.curly_bracket && Holds(line_, "{")) {
    reason_ = C4Reason::kCurlyBracket;
    return false;
  }
  kept = kept && !(options_.policy &&
                   std::any_of(kPolicy.begin(), kPolicy.end(),
                               [&](std::string_view part) { return Holds(lowered_, part); }));
  if (!kept) return pieces_.resize(before, {}), true;
  if (options_.min_sentences == -1) return true;
  split_.clear();
  if (options_.by_lines) options_.sentences->Split(line_, split_);
  sentences_ += options_.by_lines ? static_cast<int64_t>(split_.size()) : 1;
  return true;
}

// What is between two pieces goes, or becomes the one separator of lines; blanks at both ends of
// the page go.
void Page::Emit(std::string_view text, Changes& changes) {
  auto first = pieces_.begin();
  while (first != pieces_.end() && StrippedLeft(first->text).empty()) ++first;
  auto last = pieces_.end();
  while (last != first && StrippedRight(std::prev(last)->text).empty()) --last;
  if (first != last) {
    first->text = StrippedLeft(first->text);
    std::prev(last)->text = StrippedRight(std::prev(last)->text);
  }
  size_t done = 0;
  for (auto piece = first; piece != last; ++piece) {
    const bool between = piece != first && piece->begins_line;
    const auto begin = static_cast<size_t>(piece->text.data() - text.data());
    const bool line = piece == first || piece->begins_line;
    mappers::Add(changes, text, done, begin,
                 !between            ? ""
                 : options_.by_lines ? "\n"
                                     : " ",
                 line ? kC4Line : kC4Citation);
    done = begin + piece->text.size();
  }
  mappers::Add(changes, text, done, text.size(), "", kC4Line);
}

}  // namespace

std::optional<C4Reason> KeepC4Lines(std::string_view text, const C4Options& options,
                                    Changes& changes) {
  Page page(options);
  bool stays = true;
  const auto add = [&](std::string_view line) { stays = stays && page.Add(Stripped(line)); };
  if (options.by_lines) {
    statistics::ForEachSplitLine(text, add);
  } else {
    std::vector<std::string_view> sentences;
    options.sentences->Split(text, sentences);
    std::for_each(sentences.begin(), sentences.end(), add);
  }
  if (!stays) return page.reason();
  if (page.sentences() < options.min_sentences) return C4Reason::kTooFewSentences;
  page.Emit(text, changes);
  return std::nullopt;
}

}  // namespace siku::refine::mappers
