#include "repair/worth_walking.h"

#include <algorithm>

#include "repair/context.h"
#include "repair/destroyed.h"
#include "repair/reading.h"
#include "repair/scan.h"
#include "repair/shifted_run.h"
#include "siku/encoding.h"

namespace siku::refine {
namespace {

// Bounds of the walk (walk_runs.cc), the costs a little lower and higher: what stands before a
// character is guessed here where several simplified ones may be meant.
constexpr size_t kNear = 8, kFar = 200;
constexpr size_t kWindow = 4, kLeastRead = 2;
constexpr int kStrangeFirst = 48, kStrange = 103, kFewer = 20;
constexpr size_t kLongestTail = 6, kLeastTail = 3;
constexpr int kReads = 117;

class CloserLook {
 public:
  CloserLook(const Page& page, const Tables& tables)
      : page_(page), tables_(tables), language_(tables) {}

  // A converter gives itself away by readings behind characters that it changes, or by words.
  bool MayBeConverted(const MisspeltWords& misspelt) const {
    constexpr size_t kTraditional = 20;
    size_t traditional = 0;
    bool read = false;
    for (size_t i = 0; i < page_.size(); ++i) {
      if (page_[i] < 0x3400) continue;
      const bool changes = !tables_.ToSimple(page_[i]).empty();
      traditional += changes ? 1 : 0;
      if (page_[i + 1] != U'(' && page_[i + 1] != U'（') continue;
      const auto reading = ReadingInBrackets(page_, i + 1, tables_);
      if (!reading || !ReadsAs(tables_, page_[i], reading->reading)) continue;
      if (changes) return true;
      read = true;
    }
    return traditional >= kTraditional && (read || misspelt.AnyIn(page_.text));
  }

  bool MayHoldRuns() {
    for (size_t i = 0; i < page_.size(); ++i) {
      const char32_t c = page_[i];
      if (MayBeDestroyed(c) && DestroyedAt(page_, i)) return true;
      if (c == U'?') {
        if (RunAtQuestion(page_, i, 1, tables_) || RunAtQuestion(page_, i, 2, tables_)) return true;
        // It may have torn the last character of a run.
        if (page_[i - 1] >= 0x80 && MayBeginWithin(i - std::min(i, kFar - 1), i)) return true;
      } else if (c >= 0x3400 && IsRare(c)) {
        if (MayBeginWithin(i - std::min(i, kNear - 1), i + 1)) return true;
      }
    }
    return false;
  }

 private:
  bool MayBeginWithin(size_t begin, size_t end) {
    // So many characters settle what stands before.
    constexpr size_t kBefore = 12;
    begin = std::max(begin, looked_);
    if (begin >= end) return false;
    looked_ = std::max(end, looked_);
    Context context;
    for (size_t i = begin - std::min(begin, kBefore); i < end; ++i) {
      if (i >= begin && page_[i] != U'?' && StrangeFrom(i, context) && gbk::Encode(page_[i]) != 0 &&
          TailReads(i)) {
        return true;
      }
      Pass(language_, context, page_[i]);
    }
    return false;
  }

  bool StrangeFrom(size_t index, Context context) const {
    int cost = 0;
    size_t read = 0;
    for (; read < kWindow && page_[index + read] >= 0x80; ++read) {
      cost += language_.Read(context, page_[index + read]);
      if (read == 0 && cost < kStrangeFirst) return false;
    }
    return read >= kLeastRead &&
           cost >= kStrange * static_cast<int>(read) + kFewer * static_cast<int>(kWindow - read);
  }

  // Whether the characters that a run would have make sense, the first and the last left out.
  bool TailReads(size_t index) const {
    const auto run = RunAtLoss(page_, index, LostByte::kLead, tables_);
    if (!run) return false;
    Context context;
    int sum = 0, worst = 0, count = 0;
    const auto reads = [&] { return sum - worst <= kReads * (count - 1); };
    size_t stop = 0;
    for (size_t i = 1; static_cast<size_t>(count) < kLongestTail; ++i) {
      for (; stop < run->stops.size() && run->stops[stop].pairs <= i; ++stop) {
        if (static_cast<size_t>(count) < kLeastTail || reads()) return true;
      }
      if (i >= run->pairs.size() || stop == run->stops.size()) return false;
      const char32_t c = gbk::Decode(static_cast<uint8_t>(run->pairs[i - 1] & 0xFF),
                                     static_cast<uint8_t>(run->pairs[i] >> 8));
      const int cost = language_.Read(context, c);
      sum += cost;
      worst = std::max(worst, cost);
      ++count;
    }
    return reads();
  }

  const Page& page_;
  const Tables& tables_;
  const Language language_;
  size_t looked_ = 0;  // no run begins before
};

}  // namespace

bool WorthWalking(const Page& page, const Tables& tables, const MisspeltWords& misspelt) {
  CloserLook look(page, tables);
  return look.MayBeConverted(misspelt) || look.MayHoldRuns();
}

}  // namespace siku::refine
