// Which stretches of a page could be slipped runs.
#include "repair/shifted_run.h"
#include "siku/encoding.h"

namespace siku::refine {
namespace {

// A run is seldom longer than a sentence; the cap keeps hostile pages cheap.
constexpr size_t kMostPairs = 96;
constexpr size_t kMostEnds = 4;

bool NarrowedMark(char32_t c) {
  return c == U'!' || c == U';' || c == U',' || c == U'?' || c == U':' || c == U'(' || c == U')';
}

// The marks whose bytes the converter met across two characters.
bool BeginsRun(char32_t c) { return NarrowedMark(Narrowed(c)) || c == U'、'; }

bool AsciiTrail(char32_t c) { return c >= 0x40 && c <= 0x7E; }

// A torn lead shows as "?"; what tore it is a digit, a space, or the end of the line.
bool TearsLead(char32_t c) { return c < 0x40 && !NarrowedMark(c); }

// The reading behind a torn last character: its "?" has often eaten the bracket.
std::optional<BracketedReading> TornReading(const Page& page, size_t index, const Tables& tables) {
  if (auto found = ReadingInBrackets(page, index, tables)) return found;
  return ReadingUpToBracket(page, index, tables);
}

class Parser {
 public:
  Parser(const Page& page, const Tables& tables) : page_(page), tables_(tables) {}

  std::vector<ShiftedRun> At(size_t index) {
    ShiftedRun run;
    run.begin = index;
    size_t at = index + 1;
    if (const auto opening = TornReading(page_, at, tables_)) {
      run.opening = opening->reading;
      at = opening->end;
    } else if (!BeginsRun(page_[at])) {
      return {};
    }
    Collect(run, at);
    return std::move(found_);
  }

 private:
  void Collect(ShiftedRun run, size_t at) {
    for (; run.pairs.size() < kMostPairs; ++at) {
      const char32_t c = page_[at];
      if (c == U'?') AddTorn(run, at);
      if (AsciiTrail(c)) {
        AddEnded(run, at);
        return;
      }
      const uint16_t pair = gbk::Encode(NarrowedMark(c) ? c + 0xFEE0 : c);
      if (c < 0x80 && !NarrowedMark(c)) return;
      if (pair == 0) return;
      run.pairs.push_back(pair);
      run.shown.push_back(Narrowed(c));
    }
  }

  void AddEnded(ShiftedRun run, size_t at) {
    run.ascii = static_cast<char>(page_[at]);
    run.shown.push_back(page_[at]);
    run.end = at + 1;
    if (const auto reading = ReadingInBrackets(page_, at + 1, tables_)) {
      run.closing = reading->reading;
    }
    found_.push_back(std::move(run));
  }

  void AddTorn(ShiftedRun run, size_t at) {
    if (run.pairs.empty() || found_.size() == kMostEnds) return;
    if (const auto reading = TornReading(page_, at + 1, tables_)) {
      run.closing = reading->reading;
      run.end = reading->end;
    } else if (TearsLead(page_[at + 1])) {
      run.end = at + 1;
    } else {
      return;
    }
    run.shown.push_back(U'?');
    found_.push_back(std::move(run));
  }

  const Page& page_;
  const Tables& tables_;
  std::vector<ShiftedRun> found_;
};

}  // namespace

std::vector<ShiftedRun> RunsAt(const Page& page, size_t index, const Tables& tables) {
  return Parser(page, tables).At(index);
}

}  // namespace siku::refine
