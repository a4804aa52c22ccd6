// The search for originals: bytes of the run one pair at a time, unassigned pairs put back where
// they may have been dropped, the best states kept.
#include "repair/shifted_run.h"

#include <algorithm>
#include <array>

#include "repair/forward.h"
#include "siku/encoding.h"

namespace siku::refine {
namespace {

constexpr int kMostDropped = 3;
// Costs in tenths of a bit for what the page speaks against.
constexpr int kConvertedYetSimple = 60;
constexpr int kAnnotatedYetBare = 100;

struct State {
  int cost = 0;
  Context context;
  uint8_t lead = 0;  // of the character whose trail byte comes next
  int dropped = 0;
  std::u32string text{};
};

struct Width {
  size_t states;
  size_t trails;  // tried per dropped pair
  bool drops;
};
// First without dropped pairs, where only the lost lead is open; then with them.
constexpr Width kPlain{128, 0, false};
constexpr Width kDropped{24, 8, true};

// For each first byte of an unassigned pair, the second bytes that can be the lead of a character.
const std::array<std::vector<uint8_t>, 256>& Unassigned() {
  static const auto table = [] {
    std::array<std::vector<uint8_t>, 256> out;
    for (int first = 0x81; first <= 0xFE; ++first) {
      for (int second = 0x81; second <= 0xFE; ++second) {
        if (gbk::Decode(static_cast<uint8_t>(first), static_cast<uint8_t>(second)) == 0) {
          out[static_cast<size_t>(first)].push_back(static_cast<uint8_t>(second));
        }
      }
    }
    return out;
  }();
  return table;
}

class Search {
 public:
  Search(const ShiftedRun& run, Context context, std::span<const ModelId> ahead,
         const Evidence& evidence, const Language& language, Allowance& allowance)
      : run_(run),
        context_(context),
        ahead_(ahead),
        evidence_(evidence),
        language_(language),
        allowance_(allowance) {}

  std::vector<Original> Find(std::vector<State> states, const Width& width) {
    width_ = width;
    for (size_t i = 0; i < run_.pairs.size(); ++i) {
      const uint16_t pair = run_.pairs[i];
      // A run without opening reading begins with the mark that made it slip: nothing came before.
      if (i > 0 || run_.opening)
        states = WithDrops(std::move(states), static_cast<uint8_t>(pair >> 8));
      states = Step(std::move(states), pair);
      if (states.empty() || allowance_.left <= 0) return {};
    }
    return Finish(WithDrops(std::move(states), static_cast<uint8_t>(run_.ascii)));
  }

  // Every lead byte may have been the lost one.
  std::vector<State> AnyLead() const {
    std::vector<State> states;
    for (int lead = 0x81; lead <= 0xFE; ++lead) {
      states.push_back({.context = context_, .lead = static_cast<uint8_t>(lead)});
    }
    return states;
  }

  // The byte lost is the trail of the annotated character that began in `before`.
  std::vector<State> LeadsBehind(char32_t before, const Reading& reading) const {
    std::vector<State> states;
    const auto first = static_cast<uint8_t>(gbk::Encode(before) & 0xFF);
    for (int lead = 0x81; lead <= 0xFE; ++lead) {
      const char32_t across = gbk::Decode(first, static_cast<uint8_t>(lead));
      if (across == 0 || !ReadsAs(language_.tables(), across, reading)) continue;
      if (language_.tables().ToSimple(across).empty()) continue;
      const bool known = evidence_.annotated.find(across) != std::u32string::npos;
      states.push_back(
          {.cost = known ? 0 : 30, .context = context_, .lead = static_cast<uint8_t>(lead)});
    }
    return states;
  }

 private:
  int Read(State& state, char32_t c, bool annotated) {
    --allowance_.left;
    int cost = language_.Read(state.context, c);
    if (evidence_.found()) cost += Contradiction(c, annotated);
    state.text.push_back(c);
    return cost;
  }

  int Contradiction(char32_t c, bool annotated) const {
    const Tables& tables = language_.tables();
    const auto old = tables.ToOld(c);
    if (!old.empty() && std::find(old.begin(), old.end(), c) == old.end()) {
      return kConvertedYetSimple;
    }
    if (!annotated &&
        std::binary_search(evidence_.annotated.begin(), evidence_.annotated.end(), c)) {
      return kAnnotatedYetBare;
    }
    return 0;
  }

  void Keep(std::vector<State>& states, size_t most) const {
    const auto better = [](const State& a, const State& b) {
      return a.cost != b.cost ? a.cost < b.cost : a.text < b.text;
    };
    if (states.size() > most) {
      std::nth_element(states.begin(), states.begin() + static_cast<ptrdiff_t>(most), states.end(),
                       better);
      states.resize(most);
    }
    std::sort(states.begin(), states.end(), better);
  }

  std::vector<State> Step(std::vector<State> states, uint16_t pair) {
    std::vector<State> next;
    for (State& state : states) {
      const char32_t c = gbk::Decode(state.lead, static_cast<uint8_t>(pair >> 8));
      if (c == 0) continue;
      state.cost += Read(state, c, false);
      state.lead = static_cast<uint8_t>(pair & 0xFF);
      if (state.lead >= 0x81) next.push_back(std::move(state));
    }
    Keep(next, width_.states);
    return next;
  }

  // The states as they are, and with one unassigned pair before the byte `trail`.
  std::vector<State> WithDrops(std::vector<State> states, uint8_t trail) {
    if (!width_.drops) return states;
    std::vector<State> all = states;
    for (const State& state : states) {
      if (state.dropped == kMostDropped) continue;
      for (const auto& [first, begun] : BestTrails(state)) {
        for (const uint8_t lead : Unassigned()[first]) {
          // With a torn end any last byte will do.
          if (trail != 0 && gbk::Decode(lead, trail) == 0) continue;
          all.push_back(begun);
          all.back().lead = lead;
        }
      }
    }
    return all;
  }

  std::vector<std::pair<uint8_t, State>> BestTrails(const State& state) {
    std::vector<std::pair<uint8_t, State>> found;
    for (int first = 0x81; first <= 0xFE; ++first) {
      const auto byte = static_cast<uint8_t>(first);
      if (Unassigned()[byte].empty()) continue;
      const char32_t c = gbk::Decode(state.lead, byte);
      if (c == 0) continue;
      State begun = state;
      begun.cost += Read(begun, c, false);
      ++begun.dropped;
      found.emplace_back(byte, std::move(begun));
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return a.second.cost != b.second.cost ? a.second.cost < b.second.cost : a.first < b.first;
    });
    if (found.size() > width_.trails) found.resize(width_.trails);
    return found;
  }

  std::vector<Original> Finish(std::vector<State> states) {
    std::vector<State> ends;
    for (const State& state : states) {
      const int begin = run_.ascii != 0 ? run_.ascii : 0x81;
      const int end = run_.ascii != 0 ? run_.ascii : 0xFE;
      for (int trail = begin; trail <= end; ++trail) {
        const char32_t c = gbk::Decode(state.lead, static_cast<uint8_t>(trail));
        if (c == 0) continue;
        if (run_.closing && !ReadsAs(language_.tables(), c, *run_.closing)) continue;
        State done = state;
        done.cost += Read(done, c, run_.closing.has_value());
        done.cost += language_.ReadIds(done.context, ahead_);
        ends.push_back(std::move(done));
      }
    }
    Keep(ends, width_.states);
    std::vector<Original> originals;
    for (State& end : ends) {
      const auto shown = Shifted(end.text);
      if (shown && *shown == run_.shown) originals.push_back({std::move(end.text), end.cost});
    }
    return originals;
  }

  const ShiftedRun& run_;
  Context context_;
  std::span<const ModelId> ahead_;
  const Evidence& evidence_;
  const Language& language_;
  Allowance& allowance_;
  Width width_{};
};

// Long enough, and each character as cheap as in running text.
bool ReadsWell(const std::vector<Original>& found, size_t pairs) {
  constexpr int kRunningText = 85;
  constexpr size_t kShort = 5;
  if (found.empty() || pairs < kShort) return false;
  return found.front().cost <= kRunningText * static_cast<int>(found.front().text.size() + 1);
}

void Merge(std::vector<Original>& into, std::vector<Original> more) {
  into.insert(into.end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
  std::sort(into.begin(), into.end(), [](const Original& a, const Original& b) {
    return a.cost != b.cost ? a.cost < b.cost : a.text < b.text;
  });
  const auto same = [](const Original& a, const Original& b) { return a.text == b.text; };
  into.erase(std::unique(into.begin(), into.end(), same), into.end());
}

}  // namespace

std::vector<Original> Originals(const ShiftedRun& run, const Page& page, Context context,
                                std::span<const ModelId> ahead, const Evidence& evidence,
                                const Language& language, Allowance& allowance) {
  if (run.opening && (run.begin == 0 || gbk::Encode(page[run.begin - 1]) == 0)) return {};
  Search search(run, context, ahead, evidence, language, allowance);
  const std::vector<State> begin =
      run.opening ? search.LeadsBehind(page[run.begin - 1], *run.opening) : search.AnyLead();
  std::vector<Original> found = search.Find(begin, kPlain);
  if (!ReadsWell(found, run.pairs.size()) && allowance.left > 0) {
    Merge(found, search.Find(begin, kDropped));
  }
  return found;
}

}  // namespace siku::refine
