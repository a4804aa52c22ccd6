// The closer look at a page that the scan finds suspicious: whether the walk could find anything.
#pragma once

#include "repair/misspelt.h"
#include "repair/page.h"
#include "siku/refine/tables.h"

namespace siku::refine {

/// False only where the walk changes and flags nothing. It asks what the walk asks before its first
/// search, of the few places where a run may begin, and is somewhat easier to convince.
bool WorthWalking(const Page& page, const Tables& tables, const MisspeltWords& misspelt);

}  // namespace siku::refine
