// The search for originals: the bytes of the run one pair at a time, unassigned pairs put back
// where they may have been dropped, the best states kept.
#include "repair/shifted_run.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "repair/beam.h"
#include "repair/dropped_pairs.h"
#include "repair/objections.h"
#include "siku/encoding.h"

namespace siku::refine {
namespace {

// Costs in tenths of a bit.
constexpr int kClosesNothing = 60;
// Spaces cost the model nothing, yet a wide one seldom stands within a sentence.
constexpr int kWideSpace = 100;
// One pair in seven of running text is unassigned when read a byte late.
constexpr int kDropped = 30;
// Two pairs that read as well as this need no dropped one between them.
constexpr int kReadsWell = 60;

constexpr size_t kStates = 12;
// What the first characters are shows only in those that follow.
constexpr std::array<size_t, 2> kFirstStates = {64, 24};
// States with the same context have the same future: a few are kept as each other's rivals.
constexpr size_t kAlike = 5;
constexpr size_t kStatesWithDrops = 2;
constexpr size_t kTrailsWithDrops = 4;
// What is this much worse than the best will hardly catch up.
constexpr int kBehind = 200;
// A run must win in the end; on its way it may be behind the page as it stands by this much.
constexpr int kDebt = 120;
constexpr size_t kMostOriginals = 16;

// The characters read so far form a tree: a state knows its last, a character the one before it.
struct Link {
  char32_t character = 0;
  int32_t before = -1;
};

class Search {
 public:
  Search(const ShiftedRun& run, const Surroundings& around, Context context, Effort effort,
         Allowance& allowance)
      : run_(run),
        evidence_(around.evidence),
        language_(around.language),
        page_(around.page),
        objections_(around.evidence, around.language.tables()),
        context_(context),
        drops_(effort == Effort::kDropped),
        rivals_(effort != Effort::kSaved),
        allowance_(allowance),
        whole_(around.whole) {}

  std::optional<Explained> Find(const AsItStands& stands,
                                const std::vector<std::vector<ModelId>>& ahead, int needed) {
    std::vector<State> states = Begin();
    std::optional<Explained> best;
    const std::vector<int> tail = drops_ ? std::vector<int>() : TailCosts(run_, language_);
    size_t stop = 0;
    for (size_t pair = 0;; ++pair) {
      for (; stop < run_.stops.size() && run_.stops[stop].pairs == pair; ++stop) {
        const int plain = stands.at_stop[stop];
        auto originals = Finish(states, run_.stops[stop], ahead[stop], plain, needed);
        if (originals.empty()) continue;
        const int saved = plain - originals.front().cost;
        if (saved < needed) continue;
        best = Explained{run_.stops[stop], std::move(originals), saved};
        needed = saved + 1;
      }
      if (pair == run_.pairs.size() || stop == run_.stops.size()) break;
      if (states.empty() || allowance_.left <= 0) break;
      const size_t shown = run_.shown - run_.begin + pair;
      const int saved = best ? best->saved : 0;
      int limit = stands.cost[shown + 1] - saved + kDebt;
      if (drops_) {
        states = Step(states, pair, limit);
        continue;
      }
      const int most = MostToSave(stands, stop, tail, pair + 1) - needed;
      states = Step(states, pair, std::min(limit, most + (rivals_ ? kBehind : 0)));
      if (!states.empty() && states.front().cost > most) break;
    }
    return best;
  }

 private:
  // The most that a state behind `pair` pairs may cost and save anything at one of the stops to
  // come.
  int MostToSave(const AsItStands& stands, size_t stop, const std::vector<int>& tail,
                 size_t pair) const {
    int most = std::numeric_limits<int>::min() / 2;
    for (; stop < run_.stops.size(); ++stop) {
      most = std::max(most, stands.at_stop[stop] - (tail[run_.stops[stop].pairs] - tail[pair]));
    }
    return most;
  }

  std::vector<State> Begin() {
    std::vector<State> states;
    if (run_.opening) return LeadsBehind(page_[run_.begin - 1], *run_.opening);
    // Every lead byte may have been the lost one.
    for (int lead = 0x81; lead <= 0xFE && run_.lost == LostByte::kLead; ++lead) {
      states.push_back({.context = context_, .lead = static_cast<uint8_t>(lead)});
    }
    if (run_.lost == LostByte::kTrail) states.push_back({.context = context_});
    return states;
  }

  // The byte lost is the trail of the annotated character that began in `before`.
  std::vector<State> LeadsBehind(char32_t before, const Reading& reading) const {
    std::vector<State> states;
    const auto first = static_cast<uint8_t>(gbk::Encode(Widened(before)) & 0xFF);
    for (int lead = 0x81; lead <= 0xFE; ++lead) {
      const char32_t across = gbk::Decode(first, static_cast<uint8_t>(lead));
      if (across == 0 || !ReadsAs(language_.tables(), across, reading)) continue;
      const bool known = evidence_.annotated.find(across) != std::u32string::npos;
      const int cost = known ? 0 : language_.tables().ToSimple(across).empty() ? 60 : 30;
      states.push_back({.cost = cost, .context = context_, .lead = static_cast<uint8_t>(lead)});
    }
    return states;
  }

  // The annotator did not know a character of which a byte was lost.
  static bool IsFirst(const State& state) { return state.last < 0; }

  // True where the state has room behind `c`; else it is none.
  bool Read(State& state, char32_t c, bool annotated, int limit) {
    annotated |= IsFirst(state);
    --allowance_.left;
    state.cost += IsSpace(c) ? kWideSpace : language_.Read(state.context, c);
    if (state.cost > limit) return false;
    state.cost += objections_.Against(c, state.context.last, annotated);
    if (!IsHan(c)) state.cost += CostOfClosing(state.last, c);
    if (state.cost > limit) return false;
    Append(state, c);
    return true;
  }

  void Append(State& state, char32_t c) {
    links_.push_back({c, state.last});
    state.last = static_cast<int32_t>(links_.size() - 1);
  }

  std::u32string TextOf(const State& state) const {
    std::u32string text;
    for (int32_t at = state.last; at >= 0; at = links_[static_cast<size_t>(at)].before) {
      text.push_back(links_[static_cast<size_t>(at)].character);
    }
    std::reverse(text.begin(), text.end());
    return text;
  }

  static size_t StatesBehind(size_t pair) {
    return pair < kFirstStates.size() ? kFirstStates[pair] : kStates;
  }

  std::vector<State> Step(const std::vector<State>& states, size_t pair, int limit) {
    const auto first = static_cast<uint8_t>(run_.pairs[pair] >> 8);
    const auto second = static_cast<uint8_t>(run_.pairs[pair] & 0xFF);
    Beam next(StatesBehind(pair), kAlike, limit);
    const auto add = [&](State read) {
      read.lead = second;
      next.Lower(read.cost + kBehind);
      next.Add(read);
    };
    if (run_.lost == LostByte::kTrail && pair == 0) {
      ReadAnyTrail(states.front(), first, next, add);
      return next.Take();
    }
    // A run without opening reading begins with the mark that made it slip: nothing came before.
    const size_t most = drops_ && (pair > 0 || run_.opening) ? kStatesWithDrops : 0;
    std::vector<const State*> strange;
    for (const State& state : states) {
      const char32_t c = gbk::Decode(state.lead, first);
      State read = state;
      const bool asks = strange.size() < most;
      const bool fits = c != 0 && Read(read, c, false, asks ? kNoLimit : next.limit());
      if (asks && (!fits || read.cost - state.cost + CostOfNext(read, pair) > kReadsWell)) {
        strange.push_back(&state);
      }
      if (fits) add(read);
    }
    if (strange.empty()) return next.Take();
    const auto endings = Endings(first, [](char32_t) { return true; });
    Alikes alikes;
    for (const State* state : strange) {
      const auto find = [&] {
        Beam room = next.Empty();
        AddDropped(*state, endings, room, [&](State& read) { read.lead = second; });
        return room.Take();
      };
      ForEachBehind(*state, alikes, find, add);
    }
    return next.Take();
  }

  int CostOfNext(const State& state, size_t pair) const {
    if (pair + 1 >= run_.pairs.size()) return kReadsWell;
    const char32_t c = gbk::Decode(static_cast<uint8_t>(run_.pairs[pair] & 0xFF),
                                   static_cast<uint8_t>(run_.pairs[pair + 1] >> 8));
    if (c == 0) return kReadsWell;
    Context context = state.context;
    return language_.Read(context, c);
  }

  // The first pair is two leads: any byte may have been the trail between them.
  template <class Visit>
  void ReadAnyTrail(const State& begin, uint8_t first, const Beam& beam, const Visit& visit) {
    for (int trail = 0x40; trail <= 0xFE; ++trail) {
      const char32_t c = gbk::Decode(first, static_cast<uint8_t>(trail));
      State read = begin;
      if (c != 0 && Read(read, c, false, beam.limit())) visit(read);
    }
  }

  // A character behind a dropped pair, of which only the trail byte is on the page.
  struct Ending {
    uint8_t lead = 0;
    char32_t character = 0;
    bool annotated = false;
  };

  template <class Fits>
  std::vector<Ending> Endings(uint8_t trail, const Fits& fits) const {
    std::vector<Ending> endings;
    for (const uint8_t lead : language_.tables().CommonLeads(trail)) {
      const char32_t c = gbk::Decode(lead, trail);
      if (fits(c)) endings.push_back({lead, c});
    }
    return endings;
  }

  // Before a torn end a dropped pair leaves both its bytes and the last one open, unless a reading
  // tells the character.
  std::vector<Ending> EndingsAt(const RunStop& stop) const {
    if (stop.kind == InStep::kAsciiTrail) {
      return Endings(static_cast<uint8_t>(stop.ascii), [&](char32_t c) { return Closes(c, stop); });
    }
    std::vector<Ending> endings;
    if (stop.kind != InStep::kTorn || !stop.closing) return endings;
    for (const uint16_t c : language_.tables().Spoken(stop.closing->bare)) {
      const uint16_t pair = gbk::Encode(c);
      if ((pair & 0xFF) < 0x80 || !Closes(c, stop)) continue;
      endings.push_back({static_cast<uint8_t>(pair >> 8), c, true});
    }
    return endings;
  }

  // What was found behind a state serves for all that are alike.
  struct Behind {
    State state;
    std::vector<State> ends;
  };
  using Alikes = std::vector<Behind>;

  template <class Find, class Visit>
  void ForEachBehind(const State& state, Alikes& alikes, const Find& find, const Visit& visit) {
    auto known = std::find_if(alikes.begin(), alikes.end(),
                              [&](const Behind& one) { return Alike(one.state, state); });
    if (known == alikes.end()) known = alikes.insert(known, {state, find()});
    for (const State& end : known->ends) visit(Moved(end, known->state, state));
  }

  // The same characters as `end` has behind `from`, behind `to`.
  State Moved(State end, const State& from, const State& to) {
    if (from.last == to.last) return end;
    std::vector<Link> read;
    for (int32_t at = end.last; at != from.last; at = read.back().before) {
      read.push_back(links_[static_cast<size_t>(at)]);
    }
    end.last = to.last;
    end.cost += to.cost - from.cost;
    for (size_t i = read.size(); i-- > 0;) {
      const auto [c, before] = read[i];
      end.cost += CostOfClosing(end.last, c) - CostOfClosing(before, c);
      Append(end, c);
    }
    return end;
  }

  // The character that `state` has begun, then one or two unassigned pairs with a character between
  // them, then an ending.
  template <class Finish>
  void AddDropped(const State& state, std::span<const Ending> endings, Beam& room,
                  const Finish& finish) {
    if (endings.empty()) return;
    Beam begun(kTrailsWithDrops, kTrailsWithDrops, room.limit());
    for (const uint8_t first : Unassigned().firsts) {
      const char32_t c = gbk::Decode(state.lead, first);
      if (c != 0) Begin(state, c, first, begun);
    }
    for (const State& one : begun.Take()) {
      AddEnds(one, endings, room, finish);
      for (const State& between : Between(one, room.limit())) {
        AddEnds(between, endings, room, finish);
      }
    }
  }

  // Of a character whose trail byte went as the first of an unassigned pair; that byte is `lead` of
  // the state behind it.
  void Begin(const State& state, char32_t c, uint8_t first, Beam& begun) {
    State read = state;
    if (!Read(read, c, false, begun.limit() - kDropped)) return;
    read.cost += kDropped;
    read.lead = first;
    begun.Add(read);
  }

  template <class Finish>
  void AddEnds(const State& begun, std::span<const Ending> endings, Beam& room,
               const Finish& finish) {
    const auto& dropped = Unassigned().pairs[begun.lead];
    for (const Ending& ending : endings) {
      if (begun.cost > room.limit()) return;
      State read = begun;
      if (!dropped[ending.lead] || !Read(read, ending.character, ending.annotated, room.limit())) {
        continue;
      }
      finish(read);
      room.Add(read);
    }
  }

  // Characters that went whole with two pairs.
  std::vector<State> Between(const State& begun, int limit) {
    if (limit < begun.cost + kDropped) return {};
    const auto& dropped = Unassigned().pairs[begun.lead];
    Beam found(kTrailsWithDrops, kTrailsWithDrops, limit);
    for (const WholeCharacter& whole : whole_.Behind(begun.context.last)) {
      if (!dropped[whole.lead]) continue;
      const int room = found.limit() - begun.cost - kDropped;
      if (!language_.MayCost(begun.context, whole.id, whole.cost, room)) continue;
      Begin(begun, whole.character, whole.trail, found);
    }
    return found.Take();
  }

  int CostOfClosing(int32_t last, char32_t c) const {
    return ClosesNothing(last, c) ? kClosesNothing : 0;
  }

  // A closing mark that no opening one precedes, in the run up to `last` or before it.
  bool ClosesNothing(int32_t last, char32_t c) const {
    constexpr std::u32string_view kClosing = U"”’》」』）", kOpening = U"“‘《「『（";
    const size_t kind = kClosing.find(c);
    if (kind == std::u32string_view::npos) return false;
    const char32_t open = kOpening[kind];
    for (int32_t at = last; at >= 0; at = links_[static_cast<size_t>(at)].before) {
      const char32_t before = links_[static_cast<size_t>(at)].character;
      if (before == open || before == c) return before == c;
    }
    return !OpenOnPage(open, c);
  }

  // Whether what `close` closes was opened on the page before the run, in its line.
  bool OpenOnPage(char32_t open, char32_t close) const {
    constexpr size_t kFarthest = 200;
    const size_t stop = run_.begin > kFarthest ? run_.begin - kFarthest : 0;
    // Readings open and close narrow brackets.
    int closed = 0;
    for (size_t i = run_.begin; i > stop && page_[i - 1] != U'\n'; --i) {
      const char32_t c = page_[i - 1];
      if (c == close || c == Narrowed(close)) ++closed;
      if ((c == open || c == Narrowed(open)) && --closed < 0) return true;
    }
    return false;
  }

  // Nothing where less than `needed` is saved against `plain`.
  std::vector<Original> Finish(const std::vector<State>& states, const RunStop& stop,
                               std::span<const ModelId> ahead, int plain, int needed) {
    // At most stops nothing is: that is known sooner without the rivals.
    const auto best = Ends(states, stop, ahead, {1, 1, plain - needed});
    if (best.empty()) return {};
    if (!rivals_) {
      if (auto original = Checked(best, stop); !original.empty()) return original;
    }
    const int limit = best.front().cost + kBehind;
    return Checked(Ends(states, stop, ahead, {kMostOriginals, kMostOriginals, limit}), stop);
  }

  std::vector<State> Ends(const std::vector<State>& states, const RunStop& stop,
                          std::span<const ModelId> ahead, Beam ends) {
    const std::vector<Ending> endings = drops_ ? EndingsAt(stop) : std::vector<Ending>{};
    Alikes alikes;
    for (const State& state : states) {
      if (state.last < 0 && run_.lost == LostByte::kTrail) continue;
      if (state.cost > ends.limit()) continue;
      const auto find = [&] {
        Beam room = ends.Empty();
        const auto finish = [&](State& read) {
          read.cost += language_.ReadIds(read.context, ahead, room.limit() - read.cost);
        };
        AddLast(state, stop, room, finish);
        AddDropped(state, endings, room, finish);
        return room.Take();
      };
      ForEachBehind(state, alikes, find, [&](const State& end) { ends.Add(end); });
    }
    return ends.Take();
  }

  bool Closes(char32_t c, const RunStop& stop) const {
    return !stop.closing || ReadsAs(language_.tables(), c, *stop.closing);
  }

  // The characters that may end the run.
  template <class Finish>
  void AddLast(const State& state, const RunStop& stop, Beam& room, const Finish& finish) {
    int begin = 0x80, end = 0xFE;
    if (stop.kind == InStep::kAsciiTrail) begin = end = static_cast<uint8_t>(stop.ascii);
    if (stop.kind == InStep::kSwallowed) begin = end = stop.left;
    for (int trail = begin; trail <= end; ++trail) {
      const char32_t c = gbk::Decode(state.lead, static_cast<uint8_t>(trail));
      if (c == 0 || !Closes(c, stop)) continue;
      State read = state;
      if (!Read(read, c, stop.closing.has_value(), room.limit())) continue;
      finish(read);
      room.Add(read);
    }
  }

  // Those whose damaged form is what the page shows.
  std::vector<Original> Checked(const std::vector<State>& ends, const RunStop& stop) const {
    std::u32string shown;
    for (size_t i = 0; i < stop.pairs; ++i) {
      shown.push_back(Narrowed(gbk::Decode(static_cast<uint8_t>(run_.pairs[i] >> 8),
                                           static_cast<uint8_t>(run_.pairs[i] & 0xFF))));
    }
    if (stop.kind == InStep::kAsciiTrail) shown.push_back(static_cast<char32_t>(stop.ascii));
    if (stop.kind == InStep::kTorn) shown.push_back(U'?');
    if (stop.kind == InStep::kSwallowed) {
      shown.push_back(Narrowed(gbk::Decode(stop.left, static_cast<uint8_t>(stop.ascii))));
    }
    std::vector<Original> originals;
    for (const State& state : ends) {
      std::u32string text = TextOf(state);
      if (stop.kind == InStep::kSwallowed) text.push_back(static_cast<char32_t>(stop.ascii));
      if (Shifted(text, run_.lost, stop.kind) != shown) continue;
      originals.push_back({std::move(text), state.cost});
    }
    return originals;
  }

  const ShiftedRun& run_;
  const Evidence& evidence_;
  const Language& language_;
  const Page& page_;
  Objections objections_;
  Context context_;
  bool drops_, rivals_;
  Allowance& allowance_;
  std::vector<Link> links_;
  WholeCharacters& whole_;
};

}  // namespace

std::optional<Explained> Explain(const ShiftedRun& run, const Surroundings& around, Context context,
                                 const AsItStands& stands,
                                 const std::vector<std::vector<ModelId>>& ahead, int needed,
                                 Effort effort, Allowance& allowance) {
  if (run.opening && (run.begin == 0 || gbk::Encode(Widened(around.page[run.begin - 1])) == 0)) {
    return std::nullopt;
  }
  return Search(run, around, context, effort, allowance).Find(stands, ahead, needed);
}

}  // namespace siku::refine
