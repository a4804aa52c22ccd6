#include "repair/residue/residue.h"

#include <utility>

#include "repair/residue/commas.h"
#include "repair/residue/entities.h"
#include "repair/residue/findings.h"
#include "repair/residue/invisible.h"
#include "repair/residue/private_use.h"

namespace siku::refine {

Repaired RemoveCommasInWords(std::string_view text, const Tables& tables,
                             const RepairOptions& options) {
  Findings findings(options.min_confidence);
  if (MayHaveCommasInWords(text, tables)) RemoveCommas(text, tables, findings);
  return findings.Take();
}

Repaired CleanResidue(std::string_view text, const RepairOptions& options) {
  Findings references(options.min_confidence);
  DecodeEntities(text, references);
  Repaired first = references.Take();
  const std::string decoded = first.edits.empty() ? std::string() : ApplyEdits(text, first.edits);
  const std::string_view left = first.edits.empty() ? text : std::string_view(decoded);
  Findings others(options.min_confidence);
  RemoveInvisible(left, others);
  RemoveControls(left, others);
  UnifyLineEnds(left, others);
  RestorePrivateUse(left, others);
  return Compose(text, std::move(first), others.Take());
}

}  // namespace siku::refine
