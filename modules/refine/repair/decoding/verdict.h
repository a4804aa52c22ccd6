// Whether what was found is convincing.
#pragma once

#include <span>

#include "repair/decoding/found.h"

namespace siku::refine {

/// All stretches of a line together, nothing else being known.
bool Convincing(std::span<const Found> stretches, const Hypothesis& hypothesis);
/// A stretch of a text that has more of the kind.
bool Likely(const Found& found, const Hypothesis& hypothesis);
/// Then nothing singles out what was there.
bool MostlyGaps(const Found& found);

/// What no damaged page would become: out of Thai letters something other than Chinese, or a part
/// of a Thai word; out of Latin ones letters that no Western text has.
bool Impossible(const Page& page, const Found& found, const Hypothesis& hypothesis);

}  // namespace siku::refine
