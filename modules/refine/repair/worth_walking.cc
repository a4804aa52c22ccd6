#include "repair/worth_walking.h"

#include <algorithm>
#include <array>
#include <bitset>

#include "repair/context.h"
#include "repair/destroyed.h"
#include "repair/reading.h"
#include "repair/scan.h"
#include "repair/shifted_run.h"
#include "siku/encoding.h"

namespace siku::refine {
namespace {

constexpr size_t kNear = RunBounds::kNearRare, kFar = RunBounds::kNearQuestion;
constexpr size_t kWindow = RunBounds::kWindow;
// A little lower than the walk's: what stands before a character is guessed here where several
// simplified ones may be meant.
constexpr int kStrange = RunBounds::kStrange - 1;
// The search lets a run be this much behind, 120, and the page may know its own words.
constexpr int kDebt = 160;

// What MayHoldRuns looks at.
class Suspects {
 public:
  Suspects() {
    for (char32_t c = 0; c <= 0xFFFF; ++c) {
      suspect_[c] =
          c == U'?' || (c >= 0x3400 && IsRare(c)) || MayBeDestroyedBy(c) != DestroyedBy::kNothing;
    }
  }
  bool Has(char32_t c) const { return c < suspect_.size() && suspect_[c]; }

 private:
  std::bitset<0x10000> suspect_;
};

const Suspects& TheSuspects() {
  static const auto& suspects = *new Suspects;
  return suspects;
}

class CloserLook {
 public:
  CloserLook(const Page& page, const Tables& tables)
      : page_(page), tables_(tables), language_(tables) {}

  // A converter gives itself away by readings behind characters that it changes, or by words.
  bool MayBeConverted(const MisspeltWords& misspelt) const {
    bool read = false;
    for (size_t i = 0; i < page_.size(); ++i) {
      if (page_[i + 1] != U'(' && page_[i + 1] != U'（') continue;
      const auto reading = ReadingInBrackets(page_, i + 1, tables_);
      if (page_[i] < 0x3400 || !reading || !ReadsAs(tables_, page_[i], reading->reading)) continue;
      if (Changes(page_[i])) return true;
      read = true;
    }
    return HasTraditional() && (read || misspelt.AnyIn(page_.text));
  }

  bool MayHoldRuns() {
    for (size_t i = 0; i < page_.size(); ++i) {
      const char32_t c = page_[i];
      if (!suspects_.Has(c)) continue;
      const bool may = MayBeDestroyedBy(c) != DestroyedBy::kNothing;
      if (may && DestroyedAt(page_, i)) return true;
      if (c == U'?') {
        // It may have torn the last character of a run.
        if (page_[i - 1] >= 0x80 && MayBeginWithin(i - std::min(i, kFar - 1), i)) return true;
      } else if (IsRare(c)) {
        if (MayBeginWithin(i - std::min(i, kNear - 1), i + 1)) return true;
      }
    }
    return MayBeginAtQuestions();
  }

 private:
  bool Changes(char32_t c) const { return c >= 0x3400 && !tables_.ToSimple(c).empty(); }

  bool HasTraditional() const {
    constexpr size_t kMany = 20;
    size_t found = 0;
    for (size_t i = 0; i < page_.size() && found < kMany; ++i) found += Changes(page_[i]) ? 1 : 0;
    return found >= kMany;
  }

  bool MayBeginAtQuestions() const {
    const std::u32string& all = page_.characters;
    for (size_t i = all.find(U'?'); i != all.npos; i = all.find(U'?', i + 1)) {
      for (const size_t questions : {size_t{1}, size_t{2}}) {
        const auto run = RunAtQuestion(page_, i, questions, tables_);
        // Once it has searched, the walk knows words of the page, and more may read well.
        if (run && (searches_ || TailReads(*run, language_))) return true;
      }
    }
    return false;
  }

  bool MayBeginWithin(size_t begin, size_t end) {
    // So many characters settle what stands before.
    constexpr size_t kBefore = 12;
    begin = std::max(begin, looked_);
    if (begin >= end) return false;
    looked_ = end;
    Context context;
    for (size_t i = begin - std::min(begin, kBefore); i < begin; ++i) {
      Pass(language_, context, page_[i]);
    }
    // What the last characters cost, and what stood before each.
    std::array<int, kWindow> costs{};
    std::array<Context, kWindow> before{};
    for (size_t i = begin; i + 1 < end + kWindow; ++i) {
      before[i % kWindow] = context;
      costs[i % kWindow] = language_.Read(context, page_[i]);
      const size_t first = i + 1 - kWindow;
      if (i + 1 >= begin + kWindow && IsStrange(first, costs) && Explains(first, before)) {
        return true;
      }
    }
    return false;
  }

  // Costs by index, those of the window that begins there.
  bool IsStrange(size_t first, const std::array<int, kWindow>& costs) const {
    if (page_[first] == U'?' || costs[first % kWindow] < RunBounds::kStrangeFirst) return false;
    int cost = 0;
    size_t read = 0;
    for (; read < kWindow && page_[first + read] >= 0x80; ++read) {
      cost += costs[(first + read) % kWindow];
    }
    return read >= RunBounds::kLeastRead &&
           cost >= kStrange * static_cast<int>(read) +
                       RunBounds::kFewer * static_cast<int>(kWindow - read);
  }

  bool Explains(size_t first, const std::array<Context, kWindow>& before) {
    if (gbk::Encode(page_[first]) == 0) return false;
    const auto run = RunAtLoss(page_, first, LostByte::kLead, tables_);
    if (!run || !TailReads(*run, language_)) return false;
    searches_ = true;
    return KeepsUp(*run, before[first % kWindow]);
  }

  // Whether the search, which gives up where what a run would have costs too much more than what
  // stands, comes to a stop.
  bool KeepsUp(const ShiftedRun& run, Context standing) const {
    const size_t first_stop = run.stops.front().pairs;
    if (first_stop < 2) return true;
    int stands = language_.Read(standing, page_[run.shown]);
    stands += language_.Read(standing, page_[run.shown + 1]);
    // The first character may be any, and settles what the next costs.
    int would = 0;
    Context context;
    language_.Read(context, Across(run, 1));
    for (size_t i = 2; i < first_stop; ++i) {
      stands += language_.Read(standing, page_[run.shown + i]);
      would += language_.Read(context, Across(run, i));
      if (would > stands + kDebt) return false;
    }
    return true;
  }

  const Page& page_;
  const Tables& tables_;
  const Suspects& suspects_ = TheSuspects();
  const Language language_;
  size_t looked_ = 0;      // no run begins before
  bool searches_ = false;  // the walk does, though it finds nothing there
};

}  // namespace

std::optional<Evidence> WorthWalking(const Page& page, const Tables& tables,
                                     const MisspeltWords& misspelt) {
  CloserLook look(page, tables);
  if (look.MayHoldRuns()) return JudgePage(page, tables);
  if (!look.MayBeConverted(misspelt)) return std::nullopt;
  Evidence evidence = JudgePage(page, tables);
  if (!evidence.found()) return std::nullopt;
  return evidence;
}

}  // namespace siku::refine
