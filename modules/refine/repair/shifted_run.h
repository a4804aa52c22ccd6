// Runs whose bytes slipped by one: found on the page, and the originals that explain them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "repair/dropped_pairs.h"
#include "repair/evidence.h"
#include "repair/forward.h"
#include "repair/language.h"
#include "repair/page.h"
#include "repair/reading.h"

namespace siku::refine {

/// A place where a run may end.
struct RunStop {
  InStep kind = InStep::kTorn;
  size_t pairs = 0;                  // visible before it
  size_t end = 0;                    // index behind its last visible piece
  char ascii = 0;                    // the trail byte, or the letter that was swallowed
  uint8_t left = 0;                  // of a swallowed letter: the byte before it
  std::optional<Reading> closing{};  // of the last character, where one is known

  /// With the one that swallowed a letter.
  size_t all_pairs() const { return pairs + (kind == InStep::kSwallowed ? 1 : 0); }
};

/// A stretch of the page that could be a slipped run, with the places where it may end.
struct ShiftedRun {
  size_t begin = 0;  // of its "?", where it has one
  size_t shown = 0;  // of its first pair
  LostByte lost = LostByte::kLead;
  /// Where the annotator put a reading between the bytes of two characters: "?zhǔn)".
  std::optional<Reading> opening{};
  std::vector<uint16_t> pairs{};  // the two-byte codes visible, in order
  std::vector<RunStop> stops{};   // by place
};

/// The stretch that may begin with so many "?" at `index`, a mark or a reading behind them.
std::optional<ShiftedRun> RunAtQuestion(const Page& page, size_t index, size_t questions,
                                        const Tables& tables);
/// The stretch that begins with a character of which a byte was lost, at `index`.
std::optional<ShiftedRun> RunAtLoss(const Page& page, size_t index, LostByte lost,
                                    const Tables& tables);

struct Original {
  std::u32string text;  // as the converter wrote it, before its bytes slipped
  int cost = 0;         // tenths of a bit, with what follows
};

/// What a search may still spend on this page, in language model look-ups.
struct Allowance {
  int64_t left = 0;
};

/// The page as it stands, read from the begin of a run on, in tenths of a bit.
struct AsItStands {
  std::vector<int> cost;     // until behind each character
  std::vector<int> at_stop;  // of the run's stops: with what follows
};

struct Explained {
  RunStop stop{};
  std::vector<Original> originals{};  // whose damaged form is exactly the run, the likeliest first
  int saved = 0;                      // tenths of a bit against reading the page as it stands
};

/// The character of the second byte of a pair and the first of the next, which ends with it.
char32_t Across(const ShiftedRun& run, size_t pair);
/// All characters of a run but the first and the last follow from the page: whether they make
/// sense.
bool TailReads(const ShiftedRun& run, const Language& language);
/// What they cost until behind each pair, in tenths of a bit: so much at least, whatever the first
/// one is, if no pair was dropped.
std::vector<int> TailCosts(const ShiftedRun& run, const Language& language);

/// What the walk asks before it searches for a run that begins with a lost byte.
struct RunBounds {
  // On a page that nothing else speaks of: a rare character, or a "?" that may have torn one, is
  // so near.
  static constexpr size_t kNearRare = 8, kNearQuestion = 200;
  // So many characters, the first and all of them, cost so much; the fewer there are, the more.
  static constexpr size_t kWindow = 4, kLeastRead = 2;
  static constexpr int kStrangeFirst = 50, kStrange = 105, kFewer = 20;
};

/// The stop at which most is saved, at least `needed`. `ahead` gives what follows a stop.
struct Surroundings {
  const Page& page;
  const Evidence& evidence;
  const Language& language;
  WholeCharacters& whole;
};
/// kPlain takes no pair for dropped: cheap, and enough to see whether there is a run at all.
/// kSaved neither, and finds the best original without its rivals: how much is saved.
enum class Effort : uint8_t { kSaved, kPlain, kDropped };
std::optional<Explained> Explain(const ShiftedRun& run, const Surroundings& around, Context context,
                                 const AsItStands& stands,
                                 const std::vector<std::vector<ModelId>>& ahead, int needed,
                                 Effort effort, Allowance& allowance);

}  // namespace siku::refine
