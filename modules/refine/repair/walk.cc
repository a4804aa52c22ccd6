#include "repair/walk.h"

#include <algorithm>
#include <cmath>

#include "repair/destroyed.h"
#include "repair/lost_character.h"

namespace siku::refine {
namespace {

constexpr size_t kAhead = 3;
constexpr size_t kMostAlternatives = 4;
// A run must explain the page this much better than taking it as it stands, in tenths of a bit.
constexpr int kSavedOnDamagedPage = 100;
constexpr int kSavedElsewhere = 250;
constexpr size_t kPairsElsewhere = 3;
// No text reads cheaper than this a character: a stretch that costs little as it stands needs no
// search.
constexpr int kLeastCost = 25;
constexpr double kQuoted = 0.5;
// What is this much worse than the best that would do counts no more as its rival.
constexpr int kRivals = 100;
// Look-ups of the language model: some for every page, more for long ones.
constexpr int64_t kAllowance = 300'000;
constexpr int64_t kAllowancePerCharacter = 100;

// A tenth of a bit of the model counts as this many bits: it overstates differences. Measured on
// manuals and classics damaged for the purpose (docs/repair.md); less where nothing else on the
// page speaks of a converter, because then the run may be no run at all.
constexpr double kOnDamagedPage = 0.08;
constexpr double kElsewhere = 0.06;

// No run is more certain than this: the lost byte is not on the page.
constexpr double kSurestRun = 0.999;

// What a repair is worth at most whose best original may be wrong though no rival comes near.
constexpr double kDoubtful = 0.85;

// How sure the best is among all that fit.
template <class Fits>
double Posterior(const Fits& fits, double weight) {
  double sum = 0;
  for (const auto& fit : fits) sum += std::exp2(-weight * (fit.cost - fits.front().cost));
  return 1 / sum;
}

double SureOf(int lead) { return 1 - 1 / (1 + std::exp2(kOnDamagedPage * lead)); }

// Slipped bytes seldom give marks, and code is full of them.
bool WorthALook(const ShiftedRun& run) {
  const auto marks =
      static_cast<size_t>(std::count_if(run.pairs.begin(), run.pairs.end(), [](uint16_t pair) {
        return (pair >> 8) == 0xA3;  // full-width ASCII
      }));
  return run.pairs.size() >= kPairsElsewhere && marks * 2 <= run.pairs.size() + 1;
}

}  // namespace

Walk::Walk(const Page& page, const Tables& tables, const RepairOptions& options)
    : page_(page),
      language_(tables),
      tables_(tables),
      options_(options),
      evidence_(JudgePage(page, tables)),
      allowance_{AllowanceOf(page.size())} {}

int64_t Walk::AllowanceOf(size_t characters) {
  return kAllowance + kAllowancePerCharacter * static_cast<int64_t>(characters);
}

Repaired Walk::Run() {
  for (size_t i = 0; i < page_.size();) {
    size_t next = TakeDestroyed(i);
    if (next == i) next = TakeRun(i);
    if (next == i) next = TakeLost(i);
    if (next == i) next = TakeCharacter(i);
    i = next;
  }
  return std::move(repaired_);
}

bool Walk::On(Rule rule) const {
  switch (rule) {
    case Rule::kShiftedRun:
      return options_.shifted;
    case Rule::kStripAnnotation:
      return options_.annotated;
    case Rule::kRestoreReading:
      return options_.readings;
    case Rule::kSimplify:
      return options_.simplify;
    default:
      return false;
  }
}

void Walk::Add(size_t begin, size_t end, std::string after, Rule rule, double confidence,
               std::vector<std::string> alternatives) {
  if (!On(rule)) return;
  TextEdit edit{.begin = page_.at[begin],
                .end = page_.at[end],
                .after = std::move(after),
                .rule = rule,
                .confidence = confidence,
                .alternatives = std::move(alternatives)};
  if (edit.confidence >= options_.min_confidence) {
    repaired_.edits.push_back(std::move(edit));
    return;
  }
  const FlagKind kind = edit.confidence < 0.5 ? FlagKind::kUndecided : FlagKind::kProposed;
  repaired_.flags.push_back({.begin = page_.at[begin],
                             .end = page_.at[end],
                             .kind = kind,
                             .detail = RepairRules()[static_cast<size_t>(rule)].name,
                             .proposal = std::move(edit)});
}

std::vector<ModelId> Walk::Ahead(size_t index) const {
  std::vector<ModelId> ids;
  while (ids.size() < kAhead && index < page_.size()) {
    const char32_t c = page_[index];
    if (const auto reading = ReadingInBrackets(page_, index, tables_);
        reading && evidence_.found()) {
      index = reading->end;
      continue;
    }
    ++index;
    if (IsSpace(c)) continue;
    const auto forms = tables_.ToSimple(c);
    ids.push_back(tables_.Id(forms.empty() ? c : static_cast<char32_t>(forms[0])));
    if (c == U'\n') break;
  }
  return ids;
}

int Walk::CostAsItStands(size_t begin, size_t end) const {
  Context context = context_;
  int cost = 0;
  for (size_t i = begin; i < end; ++i) cost += language_.Read(context, page_[i]);
  return cost + language_.ReadIds(context, Ahead(end));
}

size_t Walk::TakeDestroyed(size_t index) {
  const auto destroyed = DestroyedAt(page_, index);
  if (!destroyed) return index;
  repaired_.flags.push_back({.begin = page_.at[index],
                             .end = page_.at[destroyed->end],
                             .kind = FlagKind::kDestroyed,
                             .detail = destroyed->reason,
                             .proposal = std::nullopt});
  context_ = {};
  return destroyed->end;
}

Walk::Explained Walk::BestRun(size_t index) {
  int needed = evidence_.found() ? kSavedOnDamagedPage : kSavedElsewhere;
  Explained best;
  for (ShiftedRun& run : RunsAt(page_, index, tables_)) {
    if (!evidence_.found() && !WorthALook(run)) continue;
    const int stands = CostAsItStands(run.begin, run.end);
    allowance_.left -= static_cast<int64_t>(run.end - run.begin);
    if (stands < needed + kLeastCost * static_cast<int>(run.pairs.size())) continue;
    auto originals = Originals(run, page_, context_, Ahead(run.end), evidence_, language_,
                               stands - needed + kRivals, allowance_);
    if (originals.empty()) continue;
    const int saved = stands - originals.front().cost;
    if (saved >= needed) {
      best = {std::move(run), std::move(originals), saved};
      needed = saved + 1;
    }
  }
  return best;
}

size_t Walk::TakeRun(size_t index) {
  if (page_[index] != U'?' || allowance_.left <= 0) return index;
  allowance_.left -= 1;
  Explained best = BestRun(index);
  if (best.originals.empty()) return index;
  double confidence = std::min(
      kSurestRun, Posterior(best.originals, evidence_.found() ? kOnDamagedPage : kElsewhere));
  if (!evidence_.found() && !ReadsThroughout(best)) confidence = std::min(confidence, kDoubtful);
  if (evidence_.quoted) confidence = std::min(confidence, kQuoted);
  const Context before = context_;
  std::vector<std::string> fits;
  for (const Original& original : best.originals) {
    if (fits.size() > kMostAlternatives) break;
    context_ = before;
    fits.push_back(ToUtf8(Simplified(original.text, best.run.end)));
  }
  context_ = before;
  Simplified(best.originals.front().text, best.run.end);
  std::string after = std::move(fits.front());
  fits.erase(fits.begin());
  size_t end = best.run.end;
  const bool torn = best.run.ascii == 0 && best.run.closing;
  if (torn && evidence_.spaced && page_[end] == U' ') ++end;
  const bool annotated = best.run.ascii != 0 && best.run.closing;
  // The reading is what tells how the run ends: it stays until the run is repaired.
  if (annotated && confidence < options_.min_confidence && On(Rule::kShiftedRun)) {
    end = AnnotationEnd(end, best.originals.front().text.back());
    Add(index, end, std::move(after), Rule::kShiftedRun, confidence, std::move(fits));
    return end;
  }
  Add(index, end, std::move(after), Rule::kShiftedRun, confidence, std::move(fits));
  return annotated ? TakeAnnotation(end, best.originals.front().text.back()) : end;
}

bool Walk::ReadsThroughout(const Explained& explained) const {
  constexpr int kStrange = 120, kFarAhead = 60;
  const auto& originals = explained.originals;
  if (originals.size() > 1 && originals[1].cost - originals[0].cost < kFarAhead) return false;
  Context context = context_;
  for (const char32_t c : originals.front().text) {
    if (language_.Read(context, c) > kStrange && IsHan(c)) return false;
  }
  return true;
}

std::u32string Walk::Simplified(std::u32string_view converted, size_t behind) {
  std::u32string out;
  const bool convert = options_.simplify && evidence_.found();
  for (size_t i = 0; i < converted.size(); ++i) {
    std::vector<ModelId> ahead;
    for (size_t next = i + 1; next < converted.size() && ahead.size() < kAhead; ++next) {
      const auto forms = tables_.ToSimple(converted[next]);
      ahead.push_back(tables_.Id(forms.empty() ? converted[next] : char32_t{forms[0]}));
    }
    for (const ModelId id : Ahead(behind)) {
      if (ahead.size() < kAhead) ahead.push_back(id);
    }
    const char32_t simple = language_.Simplify(context_, converted[i], ahead).character;
    context_.Push(tables_.Id(simple));
    out.push_back(convert ? simple : converted[i]);
  }
  return out;
}

size_t Walk::TakeLost(size_t index) {
  if (!evidence_.found()) return index;
  const auto lost = LostCharacterAt(page_, index, evidence_, tables_);
  if (!lost) return index;
  constexpr int kTooStrange = 160;
  const std::vector<ModelId> ahead = Ahead(lost->end);
  const auto fits = Restorations(*lost, context_, ahead, evidence_, language_);
  if (fits.empty() || fits.front().cost > language_.ReadIds(context_, ahead) + kTooStrange) {
    return index;
  }
  std::vector<std::string> alternatives;
  for (size_t i = 1; i < fits.size() && i <= kMostAlternatives; ++i) {
    alternatives.push_back(ToUtf8(std::u32string(1, fits[i].simple_form)));
  }
  double confidence = Posterior(fits, kElsewhere) * evidence_.confidence;
  if (Doubtful(fits)) confidence = std::min(confidence, kDoubtful);
  const char32_t put = options_.simplify ? fits[0].simple_form : fits[0].old_form;
  Add(index, lost->end, ToUtf8(std::u32string(1, put)), Rule::kRestoreReading, confidence,
      std::move(alternatives));
  context_.Push(tables_.Id(fits[0].simple_form));
  return lost->end;
}

size_t Walk::TakeCharacter(size_t index) {
  const char32_t c = page_[index];
  if (IsSpace(c)) return index + 1;
  const auto choice = tables_.ToSimple(c).empty()
                          ? Language::Choice{c, 0}
                          : language_.Simplify(context_, c, Ahead(index + 1));
  context_.Push(tables_.Id(choice.character));
  if (!evidence_.found()) return index + 1;
  if (choice.character != c) {
    Add(index, index + 1, ToUtf8(std::u32string(1, choice.character)), Rule::kSimplify,
        SureOf(choice.lead) * evidence_.confidence);
  }
  return IsHan(c) ? TakeAnnotation(index + 1, c) : index + 1;
}

size_t Walk::AnnotationEnd(size_t index, char32_t annotated) const {
  const auto found = ReadingInBrackets(page_, index, tables_);
  if (!found || !ReadsAs(tables_, annotated, found->reading)) return index;
  if (!evidence_.at_random && tables_.ToSimple(annotated).empty()) return index;
  return evidence_.spaced && page_[found->end] == U' ' ? found->end + 1 : found->end;
}

size_t Walk::TakeAnnotation(size_t index, char32_t annotated) {
  const size_t end = AnnotationEnd(index, annotated);
  if (end != index) Add(index, end, "", Rule::kStripAnnotation, evidence_.confidence);
  return end;
}

}  // namespace siku::refine
