// The best way to read a line as sound text with stretches that were decoded wrongly in it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "repair/decoding/items.h"
#include "repair/language.h"

namespace siku::refine {

/// The least items that are whole characters of the original.
struct Cell {
  size_t first = 0;  // items [first, last)
  size_t last = 0;
  size_t begin = 0;  // characters of the page [begin, end)
  size_t end = 0;
  std::u32string text{};
  /// Bytes in it are not on the page.
  bool gap = false;
  /// Of these, some left no trace.
  bool dropped = false;
  /// How sure the text of a gap is among all that fit, and what else would.
  double sure = 1;
  std::vector<std::u32string> others{};
};

/// Items [first, last) that read better decoded again.
struct DecodedStretch {
  size_t first = 0;
  size_t last = 0;
  std::vector<Cell> cells{};
};

/// What a line may spend; shared by all lines of a text.
struct TrellisAllowance {
  int64_t steps = 0;
};

struct TrellisChoice {
  Wrong wrong = Wrong::kLatin;
  Right right = Right::kUtf8;
  /// Elsewhere in the text this was certain: it is cheaper to begin.
  bool known = false;
  /// Bytes may have been dropped without a trace.
  bool drops = true;
  /// A character that could not be shown may have been two bytes.
  bool pairs = false;
  /// The script of the page: characters of the other are unlikely where bytes are lost.
  enum class Script : uint8_t { kAny, kSimplified, kTraditional } script = Script::kAny;
};

/// What a character costs that was decoded, and one of the page as it stands.
int DecodedCost(const Language& language, Context& context, char32_t character);
int SoundCost(const Language& language, Context& context, char32_t character);

class Trellis {
 public:
  Trellis(const Page& page, const std::vector<Item>& items, const Language& language,
          TrellisChoice choice, TrellisAllowance& allowance);

  /// Linear in the number of items.
  std::vector<DecodedStretch> Run();

  /// Every reading of a cell with a gap between two contexts, the likeliest first.
  struct Reading {
    std::u32string text;
    int cost = 0;
  };
  std::vector<Reading> Readings(const Cell& cell, Context before,
                                const std::vector<ModelId>& ahead);

 private:
  struct State {
    int cost = 0;
    Context context{};
    Assembly assembly{};
    uint8_t loose = 0;  // a lost byte that must not make a pair with what follows
    uint8_t lost = 0;   // lost bytes one after the other
    uint8_t wide = 0;   // characters of the original since it began, up to a few
    char32_t last = 0;  // of the characters put out
    uint16_t rank = 0;  // among the states of its place
    bool gap = false;
    bool dropped = false;
    int32_t node = -1;
    // Put out since that node.
    uint8_t count = 0;
    std::array<char32_t, 4> out{};
  };
  enum class Kind : uint8_t { kEnter, kStep, kExit };
  struct Node {
    int32_t parent;
    uint32_t item;
    Kind kind;
    bool gap;
    bool dropped;
    bool whole;  // nothing is pending behind it
    uint8_t count;
    std::array<char32_t, 4> out;
  };

  bool Take(State& state, uint8_t byte);
  void TakeItem(const State& state, size_t item, std::vector<State>& out);
  void TakeOptions(const State& state, size_t item, std::vector<State>& out);
  void Lose(const State& state, uint8_t next, bool last, std::vector<State>& out);
  void LosePair(const State& state, std::vector<State>& out);
  bool Strange(char32_t character) const;
  bool Unlikely(char32_t character) const;
  int Sound(Context& context, char32_t character) const;
  std::optional<State> Lost(const State& state, uint8_t byte);
  uint8_t FirstByte(size_t item) const;
  bool MayDrop(const State& state) const;
  void Close(const State& state, std::vector<State>& out);
  void Commit(State& state, size_t item);
  void Prune(std::vector<State>& states, int rival) const;
  bool Inside(char32_t before, size_t item) const;
  bool MayEnter(const Item& item) const;
  void CatchUp(Context& context, size_t begin, size_t end) const;
  std::vector<DecodedStretch> Traced(int32_t node) const;

  const Page& page_;
  const std::vector<Item>& items_;
  const Language& language_;
  TrellisChoice choice_;
  TrellisAllowance& allowance_;
  std::vector<Node> nodes_;
};

}  // namespace siku::refine
