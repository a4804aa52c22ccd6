#include "duplicates/windows.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <limits>

#include "duplicates/parallel.h"
#include "duplicates/shingles.h"
#include "duplicates/window_blocks.h"
#include "siku/utf8.h"

namespace siku::refine::duplicates {
namespace {

// Parts of the hashes in one walk: each has tables that a processor's cache can hold.
constexpr uint64_t kParts = 64;

// Remembers hashes by two bits in one word; says yes, rarely wrongly, never no wrongly.
class Filter {
 public:
  void Clear(int64_t expected) {
    // Eight bits a hash: about one in twenty is taken for another.
    words_ = std::vector<uint64_t>(std::bit_ceil(static_cast<uint64_t>(expected / 8 + 1)));
  }
  bool Has(uint64_t hash) const { return (words_[Place(hash)] & Bits(hash)) == Bits(hash); }
  /// Whether it was there before.
  bool Add(uint64_t hash) {
    uint64_t& word = words_[Place(hash)];
    const uint64_t bits = Bits(hash);
    const bool had = (word & bits) == bits;
    word |= bits;
    return had;
  }

 private:
  uint64_t Place(uint64_t hash) const { return hash & (words_.size() - 1); }
  // The lowest 32 bits choose the word, the part is chosen by the highest: bits 32 to 43 are left.
  static uint64_t Bits(uint64_t hash) {
    return uint64_t{1} << (hash >> 32 & 63) | uint64_t{1} << (hash >> 38 & 63);
  }
  std::vector<uint64_t> words_;
};

// Where each window was first seen. Equal hashes of different windows take places of their own.
class FirstPlaces {
 public:
  void Clear(int64_t expected) {
    count_ = 0;
    const uint64_t size = std::bit_ceil(static_cast<uint64_t>(expected * 3 / 2 + 16));
    slots_ = std::vector<Entry>(size, {0, kFree});
  }
  /// Whether an equal window was seen before; remembers this one where not.
  template <class Equal>
  bool Seen(uint64_t hash, uint64_t place, const Equal& equal) {
    uint64_t slot = Slot(hash);
    for (; slots_[slot].place != kFree; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot].hash == hash && equal(slots_[slot].place)) return true;
    }
    slots_[slot] = {hash, place};
    if (++count_ * 4 > slots_.size() * 3) Grow();
    return false;
  }

 private:
  static constexpr uint64_t kFree = std::numeric_limits<uint64_t>::max();
  struct Entry {
    uint64_t hash;
    uint64_t place;
  };
  uint64_t Slot(uint64_t hash) const { return hash & (slots_.size() - 1); }
  void Grow() {
    std::vector<Entry> old(slots_.size() * 2, {0, kFree});
    old.swap(slots_);
    for (const Entry& entry : old) {
      if (entry.place == kFree) continue;
      uint64_t slot = Slot(entry.hash);
      while (slots_[slot].place != kFree) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = entry;
    }
  }
  std::vector<Entry> slots_;
  uint64_t count_ = 0;
};

// What is known of one part of the hashes during one pass.
struct Part {
  Filter once, twice;
  int64_t repeated = 0;  // hashes that came again, each counted once
  FirstPlaces places;
};

}  // namespace

struct SeenWindows::State {
  const Texts& texts;
  WindowOptions options;
  std::vector<Block> blocks;
  std::vector<size_t> first_block;     // of each piece
  std::vector<uint64_t> piece_base;    // bytes before each piece
  std::vector<uint64_t> begins_again;  // a bit for each code point where a seen window begins
  std::vector<TextPiece> pieces;

  State(const Texts& all, const WindowOptions& how) : texts(all), options(how) {
    blocks = CutBlocks(texts, options.threads);
    uint64_t bytes = 0;
    for (int i = 0; i < texts.pieces(); ++i) {
      pieces.push_back(texts.Piece(i));
      piece_base.push_back(bytes);
      bytes += pieces.back().bytes.size();
      first_block.push_back(static_cast<size_t>(
          std::lower_bound(blocks.begin(), blocks.end(), i,
                           [](const Block& block, int piece) { return block.piece < piece; }) -
          blocks.begin()));
    }
    begins_again.resize(static_cast<size_t>(CodePointCount() / 64 + 1));
  }

  int64_t CodePointCount() const {
    if (blocks.empty()) return 0;
    const Block& last = blocks.back();
    const std::string_view rest = pieces[static_cast<size_t>(last.piece)].bytes.substr(
        static_cast<size_t>(last.begin), static_cast<size_t>(last.end - last.begin));
    return last.first_code_point + static_cast<int64_t>(utf8::Length(rest));
  }

  // For tables: what the marks take beyond as much again comes out of it.
  int64_t Left() const {
    const auto marks = static_cast<int64_t>(begins_again.size() * sizeof(uint64_t));
    return std::max(options.memory - std::max<int64_t>(marks - options.memory, 0),
                    options.memory / 8);
  }

  const char* At(uint64_t place) const {
    const auto next = std::upper_bound(piece_base.begin(), piece_base.end(), place);
    const auto piece = static_cast<size_t>(next - piece_base.begin()) - 1;
    return pieces[piece].bytes.data() + (place - piece_base[piece]);
  }
  uint64_t PlaceOf(const Block& block, const Window& window) const {
    return piece_base[static_cast<size_t>(block.piece)] + static_cast<uint64_t>(block.begin) +
           window.byte;
  }

  // Equal code points have equal bytes: the first `length` code points of `a` decide.
  bool SameWindow(const char* a, const char* b) const {
    for (int i = 0; i < options.length; ++i) {
      const auto lead = static_cast<uint8_t>(*a);
      const size_t size = size_t{1} + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0);
      for (size_t k = 0; k < size; ++k) {
        if (a[k] != b[k]) return false;
      }
      a += size;
      b += size;
    }
    return true;
  }

  void Mark(int64_t code_point) {
    std::atomic_ref<uint64_t> word(begins_again[static_cast<size_t>(code_point / 64)]);
    word.fetch_or(uint64_t{1} << (code_point % 64), std::memory_order_relaxed);
  }

  bool IsMarked(int64_t code_point) const {
    return (begins_again[static_cast<size_t>(code_point / 64)] >> (code_point % 64) & 1) != 0;
  }

  // First walk: which hashes of these parts come more than once.
  void Count(HashParts parts, std::vector<Part>& state) const {
    WalkWindows(texts, blocks, options.length, parts, options.threads,
                [&](uint64_t part, const Block&, std::span<const Window> windows) {
                  Part& own = state[part];
                  for (const Window& window : windows) {
                    if (own.once.Add(window.hash)) own.repeated += !own.twice.Add(window.hash);
                  }
                });
  }

  // Second walk: of those, the windows that were seen before. `turn` of `turns` takes its share of
  // the hashes, where their places would not all fit.
  void FindAgain(HashParts parts, uint64_t turn, uint64_t turns, std::vector<Part>& state) {
    WalkWindows(texts, blocks, options.length, parts, options.threads,
                [&](uint64_t part, const Block& block, std::span<const Window> windows) {
                  Part& own = state[part];
                  for (const Window& window : windows) {
                    if (!own.twice.Has(window.hash)) continue;
                    if (turns > 1 && (window.hash >> 16) % turns != turn) continue;
                    const uint64_t place = PlaceOf(block, window);
                    const char* here = At(place);
                    if (own.places.Seen(window.hash, place, [&](uint64_t earlier) {
                          return SameWindow(here, At(earlier));
                        })) {
                      Mark(block.first_code_point + window.code_point);
                    }
                  }
                });
  }

  void Pass(HashParts parts, int64_t windows) {
    std::vector<Part> state(parts.count);
    for (Part& part : state) {
      part.once.Clear(windows / static_cast<int64_t>(parts.all));
      part.twice.Clear(windows / static_cast<int64_t>(parts.all));
    }
    Count(parts, state);
    int64_t repeated = 0;
    for (Part& part : state) {
      part.once.Clear(0);
      repeated += part.repeated;
    }
    // 16 bytes a place, in tables half to all full.
    const auto turns = static_cast<uint64_t>(repeated * 48 / std::max<int64_t>(Left() / 2, 1) + 1);
    for (uint64_t turn = 0; turn < turns && !options.stopping(); ++turn) {
      for (Part& part : state) part.places.Clear(part.repeated / static_cast<int64_t>(turns));
      FindAgain(parts, turn, turns, state);
    }
  }

  void FindAll() {
    const int64_t windows = CodePointCount();
    // Two filters for each part, of a power of two of words and eight windows a word: as many
    // passes as fill the words that there are.
    const auto room = static_cast<uint64_t>(std::max<int64_t>(Left() / 2, 1));
    const auto words = static_cast<int64_t>(
        std::bit_floor(std::max<uint64_t>(room / (2 * kParts * sizeof(uint64_t)), 2)));
    const auto passes =
        static_cast<uint64_t>(windows / (static_cast<int64_t>(kParts) * 8 * (words - 1)) + 1);
    for (uint64_t pass = 0; pass < passes && !options.stopping(); ++pass) {
      Pass({passes * kParts, pass * kParts, kParts}, windows);
    }
  }

  // The spans of one row whose first code point has the given number, which moves behind the row.
  std::vector<Span> RowSpans(std::string_view row, int64_t& code_point) const {
    std::vector<Span> spans;
    int64_t covered = 0;  // code points from here on that lie in a seen window
    for (size_t at = 0; at < row.size(); ++code_point) {
      const auto begin = static_cast<int64_t>(at);
      utf8::Next(row, at);
      if (IsMarked(code_point)) covered = options.length;
      if (covered == 0) continue;
      --covered;
      if (spans.empty() || spans.back().end != begin) spans.push_back({begin, begin});
      spans.back().end = static_cast<int64_t>(at);
    }
    return spans;
  }
};

SeenWindows::SeenWindows(const Texts& texts, const WindowOptions& options)
    : state_(std::make_unique<State>(texts, options)) {
  state_->FindAll();
}

SeenWindows::~SeenWindows() = default;

std::vector<std::vector<Span>> SeenWindows::SpansOf(int piece) const {
  const auto number = static_cast<size_t>(piece);
  const TextPiece& texts = state_->pieces[number];
  std::vector<std::vector<Span>> spans(texts.rows());
  if (texts.bytes.empty()) return spans;
  int64_t code_point = state_->blocks[state_->first_block[number]].first_code_point;
  for (size_t row = 0; row < texts.rows(); ++row) {
    spans[row] = state_->RowSpans(texts.row(row), code_point);
  }
  state_->texts.Touched(static_cast<int64_t>(texts.bytes.size()));
  return spans;
}

}  // namespace siku::refine::duplicates
