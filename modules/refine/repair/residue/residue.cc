#include "repair/residue/residue.h"

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

Repaired DecodeReferences(std::string_view text, const RepairOptions& options) {
  Findings findings(options.min_confidence);
  DecodeEntities(text, findings);
  return findings.Take();
}

Repaired CleanResidue(std::string_view text, const RepairOptions& options) {
  Findings findings(options.min_confidence);
  RemoveInvisible(text, findings);
  RemoveControls(text, findings);
  UnifyLineEnds(text, findings);
  RestorePrivateUse(text, findings);
  return findings.Take();
}

}  // namespace siku::refine
