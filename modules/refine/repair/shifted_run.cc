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
constexpr int kOtherScript = 60;
constexpr int kAnnotatedYetBare = 100;
// Spaces cost the model nothing, yet a wide one seldom stands within a sentence.
constexpr int kWideSpace = 100;
// The model takes wide letters and digits for plain ones; within a sentence they are rarer by far.
constexpr int kWideLetter = 60;

// The characters read so far form a tree: a state knows its last, a character the one before it.
struct State {
  int cost = 0;
  Context context;
  uint8_t lead = 0;  // of the character whose trail byte comes next
  int8_t dropped = 0;
  int32_t last = -1;
};

struct Link {
  char32_t character = 0;
  int32_t before = -1;
};

// The cost of the best so many of the costs seen: no state beyond it can be kept.
class Bar {
 public:
  Bar(size_t most, int limit) : most_(most), limit_(limit) {}
  bool Under(int cost) const {
    return cost <= limit_ && (seen_.size() < most_ || cost <= seen_.front());
  }
  void See(int cost) {
    if (!Under(cost)) return;
    if (seen_.size() == most_) {
      std::pop_heap(seen_.begin(), seen_.end());
      seen_.pop_back();
    }
    seen_.push_back(cost);
    std::push_heap(seen_.begin(), seen_.end());
  }

 private:
  size_t most_;
  int limit_;
  std::vector<int> seen_;
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

bool AsciiLetterOrDigit(char32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

class Search {
 public:
  Search(const ShiftedRun& run, Context context, std::span<const ModelId> ahead,
         const Evidence& evidence, const Language& language, int limit, Allowance& allowance)
      : run_(run),
        context_(context),
        ahead_(ahead),
        evidence_(evidence),
        language_(language),
        limit_(limit),
        allowance_(allowance) {}

  std::vector<Original> Find(std::vector<State> states, const Width& width) {
    width_ = width;
    for (size_t i = 0; i < run_.pairs.size(); ++i) {
      const uint16_t pair = run_.pairs[i];
      // A run without opening reading begins with the mark that made it slip: nothing came before.
      states = Step(states, pair, width_.drops && (i > 0 || run_.opening));
      if (states.empty() || allowance_.left <= 0) return {};
    }
    return Finish(states);
  }

  void Limit(int cost) { limit_ = std::min(limit_, cost); }

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
    int cost = IsSpace(c) ? kWideSpace : language_.Read(state.context, c);
    cost += Contradiction(c, annotated);
    if (c >= 0xFF10 && c <= 0xFF5A && AsciiLetterOrDigit(c - 0xFEE0)) cost += kWideLetter;
    links_.push_back({c, state.last});
    state.last = static_cast<int32_t>(links_.size() - 1);
    return cost;
  }

  int Contradiction(char32_t c, bool annotated) const {
    const Tables& tables = language_.tables();
    const bool old_page = evidence_.found() || evidence_.script == Evidence::Script::kTraditional;
    if (old_page && Differs(tables.ToOld(c), c)) return kOtherScript;
    if (!old_page && evidence_.script == Evidence::Script::kSimplified &&
        Differs(tables.ToSimple(c), c)) {
      return kOtherScript;
    }
    if (evidence_.found() && !annotated && !evidence_.at_random &&
        std::binary_search(evidence_.annotated.begin(), evidence_.annotated.end(), c)) {
      return kAnnotatedYetBare;
    }
    return 0;
  }

  // True where the other script always writes another character.
  static bool Differs(std::span<const uint16_t> forms, char32_t c) {
    return !forms.empty() && std::find(forms.begin(), forms.end(), c) == forms.end();
  }

  std::u32string TextOf(const State& state) const {
    std::u32string text;
    for (int32_t at = state.last; at >= 0; at = links_[static_cast<size_t>(at)].before) {
      text.push_back(links_[static_cast<size_t>(at)].character);
    }
    std::reverse(text.begin(), text.end());
    return text;
  }

  void Keep(std::vector<State>& states, size_t most) const {
    const auto better = [this](const State& a, const State& b) {
      if (a.cost != b.cost) return a.cost < b.cost;
      if (a.lead != b.lead) return a.lead < b.lead;
      return TextOf(a) < TextOf(b);
    };
    if (states.size() > most) {
      std::nth_element(states.begin(), states.begin() + static_cast<ptrdiff_t>(most), states.end(),
                       better);
      states.resize(most);
    }
    std::sort(states.begin(), states.end(), better);
  }

  // Visits the states as they are and, where asked, with one unassigned pair before the byte
  // `trail`; none that the bar shuts out.
  template <class Visit>
  void Each(const std::vector<State>& states, bool drops, uint8_t trail, const Bar& bar,
            const Visit& visit) {
    for (const State& state : states) {
      if (bar.Under(state.cost)) visit(state);
    }
    if (!drops) return;
    for (const State& state : states) {
      if (state.dropped == kMostDropped) continue;
      for (auto& [first, begun] : BestTrails(state, bar)) {
        for (const uint8_t lead : Unassigned()[first]) {
          if (!bar.Under(begun.cost)) break;
          if (gbk::Decode(lead, trail) == 0) continue;
          begun.lead = lead;
          visit(begun);
        }
      }
    }
  }

  std::vector<State> Step(const std::vector<State>& states, uint16_t pair, bool drops) {
    std::vector<State> next;
    const auto trail = static_cast<uint8_t>(pair >> 8), lead = static_cast<uint8_t>(pair & 0xFF);
    if (lead < 0x81) return next;
    Bar bar(width_.states, limit_);
    Each(states, drops, trail, bar, [&](const State& state) {
      const char32_t c = gbk::Decode(state.lead, trail);
      if (c == 0) return;
      State read = state;
      read.cost += Read(read, c, false);
      read.lead = lead;
      if (!bar.Under(read.cost)) return;
      bar.See(read.cost);
      next.push_back(read);
    });
    Keep(next, width_.states);
    return next;
  }

  std::vector<std::pair<uint8_t, State>> BestTrails(const State& state, const Bar& bar) {
    std::vector<std::pair<uint8_t, State>> found;
    for (int first = 0x81; first <= 0xFE && bar.Under(state.cost); ++first) {
      const auto byte = static_cast<uint8_t>(first);
      if (Unassigned()[byte].empty()) continue;
      const char32_t c = gbk::Decode(state.lead, byte);
      if (c == 0) continue;
      State begun = state;
      begun.cost += Read(begun, c, false);
      if (!bar.Under(begun.cost)) continue;
      ++begun.dropped;
      found.emplace_back(byte, begun);
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return a.second.cost != b.second.cost ? a.second.cost < b.second.cost : a.first < b.first;
    });
    if (found.size() > width_.trails) found.resize(width_.trails);
    return found;
  }

  // The characters that may end the run with this lead byte.
  const std::vector<char32_t>& Last(uint8_t lead) {
    auto& last = last_[lead];
    if (last) return *last;
    last.emplace();
    const int begin = run_.ascii != 0 ? run_.ascii : 0x81;
    const int end = run_.ascii != 0 ? run_.ascii : 0xFE;
    for (int trail = begin; trail <= end; ++trail) {
      const char32_t c = gbk::Decode(lead, static_cast<uint8_t>(trail));
      if (c == 0) continue;
      if (!run_.closing || ReadsAs(language_.tables(), c, *run_.closing)) last->push_back(c);
    }
    return *last;
  }

  std::vector<Original> Finish(const std::vector<State>& states) {
    std::vector<State> ends;
    Bar bar(width_.states, limit_);
    // Before a torn end a dropped pair would leave both its bytes and the last one open: no search.
    const bool drops = width_.drops && run_.ascii != 0;
    Each(states, drops, static_cast<uint8_t>(run_.ascii), bar, [&](const State& state) {
      for (const char32_t c : Last(state.lead)) {
        State done = state;
        done.cost += Read(done, c, run_.closing.has_value());
        if (!bar.Under(done.cost)) continue;
        done.cost += language_.ReadIds(done.context, ahead_);
        if (!bar.Under(done.cost)) continue;
        bar.See(done.cost);
        ends.push_back(done);
      }
    });
    Keep(ends, width_.states);
    std::vector<Original> originals;
    for (const State& done : ends) {
      std::u32string text = TextOf(done);
      const auto shown = Shifted(text);
      if (shown && *shown == run_.shown) originals.push_back({std::move(text), done.cost});
    }
    return originals;
  }

  const ShiftedRun& run_;
  Context context_;
  std::span<const ModelId> ahead_;
  const Evidence& evidence_;
  const Language& language_;
  int limit_;
  Allowance& allowance_;
  Width width_{};
  std::vector<Link> links_;
  std::array<std::optional<std::vector<char32_t>>, 256> last_;
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
                                const Language& language, int limit, Allowance& allowance) {
  if (run.opening && (run.begin == 0 || gbk::Encode(page[run.begin - 1]) == 0)) return {};
  Search search(run, context, ahead, evidence, language, limit, allowance);
  const std::vector<State> begin =
      run.opening ? search.LeadsBehind(page[run.begin - 1], *run.opening) : search.AnyLead();
  std::vector<Original> found = search.Find(begin, kPlain);
  if (!ReadsWell(found, run.pairs.size()) && allowance.left > 0) {
    // A rival this much worse than the best no longer counts.
    constexpr int kRivals = 100;
    if (!found.empty()) search.Limit(found.front().cost + kRivals);
    Merge(found, search.Find(begin, kDropped));
  }
  return found;
}

}  // namespace siku::refine
