// What the walk does about shifted runs: where one may begin, how much it explains, what it gives.
#include <algorithm>
#include <cmath>
#include <utility>

#include "repair/posterior.h"
#include "repair/scan.h"
#include "repair/walk.h"
#include "siku/encoding.h"

namespace siku::refine {
namespace {

// A run must explain the page this much better than taking it as it stands, in tenths of a bit.
constexpr int kSavedOnDamagedPage = 40;
constexpr int kSavedElsewhere = 180;
constexpr size_t kPairsElsewhere = 2;
// One that begins with a lost byte, where the reading of its last character is known.
constexpr int kSavedByLoss = 140;
constexpr int kSavedByLossOnDamagedPage = 150;
// Dropped pairs, found on a second look, may save so much more.
constexpr int kSavedByDropped = 80;
// No text reads cheaper than this a character: a stretch that costs little as it stands needs no
// search.
constexpr int kLeastCost = 25;
// A letter that carries the reading of a Chinese character can only be the end of a run.
constexpr int kLetterWithReading = 150;
constexpr double kQuoted = 0.5;
// What a run is worth at most whose best original may be wrong though no rival comes near.
constexpr double kDoubtful = 0.85;

// A tenth of a bit of the model counts as this many bits.
constexpr double kRun = 0.1;
// A run of which one character may be another is as sure as this beyond being right as a whole.
constexpr double kOneOff = 0.35;
// No run is more certain than this: the lost byte is not on the page.
constexpr double kSurestRun = 0.999;

// The share of characters of the best original that is right, as far as the others tell.
double ExpectedShare(const std::vector<Original>& originals) {
  const std::u32string& best = originals.front().text;
  double sum = 0, right = 0;
  for (const Original& original : originals) {
    const double weight = std::exp2(-kRun * (original.cost - originals.front().cost));
    const std::u32string& text = original.text;
    const size_t shorter = std::min(best.size(), text.size());
    const auto head =
        std::mismatch(best.begin(), best.begin() + static_cast<ptrdiff_t>(shorter), text.begin())
            .first -
        best.begin();
    size_t same = static_cast<size_t>(head);
    for (size_t i = 1; same + 1 <= shorter && best[best.size() - i] == text[text.size() - i]; ++i) {
      ++same;
    }
    // What differs lies between the first and the last difference; within it, place by place.
    if (best.size() == text.size()) {
      same = 0;
      for (size_t i = 0; i < best.size(); ++i) same += best[i] == text[i] ? 1 : 0;
    }
    sum += weight;
    right += weight * static_cast<double>(same) / static_cast<double>(best.size());
  }
  return right / sum;
}

}  // namespace

AsItStands Walk::ReadAsItStands(const ShiftedRun& run,
                                const std::vector<std::vector<ModelId>>& ahead) {
  // A torn end takes the reading behind it along, past stops that come after it.
  size_t end = 0;
  for (const RunStop& stop : run.stops) end = std::max(end, stop.end);
  allowance_.left -= static_cast<int64_t>(end - run.begin);
  AsItStands stands;
  std::vector<Context> behind;
  Context context = context_;
  int cost = 0;
  for (size_t i = run.begin;; ++i) {
    stands.cost.push_back(cost);
    behind.push_back(context);
    if (i == end) break;
    cost += language_.ReadApart(context, page_[i]);
  }
  for (size_t i = 0; i < run.stops.size(); ++i) {
    const RunStop& stop = run.stops[i];
    const size_t read = stop.end - run.begin;
    const bool letter = stop.closing && stop.kind == InStep::kAsciiTrail;
    stands.at_stop.push_back(stands.cost[read] + language_.ReadIds(behind[read], ahead[i]) +
                             (letter && evidence_.found() ? kLetterWithReading : 0));
  }
  return stands;
}

std::optional<Walk::Found> Walk::Explain(std::optional<ShiftedRun> run, int needed, Effort effort) {
  if (!run || !TailReads(*run, language_)) return std::nullopt;
  LearnPage();
  std::vector<std::vector<ModelId>> ahead;
  for (const RunStop& stop : run->stops) ahead.push_back(Ahead(stop.end));
  const AsItStands stands = ReadAsItStands(*run, ahead);
  if (*std::max_element(stands.at_stop.begin(), stands.at_stop.end()) < needed + kLeastCost) {
    return std::nullopt;
  }
  auto explained = refine::Explain(*run, {page_, evidence_, language_, whole_}, context_, stands,
                                   ahead, needed, effort, allowance_);
  if (!explained) return std::nullopt;
  return Found{*std::move(run), *std::move(explained)};
}

bool Walk::MayBeginAt(size_t index) {
  if (evidence_.found()) return true;
  for (next_rare_ = std::max(next_rare_, index); next_rare_ < page_.size(); ++next_rare_) {
    if (IsRare(page_[next_rare_])) break;
  }
  if (next_rare_ < index + RunBounds::kNearRare) return true;
  const auto tears = [&](size_t at) { return page_[at] == U'?' && page_[at - 1] >= 0x80; };
  for (next_question_ = std::max(next_question_, index + 1); next_question_ < page_.size();
       ++next_question_) {
    if (tears(next_question_)) break;
  }
  return next_question_ < std::min(page_.size(), index + RunBounds::kNearQuestion);
}

bool Walk::EndsSoonBehind(size_t index) {
  if (!evidence_.found()) return false;
  constexpr size_t kFar = 24;
  for (next_end_ = std::max(next_end_, index + 1); next_end_ < page_.size(); ++next_end_) {
    const char32_t c = page_[next_end_];
    if (c >= 0x40 && c < 0x7F && page_[next_end_ - 1] >= 0x80 &&
        ReadingInBrackets(page_, next_end_ + 1, tables_)) {
      break;
    }
  }
  if (next_end_ >= std::min(page_.size(), index + kFar)) return false;
  // Where a "?" stands before it, the run begins there.
  return page_.characters.find(U'?', index) > next_end_;
}

bool Walk::StrangeFrom(size_t index) {
  constexpr size_t kWindow = RunBounds::kWindow;
  constexpr int kStrange = RunBounds::kStrange;
  Context context = context_;
  int cost = 0;
  size_t read = 0;
  for (; read < kWindow && page_[index + read] >= 0x80; ++read) {
    cost += language_.ReadApart(context, page_[index + read]);
    if (read == 0 && cost < RunBounds::kStrangeFirst) return false;
  }
  // A narrowed letter: what is strange goes on behind it.
  const char32_t behind = page_[index + read];
  if (evidence_.found() && read == 1 && behind >= 0x40 && behind < 0x7F) return cost >= kStrange;
  allowance_.left -= kWindow;
  // The fewer there are, the stranger.
  return read >= RunBounds::kLeastRead &&
         cost >= kStrange * static_cast<int>(read) +
                     RunBounds::kFewer * static_cast<int>(kWindow - read);
}

std::optional<Walk::Found> Walk::ExplainFully(std::optional<ShiftedRun> run, int needed) {
  if (!run) return std::nullopt;
  // In a short one a single dropped pair hides everything.
  constexpr size_t kShort = 4;
  if (run->stops.front().pairs > kShort) {
    auto plain = Explain(run, needed - kSavedByDropped, Effort::kSaved);
    if (!plain) return plain;
  }
  return Explain(std::move(run), needed, Effort::kDropped);
}

bool Walk::ReadsWell(const Explained& explained) const {
  const int strange = evidence_.found() && !evidence_.annotated.empty() ? 185 : 145;
  Context context = context_;
  const std::u32string& text = explained.originals.front().text;
  return std::all_of(text.begin(), text.end(),
                     [&](char32_t c) { return language_.Read(context, c) <= strange; });
}

Walk::Loss Walk::LossAt(size_t index, int needed) {
  Loss best{.lost = LostByte::kLead, .saved = needed - kSavedByDropped};
  for (const LostByte lost : {LostByte::kLead, LostByte::kTrail}) {
    const auto found =
        Explain(RunAtLoss(page_, index, lost, tables_), best.saved + 1, Effort::kSaved);
    if (found) best = {lost, found->explained.saved};
  }
  return best;
}

std::optional<Walk::Found> Walk::BestRun(size_t index) {
  const bool damaged = evidence_.found() && !evidence_.annotated.empty();
  const int needed = damaged ? kSavedOnDamagedPage : kSavedElsewhere;
  const bool lost = page_[index] != U'?';
  std::optional<Found> found;
  if (!lost) {
    found = ExplainFully(RunAtQuestion(page_, index, 1, tables_), needed);
    // The byte that was put in may show as one more.
    auto twice = ExplainFully(RunAtQuestion(page_, index, 2, tables_),
                              found ? found->explained.saved + 1 : needed);
    if (twice) found = std::move(twice);
  } else if (MayBeginAt(index) && (StrangeFrom(index) || EndsSoonBehind(index))) {
    const Loss loss = LossAt(index, kSavedByLoss);
    if (loss.saved <= kSavedByLoss - kSavedByDropped || SoundAt(index, loss.saved)) {
      return std::nullopt;
    }
    found = Explain(RunAtLoss(page_, index, loss.lost, tables_), kSavedByLoss, Effort::kDropped);
    if (found) AddRivals(index, loss.lost, found->explained);
    // Sound text is read otherwise more easily where no "?" and no reading speaks of a run.
    const int least = damaged ? kSavedByLossOnDamagedPage : kSavedElsewhere;
    if (found && found->explained.saved < least && !found->explained.stop.closing) {
      return std::nullopt;
    }
  }
  if (found && !Convinces(found->explained, damaged, lost)) return std::nullopt;
  return found;
}

void Walk::AddRivals(size_t index, LostByte lost, Explained& explained) {
  constexpr int kNear = 80;
  const LostByte other = lost == LostByte::kLead ? LostByte::kTrail : LostByte::kLead;
  const auto rival =
      Explain(RunAtLoss(page_, index, other, tables_), explained.saved - kNear, Effort::kPlain);
  if (!rival || rival->explained.stop.end != explained.stop.end) return;
  auto& originals = explained.originals;
  originals.insert(originals.end(), rival->explained.originals.begin(),
                   rival->explained.originals.end());
  std::stable_sort(originals.begin(), originals.end(),
                   [](const Original& a, const Original& b) { return a.cost < b.cost; });
}

bool Walk::Convinces(const Explained& explained, bool damaged, bool lost) const {
  // Running text costs some 7 bits a character.
  constexpr int kRunningText = 95;
  const Original& best = explained.originals.front();
  const RunStop& stop = explained.stop;
  if (damaged) return !lost || stop.all_pairs() >= kPairsElsewhere || stop.closing;
  const auto han = static_cast<size_t>(std::count_if(best.text.begin(), best.text.end(), IsHan));
  const size_t read = best.text.size() + Ahead(stop.end).size();
  // Rare words with a letter among them look like short ones.
  constexpr size_t kShort = 4;
  constexpr int kSavedByShort = 240;
  const bool little = (lost && stop.kind != InStep::kTorn && stop.pairs < kShort) || han < 2;
  if (little && explained.saved < kSavedByShort) return false;
  return stop.pairs >= kPairsElsewhere && han >= 1 &&
         best.cost <= kRunningText * static_cast<int>(read);
}

bool Walk::SoundAt(size_t index, int saved) {
  constexpr size_t kSound = 3;
  const Context before = context_;
  bool sound = false;
  for (size_t i = index; i < index + kSound && page_[i] >= 0x80 && !sound; ++i) {
    language_.Read(context_, page_[i]);
    const auto behind = Explain(RunAtQuestion(page_, i + 1, 1, tables_), saved + 1, Effort::kPlain);
    sound = behind || LossAt(i + 1, saved + kSavedByDropped).saved > saved;
  }
  context_ = before;
  return sound;
}

size_t Walk::TakeRun(size_t index) {
  if (allowance_.left <= 0) return index;
  if (page_[index] != U'?' && gbk::Encode(page_[index]) == 0) return index;
  auto found = BestRun(index);
  if (!found) return index;
  const Explained& best = found->explained;
  const bool damaged = evidence_.found();
  double confidence = std::min({kSurestRun, ExpectedShare(best.originals),
                                Posterior(best.originals, kRun) + (damaged ? kOneOff : 0)});
  if (evidence_.quoted) confidence = std::min(confidence, kQuoted);
  // Whatever it says, it is a run.
  constexpr double kLikely = 0.7;
  constexpr int kCertainlySaved = 280;
  // A lost byte may have got lost anywhere; a byte put before a mark, or a word that only
  // converters spell so, is the work of one.
  slipped_ |= confidence >= kLikely && best.saved >= kCertainlySaved && !evidence_.well_spelt &&
              (page_[index] == U'?' || evidence_.misspelt);
  // A dropped pair that was not found leaves a character that does not fit.
  if (!damaged && !ReadsWell(best)) confidence = std::min(confidence, kDoubtful);
  const Context before = context_;
  std::vector<std::string> fits;
  for (const Original& original : best.originals) {
    if (fits.size() > kMostAlternatives) break;
    context_ = before;
    fits.push_back(ToUtf8(Simplified(original.text, best.stop.end)));
  }
  context_ = before;
  Simplified(best.originals.front().text, best.stop.end);
  const char eaten = EatenAt(best);
  if (eaten != 0) {
    for (std::string& fit : fits) fit += eaten;
  }
  std::string after = std::move(fits.front());
  fits.erase(fits.begin());
  size_t end = best.stop.end;
  const bool torn = best.stop.kind == InStep::kTorn && best.stop.closing;
  if (torn && evidence_.spaced && page_[end] == U' ') ++end;
  const bool annotated = best.stop.kind == InStep::kAsciiTrail && best.stop.closing;
  // The reading is what tells how the run ends: it stays until the run is repaired.
  if (annotated && confidence < options_.min_confidence && On(Rule::kShiftedRun)) {
    end = AnnotationEnd(end, best.originals.front().text.back());
    Add(index, end, std::move(after), Rule::kShiftedRun, confidence, std::move(fits));
    return end;
  }
  Add(index, end, std::move(after), Rule::kShiftedRun, confidence, std::move(fits));
  return annotated ? TakeAnnotation(end, best.originals.front().text.back()) : end;
}

char Walk::EatenAt(const Explained& explained) const {
  const RunStop& stop = explained.stop;
  if (stop.kind != InStep::kTorn || stop.closing) return 0;
  const char32_t behind = page_[stop.end];
  const uint16_t last = gbk::Encode(explained.originals.front().text.back());
  // 80 is no lead byte: it shows as "?" by itself.
  if ((last & 0xFF) == 0x80 || IsSpace(behind)) return 0;
  if (const char open = OpenBefore(stop.end); open != 0) return open;
  if (behind >= 0x80 || behind == U'\n') return 0;
  size_t spaced = 0, close = 0;
  for (size_t i = 0; i + 2 < page_.size(); ++i) {
    if (!IsHan(page_[i])) continue;
    if (IsAsciiWord(page_[i + 1])) ++close;
    if (page_[i + 1] == U' ' && IsAsciiWord(page_[i + 2])) ++spaced;
  }
  return spaced > 2 * close ? ' ' : 0;
}

char Walk::OpenBefore(size_t end) const {
  // What is closed behind was not closed by the byte that is gone.
  for (size_t i = end; page_[i] != U'\n' && page_[i] != U'('; ++i) {
    if (page_[i] == U')') return 0;
  }
  for (size_t i = end; i > 0 && page_[i - 1] != U'\n' && page_[i - 1] != U')'; --i) {
    if (page_[i - 1] == U'(') return ')';
  }
  return 0;
}

}  // namespace siku::refine
