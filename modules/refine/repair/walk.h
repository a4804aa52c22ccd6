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
  Walk(const Page& page, const Tables& tables, const RepairOptions& options);
  Repaired Run();
  /// Language model look-ups that searches may still make; never much below nothing.
  int64_t allowance_left() const { return allowance_.left; }
  static int64_t AllowanceOf(size_t characters);

 private:
  // Each looks for one kind at `index` and returns the index behind what it took, or `index`.
  size_t TakeDestroyed(size_t index);
  size_t TakeRun(size_t index);
  size_t TakeLost(size_t index);
  size_t TakeCharacter(size_t index);
  size_t TakeAnnotation(size_t index, char32_t annotated);
  // Behind the reading of `annotated` at `index`; `index` where there is none.
  size_t AnnotationEnd(size_t index, char32_t annotated) const;

  struct Explained {
    ShiftedRun run;
    std::vector<Original> originals;
    int saved = 0;  // tenths of a bit against reading the page as it stands
  };
  Explained BestRun(size_t index);
  // Each character of the best original fits the ones before it, and no other original comes near.
  bool ReadsThroughout(const Explained& explained) const;
  std::u32string Simplified(std::u32string_view converted, size_t behind);
  std::vector<ModelId> Ahead(size_t index) const;
  int CostAsItStands(size_t begin, size_t end) const;
  void Add(size_t begin, size_t end, std::string after, Rule rule, double confidence,
           std::vector<std::string> alternatives = {});
  bool On(Rule rule) const;

  const Page& page_;
  Language language_;
  const Tables& tables_;
  const RepairOptions& options_;
  Evidence evidence_;
  Context context_;
  Allowance allowance_;
  Repaired repaired_;
};

}  // namespace siku::refine
