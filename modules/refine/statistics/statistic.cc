#include "statistics/statistic.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "statistics/redpajama.h"

namespace siku::refine::statistics {
namespace {

// What a name says beside its kind.
enum class Says { kNothing, kNumber, kSplitter, kNumberInside, kList, kListAndSplitter };

struct Spelling {
  Kind kind;
  const char* name;  // with # where a number stands inside
  Says says;
  int64_t usual = 0;
};

// Data-Juicer's stat keys and DataTrove's reasons where there are such.
constexpr std::array kSpellings = {
    Spelling{Kind::kTextLen, "text_len", Says::kNothing},
    Spelling{Kind::kAlnumRatio, "alnum_ratio", Says::kNothing},
    Spelling{Kind::kSpecialCharRatio, "special_char_ratio", Says::kNothing},
    Spelling{Kind::kCharRepRatio, "char_rep_ratio", Says::kNumber, 10},
    Spelling{Kind::kAvgLineLength, "avg_line_length", Says::kNothing},
    Spelling{Kind::kMaxLineLength, "max_line_length", Says::kNothing},
    Spelling{Kind::kNumWords, "num_words", Says::kNothing},
    Spelling{Kind::kWordRepRatio, "word_rep_ratio", Says::kNumber, 10},
    Spelling{Kind::kListedWordsRatio, "listed_words_ratio", Says::kList},
    Spelling{Kind::kDupParaFrac, "dup_para_frac", Says::kNothing},
    Spelling{Kind::kDupParaCharFrac, "dup_para_char_frac", Says::kNothing},
    Spelling{Kind::kDupLineFrac, "dup_line_frac", Says::kNothing},
    Spelling{Kind::kDupLineCharFrac, "dup_line_char_frac", Says::kNothing},
    Spelling{Kind::kTopGram, "top_#_gram", Says::kNumberInside, 2},
    Spelling{Kind::kDuplicatedGrams, "duplicated_#_n_grams", Says::kNumberInside, 5},
    Spelling{Kind::kGopherWords, "gopher_words", Says::kSplitter},
    Spelling{Kind::kAvgWordLength, "avg_word_length", Says::kSplitter},
    Spelling{Kind::kHashWordRatio, "hash_word_ratio", Says::kSplitter},
    Spelling{Kind::kEllipsisWordRatio, "ellipsis_word_ratio", Says::kSplitter},
    Spelling{Kind::kBulletLineRatio, "bullet_line_ratio", Says::kNothing},
    Spelling{Kind::kEllipsisLineRatio, "ellipsis_line_ratio", Says::kNothing},
    Spelling{Kind::kAlphaWordRatio, "alpha_word_ratio", Says::kSplitter},
    Spelling{Kind::kStopWords, "stop_words", Says::kListAndSplitter},
    Spelling{Kind::kFilledLines, "filled_lines", Says::kNothing},
    Spelling{Kind::kLinePunctRatio, "line_punct_ratio", Says::kNothing},
    Spelling{Kind::kShortLineRatio, "short_line_ratio", Says::kNumber, 30},
    Spelling{Kind::kCharDupRatio, "char_dup_ratio", Says::kNothing},
    Spelling{Kind::kNewlineWordRatio, "newline_word_ratio", Says::kSplitter},
    Spelling{Kind::kMeanLineLength, "mean_line_length", Says::kNothing},
    Spelling{Kind::kHanRatio, "han_ratio", Says::kNothing},
    Spelling{Kind::kRepeatedGramRatio, "repeated_gram_ratio", Says::kNumber, 13},
    Spelling{Kind::kDistinctCharRatio, "distinct_char_ratio", Says::kNothing},
    Spelling{Kind::kCharEntropy, "char_entropy", Says::kNothing},
    Spelling{Kind::kDigitRatio, "digit_ratio", Says::kNothing},
    Spelling{Kind::kTopCharGram, "top_char_gram", Says::kNumber, 2},
    Spelling{Kind::kDuplicatedCharGrams, "duplicated_char_grams", Says::kNumber, 5},
};

const Spelling& SpellingOf(Kind kind) {
  return *std::find_if(kSpellings.begin(), kSpellings.end(),
                       [kind](const Spelling& one) { return one.kind == kind; });
}

std::string WithNumber(std::string_view name, int64_t number) {
  const size_t at = name.find('#');
  return std::string(name.substr(0, at)) + std::to_string(number) +
         std::string(name.substr(at + 1));
}

// The longest gram that is of use; it bounds what a recipe can ask for.
constexpr int64_t kLargestNumber = 1000;

bool ReadNumber(std::string_view digits, int64_t& number) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() && number >= 1 &&
         number <= kLargestNumber;
}

// Whether `name` is `pattern` with a number in place of #.
bool ReadInside(std::string_view pattern, std::string_view name, int64_t& number) {
  const size_t at = pattern.find('#');
  const std::string_view after = pattern.substr(at + 1);
  return name.size() > pattern.size() - 1 && name.substr(0, at) == pattern.substr(0, at) &&
         name.ends_with(after) &&
         ReadNumber(name.substr(at, name.size() - pattern.size() + 1), number);
}

const WordSplitter* FindSplitter(std::string_view name,
                                 std::span<const WordSplitter* const> splitters) {
  for (const WordSplitter* splitter : splitters) {
    if (splitter->name() == name) return splitter;
  }
  return nullptr;
}

}  // namespace

std::string Statistic::Name() const {
  if (kind == Kind::kRedPajama) return std::string(kRedPajamaSignals[static_cast<size_t>(number)]);
  const Spelling& spelling = SpellingOf(kind);
  switch (spelling.says) {
    case Says::kNothing:
      return spelling.name;
    case Says::kNumber:
      return spelling.name + ("(" + std::to_string(number) + ")");
    case Says::kSplitter:
      return spelling.name + ("(" + std::string(splitter->name()) + ")");
    case Says::kNumberInside:
      return WithNumber(spelling.name, number) + "(" + std::string(splitter->name()) + ")";
    case Says::kListAndSplitter:
      return list->name() + "(" + std::string(splitter->name()) + ")";
    case Says::kList:
      break;
  }
  std::string groups;
  for (const int64_t size : augmentation.group_sizes) {
    groups += (groups.empty() ? "" : ",") + std::to_string(size);
  }
  if (groups.empty()) return list->name();
  return list->name() + "(" + groups + ",'" + augmentation.join + "')";
}

Result<Statistic> ParseStatistic(std::string_view name,
                                 std::span<const WordSplitter* const> splitters) {
  const auto signal = std::find(kRedPajamaSignals.begin(), kRedPajamaSignals.end(), name);
  if (signal != kRedPajamaSignals.end()) {
    return Statistic{.kind = Kind::kRedPajama, .number = signal - kRedPajamaSignals.begin()};
  }
  const size_t open = std::min(name.find('('), name.size());
  const std::string_view stem = name.substr(0, open);
  const bool closed = open < name.size() && name.back() == ')';
  const std::string_view inside = closed ? name.substr(open + 1, name.size() - open - 2) : "";
  for (const Spelling& spelling : kSpellings) {
    Statistic found{.kind = spelling.kind};
    switch (spelling.says) {
      case Says::kNothing:
        if (name == spelling.name) return found;
        continue;
      case Says::kNumber:
        if (stem == spelling.name && ReadNumber(inside, found.number)) return found;
        continue;
      case Says::kSplitter:
        found.splitter = FindSplitter(inside, splitters);
        if (stem == spelling.name && found.splitter != nullptr) return found;
        continue;
      case Says::kNumberInside:
        found.splitter = FindSplitter(inside, splitters);
        if (found.splitter != nullptr && ReadInside(spelling.name, stem, found.number)) {
          return found;
        }
        continue;
      case Says::kList:
      case Says::kListAndSplitter:
        continue;
    }
  }
  std::string near;
  const std::vector<std::string> usual = UsualStatistics(splitters);
  for (const std::string& one : usual) near += (near.empty() ? "" : ", ") + one;
  return Fail(Code::kInvalid, "there is no statistic '{}'; statistics: {}",
              std::string(name) + '\x1F' + near);
}

std::vector<std::string> UsualStatistics(std::span<const WordSplitter* const> splitters) {
  std::vector<std::string> names;
  for (const Spelling& spelling : kSpellings) {
    if (spelling.says == Says::kList || spelling.says == Says::kListAndSplitter) continue;
    Statistic usual{.kind = spelling.kind, .number = spelling.usual};
    const bool split = spelling.says == Says::kSplitter || spelling.says == Says::kNumberInside;
    for (const WordSplitter* splitter : splitters) {
      usual.splitter = splitter;
      names.push_back(usual.Name());
      if (!split) break;
    }
  }
  names.insert(names.end(), kRedPajamaSignals.begin(), kRedPajamaSignals.end());
  return names;
}

}  // namespace siku::refine::statistics
