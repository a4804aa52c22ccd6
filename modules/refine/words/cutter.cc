#include "words/cutter.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "siku/utf8.h"

namespace siku::refine {
namespace {

// What jieba looks up words in: [\u4E00-\u9FD5a-zA-Z0-9+#&._%-].
constexpr std::array<bool, 128> kAsciiInBlocks = [] {
  std::array<bool, 128> in{};
  for (char c = '0'; c <= '9'; ++c) in[static_cast<size_t>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c)
    in[static_cast<size_t>(c)] = in[static_cast<size_t>(c - 32)] = true;
  for (const char c : {'+', '#', '&', '.', '_', '%', '-'}) in[static_cast<size_t>(c)] = true;
  return in;
}();

bool IsHan(char32_t c) { return c >= WordTables::kFirstHan && c <= WordTables::kLastHan; }
bool InBlock(char32_t c) { return c < 128 ? kAsciiInBlocks[c] : IsHan(c); }
bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAsciiWord(char c) {
  return IsAsciiDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// In a block every character has one byte or three.
size_t LengthAt(std::string_view block, size_t at) {
  return static_cast<uint8_t>(block[at]) < 0x80 ? 1 : 3;
}

// Behind [a-zA-Z0-9]+(?:\.\d+)?%?, which begins at `at`.
size_t EndOfNumberOrWord(std::string_view text, size_t at) {
  while (at < text.size() && IsAsciiWord(text[at])) ++at;
  if (at + 1 < text.size() && text[at] == '.' && IsAsciiDigit(text[at + 1])) {
    ++at;
    while (at < text.size() && IsAsciiDigit(text[at])) ++at;
  }
  return at < text.size() && text[at] == '%' ? at + 1 : at;
}

constexpr size_t kWindow = 2048;

}  // namespace

// A character of the block whose best path to the end is known, or the end itself.
struct PathNode {
  double chance = 0;
  uint32_t begin = 0;
  char32_t character = 0;
  uint16_t code = 0;
};

struct CutScratch {
  /// At the first byte of each character: bytes of the word there on the best path.
  std::vector<uint16_t> steps;
  std::vector<PathNode> window;
  /// Of each character, bit by bit for each state: which of two states it came from.
  std::vector<uint8_t> came_from;
};

Cutter::Cutter(const WordTables& tables, const UserWords* user) : tables_(tables), user_(user) {
  if (user != nullptr) {
    weights_ = user->weights();
    log_total_ = user->log_total();
    longest_ = user->longest();
    return;
  }
  log_total_ = std::log(static_cast<double>(tables.total()));
  for (const double logarithm : tables.logarithms()) own_weights_.push_back(logarithm - log_total_);
  weights_ = own_weights_;
  longest_ = tables.longest();
}

std::optional<uint64_t> Cutter::Frequency(std::string_view word) const {
  WordTables::Unit unit{};
  uint32_t node = 0;
  bool listed = true, users = user_ != nullptr;
  for (size_t at = 0; at < word.size();) {
    const bool first = at == 0;
    const char32_t c = utf8::Next(word, at);
    const uint16_t code = tables_.CodeOf(c);
    if (listed) listed = first ? code != 0 : tables_.Step(unit, code);
    if (listed && first) unit = tables_.First(code);
    if (users) users = (node = first ? user_->First(c) : user_->Child(node, c)) != 0;
    if (!listed && !users) return std::nullopt;
  }
  if (users && user_->node(node).word) return user_->node(node).frequency;
  return listed ? tables_.frequency(unit.value) : 0;
}

// The best word at `here`: over all words there, the largest sum, of equal ones the longest.
template <bool kUser>
inline void Cutter::Weigh(const PathNode* here, const PathNode* last, double& best,
                          uint32_t& end) const {
  bool found = false;
  WordTables::Unit unit = tables_.First(here->code);
  bool listed = here->code != 0;
  uint32_t node = 0;
  if constexpr (kUser) node = user_->First(here->character);
  for (const PathNode* next = here + 1;; ++next) {
    const UserWords::Node* given = nullptr;
    if constexpr (kUser) {
      if (node != 0 && user_->node(node).word) given = &user_->node(node);
    }
    if (given != nullptr ? given->frequency != 0 : listed && unit.value != 0) {
      const double weight = given != nullptr ? given->logarithm - log_total_ : weights_[unit.value];
      const double chance = weight + next->chance;
      if (!found || chance >= best) best = chance, end = next->begin;
      found = true;
    }
    if (next == last) break;
    if (listed) listed = tables_.Step(unit, next->code);
    if constexpr (kUser) {
      if (node != 0) node = user_->Child(node, next->character);
    }
    if (!listed && node == 0) break;
  }
  if (!found) best = weights_[0] + here[1].chance, end = here[1].begin;
}

// From the end to the beginning, as jieba adds: a sum's last bit decides between equal paths.
template <bool kUser>
void Cutter::FindPath(std::string_view block, CutScratch& scratch) const {
  const size_t capacity = std::max(kWindow, 4 * longest_);
  if (scratch.window.size() < capacity + 1) scratch.window.resize(capacity + 1);
  PathNode* const window = scratch.window.data();
  if (scratch.steps.size() < block.size()) scratch.steps.resize(block.size());
  PathNode* here = window + capacity;
  PathNode* last = here;  // the end of the block, or what no word from here reaches behind
  *here = {.chance = 0, .begin = static_cast<uint32_t>(block.size())};
  for (size_t at = block.size(); at > 0;) {
    if (here == window) {
      const size_t kept = longest_ + 1;
      std::copy_backward(window, window + kept, window + capacity + 1);
      here = window + capacity + 1 - kept;
      last = window + capacity;
    }
    --here;
    const auto byte = static_cast<uint8_t>(block[at - 1]);
    at -= byte < 0x80 ? 1 : 3;
    size_t behind = at;
    here->character = byte < 0x80 ? byte : utf8::Next(block, behind);
    here->begin = static_cast<uint32_t>(at);
    here->code = tables_.CodeOf(here->character);
    uint32_t end = 0;
    Weigh<kUser>(here, last, here->chance, end);
    scratch.steps[at] = static_cast<uint16_t>(end - at);
  }
}

void Cutter::Emit(std::string_view block, uint32_t offset, const CutScratch& scratch,
                  std::vector<uint32_t>& ends) const {
  bool letters = false;  // whether single letters and digits wait to be one word
  for (size_t at = 0; at < block.size();) {
    const size_t step = scratch.steps[at];
    const bool letter = step == 1 && IsAsciiWord(block[at]);
    if (letters && !letter) ends.push_back(offset + static_cast<uint32_t>(at));
    letters = letter;
    at += step;
    if (!letter) ends.push_back(offset + static_cast<uint32_t>(at));
  }
  if (letters) ends.push_back(offset + static_cast<uint32_t>(block.size()));
}

void Cutter::EmitWithModel(std::string_view block, uint32_t offset, CutScratch& scratch,
                           std::vector<uint32_t>& ends) const {
  size_t singles = 0;  // where the single characters before `at` begin
  for (size_t at = 0; at < block.size();) {
    const size_t step = scratch.steps[at];
    if (step == LengthAt(block, at)) {
      at += step;
      continue;
    }
    EmitSingles(block.substr(singles, at - singles), offset + static_cast<uint32_t>(singles),
                scratch, ends);
    at += step;
    singles = at;
    ends.push_back(offset + static_cast<uint32_t>(at));
  }
  EmitSingles(block.substr(singles), offset + static_cast<uint32_t>(singles), scratch, ends);
}

void Cutter::EmitSingles(std::string_view singles, uint32_t offset, CutScratch& scratch,
                         std::vector<uint32_t>& ends) const {
  if (singles.empty()) return;
  if (singles.size() == LengthAt(singles, 0)) {
    ends.push_back(offset + static_cast<uint32_t>(singles.size()));
    return;
  }
  // A word that the best path takes apart is not put together again.
  if (Frequency(singles).value_or(0) != 0) {
    for (size_t at = 0; at < singles.size();) {
      at += LengthAt(singles, at);
      ends.push_back(offset + static_cast<uint32_t>(at));
    }
    return;
  }
  for (size_t at = 0; at < singles.size();) {
    const size_t begin = at;
    const auto han = [&] { return static_cast<uint8_t>(singles[at]) >= 0x80; };
    if (han()) {
      while (at < singles.size() && han()) at += 3;
      EmitHan(singles.substr(begin, at - begin), offset + static_cast<uint32_t>(begin), scratch,
              ends);
      continue;
    }
    if (IsAsciiWord(singles[at])) {
      at = EndOfNumberOrWord(singles, at);
    } else {
      while (at < singles.size() && !han() && !IsAsciiWord(singles[at])) ++at;
    }
    ends.push_back(offset + static_cast<uint32_t>(at));
  }
}

void Cutter::EmitFound(std::string_view word, uint32_t offset, std::vector<uint32_t>& ends) const {
  if (user_ != nullptr && user_->Splits(word)) {
    for (size_t at = 3; at < word.size(); at += 3)
      ends.push_back(offset + static_cast<uint32_t>(at));
  }
  ends.push_back(offset + static_cast<uint32_t>(word.size()));
}

// The likeliest states of Han characters, three bytes each.
void Cutter::EmitHan(std::string_view han, uint32_t offset, CutScratch& scratch,
                     std::vector<uint32_t>& ends) const {
  using enum WordTables::State;
  using Row = WordTables::Row;
  const size_t count = han.size() / 3;
  if (count == 1) return ends.push_back(offset + 3);
  if (scratch.came_from.size() < count) scratch.came_from.resize(count);
  // The two states before each; of equal ones the second is taken, as jieba compares their letters.
  constexpr std::array<std::array<WordTables::State, 2>, 4> kBefore = {
      {{kEnd, kSingle}, {kBegin, kMiddle}, {kBegin, kMiddle}, {kEnd, kSingle}}};
  size_t at = 0;
  const Row& first = tables_.emit(utf8::Next(han, at));
  Row chance;
  for (size_t s = 0; s < 4; ++s) chance[s] = tables_.start()[s] + first[s];
  for (size_t i = 1; i < count; ++i) {
    const Row& emit = tables_.emit(utf8::Next(han, at));
    Row next;
    unsigned bits = 0;
    for (size_t s = 0; s < 4; ++s) {
      const auto [a, b] = kBefore[s];
      const double from_a = chance[a] + tables_.trans(a)[s] + emit[s];
      const double from_b = chance[b] + tables_.trans(b)[s] + emit[s];
      next[s] = from_b >= from_a ? from_b : from_a;
      bits |= static_cast<unsigned>(from_b >= from_a) << s;
    }
    scratch.came_from[i] = static_cast<uint8_t>(bits);
    chance = next;
  }
  // Backwards: each character's state takes the place of its bits.
  WordTables::State state = chance[kSingle] >= chance[kEnd] ? kSingle : kEnd;
  for (size_t i = count; i-- > 0;) {
    const unsigned bits = scratch.came_from[i];
    scratch.came_from[i] = state;
    if (i > 0) state = kBefore[state][bits >> state & 1];
  }
  size_t begin = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t is = scratch.came_from[i];
    if (is != kEnd && is != kSingle) continue;
    EmitFound(han.substr(begin * 3, (i + 1 - begin) * 3), offset + static_cast<uint32_t>(begin * 3),
              ends);
    begin = i + 1;
  }
}

void Cutter::Cut(std::string_view text, bool hmm, std::vector<uint32_t>& ends) const {
  static thread_local CutScratch scratch;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    size_t next = at;
    char32_t c = utf8::Next(text, next);
    if (!InBlock(c)) {
      // jieba parts white space from white space, and all else into characters.
      at = c == '\r' && next < text.size() && text[next] == '\n' ? next + 1 : next;
      ends.push_back(static_cast<uint32_t>(at));
      continue;
    }
    do {
      at = next;
      if (at == text.size()) break;
      c = utf8::Next(text, next);
    } while (InBlock(c));
    const std::string_view block = text.substr(begin, at - begin);
    if (user_ != nullptr) {
      FindPath<true>(block, scratch);
    } else {
      FindPath<false>(block, scratch);
    }
    const auto offset = static_cast<uint32_t>(begin);
    if (hmm) {
      EmitWithModel(block, offset, scratch, ends);
    } else {
      Emit(block, offset, scratch, ends);
    }
  }
}

}  // namespace siku::refine
