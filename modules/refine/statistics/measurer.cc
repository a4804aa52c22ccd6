#include "statistics/measurer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "siku/utf8.h"
#include "statistics/character_stream.h"
#include "statistics/characters.h"
#include "statistics/line_stream.h"
#include "statistics/redpajama.h"

namespace siku::refine::statistics {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

double Ratio(uint64_t part, uint64_t whole, double of_nothing = 0.0) {
  return whole == 0 ? of_nothing : static_cast<double>(part) / static_cast<double>(whole);
}

// Data-Juicer's: of the counts of grams, largest first, the share of the first k, where k is the
// root of the number of different grams, or the number of repeated ones if that is less.
double RepetitionRatio(const GramCounts& grams) {
  const auto root = static_cast<uint64_t>(std::sqrt(static_cast<double>(grams.distinct)));
  const uint64_t top = std::min(root, grams.repeated);
  return Ratio(grams.counts.SumOfLargest(top), grams.total);
}

double Entropy(const GramCounts& grams) {
  double sum = 0;
  const auto add = [&](uint64_t count, uint64_t times) {
    const double share = Ratio(count, grams.total);
    if (times > 0) sum -= static_cast<double>(times) * (share * std::log(share));
  };
  grams.counts.ForEachDown([&](uint32_t count, uint64_t times) { add(count, times); });
  add(1, grams.distinct - grams.repeated);
  return grams.total == 0 ? kNoValue : sum + 0.0;
}

size_t Bit(Class one) { return static_cast<size_t>(std::countr_zero(static_cast<uint16_t>(one))); }

// What the streams are asked for.
struct Needs {
  uint16_t classes = 0;
  bool characters = false, han = false, refined = false, lines = false, redpajama = false;
  std::vector<int> grams{}, grams_with_characters{};
  LineNeeds line{};
  std::vector<const WordSplitter*> splitters{};

  void Gram(int64_t n) {
    characters = true;
    if (std::find(grams.begin(), grams.end(), n) == grams.end()) {
      grams.push_back(static_cast<int>(n));
    }
  }
  void Limit(int64_t limit) {
    lines = true;
    const auto length = static_cast<uint64_t>(limit);
    if (std::find(line.limits.begin(), line.limits.end(), length) == line.limits.end()) {
      line.limits.push_back(length);
    }
  }
  void Classes(unsigned bits) {
    characters = true;
    classes = static_cast<uint16_t>(classes | bits);
  }
  void Lines(bool& what) { characters = lines = what = true; }
  void Add(const Statistic& statistic);
  void AddLine(const Statistic& statistic);
};

void Needs::AddLine(const Statistic& statistic) {
  switch (statistic.kind) {
    case Kind::kAvgLineLength:
    case Kind::kMaxLineLength:
      return Lines(line.splitlines);
    case Kind::kBulletLineRatio:
    case Kind::kEllipsisLineRatio:
      return Lines(line.marks);
    case Kind::kDupParaFrac:
    case Kind::kDupParaCharFrac:
      return Lines(line.paragraph_duplicates);
    case Kind::kDupLineFrac:
    case Kind::kDupLineCharFrac:
      return Lines(line.piece_duplicates);
    case Kind::kCharDupRatio:
      return Lines(line.filled_duplicates);
    case Kind::kShortLineRatio:
      return Limit(statistic.number);
    case Kind::kMeanLineLength:
    case Kind::kFilledLines:
    case Kind::kLinePunctRatio:
    case Kind::kNewlineWordRatio:
      return Lines(line.newlines);
    default:
      return;
  }
}

void Needs::Add(const Statistic& statistic) {
  AddLine(statistic);
  if (statistic.splitter != nullptr &&
      std::find(splitters.begin(), splitters.end(), statistic.splitter) == splitters.end()) {
    splitters.push_back(statistic.splitter);
  }
  switch (statistic.kind) {
    case Kind::kRedPajama:
      redpajama = true;
      return;
    case Kind::kAlnumRatio:
      return Classes(kAlnum);
    case Kind::kSpecialCharRatio:
      return Classes(kSpecial);
    case Kind::kDigitRatio:
      return Classes(kDigit | kWord | kSpace);
    case Kind::kCharRepRatio:
    case Kind::kTopCharGram:
      return Gram(statistic.number);
    case Kind::kDuplicatedCharGrams:
      grams_with_characters.push_back(static_cast<int>(statistic.number));
      return Gram(statistic.number);
    case Kind::kDistinctCharRatio:
    case Kind::kCharEntropy:
      return Gram(1);
    case Kind::kHanRatio:
      characters = han = true;
      return;
    case Kind::kRepeatedGramRatio:
      return;
    case Kind::kNumWords:
    case Kind::kWordRepRatio:
    case Kind::kListedWordsRatio:
      refined = true;
      return;
    default:
      characters = true;
  }
}

Needs NeedsOf(std::span<const Statistic> statistics) {
  Needs needs;
  for (const Statistic& statistic : statistics) needs.Add(statistic);
  return needs;
}

}  // namespace

struct Measurer::Streams {
  explicit Streams(Needs all)
      : needs(std::move(all)),
        characters(needs.classes, needs.han, needs.grams, needs.grams_with_characters),
        lines(needs.line) {
    for (const WordSplitter* splitter : needs.splitters) {
      words.emplace(splitter, WordStream(*splitter));
    }
  }

  void Walk(std::string_view given) {
    text = given;
    if (needs.characters) characters.Walk(text);
    if (needs.lines) lines.Walk(text);
    if (needs.refined) refined.Walk(text);
    if (needs.redpajama) redpajama.Walk(text);
    for (auto& [splitter, stream] : words) stream.Walk(text);
  }
  uint64_t length() const { return characters.counts().characters; }
  uint64_t of(Class one) const { return characters.counts().of_class[Bit(one)]; }

  double OfCharacters(const Statistic& statistic) const;
  double RepeatedGramRatio(int n) const;
  double OfLines(const Statistic& statistic) const;
  double OfWords(const Statistic& statistic);

  Needs needs;
  std::string_view text{};
  CharacterStream characters;
  LineStream lines;
  RefinedWords refined{};
  RedPajamaStream redpajama{};
  std::map<const WordSplitter*, WordStream> words{};
};

// EvalWeb's: of the lowered text without " ", "\n", "\t", all grams but the last; the share of
// those that are met more than once.
double Measurer::Streams::RepeatedGramRatio(int n) const {
  std::string lowered, bare;
  Characters::Get().AppendLowered(Stripped(text), lowered);
  std::copy_if(lowered.begin(), lowered.end(), std::back_inserter(bare),
               [](char byte) { return byte != ' ' && byte != '\n' && byte != '\t'; });
  size_t last = bare.size();
  while (last > 0 && !utf8::AtBorder(bare, --last)) continue;
  CharacterStream stream(0, false, {n}, {});
  stream.Walk(std::string_view(bare).substr(0, last));
  return Ratio(stream.grams(n).counts.Sum(), stream.grams(n).total);
}

double Measurer::Streams::OfCharacters(const Statistic& statistic) const {
  const auto grams = [&]() -> const GramCounts& {
    return characters.grams(static_cast<int>(statistic.number));
  };
  switch (statistic.kind) {
    case Kind::kTextLen:
      return static_cast<double>(length());
    case Kind::kAlnumRatio:
      return Ratio(of(kAlnum), length());
    case Kind::kSpecialCharRatio:
      return Ratio(of(kSpecial), length());
    case Kind::kCharRepRatio:
      return RepetitionRatio(grams());
    case Kind::kHanRatio:
      return Ratio(characters.counts().han, length());
    case Kind::kRepeatedGramRatio:
      return RepeatedGramRatio(static_cast<int>(statistic.number));
    case Kind::kDistinctCharRatio:
      return Ratio(characters.grams(1).distinct, length());
    case Kind::kCharEntropy:
      return Entropy(characters.grams(1));
    case Kind::kDigitRatio:
      return Ratio(of(kDigit), of(kWord) + of(kSpace));
    case Kind::kTopCharGram: {
      const uint64_t most = grams().counts.Largest();
      return Ratio(most == 0 ? 0 : (most - 1) * static_cast<uint64_t>(statistic.number), length());
    }
    case Kind::kDuplicatedCharGrams:
      return Ratio(grams().repeated_characters, length());
    default:
      return kNoValue;
  }
}

double Measurer::Streams::OfLines(const Statistic& statistic) const {
  const LineCounts& counts = lines.counts();
  switch (statistic.kind) {
    case Kind::kAvgLineLength:
      return Ratio(length(), counts.lines);
    case Kind::kMaxLineLength:
      return static_cast<double>(counts.longest);
    case Kind::kDupParaFrac:
      return Ratio(counts.paragraphs.duplicates, counts.paragraphs.pieces);
    case Kind::kDupParaCharFrac:
      return Ratio(counts.paragraphs.characters, length());
    case Kind::kDupLineFrac:
      return Ratio(counts.pieces.duplicates, counts.pieces.pieces);
    case Kind::kDupLineCharFrac:
      return Ratio(counts.pieces.characters, length());
    case Kind::kBulletLineRatio:
      return Ratio(counts.bullets, counts.lines, kNoValue);
    case Kind::kEllipsisLineRatio:
      return Ratio(counts.ellipses, counts.lines, kNoValue);
    case Kind::kFilledLines:
      return static_cast<double>(counts.filled);
    case Kind::kLinePunctRatio:
      return Ratio(counts.terminated, counts.filled, kNoValue);
    case Kind::kShortLineRatio: {
      const auto at = std::find(needs.line.limits.begin(), needs.line.limits.end(),
                                static_cast<uint64_t>(statistic.number));
      return Ratio(counts.up_to[static_cast<size_t>(at - needs.line.limits.begin())], counts.filled,
                   kNoValue);
    }
    case Kind::kCharDupRatio:
      return Ratio(counts.filled_lines.characters, length() - counts.newlines, kNoValue);
    case Kind::kMeanLineLength:
      return Ratio(length(), counts.newlines + 1);
    default:
      return OfCharacters(statistic);
  }
}

double Measurer::Streams::OfWords(const Statistic& statistic) {
  if (statistic.splitter == nullptr) return OfLines(statistic);
  WordStream& stream = words.at(statistic.splitter);
  switch (statistic.kind) {
    case Kind::kTopGram:
      return Ratio(stream.TopGram(static_cast<size_t>(statistic.number)), length());
    case Kind::kDuplicatedGrams:
      return Ratio(stream.DuplicateGrams(static_cast<size_t>(statistic.number)), length());
    case Kind::kGopherWords:
      return static_cast<double>(stream.word_words());
    case Kind::kAvgWordLength:
      return Ratio(stream.word_characters(), stream.word_words(), kNoValue);
    case Kind::kHashWordRatio:
      return Ratio(CountOf("#", text), stream.words(), kNoValue);
    case Kind::kEllipsisWordRatio:
      return Ratio(CountOf("...", text) + CountOf("\xE2\x80\xA6", text), stream.words(), kNoValue);
    case Kind::kAlphaWordRatio:
      return Ratio(stream.letter_words(), stream.words(), kNoValue);
    case Kind::kStopWords:
      return static_cast<double>(stream.Listed(*statistic.list));
    case Kind::kNewlineWordRatio:
      return Ratio(lines.counts().newlines, stream.words(), kNoValue);
    default:
      return kNoValue;
  }
}

Measurer::Measurer(std::span<const Statistic> statistics)
    : statistics_(statistics.begin(), statistics.end()),
      streams_(std::make_unique<Streams>(NeedsOf(statistics))) {}
Measurer::~Measurer() = default;
Measurer::Measurer(Measurer&&) noexcept = default;

void Measurer::Measure(std::string_view text, std::span<double> values) {
  streams_->Walk(text);
  for (size_t i = 0; i < statistics_.size(); ++i) {
    const Statistic& statistic = statistics_[i];
    switch (statistic.kind) {
      case Kind::kRedPajama:
        values[i] = streams_->redpajama.signal(static_cast<size_t>(statistic.number));
        break;
      case Kind::kNumWords:
        values[i] = static_cast<double>(streams_->refined.unlowered());
        break;
      case Kind::kWordRepRatio:
        values[i] = streams_->refined.RepetitionRatio(static_cast<size_t>(statistic.number));
        break;
      case Kind::kListedWordsRatio:
        values[i] = streams_->refined.ListedRatio(*statistic.list, statistic.augmentation);
        break;
      default:
        values[i] = streams_->OfWords(statistic);
    }
  }
}

}  // namespace siku::refine::statistics
