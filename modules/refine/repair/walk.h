// One walk over a page, all kinds of damage together: each repair is the context of the next.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "repair/evidence.h"
#include "repair/language.h"
#include "repair/page.h"
#include "repair/reading.h"
#include "repair/shifted_run.h"
#include "siku/refine/repair.h"

namespace siku::refine {

class Walk {
 public:
  Walk(const Page& page, Evidence evidence, const Tables& tables, const RepairOptions& options);
  Walk(const Page& page, const Tables& tables, const RepairOptions& options)
      : Walk(page, JudgePage(page, tables), tables, options) {}
  Repaired Run();
  /// Language model look-ups that searches may still make; never much below nothing.
  int64_t allowance_left() const { return allowance_.left; }
  static int64_t AllowanceOf(size_t characters);

 private:
  Repaired Once();
  // Each looks for one kind at `index` and returns the index behind what it took, or `index`.
  size_t TakeDestroyed(size_t index);
  size_t TakeRun(size_t index);
  size_t TakeLost(size_t index);
  size_t TakeCharacter(size_t index);
  size_t TakeAnnotation(size_t index, char32_t annotated);
  // Behind the reading of `annotated` at `index`; `index` where there is none.
  size_t AnnotationEnd(size_t index, char32_t annotated) const;

  struct Found {
    ShiftedRun run;
    Explained explained;
  };
  std::optional<Found> BestRun(size_t index);
  // What the run that begins with a lost lead or trail byte saves, the better of the two; without
  // dropped pairs.
  struct Loss {
    LostByte lost = LostByte::kLead;
    int saved = 0;
  };
  Loss LossAt(size_t index, int needed);
  // The originals that fit as well if it was the other byte that got lost.
  void AddRivals(size_t index, LostByte lost, Explained& explained);
  std::optional<Found> Explain(std::optional<ShiftedRun> run, int needed, Effort effort);
  // First without dropped pairs, unless the run is short; then with them, if there is any hope.
  std::optional<Found> ExplainFully(std::optional<ShiftedRun> run, int needed);
  // No character of it is strange behind those before it.
  bool ReadsWell(const Explained& explained) const;
  // Long enough; and where nothing else speaks of a converter, the original reads like text.
  bool Convinces(const Explained& explained, bool damaged, bool lost) const;
  // A run that saves more begins a few characters behind: what is strange may begin with sound
  // ones.
  bool SoundAt(size_t index, int saved);
  // On a page that nothing else speaks of: a rare character is near, or a "?" that may have torn
  // one.
  bool MayBeginAt(size_t index);
  // A letter that carries a reading is near: a run ends there.
  bool EndsSoonBehind(size_t index);
  // Nothing that is written there makes sense, though each character is one of GBK.
  bool StrangeFrom(size_t index);
  // The "?" of a torn lead byte has often eaten the ASCII byte behind it. What was it: the bracket
  // that closes one before; before a letter a space, where the page has spaces between Chinese
  // characters and letters. 0 where nothing tells.
  char EatenAt(const Explained& explained) const;
  char OpenBefore(size_t end) const;
  std::u32string Simplified(std::u32string_view converted, size_t behind);
  std::vector<ModelId> Ahead(size_t index) const;
  // What the page says of its own words, before the first search.
  void LearnPage();
  AsItStands ReadAsItStands(const ShiftedRun& run, const std::vector<std::vector<ModelId>>& ahead);
  void Add(size_t begin, size_t end, std::string after, Rule rule, double confidence,
           std::vector<std::string> alternatives = {});
  bool On(Rule rule) const;

  const Page& page_;
  Language language_;
  const Tables& tables_;
  WholeCharacters whole_;
  const RepairOptions& options_;
  Evidence evidence_;
  Context context_;
  Allowance allowance_;
  size_t next_rare_ = 0, next_question_ = 0, next_end_ = 0;  // at or behind where the walk is
  bool learnt_ = false;
  bool slipped_ = false;  // a run was found that is certainly one
  Repaired repaired_;
};

}  // namespace siku::refine
