// What a page speaks against in an original: characters of the other script, ones that carry a
// reading elsewhere, ones that no running text has.
#pragma once

#include "repair/evidence.h"
#include "siku/refine/tables.h"

namespace siku::refine {

class Objections {
 public:
  Objections(const Evidence& evidence, const Tables& tables)
      : evidence_(evidence), tables_(tables) {}
  /// Tenths of a bit for `c` that the model has read as `read_as`; `annotated` where it carries a
  /// reading or nobody knows.
  int Against(char32_t c, ModelId read_as, bool annotated) const;

 private:
  int Contradiction(char32_t c, bool annotated) const;
  bool NeverConverted(char32_t c, ModelId read_as) const;
  bool Outlandish(char32_t c) const;

  const Evidence& evidence_;
  const Tables& tables_;
};

}  // namespace siku::refine
