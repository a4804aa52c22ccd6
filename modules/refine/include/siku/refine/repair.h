// Repairs damaged Chinese text by a forward model: propose the original, damage it again at the
// level of GBK bytes, accept only what comes out exactly, rank by a language model
// (docs/repair.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "siku/operator.h"
#include "siku/refine/tables.h"

namespace siku::refine {

/// What explains an edit; an index into RepairRules().
enum class Rule : uint16_t {
  kShiftedRun,
  kStripAnnotation,
  kRestoreReading,
  kSimplify,
  kDecode,
  kEntity,
  kComma,
  kInvisible,
  kControl,
  kLineEnd,
  kPrivateUse,
  kMark,
};
/// What a flag says; an index into RepairFlags().
enum class FlagKind : uint16_t { kProposed, kUndecided, kDestroyed, kPrivateUse };

std::span<const Named> RepairRules();
std::span<const Named> RepairFlags();

struct RepairOptions {
  /// A repair below this confidence (0 to 1) is proposed, not applied.
  double min_confidence = 0.9;
  bool shifted = true;
  bool annotated = true;
  bool readings = true;
  bool simplify = true;
  bool decoding = true;
  bool residue = true;
  /// Full-width marks between Chinese characters: nothing on a page says that they were narrowed.
  bool marks = false;
};

/// Replaces bytes [begin, end) of the input.
struct TextEdit {
  size_t begin = 0;
  size_t end = 0;
  std::string after{};
  Rule rule = Rule::kShiftedRun;
  double confidence = 1.0;
  /// Other readings of the same damage, the likeliest first; at most four.
  std::vector<std::string> alternatives{};
};

/// Something a person should see at bytes [begin, end) of the input.
struct TextFlag {
  size_t begin = 0;
  size_t end = 0;
  FlagKind kind = FlagKind::kProposed;
  std::string detail{};
  std::optional<TextEdit> proposal{};
};

struct Repaired {
  std::vector<TextEdit> edits{};  // sorted, disjoint
  std::vector<TextFlag> flags{};  // sorted by begin
};

std::string ApplyEdits(std::string_view text, std::span<const TextEdit> edits);
/// The two stages as one over the first's input: `second` refers to what `first` gives. What the
/// second changes inside an edit of the first becomes one edit, by the rule of the first.
Repaired Compose(std::string_view text, Repaired first, Repaired second);

class MisspeltWords;

/// Thread-safe and deterministic; linear in the length of the text.
class Repairer {
 public:
  explicit Repairer(std::shared_ptr<const Tables> tables, RepairOptions options = {});
  /// `text` is one document in valid UTF-8: what is machine-made is judged over all of it.
  Repaired Repair(std::string_view text) const;

 private:
  std::shared_ptr<const Tables> tables_;
  std::shared_ptr<const MisspeltWords> misspelt_;
  RepairOptions options_;
};

}  // namespace siku::refine
