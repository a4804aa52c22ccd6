#include "repair/walk.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "repair/destroyed.h"
#include "repair/lost_character.h"
#include "repair/posterior.h"

namespace siku::refine {
namespace {

constexpr size_t kAhead = 3;
// Look-ups of the language model: some for every page, more for long ones.
constexpr int64_t kAllowance = 600'000;
constexpr int64_t kAllowancePerCharacter = 30;

// A tenth of a bit of the model counts as this many bits: it overstates differences. Measured on
// manuals and classics damaged for the purpose (docs/repair.md).
constexpr double kForm = 0.25;
constexpr double kLost = 0.1;
// That a converter made a traditional page in which bytes of GBK slipped.
constexpr double kSlipped = 0.95;

bool IsDigit(char32_t c) { return c >= '0' && c <= '9'; }

bool IsMark(char32_t c) {
  constexpr std::u32string_view kMarks = U",;:!?()";
  return kMarks.find(c) != std::u32string_view::npos;
}

// What may be damaged itself is no witness; it is not where the page says it again and no character
// of it is rare.
void ForgetStrange(std::vector<ModelId>& ids, const std::vector<int>& costs, const Tables& tables) {
  constexpr int kStrange = 110, kRare = 160;
  const auto strange = [&](size_t i) {
    return costs[i - 1] + costs[i] + costs[i + 1] >= 3 * kStrange;
  };
  const auto rare = [&](ModelId id) { return id == 0 || tables.UnigramCost(id) > kRare; };
  const auto said = [&](size_t i) {
    return uint64_t{ids[i - 1]} << 32 | uint64_t{ids[i]} << 16 | ids[i + 1];
  };
  std::vector<std::pair<uint64_t, size_t>> found;
  for (size_t i = 1; i + 1 < costs.size(); ++i) {
    if (strange(i)) found.emplace_back(said(i), i);
  }
  std::sort(found.begin(), found.end());
  for (size_t i = 0; i < found.size(); ++i) {
    const bool again = (i > 0 && found[i - 1].first == found[i].first) ||
                       (i + 1 < found.size() && found[i + 1].first == found[i].first);
    const size_t at = found[i].second;
    if (again && !rare(ids[at - 1]) && !rare(ids[at]) && !rare(ids[at + 1])) continue;
    ids[at - 1] = ids[at] = ids[at + 1] = kModelBorder;
  }
}

double SureOf(int lead) { return 1 - 1 / (1 + std::exp2(kForm * lead)); }

}  // namespace

Walk::Walk(const Page& page, Evidence evidence, const Tables& tables, const RepairOptions& options)
    : page_(page),
      language_(tables),
      tables_(tables),
      whole_(tables),
      options_(options),
      evidence_(std::move(evidence)),
      allowance_{AllowanceOf(page.size())} {}

int64_t Walk::AllowanceOf(size_t characters) {
  return kAllowance + kAllowancePerCharacter * static_cast<int64_t>(characters);
}

Repaired Walk::Run() {
  Repaired found = Once();
  // Bytes of GBK that slipped in a traditional page: it came through a converter.
  if (evidence_.script != Evidence::Script::kTraditional || evidence_.found() || evidence_.quoted) {
    return found;
  }
  if (!slipped_) return found;
  next_rare_ = next_question_ = next_end_ = 0;
  evidence_.confidence = kSlipped;
  context_ = {};
  repaired_ = {};
  return Once();
}

Repaired Walk::Once() {
  for (size_t i = 0; i < page_.size();) {
    // A row of "?" may also be the begin of a run, with a narrowed mark.
    const bool row = page_[i] == U'?' && evidence_.found();
    size_t next = row ? TakeRun(i) : i;
    if (next == i) next = TakeDestroyed(i);
    if (next == i && !row) next = TakeRun(i);
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
    // What stands before Latin letters and signs is open.
    if (c > U' ' && c < 0x80 && !IsMark(c) && !IsDigit(c)) break;
    const auto forms = tables_.ToSimple(c);
    ids.push_back(tables_.Id(forms.empty() ? c : static_cast<char32_t>(forms[0])));
    if (c == U'\n') break;
  }
  return ids;
}

void Walk::LearnPage() {
  if (std::exchange(learnt_, true)) return;
  std::vector<ModelId> ids;
  std::vector<int> costs;
  Context context;
  for (size_t i = 0; i < page_.size(); ++i) {
    if (IsSpace(page_[i])) continue;
    if (evidence_.found()) {
      if (const auto reading = ReadingInBrackets(page_, i, tables_)) {
        i = reading->end - 1;
        continue;
      }
    }
    const Context before = context;
    costs.push_back(language_.Read(context, page_[i]));
    ids.push_back(context.last);
    if (!evidence_.found() || tables_.ToSimple(page_[i]).size() < 2) continue;
    // Once learnt, a guess would speak for itself wherever the same words come again.
    constexpr int kNoGuess = 40;
    const auto choice = language_.Simplify(before, page_[i], Ahead(i + 1));
    context = before;
    context.Push(tables_.Id(choice.character));
    ids.back() = choice.lead < kNoGuess ? ModelId{0} : context.last;
  }
  ForgetStrange(ids, costs, tables_);
  language_.Learn(ids);
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
  const auto lost = LostCharacterAt(page_, index, evidence_.spaced, tables_);
  if (!lost) return index;
  constexpr int kTooStrange = 120;
  LearnPage();
  const std::vector<ModelId> ahead = Ahead(lost->end);
  const auto fits = Restorations(*lost, context_, ahead, evidence_, language_);
  if (fits.empty() || fits.front().cost > language_.ReadIds(context_, ahead) + kTooStrange) {
    return index;
  }
  std::vector<std::string> alternatives;
  for (size_t i = 1; i < fits.size() && i <= kMostAlternatives; ++i) {
    alternatives.push_back(ToUtf8(std::u32string(1, fits[i].simple_form)));
  }
  const double confidence = Posterior(fits, kLost) * evidence_.confidence;
  const char32_t put = options_.simplify ? fits[0].simple_form : fits[0].old_form;
  Add(index, lost->end, ToUtf8(std::u32string(1, put)), Rule::kRestoreReading, confidence,
      std::move(alternatives));
  context_.Push(tables_.Id(fits[0].simple_form));
  return lost->end;
}

size_t Walk::TakeCharacter(size_t index) {
  const char32_t c = page_[index];
  if (IsSpace(c)) return index + 1;
  const auto forms = tables_.ToSimple(c);
  // The words of the page help to choose, whether or not a search has asked for them before.
  if (forms.size() > 1 && evidence_.found()) LearnPage();
  const auto ahead = forms.size() > 1 ? Ahead(index + 1) : std::vector<ModelId>{};
  const auto choice = language_.Simplify(context_, c, ahead);
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
