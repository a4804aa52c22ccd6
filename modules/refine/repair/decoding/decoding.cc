#include "repair/decoding/decoding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "repair/decoding/trellis.h"
#include "repair/scan.h"

namespace siku::refine {
namespace {

constexpr size_t kAhead = 3;
// As in the scan: three rare characters among so many.
constexpr size_t kDense = 16;
constexpr size_t kMostAlternatives = 4;
// Bits that a tenth of a bit of the model counts for: it overstates differences.
constexpr double kWeight = 0.08;
// Between the text as it stands and the text decoded again.
constexpr double kGainWeight = 0.02;
constexpr double kSurest = 0.999;
constexpr double kUndecided = 0.5;
// What may be a quotation, or is short among sound text, is not applied.
constexpr double kQuoted = 0.5, kShort = 0.85;
constexpr size_t kShortLetters = 4, kShortPairs = 5, kShortQuotation = 16;
constexpr size_t kLongParagraph = 20, kLongSentence = 16;
// What the search for lost bytes may spend: some for every line and way to read it, more for all.
constexpr int64_t kSteps = 100'000, kStepsPerCharacter = 100;
constexpr int64_t kLineSteps = 1'000, kLineStepsPerCharacter = 30;

struct Hypothesis {
  Wrong wrong;
  Right right;
  bool twice = false;
};

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

// What a line is made of.
struct Signs {
  size_t latin = 0;
  size_t thai = 0;
  size_t rare = 0;
  size_t wide = 0;
  size_t broken = 0;
  size_t kana = 0;

  bool Fit(const Hypothesis& hypothesis, size_t least) const {
    switch (hypothesis.wrong) {
      case Wrong::kLatin:
        return latin >= least;
      case Wrong::kCp874:
        return thai >= least;
      case Wrong::kGbk:
      case Wrong::kGb18030:
      case Wrong::kBig5:
        // Where so much is lost, nothing singles out what was there. The model knows no Japanese.
        return rare >= least && broken * 3 < wide &&
               (hypothesis.right == Right::kUtf8 || kana * 3 < wide);
    }
    return false;
  }
};

// A line of the page: characters [begin, end), and where in it rare characters are close together.
struct Line {
  size_t begin = 0, end = 0;
  size_t dense_begin = 0, dense_end = 0;
  Signs signs{};
};

// A stretch and what it would be.
struct Found {
  size_t begin = 0, end = 0;  // characters of the page
  size_t line = 0;
  const Hypothesis* hypothesis = nullptr;
  std::vector<Cell> cells{};
  std::u32string after{};
  int gain = 0;
  int cost = 0;
  size_t wide = 0;  // characters of the original that are not ASCII
  bool dropped = false;
  bool pairs = false;
  double most = kSurest;
};

// Texts about damage quote it.
constexpr std::array<std::u32string_view, 6> kOfDamage = {U"乱码",     U"亂碼",     U"mojibake",
                                                          U"Mojibake", U"文字化け", U"garbled"};
// Texts about encodings may.
constexpr std::array<std::u32string_view, 16> kOfEncodings = {
    U"编码",    U"編碼", U"解码",  U"解碼",  U"字符集",  U"字元集",  U"GBK",        U"GB2312",
    U"GB18030", U"Big5", U"UTF-8", U"utf-8", U"Latin-1", U"latin-1", U"ISO-8859-1", U"charset"};

bool Wide(char32_t c) { return c >= 0x80; }

size_t CountWide(std::u32string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), Wide));
}

class Decoding {
 public:
  Decoding(std::string_view text, const Tables& tables, const RepairOptions& options)
      : page_(text), language_(tables), options_(options) {}

  Repaired Run() {
    FindLines();
    found_.resize(lines_.size());
    const size_t sure = Explore();
    JudgeScript();
    if (sure < kHypotheses.size()) Follow(kHypotheses[sure]);
    JudgeQuotation();
    allowance_.steps = kSteps + kStepsPerCharacter * static_cast<int64_t>(page_.size());
    for (auto& found : found_) {
      for (Found& one : found) {
        Rank(one);
        Add(one);
      }
    }
    return std::move(repaired_);
  }

 private:
  void FindLines() {
    for (size_t begin = 0; begin < page_.size();) {
      Line line{.begin = begin, .end = begin};
      std::array<size_t, 2> rare{};
      for (; line.end < page_.size() && page_[line.end] != U'\n'; ++line.end) {
        const char32_t c = page_[line.end];
        if (!Wide(c)) continue;
        ++line.signs.wide;
        if (c <= 0xFF) ++line.signs.latin;
        if (c >= 0xE00 && c <= 0xE7F) ++line.signs.thai;
        if (c >= 0x3040 && c <= 0x30FF) ++line.signs.kana;
        if (c == 0xFFFD) ++line.signs.broken;
        if (!IsRare(c)) continue;
        if (++line.signs.rare > 2 && line.end - rare[0] < kDense) {
          if (line.dense_end == 0) line.dense_begin = rare[0];
          line.dense_end = line.end + 1;
        }
        rare = {rare[1], line.end};
      }
      begin = line.end + 1;
      shows_loss_ |= line.signs.broken > 0;
      lines_.push_back(line);
    }
  }

  // A cheap look at whether a search is worth while.
  bool WorthTrying(const Hypothesis& hypothesis, const Line& line) const {
    if (!line.signs.Fit(hypothesis, 2)) return false;
    if (InPairs(hypothesis.wrong) && line.dense_end == 0) return false;
    if (hypothesis.right == Right::kUtf8) {
      return line.signs.broken > 0 ||
             CountValid(hypothesis.wrong, line) >= (InPairs(hypothesis.wrong) ? 3 : 2);
    }
    return InPairs(hypothesis.wrong) ? ReadsBetter(hypothesis, line) : HasRunOfLetters(line);
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

  // Two characters of GBK.
  bool HasRunOfLetters(const Line& line) const {
    size_t run = 0;
    for (size_t i = line.begin; i < line.end && run < 4; ++i) {
      run = page_[i] >= 0xA1 && page_[i] <= 0xFF ? run + 1 : 0;
    }
    return run == 4;
  }

  // Characters that are UTF-8, in a row where the wrong ones have two bytes; counts to three.
  size_t CountValid(Wrong wrong, const Line& line) const {
    size_t most = 0, total = 0;
    for (size_t i = line.begin; i < line.end;) {
      Assembly assembly;
      size_t found = 0, at = i;
      for (bool taken = true; taken && at < line.end; at += taken ? 1 : 0) {
        if (page_[at] < 0x80 && assembly.size == 0) break;
        taken = TakeAny(OptionsOf(page_[at], wrong), assembly, found);
      }
      most = std::max(most, found);
      total += found;
      if (most >= 3 || (total >= 2 && !InPairs(wrong))) return most + total;
      i = found > 0 ? std::max(at, i + 1) : i + 1;
    }
    return most;
  }

  // By the first of the options that lives; `whole` counts characters that are not ASCII.
  static bool TakeAny(const ByteOptions& options, Assembly& assembly, size_t& whole) {
    for (size_t i = 0; i < options.count; ++i) {
      Assembly next = assembly;
      size_t count = 0;
      bool taken = true;
      for (size_t b = 0; b < options.bytes[i].size && taken; ++b) {
        const auto outcome = next.Take(options.bytes[i].byte[b], Right::kUtf8);
        taken = outcome != Assembly::Outcome::kDead;
        if (outcome == Assembly::Outcome::kWhole && next.character >= 0x80) ++count;
      }
      if (!taken) continue;
      assembly = next;
      whole += count;
      return true;
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
      const bool all = Covers(found, line);
      found_[line] = std::move(found);
      if (all) break;
    }
    return best;
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
    if (pairs && lines_[line].signs.broken > 0 && !Covers(found, line)) {
      std::vector<Found> other = Try(hypothesis, line, {.known = true, .pairs = true});
      if (Gain(other) > Gain(found)) found = std::move(other);
    }
    if (!Covers(found, line)) {
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
    const std::vector<Item> items = Items(hypothesis, line);
    Assembly assembly;
    Found found{.line = line, .hypothesis = &hypothesis};
    size_t begin = page_.size(), end = 0;
    for (const Item& item : items) {
      bool taken = false;
      const bool changes = item.options.bytes[0].byte[0] >= 0x80 || assembly.size > 0;
      for (size_t i = 0; i < item.options.count && !taken; ++i) {
        Assembly next = assembly;
        std::array<char32_t, 2> out{};
        size_t count = 0;
        taken = true;
        for (size_t b = 0; b < item.options.bytes[i].size && taken; ++b) {
          const auto outcome = next.Take(item.options.bytes[i].byte[b], Right::kUtf8);
          taken = outcome != Assembly::Outcome::kDead;
          if (outcome == Assembly::Outcome::kWhole) out[count++] = next.character;
        }
        if (!taken) continue;
        assembly = next;
        // Text before the first change is left out.
        if (changes) begin = std::min(begin, item.begin);
        if (begin <= item.begin) found.after.append(out.data(), count);
      }
      if (!taken) return std::nullopt;
      if (changes) end = item.end;
    }
    if (assembly.size > 0 || begin >= end) return std::nullopt;
    // What is behind the last change is as it was.
    found.after.resize(found.after.size() - (lines_[line].end - end));
    found.begin = begin;
    found.end = end;
    found.cells.push_back({.begin = begin, .end = end, .text = found.after});
    Judge(found, kSample);
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

  // How sure a stretch can be at most, by what stands around it.
  void JudgeQuotation() {
    std::u32string sound;
    size_t at = 0, damaged = 0;
    for (const auto& found : found_) {
      for (const Found& one : found) {
        sound.append(Standing(at, one.begin)).push_back(U'\n');
        damaged += CountWide(Standing(one.begin, one.end));
        at = one.end;
      }
    }
    sound.append(Standing(at, page_.size()));
    if (at == 0) return;
    const auto says = [&](std::u32string_view word) { return sound.find(word) != sound.npos; };
    // A page that is damaged throughout quotes nothing.
    const bool mixed = CountWide(sound) * 8 >= damaged;
    const bool of_damage =
        sound.size() * 4 >= damaged && std::any_of(kOfDamage.begin(), kOfDamage.end(), says);
    if (!mixed && !of_damage) return;
    for (size_t line = 0; line < lines_.size(); ++line) {
      if (found_[line].empty()) continue;
      size_t wide = 0;
      for (const Found& one : found_[line]) wide += one.wide;
      const bool alone = Covers(found_[line], line);
      for (Found& one : found_[line]) {
        const bool quotable = wide < (alone ? kLongParagraph : kLongSentence);
        if (of_damage || (quotable && OfEncodings(line))) {
          one.most = kQuoted;
        } else if (wide < kShortQuotation && says(one.after)) {
          one.most = kQuoted;
        } else if (!alone &&
                   (wide < (InPairs(one.hypothesis->wrong) ? kShortPairs : kShortLetters) ||
                    (wide < kShortQuotation && Quoted(one)))) {
          one.most = kShort;
        }
      }
    }
  }

  // Whether the sound text of the line or of one beside it speaks of encodings.
  bool OfEncodings(size_t line) const {
    const size_t first = line == 0 ? 0 : line - 1;
    for (size_t i = first; i <= std::min(line + 1, lines_.size() - 1); ++i) {
      const auto text = Standing(lines_[i].begin, lines_[i].end);
      const auto says = [&](std::u32string_view word) { return text.find(word) != text.npos; };
      if (std::any_of(kOfEncodings.begin(), kOfEncodings.end(), says)) return true;
    }
    return false;
  }

  // Between marks of quotation or brackets.
  bool Quoted(const Found& found) const {
    constexpr std::u32string_view kOpening = U"“‘「『《〈(（[【\"'`";
    constexpr std::u32string_view kClosing = U"”’」』》〉)）]】\"'`";
    return found.begin > 0 && kOpening.find(page_[found.begin - 1]) != kOpening.npos &&
           kClosing.find(page_[found.end]) != kClosing.npos;
  }

  // Whether all of the line that is not ASCII is in the stretches.
  bool Covers(const std::vector<Found>& found, size_t line) const {
    size_t at = lines_[line].begin;
    const auto bare = [&](size_t until) {
      for (; at < until; ++at) {
        if (Wide(page_[at])) return false;
      }
      return true;
    };
    for (const Found& one : found) {
      if (!bare(one.begin)) return false;
      at = one.end;
    }
    return bare(lines_[line].end);
  }

  std::vector<Found> Try(const Hypothesis& hypothesis, size_t line, TrellisChoice choice) {
    TrellisAllowance for_line{kLineSteps +
                              kLineStepsPerCharacter *
                                  static_cast<int64_t>(lines_[line].end - lines_[line].begin)};
    const std::vector<Item> items = Items(hypothesis, line);
    choice.wrong = hypothesis.wrong;
    choice.right = hypothesis.right;
    if (choice.known) choice.script = script_;
    // A decoder that shows U+FFFD drops nothing.
    choice.drops &= !shows_loss_ || hypothesis.twice;
    Trellis trellis(page_, items, language_, choice, choice.known ? allowance_ : for_line);
    std::vector<Found> found;
    for (DecodedStretch& stretch : trellis.Run()) {
      Trim(items, stretch);
      if (stretch.cells.empty()) continue;
      found.push_back(Judged(items, std::move(stretch), line));
      found.back().hypothesis = &hypothesis;
      found.back().pairs = choice.pairs;
      if (InPairs(hypothesis.wrong) && MostlyGaps(found.back())) found.pop_back();
    }
    return found;
  }

  // Then nothing singles out what was there.
  static bool MostlyGaps(const Found& found) {
    const auto gaps = static_cast<size_t>(std::count_if(found.cells.begin(), found.cells.end(),
                                                        [](const Cell& cell) { return cell.gap; }));
    return gaps >= 3 && gaps * 4 > found.wide;
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

  // Not another wrong decoding: at most every fifth character is rare, and none is what a mark of
  // UTF-8 looks like in GBK.
  static bool Common(std::span<const Found> stretches) {
    size_t wide = 0, rare = 0;
    for (const Found& one : stretches) {
      if (one.after.find_first_of(U"锛銆") != one.after.npos) return false;
      wide += one.wide;
      rare += static_cast<size_t>(std::count_if(one.after.begin(), one.after.end(), IsRare));
    }
    return rare * 5 <= wide;
  }

  // Three characters at least are different.
  static bool Varied(std::span<const Found> stretches) {
    std::u32string seen;
    for (const Found& one : stretches) {
      for (const char32_t c : one.after) {
        if (!Wide(c) || seen.find(c) != seen.npos) continue;
        seen.push_back(c);
        if (seen.size() == 3) return true;
      }
    }
    return false;
  }

  // Text with letters and marks of Latin scripts only, and not half decoded.
  static bool Western(const Found& found) {
    size_t together = 0;
    for (size_t i = 1; i < found.after.size(); ++i) {
      together += Wide(found.after[i - 1]) && Wide(found.after[i]) ? 1 : 0;
    }
    if (together * 3 > found.wide) return false;
    return std::all_of(found.after.begin(), found.after.end(), [](char32_t c) {
      return c < 0x80 || (c >= 0xA0 && c < 0x250) || (c >= 0x2010 && c <= 0x203A) || c == U'€' ||
             c == U'™';
    });
  }

  // All stretches of a line together.
  static bool Convincing(std::span<const Found> stretches, const Hypothesis& hypothesis) {
    int wide = 0, gain = 0, cost = 0;
    for (const Found& one : stretches) {
      wide += static_cast<int>(one.wide);
      gain += one.gain;
      cost += one.cost;
    }
    const bool letters = !InPairs(hypothesis.wrong);
    if (hypothesis.right == Right::kUtf8) {
      if (letters && std::all_of(stretches.begin(), stretches.end(), Western)) {
        return wide >= 2 && gain >= 80 * wide;
      }
      return wide >= 2 && gain >= 250 && gain >= (letters ? 150 : 60) * wide && cost <= 200 * wide;
    }
    if (!Varied(stretches) || !Common(stretches)) return false;
    if (!letters && wide < 2 * static_cast<int>(stretches.size())) return false;
    if (wide >= 6 && gain >= (letters ? 150 : 60) * wide && cost <= 150 * wide) return true;
    return wide >= 4 && gain >= 60 * wide && cost <= 100 * wide;
  }

  // On a page that has more of the kind.
  static bool Likely(const Found& found, const Hypothesis& hypothesis) {
    const auto wide = static_cast<int>(found.wide);
    if (hypothesis.right == Right::kUtf8) return found.gain >= 150 && found.cost <= 200 * wide;
    return Common(std::span(&found, 1)) && wide >= 2 && found.gain >= 100 &&
           found.gain >= 50 * wide && found.cost <= 160 * wide;
  }

  // How sure each gap is, all others being what they seem.
  void Rank(Found& found) {
    const bool gaps = std::any_of(found.cells.begin(), found.cells.end(),
                                  [](const Cell& cell) { return cell.gap; });
    if (!gaps) return;
    const std::vector<Item> items = Items(*found.hypothesis, found.line);
    Trellis trellis(page_, items, language_,
                    {.wrong = found.hypothesis->wrong,
                     .right = found.hypothesis->right,
                     .known = true,
                     .drops = !shows_loss_ || found.hypothesis->twice,
                     .pairs = found.pairs,
                     .script = script_},
                    allowance_);
    Context context = Before(found.begin, found.line);
    size_t at = 0;  // in found.after
    for (Cell& cell : found.cells) {
      const size_t behind = at + cell.text.size();
      if (cell.gap) RankCell(found, cell, context, behind, trellis);
      for (const char32_t c : cell.text) language_.Read(context, c);
      at = behind;
    }
  }

  void RankCell(const Found& found, Cell& cell, Context context, size_t behind,
                Trellis& trellis) const {
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
    const auto readings = trellis.Readings(cell, context, ahead);
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

  // Gaps that may be something else are edits of their own.
  void Add(const Found& found) {
    const double sure = std::min(found.most, 1 - std::exp2(-kGainWeight * found.gain));
    size_t first = 0;
    for (size_t i = 0; i <= found.cells.size(); ++i) {
      const bool own =
          i < found.cells.size() && found.cells[i].gap && found.cells[i].sure < kSurest;
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
    repaired_.flags.push_back(
        {.begin = edit.begin,
         .end = edit.end,
         .kind = confidence < kUndecided ? FlagKind::kUndecided : FlagKind::kProposed,
         .detail = RepairRules()[static_cast<size_t>(Rule::kDecode)].name,
         .proposal = std::move(edit)});
  }

  // A line may have several places to look at.
  static constexpr size_t kMostWindows = 8, kWindow = 48, kWindowMargin = 8;
  static constexpr size_t kManyValid = 8, kSample = 64;
  static constexpr int kPlenty = 60;
  static constexpr int kEnough = 12;

  const Page page_;
  const Language language_;
  const RepairOptions& options_;
  TrellisAllowance allowance_;
  TrellisChoice::Script script_ = TrellisChoice::Script::kAny;
  bool shows_loss_ = false;
  std::vector<Line> lines_;
  std::vector<std::vector<Found>> found_;
  Repaired repaired_;
};

}  // namespace

Repaired RestoreDecodings(std::string_view text, const Tables& tables,
                          const RepairOptions& options) {
  return Decoding(text, tables, options).Run();
}

}  // namespace siku::refine
