#include "repair/decoding/decoding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "repair/decoding/lines.h"
#include "repair/decoding/quotation.h"
#include "repair/decoding/verdict.h"
#include "repair/scan.h"

namespace siku::refine {
namespace {

constexpr size_t kAhead = 3;
constexpr size_t kMostAlternatives = 4;
// Bits that a tenth of a bit of the model counts for: it overstates differences.
constexpr double kWeight = 0.08;
// Between the text as it stands and the text decoded again.
constexpr double kGainWeight = 0.02;
constexpr double kUndecided = 0.5;
// A rare character that the language chose, and what is rarer than common ones: tenths of a bit.
constexpr double kChosen = 0.85;
constexpr int kRarestCommon = 150;
// What the search for lost bytes may spend: some for every line and way to read it, more for all.
constexpr int64_t kSteps = 100'000, kStepsPerCharacter = 100;
constexpr int64_t kLineSteps = 1'000, kLineStepsPerCharacter = 30;

// UTF-8 read as Big5 is none of them: every other byte is lost.
constexpr std::array<Hypothesis, 8> kHypotheses = {{
    {Wrong::kLatin, Right::kUtf8},
    {Wrong::kLatin, Right::kUtf8, true},
    {Wrong::kLatin, Right::kGbk},
    {Wrong::kCp874, Right::kUtf8},
    {Wrong::kGb18030, Right::kUtf8},
    {Wrong::kGbk, Right::kUtf8},
    {Wrong::kGb18030, Right::kBig5},
    {Wrong::kBig5, Right::kGbk},
}};

class Decoding {
 public:
  Decoding(std::string_view text, const Tables& tables, const RepairOptions& options)
      : page_(text), language_(tables), options_(options), lines_(LinesOf(page_)) {
    for (const Line& line : lines_) shows_loss_ |= line.signs.broken > 0;
    shows_unset_ = std::any_of(page_.characters.begin(), page_.characters.end(),
                               [](char32_t c) { return c >= 0xE000 && c <= 0xF8FF; });
    shows_open_ = std::any_of(page_.characters.begin(), page_.characters.end(), [](char32_t c) {
      return c >= 0x80 && c < 0xA0 && MayBeLost(static_cast<uint8_t>(c), 0, Wrong::kLatin);
    });
  }

  Repaired Run() {
    found_.resize(lines_.size());
    const size_t sure = Explore();
    JudgeScript();
    if (sure < kHypotheses.size()) Follow(kHypotheses[sure]);
    CapQuotations(page_, lines_, found_);
    CapSamples(page_, lines_, found_);
    allowance_.steps = kSteps + kStepsPerCharacter * static_cast<int64_t>(page_.size());
    for (auto& found : found_) {
      for (Found& one : found) {
        Rank(one);
        if (TakesMark(one)) DoubtLast(one);
        Add(one);
      }
    }
    return std::move(repaired_);
  }

 private:
  // A cheap look at whether a search is worth while.
  bool WorthTrying(const Hypothesis& hypothesis, const Line& line) const {
    if (!line.signs.Fit(hypothesis, 2)) return false;
    if (InPairs(hypothesis.wrong) && line.dense_end == 0) return false;
    if (hypothesis.right == Right::kUtf8) {
      return line.signs.broken > 0 ||
             CountValid(page_, line, hypothesis.wrong) >= (InPairs(hypothesis.wrong) ? 3 : 2);
    }
    return InPairs(hypothesis.wrong) ? ReadsBetter(hypothesis, line) : HasRunOfLetters(page_, line);
  }

  // Whether a part of the line around rare characters does.
  bool ReadsBetter(const Hypothesis& hypothesis, const Line& line) const {
    const auto number = static_cast<size_t>(&line - lines_.data());
    size_t next = line.dense_begin;
    for (size_t windows = 0; windows < kMostWindows && next < line.dense_end; ++windows) {
      const size_t begin = std::max(line.begin + kWindowMargin, next) - kWindowMargin;
      const size_t end = std::min(line.end, next + kWindow);
      const std::vector<Item> items = ItemsOf(page_, begin, end, hypothesis.wrong);
      TrellisAllowance allowance{kLineSteps};
      Trellis trellis(page_, items, language_,
                      {.wrong = hypothesis.wrong, .right = hypothesis.right}, allowance);
      for (DecodedStretch& stretch : trellis.Run()) {
        Trim(items, stretch);
        if (stretch.cells.empty()) continue;
        const Found found = Judged(items, std::move(stretch), number);
        if (found.wide >= 3 && found.gain >= 40 * static_cast<int>(found.wide)) return true;
      }
      next = end;
      while (next < line.dense_end && !IsRare(page_[next])) ++next;
    }
    return false;
  }

  // Each line by itself. The hypothesis that explains much of the text, if there is one.
  size_t Explore() {
    std::array<int, kHypotheses.size()> wide{};
    for (size_t i = 0; i < lines_.size(); ++i) {
      size_t best = ExploreStrictly(i);
      if (best == kHypotheses.size()) best = ExploreLine(i);
      if (best == kHypotheses.size()) continue;
      for (const Found& one : found_[i]) wide[best] += static_cast<int>(one.wide);
      if (wide[best] >= kPlenty) return best;
    }
    const auto most = std::max_element(wide.begin(), wide.end());
    return *most >= kEnough ? static_cast<size_t>(most - wide.begin()) : kHypotheses.size();
  }

  // A line that is UTF-8 from end to end.
  size_t ExploreStrictly(size_t line) {
    for (size_t h = 0; h < kHypotheses.size(); ++h) {
      if (kHypotheses[h].right != Right::kUtf8 || !lines_[line].signs.Fit(kHypotheses[h], 2))
        continue;
      auto found = Strictly(kHypotheses[h], line);
      if (!found || found->wide < kManyValid ||
          !Convincing(std::span(&*found, 1), kHypotheses[h])) {
        continue;
      }
      found_[line].push_back(*std::move(found));
      return h;
    }
    return kHypotheses.size();
  }

  size_t ExploreLine(size_t line) {
    int best_gain = 0;
    size_t best = kHypotheses.size();
    for (size_t h = 0; h < kHypotheses.size(); ++h) {
      if (!WorthTrying(kHypotheses[h], lines_[line])) continue;
      std::vector<Found> found = Try(kHypotheses[h], line, {});
      std::erase_if(found, [](const Found& one) { return one.gain <= 0; });
      if (!Convincing(found, kHypotheses[h])) continue;
      const int gain = Gain(found);
      if (gain <= best_gain) continue;
      best_gain = gain;
      best = h;
      // What lost bytes may fit another hypothesis better.
      const bool all = Covers(page_, lines_[line], found) && !HasGaps(found);
      found_[line] = std::move(found);
      if (all) break;
    }
    return best;
  }

  static bool HasGap(const Found& found) {
    return std::any_of(found.cells.begin(), found.cells.end(),
                       [](const Cell& cell) { return cell.gap; });
  }

  static bool HasGaps(const std::vector<Found>& found) {
    return std::any_of(found.begin(), found.end(), HasGap);
  }

  static int Gain(const std::vector<Found>& found) {
    int gain = 0;
    for (const Found& one : found) gain += one.gain;
    return gain;
  }

  // The whole text by one hypothesis, with less evidence asked of each line.
  void Follow(const Hypothesis& hypothesis) {
    allowance_.steps = kSteps + kStepsPerCharacter * static_cast<int64_t>(page_.size());
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (!lines_[i].signs.Fit(hypothesis, 1)) continue;
      if (hypothesis.right == Right::kUtf8) {
        if (auto found = Strictly(hypothesis, i); found && found->gain > 0) {
          found_[i].clear();
          found_[i].push_back(*std::move(found));
          continue;
        }
      }
      std::vector<Found> found = FollowLine(hypothesis, i);
      if (!found.empty()) found_[i] = std::move(found);
    }
  }

  std::vector<Found> FollowLine(const Hypothesis& hypothesis, size_t line) {
    std::vector<Found> found = Try(hypothesis, line, {.known = true});
    const bool pairs = hypothesis.wrong == Wrong::kGbk || hypothesis.wrong == Wrong::kBig5;
    if (pairs && lines_[line].signs.broken > 0 && !Covers(page_, lines_[line], found)) {
      std::vector<Found> other = Try(hypothesis, line, {.known = true, .pairs = true});
      if (Gain(other) > Gain(found)) found = std::move(other);
    }
    if (!Covers(page_, lines_[line], found)) {
      const bool dropped =
          std::any_of(found.begin(), found.end(), [](const Found& one) { return one.dropped; });
      if (dropped && found_[line].empty()) {
        found = Try(hypothesis, line, {.known = true, .drops = false});
      }
      std::erase_if(found, [&](const Found& one) { return !Likely(one, hypothesis); });
    }
    std::erase_if(found, [](const Found& one) { return one.gain <= 0; });
    return found;
  }

  // The line as UTF-8 without a byte lost, judged by its beginning.
  std::optional<Found> Strictly(const Hypothesis& hypothesis, size_t line) const {
    auto found = DecodedStrictly(Items(hypothesis, line), lines_[line]);
    if (!found) return std::nullopt;
    found->line = line;
    found->hypothesis = &hypothesis;
    if (Impossible(page_, *found, hypothesis)) return std::nullopt;
    Judge(*found, kSample);
    return found;
  }

  // By what has been decoded without loss.
  void JudgeScript() {
    size_t simplified = 0, traditional = 0;
    for (const auto& found : found_) {
      for (const Found& one : found) {
        for (const Cell& cell : one.cells) {
          if (cell.gap) continue;
          for (const char32_t c : cell.text) {
            simplified += language_.tables().ToOld(c).empty() ? 0 : 1;
            traditional += language_.tables().ToSimple(c).empty() ? 0 : 1;
          }
        }
      }
    }
    using Script = TrellisChoice::Script;
    if (simplified > 4 * traditional + 4) script_ = Script::kSimplified;
    if (traditional > 4 * simplified + 4) script_ = Script::kTraditional;
  }

  std::vector<Found> Try(const Hypothesis& hypothesis, size_t line, TrellisChoice choice) {
    TrellisAllowance for_line{kLineSteps +
                              kLineStepsPerCharacter *
                                  static_cast<int64_t>(lines_[line].end - lines_[line].begin)};
    const std::vector<Item> items = Items(hypothesis, line);
    choice.wrong = hypothesis.wrong;
    choice.right = hypothesis.right;
    if (choice.known) choice.script = script_;
    choice.drops &= MayDrop(hypothesis);
    Trellis trellis(page_, items, language_, choice, choice.known ? allowance_ : for_line);
    std::vector<Found> found;
    for (DecodedStretch& stretch : trellis.Run()) {
      Trim(items, stretch);
      if (stretch.cells.empty()) continue;
      found.push_back(Judged(items, std::move(stretch), line));
      found.back().hypothesis = &hypothesis;
      found.back().pairs = choice.pairs;
      if ((InPairs(hypothesis.wrong) && MostlyGaps(found.back())) ||
          Impossible(page_, found.back(), hypothesis)) {
        found.pop_back();
      }
    }
    return found;
  }

  // A decoder that shows U+FFFD drops nothing, nor does one that shows what the code page leaves
  // open.
  bool MayDrop(const Hypothesis& hypothesis) const {
    if (hypothesis.wrong == Wrong::kLatin && shows_open_) return false;
    return !shows_loss_ || hypothesis.twice;
  }

  std::vector<Item> Items(const Hypothesis& hypothesis, size_t line) const {
    const Line& all = lines_[line];
    return hypothesis.twice ? TwiceDecodedItems(page_, all.begin, all.end)
                            : ItemsOf(page_, all.begin, all.end, hypothesis.wrong);
  }

  bool Unchanged(const std::vector<Item>& items, const Cell& cell) const {
    return cell.first < cell.last &&
           Standing(items[cell.first].begin, items[cell.last - 1].end) == cell.text;
  }

  void Trim(const std::vector<Item>& items, DecodedStretch& stretch) const {
    auto& cells = stretch.cells;
    while (!cells.empty() && Unchanged(items, cells.back())) cells.pop_back();
    const auto first = std::find_if(cells.begin(), cells.end(),
                                    [&](const Cell& cell) { return !Unchanged(items, cell); });
    cells.erase(cells.begin(), first);
    if (cells.empty()) return;
    stretch.first = cells.front().first;
    stretch.last = cells.back().last;
  }

  std::u32string_view Standing(size_t begin, size_t end) const {
    return std::u32string_view(page_.characters).substr(begin, end - begin);
  }

  Context Before(size_t begin, size_t line) const {
    Context context;
    size_t from = begin;
    for (size_t seen = 0; from > lines_[line].begin && seen < 2; --from) {
      seen += IsSpace(page_[from - 1]) ? 0 : 1;
    }
    for (size_t i = from; i < begin; ++i) language_.Read(context, page_[i]);
    return context;
  }

  int CostOfDecoded(Context& context, std::u32string_view text) const {
    int cost = 0;
    for (const char32_t c : text) cost += DecodedCost(language_, context, c);
    return cost;
  }

  int CostOfStanding(Context& context, size_t begin, size_t end) const {
    int cost = 0;
    for (size_t i = begin; i < end; ++i) {
      cost += SoundCost(language_, context, page_[i]);
    }
    return cost;
  }

  // What follows the stretch, in the light of what is before.
  int CostBehind(Context context, size_t behind, size_t line) const {
    return CostOfStanding(context, behind, std::min(lines_[line].end, behind + kAhead));
  }

  Found Judged(const std::vector<Item>& items, DecodedStretch stretch, size_t line) const {
    Found found{
        .begin = items[stretch.first].begin, .end = items[stretch.last - 1].end, .line = line};
    for (const Cell& cell : stretch.cells) {
      found.after += cell.text;
      found.dropped |= cell.dropped;
    }
    Judge(found, std::u32string::npos);
    found.cells = std::move(stretch.cells);
    return found;
  }

  // By the first so many characters; the rest counts for as much.
  void Judge(Found& found, size_t most) const {
    Context decoded = Before(found.begin, found.line), standing = decoded;
    const std::u32string_view after(found.after);
    found.wide = CountWide(after);
    const auto as_it_stands = Standing(found.begin, found.end);
    found.unset =
        static_cast<size_t>(std::count_if(as_it_stands.begin(), as_it_stands.end(),
                                          [](char32_t c) { return c >= 0xE000 && c <= 0xF8FF; }));
    if (after.size() <= most) {
      found.cost = CostOfDecoded(decoded, after);
      found.gain = CostOfStanding(standing, found.begin, found.end) - found.cost +
                   CostBehind(standing, found.end, found.line) -
                   CostBehind(decoded, found.end, found.line);
      return;
    }
    const size_t as_many = most * (found.end - found.begin) / after.size();
    found.cost = CostOfDecoded(decoded, after.substr(0, most));
    found.gain = CostOfStanding(standing, found.begin, found.begin + as_many) - found.cost;
    const auto times = static_cast<double>(after.size()) / static_cast<double>(most);
    found.cost = static_cast<int>(found.cost * times);
    found.gain = static_cast<int>(found.gain * times);
  }

  // How sure each gap is, all others being what they seem.
  void Rank(Found& found) {
    for (Cell& cell : found.cells) {
      if (Narrowed(found, cell) && !Common(cell.text)) cell.sure = kChosen;
    }
    if (!HasGap(found)) return;
    const std::vector<Item> items = Items(*found.hypothesis, found.line);
    TrellisChoice choice{.wrong = found.hypothesis->wrong,
                         .right = found.hypothesis->right,
                         .known = true,
                         .drops = MayDrop(*found.hypothesis),
                         .pairs = found.pairs,
                         .script = script_};
    Trellis trellis(page_, items, language_, choice, allowance_);
    // GBK without private characters loses more bytes than GB18030: what they could be are rivals,
    // unless the page shows such characters.
    choice.wrong = Wrong::kGbk;
    Trellis poorer(page_, items, language_, choice, allowance_);
    const bool both = found.hypothesis->wrong == Wrong::kGb18030 && !shows_unset_;
    Trellis* other = both ? &poorer : nullptr;
    Context context = Before(found.begin, found.line);
    size_t at = 0;  // in found.after
    for (Cell& cell : found.cells) {
      const size_t behind = at + cell.text.size();
      if (cell.gap) RankCell(found, cell, context, behind, trellis, other);
      for (const char32_t c : cell.text) language_.Read(context, c);
      at = behind;
    }
  }

  void RankCell(const Found& found, Cell& cell, Context context, size_t behind, Trellis& trellis,
                Trellis* other) const {
    std::vector<ModelId> ahead;
    const auto look = [&](char32_t c) {
      if (!IsSpace(c)) ahead.push_back(IdOf(c));
    };
    for (size_t i = behind; i < found.after.size() && ahead.size() < kAhead; ++i) {
      look(found.after[i]);
    }
    const size_t line_end = lines_[found.line].end;
    for (size_t i = found.end; i < line_end && ahead.size() < kAhead; ++i) look(page_[i]);
    if (ahead.size() < kAhead) ahead.push_back(kModelBorder);
    auto readings = trellis.Readings(cell, context, ahead);
    if (other != nullptr) {
      for (auto& rival : other->Readings(cell, context, ahead)) {
        const bool known = std::any_of(readings.begin(), readings.end(),
                                       [&](const auto& one) { return one.text == rival.text; });
        if (!known) readings.push_back(std::move(rival));
      }
      std::stable_sort(readings.begin(), readings.end(),
                       [](const auto& a, const auto& b) { return a.cost < b.cost; });
    }
    if (readings.empty()) {
      cell.sure = 0;
      return;
    }
    double sum = 0, own = 0;
    for (const auto& reading : readings) {
      const double weight = std::exp2(-kWeight * (reading.cost - readings.front().cost));
      sum += weight;
      if (reading.text == cell.text) own += weight;
    }
    cell.sure = own / sum;
    // A rare character is never certain where its bytes are not on the page.
    if (!Common(cell.text)) cell.sure = std::min(cell.sure, kChosen);
    for (const auto& reading : readings) {
      if (cell.others.size() == kMostAlternatives) break;
      const bool known =
          std::find(cell.others.begin(), cell.others.end(), reading.text) != cell.others.end();
      if (reading.text != cell.text && !known) cell.others.push_back(reading.text);
    }
  }

  ModelId IdOf(char32_t c) const {
    const auto forms = language_.tables().ToSimple(c);
    return language_.tables().Id(forms.empty() ? c : static_cast<char32_t>(forms[0]));
  }

  bool Common(std::u32string_view text) const {
    return std::all_of(text.begin(), text.end(), [&](char32_t c) {
      if (!Wide(c)) return true;
      const ModelId id = IdOf(c);
      return id != 0 && language_.tables().UnigramCost(id) <= kRarestCommon;
    });
  }

  // Whether ASCII on the page is taken for the two bytes of a full-width character.
  bool Narrowed(const Found& found, const Cell& cell) const {
    const auto standing = Standing(cell.begin, cell.end);
    return InPairs(found.hypothesis->wrong) && standing.size() > 1 &&
           std::any_of(standing.begin(), standing.end(), [](char32_t c) { return !Wide(c); });
  }

  // Whether a mark on the page is taken for the last bytes: it may be sound, and those be lost.
  bool TakesMark(const Found& found) const {
    constexpr std::u32string_view kMarks = U"、。，；：？！…";
    return InPairs(found.hypothesis->wrong) && found.hypothesis->right == Right::kUtf8 &&
           found.cells.size() > 1 && kMarks.find(page_[found.end - 1]) != kMarks.npos &&
           kMarks.find(page_[found.end]) == kMarks.npos;
  }

  static void DoubtLast(Found& found) {
    Cell& last = found.cells.back();
    last.gap = true;
    last.sure = std::min(last.sure, kChosen);
  }

  // Gaps that may be something else are edits of their own.
  void Add(const Found& found) {
    const double sure = std::min(found.most, 1 - std::exp2(-kGainWeight * found.gain));
    size_t first = 0;
    for (size_t i = 0; i <= found.cells.size(); ++i) {
      const bool own =
          i < found.cells.size() && found.cells[i].gap && found.cells[i].sure < kSurestDecoding;
      if (!own && i < found.cells.size()) continue;
      AddCells(found, first, i, sure, {});
      if (own) AddCells(found, i, i + 1, sure * found.cells[i].sure, found.cells[i].others);
      first = i + 1;
    }
  }

  void AddCells(const Found& found, size_t first, size_t last, double confidence,
                const std::vector<std::u32string>& others) {
    if (first >= last) return;
    std::u32string after;
    for (size_t i = first; i < last; ++i) after += found.cells[i].text;
    const Cell& end = found.cells[last - 1];
    const Cell& begin = found.cells[first];
    if (begin.begin == end.end) return;
    TextEdit edit{.begin = page_.at[begin.begin],
                  .end = page_.at[end.end],
                  .after = ToUtf8(after),
                  .rule = Rule::kDecode,
                  .confidence = confidence};
    for (const std::u32string& other : others) edit.alternatives.push_back(ToUtf8(other));
    if (confidence >= options_.min_confidence) {
      repaired_.edits.push_back(std::move(edit));
      return;
    }
    TextFlag flag{.begin = edit.begin,
                  .end = edit.end,
                  .kind = confidence < kUndecided ? FlagKind::kUndecided : FlagKind::kProposed,
                  .detail = RepairRules()[static_cast<size_t>(Rule::kDecode)].name};
    flag.proposal = std::move(edit);
    repaired_.flags.push_back(std::move(flag));
  }

  // A line may have several places to look at.
  static constexpr size_t kMostWindows = 8, kWindow = 48, kWindowMargin = 8;
  static constexpr size_t kManyValid = 8, kSample = 64;
  static constexpr int kPlenty = 60;
  static constexpr int kEnough = 12;

  const Page page_;
  const Language language_;
  const RepairOptions& options_;
  std::vector<Line> lines_;
  bool shows_loss_ = false;
  bool shows_unset_ = false;
  bool shows_open_ = false;
  TrellisAllowance allowance_;
  TrellisChoice::Script script_ = TrellisChoice::Script::kAny;
  std::vector<std::vector<Found>> found_;
  Repaired repaired_;
};

}  // namespace

Repaired RestoreDecodings(std::string_view text, const Tables& tables,
                          const RepairOptions& options) {
  return Decoding(text, tables, options).Run();
}

}  // namespace siku::refine
