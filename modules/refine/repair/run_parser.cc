// Which stretches of a page could be slipped runs.
#include <algorithm>

#include "repair/shifted_run.h"
#include "siku/encoding.h"

namespace siku::refine {
namespace {

// The caps keep hostile pages cheap; a run seldom goes on over more than a paragraph.
constexpr size_t kMostPairs = 400;
constexpr size_t kMostStops = 12;

bool NarrowedMark(char32_t c) {
  return c == U'!' || c == U';' || c == U',' || c == U'?' || c == U':' || c == U'(' || c == U')';
}

// The marks whose bytes the converter met across two characters.
bool BeginsRun(char32_t c) {
  constexpr std::u32string_view kWide = U"、。·…—“”‘’《》〈〉「」『』【】〔〕";
  return NarrowedMark(Narrowed(c)) || kWide.find(c) != std::u32string_view::npos;
}

bool IsLetter(char32_t c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool AsciiTrail(char32_t c) { return c >= 0x40 && c <= 0x7E; }

// The reading behind a torn last character: its "?" has often eaten the bracket.
std::optional<BracketedReading> TornReading(const Page& page, size_t index, const Tables& tables) {
  if (auto found = ReadingInBrackets(page, index, tables)) return found;
  return ReadingUpToBracket(page, index, tables);
}

class Parser {
 public:
  Parser(const Page& page, const Tables& tables) : page_(page), tables_(tables) {}

  void Collect(ShiftedRun& run) const {
    for (size_t at = run.shown; run.pairs.size() < kMostPairs; ++at) {
      const char32_t c = page_[at];
      const bool full = run.stops.size() == kMostStops;
      // What carries a reading stands in step.
      if ((c == U'(' || c == U'（') && ReadingInBrackets(page_, at, tables_)) return;
      if (c == U'\n' || c == U' ') {
        if (!full) AddDropped(run, at);
        return;
      }
      if (c == U'?' && !full) AddTorn(run, at);
      if (c == U'?' && ReadingUpToBracket(page_, at + 1, tables_)) return;
      if (AsciiTrail(c) && !full) AddAsciiTrail(run, at);
      // Any ASCII may be a narrowed full-width character.
      const uint16_t pair = gbk::Encode(Widened(c));
      if (pair == 0) return;
      if ((pair & 0xFF) < 0x81) {
        if (!full && IsLetter(pair & 0xFF) && WordGoesOn(at + 1)) AddSwallowed(run, at, pair);
        return;
      }
      run.pairs.push_back(pair);
    }
  }

 private:
  // The first letter of a word is swallowed: the others follow. What stands before a mark or
  // carries a reading is whole.
  bool WordGoesOn(size_t index) const {
    const char32_t c = page_[index];
    return c > 0x20 && c < 0x7F && !NarrowedMark(c);
  }

  void AddDropped(ShiftedRun& run, size_t at) const {
    if (run.pairs.empty()) return;
    run.stops.push_back({.kind = InStep::kDropped, .pairs = run.pairs.size(), .end = at});
  }

  void AddAsciiTrail(ShiftedRun& run, size_t at) const {
    RunStop stop{.kind = InStep::kAsciiTrail,
                 .pairs = run.pairs.size(),
                 .end = at + 1,
                 .ascii = static_cast<char>(page_[at])};
    if (const auto reading = ReadingInBrackets(page_, at + 1, tables_)) {
      stop.closing = reading->reading;
    }
    run.stops.push_back(stop);
  }

  void AddTorn(ShiftedRun& run, size_t at) const {
    RunStop stop{.kind = InStep::kTorn, .pairs = run.pairs.size(), .end = at + 1};
    if (const auto reading = TornReading(page_, at + 1, tables_)) {
      stop.closing = reading->reading;
      stop.end = reading->end;
    }
    // One character, known by the reading between its bytes.
    if (run.pairs.empty() && !run.opening) return;
    run.stops.push_back(stop);
  }

  void AddSwallowed(ShiftedRun& run, size_t at, uint16_t pair) const {
    run.stops.push_back({.kind = InStep::kSwallowed,
                         .pairs = run.pairs.size(),
                         .end = at + 1,
                         .ascii = static_cast<char>(pair & 0xFF),
                         .left = static_cast<uint8_t>(pair >> 8)});
  }

  const Page& page_;
  const Tables& tables_;
};

}  // namespace

std::optional<ShiftedRun> RunAtQuestion(const Page& page, size_t index, size_t questions,
                                        const Tables& tables) {
  ShiftedRun run{.begin = index, .shown = index + questions};
  for (size_t i = index; i < run.shown; ++i) {
    if (page[i] != U'?') return std::nullopt;
  }
  if (const auto opening = TornReading(page, run.shown, tables)) {
    run.opening = opening->reading;
    run.shown = opening->end;
  } else if (!BeginsRun(page[run.shown])) {
    return std::nullopt;
  }
  Parser(page, tables).Collect(run);
  if (run.stops.empty()) return std::nullopt;
  return run;
}

std::optional<ShiftedRun> RunAtLoss(const Page& page, size_t index, LostByte lost,
                                    const Tables& tables) {
  ShiftedRun run{.begin = index, .shown = index, .lost = lost};
  Parser(page, tables).Collect(run);
  // Shorter ones prove nothing, unless the reading of the last character is known.
  constexpr size_t kLeast = 2, kLeastWithoutEnd = 3;
  std::erase_if(run.stops, [](const RunStop& stop) {
    return !stop.closing &&
           stop.all_pairs() < (stop.kind == InStep::kDropped ? kLeastWithoutEnd : kLeast);
  });
  if (run.stops.empty()) return std::nullopt;
  return run;
}

char32_t Across(const ShiftedRun& run, size_t pair) {
  return gbk::Decode(static_cast<uint8_t>(run.pairs[pair - 1] & 0xFF),
                     static_cast<uint8_t>(run.pairs[pair] >> 8));
}

bool TailReads(const ShiftedRun& run, const Language& language) {
  constexpr int kLongest = 6, kLeast = 3;
  constexpr int kReads = 115;
  Context context;
  int sum = 0, worst = 0, count = 0;
  // A dropped pair makes one character of two.
  const auto reads = [&] { return sum - worst <= kReads * (count - 1); };
  size_t stop = 0;
  for (size_t i = 1; count < kLongest; ++i) {
    // Where it may end here, what was read so far tells.
    for (; stop < run.stops.size() && run.stops[stop].pairs <= i; ++stop) {
      if (count < kLeast || reads()) return true;
    }
    if (i >= run.pairs.size() || stop == run.stops.size()) return false;
    const int cost = language.Read(context, Across(run, i));
    sum += cost;
    worst = std::max(worst, cost);
    ++count;
  }
  return reads();
}

std::vector<int> TailCosts(const ShiftedRun& run, const Language& language) {
  std::vector<int> costs(run.pairs.size() + 1, 0);
  Context context;
  size_t known = 0;  // of the last two characters: how many are read in one way, whatever is before
  const size_t end = std::min(run.pairs.size(), run.stops.back().pairs);
  for (size_t pair = 1; pair < end; ++pair) {
    const char32_t c = Across(run, pair);
    const int cost = language.Read(context, c);
    costs[pair + 1] = costs[pair] + (known == 2 ? cost : 0);
    if (IsSpace(c)) continue;
    if (known < 2) known = language.tables().ToSimple(c).size() <= 1 ? known + 1 : 0;
  }
  return costs;
}

}  // namespace siku::refine
