#include "repair/decoding/trellis.h"

#include <algorithm>
#include <optional>

#include "repair/scan.h"

namespace siku::refine {
namespace {

// Tenths of a bit.
constexpr int kEnterCost = 100, kEnterKnownCost = 60;
constexpr int kExitCost = 40, kExitKnownCost = 30;
constexpr int kLostByteCost = 20;
constexpr int kDroppedCost = 60;
constexpr int kQuestionCost = 30;
constexpr int kPairCost = 30;
constexpr int kRarestLost = 180;
// An ASCII character that was a full-width one before.
constexpr int kNarrowedCost = 50;
// Nothing that was decoded is dearer than this, however rare; what no sound text has is.
constexpr int kMostCost = 220, kBrokenCost = 300, kBracketCost = 120;
// What was decoded wrongly seldom begins or ends between two characters of a sentence.
constexpr int kInsideCost = 80;
// A state this much worse than the best will not win again.
constexpr int kHopeless = 250;
constexpr size_t kMostStates = 256;
constexpr uint8_t kMostLost = 3;
// Lost bytes are sought for the best states only, lost pairs for even fewer.
constexpr uint16_t kMostLosing = 12, kMostLosingPairs = 2;
// For a lost byte that makes a character of the other script, or a full-width letter.
constexpr int kUnlikelyCost = 60;
// What has read so many characters may have lost bytes without a trace.
constexpr uint8_t kWideEnough = 3;
constexpr size_t kMostReadings = 4096;

// A power of two above the most states.
constexpr unsigned kSlotBits = 10;
constexpr size_t kSlots = size_t{1} << kSlotBits;

uint64_t KeyOf(const Assembly& assembly, const Context& context) {
  return uint64_t{assembly.pending[0]} | uint64_t{assembly.pending[1]} << 8 |
         uint64_t{assembly.pending[2]} << 16 | uint64_t{assembly.size} << 24 |
         uint64_t{context.before} << 32 | uint64_t{context.last} << 48;
}

}  // namespace

int DecodedCost(const Language& language, Context& context, char32_t character) {
  // 「 and its like are rarer in the model than in print.
  const bool bracket = character >= 0x3008 && character <= 0x3011;
  return std::min(bracket ? kBracketCost : kMostCost, language.Read(context, character));
}

int SoundCost(const Language& language, Context& context, char32_t character) {
  const int cost = language.Read(context, character);
  const bool broken = character == 0xFFFD || (character >= 0xE000 && character <= 0xF8FF) ||
                      (character >= 0x80 && character < 0xA0);
  return broken ? kBrokenCost : std::min(kMostCost, cost);
}

Trellis::Trellis(const Page& page, const std::vector<Item>& items, const Language& language,
                 TrellisChoice choice, TrellisAllowance& allowance)
    : page_(page), items_(items), language_(language), choice_(choice), allowance_(allowance) {}

bool Trellis::Take(State& state, uint8_t byte) {
  if (state.loose != 0 && !MayBeLost(state.loose, byte, choice_.wrong)) return false;
  state.loose = 0;
  const auto outcome = state.assembly.Take(byte, choice_.right);
  if (outcome == Assembly::Outcome::kDead) return false;
  if (outcome == Assembly::Outcome::kWhole) {
    if (state.count == state.out.size()) return false;
    state.cost += DecodedCost(language_, state.context, state.assembly.character);
    state.out[state.count++] = state.last = state.assembly.character;
    if (state.assembly.character >= 0x80 && state.wide < kWideEnough) ++state.wide;
  }
  return true;
}

int Trellis::Sound(Context& context, char32_t character) const {
  const int cost = SoundCost(language_, context, character);
  // UTF-8 begins and ends where its bytes say.
  if (choice_.right == Right::kUtf8 || !Unlikely(character)) return cost;
  return std::min(kMostCost, cost + kUnlikelyCost);
}

std::optional<Trellis::State> Trellis::Lost(const State& state, uint8_t byte) {
  --allowance_.steps;
  // Most bytes make a character that nobody writes: they are told apart before the state is copied.
  Assembly assembly = state.assembly;
  const auto outcome = assembly.Take(byte, choice_.right);
  if (outcome == Assembly::Outcome::kDead) return std::nullopt;
  const bool whole = outcome == Assembly::Outcome::kWhole;
  if (whole && Strange(assembly.character)) return std::nullopt;
  std::optional<State> lost = state;
  if (!Take(*lost, byte)) return std::nullopt;
  if (whole && Unlikely(assembly.character)) lost->cost += kUnlikelyCost;
  ++lost->lost;
  lost->gap = true;
  lost->cost += kLostByteCost;
  return lost;
}

// No text has been lost for a character that is so rare.
bool Trellis::Strange(char32_t character) const {
  const Tables& tables = language_.tables();
  const auto rare = [&](char32_t c) {
    const ModelId id = tables.Id(c);
    return id == 0 || tables.UnigramCost(id) > kRarestLost;
  };
  const auto forms = tables.ToSimple(character);
  return forms.empty() ? rare(character) : std::all_of(forms.begin(), forms.end(), rare);
}

bool Trellis::Unlikely(char32_t character) const {
  if (character >= 0xFF10 && character <= 0xFF5A) {
    return Narrowed(character) > U'?' || Narrowed(character) < U':';
  }
  const Tables& tables = language_.tables();
  const auto holds = [&](std::span<const uint16_t> forms) {
    return forms.empty() || std::find(forms.begin(), forms.end(), character) != forms.end();
  };
  switch (choice_.script) {
    case TrellisChoice::Script::kAny:
      return false;
    case TrellisChoice::Script::kSimplified:
      return !holds(tables.ToSimple(character));
    case TrellisChoice::Script::kTraditional:
      return !holds(tables.ToOld(character));
  }
  return false;
}

// A byte that the decoder did not show.
void Trellis::Lose(const State& state, uint8_t next, bool last, std::vector<State>& out) {
  if (allowance_.steps <= 0 || state.lost >= kMostLost || state.rank >= kMostLosing) return;
  // The last byte of a stretch stands before sound text.
  const bool ends = last && state.assembly.size == (choice_.right == Right::kUtf8 ? 2 : 1);
  for (const uint8_t byte : Continuations(state.assembly, choice_.right)) {
    if (!MayBeLost(byte, ends ? uint8_t{0} : next, choice_.wrong)) continue;
    if (auto lost = Lost(state, byte)) {
      lost->loose = InPairs(choice_.wrong) ? byte : uint8_t{0};
      out.push_back(*lost);
    }
  }
}

// A pair that the decoder has no character for.
void Trellis::LosePair(const State& state, std::vector<State>& out) {
  if (allowance_.steps <= 0 || state.lost + 2 > kMostLost || state.rank >= kMostLosingPairs) return;
  for (const uint8_t lead : Continuations(state.assembly, choice_.right)) {
    const auto trails = UnassignedTrails(lead, choice_.wrong);
    if (trails.empty()) continue;
    auto once = Lost(state, lead);
    if (!once) continue;
    const auto then = Continuations(once->assembly, choice_.right);
    for (const uint8_t trail : trails) {
      if (!std::binary_search(then.begin(), then.end(), trail)) continue;
      if (auto twice = Lost(*once, trail)) {
        twice->cost += kPairCost;
        out.push_back(*twice);
      }
    }
  }
}

void Trellis::TakeOptions(const State& state, size_t item, std::vector<State>& out) {
  const ByteOptions& options = items_[item].options;
  for (size_t i = 0; i < options.count; ++i) {
    const Bytes& bytes = options.bytes[i];
    // What folding took for a space is a trail byte of GBK at most.
    const bool folded = bytes.byte[0] == 0xA0 && items_[item].options.count > 1;
    if (folded && choice_.right != Right::kUtf8 && state.assembly.size == 0) continue;
    State next = state;
    next.lost = 0;
    if (bytes.size == 2 && page_[items_[item].begin] < 0x80)
      next.cost += choice_.right == Right::kUtf8 ? kNarrowedCost : 3 * kNarrowedCost;
    if (!Take(next, bytes.byte[0])) continue;
    if (bytes.size == 2 && !Take(next, bytes.byte[1])) continue;
    out.push_back(next);
  }
  if (!items_[item].gap || (!choice_.known && state.wide == 0)) return;
  State lost = state;
  if (options.count > 0) lost.cost += kQuestionCost;
  const bool last = item + 1 >= items_.size() || !IsRare(page_[items_[item + 1].begin]);
  Lose(lost, FirstByte(item + 1), last, out);
  if (choice_.pairs) LosePair(lost, out);
}

// The byte that the item begins with; 0 where that may be several, or none.
uint8_t Trellis::FirstByte(size_t item) const {
  if (item >= items_.size() || items_[item].gap || items_[item].options.count != 1) return 0;
  return items_[item].options.bytes[0].byte[0];
}

bool Trellis::MayDrop(const State& state) const {
  return choice_.drops && choice_.right == Right::kUtf8 &&
         (choice_.known || state.wide >= kWideEnough);
}

void Trellis::TakeItem(const State& state, size_t item, std::vector<State>& out) {
  const size_t before = out.size();
  TakeOptions(state, item, out);
  if (!MayDrop(state)) return;
  // Perhaps something was dropped between the two. Of the few bytes that Latin letters lose, that
  // is asked inside of a character also where the next byte fits: it may be the last one.
  const bool inside = choice_.wrong == Wrong::kLatin && state.assembly.size > 0;
  if (out.size() > before && !inside) return;
  std::vector<State> dropped;
  Lose(state, FirstByte(item), false, dropped);
  if (choice_.pairs) LosePair(state, dropped);
  for (State& lost : dropped) {
    lost.cost += kDroppedCost;
    lost.dropped = true;
    TakeOptions(lost, item, out);
  }
}

// What is pending at the end of a stretch lost its last bytes.
void Trellis::Close(const State& state, std::vector<State>& out) {
  if (!MayDrop(state)) return;
  std::vector<State> open = {state}, next;
  while (!open.empty()) {
    next.clear();
    for (const State& one : open) {
      State lost = one;
      lost.cost += kDroppedCost;
      lost.dropped = true;
      Lose(lost, 0, true, next);
    }
    open.clear();
    for (const State& one : next) (one.assembly.size == 0 ? out : open).push_back(one);
  }
}

void Trellis::Commit(State& state, size_t item) {
  nodes_.push_back({.parent = state.node,
                    .item = static_cast<uint32_t>(item),
                    .kind = Kind::kStep,
                    .gap = state.gap,
                    .dropped = state.dropped,
                    .whole = state.assembly.size == 0,
                    .count = state.count,
                    .out = state.out});
  state.node = static_cast<int32_t>(nodes_.size() - 1);
  state.count = 0;
  state.gap = state.dropped = false;
}

void Trellis::Prune(std::vector<State>& states, int rival) const {
  if (states.size() == 1) {
    if (states[0].cost > rival + kHopeless) states.clear();
    if (!states.empty()) states[0].rank = 0;
    return;
  }
  std::sort(states.begin(), states.end(), [](const State& a, const State& b) {
    return a.cost != b.cost ? a.cost < b.cost : a.node < b.node;
  });
  if (states.empty()) return;
  const int limit = std::min(states.front().cost, rival) + kHopeless;
  // Where all that matters later is the same, the cheapest is enough.
  const size_t most = choice_.right == Right::kUtf8 ? kMostStates : kMostStates / 4;
  std::array<uint16_t, kSlots> slots;
  slots.fill(0);
  size_t kept = 0;
  for (size_t i = 0; i < states.size() && kept < most && states[i].cost <= limit; ++i) {
    const uint64_t key = KeyOf(states[i].assembly, states[i].context);
    size_t slot = SlotOf(key, kSlotBits);
    bool known = false;
    for (; slots[slot] != 0 && !known; slot = (slot + 1) % kSlots) {
      const State& other = states[slots[slot] - 1U];
      known = KeyOf(other.assembly, other.context) == key && other.loose == states[i].loose;
    }
    if (known) continue;
    slots[slot] = static_cast<uint16_t>(kept + 1);
    if (kept != i) states[kept] = states[i];
    ++kept;
  }
  states.resize(kept);
  for (size_t i = 0; i < kept; ++i) {
    // Those of equal cost have the same.
    const bool equal = i > 0 && states[i].cost == states[i - 1].cost;
    states[i].rank = equal ? states[i - 1].rank : static_cast<uint16_t>(i);
  }
}

// Whether a sentence goes on from `before` to the item.
bool Trellis::Inside(char32_t before, size_t item) const {
  if (choice_.right == Right::kUtf8 || item >= items_.size()) return false;
  return IsHan(before) && page_[items_[item].begin] >= 0x2E80;
}

bool Trellis::MayEnter(const Item& item) const {
  // Latin letters seldom come first.
  const uint8_t least = choice_.right != Right::kUtf8 ? 0x81 : InPairs(choice_.wrong) ? 0xE2 : 0xC2;
  for (size_t i = 0; i < item.options.count; ++i) {
    const uint8_t byte = item.options.bytes[i].byte[0];
    if (byte >= least && (choice_.right != Right::kUtf8 || byte <= 0xF4)) return true;
  }
  return false;
}

// Moves the context over the characters from `begin` to `end`: only the last two count.
void Trellis::CatchUp(Context& context, size_t begin, size_t end) const {
  size_t from = end;
  for (size_t seen = 0; from > begin && seen < 2; --from) seen += IsSpace(page_[from - 1]) ? 0 : 1;
  for (size_t i = from; i < end; ++i) language_.Read(context, page_[i]);
}

std::vector<DecodedStretch> Trellis::Run() {
  nodes_.clear();
  State sound;
  std::vector<State> damaged, next;
  const int enter_cost = choice_.known ? kEnterKnownCost : kEnterCost;
  const int exit_cost = choice_.known ? kExitKnownCost : kExitCost;
  const auto leave = [&](const State& state, size_t item) {
    // Costs of before count for both ways.
    const int cost = state.cost + exit_cost + (Inside(state.last, item) ? kInsideCost : 0);
    if (cost >= sound.cost) return;
    sound = state;
    sound.cost = cost;
    sound.assembly = {};
    sound.loose = sound.lost = 0;
    nodes_.push_back({.parent = state.node,
                      .item = static_cast<uint32_t>(item),
                      .kind = Kind::kExit,
                      .gap = false,
                      .dropped = false,
                      .whole = true,
                      .count = 0,
                      .out = {}});
    sound.node = static_cast<int32_t>(nodes_.size() - 1);
  };
  // Sound text that nothing begins in costs all readings the same.
  size_t read_to = items_.empty() ? 0 : items_[0].begin;
  for (size_t i = 0; i < items_.size(); ++i) {
    const bool enters = MayEnter(items_[i]);
    if (damaged.empty() && !enters) continue;
    CatchUp(sound.context, read_to, items_[i].begin);
    read_to = items_[i].end;
    if (enters) {
      State entered = sound;
      const bool inside = i > 0 && Inside(page_[items_[i - 1].end - 1], i);
      entered.cost += enter_cost + (inside ? kInsideCost : 0);
      entered.assembly = {};
      entered.wide = 0;
      entered.rank = 0;
      nodes_.push_back({.parent = sound.node,
                        .item = static_cast<uint32_t>(i),
                        .kind = Kind::kEnter,
                        .gap = false,
                        .dropped = false,
                        .whole = true,
                        .count = 0,
                        .out = {}});
      entered.node = static_cast<int32_t>(nodes_.size() - 1);
      damaged.push_back(entered);
    }
    for (size_t c = items_[i].begin; c < items_[i].end; ++c) {
      sound.cost += Sound(sound.context, page_[c]);
    }
    if (damaged.empty()) continue;
    next.clear();
    const bool ends = page_[items_[i].begin] < 0x40 && !items_[i].gap;
    for (const State& state : damaged) {
      const size_t before = next.size();
      TakeItem(state, i, next);
      if (state.assembly.size > 0 && (ends || next.size() == before)) {
        std::vector<State> closed;
        Close(state, closed);
        Prune(closed, sound.cost);
        for (State& one : closed) {
          // It ends before this item, which is sound.
          Commit(one, i - 1);
          for (size_t c = items_[i].begin; c < items_[i].end; ++c) {
            one.cost += Sound(one.context, page_[c]);
          }
          leave(one, i);
        }
      }
    }
    Prune(next, sound.cost);
    for (State& state : next) {
      Commit(state, i);
      if (state.assembly.size == 0) leave(state, i + 1);
    }
    std::swap(damaged, next);
  }
  for (const State& state : damaged) {
    if (state.assembly.size == 0) continue;
    std::vector<State> closed;
    Close(state, closed);
    Prune(closed, sound.cost);
    for (State& one : closed) {
      Commit(one, items_.size() - 1);
      leave(one, items_.size());
    }
  }
  return Traced(sound.node);
}

std::vector<DecodedStretch> Trellis::Traced(int32_t node) const {
  std::vector<const Node*> path;
  for (; node >= 0; node = nodes_[static_cast<size_t>(node)].parent) {
    path.push_back(&nodes_[static_cast<size_t>(node)]);
  }
  std::reverse(path.begin(), path.end());
  std::vector<DecodedStretch> stretches;
  Cell cell;
  for (const Node* step : path) {
    if (step->kind == Kind::kEnter) {
      stretches.push_back({.first = step->item, .last = step->item, .cells = {}});
      cell = {.first = step->item, .last = step->item};
    } else if (step->kind == Kind::kStep) {
      cell.text.append(step->out.data(), step->count);
      cell.gap |= step->gap;
      cell.dropped |= step->dropped;
      cell.last = step->item + size_t{1};
      if (!step->whole) continue;
      auto& cells = stretches.back().cells;
      cell.begin = items_[cell.first].begin;
      cell.end = items_[cell.last - 1].end;
      cells.push_back(std::move(cell));
      cell = {.first = cells.back().last, .last = cells.back().last};
      stretches.back().last = cells.back().last;
    }
  }
  return stretches;
}

std::vector<Trellis::Reading> Trellis::Readings(const Cell& cell, Context before,
                                                const std::vector<ModelId>& ahead) {
  std::vector<std::pair<State, std::u32string>> open(1), after;
  open[0].first.wide = kWideEnough;
  open[0].first.context = before;
  for (size_t i = cell.first; i < cell.last; ++i) {
    after.clear();
    std::vector<State> next;
    for (const auto& [state, text] : open) {
      next.clear();
      TakeItem(state, i, next);
      const bool last = i + 1 == cell.last;
      std::vector<State> closed;
      if (last) {
        for (const State& one : next) {
          if (one.assembly.size > 0) Close(one, closed);
        }
      }
      next.insert(next.end(), closed.begin(), closed.end());
      for (State& one : next) {
        if (last && one.assembly.size > 0) continue;
        std::u32string so_far = text;
        so_far.append(one.out.data(), one.count);
        one.count = 0;
        after.emplace_back(one, std::move(so_far));
        if (after.size() > kMostReadings) break;
      }
    }
    std::swap(open, after);
  }
  std::vector<Reading> readings;
  for (auto& [state, text] : open) {
    readings.push_back({std::move(text), state.cost + language_.ReadIds(state.context, ahead)});
  }
  std::stable_sort(readings.begin(), readings.end(),
                   [](const Reading& a, const Reading& b) { return a.cost < b.cost; });
  return readings;
}

}  // namespace siku::refine
