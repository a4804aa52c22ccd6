// The closer look at a page that the scan finds suspicious: whether the walk could find anything.
#pragma once

#include <optional>

#include "repair/evidence.h"
#include "repair/misspelt.h"
#include "repair/page.h"
#include "siku/refine/tables.h"

namespace siku::refine {

/// Nothing only where the walk changes and flags nothing; else what the page as a whole proves. It
/// asks what the walk asks before its first search, of the few places where a run may begin, and is
/// somewhat easier to convince.
std::optional<Evidence> WorthWalking(const Page& page, const Tables& tables,
                                     const MisspeltWords& misspelt);

}  // namespace siku::refine
